"""A desk that makes reports: a clock, appointments kept, letters drawn by a stand-in that costs nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.appointments import Appointments
from gateway.domain.periods import Kind
from gateway.mail.letters import Letter
from gateway.reporting import schedule
from gateway.reporting.drawing import Drawn
from gateway.reporting.figures import Report
from gateway.reporting.management_figures import Management
from gateway.reporting.posting import Draw, Posting
from gateway.store import reports
from gateway.store.models import Appointment, Contact, Outbox, ReportPlan, StoredReport
from gateway.tickets.letterhead import Letterhead, Made
from tests.builders import a_customer
from tests.databases import Desk

NUMBER = "NQ-2026-014"
Transactions = Callable[[], AbstractContextManager[Session]]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def plainly(told: Report | Management, language: str, *, head: Letterhead, report_id: int) -> Drawn:
    """A letter that says which report it is."""
    text = f"{told.about.kind} {told.about.period} {language}"
    return Drawn(Made(Letter(text, text, f"<p>{text}</p>")))


class Office:
    """A desk with one customer of Singapore and a manager of theirs; instants are texts in UTC."""

    def __init__(self, desk: Desk, *, begins: str = "2026-03-02T00:00", **contract: object) -> None:
        self.desk, self.head = desk, desk.head
        customer = a_customer()
        customer.contacts.append(
            Contact(email="mei@harbour.example", name="Mei Tan", language="zh", role="manager")
        )
        for name, value in contract.items():
            setattr(customer.contracts[0], name, value)
        desk.add(customer)
        self.customer_id = customer.id
        with desk.services.transaction() as session:
            schedule.schedule(session, NUMBER, at=utc(begins))
        self.keep(begins)

    def plan(self, **changes: object) -> None:
        with self.desk.services.transaction() as session:
            row = session.scalars(sa.select(ReportPlan).where(ReportPlan.contract_number == NUMBER)).one()
            for name, value in changes.items():
                setattr(row, name, value)

    def keep(self, at: str) -> None:
        """Keep every appointment that is due."""
        self.desk.clock.at = utc(at)
        kept = Appointments(self.desk.services.transaction, self.head, "keeper", self.desk.clock,
                            {schedule.APPOINTMENT: schedule.keep})  # fmt: skip
        kept.drain(self.desk.clock.at + timedelta(seconds=5))

    def posting(
        self, owner: str = "poster", *, draw: Draw = plainly, transaction: Transactions | None = None
    ) -> Posting:
        services = self.desk.services
        return Posting(services.sessions, transaction or services.transaction, services.reading, self.head, owner,
                       self.desk.clock, draw)  # fmt: skip

    def post(self, at: str) -> None:
        """Make every report that waits."""
        self.desk.clock.at = utc(at)
        self.posting().drain(self.desk.clock.at + timedelta(seconds=5))

    def run(self, at: str) -> None:
        """What a desk does that is switched on at an instant."""
        self.keep(at)
        self.post(at)

    def rows(self) -> list[StoredReport]:
        with self.desk.services.reading() as session:
            wanted = sa.select(StoredReport).where(StoredReport.contract_number == NUMBER)
            return list(session.scalars(wanted.order_by(StoredReport.id)))

    def made(self, kind: Kind | None = None) -> list[str]:
        """The periods of which there are reports, in the order in which they were noted."""
        return [f"{row.kind} {row.last_on}" for row in self.rows() if kind in (None, row.kind)]

    def told(self) -> list[tuple[str, str]]:
        """Letters: to whom, about what."""
        with self.desk.services.reading() as session:
            wanted = sa.select(Outbox).where(Outbox.letter.startswith("report-")).order_by(Outbox.id)
            return [(row.recipients[0], row.subject) for row in session.scalars(wanted)]

    def next_at(self, number: str = NUMBER) -> datetime | None:
        with self.desk.services.reading() as session:
            wanted = sa.select(Appointment.due_at).where(
                Appointment.what == schedule.APPOINTMENT, Appointment.key == number
            )
            return session.execute(wanted).scalar_one_or_none()

    def forget_leases(self) -> None:
        """Time passes over what a killed process held."""
        with self.desk.services.transaction() as session:
            for rows in (StoredReport, Appointment):
                session.execute(sa.update(rows).values(lease_until=None))

    def stored_plan(self, number: str = NUMBER) -> ReportPlan:
        with self.desk.services.reading() as session:
            return reports.plan_of(session, number)
