"""Contracts whose reports nobody gets, and reports that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import i18n
from gateway.domain import agreed_dates
from gateway.store.models import Contact, Contract, Reach, ReportPlan, StoredReport
from gateway.store.queries import agreements


def contracts_without(session: Session, at: datetime) -> list[str]:
    """The numbers of contracts in effect that name no recipient and whose customer has no manager either."""
    managed = set(session.scalars(sa.select(Contact.customer_id).where(Contact.role == Reach.MANAGER)))
    known = plans(session)
    by_number: dict[str, list[Contract]] = {}
    for version, customer in agreements.all_versions(session):
        if customer.active and customer.id not in managed:
            by_number.setdefault(version.number, []).append(version)
    return [
        number
        for number, versions in by_number.items()
        if _in_effect(versions, at) and _wanted(known.get(number))
    ]


def waiting(session: Session, since: datetime) -> int:
    """How many reports have waited from an instant on, or longer."""
    late = StoredReport.due_at.is_not(None), StoredReport.produced_at <= since
    return session.execute(sa.select(sa.func.count()).select_from(StoredReport).where(*late)).scalar_one()


def plans(session: Session) -> dict[str, ReportPlan]:
    """What was agreed about reports, by the contract's number."""
    return {row.contract_number: row for row in session.scalars(sa.select(ReportPlan))}


def _wanted(plan: ReportPlan | None) -> bool:
    """Whether any report is to be sent that nobody is named for."""
    return plan is None or (not plan.recipients and (plan.daily or plan.weekly or plan.monthly))


def _in_effect(versions: Sequence[Contract], at: datetime) -> bool:
    zone = i18n.time_zone(agreed_dates.latest(versions).time_zone)
    return agreed_dates.in_effect(versions, at.astimezone(zone).date()) is not None
