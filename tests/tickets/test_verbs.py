"""Each verb: what it logs, which letters it owes, when it refuses, and that the alarms follow (P1, P3, P4, P5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gateway.domain import sla
from gateway.domain.lifecycle import InvalidTransition, Status
from gateway.domain.terms import DEFAULT_TERMS, Priority
from gateway.mail.message import Mailbox
from gateway.store.models import Alarm, Message, Ticket
from gateway.tickets import NotFound, Refused, handling, intake, log
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import MONDAY, Desk

MANAGER = {"role": "manager", "email": "wu@desk.example"}
OUTAGE = "Our production site is completely down, no customer can place an order.\n"


class Office:
    """A desk with ticket 1001, new and of medium priority, and two people who work on it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.chen, self.manager = an_engineer(), an_engineer("Wu Lan", **MANAGER)
        desk.add(a_customer(), self.chen, self.manager)
        desk.walk(a_mail(), authentication=PASSED)

    def do(self, verb: Callable[..., object], **how: object) -> object:
        """Do something to ticket 1001 as the engineer, at the clock's instant."""
        with self.desk.services.transaction() as session:
            told = {"author": self.chen, "at": self.desk.clock()} | how
            return verb(session, self.desk.head, told.pop("ticket_id", 1001), **told)

    def reply(self, text: str = "We look into it.", **how: object) -> Message:
        return self.do(handling.reply, text=text, **how)  # type: ignore[return-value]

    @property
    def ticket(self) -> Ticket:
        return self.desk.tickets()[0]

    def kinds(self) -> list[str]:
        return [event.kind for event in self.desk.events(1001)]

    def letters(self) -> list[str]:
        """The letters after the acknowledgement."""
        return [letter.letter for letter in self.desk.letters()][1:]

    def alarms(self) -> dict[tuple[str, int], timedelta]:
        """The planned rungs of the ladder: how long after the opening each is due."""
        with self.desk.services.reading() as session:
            rungs = sa.select(Alarm).where(Alarm.kind == "rung")
            rows = session.scalars(rungs.order_by(Alarm.due_at)).all()
            return {(row.target, row.percent): row.due_at - MONDAY for row in rows}


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


# Reply.


def test_reply_opens_the_ticket_and_meets_the_first_response(office: Office) -> None:
    office.desk.clock.pass_(minutes=30)
    office.reply()
    assert (office.ticket.status, office.ticket.first_response_at) == ("open", MONDAY + timedelta(minutes=30))
    assert office.kinds() == ["opened", "reply", "status"]
    assert office.letters() == ["reply"]


def test_reply_ends_the_alarms_of_the_first_response(office: Office) -> None:
    assert ("first-response", 50) in office.alarms()
    office.reply()
    assert {target for target, _ in office.alarms()} == {"resolution"}


def test_second_reply_does_not_move_the_first_response(office: Office) -> None:
    office.reply()
    office.desk.clock.pass_(hours=1)
    office.reply("Restarted.")
    assert office.ticket.first_response_at == MONDAY


def test_reply_counts_when_its_undo_delay_is_over(office: Office) -> None:
    head = replace(office.desk.head, undo=timedelta(seconds=20))
    with office.desk.services.transaction() as session:
        handling.reply(session, head, 1001, author=office.chen, text="Seen.", at=MONDAY)
    (letter,) = office.desk.letters("reply")
    assert office.ticket.first_response_at == letter.next_attempt_at == MONDAY + timedelta(seconds=20)


def test_reply_goes_to_requester_and_participants_as_they_were_then(office: Office) -> None:
    office.reply("One.")
    office.do(handling.add_participant, person=Mailbox("Ops", "ops@harbour.example"))
    office.reply("Two.")
    assert [letter.recipients for letter in office.desk.letters("reply")] == [
        ["li@harbour.example"],
        ["li@harbour.example"],
        ["ops@harbour.example"],
    ]
    written = [message.recipients for message in office.desk.messages(1001)][1:]
    assert [len(each) for each in written] == [1, 2]


