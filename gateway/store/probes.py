"""Probes in the database: sent on, looked for, put away.

A probe's letter is in the outbox under `probe:KEY`, written in the transaction that judged its delivery: that it is
there says that a worker has judged it, its state whether it has left again.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum, unique
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import secrets
from gateway.mail import probe_mail
from gateway.store import outbox
from gateway.store.models import Delivery, Outbox, OutboxState, Promise, database_now, in_words, table

LETTER: Final = "probe"
RULE: Final = "probe"
_outbox, _deliveries = table(Outbox).c, table(Delivery).c
_IDLE: Final = sa.or_(_outbox.lease_until.is_(None), _outbox.lease_until < database_now())
_UNSETTLED: Final = (
    OutboxState.PENDING,
    OutboxState.SENDING,
    OutboxState.UNCERTAIN,
    OutboxState.FAILED,
    OutboxState.KEPT,
)


@unique
class Fate(StrEnum):
    """How far a probe has come. Without a relay it is kept, and nobody can say whether mail would leave."""

    UNSEEN = "unseen"
    JUDGED = "judged"
    LEFT = "left"
    KEPT = "kept"


_FATES: Final = {OutboxState.SENT: Fate.LEFT, OutboxState.KEPT: Fate.KEPT}


def pass_on(session: Session, *, key: str, own: str, to: str, at: datetime) -> None:
    """Send a probe on; once, however often it arrives."""
    message_id, content = probe_mail.onward(own, to, random=secrets.random_token(), at=at)
    entry = outbox.Entry(
        letter=LETTER,
        occasion=_occasion(key),
        promise=Promise.AT_MOST_ONCE,
        message_id=message_id,
        recipients=(to,),
        subject="Availability probe",
        content=content,
    )
    outbox.put(session, entry, at)


def fate(session: Session, key: str) -> Fate:
    """How far a probe has come."""
    state = session.scalar(sa.select(_outbox.state).where(_outbox.occasion == _occasion(key)))
    return Fate.UNSEEN if state is None else _FATES.get(OutboxState(state), Fate.JUDGED)


def give_up(session: Session, before: datetime) -> None:
    """Let probes from before an instant that have not left leave no more, nor wait or be kept in anybody's list."""
    session.execute(
        sa.update(table(Outbox))
        .where(_outbox.letter == LETTER, _outbox.created_at < before, _outbox.state.in_(_UNSETTLED), _IDLE)
        .values(state=OutboxState.CANCELLED, lease_until=None, fence=_outbox.fence + 1)
    )


def purge(session: Session, before: datetime, *, limit: int = 500) -> int:
    """Forget probes from before an instant, a batch at a time; how many rows went."""
    letters = (
        sa.select(_outbox.id)
        .where(_outbox.letter == LETTER, _outbox.created_at < before, _IDLE)
        .order_by(_outbox.id)
        .limit(limit)
    )
    arrived = (
        sa.select(_deliveries.id)
        .where(_deliveries.rule == in_words(RULE), _deliveries.accepted_at < before)
        .order_by(_deliveries.accepted_at)
        .limit(limit)
    )
    gone = 0
    for rows, wanted in ((Outbox, letters), (Delivery, arrived)):
        found = list(session.scalars(wanted))
        if found:
            session.execute(sa.delete(table(rows)).where(rows.id.in_(found)))
        gone += len(found)
    return gone


def _occasion(key: str) -> str:
    return f"probe:{key}"
