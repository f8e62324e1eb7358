"""Rows about requests over the API that may be sent twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.columns import Identity, Instant, Row


class KeyedRequest(Row):
    """One request that came with an Idempotency-Key, and what it was answered.

    Shape: `key` and `fingerprint` are digests, of caller and key, and of what was asked; `done` says that its change
    is committed, in whose transaction it is written; `status` is null until the answer is known, `body` is deflated,
    and null where it was too large to keep.
    """

    __tablename__ = "keyed_request"
    __table_args__ = (Index("ix_keyed_request_begun_at", "begun_at"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    begun_at: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime] = mapped_column(Instant)
    done: Mapped[bool] = mapped_column(default=False)
    status: Mapped[int | None]
    content_type: Mapped[str] = mapped_column(String(100), default="")
    location: Mapped[str] = mapped_column(String(500), default="")
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
