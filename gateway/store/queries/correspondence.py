"""What was said and done on one ticket: messages, letters, log, files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from gateway.domain.lifecycle import Event, EventKind
from gateway.store.models import (
    Attachment,
    Delivery,
    Message,
    Outbox,
    Participant,
    Ticket,
    TicketEvent,
)

_LARGEST_KEY: Final = 2**62


def ticket(session: Session, number: int) -> Ticket | None:
    """One ticket with customer, contract and assignee."""
    if not 0 < number < _LARGEST_KEY:
        return None
    found = select(Ticket).where(Ticket.id == number)
    parts = (Ticket.customer, Ticket.assignee, Ticket.contract)
    return session.scalars(found.options(*(joinedload(each) for each in parts))).first()


def lock(session: Session, number: int) -> Ticket | None:
    """The ticket's row, which nobody else writes until this transaction ends."""
    if not 0 < number < _LARGEST_KEY:
        return None
    return session.scalars(select(Ticket).where(Ticket.id == number).with_for_update()).first()


def messages(session: Session, number: int, *, newest: int = 100_000) -> Sequence[Message]:
    """The newest messages of a ticket with their files, in order of arrival."""
    found = select(Message).where(Message.ticket_id == number).order_by(Message.id.desc()).limit(newest)
    return session.scalars(found.options(selectinload(Message.attachments))).all()[::-1]


def count_messages(session: Session, number: int) -> int:
    """How many messages a ticket has."""
    return session.scalar(select(func.count()).where(Message.ticket_id == number)) or 0


def message(session: Session, message_id: int) -> Message | None:
    """One message with its files."""
    if not 0 < message_id < _LARGEST_KEY:
        return None
    found = select(Message).where(Message.id == message_id)
    return session.scalars(found.options(selectinload(Message.attachments))).first()


def own_messages_since(session: Session, number: int, last_id: int, engineer_id: int) -> Sequence[Message]:
    """What one engineer has written on a ticket after a message."""
    found = select(Message).where(
        Message.ticket_id == number, Message.id > last_id, Message.engineer_id == engineer_id
    )
    return session.scalars(found.order_by(Message.id)).all()


def entries(session: Session, number: int) -> Sequence[TicketEvent]:
    """The whole log of a ticket, in order."""
    found = select(TicketEvent).where(TicketEvent.ticket_id == number).order_by(TicketEvent.seq)
    return session.scalars(found).all()


def as_events(rows: Iterable[TicketEvent]) -> list[Event]:
    """A log as the clocks read it."""
    return [Event(EventKind(row.kind), row.at, row.recorded_at, row.actor, row.data) for row in rows]


def letters_of(session: Session, number: int) -> Sequence[Outbox]:
    """Every letter about a ticket without its bytes, in order."""
    found = select(Outbox).where(Outbox.ticket_id == number).order_by(Outbox.id)
    return session.scalars(found.options(defer(Outbox.content, raiseload=True))).all()


def letter(session: Session, outbox_id: int) -> Outbox | None:
    """One letter with its bytes."""
    return session.get(Outbox, outbox_id) if 0 < outbox_id < _LARGEST_KEY else None


def participants(session: Session, number: int) -> Sequence[Participant]:
    """Who takes part in a ticket."""
    found = select(Participant).where(Participant.ticket_id == number).order_by(Participant.email)
    return session.scalars(found).all()


def followers(session: Session, number: int) -> Sequence[Ticket]:
    """The tickets that were opened as a follow-up of this one."""
    return session.scalars(select(Ticket).where(Ticket.follows_id == number).order_by(Ticket.id)).all()


def attachment(session: Session, token: str) -> Attachment | None:
    """The file of a random name."""
    if not (token.isascii() and token.isalnum()):
        return None
    return session.scalars(select(Attachment).where(Attachment.token == token)).first()


def ticket_of_file(session: Session, file: Attachment) -> int | None:
    """The ticket whose message carries a file."""
    return session.scalar(select(Message.ticket_id).where(Message.id == file.message_id))


def files_of_delivery(session: Session, delivery_id: int) -> Sequence[Attachment]:
    """The files of the messages that a delivery became."""
    found = select(Attachment).join(Message, Message.id == Attachment.message_id)
    return session.scalars(found.where(Message.delivery_id == delivery_id).order_by(Attachment.id)).all()


def delivery(session: Session, delivery_id: int) -> Delivery | None:
    """One delivery."""
    return session.get(Delivery, delivery_id) if 0 < delivery_id < _LARGEST_KEY else None
