"""Tickets of an installation that was upgraded: what they owe by now and an older version did not plan.

An appointment that the migration made walks over every ticket that is not closed, some at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.lifecycle import Event, EventKind, Status
from gateway.mail import address
from gateway.store import appointments
from gateway.store.models import Message, Outbox, OutboxState, Ticket
from gateway.tickets import changes, log
from gateway.tickets.changes import finish, locked
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry

APPOINTMENT: Final = "catch-up"
BATCH: Final = 50
_SILENT_KINDS: Final = (EventKind.RESOLUTION_DELIVERED, EventKind.REPLY_REFUSED)


def keep(session: Session, head: Letterhead, key: str, at: datetime) -> datetime | None:
    """Plan for some tickets what they owe, and appoint the next ones. Shape: `key` is the last ticket done."""
    wanted = sa.select(Ticket.id).where(Ticket.id > int(key or 0), Ticket.status != Status.CLOSED)
    found = session.scalars(wanted.order_by(Ticket.id).limit(BATCH)).all()
    for ticket_id in found:
        ticket = locked(session, ticket_id)
        finish(session, head, ticket, _delivered(session, head, ticket, at), at=at)
    if found:
        appointments.plan(session, APPOINTMENT, str(found[-1]), at)
    return None


def _delivered(session: Session, head: Letterhead, ticket: Ticket, at: datetime) -> list[Entry]:
    """That the letter of the standing resolution was accepted, where nobody noted it.

    Nobody is closed without having been reminded: silence counts at most since the reminder would be owed now.
    """
    events = log.events(session, ticket.id) if ticket.status == Status.RESOLVED else []
    message_id = _resolution(events)
    if message_id is None:
        return []
    accepted_at = _accepted_at(session, ticket.id, message_id)
    if accepted_at is None:
        return []
    agreement = changes.agreement(session, head, ticket)
    since = max(accepted_at, at - agreement.terms.confirmation.remind_after)
    data = {"message": message_id, "accepted_at": accepted_at.isoformat()}
    return [Entry(EventKind.RESOLUTION_DELIVERED, since, "system", data)]


def _resolution(events: Sequence[Event]) -> int | None:
    """The message that a ticket was resolved with last; None where its delivery, or its refusal, is noted."""
    message: object = None
    for event in events:
        if event.kind is EventKind.STATUS and event.data["to"] == Status.RESOLVED:
            message = event.data.get("message")
        elif event.kind in _SILENT_KINDS and event.data.get("message") == message:
            message = None
    return message if isinstance(message, int) else None


def _accepted_at(session: Session, ticket_id: int, message_id: int) -> datetime | None:
    """When the next server first took a reply for somebody it was addressed to."""
    message = session.get_one(Message, message_id)
    asked = {address.normalise(row[2]) for row in message.recipients if row[0] == "to"}
    letters = session.scalars(
        sa.select(Outbox).where(
            Outbox.ticket_id == ticket_id,
            Outbox.ticket_message_id == message_id,
            Outbox.letter == "reply",
            Outbox.state == OutboxState.SENT,
        )
    )
    return min((each.sent_at for each in letters if each.sent_at and _reached(each, asked)), default=None)


def _reached(letter: Outbox, asked: set[str]) -> bool:
    return any(
        told.startswith("2") and address.normalise(who) in asked for who, told in letter.results.items()
    )
