"""Instants at which a report may go either way, each with its answer worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from gateway.domain import credits
from gateway.domain.credits import Attainment
from gateway.domain.terms import BANDS
from gateway.reporting.figures import Report
from gateway.tickets import Refused
from tests.databases import Desk
from tests.reporting.golden import quarter
from tests.reporting.golden.playing import Player
from tests.reporting.golden.reckoning import DAY, discount
from tests.reporting.golden.story import HOUR, MINUTE, Agreed, Edition, House, Story, Tale, local
from tests.reporting.golden.told import Told

ZONE = "America/New_York"
MILL = House("mill", ZONE, (Agreed("M-1", date(2025, 6, 1), None, "USD", 2, 100),))
SECOND = timedelta(seconds=1)


def at(text: str) -> datetime:
    """An instant of New York's clocks."""
    return local(text, ZONE)


def months(desk: Desk, *tales: Tale) -> dict[int, Report]:
    """The three months' reports of these tickets."""
    editions = tuple(
        quarter.month_edition(MILL, MILL.contracts[0], date(2026, month, 1)) for month in (1, 2, 3)
    )
    return {each.edition.first.month: each.report for each in told(desk, editions, *tales)}


def told(desk: Desk, editions: tuple[Edition, ...], *tales: Tale) -> list[Pair]:
    """Reports of these tickets."""
    story = Story((MILL,), quarter.numbered(list(tales)), editions)
    Player(desk, story).play()
    return [Pair(edition, Told(desk, story).report(edition)) for edition in editions]


class Pair:
    """An edition with its report."""

    def __init__(self, edition: Edition, report: Report) -> None:
        self.edition, self.report = edition, report


def decided(reports: dict[int, Report]) -> list[tuple[int, int]]:
    """Kept and decided of each month."""
    return [(report.kept, report.decided) for report in reports.values()]


def test_target_met_at_its_due_instant_is_met_and_a_second_later_is_not(desk: Desk) -> None:
    opened = at("2026-01-10T10:00")
    met, late = (Tale(MILL, "high", opened + beside) for beside in (SECOND, MINUTE))
    met.after("answer", hours=1).after("resolve", hours=8).after("confirm", hours=9)
    late.after("answer", hours=1).after("resolve", hours=8, seconds=1).after("confirm", hours=9)
    january = months(desk, met, late)[1]
    assert (january.kept, january.decided) == (1, 2)
    [breach] = january.breaches
    assert (breach.ticket_id, breach.target, breach.late) == (late.number, "resolution", SECOND)
    assert january.response_shares == (0,) * 9 + (2, 0)


@pytest.mark.parametrize(
    ("beside", "counted"), [(-SECOND, [(0, 1), (0, 0)]), (timedelta(), [(0, 0), (0, 1)])]
)
def test_violation_at_midnight_counts_in_the_month_that_begins_then(
    desk: Desk, beside: timedelta, counted: list[tuple[int, int]]
) -> None:
    tale = Tale(MILL, "critical", at("2026-01-31T23:45") + beside)
    reports = months(desk, tale)
    assert decided(reports)[:2] == counted
    assert [len(report.breaches) for report in list(reports.values())[:2]] == (
        [1, 1] if beside else [0, 2]  # its resolution is missed in February in either case
    )


def test_ticket_closed_at_midnight_is_kept_in_the_month_that_begins_then(desk: Desk) -> None:
    tale = Tale(MILL, "low", at("2026-01-31T20:00"))
    tale.after("answer", hours=1).after("resolve", hours=2).after("confirm", hours=4)
    reports = months(desk, tale)
    assert decided(reports) == [(0, 0), (1, 1), (0, 0)]
    assert [sum(each.closed for each in report.volumes) for report in reports.values()] == [0, 1, 0]
    assert [sum(each.open_at_end for each in report.volumes) for report in reports.values()] == [1, 0, 0]


def test_exclusion_over_two_months_is_cut_at_the_midnight_between_them(desk: Desk) -> None:
    start, end = at("2026-01-31T22:00"), at("2026-02-01T03:00")
    tale = Tale(MILL, "low", at("2026-01-31T20:00")).then(
        "exclude", end + MINUTE, start=start, end=end, reason="aws"
    )
    tale.then("close", end + HOUR)
    reports = months(desk, tale)
    assert [[each.length for each in report.excluded] for report in reports.values()] == [
        [2 * HOUR],
        [3 * HOUR],
        [],
    ]


