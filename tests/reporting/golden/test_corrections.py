"""What changes after a month was reported is told in the next month's report, once, and counts nowhere twice (P10)."""

from __future__ import annotations

from datetime import date

from gateway.reporting.figures import Correction, Report
from tests.databases import Desk
from tests.reporting.golden import quarter
from tests.reporting.golden.playing import Player
from tests.reporting.golden.story import Agreed, House, Story, Tale, local, utc
from tests.reporting.golden.told import Told

ZONE = "Europe/Berlin"
TIDE = House("tide", ZONE, (Agreed("T-1", date(2026, 1, 1), None, "EUR", 2, 1_000),))
JANUARY = date(2026, 1, 1)


def kept(count: int, house: House = TIDE) -> list[Tale]:
    """Low tickets of early January that are closed within minutes."""
    opened = local("2026-01-05T10:00", ZONE)
    return [
        Tale(house, "low", opened.replace(minute=minute)).after("close", minutes=5) for minute in range(count)
    ]


def told_of(desk: Desk, *tales: Tale, approved: str = "") -> dict[int, Report]:
    """The three months' reports of a story of these tickets."""
    editions = tuple(
        quarter.month_edition(TIDE, TIDE.contracts[0], date(2026, month, 1)) for month in (1, 2, 3)
    )
    approvals = ((utc(approved), "T-1"),) if approved else ()
    story = Story((TIDE,), quarter.numbered(list(tales)), editions, approvals)
    Player(desk, story).play()
    told = Told(desk, story)
    return {edition.first.month: told.report(edition) for edition in editions}


def counted(reports: dict[int, Report]) -> dict[int, tuple[int, int, int]]:
    """Kept, decided and credit of each month as its own report has them."""
    return {
        month: (report.kept, report.decided, report.credit.amount if report.credit else -1)
        for month, report in reports.items()
    }


def trends(reports: dict[int, Report]) -> dict[int, list[tuple[int, int, int]]]:
    """The same of all months as each report's trend has them."""
    return {
        month: [(point.kept, point.decided, point.credit) for point in report.trend]
        for month, report in reports.items()
    }


def missed() -> Tale:
    """A Critical ticket that is answered after two hours, and closed within a day."""
    tale = Tale(TIDE, "critical", local("2026-01-20T10:00", ZONE))
    return tale.after("answer", hours=2).after("resolve", hours=3).after("confirm", hours=4)


def outage(tale: Tale, at: str) -> Tale:
    """The same ticket, with an hour and three quarters of its life excluded, as told at an instant."""
    start, end = local("2026-01-20T10:05", ZONE), local("2026-01-20T11:55", ZONE)
    return tale.then("exclude", utc(at), start=start, end=end, reason="aws")


def test_late_exclusion_changes_nothing_until_a_manager_approves(desk: Desk) -> None:
    ticket = outage(missed(), "2026-02-10T10:00")
    reports = told_of(desk, *kept(9), ticket)
    assert counted(reports) == {1: (9, 10, 10_000), 2: (0, 0, 0), 3: (0, 0, 0)}
    assert trends(reports)[3] == [(9, 10, 10_000), (0, 0, 0), (0, 0, 0)]


def test_late_exclusion_is_told_as_proposed_in_the_next_report_only(desk: Desk) -> None:
    ticket = outage(missed(), "2026-02-10T10:00")
    reports = told_of(desk, *kept(9), ticket)
    proposed = Correction(JANUARY, ticket.number, "violated", "kept", "proposed", 0)
    assert {month: report.corrections for month, report in reports.items()} == {1: (), 2: (proposed,), 3: ()}


def test_approved_correction_is_told_once_with_what_it_takes_back(desk: Desk) -> None:
    ticket = outage(missed(), "2026-02-10T10:00")
    reports = told_of(desk, *kept(9), ticket, approved="2026-03-10T10:00")
    approved = Correction(JANUARY, ticket.number, "violated", "kept", "approved", -10_000)
    assert reports[3].corrections == (approved,)
    assert [(each.verdict, each.amount) for each in reports[2].corrections] == [("proposed", 0)]
    assert trends(reports)[3] == [(10, 10, 0), (0, 0, 0), (0, 0, 0)]


def test_late_exclusion_before_the_month_is_frozen_is_no_correction(desk: Desk) -> None:
    reports = told_of(desk, *kept(9), outage(missed(), "2026-02-02T07:59"))
    assert counted(reports)[1] == (10, 10, 0)
    assert [report.corrections for report in reports.values()] == [(), (), ()]


