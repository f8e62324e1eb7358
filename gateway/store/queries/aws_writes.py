"""Which writes to AWS may go next, and how much of an account's hour is used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from gateway.store.models import AwsWrite, WriteKind, WriteState, in_words, table

CASES_AN_HOUR: Final = 10
"""How many cases AWS lets an account open within an hour (AWS Support User Guide, quotas)."""
HOUR: Final = timedelta(hours=1)
_UNDECIDED: Final = tuple(in_words(e) for e in (WriteState.QUEUED, WriteState.SENDING, WriteState.UNKNOWN))
_UNDONE: Final = (*_UNDECIDED, in_words(WriteState.ASKED), in_words(WriteState.FAILED))
_writes: Final = table(AwsWrite).c
_earlier: Final = aliased(table(AwsWrite))


def _before() -> sa.ColumnElement[bool]:
    same_case = sa.and_(_earlier.c.aws_case_id == _writes.aws_case_id, _earlier.c.state.in_(_UNDECIDED))
    same_text = sa.and_(
        _earlier.c.message_id == _writes.message_id,
        sa.func.coalesce(_earlier.c.aws_case_id, 0) == sa.func.coalesce(_writes.aws_case_id, 0),
        _earlier.c.state.in_(_UNDONE),
    )
    return sa.exists(sa.literal(1)).where(
        _earlier.c.ticket_id == _writes.ticket_id, _earlier.c.id < _writes.id, sa.or_(same_case, same_text)
    )


IN_TURN: Final = ~_before()
"""Nothing that goes to the same case before it is undecided, and no earlier part of the same text is undone."""
_MAY_GO: Final = sa.select(sa.literal(1)).where(_writes.id == sa.bindparam("write_id"), IN_TURN)


def in_turn(session: Session, write_id: int) -> bool:
    """Whether a write may go as far as what goes before it is concerned."""
    return session.execute(_MAY_GO, {"write_id": write_id}).first() is not None


def opened_since(session: Session, account_id: str, since: datetime) -> Sequence[datetime]:
    """When this desk asked for new cases in an account of which AWS may have taken notice, oldest first."""
    found = sa.select(_writes.last_sent_at).where(
        _writes.account_id == account_id,
        _writes.kind == in_words(WriteKind.CREATE),
        _writes.sends > 0,
        _writes.last_sent_at > since,
    )
    return [at for at in session.scalars(found.order_by(_writes.last_sent_at)) if at is not None]


def waiting_cases(session: Session, account_id: str, at: datetime) -> Sequence[AwsWrite]:
    """New cases of an account that could be asked for now."""
    found = sa.select(AwsWrite).where(
        AwsWrite.account_id == account_id,
        AwsWrite.kind == WriteKind.CREATE,
        AwsWrite.state == WriteState.QUEUED,
        AwsWrite.due_at <= at,
    )
    return session.scalars(found.order_by(AwsWrite.id)).all()
