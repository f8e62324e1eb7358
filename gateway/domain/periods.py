"""What a report covers: a working day, a week, a month. Pure.

Source: promise P10 (contract clause 3.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, unique

from gateway.domain import agreed_dates


@unique
class Kind(StrEnum):
    """The reports there are. The first three are a customer's, by contract; the last is the provider's own."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    MANAGEMENT = "management"


@dataclass(frozen=True, slots=True)
class Period:
    """The days a report is about, both ends belonging to it; a daily report is named for the day it is sent on.

    >>> str(Period(Kind.WEEKLY, date(2026, 10, 5), date(2026, 10, 11)))
    '2026-W41'
    """

    kind: Kind
    first: date
    last: date

    def __str__(self) -> str:
        if self.kind is Kind.DAILY:
            return self.last.isoformat()
        if self.kind is Kind.WEEKLY:
            year, week, _ = self.first.isocalendar()
            return f"{year:04d}-W{week:02d}"
        return f"{self.first:%Y-%m}"


def day_of(day: date) -> Period:
    """The daily report of a day, before the time since the previous one is known."""
    return Period(Kind.DAILY, day, day)


def week_of(day: date) -> Period:
    """The week, Monday to Sunday, that a day lies in."""
    monday = day - timedelta(days=day.weekday())
    return Period(Kind.WEEKLY, monday, monday + timedelta(days=6))


def month_of(day: date, kind: Kind = Kind.MONTHLY) -> Period:
    """The calendar month that a day lies in."""
    days = agreed_dates.month_of(day).days
    return Period(kind, days[0], days[-1])


def named(kind: Kind, text: str) -> Period:
    """The period of a name: 2026-10-12 daily, 2026-W41 weekly, 2026-10 monthly and of management.

    Errors: ValueError.

    >>> str(named(Kind.MONTHLY, "2026-02").last)
    '2026-02-28'
    """
    if kind is Kind.DAILY:
        return day_of(_day(text, text, "2026-10-12"))
    if kind is Kind.WEEKLY:
        return week_of(_day(f"{text}-1", text, "2026-W41"))
    return month_of(agreed_dates.named(text).first, kind)


def _day(iso: str, said: str, example: str) -> date:
    try:
        found = date.fromisoformat(iso) if len(said) == len(example) and said.isascii() else None
    except ValueError:
        found = None
    if found is None or not 1971 <= found.year <= 8999:
        raise ValueError(f"{said[:20]!r} is no period, as {example} is one")
    return found
