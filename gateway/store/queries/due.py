"""What is due now, by queue, and when the next thing will be: what the ticker asks every second."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import queues
from gateway.store import blobs, reports, scans, search, webhooks
from gateway.store.models import (
    Alarm,
    Appointment,
    Delivery,
    DeliveryState,
    Outbox,
    OutboxState,
    database_now,
    in_words,
)
from gateway.store.queries import aws_streams

SETTLE_AFTER = timedelta(hours=1)
_UNDECIDED = (OutboxState.PENDING, OutboxState.SENDING)
_ENOUGH = 1


def due_queues(session: Session, at: datetime, *, scanning: bool = False) -> dict[str, int]:
    """Queue → whether work for it is due (1 or 0); files wait for a scanner only where there is one."""
    planned = (Alarm.due_at <= at, _free(Alarm))
    appointed = (Appointment.due_at <= at, _free(Appointment))
    received = (
        Delivery.state == in_words(DeliveryState.RECEIVED),
        sa.or_(Delivery.next_attempt_at <= at, Delivery.fence == 0),  # a flood's mail fills idle time
        _free(Delivery),
    )
    undecided = (
        Outbox.state.in_([in_words(each) for each in _UNDECIDED]),
        Outbox.next_attempt_at <= at,
        _free(Outbox),
    )
    aws = int(aws_streams.due(session, at))
    mail = _any(session, planned) or _any(session, appointed) or _any(session, received)
    out = _any(session, undecided)
    settling = bool(blobs.unsettled(session, at - SETTLE_AFTER, _ENOUGH))
    scans_due = scanning and scans.due(session, at)
    others = search.waits(session) or webhooks.due(session, at) or reports.due(session, at)
    slow = int(settling or scans_due or others)
    return {queues.MAIL: mail, queues.OUT: out, queues.SLOW: slow, queues.AWS: aws}


def next_at(session: Session, after: datetime) -> datetime | None:
    """The instant of the next alarm or appointment after another instant."""
    firsts = (
        sa.select(rows.due_at).where(rows.due_at > after).order_by(rows.due_at).limit(1)
        for rows in (Alarm, Appointment)
    )
    return min((at for first in firsts if (at := session.execute(first).scalar()) is not None), default=None)


def _free(rows: type[Alarm] | type[Appointment] | type[Delivery] | type[Outbox]) -> sa.ColumnElement[bool]:
    return sa.or_(rows.lease_until.is_(None), rows.lease_until < database_now())


def _any(session: Session, wanted: tuple[sa.ColumnElement[bool], ...]) -> int:
    return int(session.execute(sa.select(sa.literal(1)).where(*wanted).limit(_ENOUGH)).first() is not None)
