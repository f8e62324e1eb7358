"""Customers as the administration shows them: searched and paged by name, and one with all that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from gateway.store.models import (
    AwsAccount,
    Contact,
    Contract,
    Customer,
    CustomerDomain,
    Notice,
    NoticeIssue,
    NoticeLetter,
)

PAGE_ROWS: Final = 50
_LARGEST_KEY: Final = 2**62


@dataclass(frozen=True, slots=True)
class Listed:
    """A customer in the list, with how much belongs to it."""

    row: Customer
    contacts: int
    contracts: int
    accounts: int


def listed(
    session: Session, words: str = "", *, after: int = 0, limit: int = PAGE_ROWS
) -> tuple[Sequence[Listed], int]:
    """Customers whose name, reference, domain or contact holds the words, by name; inactive ones too.

    Shape: `after` is the last customer of the page before; the number returned is that of this page, 0 on the last.
    """
    counts = (
        _count(Contact.id, Contact.customer_id),
        _count(sa.distinct(Contract.number), Contract.customer_id),
        _count(AwsAccount.account_id, AwsAccount.customer_id),
    )
    found = sa.select(Customer, *counts)
    if words.strip():
        found = found.where(_holds(words.strip()))
    if 0 < after < _LARGEST_KEY:
        last = sa.select(Customer.name).where(Customer.id == after).scalar_subquery()
        found = found.where(sa.tuple_(Customer.name, Customer.id) > sa.tuple_(last, sa.literal(after)))
    rows = session.execute(found.order_by(Customer.name, Customer.id).limit(limit + 1)).all()
    more = rows[limit - 1][0].id if len(rows) > limit else 0
    return [Listed(*row) for row in rows[:limit]], more


def whole(session: Session, customer_id: int) -> Customer | None:
    """A customer with contacts, domains, contracts and accounts."""
    parts = (Customer.contacts, Customer.domains, Customer.contracts, Customer.accounts)
    found = (
        sa.select(Customer).where(Customer.id == customer_id).options(*(selectinload(each) for each in parts))
    )
    return session.scalars(found).first() if 0 < customer_id < _LARGEST_KEY else None


def notices_told(session: Session, customer_id: int, *, limit: int = 10) -> Sequence[Notice]:
    """The latest notices that named a customer, the newest first."""
    told = (
        sa.select(NoticeIssue.notice_id)
        .join(NoticeLetter, NoticeLetter.issue_id == NoticeIssue.id)
        .where(NoticeLetter.customer_id == customer_id)
    )
    return session.scalars(
        sa.select(Notice).where(Notice.id.in_(told)).order_by(Notice.id.desc()).limit(limit)
    ).all()


def _count(what: sa.SQLColumnExpression[Any], whose: sa.SQLColumnExpression[int]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count(what)).where(whose == Customer.id).correlate(Customer).scalar_subquery()


def _holds(words: str) -> sa.ColumnElement[bool]:
    """Whether a customer's own words hold these, in any letter case."""
    escaped = words.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    like = f"%{escaped}%"

    def matches(column: sa.SQLColumnExpression[str]) -> sa.ColumnElement[bool]:
        return sa.func.lower(column).like(like, escape="\\")

    people = sa.select(Contact.customer_id).where(sa.or_(matches(Contact.email), matches(Contact.name)))
    domains = sa.select(CustomerDomain.customer_id).where(matches(CustomerDomain.domain))
    return sa.or_(
        matches(Customer.name), matches(Customer.reference), Customer.id.in_(people), Customer.id.in_(domains)
    )
