"""Rows about work on tickets: acts that may still be undone, and answers written once for many tickets."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum, unique
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.store.models.columns import Identity, Instant, Json, Row
from gateway.store.models.desk import Engineer


@unique
class ActState(StrEnum):
    """Where an act stands that is not done yet: it waits for its time, or was refused when that came."""

    WAITING = "waiting"
    REFUSED = "refused"


class PendingAct(Row):
    """What an engineer asked for on a ticket's page and what mails the customer: it is done when it is due.

    Shape: `act` names a form of the page, `form` holds its values, `files` the stored uploads as [name, type, bytes,
    blob key]; `name` is the same for the same form sent twice; `seen` is the ticket's newest message when it was
    asked; `reason` is why it was refused: words, and their values. The row is gone once it is done or undone.
    """

    __tablename__ = "pending_act"
    __table_args__ = (
        UniqueConstraint("ticket_id", "name"),
        Index("ix_pending_act_engineer", "engineer_id", "state"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    engineer_id: Mapped[int] = mapped_column(ForeignKey("engineer.id"))
    act: Mapped[str] = mapped_column(String(20))
    form: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    files: Mapped[list[Any]] = mapped_column(Json, default=list)
    name: Mapped[str] = mapped_column(String(64))
    seen: Mapped[int] = mapped_column(Identity, default=0)
    made_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(10), default=ActState.WAITING)
    reason: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    engineer: Mapped[Engineer] = relationship()


class CannedAnswer(Row):
    """An answer written once for many tickets, with variables that are filled in when it is inserted."""

    __tablename__ = "canned_answer"
    __table_args__ = (UniqueConstraint("name", "language"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    language: Mapped[str] = mapped_column(String(10), default="en")
    text: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("engineer.id"))
    changed_at: Mapped[datetime] = mapped_column(Instant)
