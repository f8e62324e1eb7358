"""The webhook, and the calls to it: put in the transaction of what they tell, claimed, settled, looked up."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from gateway import queues
from gateway.store import leases
from gateway.store.models import CallState, Lease, Webhook, WebhookCall, database_now, table
from gateway.store.session import SessionFactory, want_ring

RESTS: Final = "webhook-rests"
"""The right that is held while the webhook is left alone after it did not answer."""
LIFE: Final = timedelta(hours=24)
"""How long a call is tried."""
KEPT: Final = timedelta(days=30)
"""How long a call that is over is still shown."""
_REMEMBERED_SECONDS: Final = 5.0
_SWEPT: Final = 500

_calls: Final = table(WebhookCall).c
CLAIM: Final = leases.claiming(
    WebhookCall,
    due=[_calls.next_attempt_at <= leases.AT],
    order=_calls.next_attempt_at,
    index="ix_webhook_call_due",
)


@dataclass(frozen=True, slots=True)
class Listening:
    """A webhook that is switched on, and what it hears of."""

    id: int
    events: frozenset[str]


_known: WeakKeyDictionary[Engine, tuple[float, Listening | None]] = WeakKeyDictionary()
_knowing: Final = Lock()


def listening(session: Session) -> Listening | None:
    """The webhook that is switched on, as it was within the last seconds: every verb asks."""
    engine = _engine(session)
    with _knowing:
        known = _known.get(engine)
    if known is not None and time.monotonic() < known[0]:
        return known[1]
    row = session.execute(sa.select(Webhook.id, Webhook.events).where(Webhook.active).limit(1)).one_or_none()
    found = Listening(row.id, frozenset(row.events)) if row else None
    with _knowing:
        _known[engine] = (time.monotonic() + _REMEMBERED_SECONDS, found)
    return found


def forget(session: Session) -> None:
    """Ask anew for the webhook that is switched on; other processes do within seconds by themselves."""
    with _knowing:
        _known.pop(_engine(session), None)


def put(session: Session, hook_id: int, *, key: str, event: str, ticket_id: int | None, body: str,
        at: datetime) -> None:  # fmt: skip
    """Note a call that is due at once."""
    session.execute(
        sa.insert(WebhookCall).values(
            call_key=key, webhook_id=hook_id, event=event, ticket_id=ticket_id, body=body, noted_at=at,
            expires_at=at + LIFE, state=CallState.WAITING, next_attempt_at=at, error="", attempts=0, fence=0,
        )
    )  # fmt: skip
    want_ring(session, queues.SLOW)


def due(session: Session, at: datetime) -> bool:
    """Whether calls wait for a webhook that is not resting."""
    waiting = sa.select(WebhookCall.id).where(
        WebhookCall.next_attempt_at <= at,
        sa.or_(WebhookCall.lease_until.is_(None), WebhookCall.lease_until < database_now()),
    )
    return session.execute(waiting.limit(1)).first() is not None and not resting(session)


def resting(session: Session) -> bool:
    """Whether the webhook is left alone for now."""
    rests = sa.select(Lease.name).where(Lease.name == RESTS, Lease.until > database_now())
    return session.execute(rests).first() is not None


def rest(sessions: SessionFactory, owner: str, length: timedelta) -> None:
    """Leave the webhook alone for a while, in every process."""
    leases.hold(sessions, RESTS, owner, length.total_seconds())


def wake(session: Session) -> None:
    """End the webhook's rest: somebody changed it, or tries it by hand."""
    session.execute(sa.update(Lease).where(Lease.name == RESTS).values(until=database_now(-1)))


def hook(session: Session) -> Webhook | None:
    """The webhook, switched on or not."""
    return session.scalars(sa.select(Webhook).order_by(Webhook.id.desc()).limit(1)).first()


def wanted(session: Session, call_ids: Sequence[int]) -> list[WebhookCall]:
    """The rows that were claimed, in order."""
    return list(
        session.scalars(sa.select(WebhookCall).where(WebhookCall.id.in_(call_ids)).order_by(WebhookCall.id))
    )


def settle(session: Session, call_id: int, *, state: CallState, at: datetime, status: int | None = None,
           error: str = "") -> None:  # fmt: skip
    """Enter how a call ended."""
    _change(session, [call_id], state=state, status=status, error=error, done_at=at, next_attempt_at=None)


def postpone(session: Session, call_id: int, at: datetime, *, status: int | None, error: str) -> None:
    """Try again at an instant."""
    _change(session, [call_id], status=status, error=error, next_attempt_at=at)


def again(session: Session, call_id: int, at: datetime) -> bool:
    """Try a call that is over once more, for as long as a new one; whether there is such a call."""
    found = session.get(WebhookCall, call_id) if 0 < call_id < 2**62 else None
    if found is None or found.state not in (CallState.FAILED, CallState.DROPPED):
        return False
    _change(session, [call_id], state=CallState.WAITING, done_at=None, attempts=0, next_attempt_at=at,
            expires_at=at + LIFE)  # fmt: skip
    want_ring(session, queues.SLOW)
    return True


def give_back(session: Session, call_ids: Collection[int]) -> None:
    """Let go of claimed rows that were not tried."""
    _change(session, call_ids, attempts=WebhookCall.attempts - 1)


def expire(session: Session, at: datetime) -> None:
    """Give up calls that waited for a day."""
    old = sa.select(WebhookCall.id).where(
        WebhookCall.next_attempt_at.is_not(None), WebhookCall.expires_at <= at
    )
    _change(session, list(session.scalars(old.limit(_SWEPT))), state=CallState.FAILED, done_at=at,
            next_attempt_at=None)  # fmt: skip


def drop_waiting(session: Session, hook_id: int, at: datetime) -> None:
    """Call the webhook no more with what still waits."""
    session.execute(
        sa.update(WebhookCall)
        .where(WebhookCall.webhook_id == hook_id, WebhookCall.next_attempt_at.is_not(None))
        .values(
            state=CallState.DROPPED, done_at=at, next_attempt_at=None, lease_owner=None, lease_until=None
        ),
        execution_options={"synchronize_session": False},
    )


def sweep(session: Session, at: datetime) -> None:
    """Remove calls that are long over."""
    old = sa.select(WebhookCall.id).where(WebhookCall.done_at < at - KEPT).limit(_SWEPT)
    session.execute(
        sa.delete(WebhookCall).where(WebhookCall.id.in_(old.scalar_subquery())),
        execution_options={"synchronize_session": False},
    )


def latest(session: Session, *, before: int = 0, limit: int = 50) -> tuple[Sequence[WebhookCall], int]:
    """Calls, the newest first, and the key that the next page begins before, 0 on the last."""
    found = sa.select(WebhookCall).order_by(WebhookCall.id.desc()).limit(limit + 1)
    if 0 < before < 2**62:
        found = found.where(WebhookCall.id < before)
    rows = session.scalars(found).all()
    return (rows[:limit], rows[limit - 1].id) if len(rows) > limit else (rows, 0)


def counted(session: Session) -> dict[CallState, int]:
    """How many calls stand where."""
    rows = session.execute(sa.select(WebhookCall.state, sa.func.count()).group_by(WebhookCall.state))
    return {CallState(state): count for state, count in rows}


def _change(session: Session, call_ids: Collection[int], **values: object) -> None:
    if call_ids:
        session.execute(
            sa.update(WebhookCall)
            .where(WebhookCall.id.in_(call_ids))
            .values(lease_owner=None, lease_until=None, **values),
            execution_options={"synchronize_session": False},
        )  # fmt: skip


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    return bind.engine if isinstance(bind, Connection) else bind
