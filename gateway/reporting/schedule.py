"""Reports become due, each once: noted at an appointment, worked on by the slow queue (`posting`).

A contract's appointment is at the next instant at which one of its reports is due. When it is kept, everything due
from the appointment's own instant to now is noted: the newest daily and the newest weekly report, and every month
that was not noted yet. Nothing that was due before the contract's reports began (`ReportPlan.begins_at`) is made by
itself: they begin with the contract's import, or with the upgrade that brought reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain.periods import Kind, Period
from gateway.reporting import courses
from gateway.reporting.courses import Owner
from gateway.store import appointments, reports
from gateway.store.models import Customer
from gateway.tickets import NotFound
from gateway.tickets.letterhead import Letterhead

APPOINTMENT: Final = reports.APPOINTMENT
_MONTHS: Final = (Kind.MONTHLY, Kind.MANAGEMENT)


def schedule(session: Session, number: str, *, at: datetime) -> None:
    """Have a contract's reports made from now on; after any change of contract or plan, to look at it anew."""
    reports.begin(session, number, at)


def keep(session: Session, head: Letterhead, key: str, at: datetime) -> datetime | None:
    """Note the reports of a contract that are due, and tell when the next one is; None where there is none."""
    since = appointments.due_at(session, APPOINTMENT, key) or at
    plan = reports.ensure_plan(session, key, since)
    try:
        owner = courses.course_of(session, head, key)
    except NotFound:
        return None
    if key != reports.MANAGEMENT:
        _begin_management(session, at)
    if _served(session, owner):
        for period in _due(session, owner, since, at):
            reports.note(session, courses.wanted(session, owner, period), at, regular=True)
    else:
        plan.begins_at = at
        session.flush()
    nexts = (owner.times.next_at(kind, at) for kind in owner.kinds)
    return min((each for each in nexts if each is not None), default=None)


def _due(session: Session, owner: Owner, since: datetime, at: datetime) -> Iterator[Period]:
    """What is to be noted, months first: their credit freezes at the same instant."""
    begins_at = owner.plan.begins_at
    for kind in owner.kinds:
        if kind in _MONTHS:
            done = reports.noted(session, owner.number, kind, begins_at)
            yield from (each for each in owner.times.months(kind, begins_at, at) if each.last not in done)
    for kind in owner.kinds:
        if kind not in _MONTHS and (newest := owner.times.newest(kind, max(since, begins_at), at)):
            yield newest


def _served(session: Session, owner: Owner) -> bool:
    if owner.customer_id is None:
        return True
    customer = session.get(Customer, owner.customer_id)
    return customer is not None and customer.active


def _begin_management(session: Session, at: datetime) -> None:
    """The provider's own reports begin with those of the first contract."""
    reports.ensure_plan(session, reports.MANAGEMENT, at)
    appointments.ensure(session, APPOINTMENT, reports.MANAGEMENT, at)
