"""Whose mail is kept out, and what of it was kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store.models import (
    BlockedSender,
    Contact,
    CustomerDomain,
    Delivery,
    DeliveryState,
    Engineer,
    table,
)

_blocks = table(BlockedSender).c
_IN_FORCE: Final = (
    sa.select(_blocks.id)
    .where(_blocks.pattern.in_(sa.bindparam("patterns", expanding=True)), _blocks.lifted_at.is_(None))
    .limit(1)
)


def any_in_force(session: Session, patterns: Collection[str]) -> bool:
    """Whether one of these addresses or @domains is kept out now."""
    if not patterns:
        return False
    return session.execute(_IN_FORCE, {"patterns": list(patterns)}).first() is not None


def in_force(session: Session, *, limit: int = 500) -> Sequence[tuple[BlockedSender, str]]:
    """Every block in force with the name of who set it, newest first."""
    found = (
        sa.select(BlockedSender, Engineer.name)
        .join(Engineer, Engineer.id == BlockedSender.blocked_by_id)
        .where(BlockedSender.lifted_at.is_(None))
        .order_by(BlockedSender.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(found)]


def waiting(session: Session, *, limit: int = 1000) -> Sequence[Delivery]:
    """Deliveries that wait for a person, locked against each other's decisions."""
    found = (
        sa.select(Delivery)
        .where(Delivery.state.in_([DeliveryState.HELD, DeliveryState.QUARANTINED]))
        .order_by(Delivery.id)
        .limit(limit)
    )
    return session.scalars(found.with_for_update()).all()


def is_engineer(session: Session, email: str, domain: str) -> bool:
    """Whether an address is an engineer's, or a domain that of one."""
    who = (
        Engineer.email == email
        if email
        else sa.func.lower(Engineer.email).like(f"%@{_plain(domain)}", escape="\\")
    )
    return session.execute(sa.select(Engineer.id).where(who).limit(1)).first() is not None


def is_registered(session: Session, email: str, domain: str) -> bool:
    """Whether an address is a contact's, or a domain one of a customer or of a customer's contact."""
    if email:
        found = sa.select(Contact.id).where(Contact.email == email)
        return session.execute(found.limit(1)).first() is not None
    named = sa.select(CustomerDomain.domain).where(CustomerDomain.domain == domain)
    if session.execute(named.limit(1)).first() is not None:
        return True
    people = sa.select(Contact.id).where(Contact.email.like(f"%@{_plain(domain)}", escape="\\"))
    return session.execute(people.limit(1)).first() is not None


def _plain(domain: str) -> str:
    return domain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
