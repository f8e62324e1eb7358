"""What is asked of time that does not count: proofs, claims nobody has decided, clocks that rest now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from gateway.domain.counting import Interval, merged
from gateway.domain.exclusions import exclusions
from gateway.domain.lifecycle import LIVE, Event, EventKind, Status
from gateway.store.models import Appointment, NoticeIssue, NoticeLetter, Ticket, TicketEvent, table

_entries = table(TicketEvent).c
_SAID = (_entries.ticket_id, _entries.kind, _entries.at, _entries.recorded_at, _entries.actor, _entries.data)

REVIEW = "exclusion"
"""What the appointments of undecided claims are called; their key is `TICKET:ID`, as `1042:x1`."""


def names_customer(session: Session, notice_id: int, customer_id: int | None) -> bool:
    """Whether a notice was told to a customer."""
    if not notice_id or customer_id is None:
        return False
    told = (
        sa.select(NoticeLetter.id)
        .join(NoticeIssue, NoticeIssue.id == NoticeLetter.issue_id)
        .where(NoticeIssue.notice_id == notice_id, NoticeLetter.customer_id == customer_id)
    )
    return session.execute(told.limit(1)).first() is not None


def resting(session: Session, tickets: Iterable[Ticket]) -> dict[int, Interval]:
    """Which of these tickets have clocks that rest now, since when and why.

    Shape: reads the log of those alone that wait for the customer or have excluded time.
    """
    live = {row.id: row.status for row in tickets if row.status in LIVE}
    entered = sa.select(_entries.ticket_id).where(
        _entries.ticket_id.in_(live), _entries.kind == EventKind.EXCLUDED
    )
    wanted = {key for key, status in live.items() if status == Status.WAITING_CUSTOMER}
    wanted |= set(session.scalars(entered))
    logs: dict[int, list[Event]] = {}
    rows = sa.select(*_SAID).where(_entries.ticket_id.in_(wanted)).order_by(_entries.ticket_id, _entries.seq)
    for row in session.execute(rows) if wanted else ():
        event = Event(EventKind(row.kind), row.at, row.recorded_at, row.actor, row.data)
        logs.setdefault(row.ticket_id, []).append(event)
    found = {}
    for key, events in logs.items():
        counting = merged(each.interval for each in exclusions(events) if each.counts)
        if counting and counting[-1].end is None:
            found[key] = counting[-1]
    return found


def undecided(session: Session, *, limit: int = 200) -> Sequence[tuple[Ticket, list[str]]]:
    """Tickets with proposals nobody has decided and exclusions under review, with the ids of those, by ticket."""
    keys = session.scalars(
        sa.select(Appointment.key).where(Appointment.what == REVIEW).order_by(Appointment.id).limit(limit)
    ).all()
    wanted: dict[int, list[str]] = {}
    for ticket_id, _, name in (key.partition(":") for key in keys):
        wanted.setdefault(int(ticket_id), []).append(name)
    found = sa.select(Ticket).where(Ticket.id.in_(wanted)).options(joinedload(Ticket.customer))
    return [(row, wanted[row.id]) for row in session.scalars(found.order_by(Ticket.id))]


def count_undecided(session: Session) -> int:
    """How many proposals and contested exclusions wait for a decision."""
    return session.scalar(sa.select(sa.func.count()).where(Appointment.what == REVIEW)) or 0
