"""Rows about service credits: frozen months with their tickets, corrections, disputes, and the contract's ledger.

Units: sums are whole smallest units of the currency, of which 10 to the power of `exponent` make the main unit; `fee`
is an exact fraction of them, as text.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum, unique
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.store.models.columns import Identity, Instant, Json, Row

PLACED = "now <> 'absent'"


@unique
class Verdict(StrEnum):
    """What became of a correction: against the customer it is proposed first."""

    APPLIED = "applied"
    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class CreditMonth(Row):
    """A month of a contract as it was frozen, once; the columns that end in `_now` follow its corrections.

    Shape: `first_on` is the month's first day; `bands` are [at least, discount] as texts of fractions.
    """

    __tablename__ = "credit_month"
    __table_args__ = (UniqueConstraint("contract_number", "first_on"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    contract_number: Mapped[str] = mapped_column(String(100))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    first_on: Mapped[date] = mapped_column(Date)
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    time_zone: Mapped[str] = mapped_column(String(64))
    currency: Mapped[str] = mapped_column(String(3))
    exponent: Mapped[int]
    fee: Mapped[str] = mapped_column(String(100))
    bands: Mapped[list[Any]] = mapped_column(Json)
    frozen_at: Mapped[datetime] = mapped_column(Instant)
    kept: Mapped[int]
    decided: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInteger)
    kept_now: Mapped[int]
    decided_now: Mapped[int]
    amount_now: Mapped[int] = mapped_column(BigInteger)


class CreditTicket(Row):
    """How a ticket counts in a month: `outcome` as frozen, `now` after corrections. It is counted in one at most."""

    __tablename__ = "credit_ticket"
    __table_args__ = (
        Index("uq_credit_ticket_placed", "ticket_id", unique=True, sqlite_where=text(PLACED),
              postgresql_where=text(PLACED)),
    )  # fmt: skip
    month_id: Mapped[int] = mapped_column(ForeignKey("credit_month.id"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(10))
    now: Mapped[str] = mapped_column(String(10))
    decided_at: Mapped[datetime] = mapped_column(Instant)


class CreditCorrection(Row):
    """A ticket that counts otherwise than it was frozen (P10). Shape: `verdict` is a `Verdict`."""

    __tablename__ = "credit_correction"
    __table_args__ = (Index("ix_credit_correction_month", "month_id", "id"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    month_id: Mapped[int] = mapped_column(ForeignKey("credit_month.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    was: Mapped[str] = mapped_column(String(10))
    becomes: Mapped[str] = mapped_column(String(10))
    decided_at: Mapped[datetime] = mapped_column(Instant)
    verdict: Mapped[str] = mapped_column(String(10))
    found_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("engineer.id"))


class LedgerEntry(Row):
    """A sum in a contract's ledger, never changed: above 0 for the customer, below 0 taken back by a correction.

    Shape: `kind` is credit or correction; `due_on` is the first day of the month whose fee it lowers, None where it
    is paid out; `figures` are kept, decided, discount and amount, before and after.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (Index("ix_ledger_entry_contract", "contract_number", "id"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    contract_number: Mapped[str] = mapped_column(String(100))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    month_id: Mapped[int] = mapped_column(ForeignKey("credit_month.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    due_on: Mapped[date | None] = mapped_column(Date)
    currency: Mapped[str] = mapped_column(String(3))
    exponent: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInteger)
    figures: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    entered_at: Mapped[datetime] = mapped_column(Instant)
    author: Mapped[str] = mapped_column(String(330))
    month: Mapped[CreditMonth] = relationship(lazy="joined")


class CreditDispute(Row):
    """A ticket in which a customer disputes a month."""

    __tablename__ = "credit_dispute"
    __table_args__ = (Index("ix_credit_dispute_month", "contract_number", "first_on"),)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    contract_number: Mapped[str] = mapped_column(String(100))
    first_on: Mapped[date] = mapped_column(Date)
