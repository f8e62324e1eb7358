"""Who is to be told: participants of a ticket, engineers by role."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.mail.message import Mailbox
from gateway.store.models import Direction, Engineer, Message, Outbox, Participant, Role

_TOLD_AT_ONCE = 10


def participants(session: Session, ticket_id: int) -> tuple[list[Mailbox], list[Mailbox]]:
    """The requester and the others who take part, as letters address them."""
    rows = session.execute(
        sa.select(Participant.name, Participant.email, Participant.role)
        .where(Participant.ticket_id == ticket_id)
        .order_by(Participant.role.desc(), Participant.email)
    ).all()
    boxes = [(row.role, Mailbox(row.name, row.email)) for row in rows]
    return (
        [box for role, box in boxes if role == "requester"],
        [box for role, box in boxes if role != "requester"],
    )


def engineers_of_role(session: Session, roles: Collection[Role]) -> list[Engineer]:
    """Active engineers of some roles, at most ten."""
    wanted = sa.select(Engineer).where(Engineer.role.in_(roles), Engineer.active).order_by(Engineer.id)
    return list(session.scalars(wanted.limit(_TOLD_AT_ONCE)))


def is_there(session: Session, ticket_id: int, address: str) -> bool:
    """Whether somebody reads at a ticket's address: proved by their mail, written to before, or entered by hand."""
    proved = sa.exists().where(
        Message.ticket_id == ticket_id,
        Message.direction == Direction.INBOUND,
        Message.authenticated,
        Message.kind == "human",
    )
    written_to = sa.exists().where(
        Outbox.ticket_id == ticket_id,
        Outbox.first_recipient == address,
        Outbox.letter.in_(("acknowledgement", "reply")),
    )
    return bool(session.execute(sa.select(sa.or_(proved, written_to))).scalar_one())


def thread_ids(session: Session, ticket_id: int) -> tuple[str, list[str]]:
    """What a new letter answers: the customer's last Message-ID, and the thread's identifiers, oldest first."""
    inbound = session.scalars(
        sa.select(Message.message_id)
        .where(
            Message.ticket_id == ticket_id,
            Message.direction == Direction.INBOUND,
            Message.message_id != "",
            ~Message.held,
            Message.kind == "human",
        )
        .order_by(Message.id.desc())
        .limit(5)
    ).all()
    ours = session.scalars(
        sa.select(Outbox.message_id)
        .where(Outbox.ticket_id == ticket_id, Outbox.letter == "acknowledgement")
        .limit(1)
    ).all()
    return (inbound[0] if inbound else ""), [*ours, *reversed(inbound[1:])]
