"""What AWS told of and did for a customer in a stretch of time: Health events and Support cases (P6, P7)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from gateway.reporting.figures import MOST_LINES, CaseLine, HealthLine
from gateway.store.queries import reporting_aws
from gateway.store.queries.attainment import Window
from gateway.store.queries.reporting_aws import Touched


def health(session: Session, window: Window) -> tuple[tuple[HealthLine, ...], int]:
    """The Health events that concerned the customer in a window, by beginning, and how many more there are.

    Shape: those with a ticket or with an account of theirs; accounts and resources are the customer's own.
    """
    rows = reporting_aws.health(session, window)
    shown = rows[:MOST_LINES]
    touched = reporting_aws.touched(session, window.customer_id, [row.id for row in shown])
    return tuple(_event(row, touched.get(row.id, Touched())) for row in shown), len(rows) - len(shown)


def cases(session: Session, window: Window) -> tuple[tuple[CaseLine, ...], int]:
    """The Support cases opened, or not over, in a window, the oldest first, and how many more there are."""
    rows = reporting_aws.cases(session, window)
    return tuple(CaseLine(*row) for row in rows[:MOST_LINES]), max(len(rows) - MOST_LINES, 0)


def _event(row: Any, touched: Touched) -> HealthLine:
    return HealthLine(
        service=row.service,
        region=row.region,
        code=row.type_code,
        category=row.category,
        status=row.status,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        accounts=touched.accounts,
        entities=touched.entities,
        ticket_id=row.ticket_id,
    )
