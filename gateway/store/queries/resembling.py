"""Whom a sender's name or domain could be taken for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store.models import Contact, Customer, CustomerDomain, Engineer, table

_engineers, _contacts, _domains = table(Engineer).c, table(Contact).c, table(CustomerDomain).c
_MOST: Final = 5000
_ENGINEERS: Final = sa.select(_engineers.name, _engineers.email).where(_engineers.active)
_CONTACTS: Final = (
    sa.select(_contacts.name, _contacts.email)
    .where(sa.func.lower(_contacts.name).in_(sa.bindparam("names", expanding=True)))
    .limit(50)
)
_DOMAINS: Final = (
    sa.select(_domains.domain)
    .join(table(Customer), table(Customer).c.id == _domains.customer_id)
    .where(table(Customer).c.active)
    .where(
        sa.or_(
            _domains.domain.like("%xn--%"),
            sa.func.length(_domains.domain).between(sa.bindparam("shortest"), sa.bindparam("longest")),
        )
    )
    .limit(_MOST)
)


def engineers(session: Session) -> list[tuple[str, str]]:
    """Name and address of every active engineer."""
    return [(row.name, row.email) for row in session.execute(_ENGINEERS)]


def contacts_called(session: Session, names: Collection[str]) -> list[tuple[str, str]]:
    """Name and address of contacts whose name, in small letters, is one of these."""
    rows = session.execute(_CONTACTS, {"names": [each for each in names if each]})
    return [(row.name, row.email) for row in rows]


def domains_about(session: Session, length: int) -> list[str]:
    """Registered domains that are about as long."""
    return list(session.execute(_DOMAINS, {"shortest": length - 1, "longest": length + 5}).scalars())
