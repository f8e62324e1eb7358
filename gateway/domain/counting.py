"""Stretches of time that do not count, and the arithmetic of the time around them. Pure.

Source: promise P11 (contract clauses 4.1, 4.3).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique


@unique
class Reason(StrEnum):
    """Why time does not count (P11)."""

    CUSTOMER = "customer"
    AWS = "aws"
    THIRD_PARTY = "third-party"
    FORCE_MAJEURE = "force-majeure"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time that does not count. `end` is None while it lasts."""

    start: datetime
    end: datetime | None
    reason: Reason


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same time without overlaps, by start; what overlaps or touches counts once, under the first reason.

    Shape: empty ones are left out; only the last one may be without an end.
    """
    found: list[Interval] = []
    for each in sorted(intervals, key=lambda interval: interval.start):
        if each.end is not None and each.end <= each.start:
            continue
        last = found[-1] if found else None
        if last is None or (last.end is not None and each.start > last.end):
            found.append(each)
        elif last.end is not None and (each.end is None or each.end > last.end):
            found[-1] = Interval(last.start, each.end, last.reason)
    return tuple(found)


class Counting:
    """The time that counts around intervals that have ended; each answer costs a binary search.

    An interval without an end is left out: what is waiting now is not yet known, so a due instant moves on only when
    the wait is over.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> lunch = Interval(noon, noon + timedelta(hours=1), Reason.CUSTOMER)
    >>> Counting([lunch]).after(noon - timedelta(hours=1), timedelta(hours=2)).hour
    14
    """

    __slots__ = ("_before", "_ends", "_marks", "_starts")

    def __init__(self, intervals: Iterable[Interval]) -> None:
        self._starts: list[datetime] = []
        self._ends: list[datetime] = []
        self._marks: list[datetime] = []  # each start, as counted time tells it
        self._before = [timedelta()]  # how much does not count before each start, and after the last end
        for each in merged(interval for interval in intervals if interval.end is not None):
            if each.end is not None:
                self._starts.append(each.start)
                self._ends.append(each.end)
                self._marks.append(each.start - self._before[-1])
                self._before.append(self._before[-1] + (each.end - each.start))

    def after(self, start: datetime, amount: timedelta) -> datetime:
        """The instant at which this much counted time has passed since `start`."""
        mark = self._mark(start) + amount
        return max(start, mark + self._before[bisect_left(self._marks, mark)])

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The counted time between two instants."""
        return max(self._mark(end) - self._mark(start), timedelta())

    def _mark(self, at: datetime) -> datetime:
        begun = bisect_right(self._starts, at)
        if begun == 0:
            return at
        last = begun - 1
        return at - self._before[last] - (min(at, self._ends[last]) - self._starts[last])


def add_counted(start: datetime, amount: timedelta, excluded: Iterable[Interval]) -> datetime:
    """The instant at which `amount` of counted time has passed since `start`; one still open moves nothing yet."""
    return Counting(excluded).after(start, amount)


def counted(start: datetime, end: datetime, excluded: Sequence[Interval]) -> timedelta:
    """The time between two instants that counts; nothing counts from where one still open began."""
    opens = (each.start for each in excluded if each.end is None)
    return Counting(excluded).between(start, min(opens, default=end) if excluded else end)
