"""What the work of a stretch of time was: what tickets were about, who resolved them, which came back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.lifecycle import EventKind, Status
from gateway.store.models import Ticket, TicketEvent, table
from gateway.store.queries.attainment import COUNTS, VIOLATED_AT, Window
from gateway.store.queries.reporting import IN_PLAY, LISTED, SINCE, STREAMED, UNTIL, told

_tickets, _log = table(Ticket).c, table(TicketEvent).c
_OPENED: Final = sa.select(
    _tickets.id,
    _tickets.subject,
    _tickets.priority,
    _tickets.service,
    _tickets.kind,
    _tickets.aws_services,
    sa.and_(VIOLATED_AT.is_not(None), COUNTS).label("breached"),
).where(IN_PLAY, LISTED, _tickets.opened_at >= SINCE)
_RESOLVERS: Final = (
    sa.select(sa.func.count())
    .where(IN_PLAY, LISTED, _tickets.resolved_at >= SINCE, _tickets.resolved_at < UNTIL)
    .where(_tickets.assignee_id.is_not(None))
    .group_by(_tickets.assignee_id)
)
_REOPENED: Final = (
    sa.select(sa.func.count())
    .select_from(table(TicketEvent).join(table(Ticket), _tickets.id == _log.ticket_id))
    .where(
        IN_PLAY,
        LISTED,
        _tickets.changed_at >= SINCE,
        _log.kind == EventKind.STATUS,
        _log.at >= SINCE,
        _log.at < UNTIL,
        _log.data["from"].as_string() == Status.RESOLVED,
        _log.data["to"].as_string().not_in((Status.RESOLVED, Status.CLOSED)),
    )
)


def opened(session: Session, window: Window, at: datetime) -> Iterator[Any]:
    """The tickets opened in a window.

    Shape: rows of id, subject, priority, service, kind, aws_services and whether it is violated as known at an
    instant (breached), in no order.
    """
    yield from session.execute(_OPENED, told(window) | {"at": at}, execution_options=STREAMED)


def resolvers(session: Session, window: Window) -> list[int]:
    """How many tickets resolved in a window each engineer has, the most first."""
    return sorted(session.scalars(_RESOLVERS, told(window)), reverse=True)


def reopened(session: Session, window: Window) -> int:
    """How often a resolved ticket came back in a window."""
    return session.scalar(_REOPENED, told(window)) or 0
