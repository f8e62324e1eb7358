"""Rows about what people decide on mail, and what they see of it before: blocks, and a glance at waiting mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.columns import Identity, Instant, Json, Row


class BlockedSender(Row):
    """A time in which mail of an address or a domain is kept out: stored, shown to nobody who does not ask for it.

    Shape: `pattern` is a normalised address, or `@` and a domain.
    """

    __tablename__ = "blocked_sender"
    __table_args__ = (
        Index("uq_blocked_sender_in_force", "pattern", unique=True, sqlite_where=text("lifted_at IS NULL"),
              postgresql_where=text("lifted_at IS NULL")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    pattern: Mapped[str] = mapped_column(String(320))
    reason: Mapped[str] = mapped_column(String(500), default="")
    since: Mapped[datetime] = mapped_column(Instant)
    blocked_by_id: Mapped[int] = mapped_column(ForeignKey("engineer.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(Instant)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("engineer.id"))


class Glance(Row):
    """What an engineer sees of a mail that waits for them, as it was read: author, first lines, names of files.

    Shape: `files` holds [name, size in bytes] of each.
    """

    __tablename__ = "glance"
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True)
    author: Mapped[str] = mapped_column(String(600))
    written_to: Mapped[str] = mapped_column(String(2000), default="")
    text: Mapped[str] = mapped_column(Text)
    files: Mapped[list[list[Any]]] = mapped_column(Json, default=list)
