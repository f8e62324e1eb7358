"""Plans of reports, and the reports of which figures or letters are still to be made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.periods import Kind, Period
from gateway.domain.reporting_times import MONTHLY_DAY
from gateway.store import appointments, leases
from gateway.store.models import ReportPlan, StoredReport, database_now, either, table
from gateway.store.session import want_ring

QUEUE: Final = "slow"
APPOINTMENT: Final = "reports"
MANAGEMENT: Final = ""
"""Stands where a contract's number would, for the provider's own report."""
_plans, _rows = table(ReportPlan).c, table(StoredReport).c
_DEFAULTS: Final[dict[str, Any]] = {
    "recipients": [], "daily": True, "weekly": True, "monthly": True, "monthly_day": MONTHLY_DAY, "holidays": "",
}  # fmt: skip
_BEGIN: Final = either(
    lambda insert: insert(table(ReportPlan)).on_conflict_do_nothing(index_elements=["contract_number"])
)
_NOTE: Final = either(
    lambda insert: insert(table(StoredReport)).on_conflict_do_nothing(
        index_elements=["kind", "contract_number", "last_on"]
    )
)
CLAIM: Final = leases.claiming(
    StoredReport,
    due=(_rows.due_at.is_not(None), _rows.due_at <= leases.AT),
    order=_rows.due_at,
    index="ix_stored_report_waiting",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report to be: of which contract and customer, what period, what time exactly."""

    number: str
    customer_id: int | None
    period: Period
    since: datetime
    until: datetime

    def row(self, at: datetime) -> StoredReport:
        """The row, without figures."""
        return StoredReport(**self.values(at), figures=None, posted_at=None, regular=False)

    def values(self, at: datetime) -> dict[str, Any]:
        """What the row begins with."""
        return {
            "kind": str(self.period.kind),
            "contract_number": self.number,
            "customer_id": self.customer_id,
            "first_on": self.period.first,
            "last_on": self.period.last,
            "since": self.since,
            "until": self.until,
            "produced_at": at,
            "attempts": 0,
            "fence": 0,
        }


def defaults() -> dict[str, Any]:
    """What goes for a contract's reports where nothing was agreed."""
    return dict(_DEFAULTS, recipients=[])


def plan_of(session: Session, number: str) -> ReportPlan:
    """What was agreed about a contract's reports; where nothing was, a row that is not in the database."""
    found = session.scalars(sa.select(ReportPlan).where(ReportPlan.contract_number == number)).one_or_none()
    return found or ReportPlan(contract_number=number, **defaults())


def begin(session: Session, number: str, at: datetime) -> ReportPlan:
    """A contract's reports, which begin now unless they have begun; their appointment is looked at anew.

    One that is overdue is kept first as it is.
    """
    plan = ensure_plan(session, number, at)
    known = appointments.due_at(session, APPOINTMENT, number)
    if known is None or known > at:
        appointments.plan(session, APPOINTMENT, number, at)
    return plan


def ensure_plan(session: Session, number: str, at: datetime) -> ReportPlan:
    """A contract's plan as it is stored; with every default, and reports from an instant on, if none was."""
    values = {"contract_number": number, "begins_at": at, **_DEFAULTS}
    session.execute(_BEGIN[session.get_bind().dialect.name], values)
    return plan_of(session, number)


def find(session: Session, number: str, period: Period, *, locked: bool = False) -> StoredReport | None:
    """The stored report of a period."""
    wanted = sa.select(StoredReport).where(
        StoredReport.kind == period.kind,
        StoredReport.contract_number == number,
        StoredReport.last_on == period.last,
    )
    if locked:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return session.scalars(wanted).one_or_none()


def previous_until(session: Session, number: str, before: datetime) -> datetime | None:
    """Until when the newest daily report tells that was due by the contract and ended before an instant."""
    newest = sa.select(sa.func.max(_rows.until)).where(
        _rows.kind == Kind.DAILY, _rows.contract_number == number, _rows.regular, _rows.until < before
    )
    return session.execute(newest).scalar()


