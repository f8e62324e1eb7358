"""The end of a shift hands open work over, and gaps in the rota are told (P2, P3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from gateway import duties
from gateway.appointments import Appointments
from gateway.domain.lifecycle import EventKind
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.services import KEPT
from gateway.store import appointments
from gateway.store.models import Absence, Appointment, Engineer, ShiftRule, Ticket
from gateway.tickets import handling, intake
from gateway.tickets.intake import Request
from tests.builders import a_customer, an_engineer
from tests.databases import MONDAY, Desk
from tests.rotas import a_shift, a_team, an_absence, an_override

NOON = MONDAY.replace(hour=12)


@pytest.fixture
def people(desk: Desk) -> dict[str, Engineer]:
    """Chen works until noon, Lin from then on; Zhao leads, Maya manages."""
    made = {
        "chen": an_engineer("Chen Wei"),
        "lin": an_engineer("Lin Yue"),
        "zhao": an_engineer("Zhao Min", role="lead"),
        "maya": an_engineer("Maya Okafor", role="manager"),
    }
    desk.add(a_customer(), *made.values())
    return made


@pytest.fixture
def rota(desk: Desk, people: dict[str, Engineer]) -> dict[str, Engineer]:
    """A rota without gaps: mornings and afternoons of UTC."""
    team = a_team(desk, "cloud", [people["chen"], people["lin"]])
    desk.add(
        a_shift(team, [people["chen"]], name="morning", starts="00:00", ends="12:00"),
        a_shift(team, [people["lin"]], name="afternoon", starts="12:00", ends="00:00", position=1),
    )
    watch(desk)
    return people


def watch(desk: Desk) -> None:
    with desk.services.transaction() as session:
        duties.watch(session, desk.clock())


def drains(desk: Desk, owner: str = "worker-1") -> Appointments:
    return Appointments(desk.services.transaction, desk.head, owner, desk.clock, KEPT)


def keep(desk: Desk) -> None:
    drains(desk).drain(desk.clock() + timedelta(seconds=5))


def due(desk: Desk) -> datetime | None:
    with desk.services.reading() as session:
        return appointments.due_at(session, duties.WATCH, "")


def open_ticket(desk: Desk, priority: Priority = Priority.HIGH, subject: str = "Scanners offline") -> int:
    """A ticket opened by hand, which goes to whoever is on call."""
    with desk.services.transaction() as session:
        author = session.scalars(sa.select(Engineer).where(Engineer.role == "manager")).one()
        request = Request(1, Mailbox("Li Na", "li@harbour.example"), subject, "Please help.", priority)
        return intake.open_by_hand(session, desk.head, request, author=author, at=desk.clock()).id


def holder(desk: Desk, ticket_id: int) -> int | None:
    with desk.services.reading() as session:
        return session.get_one(Ticket, ticket_id).assignee_id


def told(desk: Desk, letter: str) -> list[str]:
    return [each.first_recipient for each in desk.letters(letter)]


def test_end_of_a_shift_hands_high_and_critical_tickets_over(desk: Desk, rota: dict[str, Engineer]) -> None:
    high, critical, low = (
        open_ticket(desk, each) for each in (Priority.HIGH, Priority.CRITICAL, Priority.LOW)
    )
    desk.clock.at = NOON
    keep(desk)
    keep(desk)
    assert [holder(desk, each) for each in (high, critical, low)] == [
        rota["lin"].id, rota["lin"].id, rota["chen"].id,
    ]  # fmt: skip


def test_nothing_is_handed_over_before_the_end_of_the_shift(desk: Desk, rota: dict[str, Engineer]) -> None:
    ticket = open_ticket(desk)
    keep(desk)
    desk.clock.at = NOON - timedelta(seconds=1)
    keep(desk)
    assert (holder(desk, ticket), told(desk, "handover")) == (rota["chen"].id, [])


def test_watch_is_due_at_the_very_end_of_the_shift(desk: Desk, rota: dict[str, Engineer]) -> None:
    desk.clock.at = NOON - timedelta(minutes=30)
    keep(desk)
    assert due(desk) == NOON


def test_both_engineers_read_one_summary(desk: Desk, rota: dict[str, Engineer]) -> None:
    open_ticket(desk, subject="Scanners offline")
    open_ticket(desk, Priority.CRITICAL, subject="Gateway down")
    keep(desk)
    desk.clock.at = NOON
    keep(desk)
    assert sorted(told(desk, "handover")) == ["chen@desk.example", "lin@desk.example"]
    for letter in desk.letters("handover"):
        text = letter.content.decode()
        assert "Scanners offline" in text
        assert "Gateway down" in text
        assert "Taken over by: Lin Yue" in text


def test_history_keeps_who_had_the_ticket_before(desk: Desk, rota: dict[str, Engineer]) -> None:
    ticket = open_ticket(desk)
    keep(desk)
    desk.clock.at = NOON
    keep(desk)
    first, second = [each for each in desk.events(ticket) if each.kind == EventKind.ASSIGNED]
    assert (first.data["to"], second.data["from"], second.data["to"]) == (
        rota["chen"].id, rota["chen"].id, rota["lin"].id,
    )  # fmt: skip
    assert second.data["reasons"][:2] == ["hand-over", "on-shift:cloud afternoon"]


def test_incoming_engineer_gets_no_second_letter_of_assignment(desk: Desk, rota: dict[str, Engineer]) -> None:
    open_ticket(desk)
    keep(desk)
    desk.clock.at = NOON
    keep(desk)
    assert told(desk, "engineer-assigned") == ["chen@desk.example"]


def test_resolved_ticket_is_not_handed_over(desk: Desk, rota: dict[str, Engineer]) -> None:
    ticket = open_ticket(desk)
    with desk.services.transaction() as session:
        handling.reply(session, desk.head, ticket, author=rota["chen"], text="Fixed.",
                       then=handling.Status.RESOLVED, at=desk.clock())  # fmt: skip
    keep(desk)
    desk.clock.at = NOON
    keep(desk)
    assert (holder(desk, ticket), told(desk, "handover")) == (rota["chen"].id, [])


def test_shift_that_ended_while_the_clock_stood_is_handed_over_late(
    desk: Desk, rota: dict[str, Engineer]
) -> None:
    ticket = open_ticket(desk)
    keep(desk)
    desk.clock.at = NOON + timedelta(hours=5)
    keep(desk)
    assert holder(desk, ticket) == rota["lin"].id


def test_engineer_who_is_back_on_call_by_then_keeps_their_tickets(
    desk: Desk, rota: dict[str, Engineer]
) -> None:
    ticket = open_ticket(desk)
    keep(desk)
    desk.clock.at = NOON + timedelta(hours=20)
    keep(desk)
    assert (holder(desk, ticket), told(desk, "handover")) == (rota["chen"].id, [])


def test_engineer_who_goes_straight_on_hands_nothing_over(desk: Desk, rota: dict[str, Engineer]) -> None:
    ticket = open_ticket(desk)
    desk.add(an_override(rota["chen"], NOON, NOON + timedelta(hours=12), instead_of=rota["lin"]))
    watch(desk)
    keep(desk)
    desk.clock.at = NOON
    keep(desk)
    assert (holder(desk, ticket), told(desk, "handover")) == (rota["chen"].id, [])


def test_where_nobody_takes_over_the_ticket_stays_and_leads_are_told(
    desk: Desk, rota: dict[str, Engineer]
) -> None:
    ticket = open_ticket(desk)
    desk.add(an_absence(rota["lin"], NOON, NOON + timedelta(days=1)))
    watch(desk)
    keep(desk)
    desk.clock.at = NOON
    keep(desk)
    assert holder(desk, ticket) == rota["chen"].id
    assert sorted(told(desk, "handover")) == ["chen@desk.example", "zhao@desk.example"]


def test_two_workers_hand_over_once(desk: Desk, rota: dict[str, Engineer]) -> None:
    open_ticket(desk)
    keep(desk)
    desk.clock.at = NOON
    first, second = drains(desk, "worker-1"), drains(desk, "worker-2")
    until = desk.clock() + timedelta(seconds=5)
    assert (first.drain(until), second.drain(until)) == (False, False)
    assert sorted(told(desk, "handover")) == ["chen@desk.example", "lin@desk.example"]


def test_worker_whose_lease_went_to_another_hands_nothing_over(desk: Desk, rota: dict[str, Engineer]) -> None:
    ticket = open_ticket(desk)
    keep(desk)
    desk.clock.at = NOON
    with desk.services.reading() as session:
        row = session.scalars(sa.select(Appointment).where(Appointment.what == duties.WATCH)).one()
    with desk.services.transaction() as session:
        drains(desk)._keep(session, row.id, row.fence - 1)
    assert (holder(desk, ticket), told(desk, "handover")) == (rota["chen"].id, [])


def test_without_a_rota_nothing_is_watched_any_more(desk: Desk, people: dict[str, Engineer]) -> None:
    watch(desk)
    keep(desk)
    assert (due(desk), told(desk, "rota-gap")) == (None, [])


def test_rota_without_gaps_alarms_nobody(desk: Desk, rota: dict[str, Engineer]) -> None:
    keep(desk)
    assert told(desk, "rota-gap") == []


def test_gap_is_told_to_management_once(desk: Desk, rota: dict[str, Engineer]) -> None:
    start = NOON + timedelta(days=5)
    desk.add(an_absence(rota["lin"], start, start + timedelta(hours=4)))
    watch(desk)
    for _ in range(4):
        keep(desk)
        desk.clock.pass_(hours=1)
    assert told(desk, "rota-gap") == ["maya@desk.example"]
    [letter] = desk.letters("rota-gap")
    assert "20:00, Saturday 7 March" in letter.content.decode()


def test_gap_beyond_14_days_is_told_when_it_comes_into_sight(desk: Desk, rota: dict[str, Engineer]) -> None:
    start = NOON + timedelta(days=14, hours=6)
    desk.add(an_absence(rota["lin"], start, start + timedelta(hours=4)))
    watch(desk)
    keep(desk)
    assert told(desk, "rota-gap") == []
    desk.clock.at = NOON + timedelta(hours=7)
    keep(desk)
    assert told(desk, "rota-gap") == ["maya@desk.example"]


def test_gap_that_is_still_open_is_told_again_a_day_before_it_begins(
    desk: Desk, rota: dict[str, Engineer]
) -> None:
    start = NOON + timedelta(days=3)
    desk.add(an_absence(rota["lin"], start, start + timedelta(hours=4)))
    watch(desk)
    while desk.clock() < start + timedelta(hours=1):
        keep(desk)
        desk.clock.pass_(hours=1)
    subjects = [each.subject for each in desk.letters("rota-gap")]
    assert [each.partition(":")[0] for each in subjects] == ["Nobody on call", "Still nobody on call"]


def test_gap_found_within_its_last_day_is_told_once_only(desk: Desk, rota: dict[str, Engineer]) -> None:
    start = NOON + timedelta(hours=6)
    desk.add(an_absence(rota["lin"], start, start + timedelta(hours=4)))
    watch(desk)
    for _ in range(20):
        keep(desk)
        desk.clock.pass_(hours=1)
    assert len(told(desk, "rota-gap")) == 1


def test_gap_that_was_filled_is_not_told_again(desk: Desk, rota: dict[str, Engineer]) -> None:
    start = NOON + timedelta(days=3)
    desk.add(an_absence(rota["lin"], start, start + timedelta(hours=4)))
    watch(desk)
    keep(desk)
    desk.add(an_override(rota["zhao"], start, start + timedelta(hours=4)))
    watch(desk)
    while desk.clock() < start:
        keep(desk)
        desk.clock.pass_(hours=1)
    assert len(told(desk, "rota-gap")) == 1


def test_gap_that_opens_again_is_told_again(desk: Desk, rota: dict[str, Engineer]) -> None:
    start = NOON + timedelta(days=3)
    for _ in range(2):
        desk.add(an_absence(rota["lin"], start, start + timedelta(hours=4)))
        watch(desk)
        keep(desk)
        with desk.services.transaction() as session:
            session.execute(sa.delete(Absence))
        watch(desk)
        desk.clock.pass_(minutes=1)
        keep(desk)
    assert len(told(desk, "rota-gap")) == 2


def test_rota_that_ends_is_told_once_although_its_gap_grows_with_every_day(
    desk: Desk, rota: dict[str, Engineer]
) -> None:
    with desk.services.transaction() as session:
        for rule in session.scalars(sa.select(ShiftRule)):
            rule.last_on = (MONDAY + timedelta(days=10)).date()
    watch(desk)
    for _ in range(60):
        keep(desk)
        desk.clock.pass_(hours=1)
    assert len(told(desk, "rota-gap")) == 1


def test_without_management_leads_are_told_of_gaps(desk: Desk, rota: dict[str, Engineer]) -> None:
    with desk.services.transaction() as session:
        session.get_one(Engineer, rota["maya"].id).active = False
    desk.add(an_absence(rota["lin"], NOON, NOON + timedelta(hours=4)))
    watch(desk)
    keep(desk)
    assert told(desk, "rota-gap") == ["zhao@desk.example"]


def test_gaps_ahead_are_those_of_the_next_14_days(desk: Desk, rota: dict[str, Engineer]) -> None:
    start = NOON + timedelta(days=2)
    desk.add(an_absence(rota["lin"], start, start + timedelta(hours=4)))
    desk.add(an_absence(rota["lin"], start + timedelta(days=20), start + timedelta(days=21)))
    with desk.services.reading() as session:
        found = duties.gaps_ahead(session, datetime(2026, 3, 2, tzinfo=UTC))
    assert [(each.start, each.end) for each in found] == [(start, start + timedelta(hours=4))]
