"""Who is who: engineers, customers, contacts, logins and tokens."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.store.models import ApiToken, Contact, Customer, Engineer, LoginFailure, Role, WebSession


@dataclass(frozen=True, slots=True)
class Failures:
    """How many logins failed lately, for one address and from one client."""

    of_address: int
    of_client: int


def failures_since(session: Session, email: str, client: str, since: datetime) -> Failures:
    """How many logins failed after an instant."""
    recent = select(func.count()).select_from(LoginFailure).where(LoginFailure.at > since)
    return Failures(
        of_address=session.scalar(recent.where(LoginFailure.email == email)) or 0,
        of_client=session.scalar(recent.where(LoginFailure.client == client)) or 0,
    )


def engineer_named(session: Session, email: str) -> Engineer | None:
    """The engineer with this address, in any letter case, who may still log in."""
    found = select(Engineer).where(func.lower(Engineer.email) == email.lower(), Engineer.active)
    return session.scalars(found).first()


def engineer(session: Session, engineer_id: int) -> Engineer | None:
    """An engineer who may still work."""
    return session.scalars(select(Engineer).where(Engineer.id == engineer_id, Engineer.active)).first()


def engineers(session: Session) -> Sequence[Engineer]:
    """Everybody a ticket may be assigned to, by name."""
    able = select(Engineer).where(Engineer.active, Engineer.role != Role.READER)
    return session.scalars(able.order_by(Engineer.name, Engineer.id)).all()


def contacts(session: Session, customer_id: int | None, *, most: int = 100) -> Sequence[Contact]:
    """The people of a customer, by name; nobody where there is no customer."""
    if customer_id is None:
        return []
    found = select(Contact).where(Contact.customer_id == customer_id).order_by(Contact.name, Contact.id)
    return session.scalars(found.limit(most)).all()


def customers(session: Session) -> Sequence[Customer]:
    """Every active customer, by name."""
    return session.scalars(select(Customer).where(Customer.active).order_by(Customer.name, Customer.id)).all()


def customer_of(session: Session, key: str) -> Customer | None:
    """The customer of an identity or a reference."""
    if key.isascii() and key.isdigit() and len(key) <= 18:
        found = session.get(Customer, int(key))
        if found is not None:
            return found
    return session.scalars(select(Customer).where(Customer.reference == key)).first()


def login(session: Session, token_digest: str, at: datetime) -> tuple[WebSession, Engineer] | None:
    """A login that has not reached its end, with its engineer."""
    found = (
        select(WebSession, Engineer)
        .join(Engineer, Engineer.id == WebSession.engineer_id)
        .where(WebSession.token_digest == token_digest, WebSession.ends_at > at, Engineer.active)
    )
    row = session.execute(found).first()
    return (row[0], row[1]) if row else None


def logins(session: Session, engineer_id: int) -> Sequence[WebSession]:
    """Every login of an engineer, the last used first."""
    found = select(WebSession).where(WebSession.engineer_id == engineer_id)
    return session.scalars(found.order_by(WebSession.seen_at.desc(), WebSession.token_digest)).all()


def everybody(session: Session) -> Sequence[Engineer]:
    """Every engineer, also readers and those who left: the active first, by name."""
    return session.scalars(
        select(Engineer).order_by(Engineer.active.desc(), Engineer.name, Engineer.id)
    ).all()


def bearer(session: Session, token_digest: str, at: datetime) -> tuple[ApiToken, Engineer] | None:
    """An API token that has not expired, with its engineer."""
    found = (
        select(ApiToken, Engineer)
        .join(Engineer, Engineer.id == ApiToken.engineer_id)
        .where(ApiToken.token_digest == token_digest, Engineer.active)
        .where(ApiToken.ends_at.is_(None) | (ApiToken.ends_at > at))
    )
    row = session.execute(found).first()
    return (row[0], row[1]) if row else None


def tokens(session: Session) -> list[tuple[ApiToken, Engineer]]:
    """Every API token with its engineer, the oldest first."""
    found = select(ApiToken, Engineer).join(Engineer, Engineer.id == ApiToken.engineer_id)
    return [(row[0], row[1]) for row in session.execute(found.order_by(ApiToken.id))]


def names(session: Session) -> dict[int, str]:
    """The name of every engineer, also of those who left."""
    return {row.id: row.name for row in session.execute(select(Engineer.id, Engineer.name))}


def known_contacts(session: Session, emails: Collection[str]) -> frozenset[str]:
    """Which of these normalised addresses are contacts of a customer."""
    return frozenset(session.scalars(select(Contact.email).where(Contact.email.in_(emails))))
