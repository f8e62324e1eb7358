"""Acts on tickets that are not done yet, and what was said since they were written."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from gateway.store.models import ActState, Direction, Message, PendingAct

_ANSWERS = (Direction.INBOUND, Direction.OUTBOUND)


def of_ticket(session: Session, ticket_id: int) -> Sequence[PendingAct]:
    """What is still to be done on a ticket, with who asked for it, in order."""
    found = sa.select(PendingAct).where(PendingAct.ticket_id == ticket_id).order_by(PendingAct.id)
    return session.scalars(found.options(joinedload(PendingAct.engineer))).all()


def named(session: Session, ticket_id: int, name: str) -> PendingAct | None:
    """The act of a ticket that was made of one form."""
    found = sa.select(PendingAct).where(PendingAct.ticket_id == ticket_id, PendingAct.name == name)
    return session.scalars(found.with_for_update()).first()


def locked(session: Session, act_id: int) -> PendingAct | None:
    """An act, which nobody else carries out or takes back until this transaction ends."""
    found = sa.select(PendingAct).where(PendingAct.id == act_id).with_for_update(of=PendingAct)
    return session.scalars(found.execution_options(populate_existing=True)).first()


def refused_of(session: Session, engineer_id: int) -> Sequence[int]:
    """The tickets on which something of an engineer's was not done, at most five."""
    found = sa.select(PendingAct.ticket_id).where(
        PendingAct.engineer_id == engineer_id, PendingAct.state == ActState.REFUSED
    )
    return session.scalars(found.distinct().order_by(PendingAct.ticket_id).limit(5)).all()


def newest(session: Session, ticket_id: int) -> int:
    """The newest message of a ticket; 0 where it has none."""
    return session.scalar(sa.select(sa.func.max(Message.id)).where(Message.ticket_id == ticket_id)) or 0


def customer_wrote(session: Session, ticket_id: int, *, since: int) -> bool:
    """Whether the customer has said something after a message."""
    found = sa.select(Message.id).where(
        Message.ticket_id == ticket_id,
        Message.id > since,
        Message.direction == Direction.INBOUND,
        Message.kind == "human",
        sa.not_(Message.held),
    )
    return session.scalar(found.limit(1)) is not None


def answers_of_others(session: Session, ticket_id: int, *, since: int, engineer_id: int) -> Sequence[Message]:
    """What the customer and other engineers have said to each other after a message, in order, at most ten."""
    found = sa.select(Message).where(
        Message.ticket_id == ticket_id,
        Message.id > since,
        Message.direction.in_(_ANSWERS),
        Message.kind == "human",
        Message.engineer_id.is_distinct_from(engineer_id),
    )
    return session.scalars(found.order_by(Message.id).limit(10)).all()


def others_waiting(session: Session, ticket_id: int, *, since: int, engineer_id: int) -> Sequence[PendingAct]:
    """Answers of other engineers that are about to leave, asked for after an act, in order."""
    found = sa.select(PendingAct).where(
        PendingAct.ticket_id == ticket_id,
        PendingAct.id > since,
        PendingAct.act == "write",
        PendingAct.state == ActState.WAITING,
        PendingAct.engineer_id != engineer_id,
    )
    return session.scalars(found.order_by(PendingAct.id).options(joinedload(PendingAct.engineer))).all()
