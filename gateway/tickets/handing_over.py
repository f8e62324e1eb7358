"""Open Critical and High tickets of an engineer who goes off call, handed to whoever is on call then (P3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain import sla
from gateway.domain.assignment import Code
from gateway.domain.lifecycle import LIVE, Event, EventKind
from gateway.domain.sla import Clock
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.store.models import Engineer, Promise, Role, Ticket
from gateway.store.queries import desk, workload
from gateway.tickets import assigning, changes, log
from gateway.tickets.changes import finish, locked
from gateway.tickets.letterhead import Letterhead, Post, post

PRESSING: Final = (Priority.CRITICAL, Priority.HIGH)
_TOLD: Final[Mapping[EventKind, str]] = {
    EventKind.OPENED: "opened",
    EventKind.CUSTOMER_MESSAGE: "received",
    EventKind.REPLY: "replied",
    EventKind.NOTE: "worked",
    EventKind.STATUS: "status",
    EventKind.PRIORITY: "priority",
    EventKind.ESCALATION_ASKED: "escalated",
    EventKind.REPLY_REFUSED: "refused",
}
_VALUES: Final[Mapping[EventKind, str]] = {EventKind.STATUS: "to", EventKind.PRIORITY: "priority"}


@dataclass(frozen=True, slots=True)
class Handed:
    """A ticket that was handed over, or stays since nobody is there to take it."""

    ticket: Ticket
    to: Engineer | None


def hand_over(
    session: Session, head: Letterhead, engineer_id: int, *, ended_at: datetime, at: datetime
) -> list[Handed]:
    """Give an engineer's open Critical and High tickets to who is on call, and tell both of them.

    What nobody can take stays with the engineer; leads are told then.
    """
    outgoing = session.get(Engineer, engineer_id)
    pressing = workload.pressing_tickets(session, engineer_id, PRESSING)
    if outgoing is None or not pressing:
        return []
    handed = [_handed(session, head, each.id, outgoing=outgoing, at=at) for each in pressing]
    told = [each for each in handed if each is not None]
    people = [outgoing] if outgoing.active and told else []
    people += {each.to.id: each.to for each in told if each.to is not None}.values()
    if any(each.to is None for each in told):
        people += desk.engineers_of_role(session, (Role.LEAD,))
    for reader in {each.id: each for each in people}.values():
        _tell(session, head, told, outgoing=outgoing, reader=reader, ended_at=ended_at, at=at)
    return told


def _handed(
    session: Session, head: Letterhead, ticket_id: int, *, outgoing: Engineer, at: datetime
) -> Handed | None:
    """One ticket given on, or None where somebody changed it meanwhile."""
    ticket = locked(session, ticket_id)
    if ticket.assignee_id != outgoing.id or ticket.priority not in PRESSING or ticket.status not in LIVE:
        return None
    given = assigning.suitable(session, assigning.need_of(_columns(ticket)), ticket.customer_id, at)
    if given is None or given.engineer is None or given.engineer.id == outgoing.id:
        return Handed(ticket, None)
    given = replace(given, reasons=(str(Code.HAND_OVER), *given.reasons))
    entry = given.entry(at, before=ticket.assignee_id)
    ticket.assignee_id = given.engineer.id if given.engineer else None
    finish(session, head, ticket, [entry], at=at)
    return Handed(ticket, given.engineer)


def _columns(ticket: Ticket) -> dict[str, object]:
    return {
        "language": ticket.language,
        "service": ticket.service,
        "aws_services": ticket.aws_services,
    }


def _tell(session: Session, head: Letterhead, told: Sequence[Handed], *, outgoing: Engineer, reader: Engineer,
          ended_at: datetime, at: datetime) -> None:  # fmt: skip
    """One letter: the outgoing engineer and leads read of every ticket, the incoming of those they get."""
    incoming = reader.id in {each.to.id for each in told if each.to is not None} and reader.id != outgoing.id
    theirs = [each for each in told if not incoming or each.to is None or each.to.id == reader.id]
    what = Post(
        letter="handover",
        occasion=f"handover:{outgoing.id}:{ended_at.isoformat()}:{reader.id}",
        language=head.letter_language(reader.language),
        words={
            "zone": reader.time_zone,
            "outgoing": outgoing.name,
            "incoming": incoming,
            "own": reader.id == outgoing.id,
            "ended_at": ended_at,
            "tickets": [_summary(session, head, each, at) for each in theirs],
        },
        to=[Mailbox(reader.name, reader.email)],
        promise=Promise.AT_LEAST_ONCE,
    )
    post(session, head, what, at)


def _summary(session: Session, head: Letterhead, handed: Handed, at: datetime) -> dict[str, object]:
    """One ticket in the letter: what it is, how long is left, what happened last, what it waits for."""
    ticket = handed.ticket
    agreement = changes.agreement(session, head, ticket)
    events = log.events(session, ticket.id)
    state = sla.standing(events, agreement.terms)
    what, value, last_at = _last(events)
    return {
        "number": head.number(ticket.id),
        "subject": ticket.subject,
        "customer": ticket.customer.name if ticket.customer else None,
        "priority": ticket.priority,
        "status": ticket.status,
        "link": head.link(ticket.id),
        "first_response": _left(state.first_response, at),
        "resolution": _left(state.resolution, at),
        "rests": state.resolution.rests_since is not None,
        "what": what,
        "value": value,
        "last_at": last_at,
        "to": handed.to.name if handed.to else None,
    }


def _left(clock: Clock, at: datetime) -> dict[str, object] | None:
    """A target still open, with what is left of it."""
    if clock.met_at is not None:
        return None
    return {"due_at": clock.due_at, "remaining": clock.due_at - at}


def _last(events: Sequence[Event]) -> tuple[str, str, datetime]:
    """The last thing that happened, as a code with its value."""
    event = next(each for each in reversed(events) if each.kind in _TOLD)
    return _TOLD[event.kind], str(event.data.get(_VALUES.get(event.kind, ""), "")), event.at
