"""Rows about notices: planned maintenance and advisories, each step that was told, and whom it was told to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.store.models.columns import Identity, Instant, Json, Row
from gateway.store.models.desk import Customer, Engineer
from gateway.store.models.mail import Outbox


class Notice(Row):
    """A maintenance window or a security advisory, as it is planned now.

    Shape: `kind` is a `notices.Kind`, `state` a `notices.State`; `titles` and `texts` are language → words, one of
    zh and en at least; `scope` holds lists of customers (ids), accounts, regions, services and a mapping of tags,
    absent parts mean any; `zone` is where the window was entered; `emergency` is the stated reason of the plan as it
    is now, else empty; `sequence` counts the plans that were announced; `kept_open` says that a person will end it.
    """

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_state", "state", "id"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    reference: Mapped[str | None] = mapped_column(String(100), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    severity: Mapped[str] = mapped_column(String(10), default="")
    titles: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    texts: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    scope: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    starts_at: Mapped[datetime | None] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    emergency: Mapped[str] = mapped_column(Text, default="")
    sequence: Mapped[int] = mapped_column(default=0)
    kept_open: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("engineer.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    author: Mapped[Engineer | None] = relationship()
    issues: Mapped[list[NoticeIssue]] = relationship(back_populates="notice", order_by="NoticeIssue.id")


class NoticeIssue(Row):
    """One step of a notice that was told: announced, changed, reminded, started, ended, called off.

    Shape: `starts_at` and `ends_at` are the plan that was told; `emergency` is the reason stated with it; `words`
    are those that go with the step.
    """

    __tablename__ = "notice_issue"
    __table_args__ = (UniqueConstraint("notice_id", "step", "sequence"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    step: Mapped[str] = mapped_column(String(20))
    sequence: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)
    starts_at: Mapped[datetime | None] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    emergency: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("engineer.id"))
    author: Mapped[Engineer | None] = relationship()
    notice: Mapped[Notice] = relationship(back_populates="issues")
    letters: Mapped[list[NoticeLetter]] = relationship(order_by="NoticeLetter.id")


class NoticeLetter(Row):
    """One recipient of one step, as agreed when it was told; what became of the letter stands in the outbox.

    Shape: `accounts` are the customer's accounts that the notice named; `notice_seconds` is how long ahead the
    contract wants a window to be known; `outbox_id` is null where the address is unfit for mail.
    """

    __tablename__ = "notice_letter"
    __table_args__ = (UniqueConstraint("issue_id", "email"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("notice_issue.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(10))
    zone: Mapped[str] = mapped_column(String(64))
    accounts: Mapped[list[str]] = mapped_column(Json, default=list)
    notice_seconds: Mapped[int]
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"), index=True)
    customer: Mapped[Customer] = relationship()
    outbox: Mapped[Outbox | None] = relationship()
