"""Appointments of the desk kept when they are due: hand-overs, notices, frozen months."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from gateway.store import appointments, leases
from gateway.store.draining import Draining
from gateway.store.models import Appointment, table
from gateway.tickets import contesting, health_planned, health_settling, pending
from gateway.tickets.letterhead import Letterhead

Keep = Callable[[Session, Letterhead, str, datetime], datetime | None]
"""Keeps one appointment: gets its key and the instant, answers when the next one is, or None for never again."""

_FIRST: Final[Mapping[str, Callable[[Session, str], object]]] = {
    contesting.REVIEW: contesting.lock,
    health_planned.APPOINTMENT: health_planned.lock,
    health_settling.APPOINTMENT: health_settling.lock,
    pending.APPOINTMENT: pending.lock,
}
"""What is locked before an appointment, by its key, where verbs lock that first and the appointment then."""
_CLAIM: Final = leases.claiming(
    Appointment, due=(table(Appointment).c.due_at <= leases.AT,), order=table(Appointment).c.due_at
)


@dataclass(frozen=True, slots=True)
class Appointments:
    """What keeping them needs, wired once per process. Shape: `kept` is what → how it is kept."""

    transaction: Callable[[], AbstractContextManager[Session]]
    head: Letterhead
    owner: str
    now: Callable[[], datetime]
    kept: Mapping[str, Keep]

    def drain(self, until: datetime) -> bool:
        """Keep due appointments until none is left or the time is over; whether work is left."""
        return Draining(self.transaction, "appointment", self.owner, self.now, _CLAIM, self._keep).drain(
            until
        )

    def _keep(self, session: Session, row_id: int, fence: int) -> None:
        row = session.get(Appointment, row_id)
        if row is None:
            return
        what, key = row.what, row.key
        if what in _FIRST:
            _FIRST[what](session, key)
        if not leases.held(session, Appointment, row_id, fence):
            return
        next_at = self.kept[what](session, self.head, key, self.now())
        if next_at is None:
            appointments.cancel(session, what, key)
        else:
            appointments.plan(session, what, key, next_at)
