"""Rows about reports: who gets a contract's reports and when, and the figures of each report that was produced."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.columns import Identity, Instant, Json, Row

WAITING = "due_at IS NOT NULL"


class ReportPlan(Row):
    """Who gets a contract's reports, and which; all but `begins_at` has a default.

    Shape: `recipients` are {email, language}, the language empty for the contract's; empty altogether they are the
    customer's contacts with the role manager. `monthly_day` is 1 to 5. `holidays` is a country whose working days
    count, empty for that of the contract's zone, `none` for Monday to Friday. Reports that were due before
    `begins_at` are not made by themselves.
    """

    __tablename__ = "report_plan"
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    contract_number: Mapped[str] = mapped_column(String(100), unique=True)
    recipients: Mapped[list[Any]] = mapped_column(Json, default=list)
    daily: Mapped[bool] = mapped_column(default=True, server_default=true())
    weekly: Mapped[bool] = mapped_column(default=True, server_default=true())
    monthly: Mapped[bool] = mapped_column(default=True, server_default=true())
    monthly_day: Mapped[int] = mapped_column(default=2, server_default="2")
    holidays: Mapped[str] = mapped_column(String(10), default="", server_default="")
    begins_at: Mapped[datetime] = mapped_column(Instant)


class StoredReport(Row):
    """A report of one period, each once: its figures as they were first gathered, told again unchanged ever after.

    Shape: `kind` is a `periods.Kind`; `contract_number` is empty and `customer_id` None in management's; the days
    and the time covered as in `figures.About`; `figures` are JSON, None until they are gathered, which `produced_at`
    tells the instant of. A `regular` one was due by the contract, not asked for by a person. `due_at` is when its
    figures and letters are next worked on, None where nothing waits; `posted_at` when its letters were put. Leases
    as in `store.leases`.
    """

    __tablename__ = "stored_report"
    __table_args__ = (
        UniqueConstraint("kind", "contract_number", "last_on"),
        Index("ix_stored_report_customer", "customer_id", "last_on"),
        Index("ix_stored_report_waiting", "due_at", "id", sqlite_where=text(WAITING),
              postgresql_where=text(WAITING)),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    contract_number: Mapped[str] = mapped_column(String(100), default="", server_default="")
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    since: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime] = mapped_column(Instant)
    produced_at: Mapped[datetime] = mapped_column(Instant)
    figures: Mapped[str | None] = mapped_column(Text)
    regular: Mapped[bool] = mapped_column(default=False, server_default=false())
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    posted_at: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    lease_owner: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    fence: Mapped[int] = mapped_column(default=0, server_default="0")
