"""Letters with files that wait for the scanner: held back, let go, stopped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store import outbox
from gateway.store.models import Outbox, OutboxState
from gateway.store.session import want_ring


def wait(session: Session, message_id: int, until: datetime) -> None:
    """Keep the letters of a message until an instant."""
    _change(session, message_id, next_attempt_at=until, expires_at=until + outbox.LIFETIME)


def release(session: Session, message_id: int, *, undo: timedelta, at: datetime) -> None:
    """Let the letters of a message go, but for the time in which their author may take them back."""
    for letter in _waiting(session, message_id):
        letter.next_attempt_at = max(at, letter.created_at + undo)
    want_ring(session, outbox.QUEUE)


def stop(session: Session, message_id: int, why: str) -> list[int]:
    """Never send the letters of a message; their ids. One that is on its way already goes its way."""
    stopped = _waiting(session, message_id)
    for letter in stopped:
        letter.state, letter.last_reply = OutboxState.FAILED, why[:1000]
    session.flush()
    return [letter.id for letter in stopped]


def _change(session: Session, message_id: int, **values: object) -> None:
    session.execute(
        sa.update(Outbox).where(*_of(message_id)).values(**values),
        execution_options={"synchronize_session": "fetch"},
    )


def _waiting(session: Session, message_id: int) -> Sequence[Outbox]:
    return session.scalars(sa.select(Outbox).where(*_of(message_id)).with_for_update()).all()


def _of(message_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Outbox.ticket_message_id == message_id,
        Outbox.state == OutboxState.PENDING,
        Outbox.attempts == 0,
    )
