"""How long answers and resolutions took in counted time, and what that makes of a report's pictures (P1, P10, P11)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.reporting.figures import Report, Times
from gateway.tickets import excluding
from tests.databases import Desk
from tests.reporting.gathered import House, utc

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MADE = "2026-03-16T02:00"


@pytest.fixture
def house(desk: Desk) -> House:
    return House(desk)


def week(house: House) -> Report:
    """The week from Monday the 9th to Sunday the 15th of March."""
    return house.week("2026-W11", MADE)


def shares(report: Report) -> dict[int, int]:
    return {place: count for place, count in enumerate(report.response_shares) if count}


def test_mean_median_and_nearest_rank_of_all_and_by_priority(house: House) -> None:
    for minutes in (10, 20, 30, 40, 200):
        house.life(
            "2026-03-10T00:00", f"2026-03-10T{minutes // 60:02d}:{minutes % 60:02d}", "2026-03-10T06:00"
        )
    house.life("2026-03-10T00:00", "2026-03-10T01:00", "2026-03-10T02:00", priority=Priority.MEDIUM)
    report = week(house)
    assert report.first_response == Times(6, 60 * MINUTE, 35 * MINUTE, 200 * MINUTE)
    low = next(each for each in report.levels if each.priority == "low")
    assert low.first_response == Times(5, 60 * MINUTE, 30 * MINUTE, 200 * MINUTE)
    assert low.resolution == Times(5, 6 * HOUR, 6 * HOUR, 6 * HOUR)


def test_time_that_was_excluded_is_not_counted_and_overlapping_time_once(house: House) -> None:
    number = house.life("2026-03-10T00:00", "2026-03-10T02:00", "2026-03-10T10:00")
    house.exclude(number, "2026-03-10T01:00", "2026-03-10T04:00", at="2026-03-11T00:00")
    house.exclude(number, "2026-03-10T03:00", "2026-03-10T05:00", at="2026-03-11T01:00")
    report = week(house)
    assert (report.first_response.mean, report.resolution.mean) == (HOUR, 6 * HOUR)


def test_waiting_for_the_customer_is_not_counted(house: House) -> None:
    number = house.open("2026-03-10T00:00")
    house.ask(number, "2026-03-10T01:00")
    house.says(number, "2026-03-10T05:00")
    house.resolve(number, "2026-03-10T08:00")
    report = week(house)
    assert (report.first_response.mean, report.resolution.mean) == (HOUR, 4 * HOUR)


def test_struck_exclusion_counts_again(house: House) -> None:
    number = house.life("2026-03-10T00:00", "2026-03-10T02:00", "2026-03-10T10:00")
    house.exclude(number, "2026-03-10T03:00", "2026-03-10T05:00", at="2026-03-11T01:00")
    house.do(excluding.strike, number, at="2026-03-11T02:00", exclusion="x1", words="It was not.")
    report = week(house)
    assert (report.resolution.mean, report.excluded) == (10 * HOUR, ())


def test_resolution_that_was_not_one_is_no_time_and_the_wait_for_the_answer_is_excluded(house: House) -> None:
    number = house.life("2026-03-10T00:00", "2026-03-10T01:00", "2026-03-10T02:00")
    house.says(number, "2026-03-10T12:00")
    before = week(house)
    assert (before.resolution.count, [each.resolved for each in before.volumes]) == (0, [0, 0, 0, 0])
    house.resolve(number, "2026-03-10T13:00")
    after = week(house)
    assert (after.resolution.count, after.resolution.mean) == (1, 3 * HOUR)
    assert [each.reason for each in after.excluded] == ["customer"]


def test_ticket_reopened_in_the_next_week_is_resolved_there_only(house: House) -> None:
    number = house.life("2026-03-13T00:00", "2026-03-13T01:00", "2026-03-13T02:00")
    house.says(number, "2026-03-17T00:00")
    house.resolve(number, "2026-03-17T04:00")
    assert house.week("2026-W11", "2026-03-23T02:00").resolution.count == 0
    later = house.week("2026-W12", "2026-03-23T02:00")
    assert later.resolution.mean == 6 * HOUR
    assert later.first_response.count == 0


def test_answer_of_a_ticket_opened_before_counts_in_the_week_of_the_answer(house: House) -> None:
    house.life(
        "2026-03-08T10:00", "2026-03-08T18:00", "2026-03-09T10:00"
    )  # Monday begins at 16:00 on the 8th
    report = week(house)
    assert report.first_response == Times(1, 8 * HOUR, 8 * HOUR, 8 * HOUR)
    assert (report.days[0].opened, report.days[0].open_at_end) == (0, 1)


def test_ticket_about_the_desk_itself_has_no_times(house: House) -> None:
    number = house.open("2026-03-10T00:00")
    house.mark(number, "2026-03-10T01:00", "spam")
    assert week(house).resolution.count == 0


@pytest.mark.parametrize(
    ("answered", "place"),
    [("02:24", 0), ("02:25", 1), ("12:00", 4), ("23:59", 9)],
)
def test_first_answers_are_told_by_tenths_of_their_target(house: House, answered: str, place: int) -> None:
    house.life("2026-03-10T00:00", f"2026-03-10T{answered}", "2026-03-11T02:00")
    assert shares(week(house)) == {place: 1}


def test_answer_at_its_due_instant_is_in_time_and_one_after_it_late(house: House) -> None:
    house.life("2026-03-10T00:00", "2026-03-11T00:00", "2026-03-11T02:00")
    house.life("2026-03-10T00:00", "2026-03-11T00:00:01", "2026-03-11T02:00")
    assert shares(week(house)) == {9: 1, 10: 1}


def test_share_of_a_target_is_of_counted_time(house: House) -> None:
    number = house.open("2026-03-10T00:00")
    house.exclude(number, "2026-03-10T00:00", "2026-03-11T00:00", at="2026-03-11T00:00")
    house.reply(number, "2026-03-11T02:24")
    assert shares(week(house)) == {0: 1}


def test_wait_that_lasts_stops_the_clock_of_the_answer(house: House) -> None:
    number = house.open("2026-03-10T00:00")
    house.exclude(number, "2026-03-10T02:00", None, at="2026-03-10T03:00")
    house.reply(number, "2026-03-12T00:00")
    report = week(house)
    assert (report.first_response.mean, shares(report)) == (2 * HOUR, {0: 1})


def test_backlog_is_what_was_open_plus_opened_less_closed(house: House) -> None:
    house.open("2026-03-01T00:00")
    house.life("2026-03-09T00:00", "2026-03-09T01:00", "2026-03-09T02:00", "2026-03-11T02:00")
    house.life("2026-03-10T00:00", "2026-03-10T01:00", "2026-03-10T02:00")
    days = [(each.opened, each.closed, each.open_at_end) for each in week(house).days]
    assert days == [(1, 0, 2), (1, 0, 3), (0, 1, 2), (0, 0, 2), (0, 0, 2), (0, 0, 2), (0, 0, 2)]


def test_volumes_are_told_by_priority(house: House) -> None:
    house.life(
        "2026-03-10T00:00", "2026-03-10T00:10", "2026-03-10T02:00", "2026-03-10T03:00", priority=Priority.HIGH
    )
    house.open("2026-03-10T00:00", Priority.MEDIUM)
    told = {
        each.priority: (each.opened, each.resolved, each.closed, each.open_at_end)
        for each in week(house).volumes
    }
    assert told == {
        "critical": (0, 0, 0, 0),
        "high": (1, 1, 1, 0),
        "medium": (1, 0, 0, 1),
        "low": (0, 0, 0, 0),
    }


# Lists.


def test_day_tells_what_happened_to_which_ticket_since_the_one_before(house: House) -> None:
    old = house.life("2026-03-09T00:00", "2026-03-09T01:00", "2026-03-09T02:00")
    house.says(old, "2026-03-10T00:00")
    still = house.open("2026-03-09T03:00")
    new = house.life("2026-03-10T01:00", "2026-03-10T02:00", "2026-03-10T03:00", "2026-03-10T04:00",
                     priority=Priority.HIGH)  # fmt: skip
    report = house.day("2026-03-10", "2026-03-10T10:00")
    assert (report.about.since, report.about.until) == (
        utc("2026-03-09T10:00"), utc("2026-03-10T10:00")
    )  # fmt: skip
    assert [(each.ticket_id, each.did) for each in report.handled] == [
        (new, ("opened", "answered", "resolved", "closed")),
        (old, ("reopened",)),
    ]
    assert [(each.ticket_id, each.status) for each in report.open] == [(still, "new"), (old, "open")]


def test_day_after_a_weekend_covers_the_time_since_the_report_before(house: House) -> None:
    number = house.open("2026-03-07T00:00")
    report = house.day("2026-03-09", "2026-03-09T10:00", since="2026-03-06T10:00")
    assert [each.ticket_id for each in report.handled] == [number]


def test_open_tickets_are_due_first_in_front_resting_behind_and_resolved_last(house: House) -> None:
    resolved = house.life("2026-03-09T00:00", "2026-03-09T01:00", "2026-03-09T02:00")
    waits = house.open("2026-03-09T00:00", Priority.HIGH)
    house.ask(waits, "2026-03-09T00:30")
    later, sooner = house.open("2026-03-09T03:00"), house.open("2026-03-09T04:00", Priority.HIGH)
    report = house.day("2026-03-09", "2026-03-09T10:00")
    assert [each.ticket_id for each in report.open] == [sooner, later, waits, resolved]
    assert [each.next_due_at is None for each in report.open] == [False, False, True, True]
    assert [each.status for each in report.open][2:] == [Status.WAITING_CUSTOMER, Status.RESOLVED]


def test_report_made_late_tells_the_statuses_of_its_own_time(house: House) -> None:
    number = house.open("2026-03-09T00:00")
    house.resolve(number, "2026-03-12T00:00")
    house.confirm(number, "2026-03-13T00:00")
    report = house.day("2026-03-09", "2026-03-16T00:00")
    assert [(each.ticket_id, each.status) for each in report.open] == [(number, "new")]
