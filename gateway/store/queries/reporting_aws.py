"""What a report says of AWS: Health events and Support cases of one customer in a stretch of time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store.models import AwsAccount, AwsCase, HealthEvent, HealthImpact, HealthTicket, Ticket, table
from gateway.store.models.columns import Instant
from gateway.store.queries.attainment import Window
from gateway.store.queries.cases import OVER
from gateway.store.queries.reporting import SINCE, UNTIL, told

_events, _met, _hit = table(HealthEvent).c, table(HealthTicket).c, table(HealthImpact).c
_cases, _accounts, _tickets = table(AwsCase).c, table(AwsAccount).c, table(Ticket).c
_OURS: Final[sa.BindParameter[int]] = sa.bindparam("customer_id")
_BEGINS: Final = sa.func.coalesce(_events.starts_at, _events.first_seen_at, type_=Instant())
_ENDED: Final = sa.func.coalesce(
    _events.ends_at, sa.case((_events.status == "closed", _events.updated_at)), type_=Instant()
)
_NAMED: Final = (
    sa.exists()
    .where(_hit.event_id == _events.id, _hit.account_id == _accounts.account_id)
    .where(_accounts.customer_id == _OURS)
)
_HEALTH: Final = (
    sa.select(
        _events.id, _events.service, _events.region, _events.type_code, _events.category, _events.status,
        _events.starts_at, _events.ends_at, _met.ticket_id,
    )
    .select_from(table(HealthTicket).join(table(HealthEvent), _events.id == _met.event_id))
    .where(
        _met.customer_id == _OURS,
        sa.or_(_met.ticket_id.is_not(None), _NAMED),
        sa.or_(
            sa.and_(_BEGINS < UNTIL, sa.or_(_ENDED.is_(None), _ENDED >= SINCE)),
            sa.and_(_events.first_seen_at >= SINCE, _events.first_seen_at < UNTIL),
        ),
    )
    .order_by(_BEGINS, _events.id)
)  # fmt: skip
_IMPACTS: Final = (
    sa.select(_hit.event_id, _hit.entities)
    .select_from(table(HealthImpact).join(table(AwsAccount), _accounts.account_id == _hit.account_id))
    .where(_accounts.customer_id == _OURS, _hit.event_id.in_(sa.bindparam("events", expanding=True)))
)
_CASES: Final = (
    sa.select(
        _cases.display_id, _cases.account_id, _accounts.name.label("account"), _cases.subject, _cases.severity,
        _cases.status, _cases.opened_at, _cases.resolved_at, _cases.ticket_id,
    )
    .select_from(table(AwsCase).join(table(AwsAccount), _accounts.account_id == _cases.account_id))
    .where(
        _accounts.customer_id == _OURS,
        _cases.opened_at < UNTIL,
        sa.or_(
            _cases.opened_at >= SINCE,
            _cases.resolved_at >= SINCE,
            sa.and_(_cases.resolved_at.is_(None), _cases.status.not_in(OVER)),
        ),
    )
    .order_by(_cases.opened_at, _cases.id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Touched:
    """How much of one customer an event touches or touched."""

    accounts: int = 0
    entities: int = 0


def health(session: Session, window: Window) -> Sequence[Any]:
    """The Health events of a window that have a ticket of the customer or name an account of theirs, by beginning.

    Shape: rows of id, service, region, type_code, category, status, starts_at, ends_at, ticket_id; one that AWS told
    of within the window is in, whenever it begins.
    """
    return session.execute(_HEALTH, told(window)).all()


def touched(session: Session, customer_id: int, event_ids: Collection[int]) -> dict[int, Touched]:
    """The accounts of a customer that some events name, and their resources there, by event."""
    found: dict[int, Touched] = {}
    for row in session.execute(_IMPACTS, {"customer_id": customer_id, "events": list(event_ids)}):
        known = found.get(row.event_id, Touched())
        found[row.event_id] = Touched(known.accounts + 1, known.entities + len(row.entities))
    return found


def cases(session: Session, window: Window) -> Sequence[Any]:
    """The Support cases in a customer's accounts that were opened, or not over, in a window; the oldest first.

    Shape: rows of display_id, account_id, account, subject, severity, status, opened_at, resolved_at, ticket_id.
    """
    return session.execute(_CASES, told(window)).all()
