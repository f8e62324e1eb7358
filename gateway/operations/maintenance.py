"""Maintenance windows of an import file: drafts that a lead announces. An import tells nobody anything.

A window is known by its reference. A draft becomes what the file says; one that was announced is changed on its
page only, so a file that says otherwise is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from gateway.domain import windows
from gateway.domain.scope import Scope
from gateway.domain.windows import NoSuchTime, Span, TwiceThatNight
from gateway.notices import Content, Kind, State
from gateway.notices.plans import as_stored, check, scope_of, window_of, write
from gateway.operations.estate_values import account_id, tags, text, time_zone
from gateway.operations.records import Field, Findings, Record, Table, Wrong, listing, record, scalar
from gateway.operations.yaml_tree import Fault, Tree, Unreadable
from gateway.store.models import Customer, Notice
from gateway.store.queries import notices as rows
from gateway.tickets import Refused

_FACE: Final = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}", re.ASCII)
_LONGEST_TEXT: Final = 20_000
Note = Callable[[str, str, list[str] | None], None]


def clock_face(tree: Tree, findings: Findings) -> datetime:
    """A date and a time of day, without a zone."""
    found = text(40)(tree, findings)
    try:
        if not _FACE.fullmatch(found):
            raise ValueError
        return datetime.fromisoformat(found)
    except ValueError:
        raise Wrong(f'"{found}" is no date and time, as 2026-05-31 02:00 is one') from None


def prose(tree: Tree, findings: Findings) -> str:
    """A text of several lines."""
    found = scalar(tree, findings).text.replace("\r\n", "\n").strip()
    if len(found) > _LONGEST_TEXT:
        raise Wrong(f"has {len(found)} characters, at most {_LONGEST_TEXT} fit")
    if "\x00" in found:
        raise Wrong("holds a character that cannot be shown")
    return found


WINDOW: Final = Table("a maintenance window", {
    "reference": Field(text(100), required=True),
    "title_en": Field(text(200)),
    "title_zh": Field(text(200)),
    "text_en": Field(prose),
    "text_zh": Field(prose),
    "starts_at": Field(clock_face, required=True),
    "ends_at": Field(clock_face, required=True),
    "time_zone": Field(time_zone, required=True),
    "customers": Field(listing(text(100), "references of customers")),
    "accounts": Field(listing(account_id, "AWS accounts")),
    "regions": Field(listing(text(128), "regions")),
    "services": Field(listing(text(128), "AWS services")),
    "tags": Field(tags),
})  # fmt: skip
MAINTENANCE: Final = Field(listing(record(WINDOW), "maintenance windows"))


def check_file(listed: Sequence[Record], findings: Findings) -> None:
    """Note windows that no clock shows, that make no sense, or that stand twice."""
    seen: dict[str, int] = {}
    for one in listed:
        name = one.get("reference")
        if name in seen:
            findings.add(one.line, f"the maintenance window {name} stands twice (first in line {seen[name]})")
        seen.setdefault(name, one.line)
        if all(one.get(field) is not None for field in ("starts_at", "ends_at", "time_zone")):
            try:
                check(_content(one, {}))
            except (Refused, NoSuchTime, TwiceThatNight) as fault:
                findings.add(one.line, f"the maintenance window {name}: {fault}")


def apply(session: Session, listed: Sequence[Record], customers: Mapping[str, Customer], note: Note, *,
          at: datetime) -> None:  # fmt: skip
    """Make drafts what the file says. Errors: Unreadable for what was announced, and for customers nobody knows."""
    known = rows.referenced(session)
    for one in listed:
        name = one.values["reference"]
        unknown = [each for each in one.listed("customers") if each not in customers]
        if unknown:
            raise Unreadable([Fault(one.line_of("customers"), f"no customer is called {', '.join(unknown)}")])
        found = known.get(name)
        content = _content(one, customers)
        if found is None:
            made = Notice(
                reference=name, state=State.DRAFT, created_at=at, sequence=0, kept_open=False, emergency=""
            )
            write(made, content, at)
            session.add(made)
            note("maintenance window", name, None)
            continue
        changes = _differences(found, content)
        if changes and found.state != State.DRAFT:
            raise Unreadable(
                [Fault(one.line, f"the maintenance window {name} was announced: change it on its page")]
            )
        if changes:
            write(found, content, at)
        note("maintenance window", name, changes)
    session.flush()


def export(session: Session, customers: Mapping[int, str]) -> list[dict[str, Any]]:
    """Every window that an import made, as the file describes it; `customers` is identity → reference."""
    return [_exported(name, row, customers) for name, row in rows.referenced(session).items()]


def _content(one: Record, customers: Mapping[str, Customer]) -> Content:
    zone = one.values["time_zone"]
    span = Span(windows.instant(one.values["starts_at"], zone), windows.instant(one.values["ends_at"], zone))
    return Content(
        kind=Kind.MAINTENANCE,
        titles={"en": one.get("title_en") or "", "zh": one.get("title_zh") or ""},
        texts={"en": one.get("text_en") or "", "zh": one.get("text_zh") or ""},
        scope=Scope(
            customers=frozenset(customers[each].id for each in one.listed("customers") if each in customers),
            accounts=frozenset(one.listed("accounts")),
            regions=frozenset(one.listed("regions")),
            services=frozenset(one.listed("services")),
            tags=dict(one.get("tags") or {}),
        ),
        window=span,
        zone=zone,
    )


def _differences(row: Notice, content: Content) -> list[str]:
    wanted = Notice()
    write(wanted, content, row.changed_at)
    parts = {"titles": "title", "texts": "text", "scope": "scope", "zone": "time_zone"}
    changes = [said for name, said in parts.items() if getattr(row, name) != getattr(wanted, name)]
    return changes + (["window"] if window_of(row) != content.window else [])


def _exported(name: str, row: Notice, customers: Mapping[int, str]) -> dict[str, Any]:
    span, scope, here = window_of(row), scope_of(row), ZoneInfo(row.zone)
    words = {f"title_{language}": said for language, said in row.titles.items()}
    words |= {f"text_{language}": said for language, said in row.texts.items()}
    times = {
        field: at.astimezone(here).strftime("%Y-%m-%d %H:%M")
        for field, at in (("starts_at", span.start), ("ends_at", span.end))
    } if span else {}  # fmt: skip
    whom = {"customers": sorted(customers[each] for each in scope.customers if each in customers)}
    parts = as_stored(scope) | (whom if scope.customers else {})
    return {"reference": name, **words, **times, "time_zone": row.zone, **parts}
