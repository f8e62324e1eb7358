"""What an engineer's mail answers, and what its ticket holds that customers may read or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain import commands
from gateway.store.models import Direction, Engineer, Message, Outbox, table

_outbox, _messages, _engineers = table(Outbox).c, table(Message).c, table(Engineer).c
_LETTERS: Final = (*commands.CARRYING, *commands.NOTED)
_NEWEST: Final = 200
_TO: Final = (
    sa.select(_outbox.message_id, _outbox.letter, _outbox.ticket_id)
    .where(_outbox.message_id.in_(sa.bindparam("message_ids", expanding=True)))
    .where(_outbox.first_recipient == sa.bindparam("address"))
    .where(_outbox.letter.in_(_LETTERS), _outbox.ticket_id.is_not(None))
)
_SENT: Final = (
    sa.select(_outbox.content)
    .where(_outbox.ticket_id == sa.bindparam("ticket_id"), _outbox.letter.in_(_LETTERS))
    .order_by(_outbox.id.desc())
    .limit(_NEWEST)
)
_SAID: Final = (
    sa.select(_messages.text, _messages.subject)
    .where(_messages.ticket_id == sa.bindparam("ticket_id"), sa.not_(_messages.held))
    .order_by(_messages.id.desc())
    .limit(_NEWEST)
)
_NOTES: Final = _SAID.where(_messages.direction == Direction.NOTE)
_SHARED: Final = _SAID.where(_messages.direction != Direction.NOTE, _messages.kind == "human")
_COLLEAGUES: Final = (
    sa.select(_engineers.id, _engineers.name, _engineers.email)
    .where(_engineers.active)
    .order_by(_engineers.name, _engineers.id)
)


class Called(NamedTuple):
    """A letter of ours that went to an engineer about a ticket."""

    ticket_id: int
    letter: str


def letter_to(session: Session, message_ids: Sequence[str], address: str) -> Called | None:
    """The first of these letters that went to the engineer of this address, and to nobody else."""
    if not message_ids:
        return None
    rows = session.execute(_TO, {"message_ids": list(message_ids), "address": address})
    found = {row.message_id: Called(row.ticket_id, row.letter) for row in rows}
    return next((found[each] for each in message_ids if each in found), None)


def letters_to_engineers(session: Session, ticket_id: int) -> list[bytes]:
    """The newest letters about a ticket that engineers got, as they were sent."""
    return list(session.execute(_SENT, {"ticket_id": ticket_id}).scalars())


def notes(session: Session, ticket_id: int) -> list[str]:
    """The newest work notes of a ticket."""
    return [row.text for row in session.execute(_NOTES, {"ticket_id": ticket_id})]


def shared(session: Session, ticket_id: int) -> list[str]:
    """What customer and provider wrote to each other, the newest first."""
    rows = session.execute(_SHARED, {"ticket_id": ticket_id})
    return [text for row in rows for text in (row.text, row.subject)]


def colleagues(session: Session) -> list[tuple[int, str, str]]:
    """Identity, name and address of everybody a ticket may be assigned to."""
    return [(row.id, row.name, row.email) for row in session.execute(_COLLEAGUES)]
