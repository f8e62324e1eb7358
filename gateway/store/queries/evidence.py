"""What the proofs and the undecided claims of tickets refer to."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from gateway.store.models import Appointment, NoticeIssue, NoticeLetter, Ticket

REVIEW = "exclusion"
"""What the appointments of undecided claims are called; their key is `TICKET:ID`, as `1042:x1`."""


def names_customer(session: Session, notice_id: int, customer_id: int | None) -> bool:
    """Whether a notice was told to a customer."""
    if not notice_id or customer_id is None:
        return False
    told = (
        sa.select(NoticeLetter.id)
        .join(NoticeIssue, NoticeIssue.id == NoticeLetter.issue_id)
        .where(NoticeIssue.notice_id == notice_id, NoticeLetter.customer_id == customer_id)
    )
    return session.execute(told.limit(1)).first() is not None


def undecided(session: Session, *, limit: int = 200) -> Sequence[tuple[Ticket, list[str]]]:
    """Tickets with proposals nobody has decided and exclusions under review, with the ids of those, by ticket."""
    keys = session.scalars(
        sa.select(Appointment.key).where(Appointment.what == REVIEW).order_by(Appointment.id).limit(limit)
    ).all()
    wanted: dict[int, list[str]] = {}
    for ticket_id, _, name in (key.partition(":") for key in keys):
        wanted.setdefault(int(ticket_id), []).append(name)
    found = sa.select(Ticket).where(Ticket.id.in_(wanted)).options(joinedload(Ticket.customer))
    return [(row, wanted[row.id]) for row in session.scalars(found.order_by(Ticket.id))]


def count_undecided(session: Session) -> int:
    """How many proposals and contested exclusions wait for a decision."""
    return session.scalar(sa.select(sa.func.count()).where(Appointment.what == REVIEW)) or 0
