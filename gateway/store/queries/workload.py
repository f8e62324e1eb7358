"""What engineers carry, and which customers they know: what an assignment weighs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store.models import AwsAccount, Ticket
from gateway.store.models.ticket import LIVE_STATUSES

_RECENT_TICKETS: Final = 200
_ENGINEERS: Final[sa.BindParameter[int]] = sa.bindparam("engineers", expanding=True)
_OPEN: Final = (
    sa.select(Ticket.assignee_id, Ticket.priority, sa.func.count())
    .where(sa.text(LIVE_STATUSES), Ticket.assignee_id.in_(_ENGINEERS))
    .group_by(Ticket.assignee_id, Ticket.priority)
)
_LATEST: Final = (
    sa.select(Ticket.assignee_id)
    .where(Ticket.customer_id == sa.bindparam("customer_id"))
    .order_by(Ticket.id.desc())
    .limit(_RECENT_TICKETS)
    .subquery()
)
_HANDLED: Final = (
    sa.select(_LATEST.c.assignee_id, sa.func.count())
    .where(_LATEST.c.assignee_id.in_(_ENGINEERS))
    .group_by(_LATEST.c.assignee_id)
)


def open_tickets(session: Session, engineer_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Engineer → priority → how many tickets they have open."""
    found: dict[int, dict[str, int]] = {}
    for row in session.execute(_OPEN, {"engineers": list(engineer_ids)}):
        found.setdefault(row[0] or 0, {})[row[1]] = row[2]
    return found


def handled(session: Session, customer_id: int | None, engineer_ids: Collection[int]) -> Mapping[int, int]:
    """Engineer → how many of a customer's latest tickets they had."""
    if customer_id is None:
        return {}
    told = {"customer_id": customer_id, "engineers": list(engineer_ids)}
    return {row[0] or 0: row[1] for row in session.execute(_HANDLED, told)}


def accounts_of(session: Session, customer_id: int | None, numbers: Collection[str]) -> list[str]:
    """Which of these numbers are AWS accounts of a customer."""
    if customer_id is None or not numbers:
        return []
    wanted = sa.select(AwsAccount.account_id).where(AwsAccount.customer_id == customer_id)
    return list(session.scalars(wanted.where(AwsAccount.account_id.in_(numbers))))


def pressing_tickets(session: Session, engineer_id: int, priorities: Collection[str]) -> list[Ticket]:
    """An engineer's open tickets of some priorities, what is due first at the top."""
    wanted = sa.select(Ticket).where(
        sa.text(LIVE_STATUSES), Ticket.assignee_id == engineer_id, Ticket.priority.in_(priorities)
    )
    return list(session.scalars(wanted.order_by(Ticket.next_due_at, Ticket.id)))


def unassigned_since(session: Session, at: datetime) -> int:
    """How many open tickets that came before an instant have nobody."""
    wanted = sa.select(sa.func.count()).select_from(Ticket)
    open_ = wanted.where(sa.text(LIVE_STATUSES), Ticket.assignee_id.is_(None), Ticket.opened_at <= at)
    return session.scalar(open_) or 0
