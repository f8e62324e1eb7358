"""Reports that were produced: which there are of a customer, a contract or management, and one of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from gateway.domain.periods import Kind
from gateway.store.models import Appointment, Outbox, StoredReport
from gateway.store.reports import APPOINTMENT

PAGE: Final = 50
_GATHERED: Final = StoredReport.figures.is_not(None)
"""A report that is due and whose figures are still to be gathered is shown to nobody."""


def listed(
    session: Session,
    *,
    customer_id: int | None = None,
    number: str | None = None,
    kind: Kind | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> Sequence[StoredReport]:
    """Reports without their figures, by the end of what they cover, the newest first, after a report of the list.

    Shape: `number` empty asks for management's; neither it nor a customer asks for all.
    """
    found = sa.select(StoredReport).where(_GATHERED)
    if customer_id is not None:
        found = found.where(StoredReport.customer_id == customer_id)
    if number is not None:
        found = found.where(StoredReport.contract_number == number)
    if kind is not None:
        found = found.where(StoredReport.kind == kind)
    if before is not None:
        found = found.where(_after(before))
    return session.scalars(
        found.order_by(StoredReport.last_on.desc(), StoredReport.id.desc()).limit(limit)
    ).all()


def of_customer(session: Session, customer_id: int, report_id: int) -> StoredReport | None:
    """A customer's report; None where there is none or it is somebody else's."""
    mine = StoredReport.customer_id == customer_id, StoredReport.contract_number != ""
    found: StoredReport | None = session.scalars(_whole(report_id).where(*mine)).first()
    return found


def of_management(session: Session, report_id: int) -> StoredReport | None:
    """One of management's reports."""
    own = _whole(report_id).where(StoredReport.kind == Kind.MANAGEMENT)
    found: StoredReport | None = session.scalars(own).first()
    return found


def _whole(report_id: int) -> sa.Select[Any]:
    """A report with its figures."""
    found = sa.select(StoredReport).where(StoredReport.id == report_id, _GATHERED)
    return found.options(undefer(StoredReport.figures))


def _after(report_id: int) -> sa.ColumnElement[bool]:
    """Whether a report stands after another one in the list."""
    last = sa.select(StoredReport.last_on).where(StoredReport.id == report_id).scalar_subquery()
    same = sa.and_(StoredReport.last_on == last, StoredReport.id < report_id)
    return sa.or_(StoredReport.last_on < last, same)


def owners_due(session: Session, at: datetime) -> Sequence[str]:
    """The contracts, and management, whose reports are to be looked at by an instant, the longest due first."""
    found = sa.select(Appointment.key).where(Appointment.what == APPOINTMENT, Appointment.due_at <= at)
    return session.scalars(found.order_by(Appointment.due_at, Appointment.key)).all()


def waiting(session: Session, at: datetime) -> int:
    """How many reports wait for figures or letters, by an instant or after a fault later."""
    found = sa.select(sa.func.count()).select_from(StoredReport).where(StoredReport.due_at.is_not(None))
    return session.scalar(found.where(sa.or_(StoredReport.due_at <= at, StoredReport.attempts > 0))) or 0


def told(session: Session, report_id: int) -> set[str]:
    """The addresses that letters of a report were put for."""
    found = sa.select(Outbox.recipients).where(Outbox.occasion.startswith(f"report:{report_id}:"))
    return {address for recipients in session.scalars(found) for address in recipients}
