"""Mail that does not leave: one Critical ticket about ourselves for each outage, closed when letters leave again.

The ticket is what people see, since the letters that would tell of it wait, too. An appointment looks once a minute;
while an outage lasts a second one carries its ticket's number.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.lifecycle import Status
from gateway.store import appointments
from gateway.store.models import Appointment
from gateway.store.queries import waiting
from gateway.store.queries.waiting import Backlog
from gateway.tickets import intake
from gateway.tickets.changes import finish, locked, status_entry
from gateway.tickets.letterhead import Letterhead

APPOINTMENT: Final = "outbox"
PERIOD: Final = timedelta(minutes=1)
PATIENCE: Final = timedelta(minutes=15)


def watch(session: Session, at: datetime) -> None:
    """Look from now on."""
    appointments.ensure(session, APPOINTMENT, "", at + PERIOD)


def keep(
    session: Session, head: Letterhead, key: str, at: datetime, *, patience: timedelta = PATIENCE
) -> datetime | None:
    """Open a ticket for an outage that has none, end one that is over, and name the next instant to look."""
    found = waiting.stuck(session, at, patience)
    if key:
        if found is None:
            _over(session, head, int(key), at)
            return None
        return at + PERIOD
    if found is not None and not _open(session):
        subject, text = _words(head, found, at)
        ticket_id = intake.open_about_ourselves(session, head, subject=subject, text=text, at=at)
        appointments.plan(session, APPOINTMENT, str(ticket_id), at + PERIOD)
    return at + PERIOD


def _open(session: Session) -> bool:
    """Whether an outage is known."""
    known = sa.select(Appointment.id).where(Appointment.what == APPOINTMENT, Appointment.key != "")
    return session.execute(known.limit(1)).first() is not None


def _over(session: Session, head: Letterhead, ticket_id: int, at: datetime) -> None:
    """Close the ticket, unless somebody has resolved or closed it."""
    ticket = locked(session, ticket_id)
    before = Status(ticket.status)
    if before in (Status.RESOLVED, Status.CLOSED):
        return
    words = "邮件已恢复发出" if head.language == "zh" else "letters leave again"
    entry = status_entry(before, Status.CLOSED, "over", by="system", at=at, words=words)
    finish(session, head, ticket, [entry], status=Status.CLOSED, at=at)


def _words(head: Letterhead, found: Backlog, at: datetime) -> tuple[str, str]:
    minutes = int((at - found.since).total_seconds() // 60)
    why = found.told or "-"
    if head.language == "zh":
        return (
            f"邮件已有 {minutes} 分钟无法发出",
            f"{found.letters} 封信件在等待发出,最早的一封已等待 {minutes} 分钟,期间没有任何信件发出。\n"
            f"最近一次答复:{why}\n信件不会丢失,恢复后会自动发出。客户此时收不到邮件,请用电话联系。"
            "请运行 helpdesk check。\n",
        )
    return (
        f"No mail has left for {minutes} minutes",
        f"{found.letters} letters wait, the oldest one for {minutes} minutes, and none has left meanwhile.\n"
        f"The last answer: {why}\nNothing is lost: they leave once the next server takes them. Customers get no mail "
        "until then, so call them. Run helpdesk check.\n",
    )