def test_reply_that_asks_the_customer_rests_the_clocks_until_they_answer(office: Office) -> None:
    office.reply("Which page?", then=Status.WAITING_CUSTOMER)
    assert (office.ticket.status, office.alarms()) == ("waiting-customer", {})
    office.desk.clock.pass_(hours=10)
    letter = office.desk.letters("reply")[0].message_id
    office.desk.walk(a_mail("The sales page.\n", message_id="m2@harbour.example", in_reply_to=letter))
    assert office.ticket.status == "open"
    assert office.ticket.resolution_due_at == MONDAY + timedelta(hours=34)
    assert office.alarms()[("resolution", 100)] == timedelta(hours=34)


def test_reply_that_resolves_meets_the_resolution_and_ends_all_alarms(office: Office) -> None:
    office.desk.clock.pass_(hours=3)
    office.reply("Restarted.", then=Status.RESOLVED)
    assert (office.ticket.status, office.ticket.resolved_at) == ("resolved", MONDAY + timedelta(hours=3))
    assert office.ticket.first_response_at == MONDAY + timedelta(hours=3)
    assert office.alarms() == {}


def test_change_made_by_a_reply_is_told_in_that_reply_only(office: Office) -> None:
    office.reply("Restarted.", then=Status.RESOLVED)
    assert office.letters() == ["reply"]
    assert b"confirm" in office.desk.letters("reply")[0].content.lower()


@pytest.mark.parametrize("text", ["", "  \n\t"])
def test_reply_without_words_is_refused_and_leaves_nothing(office: Office, text: str) -> None:
    with pytest.raises(Refused, match="text"):
        office.reply(text)
    assert (office.letters(), office.kinds(), len(office.desk.messages(1001))) == ([], ["opened"], 1)


@pytest.mark.parametrize("then", [Status.NEW, Status.CLOSED])
def test_reply_cannot_make_a_ticket_new_or_closed(office: Office, then: Status) -> None:
    with pytest.raises(Refused):
        office.reply(then=then)


def test_reply_is_promised_at_least_once_and_automatic_letters_at_most_once(office: Office) -> None:
    office.reply()
    office.do(handling.change_status, status=Status.WAITING_AWS)
    assert {letter.letter: letter.promise for letter in office.desk.letters()} == {
        "acknowledgement": "at-most-once",
        "reply": "at-least-once",
        "status": "at-most-once",
    }


# Note.


def test_note_is_logged_and_goes_to_nobody(office: Office) -> None:
    office.do(handling.note, text="The disk was full.")
    assert (office.kinds(), office.letters()) == (["opened", "note"], [])
    assert office.ticket.first_response_at is None
    assert office.desk.messages(1001)[-1].direction == "note"


def test_note_without_words_is_refused(office: Office) -> None:
    with pytest.raises(Refused):
        office.do(handling.note, text=" ")


# Assignment.


def test_assignment_is_logged_with_its_reasons(office: Office) -> None:
    office.do(handling.assign, assignee_id=office.chen.id)
    event = office.desk.events(1001)[-1]
    assert office.ticket.assignee_id == office.chen.id
    assert (event.kind, event.data) == (
        "assigned",
        {"from": None, "to": office.chen.id, "reasons": ["by-hand"]},
    )


def test_assignment_to_the_same_engineer_is_no_event(office: Office) -> None:
    for _ in range(2):
        office.do(handling.assign, assignee_id=office.chen.id)
    assert office.kinds() == ["opened", "assigned"]


def test_assignment_to_nobody_is_possible(office: Office) -> None:
    office.do(handling.assign, assignee_id=office.chen.id)
    office.do(handling.assign, assignee_id=None)
    assert office.ticket.assignee_id is None


def test_assignment_to_somebody_unknown_or_gone_is_refused(office: Office) -> None:
    gone = an_engineer("Gone By", active=False)
    office.desk.add(gone)
    for number in (gone.id, 99_999):
        with pytest.raises(Refused):
            office.do(handling.assign, assignee_id=number)


# Status.


@pytest.mark.parametrize("status", [Status.OPEN, Status.WAITING_AWS, Status.WAITING_THIRD_PARTY])
def test_change_of_status_is_logged_and_told(office: Office, status: Status) -> None:
    office.do(handling.change_status, status=status, text="As we said on the phone.")
    assert (office.ticket.status, office.kinds(), office.letters()) == (
        status,
        ["opened", "status"],
        ["status"],
    )
    assert b"As we said on the phone." in office.desk.letters("status")[0].content.replace(b"=\r\n", b"")


def test_waiting_set_by_hand_rests_no_clock(office: Office) -> None:
    office.do(handling.change_status, status=Status.WAITING_CUSTOMER)
    assert ("resolution", 100) in office.alarms()


