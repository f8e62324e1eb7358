"""What a report says of targets missed and of time that did not count: breaches, and logs that exclude time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.lifecycle import Event, EventKind, Status
from gateway.domain.terms import Target
from gateway.store.models import Ticket, TicketEvent, table
from gateway.store.queries.attainment import COUNTS, FIRST_LATE, RESOLUTION_LATE, Window
from gateway.store.queries.reporting import IN_PLAY, SINCE, STREAMED, UNTIL, told

_tickets, _log = table(Ticket).c, table(TicketEvent).c
_other = table(TicketEvent).alias("other").c
_MOVES: Final = _other.data["to"].as_string()
_CAUSE: Final = _other.data["cause"].as_string()
_EXCLUDES: Final = sa.or_(
    _other.kind == EventKind.EXCLUDED,
    sa.and_(
        _other.kind == EventKind.STATUS,
        sa.or_(_MOVES == Status.WAITING_CUSTOMER, _CAUSE.in_(("not-fixed", "customer"))),
    ),
)
"""The entries without which no time of a ticket is excluded; `domain.exclusions` says which of them do."""
_READ: Final = (
    EventKind.STATUS, EventKind.REPLY, EventKind.REPLY_REFUSED, EventKind.CUSTOMER_MESSAGE, EventKind.EXCLUDED,
    EventKind.EXCLUSION_ENDED, EventKind.EXCLUSION_STRUCK, EventKind.EXCLUSION_CONTESTED, EventKind.EXCLUSION_UPHELD,
)  # fmt: skip
_LOGS: Final = (
    sa.select(
        _log.ticket_id, _log.kind, _log.at, _log.recorded_at, _log.actor, _log.data, _tickets.opened_at,
        _tickets.first_response_at, _tickets.resolved_at, (_tickets.discounted == "").label("timed"),
    )
    .join(table(Ticket), _tickets.id == _log.ticket_id)
    .where(
        IN_PLAY,
        _tickets.origin == "customer",
        _tickets.discounted.in_(("", "withdrawn")),
        _log.kind.in_(_READ),
        sa.exists().where(_other.ticket_id == _tickets.id, _EXCLUDES),
    )
    .order_by(_log.ticket_id, _log.seq)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Log:
    """What a ticket's log says of excluded time, with the instants of its life."""

    ticket_id: int
    opened_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    timed: bool
    events: list[Event]


def logs(session: Session, window: Window) -> Iterator[Log]:
    """The logs of a window's tickets that may exclude time, by ticket, one after the other."""
    rows = session.execute(_LOGS, told(window), execution_options=STREAMED)
    for ticket_id, entries in groupby(rows, attrgetter("ticket_id")):
        events, row = [], None
        for row in entries:
            events.append(Event(EventKind(row.kind), row.at, row.recorded_at, row.actor, row.data))
        if row is not None:
            yield Log(ticket_id, row.opened_at, row.first_response_at, row.resolved_at, row.timed, events)


@dataclass(frozen=True, slots=True)
class Missed:
    """A target that was missed, of a ticket opened under a version of a contract."""

    ticket_id: int
    subject: str
    priority: str
    contract_id: int | None
    due_at: datetime
    met_at: datetime | None
    closed_at: datetime | None
    target: Target


_TARGETS: Final[tuple[tuple[Target, Any, Any], ...]] = (
    (Target.FIRST_RESPONSE, FIRST_LATE, _tickets.first_response_at),
    (Target.RESOLUTION, RESOLUTION_LATE, _tickets.resolved_at),
)
_DUE: Final = {
    Target.FIRST_RESPONSE: _tickets.first_response_due_at,
    Target.RESOLUTION: _tickets.resolution_due_at,
}


def missed(session: Session, window: Window, at: datetime, *, most: int) -> tuple[list[Missed], int]:
    """The targets missed in a window by their due instants, the first `most`, and how many there are in all.

    Shape: of tickets that count (P12), as they stand at an instant.
    """
    found, count = [], 0
    for target, late, met in _TARGETS:
        conditions = (
            _tickets.customer_id == sa.bindparam("customer_id"),
            _DUE[target] >= SINCE,
            _DUE[target] < UNTIL,
            late.is_not(None),
            COUNTS,
        )
        values = told(window) | {"at": at}
        count += (
            session.scalar(sa.select(sa.func.count()).select_from(table(Ticket)).where(*conditions), values)
            or 0
        )
        wanted = sa.select(
            _tickets.id, _tickets.subject, _tickets.priority, _tickets.contract_id, _DUE[target], met,
            _tickets.closed_at,
        ).where(*conditions)  # fmt: skip
        rows = session.execute(wanted.order_by(_DUE[target], _tickets.id).limit(most), values)
        found += [Missed(*row, target) for row in rows]
    found.sort(key=lambda each: (each.due_at, each.ticket_id, each.target))
    return found[:most], count
