"""Notices with what was told and what became of it; whom a notice may concern, and which tickets lay in a window."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from gateway.domain.scope import Account
from gateway.store.models import (
    Appointment,
    AwsAccount,
    Contact,
    Customer,
    Engineer,
    Notice,
    NoticeIssue,
    NoticeLetter,
    Outbox,
    Ticket,
    TicketEvent,
)
from gateway.store.models.columns import Instant

APPOINTMENT: Final = "notice"
PROPOSALS: Final = "notice-proposals"
PAGE_ROWS: Final = 50
_WHOLE: Final = (
    joinedload(Notice.author),
    selectinload(Notice.issues).joinedload(NoticeIssue.author),
    selectinload(Notice.issues).selectinload(NoticeIssue.letters).joinedload(NoticeLetter.customer),
    selectinload(Notice.issues)
    .selectinload(NoticeIssue.letters)
    .joinedload(NoticeLetter.outbox)
    .options(defer(Outbox.content)),
)

_OVER: Final = sa.func.coalesce(Notice.ended_at, Notice.ends_at, type_=Instant())
_OVER_SINCE: Final = sa.select(Notice.id).where(
    Notice.kind == "maintenance",
    Notice.state.in_(("started", "ended")),
    sa.bindparam("opened_at", type_=Instant()) < _OVER,
    sa.bindparam("at", type_=Instant()) >= _OVER,
)


@dataclass(frozen=True, slots=True)
class Reachable:
    """A contact of a customer, as a letter may reach them."""

    contact_id: int
    customer_id: int
    name: str
    email: str
    language: str


def locked(session: Session, notice_id: int) -> Notice | None:
    """A notice, its row locked until the transaction ends.

    Its appointment is locked first, as whoever keeps it does, so that neither waits for the other.
    """
    session.execute(
        sa.select(Appointment.id)
        .where(Appointment.what == APPOINTMENT, Appointment.key == str(notice_id))
        .with_for_update()
    )
    found = sa.select(Notice).where(Notice.id == notice_id).with_for_update(of=Notice)
    return session.scalars(found, execution_options={"populate_existing": True}).one_or_none()


def whole(session: Session, notice_id: int) -> Notice | None:
    """A notice with every step, its letters and what became of them."""
    found = sa.select(Notice).where(Notice.id == notice_id).options(*_WHOLE)
    return session.scalars(found, execution_options={"populate_existing": True}).one_or_none()


def listed(session: Session, *, kind: str = "", before: int = 0, limit: int = PAGE_ROWS) -> Sequence[Notice]:
    """Notices, the newest first; `before` is the last one of the page before."""
    found = sa.select(Notice).options(*_WHOLE).order_by(Notice.id.desc()).limit(limit)
    if kind:
        found = found.where(Notice.kind == kind)
    if before:
        found = found.where(Notice.id < before)
    return session.scalars(found).all()


def same_draft(session: Session, notice: Notice) -> Notice | None:
    """A draft of the same author that says the same, if there is one."""
    found = sa.select(Notice).where(
        Notice.state == "draft", Notice.author_id == notice.author_id, Notice.reference.is_(None),
        Notice.kind == notice.kind, Notice.starts_at.is_not_distinct_from(notice.starts_at),
        Notice.ends_at.is_not_distinct_from(notice.ends_at),
    )  # fmt: skip
    said = (notice.titles, notice.texts, notice.scope, notice.severity, notice.zone)
    same = (row for row in session.scalars(found.order_by(Notice.id))
            if (row.titles, row.texts, row.scope, row.severity, row.zone) == said)  # fmt: skip
    return next(same, None)


def referenced(session: Session) -> dict[str, Notice]:
    """Notices that an import file described, by reference."""
    found = sa.select(Notice).where(Notice.reference.is_not(None)).order_by(Notice.reference)
    return {str(row.reference): row for row in session.scalars(found)}


def accounts(session: Session) -> list[Account]:
    """Every AWS account of active customers."""
    found = (
        sa.select(AwsAccount)
        .join(Customer, Customer.id == AwsAccount.customer_id)
        .where(Customer.active)
        .order_by(AwsAccount.account_id)
    )
    return [
        Account(row.account_id, row.customer_id, tuple(row.regions), tuple(row.services), MappingProxyType(row.tags))
        for row in session.scalars(found)
    ]  # fmt: skip


def contacts(session: Session, customer_ids: Collection[int]) -> Sequence[Reachable]:
    """The contacts of some customers, by address."""
    found = sa.select(Contact.id, Contact.customer_id, Contact.name, Contact.email, Contact.language)
    rows = session.execute(found.where(Contact.customer_id.in_(customer_ids)).order_by(Contact.email))
    return [Reachable(*row) for row in rows]


def active_customers(session: Session) -> Sequence[Customer]:
    """Every active customer, by name."""
    return session.scalars(
        sa.select(Customer).where(Customer.active).order_by(Customer.name, Customer.id)
    ).all()


def customers_told(session: Session, notice_id: int) -> dict[int, list[str]]:
    """The customers that a notice has named so far, with their accounts as it named them last."""
    found = (
        sa.select(NoticeLetter.customer_id, NoticeLetter.accounts)
        .join(NoticeIssue, NoticeIssue.id == NoticeLetter.issue_id)
        .where(NoticeIssue.notice_id == notice_id)
        .order_by(NoticeIssue.id)
    )
    return {row.customer_id: list(row.accounts) for row in session.execute(found)}


def issue_told(session: Session, notice_id: int, step: str, sequence: int) -> bool:
    """Whether a step of a plan was told already."""
    found = sa.select(NoticeIssue.id).where(
        NoticeIssue.notice_id == notice_id, NoticeIssue.step == step, NoticeIssue.sequence == sequence
    )
    return session.scalar(found) is not None


def latest_plan_told_at(session: Session, notice_id: int, sequence: int) -> datetime | None:
    """When the plan of a sequence was told."""
    found = sa.select(sa.func.min(NoticeIssue.at)).where(
        NoticeIssue.notice_id == notice_id, NoticeIssue.sequence == sequence
    )
    at: datetime | None = session.scalar(found)
    return at


def letter_for(session: Session, occasion: str) -> int | None:
    """The outbox row of an occasion."""
    return session.scalar(sa.select(Outbox.id).where(Outbox.occasion == occasion))


def windows_over_since(session: Session, opened_at: datetime, at: datetime) -> Sequence[int]:
    """Maintenance that ended after a ticket was opened and before it was entered: nobody proposed it there."""
    return session.scalars(_OVER_SINCE, {"opened_at": opened_at, "at": at}).all()


def tickets_between(
    session: Session, customer_ids: Collection[int], start: datetime, end: datetime
) -> Sequence[Ticket]:
    """Tickets of some customers that were open at some time of a window and may count, by number."""
    found = sa.select(Ticket).where(
        Ticket.customer_id.in_(customer_ids),
        Ticket.opened_at < end,
        Ticket.discounted == "",
        sa.or_(Ticket.resolved_at.is_(None), Ticket.resolved_at > start),
        sa.or_(Ticket.closed_at.is_(None), Ticket.closed_at > start),
    )
    return session.scalars(found.order_by(Ticket.id)).all()


def proofs(
    session: Session, ticket_ids: Collection[int], kinds: Collection[str]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The proof of every interval that was entered or proposed on some tickets, with its ticket."""
    found = sa.select(TicketEvent.ticket_id, TicketEvent.data).where(
        TicketEvent.ticket_id.in_(ticket_ids), TicketEvent.kind.in_(kinds)
    )
    for ticket_id, data in session.execute(found):
        yield ticket_id, dict(data.get("proof") or {})


def engineer(session: Session, engineer_id: int) -> Engineer | None:
    """An engineer, whatever became of them."""
    return session.get(Engineer, engineer_id)
