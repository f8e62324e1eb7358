"""Waiting with a word about a Health event until all accounts of a customer were looked at, so that one word will do.

AWS tells each account by itself; a change that touches ten of a customer's accounts is still one change.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway.store import appointments
from gateway.store.models import HealthTicket
from gateway.store.queries import health
from gateway.tickets import health_state, health_tickets
from gateway.tickets.letterhead import Letterhead

APPOINTMENT: Final = health.FOLLOW
PATIENCE: Final = timedelta(minutes=2)


def is_told(session: Session, row: HealthTicket, at: datetime) -> bool:
    """Whether a customer knows what is stored of an event. The caller holds the row."""
    return row.told_hash == health_state.now(session, row.event_id, row.customer_id, at=at).digest


def since(session: Session, row: HealthTicket, at: datetime) -> datetime:
    """Since when there is something to tell that waits; from now on, where nothing has waited so far."""
    due_at = appointments.due_at(session, APPOINTMENT, _key(row))
    return due_at - PATIENCE if due_at is not None else at


def wait(session: Session, row: HealthTicket, at: datetime) -> None:
    """Let a word wait, for two minutes at most. The caller holds the row."""
    appointments.ensure(session, APPOINTMENT, _key(row), at + PATIENCE)


def tell(session: Session, head: Letterhead, row: HealthTicket, at: datetime) -> None:
    """Say what waited. The caller holds the row."""
    stop_waiting(session, row)
    health_tickets.follow(session, head, row.event_id, row.customer_id, at=at)


def stop_waiting(session: Session, row: HealthTicket) -> None:
    """Have nothing wait any more. The caller holds the row."""
    appointments.cancel(session, APPOINTMENT, _key(row))


def lock(session: Session, key: str) -> None:
    """Lock what `wait` and `tell` hold before they move this appointment."""
    health.meet(session, *_numbers(key))


def keep(session: Session, head: Letterhead, key: str, at: datetime) -> datetime | None:
    """Tell what has waited long enough."""
    event_id, customer_id = _numbers(key)
    health_tickets.follow(session, head, event_id, customer_id, at=at)
    return None


def _key(row: HealthTicket) -> str:
    return f"{row.event_id}:{row.customer_id}"


def _numbers(key: str) -> tuple[int, int]:
    event_id, _, customer_id = key.partition(":")
    return int(event_id), int(customer_id)
