"""A period told again has the figures it had (P10), and the dashboard's are the report's."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gateway.credits import compliance, deals
from gateway.domain import agreed_dates
from gateway.reporting import gathering, producing
from gateway.reporting.figures import Report
from tests.databases import Desk
from tests.reporting.golden import quarter
from tests.reporting.golden.playing import Player, do_act, produce
from tests.reporting.golden.story import Act, Agreed, Edition, House, Story, Tale, local, utc
from tests.reporting.golden.told import Told

pytestmark = pytest.mark.timeout(300)  # whichever comes first lets the whole quarter happen
LATER = utc("2026-06-01T00:00")
ZONE = "America/New_York"
BANK = House("bank", ZONE, (Agreed("B-1", date(2026, 1, 1), None, "USD", 2, 1_000),))


def bytes_of(desk: Desk, edition: Edition) -> str:
    with desk.services.transaction() as session:
        return str(produce(session, desk, edition, at=LATER).figures)


def gathered(desk: Desk, edition: Edition) -> Report:
    """The report of an edition gathered anew, long after."""
    with desk.services.reading() as session:
        kind, period = (
            producing.Kind(edition.kind),
            producing.Period(producing.Kind(edition.kind), edition.first, edition.last),
        )
        wanted = gathering.Wanted(kind, period, edition.contract.number, desk.head.provider)
        return gathering.gather(session, wanted, at=LATER)


def test_every_report_is_stored_once_and_told_again_to_the_byte(told: Told) -> None:
    first = {str(edition): bytes_of(told.desk, edition) for edition in told.story.editions}
    again = {str(edition): bytes_of(told.desk, edition) for edition in told.story.editions}
    assert first == again


def test_month_gathered_anew_counts_and_costs_what_it_did(told: Told) -> None:
    def figures(report: Report) -> object:
        return [(each.priority, each.kept, each.decided) for each in report.levels], report.credit

    months = [edition for edition in told.story.editions if edition.kind == "monthly"]
    assert {str(each): figures(gathered(told.desk, each)) for each in months} == {
        str(each): figures(told.report(each)) for each in months
    }


def test_dashboards_month_is_the_reports(told: Told) -> None:
    for name, report, reckoned in told.pairs("monthly"):
        edition = reckoned.edition
        with told.desk.services.reading() as session:
            found = deals.deal(session, edition.contract.number)
            month = compliance.of_contract(session, found, agreed_dates.month_of(edition.first), LATER)
        assert report.credit is not None and month.account is not None
        assert (name, month.attainment.kept, month.attainment.decided, month.account.amount) == (
            name, report.kept, report.decided, report.credit.amount,
        )  # fmt: skip
        assert (name, {each.priority: each.decided for each in month.priorities if each.decided}) == (
            name, {each.priority: each.decided for each in report.levels if each.decided},
        )  # fmt: skip


def bank(desk: Desk) -> tuple[Player, Tale, Edition]:
    """A bank with a ticket resolved in January, which nobody confirmed, and January's report."""
    tale = (
        Tale(BANK, "low", local("2026-01-30T09:00", ZONE)).after("answer", hours=1).after("resolve", hours=2)
    )
    edition = quarter.month_edition(BANK, BANK.contracts[0], date(2026, 1, 1))
    player = Player(desk, Story((BANK,), quarter.numbered([tale]), (edition,)))
    player.play()
    return player, tale, edition


def test_report_stands_when_a_ticket_is_reopened_and_breached_later(desk: Desk) -> None:
    player, tale, edition = bank(desk)
    before = bytes_of(desk, edition)
    with desk.services.transaction() as session:
        do_act(session, player, tale, Act(utc("2026-02-20T00:00"), "reopen"))
    with desk.services.transaction() as session:
        do_act(session, player, tale, Act(utc("2026-02-20T00:05"), "resolve"))
    assert bytes_of(desk, edition) == before


def test_ticket_reopened_in_february_is_decided_there_alone(desk: Desk) -> None:
    player, tale, january = bank(desk)
    with desk.services.transaction() as session:
        do_act(session, player, tale, Act(utc("2026-02-20T00:00"), "reopen"))
    february = quarter.month_edition(BANK, BANK.contracts[0], date(2026, 2, 1))
    reports = [Told(desk, player.story).report(each) for each in (january, february)]
    assert [(each.kept, each.decided) for each in reports] == [(0, 0), (0, 1)]
    [breach] = reports[1].breaches
    assert (breach.target, breach.due_at) == ("resolution", tale.opened + timedelta(hours=72))
