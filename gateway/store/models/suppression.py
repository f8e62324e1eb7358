"""Rows about mail that does not arrive: every report of it, and the addresses no automatic mail goes to meanwhile."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum, unique

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.columns import Identity, Instant, Row


@unique
class Proof(StrEnum):
    """What ties a report to a letter of ours: its signed return path, its identifier, the next server, or nothing."""

    RETURN_PATH = "return-path"
    MESSAGE_ID = "message-id"
    SMTP = "smtp"
    NONE = "none"


@unique
class Reason(StrEnum):
    """Why no automatic mail goes to an address."""

    HARD = "hard"
    SOFT = "soft"
    COMPLAINT = "complaint"


class MailReport(Row):
    """What somebody reports of one letter and one reader: failed, delayed, delivered, complained.

    Shape: `address` is normalised; `hard` says that the address itself is wrong; without an `outbox_id` the report
    names no letter of ours, did nothing and is kept to be looked at.
    """

    __tablename__ = "mail_report"
    __table_args__ = (Index("ix_mail_report_address", "address", "at"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"), index=True)
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))
    address: Mapped[str] = mapped_column(String(320))
    action: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(12), default="")
    diagnostic: Mapped[str] = mapped_column(String(500), default="")
    proof: Mapped[str] = mapped_column(String(12))
    hard: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(Instant)


class Suppression(Row):
    """A time in which no automatic mail goes to an address; without an end until somebody lifts it."""

    __tablename__ = "suppression"
    __table_args__ = (Index("ix_suppression_address", "address", "id"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    address: Mapped[str] = mapped_column(String(320))
    reason: Mapped[str] = mapped_column(String(12))
    report_id: Mapped[int] = mapped_column(ForeignKey("mail_report.id"))
    since: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime | None] = mapped_column(Instant)
    lifted_at: Mapped[datetime | None] = mapped_column(Instant)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("engineer.id"))
