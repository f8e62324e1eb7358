"""The rota as a table of a week: days across, the hours between changes of shift down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from gateway import i18n
from gateway.domain.local_time import instant, midnight
from gateway.domain.rota import Gap, Stretch

MOST_SLOTS: Final = 8
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody in a cell. Shape: `part` says from when to when, empty where it is the whole cell."""

    name: str
    part: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A day's hours: who is on call, first of all the first; when nobody is; whether it is now."""

    people: tuple[Entry, ...]
    gaps: tuple[str, ...]
    now: bool


@dataclass(frozen=True, slots=True)
class Row:
    """The same hours of every day of the week."""

    hours: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """One table. Shape: `days` are its midnights, `today` the index of today or None."""

    days: tuple[datetime, ...]
    today: int | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What tables are drawn from. `now` is the instant of drawing, `names` are people by identity."""

    stretches: Sequence[Stretch]
    gaps: Sequence[Gap]
    names: Mapping[int, str]
    zone: str
    now: datetime


def week(drawing: Drawing, monday: date) -> Week:
    """The table of the seven days from a day on."""
    zone = i18n.time_zone(drawing.zone)
    days = [monday + _DAY * number for number in range(7)]
    borders = _borders(drawing, midnight(monday, zone), midnight(monday + _DAY * 7, zone))
    today = drawing.now.astimezone(zone).date()
    rows = []
    for start, end in zip(borders, [*borders[1:], None], strict=True):
        ends = [midnight(day + _DAY, zone) if end is None else instant(day, end, zone) for day in days]
        cells = [
            _cell(drawing, instant(day, start, zone), until) for day, until in zip(days, ends, strict=True)
        ]
        rows.append(Row(f"{start:%H:%M}–{end.strftime('%H:%M') if end else '24:00'}", tuple(cells)))
    return Week(
        tuple(midnight(day, zone) for day in days), days.index(today) if today in days else None, tuple(rows)
    )


def _borders(drawing: Drawing, start: datetime, end: datetime) -> list[time]:
    """The local times of day at which shifts of the rules change; midnight alone where they are too many."""
    zone = i18n.time_zone(drawing.zone)
    ruled = [each for each in drawing.stretches if each.name and each.start < end and each.end > start]
    moments = {moment for each in ruled for moment in (each.start, each.end) if start <= moment < end}
    often = [moment.astimezone(zone).time() for moment in moments]
    found = sorted({time(), *(each for each in often if often.count(each) > 1)})
    return found if len(found) <= MOST_SLOTS else [time()]


def _cell(drawing: Drawing, start: datetime, end: datetime) -> Cell:
    present = [each for each in drawing.stretches if each.start < end and each.end > start]
    ordered = sorted(present, key=lambda each: (each.place, each.start))
    people = [
        Entry(drawing.names.get(each.engineer, "?"), _part(drawing.zone, each, start, end))
        for each in ordered
    ]
    empty = [each for each in drawing.gaps if each.start < end and each.end > start]
    return Cell(
        tuple(dict.fromkeys(people)),
        tuple(_hours(drawing.zone, max(each.start, start), min(each.end, end)) for each in empty),
        start <= drawing.now < end,
    )


def _part(zone: str, one: Stretch, start: datetime, end: datetime) -> str:
    if one.start <= start and one.end >= end:
        return ""
    return _hours(zone, max(one.start, start), min(one.end, end))


def _hours(zone: str, start: datetime, end: datetime) -> str:
    until = i18n.clock(end, zone)
    return f"{i18n.clock(start, zone)}–{'24:00' if until == '00:00' else until}"
