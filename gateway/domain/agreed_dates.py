"""Which version of a contract is in effect on a day, and the days a contract covers. Pure.

Source: promises P12 and P14; a contract changes in immutable dated versions, never retroactively.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Protocol, TypeVar


class Dated(Protocol):
    """A version: its number, from when the contract holds, until when, and from when this version does.

    Shape: `effective_on` is None where the version holds from the contract's beginning; `ends_on` is the last day.
    """

    @property
    def version(self) -> int:
        """Its number."""

    @property
    def starts_on(self) -> date:
        """The contract's first day."""

    @property
    def ends_on(self) -> date | None:
        """The contract's last day, None where it has none."""

    @property
    def effective_on(self) -> date | None:
        """The first day on which this version itself holds."""


AnyVersion = TypeVar("AnyVersion", bound=Dated)


def version_on(versions: Iterable[AnyVersion], day: date) -> AnyVersion | None:
    """The version whose words count on a day, whether or not the contract covers it; before all, the first one."""
    ordered = sorted(versions, key=_order)
    begun = [each for each in ordered if (each.effective_on or each.starts_on) <= day]
    return begun[-1] if begun else (ordered[0] if ordered else None)


def in_effect(versions: Iterable[AnyVersion], day: date) -> AnyVersion | None:
    """The version in effect on a day, or None where the contract does not cover it."""
    found = version_on(versions, day)
    return found if found is not None and covers(found, day) else None


def covers(version: Dated, day: date) -> bool:
    """Whether a day lies within the contract as this version has it; both ends belong to it."""
    return version.starts_on <= day and (version.ends_on is None or day <= version.ends_on)


def latest(versions: Sequence[AnyVersion]) -> AnyVersion:
    """The version that takes effect last."""
    return max(versions, key=_order)


def _order(version: Dated) -> tuple[date, int]:
    return version.effective_on or version.starts_on, version.version


def midnight(day: date, zone: tzinfo) -> datetime:
    """The instant at which a day begins in a zone; where clocks skip midnight, the instant they jump.

    >>> from zoneinfo import ZoneInfo
    >>> midnight(date(2026, 3, 9), ZoneInfo("America/New_York")).isoformat()
    '2026-03-09T04:00:00+00:00'
    """
    return hour_of(day, 0, zone)


def hour_of(day: date, hour: int, zone: tzinfo) -> datetime:
    """The instant of a full hour of a day in a zone."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month.

    >>> str(Month(2026, 2)), Month(2026, 12).next, len(Month(2028, 2).days)
    ('2026-02', Month(year=2027, month=1), 29)
    """

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def next(self) -> Month:
        """The month after."""
        return month_of(self.first + timedelta(days=31))

    @property
    def previous(self) -> Month:
        """The month before."""
        return month_of(self.first - timedelta(days=1))

    @property
    def days(self) -> list[date]:
        """Each of its days."""
        count = (self.next.first - self.first).days
        return [self.first + timedelta(days=index) for index in range(count)]

    def begins(self, zone: tzinfo) -> datetime:
        """The instant at which it begins in a zone."""
        return midnight(self.first, zone)

    def ends(self, zone: tzinfo) -> datetime:
        """The instant at which the next one begins in a zone."""
        return self.next.begins(zone)


def month_of(day: date) -> Month:
    """The month a day lies in."""
    return Month(day.year, day.month)


def month_at(at: datetime, zone: tzinfo) -> Month:
    """The month an instant lies in, in a zone.

    >>> from zoneinfo import ZoneInfo
    >>> str(month_at(datetime(2026, 2, 28, 17, tzinfo=UTC), ZoneInfo("Asia/Shanghai")))
    '2026-03'
    """
    return month_of(at.astimezone(zone).date())


def named(text: str) -> Month:
    """The month of a text like 2026-05.

    Errors: ValueError.
    """
    if len(text) != 7 or not text.isascii() or not "1971" <= text[:4] <= "8999":
        raise ValueError(f"{text[:20]!r} is no month, as 2026-05 is one")
    try:
        return month_of(date.fromisoformat(f"{text}-01"))
    except ValueError:
        raise ValueError(f"{text!r} is no month, as 2026-05 is one") from None
