"""How much of everything there is, for dashboards and alarms of machines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.store.models import Delivery, DeliveryState, Outbox, Ticket
from gateway.store.queries import waiting


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts by state. Units: ages in seconds, 0 where nothing waits."""

    deliveries: dict[str, int]
    outbox: dict[str, int]
    tickets: dict[str, int]
    oldest_delivery: float
    oldest_letter: float


def now(session: Session, at: datetime) -> Figures:
    """The figures at an instant."""
    oldest_delivery, oldest_letter = oldest(session, at)
    return Figures(
        deliveries=_by(session, Delivery.state),
        outbox=_by(session, Outbox.state),
        tickets=_by(session, Ticket.status),
        oldest_delivery=oldest_delivery,
        oldest_letter=oldest_letter,
    )


def oldest(session: Session, at: datetime) -> tuple[float, float]:
    """How many seconds the oldest unread mail and the oldest due letter have waited, without counting anything."""
    received = select(func.min(Delivery.accepted_at)).where(Delivery.state == DeliveryState.RECEIVED)
    return _age(session.scalar(received), at), _age(waiting.oldest_since(session, at), at)


def _by(session: Session, column: Any) -> dict[str, int]:
    return {code: count for code, count in session.execute(select(column, func.count()).group_by(column))}


def _age(since: datetime | None, at: datetime) -> float:
    return max(0.0, (at - since).total_seconds()) if since else 0.0