def note(session: Session, wanted: Wanted, at: datetime, *, regular: bool) -> None:
    """Have a report, once; a `regular` one is worked on by whoever drains the slow queue."""
    values = wanted.values(at) | {"regular": regular, "due_at": at if regular else None}
    session.execute(_NOTE[session.get_bind().dialect.name], values)
    if not regular:
        return
    asked_for = (
        _rows.kind == str(wanted.period.kind),
        _rows.contract_number == wanted.number,
        _rows.last_on == wanted.period.last,
        sa.not_(_rows.regular),
    )
    again = sa.update(StoredReport).where(*asked_for).values(regular=True, due_at=at)
    session.execute(again, execution_options={"synchronize_session": False})
    want_ring(session, QUEUE)


def noted(session: Session, number: str, kind: Kind, since: datetime) -> set[date]:
    """The last days of the periods of a kind that were noted as due, of those that ended 40 days before or later."""
    wanted = sa.select(_rows.last_on).where(
        _rows.kind == kind, _rows.contract_number == number, _rows.regular,
        _rows.last_on >= since.date() - timedelta(days=40),
    )  # fmt: skip
    return set(session.scalars(wanted))


def keep(session: Session, report_id: int, figures: str, *, since: datetime, until: datetime,
         at: datetime) -> bool:  # fmt: skip
    """Keep the figures of a report and the time they cover; False where some are kept already, which stay."""
    kept: Any = session.execute(
        sa.update(StoredReport)
        .where(_rows.id == report_id, _rows.figures.is_(None))
        .values(figures=figures, since=since, until=until, produced_at=at),
        execution_options={"synchronize_session": False},
    )
    return bool(kept.rowcount)


def rows(session: Session, report_ids: Sequence[int]) -> list[StoredReport]:
    """Reports by their ids, as they are now, in order of these."""
    wanted = sa.select(StoredReport).where(_rows.id.in_(report_ids))
    found = {row.id: row for row in session.scalars(wanted.execution_options(populate_existing=True))}
    return [found[each] for each in report_ids if each in found]


def posted(session: Session, report_id: int, at: datetime) -> None:
    """Note that a report's letters were put, and that nothing waits any more."""
    ended = {"due_at": None, "posted_at": at, "lease_owner": None, "lease_until": None}
    session.execute(sa.update(StoredReport).where(_rows.id == report_id).values(**ended))


def ask(session: Session, report_id: int, at: datetime) -> None:
    """Have a stored report's letters put, to those who have not got them; a person asked for it."""
    later = {"due_at": at, "attempts": 0, "lease_until": None, "fence": _rows.fence + 1}
    session.execute(sa.update(StoredReport).where(_rows.id == report_id).values(**later))
    want_ring(session, QUEUE)


def postpone(session: Session, report_id: int, at: datetime, *, longest: timedelta) -> None:
    """Try a report again after a while that doubles with each attempt."""
    attempts = session.execute(sa.select(_rows.attempts).where(_rows.id == report_id)).scalar_one()
    wait = min(timedelta(seconds=15) * 2 ** min(attempts, 20), longest)
    later = {"due_at": at + wait, "lease_owner": None, "lease_until": None}
    session.execute(sa.update(StoredReport).where(_rows.id == report_id).values(**later))


def give_back(session: Session, report_ids: Sequence[int]) -> None:
    """End the leases of reports that were not worked on."""
    freed = {"lease_owner": None, "lease_until": None}
    session.execute(sa.update(StoredReport).where(_rows.id.in_(report_ids)).values(**freed))


def due(session: Session, at: datetime) -> bool:
    """Whether figures or letters are due that nobody works on."""
    free = sa.or_(_rows.lease_until.is_(None), _rows.lease_until < database_now())
    wanted = sa.select(sa.literal(1)).where(_rows.due_at.is_not(None), _rows.due_at <= at, free)
    return session.execute(wanted.limit(1)).first() is not None
