"""Letters that wait longer than they should, and whether anything leaves at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store.models import Outbox, OutboxState, table
from gateway.store.outbox import LIFETIME

_rows = table(Outbox).c
_UNDECIDED: Final = (OutboxState.PENDING, OutboxState.SENDING)
_MOST_READ: Final = 1000
_FEW: Final = 1000


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits. Shape: `since` is the first instant the oldest could have left; `told` its last answer or fault."""

    since: datetime
    letters: int
    told: str


def oldest_since(session: Session, at: datetime) -> datetime | None:
    """Since when the oldest letter could have left; None where none waits."""
    expires_at: datetime | None = session.scalar(
        sa.select(sa.func.min(_rows.expires_at)).where(_rows.state.in_(_UNDECIDED))
    )
    return expires_at - LIFETIME if expires_at and expires_at - LIFETIME <= at else None


def stuck(session: Session, at: datetime, patience: timedelta) -> Backlog | None:
    """The letters that wait for us, not for their readers; None while the outbox moves.

    It stands still where nothing has left for as long as somebody's patience, and a letter waits as long as that
    which no server ever answered, or letters to several people do: one full mailbox is no outage.
    """
    rows = session.execute(
        sa.select(_rows.id, _rows.expires_at, _rows.results, _rows.first_recipient, _rows.last_reply)
        .where(_rows.state.in_(_UNDECIDED), _rows.expires_at <= at - patience + LIFETIME)
        .order_by(_rows.expires_at, _rows.id)
        .limit(_MOST_READ)
    ).all()
    unanswered = any(not row.results for row in rows)
    if not unanswered and len({row.first_recipient for row in rows}) < 2:  # noqa: PLR2004
        return None
    if _left_since(session, at - patience, min(row.id for row in rows)):
        return None
    return Backlog(rows[0].expires_at - LIFETIME, len(rows), rows[0].last_reply)


def _left_since(session: Session, since: datetime, row_id: int) -> bool:
    """Whether a letter left since an instant, looked for among those put about then or later.

    A probe that left says nothing of the letters that wait: it goes to ourselves.
    """
    left = sa.select(sa.literal(1)).where(
        _rows.state == OutboxState.SENT,
        _rows.id > row_id - _FEW,
        _rows.sent_at > since,
        _rows.letter != "probe",
    )
    return session.execute(left.limit(1)).first() is not None