def rescued() -> Tale:
    """A Critical ticket that its exclusion alone keeps."""
    return outage(missed(), "2026-01-20T13:30")


def test_struck_exclusion_is_corrected_in_the_customers_favour_in_the_next_report_only(desk: Desk) -> None:
    ticket = rescued().then("strike", utc("2026-02-12T10:00"), name="x1")
    reports = told_of(desk, *kept(19), ticket)
    applied = Correction(JANUARY, ticket.number, "kept", "violated", "applied", 5_000)
    assert counted(reports) == {1: (20, 20, 0), 2: (0, 0, 0), 3: (0, 0, 0)}
    assert {month: report.corrections for month, report in reports.items()} == {1: (), 2: (applied,), 3: ()}
    assert trends(reports)[2] == [(19, 20, 5_000), (0, 0, 0)]


def over_the_edge(at: str) -> Tale:
    """A ticket violated on the last of January and closed on the third of February, excluded late."""
    tale = Tale(TIDE, "high", local("2026-01-31T09:00", ZONE))
    tale.after("answer", days=3, hours=3, minutes=10).after("resolve", days=3, hours=4).after(
        "confirm", days=3, hours=5
    )
    start, end = local("2026-01-31T09:30", ZONE), local("2026-02-03T12:00", ZONE)
    return tale.then("exclude", utc(at), start=start, end=end, reason="third-party")


def test_ticket_whose_breach_was_withdrawn_still_counts_in_january_and_not_in_february(desk: Desk) -> None:
    reports = told_of(desk, over_the_edge("2026-02-10T10:00"))
    assert counted(reports) == {1: (0, 1, 15_000), 2: (0, 0, 0), 3: (0, 0, 0)}


def test_ticket_whose_breach_was_withdrawn_in_time_counts_in_february_once_approved(desk: Desk) -> None:
    reports = told_of(desk, over_the_edge("2026-02-10T10:00"), approved="2026-03-10T10:00")
    assert trends(reports)[3] == [(0, 0, 0), (1, 1, 0), (0, 0, 0)]
    assert sum(each.amount for each in reports[3].corrections) == -15_000


def test_spam_called_so_after_the_month_is_against_the_customer_and_waits(desk: Desk) -> None:
    ticket = Tale(TIDE, "critical", local("2026-01-20T10:00", ZONE)).then("spam", utc("2026-02-12T10:00"))
    reports = told_of(desk, *kept(9), ticket)
    assert counted(reports)[1] == (9, 10, 10_000)
    assert [(each.was, each.becomes, each.verdict) for each in reports[2].corrections] == [
        ("violated", "absent", "proposed")
    ]


def test_two_corrections_of_a_month_say_their_amount_once(desk: Desk) -> None:
    tickets = [rescued().then("strike", utc("2026-02-12T10:00"), name="x1") for _ in range(2)]
    reports = told_of(desk, *kept(18), *tickets)
    assert len(reports[2].corrections) == 2
    assert sum(each.amount for each in reports[2].corrections) == 10_000  # 18 of 20: 10 %
    assert trends(reports)[2][0] == (18, 20, 10_000)


def test_ticket_that_moves_by_an_approval_is_told_of_both_months(desk: Desk) -> None:
    ticket = over_the_edge("2026-02-10T10:00")
    reports = told_of(desk, ticket, approved="2026-03-10T10:00")
    assert reports[3].corrections == (
        Correction(JANUARY, ticket.number, "violated", "absent", "approved", -15_000),
        Correction(date(2026, 2, 1), ticket.number, "absent", "kept", "approved", 0),
    )


def test_violation_that_a_struck_wait_moves_to_an_earlier_month_counts_there_and_not_twice(
    desk: Desk,
) -> None:
    ticket = (
        Tale(TIDE, "high", local("2026-01-31T09:00", ZONE))
        .after("ask", minutes=30)
        .after("said", days=3, hours=3)
    )
    ticket.after("resolve", days=3, hours=4).after("confirm", days=3, hours=5)
    reports = told_of(desk, *kept(1), ticket.then("strike", utc("2026-03-12T10:00"), name="w1"))
    assert trends(reports)[2] == [(1, 1, 0), (1, 1, 0)]
    assert trends(reports)[3] == [(1, 2, 15_000), (0, 0, 0), (0, 0, 0)]
