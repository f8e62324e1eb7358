"""What the database knows about a mail that is to be judged.

The statements are made once: building one anew for every mail costs more than running it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain import escalation
from gateway.store.models import (
    ContentDigest,
    Engineer,
    Outbox,
    Participant,
    Role,
    Ticket,
    either,
    in_words,
    table,
)

_digests, _tickets, _outbox = table(ContentDigest).c, table(Ticket).c, table(Outbox).c
_people, _engineers = table(Participant).c, table(Engineer).c

_ENTER: Final = either(
    lambda insert: (
        insert(table(ContentDigest))
        .on_conflict_do_nothing(index_elements=["digest"])
        .returning(_digests.delivery_id)
    )
)
_ENTERED: Final = sa.select(_digests.delivery_id).where(_digests.digest == sa.bindparam("digest"))
_ACTS: Final = sa.and_(_engineers.active, _engineers.role != in_words(Role.READER)).label("acts")
_ENGINEER_OF: Final = sa.select(_engineers.id, _ACTS).where(_engineers.email == sa.bindparam("address"))
_CALLED: Final = (
    sa.select(_outbox.message_id, _outbox.ticket_id)
    .where(_outbox.message_id.in_(sa.bindparam("message_ids", expanding=True)))
    .where(_outbox.letter.in_(escalation.LETTERS), _outbox.ticket_id.is_not(None))
)
_OF_OUR_IDS: Final = (
    sa.select(_outbox.ticket_id)
    .where(
        _outbox.message_id.in_(sa.bindparam("message_ids", expanding=True)),
        sa.exists().where(_people.ticket_id == _outbox.ticket_id, _people.email == _outbox.first_recipient),
    )
    .order_by(_outbox.id.desc())
)
_RELAYED_AS: Final = (
    sa.select(_outbox.ticket_id)
    .where(
        _outbox.relayed_id.in_(sa.bindparam("names", expanding=True)),
        _outbox.relayed_id != sa.literal_column("''"),  # as in the partial index
        _outbox.letter.in_(sa.bindparam("letters", expanding=True)),
        _outbox.first_recipient == sa.bindparam("author"),
        sa.exists().where(_people.ticket_id == _outbox.ticket_id, _people.email == _outbox.first_recipient),
    )
    .order_by(_outbox.id.desc())
)
_NAMED: Final = (
    sa.select(
        _tickets.id,
        _tickets.status,
        _tickets.customer_id,
        sa.exists().where(_people.ticket_id == _tickets.id, _people.email == sa.bindparam("address")),
    )
    .where(_tickets.id.in_(sa.bindparam("ticket_ids", expanding=True)))
    .order_by(_tickets.id)
)
_MERGED: Final = sa.select(_tickets.id, _tickets.merged_into_id).where(
    _tickets.id.in_(sa.bindparam("ticket_ids", expanding=True)), _tickets.merged_into_id.is_not(None)
)
_NAMED_AND_LOCKED: Final = _NAMED.with_for_update(of=table(Ticket))


def enter_digest(session: Session, digest: str, delivery_id: int) -> int | None:
    """Claim a content as entered by a delivery; the other delivery's id where it was entered before."""
    claim = _ENTER[session.get_bind().dialect.name]
    if session.execute(claim, {"digest": digest, "delivery_id": delivery_id}).one_or_none() is not None:
        return None
    known: int = session.execute(_ENTERED, {"digest": digest}).scalar_one()
    return None if known == delivery_id else known


def engineer_of(session: Session, address: str) -> tuple[int, bool] | None:
    """The engineer of a normalised address, and whether they are still here and more than readers."""
    row = session.execute(_ENGINEER_OF, {"address": address}).one_or_none()
    return (row[0], row[1]) if row else None


def ticket_called_to(session: Session, message_ids: Sequence[str]) -> int | None:
    """The ticket of the first of these letters of ours that called engineers."""
    if not message_ids:
        return None
    rows = session.execute(_CALLED, {"message_ids": list(message_ids)})
    found: dict[str, int] = {row[0]: row[1] for row in rows}
    return next((found[each] for each in message_ids if each in found), None)


def tickets_of_our_ids(session: Session, message_ids: Collection[str]) -> list[int]:
    """Tickets of those letters of ours that a mail answers, as far as they went to somebody of the ticket."""
    if not message_ids:
        return []
    found = session.execute(_OF_OUR_IDS, {"message_ids": list(message_ids)}).scalars()
    return [ticket_id for ticket_id in found if ticket_id is not None]


def tickets_of_relayed_ids(
    session: Session, names: Collection[str], author: str, letters: Collection[str]
) -> list[int]:
    """Tickets of those letters to an author that the next server took under one of these names.

    Shape: names as the server's answer to the content told them, the author normalised.
    """
    if not names or not author:
        return []
    told = {"names": list(names), "letters": list(letters), "author": author[:320]}
    found = session.execute(_RELAYED_AS, told).scalars()
    return [ticket_id for ticket_id in found if ticket_id is not None]


def merged(session: Session, ticket_ids: Collection[int]) -> dict[int, int]:
    """Of these tickets those that were merged, and the ticket that takes their mail."""
    if not ticket_ids:
        return {}
    return {row[0]: row[1] for row in session.execute(_MERGED, {"ticket_ids": sorted(ticket_ids)})}


def tickets_named(
    session: Session, ticket_ids: Sequence[int], address: str, *, locked: bool
) -> list[tuple[int, str, int | None, bool]]:
    """Of the tickets that exist: id, status, customer, and whether the address takes part.

    Where they are `locked` nobody closes one between the judgement and what it leads to.
    """
    if not ticket_ids:
        return []
    rows = session.execute(
        _NAMED_AND_LOCKED if locked else _NAMED, {"ticket_ids": list(ticket_ids), "address": address}
    )
    return [(row[0], row[1], row[2], bool(row[3])) for row in rows]
