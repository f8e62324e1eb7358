"""What a customer's people may see: the one place where their pages' rows are narrowed to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from gateway.store.models import Contact, Customer, EntryLink, Participant, Reach, Ticket, Visit

PAGE: Final = 50
LIVE: Final = ("new", "open", "waiting-customer", "waiting-aws", "waiting-third-party", "resolved")
"""What a customer calls open: everything that is not closed."""


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


def tickets(session: Session, scope: Scope, *, live: bool = True, before: int | None = None,
            limit: int = PAGE) -> Sequence[Ticket]:  # fmt: skip
    """Tickets of these pages, the newest first, before a number."""
    found = sa.select(Ticket).where(within(scope)).order_by(Ticket.id.desc()).limit(limit)
    if live:
        found = found.where(Ticket.status.in_(LIVE))
    if before is not None:
        found = found.where(Ticket.id < before)
    return session.scalars(found.options(joinedload(Ticket.assignee))).all()


def among(session: Session, scope: Scope, numbers: Sequence[int]) -> Sequence[Ticket]:
    """Which of some tickets are these pages', the newest first."""
    found = sa.select(Ticket).where(Ticket.id.in_(numbers), within(scope)).order_by(Ticket.id.desc())
    return session.scalars(found.options(joinedload(Ticket.assignee))).all()


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
