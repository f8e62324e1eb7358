"""Rows about the scanner's verdicts: one for each content that came or left as a file, however often it did."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum, unique

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.columns import Identity, Instant, Row


@unique
class ScanState(StrEnum):
    """What the scanner says of a content; only `clean` says anything good of it."""

    NOT_SCANNED = "not-scanned"
    CLEAN = "clean"
    INFECTED = "infected"
    FAILED = "failed"


class Scan(Row):
    """The verdict on one content, or that it still waits for one.

    Shape: `blob_key` as on `Attachment`; `next_attempt_at` is null where nothing is left to do, which for an infected
    content includes telling its tickets; `signature` names what was found, `error` why there is no verdict.
    """

    __tablename__ = "scan"
    __table_args__ = (
        Index("ix_scan_due", "next_attempt_at", "id", sqlite_where=text("next_attempt_at IS NOT NULL"),
              postgresql_where=text("next_attempt_at IS NOT NULL")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    blob_key: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(12), default=ScanState.NOT_SCANNED)
    signature: Mapped[str] = mapped_column(String(200), default="", server_default="")
    error: Mapped[str] = mapped_column(String(300), default="", server_default="")
    asked_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    next_attempt_at: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    lease_owner: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    fence: Mapped[int] = mapped_column(default=0, server_default="0")