def test_resolving_needs_words_for_the_customer(office: Office) -> None:
    with pytest.raises(Refused, match="text"):
        office.do(handling.change_status, status=Status.RESOLVED)
    office.do(handling.change_status, status=Status.RESOLVED, text="Restarted.")
    assert (office.ticket.status, office.ticket.first_response_at) == ("resolved", MONDAY)
    assert office.letters() == ["reply"]


def test_change_to_the_same_status_is_refused(office: Office) -> None:
    with pytest.raises(InvalidTransition):
        office.do(handling.change_status, status=Status.NEW)


def test_reopening_by_hand_voids_the_resolution_and_plans_alarms_again(office: Office) -> None:
    office.reply("Restarted.", then=Status.RESOLVED)
    office.desk.clock.pass_(hours=2)
    office.do(handling.change_status, status=Status.OPEN)
    assert (office.ticket.status, office.ticket.resolved_at) == ("open", None)
    assert office.alarms()[("resolution", 100)] == timedelta(hours=24)


@pytest.mark.parametrize(
    "verb",
    [
        lambda office: office.reply(),
        lambda office: office.do(handling.change_status, status=Status.OPEN),
        lambda office: office.do(handling.change_priority, priority=Priority.LOW, reason="x"),
        lambda office: office.do(handling.assign, assignee_id=office.chen.id),
        lambda office: office.do(handling.escalate, reason="x"),
    ],
    ids=["reply", "status", "priority", "assign", "escalate"],
)
def test_closed_is_final(office: Office, verb: Callable[[Office], object]) -> None:
    office.reply("Restarted.", then=Status.RESOLVED)
    office.do(handling.change_status, status=Status.CLOSED)
    before = (office.kinds(), office.letters())
    with pytest.raises((Refused, InvalidTransition)):
        verb(office)
    assert (office.kinds(), office.letters(), office.ticket.status) == (*before, "closed")


# Priority.


def test_raised_priority_is_due_from_the_change_and_told_to_customer_and_management(office: Office) -> None:
    office.desk.clock.pass_(hours=1)
    office.do(handling.change_priority, priority=Priority.CRITICAL, reason="All sites are down.")
    ticket = office.ticket
    assert (ticket.priority, ticket.first_response_due_at) == ("critical", MONDAY + timedelta(minutes=75))
    assert ticket.resolution_due_at == MONDAY + timedelta(hours=5)
    assert office.letters() == ["priority", "engineer-new"]
    assert office.desk.letters("engineer-new")[0].recipients == ["wu@desk.example"]
    assert office.alarms()[("first-response", 100)] == timedelta(minutes=75)


def test_lowered_priority_needs_a_reason_and_the_customer_is_told_it(office: Office) -> None:
    with pytest.raises(Refused, match="reason"):
        office.do(handling.change_priority, priority=Priority.LOW, reason=" ")
    office.do(handling.change_priority, priority=Priority.LOW, reason="It is one report only.")
    assert office.ticket.resolution_due_at == MONDAY + timedelta(hours=72)
    assert b"It is one report only." in office.desk.letters("priority")[0].content.replace(b"=\r\n", b"")
    assert office.desk.events(1001)[-1].words == "It is one report only."


def test_change_to_the_same_priority_changes_nothing(office: Office) -> None:
    office.do(handling.change_priority, priority=Priority.MEDIUM, reason="x")
    assert (office.kinds(), office.letters()) == (["opened"], [])


def test_priority_of_a_resolved_ticket_does_not_change(office: Office) -> None:
    office.reply("Restarted.", then=Status.RESOLVED)
    with pytest.raises(Refused):
        office.do(handling.change_priority, priority=Priority.LOW, reason="x")


def test_critical_ticket_tells_management_the_moment_it_opens(office: Office) -> None:
    office.desk.walk(a_mail(OUTAGE, subject="Production down", message_id="m9@harbour.example"))
    ticket = office.desk.tickets()[-1]
    told = [letter for letter in office.desk.letters("engineer-new") if letter.ticket_id == ticket.id]
    assert (ticket.priority, [letter.recipients for letter in told]) == ("critical", [["wu@desk.example"]])
    assert told[0].promise == "at-least-once"


# Escalation and people.


