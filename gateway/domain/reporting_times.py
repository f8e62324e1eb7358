"""When the reports of a contract are due, and what time each is about. Pure.

Daily reports are due at 18:00 on working days that the contract covers; weekly ones on Mondays at 09:00, holiday or
not; monthly ones at 09:00 of the agreed day of the next month. Weeks and months count where the contract covers any
of their days, so that the last ones are told after its end. All of it in the zone that the contract has on the last
day it covers of the period.
Source: promise P10.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from gateway.domain import agreed_dates, periods
from gateway.domain.periods import Kind, Period

DAILY_HOUR: Final = 18
MORNING_HOUR: Final = 9
MONTHLY_DAY: Final = 2
MONTHLY_DAYS: Final = range(1, 6)
_DAY: Final = timedelta(days=1)
_FARTHEST: Final = 400
"""How many days, weeks or months are looked through for the next or the newest report."""


def weekdays(day: date) -> bool:
    """Whether a day is one of Monday to Friday: the working days where no calendar says otherwise."""
    return day.weekday() < 5


def always(_: date) -> bool:
    """That a day is covered: what goes for the provider's own report."""
    return True


@dataclass(frozen=True, slots=True)
class Course:
    """A contract as its reports see it.

    Shape: `begins_on` is its first day; `covers` tells whether it covers a day, `working` whether the day is a
    working day, `zone` the zone in which the day counts.
    """

    begins_on: date
    covers: Callable[[date], bool]
    zone: Callable[[date], tzinfo]
    working: Callable[[date], bool] = weekdays
    monthly_day: int = MONTHLY_DAY

    def concerns(self, period: Period) -> bool:
        """Whether a report of the period is owed at all."""
        if period.kind is Kind.DAILY:
            return self.covers(period.last) and self.working(period.last)
        return self.covers_any(period)

    def covers_any(self, period: Period) -> bool:
        """Whether the contract covers any day of a period."""
        return self._covered(period) is not None

    def zone_of(self, period: Period) -> tzinfo:
        """The zone in which a period is counted."""
        return self.zone(self._covered(period) or period.last)

    def due_at(self, period: Period) -> datetime:
        """When the report of a period is due."""
        zone = self.zone_of(period)
        if period.kind is Kind.DAILY:
            return agreed_dates.hour_of(period.last, DAILY_HOUR, zone)
        day = period.last + _DAY
        if period.kind is not Kind.WEEKLY:
            day = day.replace(day=self.monthly_day)
        return agreed_dates.hour_of(day, MORNING_HOUR, zone)

    def until(self, period: Period) -> datetime:
        """The end of the time that a report tells of: a daily one's is the instant at which it is due."""
        if period.kind is Kind.DAILY:
            return self.due_at(period)
        return agreed_dates.midnight(period.last + _DAY, self.zone_of(period))

    def since(self, period: Period, previous: datetime | None = None) -> datetime:
        """The beginning of the time that a report tells of; a daily one begins where the `previous` one ended.

        The first daily report begins at 18:00 of the previous working day, or with the contract where that is later.
        """
        if period.kind is not Kind.DAILY:
            return agreed_dates.midnight(period.first, self.zone_of(period))
        if previous is not None and previous < self.due_at(period):
            return previous
        begins_at = agreed_dates.midnight(self.begins_on, self.zone(self.begins_on))
        before = period.last - _DAY
        while not self.working(before) and (period.last - before).days < _FARTHEST:
            before -= _DAY
        evening = agreed_dates.hour_of(before, DAILY_HOUR, self.zone(before))
        return min(max(evening, begins_at), self.due_at(period))

    def newest(self, kind: Kind, since: datetime, at: datetime) -> Period | None:
        """The newest report of a kind that was due from one instant to another, both included."""
        return next(self._backwards(kind, since, at), None)

    def months(self, kind: Kind, since: datetime, at: datetime) -> list[Period]:
        """Every month whose report was due from one instant to another, both included, the oldest first."""
        return list(self._backwards(kind, since, at))[::-1]

    def next_at(self, kind: Kind, after: datetime) -> datetime | None:
        """When the next report of a kind is due after an instant; None where none will be."""
        period = before(at_work(kind, max(after.date(), self.begins_on - _DAY)))
        for _ in range(_FARTHEST):
            if self.concerns(period) and (due_at := self.due_at(period)) > after:
                return due_at
            period = following(period)
        return None

    def _backwards(self, kind: Kind, since: datetime, at: datetime) -> Iterator[Period]:
        period = following(at_work(kind, at.date()))
        for _ in range(_FARTHEST):
            due_at = self.due_at(period)
            if due_at < since and period.last < since.date():
                return
            if since <= due_at <= at and self.concerns(period):
                yield period
            period = before(period)

    def _covered(self, period: Period) -> date | None:
        """The last day of a period that the contract covers."""
        length = (period.last - period.first).days
        days = (period.last - timedelta(days=count) for count in range(length + 1))
        return next((day for day in days if self.covers(day)), None)


def at_work(kind: Kind, day: date) -> Period:
    """The period of a kind that a day lies in."""
    if kind is Kind.DAILY:
        return periods.day_of(day)
    return periods.week_of(day) if kind is Kind.WEEKLY else periods.month_of(day, kind)


def before(period: Period) -> Period:
    """The day, week or month before."""
    return at_work(period.kind, period.first - _DAY)


def following(period: Period) -> Period:
    """The day, week or month after."""
    return at_work(period.kind, period.last + _DAY)
