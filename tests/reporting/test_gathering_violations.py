"""Targets missed and time excluded, as reports tell them (P10, P11)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.domain import evidence
from gateway.domain.lifecycle import Status
from gateway.domain.terms import DEFAULT_TERMS, Priority, Target
from gateway.reporting.figures import Breach, Report
from gateway.tickets import handling, log
from tests.databases import Desk
from tests.reporting.gathered import House, utc

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MADE = "2026-03-16T02:00"


@pytest.fixture
def house(desk: Desk) -> House:
    return House(desk)


def week(house: House) -> Report:
    """The week from Monday the 9th to Sunday the 15th of March, in Singapore."""
    return house.week("2026-W11", MADE)


def test_breach_says_what_was_promised_when_it_was_due_and_how_late_it_was_met(house: House) -> None:
    number = house.life("2026-03-10T00:00", "2026-03-10T01:30", "2026-03-10T06:00", priority=Priority.HIGH)
    assert week(house).breaches == (
        Breach(number, "Report slow", "high", "first-response", HOUR, utc("2026-03-10T01:00"),
               utc("2026-03-10T01:30"), 30 * MINUTE),
    )  # fmt: skip


def test_breach_nobody_met_is_late_until_the_report_is_made(house: House) -> None:
    house.open("2026-03-10T00:00", Priority.MEDIUM)
    first, second = week(house).breaches
    assert (first.target, first.met_at, first.late) == (
        "first-response",
        None,
        utc(MADE) - utc("2026-03-10T04:00"),
    )
    assert (second.target, second.late) == ("resolution", utc(MADE) - utc("2026-03-11T00:00"))


def test_lateness_is_counted_time(house: House) -> None:
    number = house.life("2026-03-10T00:00", "2026-03-10T00:30", "2026-03-10T12:00", priority=Priority.HIGH)
    house.exclude(number, "2026-03-10T09:00", "2026-03-10T11:00", at="2026-03-11T00:00")
    (breach,) = week(house).breaches
    assert (breach.target, breach.due_at, breach.late) == ("resolution", utc("2026-03-10T08:00"), 2 * HOUR)


def test_lateness_is_what_the_evidence_sheet_says(house: House) -> None:
    number = house.life("2026-03-10T00:00", "2026-03-10T00:30", "2026-03-10T20:00", priority=Priority.HIGH)
    house.exclude(number, "2026-03-10T01:00", "2026-03-10T02:30", at="2026-03-11T00:00")
    house.exclude(number, "2026-03-10T02:00", "2026-03-10T03:00", at="2026-03-11T00:01")
    house.exclude(number, "2026-03-10T15:00", "2026-03-10T16:00", at="2026-03-11T00:02")
    (breach,) = week(house).breaches
    with house.desk.services.reading() as session:
        told = evidence.sheet(log.events(session, number), DEFAULT_TERMS, utc(MADE)).of(Target.RESOLUTION)
    assert (breach.due_at, breach.late) == (told.due_at, told.used - told.allowed)


def test_breach_belongs_to_the_week_of_its_due_instant(house: House) -> None:
    house.open("2026-03-15T15:30:00", Priority.HIGH)  # Sunday 23:30; due on Monday 00:30
    assert week(house).breaches == ()
    assert [each.target for each in house.week("2026-W12", "2026-03-15T20:00").breaches] == ["first-response"]


def test_breach_that_a_late_exclusion_withdrew_is_none(house: House) -> None:
    number = house.life("2026-03-10T00:00", "2026-03-10T01:30", "2026-03-10T06:00", priority=Priority.HIGH)
    house.exclude(number, "2026-03-10T00:00", "2026-03-10T01:00", at="2026-03-11T00:00")
    assert week(house).breaches == ()


def test_breach_of_a_ticket_that_was_spam_is_none(house: House) -> None:
    number = house.open("2026-03-10T00:00", Priority.HIGH)
    house.do(
        handling.mark, number, at="2026-03-11T00:00", as_="spam", reason="Advertising.", author=house.manager
    )
    assert week(house).breaches == ()


def test_what_was_promised_follows_the_contract_of_the_ticket(desk: Desk) -> None:
    terms = {"targets": {"high": {"first_response_minutes": 30, "resolution_minutes": 240}}}
    house = House(desk, terms=terms)
    house.life("2026-03-10T00:00", "2026-03-10T00:45", "2026-03-10T03:00", priority=Priority.HIGH)
    (breach,) = week(house).breaches
    assert (breach.promised, breach.late) == (30 * MINUTE, 15 * MINUTE)


def test_exclusion_says_why_since_when_on_what_proof_and_by_whom(house: House) -> None:
    number = house.life("2026-03-10T00:00", "2026-03-10T01:00", "2026-03-10T06:00")
    house.exclude(number, "2026-03-10T02:00", "2026-03-10T04:30", at="2026-03-11T00:00")
    (told,) = week(house).excluded
    assert (told.ticket_id, told.subject, told.reason, told.by) == (
        number,
        "Report slow",
        "third-party",
        "Chen Wei",
    )
    assert (told.begins_at, told.ends_at, told.length) == (
        utc("2026-03-10T02:00"), utc("2026-03-10T04:30"), 150 * MINUTE
    )  # fmt: skip
    assert (told.proof, told.reference) == ("document", "Report 4711")


def test_wait_for_the_customer_is_told_as_the_systems_own(house: House) -> None:
    number = house.open("2026-03-10T00:00")
    house.ask(number, "2026-03-10T01:00")
    house.says(number, "2026-03-10T05:00")
    (told,) = week(house).excluded
    assert (told.reason, told.proof, told.by, told.length) == ("customer", "message", "system", 4 * HOUR)


def test_exclusion_across_the_weeks_edges_has_its_length_within_each(house: House) -> None:
    number = house.open("2026-03-08T12:00")
    house.exclude(number, "2026-03-08T14:00", "2026-03-08T20:00", at="2026-03-09T00:00")
    before, after = (house.week(each, MADE) for each in ("2026-W10", "2026-W11"))
    assert [each.length for each in before.excluded] == [2 * HOUR]  # until Monday midnight, 16:00 UTC
    assert [each.length for each in after.excluded] == [4 * HOUR]
    assert after.excluded[0].begins_at == utc("2026-03-08T14:00")


def test_exclusion_that_touches_the_edge_is_not_the_next_weeks(house: House) -> None:
    number = house.open("2026-03-08T12:00")
    house.exclude(number, "2026-03-08T14:00", "2026-03-08T16:00", at="2026-03-09T00:00")
    assert week(house).excluded == ()


def test_exclusion_that_lasts_counts_up_to_the_end_of_the_time_covered(house: House) -> None:
    number = house.open("2026-03-10T00:00")
    house.exclude(number, "2026-03-15T10:00", None, at="2026-03-15T11:00")
    (told,) = week(house).excluded
    assert (told.ends_at, told.length) == (None, 6 * HOUR)


def test_overlapping_exclusions_are_each_told(house: House) -> None:
    number = house.life("2026-03-10T00:00", "2026-03-10T01:00", "2026-03-10T08:00")
    house.exclude(number, "2026-03-10T02:00", "2026-03-10T04:00", at="2026-03-11T00:00")
    house.exclude(number, "2026-03-10T03:00", "2026-03-10T05:00", at="2026-03-11T00:01")
    report = week(house)
    assert [each.length for each in report.excluded] == [2 * HOUR, 2 * HOUR]
    assert report.resolution.mean == 5 * HOUR


def test_ticket_closed_before_its_target_was_met_is_late_until_it_was_closed(house: House) -> None:
    number = house.open("2026-03-10T00:00", Priority.HIGH)
    house.do(
        handling.change_status, number, at="2026-03-10T03:00", status=Status.CLOSED, text="No answer needed."
    )
    (breach,) = week(house).breaches
    assert (breach.target, breach.met_at, breach.late) == ("first-response", None, 2 * HOUR)
