"""Rows about mail: what arrived, what it says in one digest, what leaves, and the bytes of both."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum, unique
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.columns import Identity, Instant, Json, Row


@unique
class DeliveryState(StrEnum):
    """Where a delivery stands: waiting to be read, judged, waiting for a person, or kept out until asked for."""

    RECEIVED = "received"
    DONE = "done"
    HELD = "held"
    QUARANTINED = "quarantined"
    BLOCKED = "blocked"


@unique
class OutboxState(StrEnum):
    """Where an outgoing mail stands. Without a configured relay it is kept here to be looked at."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    CANCELLED = "cancelled"
    KEPT = "kept"


@unique
class Promise(StrEnum):
    """What is done when nobody knows whether the next server took a mail (invariant 3 of the architecture)."""

    AT_MOST_ONCE = "at-most-once"
    AT_LEAST_ONCE = "at-least-once"
    PERSON_DECIDES = "person-decides"


class Blob(Row):
    """Bytes under their SHA-256. `data` is set while they rest here, null once they rest in the folder or in S3."""

    __tablename__ = "blob"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    size_bytes: Mapped[int]
    stored_at: Mapped[datetime] = mapped_column(Instant, index=True)
    data: Mapped[bytes | None] = mapped_column(LargeBinary)


class Delivery(Row):
    """One mail for one forward-path, as the door heard it, and what became of it."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_due", "next_attempt_at", "id", sqlite_where=text("state = 'received'"),
              postgresql_where=text("state = 'received'")),
        Index("ix_delivery_state", "state", "id"),
        Index("ix_delivery_probe", "accepted_at", sqlite_where=text("rule = 'probe'"),
              postgresql_where=text("rule = 'probe'")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    arrival: Mapped[str] = mapped_column(String(32), index=True)
    accepted_at: Mapped[datetime] = mapped_column(Instant)
    door: Mapped[str] = mapped_column(String(10))
    peer: Mapped[str] = mapped_column(String(64), default="")
    helo: Mapped[str] = mapped_column(String(255), default="")
    tls: Mapped[str] = mapped_column(String(20), default="")
    reverse_path: Mapped[str] = mapped_column(String(512))
    forward_path: Mapped[str] = mapped_column(String(512))
    authentication: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    blob_key: Mapped[str] = mapped_column(ForeignKey("blob.key"), index=True)
    size_bytes: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default=DeliveryState.RECEIVED)
    next_attempt_at: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    fence: Mapped[int] = mapped_column(default=0)
    processed_at: Mapped[datetime | None] = mapped_column(Instant)
    rule: Mapped[str] = mapped_column(String(30), default="")
    disposition: Mapped[str] = mapped_column(String(30), default="")
    message_id: Mapped[str] = mapped_column(String(998), default="", index=True)
    subject: Mapped[str] = mapped_column(String(500), default="")
    originator: Mapped[str] = mapped_column(String(320), default="")
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    error: Mapped[str] = mapped_column(Text, default="")


class ContentDigest(Row):
    """What was already entered: one row for each mail, whichever doors and forward-paths it came by."""

    __tablename__ = "content_digest"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))


class Outbox(Row):
    """One outgoing mail, its bytes fixed when the change it reports was committed.

    Shape: `recipients` are the addresses still owed; `results` holds the last answer for each address;
    `occasion` names what the letter answers, so that it is written once; `relayed_id` is what the next server calls
    it, empty where its answer told no name.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "next_attempt_at", "id", sqlite_where=text("state IN ('pending', 'sending')"),
              postgresql_where=text("state IN ('pending', 'sending')")),
        Index("ix_outbox_recent", "letter", "first_recipient", "created_at"),
        Index("ix_outbox_relayed_id", "relayed_id", sqlite_where=text("relayed_id <> ''"),
              postgresql_where=text("relayed_id <> ''")),
        Index("ix_outbox_reverse_path", "reverse_path", sqlite_where=text("reverse_path <> ''"),
              postgresql_where=text("reverse_path <> ''")),
        Index("ix_outbox_state", "state", "id"),
        Index("ix_outbox_ticket", "ticket_id", "id"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    occasion: Mapped[str] = mapped_column(String(200), unique=True)
    letter: Mapped[str] = mapped_column(String(40))
    promise: Mapped[str] = mapped_column(String(20))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    ticket_message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    reverse_path: Mapped[str] = mapped_column(String(512), default="")
    recipients: Mapped[list[str]] = mapped_column(Json)
    first_recipient: Mapped[str] = mapped_column(String(320))
    destination: Mapped[str] = mapped_column(String(255), default="")
    subject: Mapped[str] = mapped_column(String(500), default="")
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(12), default=OutboxState.PENDING)
    next_attempt_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    fence: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    maybe_twice: Mapped[bool] = mapped_column(default=False)
    results: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    relayed_id: Mapped[str] = mapped_column(String(255), default="", server_default="")
    last_reply: Mapped[str] = mapped_column(String(1000), default="")
