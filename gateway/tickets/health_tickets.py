"""Tickets about AWS Health events: one for each event and customer, followed from its beginning to its end (P7).

`follow` brings a customer's ticket in step with what is stored of an event, as often as it is called: what was told
is in the ticket's log, and nothing is told twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway.domain import health_services, lifecycle
from gateway.domain.impact import Status as EventStatus
from gateway.domain.lifecycle import LIVE, Action, EventKind, Kind, Status
from gateway.domain.terms import Priority, Service
from gateway.store.models import Customer, Direction, Message, Ticket, table
from gateway.store.queries import agreements
from gateway.tickets import (
    assigning,
    changes,
    health_letters,
    health_planned,
    health_state,
    health_words,
    intake,
    messages,
    proposals,
)
from gateway.tickets.acknowledging import Opened, tell_management
from gateway.tickets.changes import finish, locked, status_entry
from gateway.tickets.health_letters import Occasion
from gateway.tickets.health_state import Difference, Situation, Told
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry

AUTHOR: Final = "AWS Health"
OPENING: Final = "health-opened"
ACTOR: Final = "aws"
REOPENED: Final = "health-reopened"
CLOSED: Final = "aws-health-closed"
"""Why the desk proposes to resolve: the event is over; the reference is the event's row."""
_MESSAGE: Final = table(Message).insert().returning(table(Message).c.id)


@dataclass(frozen=True, slots=True)
class _Step:
    """A change on its way onto a ticket."""

    ticket: Ticket
    current: Situation
    before: Told
    new: Difference


def follow(
    session: Session, head: Letterhead, event_id: int, customer_id: int, *, at: datetime
) -> int | None:
    """Bring a customer's ticket about an event in step with it; the ticket's number, None where it is only listed."""
    current = health_state.now(session, event_id, customer_id, at=at)
    row = current.row
    if row.told_hash == current.digest:
        return row.ticket_id
    if row.ticket_id is None:
        if current.wanted(at):
            open_for_event(session, head, current, at=at)
        else:
            row.state = "listed"
    else:
        _go_on(session, head, row.ticket_id, current, at=at)
    row.told_hash = current.digest
    session.flush()
    return row.ticket_id


def open_for_event(session: Session, head: Letterhead, current: Situation, *, follows: Ticket | None = None,
                   at: datetime) -> int:  # fmt: skip
    """Open the ticket of a customer about an event, tell their people and its engineer; its number."""
    customer = session.get_one(Customer, current.row.customer_id)
    agreement = agreements.agreement_with(session, customer.id, at, zone=head.zone, language=head.language)
    language = head.letter_language(agreement.language)
    columns = _columns(current, language=language, follows=follows)
    given = assigning.suitable(session, assigning.need_of(columns), customer.id, at)
    columns["assignee_id"] = given.engineer.id if given and given.engineer else None
    entries = [Entry(EventKind.OPENED, at, ACTOR, intake.said_at_opening(columns))]
    entries += [given.entry(at)] if given else []
    ticket_id, standing = intake.insert(session, columns, agreement, entries, prefix=head.prefix, at=at)
    ticket = locked(session, ticket_id)
    current.row.ticket_id = ticket_id
    step = _Step(ticket, current, Told(), health_state.difference(current, Told()))
    _log_and_tell(
        session, head, step, what="reopened" if follows else "opened", letter="health-opened", at=at
    )
    named = (given.engineer.name, given.team) if given and given.engineer else ("", "")
    opened = Opened(ticket_id, ticket.subject, customer.name, AUTHOR, True, standing, agreement, *named)
    tell_management(session, head, opened, at)
    assigning.tell_at_opening(session, head, ticket_id, given, at=at)
    health_planned.plan(session, current, at=at)
    if current.over:
        proposals.propose(session, head, ticket_id, cause=CLOSED, reference=str(current.row.event_id), at=at)
    return ticket_id


def update(session: Session, head: Letterhead, step: _Step, *, at: datetime) -> None:
    """Note what changed of an event that goes on, and tell the customer's people what is new."""
    raised = _raise(session, head, step, at=at)
    _log_and_tell(session, head, step, what="changed", letter="health-changed", at=at)
    if raised is not None:
        tell_management(session, head, raised, at, became=True)


def close_event(session: Session, head: Letterhead, step: _Step, *, at: datetime) -> None:
    """Note that an event is over, tell the customer's people, and propose to resolve the ticket."""
    _log_and_tell(session, head, step, what="closed", letter="health-closed", at=at)
    reference = str(step.current.row.event_id)
    proposals.propose(session, head, step.ticket.id, cause=CLOSED, reference=reference, at=at)


