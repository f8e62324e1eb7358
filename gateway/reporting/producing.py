"""A report of a period: told again as it was stored, or gathered and stored.

What is stored is the figures (`figures.Report`, `management_figures.Management`); words and pictures are made of them
anew each time. A month's figures are gathered after its credit is frozen, and so agree with it.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy.orm import Session

from gateway import credits
from gateway.domain import agreed_dates
from gateway.domain.periods import Kind, Period
from gateway.reporting import courses, gathering, gathering_management
from gateway.reporting.figures import Report
from gateway.reporting.management_figures import Management
from gateway.store import reports
from gateway.store.models import StoredReport
from gateway.store.reports import Wanted
from gateway.tickets import Refused
from gateway.tickets.letterhead import Letterhead


def produce(session: Session, head: Letterhead, number: str, period: Period, *, at: datetime) -> StoredReport:
    """The report of a period of a contract, or of the provider's own where the number is empty.

    One that is stored is told as it stands. One that was due by now is gathered and stored. One that is not due yet
    is gathered as things stand now and not stored: it has no `id`.
    Errors: NotFound; Refused for a period that has not begun, or that the contract does not cover.
    """
    stored = reports.find(session, number, period, locked=True)
    if stored is not None and stored.figures is not None:
        return stored
    course = courses.course_of(session, head, number)
    wanted = _checked(session, course, period, at)
    if stored is None and at < course.times.due_at(period):
        row = wanted.row(at)
        _fill(row, gathered(session, head, row, at=at), at)
        return row
    settle(session, head, number, period, at=at)
    reports.note(session, wanted, at, regular=False)
    row = reports.find(session, number, period, locked=True) or wanted.row(at)
    if row.figures is None:
        _fill(row, gathered(session, head, row, at=at), at)
        session.flush()
    return row


def settle(session: Session, head: Letterhead, number: str, period: Period, *, at: datetime) -> None:
    """Freeze the credit of a month that a report is about."""
    if period.kind is Kind.MONTHLY:
        credits.freeze(session, head, number, agreed_dates.month_of(period.first), at=at)


def gathered(session: Session, head: Letterhead, row: StoredReport, *, at: datetime) -> Report | Management:
    """The figures of a report as they are gathered now."""
    period = Period(Kind(row.kind), row.first_on, row.last_on)
    if period.kind is Kind.MANAGEMENT:
        return gathering_management.gather(session, period, provider=head.provider, zone=head.zone, at=at)
    since = row.since if period.kind is Kind.DAILY else None
    wanted = gathering.Wanted(period.kind, period, row.contract_number, head.provider, since)
    return gathering.gather(session, wanted, at=at)


def as_stored(told: Report | Management) -> str:
    """The figures as JSON, from which they are read back unchanged."""
    return msgspec.json.encode(told).decode()


def _fill(row: StoredReport, told: Report | Management, at: datetime) -> None:
    row.figures, row.produced_at = as_stored(told), at
    row.since, row.until = told.about.since, told.about.until


def report_of(row: StoredReport) -> Report:
    """The figures of a customer's report. Errors: LookupError while they are still to be gathered."""
    return msgspec.json.decode(_text(row), type=Report)


def management_of(row: StoredReport) -> Management:
    """The figures of the provider's own report. Errors: LookupError while they are still to be gathered."""
    return msgspec.json.decode(_text(row), type=Management)


def _text(row: StoredReport) -> str:
    if row.figures is None:
        raise LookupError(f"the figures of report {row.id} are not gathered yet")
    return row.figures


def _checked(session: Session, course: courses.Owner, period: Period, at: datetime) -> Wanted:
    """The report to be. Errors: Refused."""
    if not course.times.covers_any(period):
        raise Refused(f"the contract does not cover {period}")
    wanted = courses.wanted(session, course, period)
    if at <= wanted.since:
        raise Refused(f"{period} has not begun")
    return wanted
