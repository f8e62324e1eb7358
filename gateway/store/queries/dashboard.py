"""What a customer's dashboard shows of the present: open tickets, AWS events and cases, what was told them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from gateway.domain import support_case
from gateway.domain.credits import Outcome
from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.store.models import (
    AwsAccount,
    AwsCase,
    CreditMonth,
    CreditTicket,
    Notice,
    NoticeIssue,
    NoticeLetter,
    Ticket,
)
from gateway.store.models.ticket import LIVE_STATUSES, UNCLOSED
from gateway.store.queries.visiting import Scope, within

ROWS: Final = 20
WAITS_FOR_THEM: Final = (Status.WAITING_CUSTOMER, Status.RESOLVED)
_ADVISORY: Final = timedelta(days=30)
_CASES: Final = 10
_NOTICES: Final = 10
_OLDEST: Final = (Ticket.changed_at, Ticket.id)
"""By number alone a database would rather walk all tickets of a customer than the few that are open."""
_OVER: Final = (support_case.RESOLVED, support_case.LOST)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tickets are open, by priority, and how many wait for the customer's people."""

    by_priority: dict[Priority, int]
    awaiting: int

    @property
    def open(self) -> int:
        """All of them."""
        return sum(self.by_priority.values())


def counts(session: Session, scope: Scope) -> Counts:
    """How many tickets of a scope are not closed; a resolved one waits for its confirmation and is not open."""
    found = sa.select(Ticket.status, Ticket.priority, sa.func.count()).where(within(scope), sa.text(UNCLOSED))
    by_priority = dict.fromkeys(Priority, 0)
    awaiting = 0
    for status, priority, count in session.execute(found.group_by(Ticket.status, Ticket.priority)):
        if status != Status.RESOLVED:
            by_priority[Priority(priority)] += count
        if status in WAITS_FOR_THEM:
            awaiting += count
    return Counts(by_priority, awaiting)


def open_tickets(session: Session, scope: Scope, *, limit: int = ROWS) -> list[Ticket]:
    """Tickets that are not closed, what is due first in front; those that wait to be confirmed at the end."""
    live = _first(session, scope, sa.text(LIVE_STATUSES), order=(Ticket.next_due_at, Ticket.id), limit=limit)
    return [*live, *_resolved(session, scope, limit=min(limit, 10))]


def awaiting(session: Session, scope: Scope, *, limit: int = 10) -> list[Ticket]:
    """The tickets on which the customer's people are to do something, the oldest first."""
    asked = sa.and_(Ticket.status == Status.WAITING_CUSTOMER, sa.text(UNCLOSED))
    found = [
        *_first(session, scope, asked, order=_OLDEST, limit=limit),
        *_resolved(session, scope, limit=limit),
    ]
    return sorted(found, key=lambda row: row.id)[:limit]


def cases(session: Session, scope: Scope) -> Sequence[tuple[AwsCase, AwsAccount]]:
    """The AWS Support cases that are not over of a scope's tickets, the newest first."""
    found = (
        sa.select(AwsCase, AwsAccount)
        .join(AwsAccount, AwsAccount.account_id == AwsCase.account_id)
        .join(Ticket, Ticket.id == AwsCase.ticket_id)
        .where(AwsAccount.customer_id == scope.customer_id, within(scope), AwsCase.status.not_in(_OVER))
        .order_by(AwsCase.opened_at.desc(), AwsCase.id.desc())
        .limit(_CASES)
    )
    return [(row[0], row[1]) for row in session.execute(found)]


def notices(session: Session, customer_id: int, at: datetime) -> Sequence[Notice]:
    """Maintenance told to a customer that is not over, and advisories of the last month, by their beginning."""
    told = (
        sa.select(NoticeIssue.notice_id)
        .join(NoticeLetter, NoticeLetter.issue_id == NoticeIssue.id)
        .where(NoticeLetter.customer_id == customer_id)
    )
    ahead = sa.and_(
        Notice.kind == "maintenance", Notice.state.in_(("announced", "started")), Notice.ends_at > at
    )
    recent = sa.and_(
        Notice.kind == "advisory", Notice.state == "announced", Notice.changed_at > at - _ADVISORY
    )
    found = sa.select(Notice).where(Notice.id.in_(told), sa.or_(ahead, recent))
    return session.scalars(found.order_by(Notice.starts_at, Notice.id.desc()).limit(_NOTICES)).all()


def seen(session: Session, scope: Scope, numbers: Collection[int]) -> set[int]:
    """Which of some tickets are a scope's."""
    return set(session.scalars(sa.select(Ticket.id).where(Ticket.id.in_(numbers), within(scope))))


def accounts(session: Session, customer_id: int) -> Sequence[AwsAccount]:
    """The AWS accounts of a customer, by number."""
    found = sa.select(AwsAccount).where(AwsAccount.customer_id == customer_id)
    return session.scalars(found.order_by(AwsAccount.account_id)).all()


def frozen_months(session: Session, customer_id: int, *, limit: int = 24) -> Sequence[CreditMonth]:
    """The frozen months of a customer's contracts, the newest first."""
    found = sa.select(CreditMonth).where(CreditMonth.customer_id == customer_id)
    return session.scalars(
        found.order_by(CreditMonth.first_on.desc(), CreditMonth.id.desc()).limit(limit)
    ).all()


def frozen_month(session: Session, customer_id: int, month_id: int) -> CreditMonth | None:
    """One frozen month, where it is the customer's."""
    found = sa.select(CreditMonth).where(CreditMonth.id == month_id, CreditMonth.customer_id == customer_id)
    return session.scalars(found).one_or_none()


def _resolved(session: Session, scope: Scope, *, limit: int) -> Sequence[Ticket]:
    resolved = sa.and_(Ticket.status == Status.RESOLVED, sa.text(UNCLOSED))
    return _first(session, scope, resolved, order=_OLDEST, limit=limit)


def _first(
    session: Session, scope: Scope, wanted: Any, *, order: tuple[Any, ...], limit: int
) -> Sequence[Ticket]:
    found = sa.select(Ticket).where(within(scope), wanted).order_by(*order).limit(limit)
    return session.scalars(found.options(joinedload(Ticket.contract))).all()


@dataclass(frozen=True, slots=True)
class Decided:
    """A ticket that counts in a frozen month."""

    ticket_id: int
    subject: str
    priority: str
    outcome: str
    decided_at: datetime


def decided(session: Session, month_id: int, *, limit: int = 100_000) -> Sequence[Decided]:
    """The tickets that count in a frozen month after its corrections, by number."""
    found = (
        sa.select(
            CreditTicket.ticket_id, Ticket.subject, Ticket.priority, CreditTicket.now, CreditTicket.decided_at
        )
        .join(Ticket, Ticket.id == CreditTicket.ticket_id)
        .where(CreditTicket.month_id == month_id, CreditTicket.now != Outcome.ABSENT)
        .order_by(CreditTicket.ticket_id)
        .limit(limit)
    )
    return [Decided(*row) for row in session.execute(found)]
