"""Local times as instants, settled for the nights on which clocks change. Pure.

A local time that occurs twice is its first occurrence. One that is skipped is the instant of the change. So the
instants of a day's local times never run backwards: what ends and what begins at a local time share one instant.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

_SECOND = timedelta(seconds=1)


def instant(day: date, at: time, zone: tzinfo) -> datetime:
    """The instant of a local time on a day.

    >>> from zoneinfo import ZoneInfo
    >>> instant(date(2026, 3, 29), time(2, 30), ZoneInfo("Europe/Berlin")).isoformat()
    '2026-03-29T01:00:00+00:00'
    >>> instant(date(2026, 10, 25), time(2, 30), ZoneInfo("Europe/Berlin")).isoformat()
    '2026-10-25T00:30:00+00:00'
    """
    local = datetime.combine(day, at, zone)
    first, second = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    return first if first <= second else _change(second, first, zone)


def midnight(day: date, zone: tzinfo) -> datetime:
    """The instant at which a local day begins."""
    return instant(day, time(), zone)


def _change(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The first whole second after a change of offset that lies between two instants."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle <= before:
            break
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