def test_escalation_by_an_engineer_is_noted(office: Office) -> None:
    office.do(handling.escalate, reason="The customer called the board.")
    assert office.ticket.asked_escalation
    assert (office.kinds()[-1], office.desk.events(1001)[-1].words) == (
        "escalation-asked",
        "The customer called the board.",
    )


def test_participant_is_added_once(office: Office) -> None:
    for _ in range(2):
        office.do(handling.add_participant, person=Mailbox("Ops", "Ops@Harbour.example"))
    assert office.kinds() == ["opened", "linked"]


@pytest.mark.parametrize(
    "verb",
    [
        lambda office: office.reply(ticket_id=77),
        lambda office: office.do(handling.note, ticket_id=77, text="x"),
        lambda office: office.do(handling.assign, ticket_id=77, assignee_id=None),
        lambda office: office.do(handling.change_status, ticket_id=77, status=Status.OPEN),
        lambda office: office.do(handling.change_priority, ticket_id=77, priority=Priority.LOW, reason="x"),
        lambda office: office.do(handling.escalate, ticket_id=77, reason="x"),
    ],
    ids=["reply", "note", "assign", "status", "priority", "escalate"],
)
def test_ticket_that_does_not_exist_is_not_found(office: Office, verb: Callable[[Office], object]) -> None:
    with pytest.raises(NotFound, match="77"):
        verb(office)


# By hand.


def test_ticket_opened_by_hand_has_clocks_alarms_and_its_requester(office: Office) -> None:
    request = intake.Request(
        1, Mailbox("Li Na", "li@harbour.example"), "Called us", "It is slow.", Priority.HIGH
    )
    with office.desk.services.transaction() as session:
        ticket = intake.open_by_hand(session, office.desk.head, request, author=office.chen, at=MONDAY)
    assert (ticket.id, ticket.priority, ticket.customer_id) == (1002, "high", 1)
    assert ticket.resolution_due_at == MONDAY + timedelta(hours=8)
    with office.desk.services.reading() as session:
        count = (
            sa.select(sa.func.count()).select_from(Alarm).where(Alarm.ticket_id == 1002, Alarm.kind == "rung")
        )
        assert session.scalar(count) == 8
    office.reply("Seen.", ticket_id=1002)
    assert office.desk.letters("reply")[0].recipients == ["li@harbour.example"]


# The log.


def test_columns_of_a_ticket_repeat_what_its_log_says(office: Office) -> None:
    office.desk.clock.pass_(minutes=10)
    office.reply("Which page?", then=Status.WAITING_CUSTOMER)
    office.desk.clock.pass_(hours=1)
    office.do(handling.change_status, status=Status.OPEN)
    office.do(handling.change_priority, priority=Priority.HIGH, reason="More are hit.")
    office.reply("Restarted.", then=Status.RESOLVED)
    rows = office.desk.events(1001)
    with office.desk.services.reading() as session:
        standing = sla.standing(log.events(session, 1001), DEFAULT_TERMS)
    ticket = office.ticket
    assert (standing.status, standing.priority) == (ticket.status, ticket.priority)
    assert standing.first_response.due_at == ticket.first_response_due_at
    assert standing.resolution.due_at == ticket.resolution_due_at
    assert (standing.first_response.met_at, standing.resolution.met_at) == (
        ticket.first_response_at,
        ticket.resolved_at,
    )
    assert log.broken_link(rows) is None
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))


def test_erased_words_leave_the_chain_whole_and_changed_ones_do_not(office: Office) -> None:
    office.do(handling.escalate, reason="The customer called the board.")
    rows = office.desk.events(1001)
    rows[-1].words = "The customer called nobody."
    assert log.broken_link(rows) == 2
    rows[-1].words = None
    assert log.broken_link(rows) is None


def test_verb_that_fails_leaves_nothing_behind(office: Office) -> None:
    with pytest.raises(RuntimeError), office.desk.services.transaction() as session:
        handling.reply(session, office.desk.head, 1001, author=office.chen, text="Seen.", at=MONDAY)
        raise RuntimeError
    assert (office.kinds(), office.letters(), office.ticket.status) == (["opened"], [], "new")


def test_engineer_of_this_ticket_is_named_in_its_log(office: Office) -> None:
    office.reply()
    actors = {event.actor for event in office.desk.events(1001)}
    assert actors == {"customer", f"engineer:{office.chen.id}"}
