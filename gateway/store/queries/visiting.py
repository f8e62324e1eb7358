"""What a customer's people may see: the one place where their pages' rows are narrowed to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from gateway.domain import tokens
from gateway.store import search
from gateway.store.models import (
    Contact,
    Customer,
    Direction,
    EntryLink,
    Message,
    Outbox,
    OutboxState,
    Participant,
    PostedForm,
    Reach,
    Ticket,
    Visit,
)

PAGE: Final = 50
LIVE: Final = ("new", "open", "waiting-customer", "waiting-aws", "waiting-third-party", "resolved")
"""What a customer calls open: everything that is not closed."""
PASSED_ON: Final = ("aws-reply", "health-opened", "health-changed", "health-closed")
"""Letters that bring a message of AWS to the customer."""
TOLD: Final = ("acknowledgement", "priority", "progress", "confirm-reminder", "about-to-expire", "escalated")
"""Automatic letters that are told of in the thread; a change of status stands there by itself."""
LEAVING: Final = (
    OutboxState.PENDING, OutboxState.SENDING, OutboxState.SENT, OutboxState.UNCERTAIN, OutboxState.KEPT,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose pages these are, and how far they reach."""

    contact_id: int
    customer_id: int
    role: Reach
    email: str

    @property
    def manages(self) -> bool:
        """Whether contract, credits and reports are shown, too."""
        return self.role is Reach.MANAGER


def scope_of(contact: Contact) -> Scope:
    """How far a contact sees; an unknown role sees no more than its own."""
    role = Reach(contact.role) if contact.role in set(Reach) else Reach.OWN
    return Scope(contact.id, contact.customer_id, role, contact.email)


def within(scope: Scope) -> sa.ColumnElement[bool]:
    """The condition on a ticket that it is one of these pages'."""
    theirs = Ticket.customer_id == scope.customer_id
    if scope.role is not Reach.OWN:
        return theirs
    part = sa.exists().where(Participant.ticket_id == Ticket.id, Participant.email == scope.email)
    return sa.and_(theirs, part)


def ticket(session: Session, scope: Scope, number: int) -> Ticket | None:
    """A ticket by number; None where there is none or it is somebody else's."""
    if not 0 < number < 1 << 62:
        return None
    found = sa.select(Ticket).where(Ticket.id == number, within(scope)).options(joinedload(Ticket.assignee))
    return session.scalars(found).first()


def tickets(session: Session, scope: Scope, *, live: bool = True, words: str = "", before: int | None = None,
            limit: int = PAGE) -> Sequence[Ticket]:  # fmt: skip
    """Tickets of these pages, the newest first, before a number; `words` stand in what the customer has seen."""
    found, number = sa.select(Ticket).where(within(scope)), Ticket.id.expression
    if words.strip():
        found = search.narrowed(session, found, tokens.asked_for(words), shown_only=True)
        number = search.number(session)
    if live:
        found = found.where(Ticket.status.in_(LIVE))
    if before is not None:
        found = found.where(number < before)
    newest = found.order_by(number.desc()).limit(limit)
    return session.scalars(newest.options(joinedload(Ticket.assignee))).all()


def messages(session: Session, number: int, *, newest: int) -> Sequence[Message]:
    """What of a ticket's messages its customer may read, the oldest first.

    Never a work note, never what is held for engineers' eyes; what went to or came from AWS only where a letter
    brought it to the customer. A machine's mail only where it opened the ticket.
    """
    first = sa.select(sa.func.min(Message.id)).where(Message.ticket_id == number).scalar_subquery()
    told = sa.exists().where(
        Outbox.ticket_message_id == Message.id,
        Outbox.ticket_id == number,
        Outbox.letter.in_(PASSED_ON),
        Outbox.state.in_(LEAVING),
    )
    seen = sa.or_(
        Message.direction == Direction.OUTBOUND,
        sa.and_(Message.direction == Direction.INBOUND, sa.or_(Message.kind == "human", Message.id == first)),
        sa.and_(Message.direction.in_((Direction.FROM_AWS, Direction.TO_AWS)), told),
    )
    found = sa.select(Message).where(Message.ticket_id == number, ~Message.held, seen)
    found = found.order_by(Message.id.desc()).limit(newest).options(selectinload(Message.attachments))
    return session.scalars(found).all()[::-1]


def letters(session: Session, number: int) -> Sequence[Outbox]:
    """The automatic letters of a ticket that went to its customer, without their bytes, in order."""
    found = sa.select(Outbox).where(
        Outbox.ticket_id == number, Outbox.letter.in_(TOLD), Outbox.state.in_(LEAVING)
    )
    return session.scalars(found.order_by(Outbox.id).options(defer(Outbox.content, raiseload=True))).all()


def posted(session: Session, contact_id: int, since: datetime) -> int:
    """How many forms a contact posted since an instant."""
    found = sa.select(sa.func.count()).select_from(PostedForm)
    return session.scalar(found.where(PostedForm.contact_id == contact_id, PostedForm.at > since)) or 0


def visit(session: Session, token_digest: str, at: datetime) -> tuple[Visit, Contact] | None:
    """A visit that has not reached its end, with the contact of a customer who is still one."""
    found = (
        sa.select(Visit, Contact)
        .join(Contact, Contact.id == Visit.contact_id)
        .join(Customer, Customer.id == Contact.customer_id)
        .where(Visit.token_digest == token_digest, Visit.ends_at > at, Customer.active)
        .options(joinedload(Contact.customer))
    )
    row = session.execute(found).first()
    return (row[0], row[1]) if row else None


def visits(session: Session, contact_id: int, *, at: datetime, idle_since: datetime) -> Sequence[Visit]:
    """A contact's visits that still open something, the newest first."""
    found = sa.select(Visit).where(
        Visit.contact_id == contact_id, Visit.ends_at > at, Visit.seen_at > idle_since
    )
    return session.scalars(found.order_by(Visit.id.desc()).limit(PAGE)).all()


def contact_of(session: Session, email: str) -> Contact | None:
    """The contact of a customer who is still one, by normalised address."""
    found = sa.select(Contact).join(Customer, Customer.id == Contact.customer_id)
    return session.scalars(found.where(Contact.email == email, Customer.active)).first()


def link(session: Session, token_digest: str, at: datetime) -> EntryLink | None:
    """A link that was mailed, is in its time and was not used."""
    found = sa.select(EntryLink).where(
        EntryLink.token_digest == token_digest, EntryLink.ends_at > at, EntryLink.used_at.is_(None)
    )
    return session.scalars(found).first()


def asked(session: Session, *, since: datetime, email: str = "", client: str = "",
          before: int | None = None) -> int:  # fmt: skip
    """How many links were asked for since an instant: for an address or by a client, before one of them."""
    found = sa.select(sa.func.count()).select_from(EntryLink).where(EntryLink.asked_at > since)
    found = found.where(EntryLink.email == email) if email else found.where(EntryLink.client == client)
    if before is not None:
        found = found.where(EntryLink.id < before)
    return session.scalar(found) or 0
