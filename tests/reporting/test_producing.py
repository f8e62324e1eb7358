"""A report of any period: told again as it stood, gathered where it was not, never stored before it is due."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from gateway.domain.periods import Kind, named
from gateway.reporting import producing
from gateway.reporting.figures import Report
from gateway.store.models import CreditMonth, StoredReport
from gateway.store.reports import find
from gateway.tickets import NotFound, Refused
from tests.databases import Desk
from tests.reporting.office import NUMBER, Office, utc

LATER = "2026-05-20T03:00"
MARCH = named(Kind.MONTHLY, "2026-03")


def produced(desk: Desk, kind: Kind, period: str, at: str, number: str = NUMBER) -> StoredReport:
    with desk.services.transaction() as session:
        return producing.produce(session, desk.head, number, named(kind, period), at=utc(at))


def test_past_month_is_produced_and_stored_with_its_credit_frozen(desk: Desk) -> None:
    office = Office(desk)
    row = produced(desk, Kind.MONTHLY, "2026-03", LATER)
    told = producing.report_of(row)
    assert (row.id is not None, told.about.frozen, told.about.as_of) == (True, True, utc(LATER))
    with desk.services.reading() as session:
        assert session.query(CreditMonth).filter_by(first_on=date(2026, 3, 1)).count() == 1
    assert office.made() == ["monthly 2026-03-31"]


def test_period_produced_again_has_the_same_figures(desk: Desk) -> None:
    Office(desk)
    first = produced(desk, Kind.WEEKLY, "2026-W11", LATER)
    again = produced(desk, Kind.WEEKLY, "2026-W11", "2026-06-20T03:00")
    assert (again.id, again.figures, again.produced_at) == (first.id, first.figures, utc(LATER))


def test_report_asked_for_by_hand_is_not_mailed(desk: Desk) -> None:
    office = Office(desk)
    produced(desk, Kind.MONTHLY, "2026-01", LATER)
    office.post(LATER)
    assert office.told() == []


def test_report_asked_for_just_before_its_appointment_is_mailed_all_the_same_with_its_figures(
    desk: Desk,
) -> None:
    office = Office(desk)
    row = produced(desk, Kind.DAILY, "2026-03-02", "2026-03-02T10:00")
    office.run("2026-03-02T10:00")
    assert [to for to, subject in office.told() if subject.startswith("daily")] == ["mei@harbour.example"]
    again = next(each for each in office.rows() if each.id == row.id)
    assert (again.figures, again.regular) == (row.figures, True)


def test_report_that_was_noted_gets_its_figures_when_it_is_asked_for(desk: Desk) -> None:
    office = Office(desk)
    office.keep("2026-03-02T10:00")
    row = produced(desk, Kind.DAILY, "2026-03-02", "2026-03-02T10:01")
    office.post("2026-03-02T10:02")
    kept = next(each for each in office.rows() if each.id == row.id)
    assert (kept.figures, kept.produced_at, kept.posted_at) == (
        row.figures,
        utc("2026-03-02T10:01"),
        utc("2026-03-02T10:02"),
    )


def test_period_that_is_not_over_is_told_as_it_stands_and_not_stored(desk: Desk) -> None:
    office = Office(desk)
    row = produced(desk, Kind.MONTHLY, "2026-05", LATER)
    assert (row.id, producing.report_of(row).about.frozen, office.made()) == (None, False, [])


def test_month_that_is_over_but_not_frozen_yet_is_not_frozen_by_looking(desk: Desk) -> None:
    Office(desk)
    row = produced(desk, Kind.MONTHLY, "2026-03", "2026-04-02T00:59")
    assert row.id is None
    with desk.services.reading() as session:
        assert session.query(CreditMonth).count() == 0


def test_period_that_has_not_begun_is_refused(desk: Desk) -> None:
    Office(desk)
    with pytest.raises(Refused):
        produced(desk, Kind.MONTHLY, "2026-06", LATER)


def test_period_before_the_contract_is_refused(desk: Desk) -> None:
    Office(desk)
    with pytest.raises(Refused):
        produced(desk, Kind.WEEKLY, "2025-W40", LATER)


def test_contract_that_nobody_knows_is_refused(desk: Desk) -> None:
    Office(desk)
    with pytest.raises(NotFound):
        produced(desk, Kind.MONTHLY, "2026-03", LATER, number="NONE")


def test_old_day_asked_for_by_hand_leaves_the_next_regular_one_alone(desk: Desk) -> None:
    office = Office(desk)
    produced(desk, Kind.DAILY, "2026-01-15", "2026-03-02T02:00")
    office.run("2026-03-02T10:00")
    regular = next(row for row in office.rows() if row.kind == Kind.DAILY and row.regular)
    assert (regular.since, regular.until) == (utc("2026-02-27T10:00"), utc("2026-03-02T10:00"))


def test_daily_report_tells_of_the_time_since_the_one_before(desk: Desk) -> None:
    office = Office(desk)
    for day in ("2026-03-02", "2026-03-03", "2026-03-06"):
        office.run(f"{day}T10:00")
    rows = [row for row in office.rows() if row.kind == Kind.DAILY]
    told = [producing.report_of(row).about for row in rows]
    assert [(each.since, each.until) for each in told] == [(row.since, row.until) for row in rows]
    assert [each.since for each in told[1:]] == [each.until for each in told[:-1]]


def test_four_processes_produce_a_month_once(desk: Desk) -> None:
    office = Office(desk)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: produced(desk, Kind.MONTHLY, "2026-03", LATER), range(4)))
    assert len({row.id for row in found}) == len({row.figures for row in found}) == 1
    assert office.made() == ["monthly 2026-03-31"]


def test_stored_figures_are_read_back_as_they_were(desk: Desk) -> None:
    Office(desk)
    told = producing.report_of(produced(desk, Kind.MONTHLY, "2026-03", LATER))
    with desk.services.reading() as session:
        row = find(session, NUMBER, MARCH)
    assert row is not None and producing.report_of(row) == told
    assert isinstance(told, Report)


def test_figures_that_are_not_gathered_yet_are_said_to_be(desk: Desk) -> None:
    office = Office(desk)
    office.keep("2026-03-02T10:00")
    with pytest.raises(LookupError):
        producing.report_of(office.rows()[0])
