"""The audit log: who did what when, filtered by person, act and time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from gateway import i18n
from gateway.store.models import AuditEntry, Role
from gateway.store.queries import audit, people
from gateway.store.queries.audit import AuditFilter
from web import visit
from web.admin.audit_words import ACTS, DATA
from web.rights import needs

pages = Blueprint("admin_audit", __name__)

_LONGEST_WORD: Final = 100
MACHINES: Final = {"cli": "helpdesk command", "desk": "The helpdesk itself"}


@pages.get("/admin/audit")
@needs(Role.ADMIN)
def show() -> ResponseReturnValue:
    """One page of the log, the newest entry first."""
    chosen = {name: _typed(name) for name in ("actor", "act", "about", "from", "to")}
    wanted = AuditFilter(chosen["actor"], chosen["act"], chosen["about"], _day(chosen["from"]),
                         _day(chosen["to"], after=True))  # fmt: skip
    with visit.reading() as rows:
        found, more = audit.entries(rows, wanted, before=_key(request.args.get("before", "")))
        names = audit.people(rows, {each.actor for each in found} | {each.about for each in found})
        acts, engineers = audit.acts(rows), people.names(rows)
    return render_template(
        "web/admin_audit.html",
        title=visit.say("Audit log"),
        drawn=[(each, _shown(each, names)) for each in found],
        acts=sorted(
            {act: _act(act) for act in (*acts, chosen["act"]) if act}.items(), key=lambda pair: pair[1]
        ),
        engineers=sorted(engineers.items(), key=lambda pair: pair[1]),
        chosen=chosen,
        filtered=any(chosen.values()),
        more=more,
        next_page={name: value for name, value in chosen.items() if value} | {"before": more},
    )


def _shown(entry: AuditEntry, names: Mapping[str, str]) -> dict[str, str]:
    return {
        "act": _act(entry.act),
        "who": names.get(entry.actor) or _machine(entry.actor) or visit.say("Nobody known"),
        "about": names.get(entry.about, entry.about),
        "data": visit.say(", ").join(f"{_name(name)} {_value(each)}" for name, each in entry.data.items()),
    }


def _act(code: str) -> str:
    return visit.say(ACTS[code]) if code in ACTS else code


def _machine(actor: str) -> str:
    return visit.say(MACHINES[actor]) if actor in MACHINES else actor


def _name(name: str) -> str:
    return visit.say(DATA[name]) if name in DATA else name


def _value(value: Any) -> str:
    return visit.say(", ").join(map(str, value)) if isinstance(value, list) else str(value)


def _typed(name: str) -> str:
    return request.args.get(name, "").replace("\x00", "").strip()[:_LONGEST_WORD]


def _key(typed: str) -> int:
    if not typed:
        return 0
    if not (typed.isascii() and typed.isdigit() and len(typed) < 18):  # noqa: PLR2004  below any key
        abort(400)
    return int(typed)


def _day(typed: str, *, after: bool = False) -> datetime | None:
    """The midnight that begins a day in the reader's zone, or the one that ends it."""
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed) + timedelta(days=int(after))
        return datetime.combine(day, time(), i18n.time_zone(visit.reader().zone))
    except (ValueError, OverflowError):
        abort(400)
