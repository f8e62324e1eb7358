"""What a report says of targets missed and of time that did not count: breaches, and logs that exclude time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
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
    sa.select(_log.ticket_id, _log.kind, _log.at, _log.actor, _log.data)
    .join(table(Ticket), _tickets.id == _log.ticket_id)
    .where(
        IN_PLAY,
        _tickets.origin == "customer",
        _tickets.discounted.in_(("", "withdrawn")),
        _log.kind.in_(_READ),
        sa.exists().where(_other.ticket_id == _tickets.id, _EXCLUDES),
    )
    .order_by(_log.ticket_id, _log.seq)
)


def logs(session: Session, window: Window) -> Iterator[tuple[int, list[Event]]]:
    """What the logs of a window's tickets say of excluded time, one ticket after the other; most say nothing.

    Shape: only the entries that `domain.exclusions` reads; when they were recorded is left out, `at` stands for it.
    """
    rows = session.execute(_LOGS, told(window), execution_options=STREAMED)
    for ticket_id, entries in groupby(rows, itemgetter(0)):
        yield ticket_id, [Event(EventKind(kind), at, at, actor, data) for _, kind, at, actor, data in entries]


@dataclass(frozen=True, slots=True)
class Missed:
    """A target that was missed, of a ticket opened under a version of a contract."""

    target: Target
    ticket_id: int
    subject: str
    priority: str
    contract_id: int | None
    due_at: datetime
    met_at: datetime | None
    closed_at: datetime | None


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
        wanted = (
            sa.select(
                _tickets.id, _tickets.subject, _tickets.priority, _tickets.contract_id, _DUE[target], met,
                _tickets.closed_at, sa.func.count().over(),
            )
            .where(
                _tickets.customer_id == sa.bindparam("customer_id"),
                _DUE[target] >= SINCE,
                _DUE[target] < UNTIL,
                late.is_not(None),
                COUNTS,
            )
            .order_by(_DUE[target], _tickets.id)
            .limit(most)
        )  # fmt: skip
        rows = session.execute(wanted, told(window) | {"at": at}).all()
        found += [Missed(target, *row[:-1]) for row in rows]
        count += rows[0][-1] if rows else 0
    found.sort(key=lambda each: (each.due_at, each.ticket_id, each.target))
    return found[:most], count
