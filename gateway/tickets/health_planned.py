"""AWS's scheduled changes come with a date: a day before it, the customer's people are reminded (P7, P8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain.impact import Status as EventStatus
from gateway.domain.lifecycle import LIVE, EventKind
from gateway.store import appointments
from gateway.store.models import HealthTicket
from gateway.tickets import health_letters, health_state
from gateway.tickets.changes import finish, locked
from gateway.tickets.health_letters import Occasion
from gateway.tickets.health_state import Difference, Situation
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry

APPOINTMENT: Final = "health-planned"
AHEAD: Final = timedelta(hours=24)


def plan(session: Session, current: Situation, *, at: datetime) -> None:
    """Remember to remind of a change that is to come; nothing where it is near already, or over."""
    begins, key = current.planned_at, str(current.row.id)
    if begins is not None and current.impact.status is EventStatus.UPCOMING and begins - AHEAD > at:
        appointments.plan(session, APPOINTMENT, key, begins - AHEAD)
    else:
        appointments.cancel(session, APPOINTMENT, key)


def lock(session: Session, key: str) -> None:
    """Lock what verbs lock before they move this appointment: the customer's row of the event."""
    session.get(HealthTicket, int(key), with_for_update=True)


def keep(session: Session, head: Letterhead, key: str, at: datetime) -> datetime | None:
    """Remind of a change that begins within a day, where it is still to come and its ticket lives."""
    found = session.get(HealthTicket, int(key))
    if found is None or found.ticket_id is None:
        return None
    current = health_state.now(session, found.event_id, found.customer_id, at=at)
    begins, ticket_id = current.planned_at, current.row.ticket_id
    if (
        begins is None
        or ticket_id is None
        or current.impact.status is not EventStatus.UPCOMING
        or begins <= at
    ):
        return None
    if begins - AHEAD > at:
        return begins - AHEAD
    ticket = locked(session, ticket_id)
    if ticket.status in LIVE:
        before = health_state.told(session, ticket_id, current.row.event_id)
        data = {"what": "due", "event": current.row.event_id}
        finish(session, head, ticket, [Entry(EventKind.AWS_HEALTH, at, "system", data)], at=at)
        what = Occasion("health-due", Difference(), before)
        health_letters.tell(session, head, ticket, current, what=what, at=at)
    return None
