"""The web: pages for engineers, a JSON API, and answers for machines that watch.

It reads through `gateway.store.queries` and writes through the verbs of `gateway.tickets`, `gateway.review` and
`gateway.operations.access`, each in one transaction; it never touches outbox, relay or pipeline.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from apiflask import APIFlask
from flask import Flask, request
from flask_wtf.csrf import CSRFProtect

from gateway.store.queries import listing, pending
from web import (
    acts,
    api,
    auth,
    bulk,
    canned,
    codes,
    credits,
    engineers,
    errors,
    evidence,
    exclusions,
    factor,
    files,
    health,
    keys,
    later,
    links,
    live,
    me,
    notices,
    openid,
    outbox,
    proxies,
    queue,
    relations,
    reports,
    returned,
    rights,
    rota,
    row_numbers,
    second,
    security,
    status,
    ticket,
    timeline,
    visit,
    wire,
)
from web.admin import parts as administration
from web.api.endpoint import blueprint
from web.aws import accounts, cases, cost
from web.aws import health as health_events
from web.visitors import acts as visitor_acts
from web.visitors import contract as visitor_contract
from web.visitors import dashboard, door
from web.visitors import reports as visitor_reports
from web.visitors import tickets as mine

if TYPE_CHECKING:
    from gateway.services import Services

ROOT: Final = Path(__file__).resolve().parents[1]
STATIC: Final = ROOT / "web" / "static"
_PAGES: Final = (
    auth,
    second,
    openid,
    me,
    factor,
    engineers,
    queue,
    ticket,
    acts,
    later,
    canned,
    relations,
    bulk,
    files,
    outbox,
    health,
    status,
    keys,
    links,
    live,
    credits,
    reports,
    notices,
    rota,
    evidence,
    exclusions,
    returned,
    cases,
    accounts,
    health_events,
    cost,
    *administration.PAGES,
    door,
    dashboard,
    mine,
    visitor_reports,
    visitor_contract,
    visitor_acts,
)


def create_app(services: Services) -> Flask:
    """The web application on these services."""
    app = APIFlask(
        "web",
        title="Helpdesk",
        version="1.0.0",
        spec_path=api.SPEC_PATH,
        docs_path=None,
        json_errors=False,
        static_folder=str(STATIC),
        template_folder=str(ROOT / "templates"),
    )
    app.config.update(security.configuration(services.settings), **api.configuration(services.settings))
    app.extensions["helpdesk"] = services
    app.json.ensure_ascii = False  # type: ignore[attr-defined, unused-ignore]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    security.admit(app)
    proxies.install(app, services.settings)
    row_numbers.install(app)
    forms = CSRFProtect(app)
    for part in _PAGES:
        app.register_blueprint(part.pages)
    api.install(app)
    amend: Any = api.as_problems
    app.spec_processor(amend)
    forms.exempt(blueprint)
    forms.exempt(links.pages)  # their link is the grant
    errors.install(app)
    openid.install(app, services.settings)
    live.install(app, services)
    wire.install(app)
    security.protect(app, services.settings)
    app.context_processor(_words)
    made: Flask = app
    return made


def _words() -> dict[str, Any]:
    """What every template may say."""
    reader, person = visit.reader(), visit.somebody()
    words = {
        "_": reader.say,
        "ngettext": reader.count,
        "label": reader.label,
        "kind": _coded(reader, codes.KINDS),
        "reason": _coded(reader, codes.REASONS),
        "rule": _coded(reader, codes.RULES),
        "suspicions": lambda verdicts: timeline.suspicions(verdicts, reader),
        "mark": _coded(reader, codes.MARKS),
        "time": reader.time,
        "duration": reader.duration,
        "size": size,
        "counted": counted,
        "language": reader.language,
        "zone_name": reader.zone_name(),
        "provider": visit.services().settings.provider_name,
        "number_of": visit.number_of,
        "initials": initials,
        "asset": asset,
        "here": request.full_path.rstrip("?"),
        "me": person,
        "openid_login": bool(visit.services().settings.oidc_issuer),
        "password_login": visit.services().settings.password_login,
        "may": partial(rights.at_least, person),
        "contact": visit.guest(),
    }
    if person is not None and request.blueprint != "api":
        with visit.reading() as rows:
            words["menu"] = listing.waiting(rows, person.id)
            words["unsent"] = pending.refused_of(rows, person.id)
    return words


def _coded(reader: visit.Reader, words: Mapping[str, str]) -> Callable[[str], str]:
    """Codes of one table in the reader's language; an unknown one comes back as it is."""
    return lambda code: reader.say(words.get(code, code)) if code else ""


def initials(name: str) -> str:
    """One or two letters for a person.

    >>> initials("Chen Wei"), initials("陈伟"), initials("")
    ('CW', '陈', '?')
    """
    parts = name.split()
    if not parts:
        return "?"
    first = parts[0][0]
    return first if not first.isascii() or len(parts) == 1 else (first + parts[-1][0]).upper()


def size(count: int) -> str:
    """A number of bytes in words.

    >>> size(900), size(18_400), size(5_300_000)
    ('900 B', '18 KB', '5.3 MB')
    """
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:.0f} KB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def counted(number: int) -> str:
    """A number of tickets as a heading says it, which are not counted for ever.

    >>> counted(7), counted(1001)
    ('7', '1000+')
    """
    return str(number) if number <= listing.MOST_COUNTED else f"{listing.MOST_COUNTED}+"


@cache
def asset(name: str) -> str:
    """The address of a static file, changing with its content so that browsers may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"
