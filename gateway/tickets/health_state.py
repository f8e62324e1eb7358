"""An AWS Health event as one customer meets it now, and as they were told of it last.

Shape of what the log keeps with each AWS_HEALTH entry: `what` (opened, changed, closed, reopened, due, fanned),
`event` (the row's number), and, but for due and fanned: `status`, `priority`, `accounts`, `states` (count by state),
`resources` (a digest of them), `added` and `gone` (accounts since the last entry), `planned`, `message` (AWS's words
that came with it), and `seconds` that it lasted where it is over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain import health_text, impact
from gateway.domain.impact import Affected, Category, Event, Impact, Status
from gateway.domain.lifecycle import EventKind
from gateway.domain.terms import Priority
from gateway.store.models import HealthEvent, HealthTicket, Message
from gateway.store.queries import health
from gateway.tickets import log


@dataclass(frozen=True, slots=True)
class Situation:
    """What there is to tell. Shape: `row` is locked; `digest` covers all a customer would be told."""

    row: HealthTicket
    event: Event
    accounts: tuple[Affected, ...]
    impact: Impact
    digest: str

    @property
    def over(self) -> bool:
        """Whether it is over for this customer."""
        return self.impact.status is Status.CLOSED

    @property
    def planned_at(self) -> datetime | None:
        """When a scheduled change begins."""
        return self.event.starts_at if self.event.category == Category.SCHEDULED_CHANGE else None

    def wanted(self, at: datetime) -> bool:
        """Whether it is one for a ticket."""
        return impact.wants_ticket(self.event, self.accounts, at=at)


@dataclass(frozen=True, slots=True)
class Told:
    """What a ticket said of its event last. Shape: `entries` counts what it said so far; `texts` are AWS's words."""

    status: str = ""
    priority: Priority = Priority.LOW
    accounts: tuple[str, ...] = ()
    states: Mapping[str, int] = field(default_factory=dict)
    resources: str = ""
    planned_at: datetime | None = None
    entries: int = 0
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What is new. Shape: `text` is the part of AWS's words that was not told."""

    text: str = ""
    status: str = ""
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    resources: bool = False
    planned: bool = False

    @property
    def anything(self) -> bool:
        """Whether there is anything worth a word."""
        return bool(self.text or self.status or self.added or self.gone or self.resources or self.planned)


def now(session: Session, event_id: int, customer_id: int, *, at: datetime) -> Situation:
    """How things stand, with the customer's row of the event locked."""
    row = health.meet(session, event_id, customer_id)
    stored = session.get_one(HealthEvent, event_id, populate_existing=True)
    return situation(session, row, stored, at=at)


def situation(session: Session, row: HealthTicket, stored: HealthEvent, *, at: datetime) -> Situation:
    """How an event stands for a customer."""
    event = health.event_of(stored)
    accounts = tuple(health.affected(session, stored.id, row.customer_id))
    requests = [each for each in health.requests(session, row.customer_id) if each.ticket_id != row.ticket_id]
    assessed = impact.impact(event, accounts, requests, at=at)
    return Situation(row, event, accounts, assessed, health_text.digest(event, accounts))


def told(session: Session, ticket_id: int, event_id: int) -> Told:
    """What a ticket said of an event so far."""
    said = [
        each.data
        for each in log.events(session, ticket_id)
        if each.kind is EventKind.AWS_HEALTH and each.data.get("event") == event_id and "status" in each.data
    ]
    if not said:
        return Told()
    last, ids = said[-1], [each["message"] for each in said if each.get("message")]
    texts = session.scalars(sa.select(Message.text).where(Message.id.in_(ids)).order_by(Message.id)).all()
    return Told(
        status=str(last["status"]),
        priority=Priority(str(last["priority"])),
        accounts=tuple(str(each) for each in _sequence(last["accounts"])),
        states=_counts(last["states"]),
        resources=str(last.get("resources", "")),
        planned_at=datetime.fromisoformat(str(last["planned"])) if last.get("planned") else None,
        entries=len(said),
        texts=tuple(texts),
    )


def difference(current: Situation, before: Told) -> Difference:
    """What a customer does not know yet."""
    accounts = current.impact.accounts
    return Difference(
        text=health_text.added(current.event.description, before.texts),
        status=str(current.impact.status) if current.impact.status != before.status else "",
        added=tuple(each for each in accounts if each not in before.accounts),
        gone=tuple(each for each in before.accounts if each not in accounts),
        resources=health_text.resources(current.accounts) != before.resources,
        planned=current.planned_at != before.planned_at,
    )


def data(current: Situation, what: str, *, new: Difference, message_id: int | None,
         at: datetime) -> dict[str, object]:  # fmt: skip
    """What the log keeps of a telling."""
    found = current.impact
    lasted = found.lasted(at) if current.over else None
    planned = current.planned_at.astimezone(UTC).isoformat() if current.planned_at else None
    said: dict[str, object] = {
        "what": what,
        "event": current.row.event_id,
        "status": str(found.status),
        "priority": str(found.priority),
        "accounts": list(found.accounts),
        "states": dict(found.states),
        "resources": health_text.resources(current.accounts),
        "added": list(new.added),
        "gone": list(new.gone),
        "planned": planned,
    }
    if message_id:
        said["message"] = message_id
    return said | ({"seconds": int(lasted.total_seconds())} if lasted is not None else {})


def _sequence(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _counts(value: object) -> dict[str, int]:
    items: Mapping[Any, Any] = value if isinstance(value, Mapping) else {}
    return {str(state): int(count) for state, count in items.items()}
