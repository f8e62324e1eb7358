"""What the database knows about a mail that is to be judged."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from gateway.store.models import ContentDigest, Engineer, Outbox, Participant, Ticket, table


def enter_digest(session: Session, digest: str, delivery_id: int) -> int | None:
    """Claim a content as entered by a delivery; the other delivery's id where it was entered before."""
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    made = make(table(ContentDigest)).values(digest=digest, delivery_id=delivery_id)
    claim = made.on_conflict_do_nothing(index_elements=["digest"]).returning(
        table(ContentDigest).c.delivery_id
    )
    if session.execute(claim).one_or_none() is not None:
        return None
    known = session.execute(
        sa.select(ContentDigest.delivery_id).where(ContentDigest.digest == digest)
    ).scalar_one()
    return None if known == delivery_id else known


def is_engineer(session: Session, address: str) -> bool:
    """Whether a normalised address is an engineer's."""
    return session.execute(sa.select(sa.exists().where(Engineer.email == address))).scalar_one()


def tickets_of_our_ids(session: Session, message_ids: Collection[str]) -> list[int]:
    """Tickets of those letters of ours that a mail answers, as far as they went to somebody of the ticket."""
    if not message_ids:
        return []
    of_the_ticket = sa.exists().where(
        Participant.ticket_id == Outbox.ticket_id, Participant.email == Outbox.first_recipient
    )
    wanted = sa.select(Outbox.ticket_id).where(Outbox.message_id.in_(message_ids), of_the_ticket)
    return [
        ticket_id for ticket_id in session.scalars(wanted.order_by(Outbox.id.desc())) if ticket_id is not None
    ]


def tickets_named(
    session: Session, ticket_ids: Sequence[int], address: str
) -> list[tuple[int, str, int | None, bool]]:
    """Of the tickets that exist: id, status, customer, and whether the address takes part."""
    if not ticket_ids:
        return []
    takes_part = sa.exists().where(Participant.ticket_id == Ticket.id, Participant.email == address)
    rows = session.execute(
        sa.select(Ticket.id, Ticket.status, Ticket.customer_id, takes_part).where(Ticket.id.in_(ticket_ids))
    )
    return [(row[0], row[1], row[2], bool(row[3])) for row in rows]