def test_overlapping_exclusions_count_once_and_are_listed_each(desk: Desk) -> None:
    tale = Tale(MILL, "high", at("2026-01-10T10:00"))
    for first, last, reason in ((10, 50, "aws"), (30, 80, "maintenance"), (40, 45, "force-majeure")):
        start, end = tale.opened + first * MINUTE, tale.opened + last * MINUTE
        tale.then("exclude", tale.opened + 2 * HOUR, start=start, end=end, reason=reason)
    tale.then("answer", tale.opened + 130 * MINUTE).after("resolve", hours=3).after("confirm", hours=4)
    january = months(desk, tale)[1]
    assert sorted(each.length // MINUTE for each in january.excluded) == [5, 40, 50]
    assert (january.kept, january.decided, january.first_response.mean) == (1, 1, HOUR)  # due to the second


def test_raised_priority_is_due_from_the_change_and_lowered_from_the_opening(desk: Desk) -> None:
    raised, lowered = (Tale(MILL, level, at("2026-01-10T10:00") + beside) for level, beside in
                       (("low", SECOND), ("critical", MINUTE)))  # fmt: skip
    raised.after("priority", hours=5, level="critical").after("answer", hours=5, minutes=15)
    raised.after("resolve", hours=9, seconds=1).after("confirm", hours=10)
    lowered.after("priority", minutes=10, level="high").after("answer", hours=1).after("resolve", hours=8)
    lowered.after("confirm", hours=9)
    january = months(desk, raised, lowered)[1]
    assert {each.priority: (each.kept, each.decided) for each in january.levels if each.decided} == {
        "critical": (0, 1),
        "high": (1, 1),
    }
    assert [(each.target, each.due_at - raised.opened, each.late) for each in january.breaches] == [
        ("resolution", 9 * HOUR, SECOND)
    ]


def test_duplicates_count_once_with_the_earliest_opening(desk: Desk) -> None:
    older, newer = Tale(MILL, "high", at("2026-01-31T23:50")), Tale(MILL, "high", at("2026-02-01T00:10"))
    newer.after("merge", hours=3, into=older)  # after its own violation, by a manager
    older.after("answer", minutes=50).after("resolve", hours=4).after("confirm", hours=5)
    reports = months(desk, older, newer)
    assert decided(reports) == [(0, 0), (1, 1), (0, 0)]
    assert [sum(each.opened for each in report.volumes) for report in reports.values()] == [1, 0, 0]
    assert [report.first_response.count for report in reports.values()] == [0, 1, 0]


def test_ticket_withdrawn_in_time_is_neither_kept_nor_violated(desk: Desk) -> None:
    tale = Tale(MILL, "high", at("2026-01-10T10:00")).after("withdraw", hours=1)
    assert decided(months(desk, tale)) == [(0, 0), (0, 0), (0, 0)]


def test_ticket_cannot_be_withdrawn_after_its_violation(desk: Desk) -> None:
    tale = Tale(MILL, "high", at("2026-01-10T10:00")).after("withdraw", hours=1, seconds=1)
    with pytest.raises(Refused):
        months(desk, tale)


def test_ticket_withdrawn_while_an_exclusion_stood_counts_once_that_is_struck(desk: Desk) -> None:
    tale = Tale(MILL, "high", at("2026-01-10T10:00"))
    start, end = tale.opened + MINUTE, tale.opened + 2 * HOUR
    tale.then("exclude", end, start=start, end=end, reason="third-party").after(
        "withdraw", hours=2, minutes=5
    )
    tale.then("strike", tale.opened + 3 * HOUR, name="x1")
    january = months(desk, tale)[1]
    assert (january.kept, january.decided) == (0, 1)


def test_hour_that_clocks_skip_and_its_neighbours_are_told_apart(desk: Desk) -> None:
    tales = [Tale(MILL, "low", at(text)).after("close", minutes=1) for text in
             ("2026-03-08T01:59", "2026-03-08T03:00", "2026-03-08T23:59", "2026-03-09T00:00")]  # fmt: skip
    week = Edition(MILL, MILL.contracts[0], "weekly", date(2026, 3, 2), date(2026, 3, 8), at("2026-03-02T00:00"),
                   at("2026-03-09T00:00"), at("2026-03-09T09:00"))  # fmt: skip
    [found] = told(desk, (week,), *tales)
    heat = {
        (day, hour): count
        for day, row in enumerate(found.report.heat)
        for hour, count in enumerate(row)
        if count
    }
    assert heat == {(6, 1): 1, (6, 3): 1, (6, 23): 1}
    assert found.report.about.until - found.report.about.since == 7 * DAY - HOUR
    assert [(each.on.day, each.opened) for each in found.report.days][-2:] == [(7, 0), (8, 3)]


def test_daily_report_begins_where_the_one_before_the_holiday_ended(desk: Desk) -> None:
    friday, tuesday = (
        at("2026-02-13T18:00"),
        at("2026-02-17T18:00"),
    )  # the Monday between is Washington's birthday
    tales = [Tale(MILL, "low", instant).after("answer", minutes=1) for instant in
             (friday - SECOND, friday, at("2026-02-16T12:00"), tuesday - 2 * MINUTE, tuesday)]  # fmt: skip
    day = Edition(
        MILL, MILL.contracts[0], "daily", date(2026, 2, 13), date(2026, 2, 17), friday, tuesday, tuesday
    )
    [found] = told(desk, (day,), *tales)
    assert {each.ticket_id: each.did for each in found.report.handled} == {
        tales[0].number: ("answered",),
        tales[1].number: ("opened", "answered"),
        tales[2].number: ("opened", "answered"),
        tales[3].number: ("opened", "answered"),
    }


@pytest.mark.parametrize(
    ("kept", "decided", "percent"),
    [(9_900, 10_000, 0), (9_899, 10_000, 5), (9_500, 10_000, 5), (9_499, 10_000, 10), (9_000, 10_000, 10),
     (8_999, 10_000, 15), (10**18 * 99 - 1, 10**20, 5), (10**18 * 90 - 1, 10**20, 15)],
)  # fmt: skip
def test_bounds_are_exact_for_any_count(kept: int, decided: int, percent: int) -> None:
    assert credits.discount(Attainment(kept, decided).share, BANDS) * 100 == percent
    assert discount(kept, decided) * 100 == percent
