"""What each kind of report covers, and what it counts: edges of days, weeks, months, contracts, clock changes (P10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import msgspec
import pytest

from gateway.credits import compliance
from gateway.credits.deals import deal
from gateway.domain.agreed_dates import named
from gateway.domain.terms import Priority
from gateway.reporting.figures import Report
from gateway.store.models import Ticket
from gateway.tickets import NotFound, Refused
from tests.databases import Desk
from tests.reporting.gathered import NUMBER, House, utc

HOUR = timedelta(hours=1)
MADE = "2026-04-02T01:00"


def opened(report: Report) -> int:
    return sum(each.opened for each in report.volumes)


def busy(report: Report) -> Mapping[date, tuple[int, int, int]]:
    """The days on which anything was opened or closed: opened, closed, open at the end."""
    return {
        each.on: (each.opened, each.closed, each.open_at_end)
        for each in report.days
        if each.opened or each.closed
    }


def hot(report: Report) -> Mapping[tuple[int, int], int]:
    """Weekday and hour of openings."""
    return {
        (day, hour): count
        for day, hours in enumerate(report.heat)
        for hour, count in enumerate(hours)
        if count
    }


def test_month_begins_and_ends_at_midnight_of_the_contracts_zone(desk: Desk) -> None:
    house = House(desk)
    house.open("2026-02-28T15:59:59")
    house.open("2026-02-28T16:00:00")
    house.open("2026-03-31T15:59:59")
    house.open("2026-03-31T16:00:00")
    report = house.month("2026-03", MADE)
    assert (report.about.since, report.about.until) == (utc("2026-02-28T16:00"), utc("2026-03-31T16:00"))
    assert opened(report) == 2
    assert busy(report) == {date(2026, 3, 1): (1, 0, 2), date(2026, 3, 31): (1, 0, 3)}


def test_february_has_28_days(desk: Desk) -> None:
    report = House(desk).month("2026-02", MADE)
    assert [each.on for each in report.days] == [date(2026, 2, day) for day in range(1, 29)]


def test_empty_month_is_fully_attained_and_has_no_times(desk: Desk) -> None:
    report = House(desk).month("2026-03", MADE)
    assert (report.decided, report.attainment) == (0, 1)
    assert (report.first_response.count, report.first_response.mean, report.resolution.p90) == (0, None, None)
    assert (report.breaches, report.excluded, report.left_out) == ((), (), {})
    assert report.credit is not None
    assert report.credit.amount == 0


def test_report_reads_back_as_it_was_written(desk: Desk) -> None:
    house = House(desk)
    house.life("2026-03-10T01:00", "2026-03-10T02:00", "2026-03-10T03:00", "2026-03-10T04:00")
    house.open("2026-03-20T01:00")
    report = house.month("2026-03", MADE)
    assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report


def test_night_on_which_clocks_go_forward_has_a_day_of_23_hours(desk: Desk) -> None:
    house = House(desk, time_zone="Europe/Berlin")
    house.open("2026-03-28T22:59:59")  # Saturday 23:59:59
    house.open("2026-03-28T23:00:00")  # Sunday midnight
    house.open("2026-03-29T01:00:00")  # Sunday 03:00, an hour after 01:59:59
    house.open("2026-03-29T21:59:59")  # Sunday 23:59:59
    report = house.week("2026-W13", MADE)
    assert report.about.until == utc("2026-03-29T22:00")
    assert busy(report) == {date(2026, 3, 28): (1, 0, 1), date(2026, 3, 29): (3, 0, 4)}
    assert hot(report) == {(5, 23): 1, (6, 0): 1, (6, 3): 1, (6, 23): 1}


def test_hour_that_occurs_twice_holds_the_openings_of_both(desk: Desk) -> None:
    house = House(desk, time_zone="Europe/Berlin")
    house.open("2026-10-25T00:30:00")  # 02:30 in summer time
    house.open("2026-10-25T01:30:00")  # 02:30 in winter time
    report = house.week("2026-W43", "2026-10-26T08:00")
    assert hot(report) == {(6, 2): 2}
    assert (report.about.until - report.about.since) == timedelta(days=7, hours=1)


def test_contract_that_begins_within_the_month_is_told_of_from_its_first_midnight(desk: Desk) -> None:
    house = House(desk, starts_on=date(2026, 3, 16))
    house.open("2026-03-15T15:59:59")
    house.open("2026-03-15T16:00:00")
    report = house.month("2026-03", MADE)
    assert report.about.since == utc("2026-03-15T16:00")
    assert (opened(report), len(report.days), report.days[0].on) == (1, 16, date(2026, 3, 16))
    assert report.credit is not None
    assert report.credit.fee == "16000000/31"  # 16 of 31 days of SGD 10,000.00


def test_two_contracts_one_after_the_other_part_the_tickets_of_a_month(desk: Desk) -> None:
    house = House(desk, ends_on=date(2026, 3, 15))
    house.also(number="NQ-2026-099", starts_on=date(2026, 3, 16))
    house.open("2026-03-15T15:59:59")
    house.open("2026-03-15T16:00:00")
    first, second = (house.month("2026-03", MADE, number=each) for each in (NUMBER, "NQ-2026-099"))
    assert (opened(first), first.about.until) == (1, utc("2026-03-15T16:00"))
    assert (opened(second), second.about.since) == (1, utc("2026-03-15T16:00"))


def test_period_that_runs_is_told_of_as_far_as_it_is(desk: Desk) -> None:
    report = House(desk).month("2026-03", "2026-03-10T05:00")
    assert (report.about.until, len(report.days), report.about.frozen) == (utc("2026-03-10T05:00"), 10, False)


@pytest.mark.parametrize(("period", "at"), [("2025-12", MADE), ("2026-04", "2026-03-31T16:00")])
def test_period_before_the_contract_or_not_begun_is_refused(desk: Desk, period: str, at: str) -> None:
    with pytest.raises(Refused):
        House(desk).month(period, at)


def test_unknown_contract_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        House(desk).month("2026-03", MADE, number="NQ-0")


def test_month_counts_what_the_credits_count(desk: Desk) -> None:
    house = House(desk)
    for day in range(1, 20):
        house.life(
            f"2026-03-{day:02d}T01:00", f"2026-03-{day:02d}T02:00", f"2026-03-{day:02d}T03:00",
            f"2026-03-{day:02d}T04:00", priority=Priority.MEDIUM,
        )  # fmt: skip
    late = house.open("2026-03-20T01:00", Priority.HIGH)
    house.freeze("2026-03", MADE)
    report = house.month("2026-03", MADE)
    with desk.services.reading() as session:
        counted = compliance.of_contract(session, deal(session, NUMBER), named("2026-03"), utc(MADE))
    assert (report.kept, report.decided) == (counted.attainment.kept, counted.attainment.decided) == (19, 20)
    assert {each.priority: (each.kept, each.decided) for each in report.levels} == {
        "critical": (0, 0), "high": (0, 1), "medium": (19, 19), "low": (0, 0)
    }  # fmt: skip
    assert report.about.frozen
    assert report.credit is not None
    assert (report.credit.discount, report.credit.amount, report.credit.due_on) == (
        "1/20", 50_000, date(2026, 4, 1)
    )  # fmt: skip
    assert {each.ticket_id for each in report.breaches} == {late}


def test_ticket_decided_in_the_next_week_is_not_this_weeks(desk: Desk) -> None:
    house = House(desk)
    house.open("2026-03-08T15:00:00")  # Sunday 23:00; first response due on Monday 23:00
    assert house.week("2026-W10", "2026-03-09T02:00").decided == 0
    assert house.week("2026-W11", "2026-03-16T02:00").decided == 1


def test_weeks_of_two_contracts_share_no_decided_ticket(desk: Desk) -> None:
    house = House(desk, ends_on=date(2026, 3, 11))
    house.also(number="NQ-2026-099", starts_on=date(2026, 3, 12))
    house.life("2026-03-10T01:00", "2026-03-10T02:00", "2026-03-10T03:00", "2026-03-10T04:00")
    house.life("2026-03-13T01:00", "2026-03-13T02:00", "2026-03-13T03:00", "2026-03-13T04:00")
    weeks = [house.week("2026-W11", "2026-03-16T02:00", number=each) for each in (NUMBER, "NQ-2026-099")]
    assert [each.decided for each in weeks] == [1, 1]


def test_spam_and_merged_tickets_are_no_work_of_a_report(desk: Desk) -> None:
    house = House(desk)
    first = house.open("2026-03-10T01:00")
    house.merge(house.open("2026-03-10T02:00"), first, "2026-03-10T03:00")
    house.mark(house.open("2026-03-10T04:00"), "2026-03-10T05:00", "spam")
    report = house.week("2026-W11", "2026-03-10T06:00")
    assert opened(report) == 1
    assert [each.ticket_id for each in report.open] == [first]


def test_withdrawn_ticket_was_work_but_has_no_times(desk: Desk) -> None:
    house = House(desk)
    number = house.open("2026-03-10T01:00")
    house.reply(number, "2026-03-10T02:00")
    house.mark(number, "2026-03-10T03:00", "withdrawn")
    report = house.week("2026-W11", "2026-03-16T02:00")
    assert (opened(report), report.first_response.count, report.decided) == (1, 0, 0)


def test_ticket_of_another_customer_is_in_no_report(desk: Desk) -> None:
    house = House(desk)
    number = house.open("2026-03-10T01:00")
    with house.changing() as session:
        session.get_one(Ticket, number).customer_id = None
    report = house.week("2026-W11", "2026-03-16T02:00")
    assert (opened(report), report.open, report.breaches) == (0, (), ())
