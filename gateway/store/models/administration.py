"""Rows about running the desk: who did what in it, and the one address elsewhere that hears of changes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum, unique
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.columns import Identity, Instant, Json, Row


class AuditEntry(Row):
    """One act of administration or access. Never changed and never deleted: the database refuses both.

    Shape: `actor` like `engineer:7`, `contact:12`, `cli`; `act` a code like `import.applied`; `about` what it was
    done to, like `customer:3`; `data` codes and ids only, never a secret or what somebody wrote.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_actor", "actor", "id"),
        Index("ix_audit_entry_act", "act", "id"),
        Index("ix_audit_entry_about", "about", "id"),
        Index("ix_audit_entry_at", "at", "id"),
    )
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(60))
    act: Mapped[str] = mapped_column(String(60))
    about: Mapped[str] = mapped_column(String(100), default="", server_default="")
    client: Mapped[str] = mapped_column(String(64), default="", server_default="")
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")


class Webhook(Row):
    """An address elsewhere that is told of changes.

    Shape: `secret` is sealed; `events` are codes of `domain.webhook_events`; `ended_by` is `gone` where an answer 410
    switched it off; `failures` counts the calls in a row that nobody answered.
    """

    __tablename__ = "webhook"
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    url: Mapped[str] = mapped_column(String(2000))
    secret: Mapped[str] = mapped_column(String(500))
    events: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    ended_by: Mapped[str] = mapped_column(String(12), default="", server_default="")
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    changed_at: Mapped[datetime] = mapped_column(Instant)


@unique
class CallState(StrEnum):
    """Where a call to a webhook stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
    """Not sent, since the webhook was switched off meanwhile."""


class WebhookCall(Row):
    """One event on its way to a webhook, its bytes fixed when it happened.

    Shape: `call_key` is the `Webhook-Id`, the same at every attempt; `status` is the last answer's, null where none
    came; `error` a code of `operations.webhooks`.
    """

    __tablename__ = "webhook_call"
    __table_args__ = (
        Index("ix_webhook_call_due", "next_attempt_at", "id",
              sqlite_where=text("next_attempt_at IS NOT NULL"), postgresql_where=text("next_attempt_at IS NOT NULL")),
        Index("ix_webhook_call_webhook_id", "webhook_id", "id"),
        Index("ix_webhook_call_done_at", "done_at"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    call_key: Mapped[str] = mapped_column(String(40), unique=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    event: Mapped[str] = mapped_column(String(40))
    ticket_id: Mapped[int | None] = mapped_column(Identity)
    body: Mapped[str] = mapped_column(Text)
    noted_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(12), default=CallState.WAITING)
    status: Mapped[int | None]
    error: Mapped[str] = mapped_column(String(60), default="", server_default="")
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    next_attempt_at: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    lease_owner: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    fence: Mapped[int] = mapped_column(default=0, server_default="0")