def reopen(session: Session, head: Letterhead, step: _Step, *, at: datetime) -> None:
    """Go on with an event that was over: on its ticket, or on one that follows it where that is closed."""
    ticket, current = step.ticket, step.current
    if ticket.status == Status.CLOSED:
        open_for_event(session, head, current, follows=ticket, at=at)
        return
    proposals.withdraw(session, head, ticket.id, cause=CLOSED, reference=str(current.row.event_id), at=at)
    before = Status(ticket.status)
    if before is Status.RESOLVED:
        after = lifecycle.advance(before, Action.REOPEN)
        entry = status_entry(before, after, REOPENED, by=ACTOR, at=at)
        finish(session, head, ticket, [entry], status=after, at=at)
    _log_and_tell(session, head, step, what="reopened", letter="health-changed", at=at)


def _go_on(session: Session, head: Letterhead, ticket_id: int, current: Situation, *, at: datetime) -> None:
    """Tell what is new on the ticket there is; where nothing is, it was only said in another way."""
    ticket = locked(session, ticket_id)
    before = health_state.told(session, ticket_id, current.row.event_id)
    step = _Step(ticket, current, before, health_state.difference(current, before))
    if not step.new.anything:
        return
    was_over = before.status == EventStatus.CLOSED
    if was_over and not current.over:
        reopen(session, head, step, at=at)
    elif current.over and not was_over:
        close_event(session, head, step, at=at)
    else:
        update(session, head, step, at=at)
    health_planned.plan(session, current, at=at)


def _log_and_tell(session: Session, head: Letterhead, step: _Step, *, what: str, letter: str,
                  at: datetime) -> None:  # fmt: skip
    """Log a step with AWS's words, then put its letters; on a closed ticket it is only logged."""
    ticket, current, new = step.ticket, step.current, step.new
    ticket.planned_at = current.planned_at or ticket.planned_at
    current.row.state = str(current.impact.status)
    message_id = _said_by_aws(session, ticket.id, new.text, at=at) if new.text else None
    data = health_state.data(current, what, new=new, message_id=message_id, at=at)
    finish(session, head, ticket, [Entry(EventKind.AWS_HEALTH, at, ACTOR, data)], at=at)
    if ticket.status != Status.CLOSED:
        occasion = Occasion(letter, new, step.before, message_id)
        health_letters.tell(session, head, ticket, current, what=occasion, at=at)
        if letter != OPENING:  # of a new ticket the assignment tells
            health_letters.tell_engineer(session, head, ticket, current, step=what, what=occasion, at=at)


def _raise(session: Session, head: Letterhead, step: _Step, *, at: datetime) -> Opened | None:
    """Raise the ticket's priority where the event has become worse than it was; who lowered it by hand is not
    overruled by an event that stays as bad as it was.
    """
    ticket, wanted = step.ticket, step.current.impact.priority
    had = Priority(ticket.priority)
    if ticket.status not in LIVE or not wanted.rank < min(had.rank, step.before.priority.rank):
        return None
    ticket.priority = wanted
    entry = Entry(EventKind.PRIORITY, at, ACTOR, {"priority": str(wanted), "from": str(had)})
    standing = finish(session, head, ticket, [entry], at=at)
    name = ticket.customer.name if ticket.customer else ""
    agreed = changes.agreement(session, head, ticket)
    return Opened(ticket.id, ticket.subject, name, AUTHOR, True, standing, agreement=agreed)


def _said_by_aws(session: Session, ticket_id: int, text: str, *, at: datetime) -> int:
    row = messages.blank(ticket_id, Direction.FROM_AWS, at) | {
        "author_name": AUTHOR,
        "engineer_id": None,
        "text": text,
        "new_text": text,
        "language": "en",
        "kind": "auto-generated",
        "authenticated": True,
    }
    made: int = session.execute(_MESSAGE, row).scalar_one()
    return made


def _columns(current: Situation, *, language: str, follows: Ticket | None) -> dict[str, Any]:
    event, found = current.event, current.impact
    subject = health_words.subject(
        event.service, event.type_code, event.category, region=event.region, language=language
    )
    return {
        "customer_id": current.row.customer_id,
        "queue": "main",
        "origin": "health",
        "subject": subject[:500],
        "service": Service.HEALTH,
        "kind": Kind(found.kind),
        "priority": found.priority,
        "language": language,
        "requester_email": "",
        "requester_name": AUTHOR,
        "priority_evidence": [{"text": event.type_code, "signal": "aws-health"}],
        "follows_id": follows.id if follows else None,
        "claimed_escalation": False,
        "asked_escalation": False,
        "aws_account_id": found.accounts[0] if len(found.accounts) == 1 else None,
        "aws_region": "" if event.region == "global" else event.region,
        "aws_services": [health_services.code(event.service)],
        "planned_at": current.planned_at,
    }
