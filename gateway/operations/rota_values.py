"""How the rota is written in an import file: shifts, calendars of holidays, overrides, swaps, absences.

A moment is a day, or a local time with or without its offset. A day begins a stretch at its midnight and ends it at
the next one. A time without an offset is one in the zone of the engineer it is about.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.domain.local_time import instant
from gateway.domain.rota import OnHolidays, Rotation
from gateway.operations.estate_values import day, day_or_none, email, one_of, text, time_zone
from gateway.operations.records import Field, Findings, Reader, Table, Wrong, listing, located, record
from gateway.operations.yaml_tree import Tree

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Moment = date | datetime
_CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")
_DAY: Final = timedelta(days=1)


def weekday(tree: Tree, findings: Findings) -> int:
    """A day of the week, 0 for Monday."""
    found: str = text(20)(tree, findings)
    if found[:3].lower() not in WEEKDAYS:
        raise Wrong(f'"{found}" is none of {", ".join(WEEKDAYS)}')
    return WEEKDAYS.index(found[:3].lower())


def clock(tree: Tree, findings: Findings) -> str:
    """A time of day as 08:00; 24:00 is midnight."""
    found: str = text(20)(tree, findings)
    match = _CLOCK.fullmatch(found)
    if not match or (match[1] == "24" and match[2] != "00"):
        raise Wrong(f'"{found}" is no time of day, as 08:00 is one')
    return f"{int(match[1]) % 24:02d}:{match[2]}"


def moment(tree: Tree, findings: Findings) -> Moment:
    """A day, or a local time with or without its offset."""
    found: str = text(40)(tree, findings)
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", found, re.ASCII):
            return date.fromisoformat(found)
        return datetime.fromisoformat(found)
    except ValueError:
        raise Wrong(
            f'"{found}" is no moment, as 2026-11-24, 2026-11-24 20:00 or 2026-11-24T20:00+08:00 are'
        ) from None


def at(written: Moment, zone: str, *, ends: bool) -> datetime:
    """The instant of a moment; a day that ends a stretch belongs to it."""
    if not isinstance(written, datetime):
        return instant(written + _DAY if ends else written, time(), ZoneInfo(zone))
    if written.tzinfo is not None:
        return written
    return instant(written.date(), written.time(), ZoneInfo(zone))


def some(read: Reader) -> Reader:
    """A reader of lists that hold something."""

    def read_some(tree: Tree, findings: Findings) -> list[Any]:
        known = len(findings.faults)
        found: list[Any] = read(tree, findings)
        if not found and len(findings.faults) == known:
            raise Wrong("must not be empty")
        return found

    return read_some


_HOLIDAY: Final = Table("a holiday", {
    "day": Field(day, required=True),
    "name": Field(text(100, may_be_empty=True)),
})  # fmt: skip
_CALENDAR: Final = Table("a calendar", {
    "name": Field(text(50), required=True),
    "days": Field(listing(record(_HOLIDAY), "holidays")),
})  # fmt: skip
_SHIFT: Final = Table("a shift", {
    "team": Field(located(text(100)), required=True),
    "name": Field(text(100), required=True),
    "days": Field(some(listing(weekday, "days of the week"))),
    "from": Field(clock, required=True),
    "to": Field(clock, required=True),
    "time_zone": Field(time_zone, required=True),
    "first_on": Field(day, required=True),
    "last_on": Field(day_or_none),
    "rotates": Field(one_of(Rotation)),
    "engineers": Field(some(listing(located(email), "mail addresses")), required=True),
    "calendar": Field(located(text(50, may_be_empty=True))),
    "on_holidays": Field(one_of(OnHolidays)),
})  # fmt: skip
_OVERRIDE: Final = Table("an override", {
    "engineer": Field(located(email), required=True),
    "instead_of": Field(located(email)),
    "team": Field(located(text(100))),
    "from": Field(moment, required=True),
    "to": Field(moment, required=True),
    "reason": Field(text(200, may_be_empty=True)),
})  # fmt: skip
_SWAP: Final = Table("a swap", {
    "engineer": Field(located(email), required=True),
    "from": Field(moment, required=True),
    "to": Field(moment, required=True),
    "with": Field(located(email), required=True),
    "with_from": Field(moment, required=True),
    "with_to": Field(moment, required=True),
    "team": Field(located(text(100))),
    "reason": Field(text(200, may_be_empty=True)),
})  # fmt: skip
_ABSENCE: Final = Table("an absence", {
    "engineer": Field(located(email), required=True),
    "from": Field(moment, required=True),
    "to": Field(moment, required=True),
    "reason": Field(text(200, may_be_empty=True)),
})  # fmt: skip
ROTA: Final = Table("the rota", {
    "calendars": Field(listing(record(_CALENDAR), "calendars")),
    "shifts": Field(listing(record(_SHIFT), "shifts")),
    "overrides": Field(listing(record(_OVERRIDE), "overrides")),
    "swaps": Field(listing(record(_SWAP), "swaps")),
    "absences": Field(listing(record(_ABSENCE), "absences")),
})  # fmt: skip
