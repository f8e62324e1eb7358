"""The tickets a report is about: those a customer had at any instant of a stretch of time, in narrow rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.lifecycle import EventKind, Status
from gateway.store.models import Engineer, Ticket, TicketEvent, table
from gateway.store.models.columns import Instant
from gateway.store.queries.attainment import Window

STREAMED: Final = {"yield_per": 2000}
"""Rows are taken from the database so many at a time, so that a month of very many tickets needs no more memory."""
_AT_ONCE: Final = 500
_tickets, _log, _people = table(Ticket).c, table(TicketEvent).c, table(Engineer).c
SINCE: Final = sa.bindparam("since", type_=Instant())
UNTIL: Final = sa.bindparam("until", type_=Instant())
_same = table(Ticket).alias("same").c


def _there(at: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """A customer's tickets that were not closed before an instant; each half walks its part of one index."""
    halves = (_same.closed_at >= at, _same.closed_at.is_(None))
    of_customer = _same.customer_id == sa.bindparam("customer_id")
    return _tickets.id.in_(sa.union_all(*(sa.select(_same.id).where(of_customer, each) for each in halves)))


IN_PLAY: Final = sa.and_(_there(SINCE), _tickets.opened_at < UNTIL)
"""Not closed before the stretch and opened before its end."""
LISTED: Final = sa.and_(
    _tickets.origin.not_in(("probe", "ourselves")), _tickets.discounted.not_in(("spam", "merged"))
)
"""What a report lists and counts as work: neither spam nor what stands under another number."""
TIMED: Final = sa.and_(_tickets.origin == "customer", _tickets.discounted == "")
"""Whose first response and resolution count among the times."""
_LIFE: Final = sa.select(
    _tickets.id,
    _tickets.priority,
    _tickets.opened_at,
    _tickets.first_response_at,
    _tickets.first_response_due_at,
    _tickets.resolved_at,
    _tickets.closed_at,
    _tickets.rests_since,
    TIMED.label("timed"),
)
_LIVES: Final = _LIFE.where(IN_PLAY, LISTED)
_HAPPENED: Final = (
    sa.select(_log.ticket_id, _log.kind, _log.data)
    .join(table(Ticket), _tickets.id == _log.ticket_id)
    .where(
        IN_PLAY,
        LISTED,
        _tickets.changed_at >= SINCE,
        _log.kind.in_((EventKind.OPENED, EventKind.REPLY, EventKind.STATUS)),
        _log.at >= SINCE,
        _log.at < UNTIL,
    )
    .order_by(_log.ticket_id, _log.seq)
)
_LINES: Final = sa.select(
    _tickets.id,
    _tickets.subject,
    _tickets.priority,
    _tickets.status,
    _tickets.opened_at,
    _tickets.changed_at,
    _tickets.first_response_at,
    _tickets.first_response_due_at,
    _tickets.resolution_due_at,
    _tickets.rests_since,
    sa.func.coalesce(_people.name, "").label("assignee"),
).select_from(table(Ticket).outerjoin(table(Engineer), _people.id == _tickets.assignee_id))
_OPEN_AT_END: Final = (
    _LINES.where(
        _there(UNTIL),
        _tickets.opened_at < UNTIL,
        LISTED,
    )
    .order_by(_tickets.status == Status.RESOLVED, _tickets.next_due_at, _tickets.id)
    .limit(sa.bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket as lists of a report tell it. Shape: as the columns of `Ticket`."""

    id: int
    subject: str
    priority: str
    status: str
    opened_at: datetime
    changed_at: datetime
    first_response_at: datetime | None
    first_response_due_at: datetime
    resolution_due_at: datetime
    rests_since: datetime | None
    assignee: str


def told(window: Window) -> dict[str, Any]:
    """A window as statements here take it."""
    return {"customer_id": window.customer_id, "since": window.since, "until": window.until}


def lives(session: Session, window: Window) -> Iterator[Any]:
    """The tickets of a window, each with the instants of its life.

    Shape: rows of id, priority, opened_at, first_response_at, first_response_due_at, resolved_at, closed_at,
    rests_since, timed, in no order.
    """
    yield from session.execute(_LIVES, told(window), execution_options=STREAMED)


def lives_of(session: Session, ticket_ids: Iterable[int]) -> Iterator[Any]:
    """The same of some tickets by number."""
    rest = list(ticket_ids)
    for start in range(0, len(rest), _AT_ONCE):
        yield from session.execute(_LIFE.where(_tickets.id.in_(rest[start : start + _AT_ONCE])))


def happened(session: Session, window: Window) -> Iterator[Any]:
    """What happened to which ticket in a window: openings, replies, changes of status, by ticket and in order."""
    yield from session.execute(_HAPPENED, told(window), execution_options=STREAMED)


def lines(session: Session, ticket_ids: Sequence[int]) -> dict[int, Line]:
    """Some tickets by number."""
    rows = session.execute(_LINES.where(_tickets.id.in_(ticket_ids)))
    return {row.id: Line(*row) for row in rows}


def open_at_end(session: Session, window: Window, *, most: int) -> list[Line]:
    """The tickets not closed at a window's end: what is due first in front, what only waits for an answer last."""
    return [Line(*row) for row in session.execute(_OPEN_AT_END, told(window) | {"most": most})]


def statuses_at(session: Session, ticket_ids: Sequence[int], at: datetime) -> dict[int, str]:
    """The status of some tickets at an instant, where their logs tell of one before it."""
    wanted = (
        sa.select(_log.ticket_id, _log.data)
        .where(_log.ticket_id.in_(ticket_ids), _log.kind == EventKind.STATUS, _log.at < at)
        .order_by(_log.ticket_id, _log.seq)
    )
    return {row.ticket_id: str(row.data["to"]) for row in session.execute(wanted)}


def names(session: Session, engineer_ids: Sequence[int]) -> dict[int, str]:
    """The names of some engineers."""
    wanted = sa.select(_people.id, _people.name).where(_people.id.in_(engineer_ids))
    return {row.id: row.name for row in session.execute(wanted)}
