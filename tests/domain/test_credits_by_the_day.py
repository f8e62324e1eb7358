"""The month a decision counts in, and a month's credit, against a naive reading of wall clocks and calendars."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from zoneinfo import ZoneInfo

import pytest

from gateway.domain import credits
from gateway.domain.agreed_dates import Month, month_at
from gateway.domain.credits import Attainment, Outcome
from gateway.domain.terms import BANDS

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "America/Havana"]
MONTHS = [Month(2026, month) for month in range(1, 13)] + [Month(2028, 2)]
ACCOUNTS = 400
MINUTE = timedelta(minutes=1)


def _around(start: datetime, hours: int) -> Iterator[datetime]:
    at = start - timedelta(hours=hours)
    while at < start + timedelta(hours=hours):
        yield at
        at += MINUTE


def _calendar(zone: ZoneInfo, at: datetime) -> Month:
    """What a calendar on the wall shows."""
    shown = at.astimezone(zone)
    return Month(shown.year, shown.month)


@pytest.mark.parametrize("zone_name", ZONES)
def test_each_minute_around_each_first_of_the_month_lies_in_the_month_its_wall_calendar_shows(
    zone_name: str,
) -> None:
    zone = ZoneInfo(zone_name)
    for month in MONTHS:
        rough = datetime(month.year, month.month, 1, tzinfo=UTC)
        for at in _around(rough - (rough.astimezone(zone).utcoffset() or timedelta()), 4):
            shown = _calendar(zone, at)
            assert month_at(at, zone) == shown, at
            assert shown.begins(zone) <= at < shown.ends(zone), at


@pytest.mark.parametrize("zone_name", ZONES)
def test_months_follow_each_other_without_gap_or_overlap(zone_name: str) -> None:
    zone = ZoneInfo(zone_name)
    for month in MONTHS:
        assert month.ends(zone) == month.next.begins(zone)
        assert _calendar(zone, month.begins(zone)) == month
        assert _calendar(zone, month.begins(zone) - MINUTE) == month.previous


@pytest.mark.parametrize("zone_name", ZONES)
def test_months_change_at_the_minute_the_wall_calendar_turns_even_where_clocks_change_that_day(
    zone_name: str,
) -> None:
    zone, month = ZoneInfo(zone_name), Month(2026, 11)
    walked = [at for at in _around(datetime(2026, 11, 1, tzinfo=UTC), 15) if _calendar(zone, at) == month]
    assert month.begins(zone) == walked[0]


@dataclass(frozen=True)
class Version:
    """A contract's version, as the domain asks for it."""

    version: int
    starts_on: date
    ends_on: date | None
    effective_on: date | None
    monthly_fee: Decimal


def _fee(versions: list[Version], month: Month) -> Fraction:
    """In hundredths: each day of the calendar costs a share of its own version's fee."""
    day, total, days = date(month.year, month.month, 1), Fraction(0), 0
    while (day.year, day.month) == (month.year, month.month):
        days += 1
        begun = [one for one in versions if one.effective_on is None or one.effective_on <= day]
        held = max(begun, key=lambda one: (one.effective_on or one.starts_on, one.version), default=None)
        if held and held.starts_on <= day and (held.ends_on is None or day <= held.ends_on):
            total += Fraction(held.monthly_fee) * 100
        day += timedelta(days=1)
    return total / days


def _discount(kept: int, decided: int) -> int:
    """In percent, as the contract's table has it: bounds belong to the better band."""
    if decided == 0 or kept * 100 >= decided * 99:
        return 0
    if kept * 100 >= decided * 95:
        return 5
    return 10 if kept * 100 >= decided * 90 else 15


def _random_versions(chance: Random, month: Month) -> list[Version]:
    first = date(month.year, month.month, 1)
    starts = first + timedelta(days=chance.randint(-60, 20))
    ends = chance.choice((None, None, first + timedelta(days=chance.randint(5, 40))))
    changes = sorted({first + timedelta(days=chance.randint(-5, 29)) for _ in range(chance.randint(0, 2))})
    effective = [None, *(each for each in changes if each > starts)]
    return [
        Version(nth, starts, ends, on, Decimal(chance.randint(0, 10_000_000)) / 100)
        for nth, on in enumerate(effective, start=1)
    ]


def test_random_months_have_the_credit_of_a_calculation_by_hand() -> None:
    chance = Random(42)
    for _ in range(ACCOUNTS):
        month = chance.choice(MONTHS)
        versions = _random_versions(chance, month)
        decided = chance.choice((0, 1, 20, 100, chance.randint(1, 1000)))
        kept = max(0, decided - chance.randint(0, max(1, decided // 7)))
        absent = [Outcome.ABSENT] * chance.randint(0, 3)
        outcomes = [Outcome.KEPT] * kept + [Outcome.VIOLATED] * (decided - kept) + absent
        chance.shuffle(outcomes)

        fee = credits.fee(versions, month, 2)
        assert fee == _fee(versions, month), (month, versions)
        account = credits.reckon(credits.attainment(outcomes), BANDS, fee)
        percent = _discount(kept, decided)
        twice = 2 * percent * fee / 100 + 1
        assert account.attainment == Attainment(kept, decided)
        assert account.discount == Fraction(percent, 100)
        assert account.amount == twice.numerator // (2 * twice.denominator)


@pytest.mark.parametrize("decided", [1, 20, 99, 100, 101, 199, 200, 1000, 3001])
def test_each_attainment_a_month_can_have_lies_in_the_band_of_whole_numbers(decided: int) -> None:
    for kept in range(decided + 1):
        percent = _discount(kept, decided)
        assert credits.discount(Attainment(kept, decided).share, BANDS) == Fraction(percent, 100), kept


@pytest.mark.parametrize("decided", [1, 3, 7, 100, 999])
def test_printed_attainment_never_reads_as_more_than_it_is(decided: int) -> None:
    for kept in range(decided + 1):
        read = Fraction(credits.printed(Fraction(kept, decided)))
        exact = Fraction(kept * 100, decided)
        assert read <= exact < read + Fraction(1, 100)
