"""Credits reckoned by the contract's own table, at every boundary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from gateway.domain import agreed_dates, credits
from gateway.domain.agreed_dates import Month
from gateway.domain.credits import Attainment, Outcome
from gateway.domain.terms import BANDS, agreed


@dataclass(frozen=True)
class Version:
    starts_on: date
    ends_on: date | None = None
    monthly_fee: Decimal = Decimal(10_000)
    effective_on: date | None = None
    version: int = 1


@pytest.mark.parametrize(
    ("kept", "decided", "percent"),
    [
        (100, 100, 0),
        (99, 100, 0),
        (98_999, 100_000, 5),
        (95, 100, 5),
        (94_999, 100_000, 10),
        (90, 100, 10),
        (89_999, 100_000, 15),
        (0, 1, 15),
        (0, 0, 0),
    ],
)
def test_each_band_begins_exactly_at_its_bound(kept: int, decided: int, percent: int) -> None:
    found = credits.reckon(Attainment(kept, decided), BANDS, Fraction(10_000))
    assert (found.discount, found.amount) == (Fraction(percent, 100), 100 * percent)


def test_bands_of_a_contract_replace_the_usual_ones() -> None:
    bands = agreed({"bands": [{"at_least": "99.9", "discount": 0}, {"at_least": 0, "discount": "7.5"}]}).bands
    assert credits.reckon(Attainment(999, 1000), bands, Fraction(1000)).amount == 0
    assert credits.reckon(Attainment(998, 1000), bands, Fraction(1000)).amount == 75


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (Fraction(989_999, 1_000_000), "98.99"),
        (Fraction(99, 100), "99.00"),
        (Fraction(999_999, 1_000_000), "99.99"),
        (Fraction(1), "100.00"),
        (Fraction(0), "0.00"),
        (Fraction(1, 3), "33.33"),
        (Fraction(5, 10_000), "0.05"),
    ],
)
def test_printed_percentages_are_rounded_down(share: Fraction, shown: str) -> None:
    assert credits.printed(share) == shown


def test_half_of_a_smallest_unit_is_rounded_up() -> None:
    assert credits.reckon(Attainment(0, 1), BANDS, Fraction(10)).amount == 2  # 1.5
    assert credits.reckon(Attainment(0, 1), BANDS, Fraction(9)).amount == 1  # 1.35


@pytest.mark.parametrize(("exponent", "fee"), [(0, 10_000), (2, 1_000_000), (3, 10_000_000)])
def test_fee_is_in_the_smallest_unit_of_its_currency(exponent: int, fee: int) -> None:
    assert credits.fee([Version(date(2026, 1, 1))], Month(2026, 5), exponent) == fee


def test_contract_that_begins_mid_month_costs_its_days() -> None:
    assert credits.fee([Version(date(2026, 5, 17))], Month(2026, 5), 2) == Fraction(1_000_000 * 15, 31)


def test_contract_that_ends_in_february_costs_its_days_with_the_last_one() -> None:
    version = Version(date(2025, 1, 1), date(2026, 2, 7))
    assert credits.fee([version], Month(2026, 2), 2) == Fraction(1_000_000, 4)
    assert credits.fee([version], Month(2026, 3), 2) == 0


def test_leap_february_has_29_days() -> None:
    assert credits.fee([Version(date(2028, 2, 29))], Month(2028, 2), 0) == Fraction(10_000, 29)


def test_fee_follows_the_version_of_each_day() -> None:
    first = Version(date(2026, 1, 1))
    second = Version(date(2026, 1, 1), None, Decimal(20_000), date(2026, 6, 11), 2)
    assert credits.fee([first, second], Month(2026, 6), 0) == Fraction(10_000 * 10 + 20_000 * 20, 30)
    assert credits.fee([first, second], Month(2026, 5), 0) == 10_000


def test_proration_is_rounded_once_at_the_end() -> None:
    fee = credits.fee([Version(date(2026, 5, 31), None, Decimal("0.31"))], Month(2026, 5), 2)
    assert fee == 1
    assert credits.reckon(Attainment(0, 1), BANDS, fee * 4).amount == 1  # 0.6


def test_month_edges_follow_daylight_saving_time_in_new_york() -> None:
    zone = ZoneInfo("America/New_York")
    march, november = Month(2026, 3), Month(2026, 11)
    assert (march.begins(zone), march.ends(zone)) == (
        datetime(2026, 3, 1, 5, tzinfo=UTC),
        datetime(2026, 4, 1, 4, tzinfo=UTC),
    )
    assert (november.begins(zone), november.ends(zone)) == (
        datetime(2026, 11, 1, 4, tzinfo=UTC),
        datetime(2026, 12, 1, 5, tzinfo=UTC),
    )


def test_midnight_that_a_zone_skips_is_the_instant_its_clocks_jump() -> None:
    found = agreed_dates.midnight(date(2026, 3, 8), ZoneInfo("America/Havana"))
    assert found == datetime(2026, 3, 8, 5, tzinfo=UTC)


def test_version_that_ends_a_contract_ends_it_although_the_first_had_no_end() -> None:
    first = Version(date(2026, 1, 1))
    ended = Version(date(2026, 1, 1), date(2026, 6, 30), effective_on=date(2026, 6, 1), version=2)
    days = (date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 1))
    assert [agreed_dates.in_effect([first, ended], day) for day in days] == [first, ended, None]


@pytest.mark.parametrize(
    ("was", "becomes", "favours"),
    [
        (Outcome.KEPT, Outcome.VIOLATED, True),
        (Outcome.KEPT, Outcome.ABSENT, True),
        (Outcome.ABSENT, Outcome.VIOLATED, True),
        (Outcome.VIOLATED, Outcome.KEPT, False),
        (Outcome.VIOLATED, Outcome.ABSENT, False),
        (Outcome.ABSENT, Outcome.KEPT, False),
    ],
)
def test_only_what_lowers_the_attainment_is_in_the_customers_favour(
    was: Outcome, becomes: Outcome, favours: bool
) -> None:
    assert credits.favours_customer(was, becomes) is favours


@pytest.mark.parametrize(
    "text", ["2026-13", "2026", "2026-1", "x026-01", "2026-01-01", "", "２０２６-01", "0001-01", "9999-12"]
)
def test_month_in_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no month"):
        agreed_dates.named(text)
