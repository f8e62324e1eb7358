"""Outgoing mail as people look for it: by state, by address, by ticket, and how many wait in each state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from gateway.mail import address
from gateway.store.models import Outbox, OutboxState
from gateway.store.queries.listing import BadCursor, Page

UNDER_WAY: Final = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.FAILED, OutboxState.UNCERTAIN)
"""States that letters leave again, so that counting them costs little however many were sent."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters are asked for. Shape: `to` is an address or a domain; empty and None ask for all."""

    states: tuple[str, ...] = ()
    to: str = ""
    ticket_id: int | None = None


def asked(session: Session, wanted: Wanted, *, cursor: str = "", limit: int = 50) -> Page[Outbox]:
    """Letters without their bytes, the newest first.

    Errors: BadCursor.
    """
    found = sa.select(Outbox).options(defer(Outbox.content, raiseload=True))
    if wanted.states:
        found = found.where(Outbox.state.in_(wanted.states))
    if wanted.ticket_id is not None:
        found = found.where(Outbox.ticket_id == wanted.ticket_id)
    if wanted.to:
        who = address.normalise(wanted.to.strip()).removeprefix("@")
        found = found.where((Outbox.first_recipient if "@" in who else Outbox.destination) == who)
    if cursor:
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
            raise BadCursor("unknown cursor")
        found = found.where(Outbox.id < int(cursor))
    rows = session.scalars(found.order_by(Outbox.id.desc()).limit(limit + 1)).all()
    return Page(rows[:limit], str(rows[limit - 1].id) if len(rows) > limit else "")


def counts(session: Session) -> Mapping[str, int]:
    """How many letters are in each state that letters leave again."""
    found = sa.select(Outbox.state, sa.func.count()).where(Outbox.state.in_(UNDER_WAY)).group_by(Outbox.state)
    return {row[0]: row[1] for row in session.execute(found)}


def failed(session: Session, destination: str, *, limit: int) -> Sequence[int]:
    """The oldest refused letters to a domain."""
    found = sa.select(Outbox.id).where(Outbox.state == OutboxState.FAILED, Outbox.destination == destination)
    return session.scalars(found.order_by(Outbox.id).limit(limit)).all()


def failing(session: Session) -> Sequence[tuple[str, int]]:
    """The domains that refused several letters, with how many."""
    found = (
        sa.select(Outbox.destination, sa.func.count())
        .where(Outbox.state == OutboxState.FAILED)
        .group_by(Outbox.destination)
        .having(sa.func.count() > 1)
        .order_by(sa.func.count().desc(), Outbox.destination)
        .limit(20)
    )
    return [(row[0], row[1]) for row in session.execute(found)]
