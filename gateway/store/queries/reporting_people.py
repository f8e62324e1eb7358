"""What each engineer did in a stretch of time: tickets given to them, resolved, and letters written to customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.lifecycle import EventKind
from gateway.store.models import Direction, Engineer, Message, Ticket, TicketEvent, table
from gateway.store.models.ticket import LIVE_STATUSES
from gateway.store.queries.reporting import LISTED, SINCE, UNTIL

_tickets, _log, _messages = table(Ticket).c, table(TicketEvent).c, table(Message).c
_MOVED: Final = sa.and_(LISTED, _tickets.changed_at >= SINCE, _tickets.opened_at < UNTIL)
_OPEN: Final = (
    sa.select(_tickets.assignee_id, sa.func.count())
    .where(sa.text(LIVE_STATUSES), _tickets.assignee_id.is_not(None))
    .group_by(_tickets.assignee_id)
)
_RESOLVED: Final = (
    sa.select(_tickets.assignee_id, sa.func.count())
    .where(_MOVED, _tickets.resolved_at >= SINCE, _tickets.resolved_at < UNTIL)
    .where(_tickets.assignee_id.is_not(None))
    .group_by(_tickets.assignee_id)
)
_TO: Final = _log.data["to"].as_integer()
_ASSIGNED: Final = (
    sa.select(_TO.label("engineer"), sa.func.count())
    .select_from(table(TicketEvent).join(table(Ticket), _tickets.id == _log.ticket_id))
    .where(_MOVED, _log.kind == EventKind.ASSIGNED, _log.at >= SINCE, _log.at < UNTIL)
    .group_by(sa.text("engineer"))
)
_REPLIES: Final = (
    sa.select(_messages.engineer_id, sa.func.count())
    .select_from(table(Message).join(table(Ticket), _tickets.id == _messages.ticket_id))
    .where(_MOVED, _messages.direction == Direction.OUTBOUND, _messages.engineer_id.is_not(None))
    .where(_messages.at >= SINCE, _messages.at < UNTIL)
    .group_by(_messages.engineer_id)
)


@dataclass(frozen=True, slots=True)
class Work:
    """What engineers did, by their identity. Shape: `open_now` is as known now."""

    open_now: dict[int, int]
    assigned: dict[int, int]
    resolved: dict[int, int]
    replies: dict[int, int]


def work(session: Session, since: datetime, until: datetime) -> Work:
    """What each engineer did from an instant on, before another; a ticket's resolution is that of who has it."""
    told = {"since": since, "until": until}
    return Work(
        open_now=_counts(session, _OPEN, {}),
        assigned=_counts(session, _ASSIGNED, told),
        resolved=_counts(session, _RESOLVED, told),
        replies=_counts(session, _REPLIES, told),
    )


def engineers(session: Session) -> Sequence[Engineer]:
    """Everybody of the provider, by name."""
    return session.scalars(sa.select(Engineer).order_by(Engineer.name, Engineer.id)).all()


def _counts(session: Session, wanted: Any, told: dict[str, Any]) -> dict[int, int]:
    return {row[0]: row[1] for row in session.execute(wanted, told) if row[0] is not None}
