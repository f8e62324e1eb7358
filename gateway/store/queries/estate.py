"""Everything `helpdesk import` compares with: customers with what belongs to them, engineers, teams."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from gateway.store.models import Customer, Engineer, Team, Ticket


def customers(session: Session) -> Sequence[Customer]:
    """Every customer, also inactive ones, with contacts, domains, contracts and accounts, by reference."""
    parts = (Customer.contacts, Customer.domains, Customer.contracts, Customer.accounts)
    found = select(Customer).options(*(selectinload(each) for each in parts)).order_by(Customer.reference)
    return session.scalars(found).all()


def engineers(session: Session) -> Sequence[Engineer]:
    """Every engineer, also those who left, by address."""
    return session.scalars(select(Engineer).order_by(Engineer.email)).all()


def teams(session: Session) -> Sequence[Team]:
    """Every team with its members, by name."""
    return session.scalars(select(Team).options(selectinload(Team.members)).order_by(Team.name)).all()


def hashes_of(session: Session, emails: Collection[str]) -> dict[str, str]:
    """The stored password hash of each of these engineers."""
    found = select(Engineer.email, Engineer.password_hash).where(Engineer.email.in_(emails))
    return {row.email: row.password_hash for row in session.execute(found)}


def contract_in_use(session: Session, contract_id: int) -> bool:
    """Whether a ticket was opened under this version of a contract."""
    found = select(Ticket.id).where(Ticket.contract_id == contract_id)
    return session.scalar(found.limit(1)) is not None
