"""Due alarms of tickets: each is looked at again, does what it owes, and leaves that in the log (P1, P4, P5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import escalations
from gateway.domain.alarms import Owed
from gateway.store import leases
from gateway.store.draining import Draining
from gateway.store.models import Alarm, Ticket, table
from gateway.tickets import closure, owing, progress
from gateway.tickets.changes import finish, locked
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.owing import Act

_CLAIM: Final = leases.claiming(Alarm, due=(table(Alarm).c.due_at <= leases.AT,), order=table(Alarm).c.due_at)
ACTS: Final[Mapping[str, Act]] = MappingProxyType(
    {
        Owed.RUNG: escalations.speak,
        Owed.PASS_ON: escalations.pass_on,
        Owed.PROGRESS: progress.report,
        Owed.REMINDER: closure.remind,
        Owed.CLOSING: closure.close_after_silence,
    }
)


@dataclass(frozen=True, slots=True)
class Alarms:
    """What firing needs, wired once per process."""

    transaction: Callable[[], AbstractContextManager[Session]]
    head: Letterhead
    owner: str
    now: Callable[[], datetime]

    def drain(self, until: datetime) -> bool:
        """Fire due alarms until none is left or the time is over; whether work is left."""
        return Draining(self.transaction, "alarm", self.owner, self.now, _CLAIM, self._fire).drain(until)

    def _fire(self, session: Session, alarm_id: int, fence: int) -> None:
        """Fire an alarm that is still ours. The ticket is locked first, as every verb does, so that none waits."""
        ticket_id = session.execute(
            sa.select(Alarm.ticket_id).where(Alarm.id == alarm_id)
        ).scalar_one_or_none()
        if ticket_id is None:
            return
        ticket = locked(session, ticket_id)
        if leases.held(session, Alarm, alarm_id, fence):
            fire(session, self.head, ticket, session.get_one(Alarm, alarm_id), at=self.now())


def fire(session: Session, head: Letterhead, ticket: Ticket, alarm: Alarm, *, at: datetime) -> bool:
    """Fire one alarm of a locked ticket after looking again whether it still is owed; False where it is not."""
    due = owing.look(session, head, ticket, alarm, at=at)
    if due is None:
        finish(session, head, ticket, [], at=at)
        return False
    done = ACTS[due.plan.owed](session, head, due)
    finish(session, head, ticket, done.entries, status=done.status, at=at)
    return True
