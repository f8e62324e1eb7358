"""Rows about what is due and who may do it: alarms of tickets, appointments of the desk, named rights."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.columns import Identity, Instant, Row


class Lease(Row):
    """Who holds a named right, until when, under which fencing number."""

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    owner: Mapped[str] = mapped_column(String(100))
    until: Mapped[datetime] = mapped_column(Instant)
    fence: Mapped[int] = mapped_column(default=0)


class Alarm(Row):
    """Something that a ticket will owe somebody at an instant: planned from its log, gone once it was done.

    Shape: `kind` is an `alarms.Owed`; `target` and `percent` name a rung of the ladder, else "" and 0; leases as in
    `store.leases`.
    """

    __tablename__ = "alarm"
    __table_args__ = (
        UniqueConstraint("ticket_id", "kind", "target", "percent"),
        Index("ix_alarm_due", "due_at", "id"),
    )
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    kind: Mapped[str] = mapped_column(String(20))
    target: Mapped[str] = mapped_column(String(20), default="")
    percent: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    fence: Mapped[int] = mapped_column(default=0)


class Appointment(Row):
    """Something the desk itself will do at an instant: hand over a shift, remind of a window, freeze a month.

    Shape: `what` names the part that keeps it, `key` what it is about; unique together; leases as in `store.leases`.
    """

    __tablename__ = "appointment"
    __table_args__ = (UniqueConstraint("what", "key"), Index("ix_appointment_due", "due_at", "id"))
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    what: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(100), default="")
    due_at: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    fence: Mapped[int] = mapped_column(default=0)
