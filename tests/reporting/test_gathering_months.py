"""A monthly report's trend, credit and corrections of earlier months (P10, P12)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from gateway import credits
from gateway.domain.terms import Priority
from gateway.reporting.figures import Correction, MonthPoint, Report
from gateway.store.models import CreditCorrection
from gateway.tickets import excluding
from tests.databases import Desk
from tests.reporting.gathered import House, utc

HOUR = timedelta(hours=1)
FEBRUARY, MARCH, APRIL = "2026-03-02T01:00", "2026-04-02T01:00", "2026-05-02T01:00"
"""When each month is frozen: the 2nd of the next one, 09:00 in Singapore."""


@pytest.fixture
def house(desk: Desk) -> House:
    return House(desk)


def kept(house: House, day: str, hours: int = 1) -> int:
    return house.life(
        f"{day}T01:00", f"{day}T{1 + hours:02d}:00", f"{day}T{2 + 2 * hours:02d}:00", f"{day}T20:00"
    )


def produced(house: House, month: str, at: str, **how: str) -> Report:
    """A month frozen and reported as by the schedule."""
    house.freeze(month, at)
    return house.month(month, at, **how)


def test_trend_tells_of_six_months_at_most_the_reports_own_last(desk: Desk) -> None:
    house = House(desk, starts_on=date(2025, 6, 1))
    report = house.month("2026-03", MARCH)
    assert [each.first_on.month for each in report.trend] == [10, 11, 12, 1, 2, 3]


def test_trend_begins_with_the_contract(house: House) -> None:
    assert [each.first_on.month for each in house.month("2026-03", MARCH).trend] == [1, 2, 3]


def test_trend_tells_how_each_month_counts_now_with_its_mean_times(house: House) -> None:
    kept(house, "2026-02-10")
    kept(house, "2026-02-11", hours=3)
    house.open("2026-02-12T01:00", Priority.LOW)
    kept(house, "2026-03-10", hours=2)
    produced(house, "2026-02", FEBRUARY)
    trend = produced(house, "2026-03", MARCH).trend
    assert trend[1:] == (
        MonthPoint(date(2026, 2, 1), 2, 3, 2 * HOUR, 5 * HOUR, 150_000, True),
        MonthPoint(date(2026, 3, 1), 1, 1, 2 * HOUR, 5 * HOUR, 0, True),
    )


def test_means_of_earlier_months_leave_excluded_time_out(house: House) -> None:
    number = kept(house, "2026-02-10", hours=3)
    house.exclude(number, "2026-02-10T02:00", "2026-02-10T03:00", at="2026-02-11T00:00")
    kept(house, "2026-01-10", hours=3)
    january, february, _ = house.month("2026-03", MARCH).trend
    assert (january.first_response, january.resolution) == (3 * HOUR, 7 * HOUR)
    assert (february.first_response, february.resolution) == (2 * HOUR, 6 * HOUR)


def test_means_of_earlier_months_are_those_their_own_reports_told(house: House) -> None:
    for day, hours in (("2026-01-31", 1), ("2026-02-01", 2), ("2026-02-28", 3)):
        number = kept(house, day, hours)
        house.exclude(number, f"{day}T01:30", f"{day}T01:45", at="2026-03-01T00:00")
    later = house.month("2026-03", MARCH).trend
    for place, month in enumerate(("2026-01", "2026-02")):
        own = house.month(month, MARCH)
        assert (later[place].first_response, later[place].resolution) == (
            own.first_response.mean, own.resolution.mean
        )  # fmt: skip


def late_in_february(house: House) -> int:
    """A ticket violated in February, and answered a day after."""
    return house.life("2026-02-10T01:00", "2026-02-11T02:00", "2026-02-11T03:00", "2026-02-11T04:00")


def test_late_exclusion_is_told_as_proposed_in_the_next_report_and_in_no_other(house: House) -> None:
    number = late_in_february(house)
    first = produced(house, "2026-02", FEBRUARY)
    house.exclude(number, "2026-02-10T02:00", "2026-02-10T05:00", at="2026-03-05T01:00")
    second, third = produced(house, "2026-03", MARCH), produced(house, "2026-04", APRIL)
    proposed = Correction(date(2026, 2, 1), number, "violated", "kept", "proposed", 0)
    assert [first.corrections, second.corrections, third.corrections] == [(), (proposed,), ()]


def test_approved_correction_is_told_once_with_the_sum_it_takes_back(house: House) -> None:
    number = late_in_february(house)
    produced(house, "2026-02", FEBRUARY)
    house.exclude(number, "2026-02-10T02:00", "2026-02-10T05:00", at="2026-03-05T01:00")
    proposed = produced(house, "2026-03", MARCH)
    with house.changing() as session:
        key = session.scalars(sa.select(CreditCorrection.id)).one()
        credits.approve(session, key, author=house.manager, at=utc("2026-04-10T01:00"))
    told = produced(house, "2026-04", APRIL)
    assert [each.verdict for each in proposed.corrections] == ["proposed"]
    assert told.corrections == (
        Correction(date(2026, 2, 1), number, "violated", "kept", "approved", -150_000),
    )
    assert told.trend[1].credit == 0


def test_report_gathered_again_later_still_calls_the_correction_proposed(house: House) -> None:
    number = late_in_february(house)
    produced(house, "2026-02", FEBRUARY)
    house.exclude(number, "2026-02-10T02:00", "2026-02-10T05:00", at="2026-03-05T01:00")
    first = produced(house, "2026-03", MARCH)
    with house.changing() as session:
        key = session.scalars(sa.select(CreditCorrection.id)).one()
        credits.approve(session, key, author=house.manager, at=utc("2026-04-10T01:00"))
    assert house.month("2026-03", "2026-04-11T01:00").corrections == first.corrections


def test_struck_exclusion_is_told_as_applied_with_what_the_customer_gets(house: House) -> None:
    number = late_in_february(house)
    house.exclude(number, "2026-02-10T02:00", "2026-02-10T05:00", at="2026-02-12T01:00")
    produced(house, "2026-02", FEBRUARY)
    house.do(excluding.strike, number, at="2026-03-05T01:00", exclusion="x1", words="It was ours.")
    report = produced(house, "2026-03", MARCH)
    assert report.corrections == (
        Correction(date(2026, 2, 1), number, "kept", "violated", "applied", 150_000),
    )
    assert (report.trend[1].kept, report.trend[1].credit) == (0, 150_000)


def test_report_produced_some_days_after_the_freezing_tells_what_changed_since_the_one_before(
    house: House,
) -> None:
    number = late_in_february(house)
    house.freeze("2026-02", FEBRUARY)
    house.exclude(number, "2026-02-10T02:00", "2026-02-10T05:00", at="2026-03-20T01:00")
    house.freeze("2026-03", MARCH)
    with house.changing() as session:
        key = session.scalars(sa.select(CreditCorrection.id)).one()
        credits.approve(session, key, author=house.manager, at=utc("2026-04-03T01:00"))
    on_the_5th = house.month("2026-03", "2026-04-05T01:00", since="2026-03-05T01:00")
    next_one = produced(house, "2026-04", APRIL, since="2026-04-05T01:00")
    assert [each.verdict for each in on_the_5th.corrections] == ["approved"]
    assert next_one.corrections == ()


def test_month_that_runs_owes_what_it_would_if_it_ended_now(house: House) -> None:
    house.open("2026-03-02T01:00")
    report = house.month("2026-03", "2026-03-10T01:00")
    assert report.credit is not None
    assert (report.about.frozen, report.decided, report.credit.amount) == (False, 1, 150_000)
    assert report.trend[-1].frozen is False


def test_last_month_of_a_contract_pays_its_credit_out(desk: Desk) -> None:
    house = House(desk, ends_on=date(2026, 3, 31))
    house.open("2026-03-10T01:00")
    report = produced(house, "2026-03", MARCH)
    assert report.credit is not None
    assert (report.credit.amount, report.credit.due_on) == (150_000, None)
