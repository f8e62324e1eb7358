"""Rows about tickets: the ticket, its append-only log, messages, attachments, people and alarms."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum, unique
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.store.models.columns import Identity, Instant, Json, Row
from gateway.store.models.desk import Contract, Customer, Engineer
from gateway.store.models.scan import Scan, ScanState

LIVE_STATUSES = "status NOT IN ('resolved', 'closed')"
UNCLOSED = "status <> 'closed'"
UNREGISTERED = "queue = 'unregistered'"
PROPOSED = "proposal <> ''"


@unique
class Direction(StrEnum):
    """Which way a message went. A note has no mail path at all; from and to AWS are communications of its cases."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    NOTE = "note"
    FROM_AWS = "from-aws"
    TO_AWS = "to-aws"


class Ticket(Row):
    """One request. `id` is the number people see behind the prefix; `*_due_at` are caches of the fold.

    Shape: `queue` is "main" or "unregistered"; `next_due_at` is where it stands in the queue: the due instant
    of the first undecided target, a century later while its clocks rest, so that nothing that rests burns first;
    `origin` is customer, probe, health, notice or ourselves; `discounted` says why it does not count (P12): spam,
    withdrawn, merged, or empty; `rests_since` is as on `sla.Clock`; `aws_awaits_since` is since when AWS awaits an
    answer in one of its cases; `proposal` names why the desk proposes to resolve it; `planned_at` is a change's date;
    `parent_id` is the incident it belongs to, `merged_into_id` the ticket that takes its mail, which is never merged
    itself.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_live_due", "next_due_at", "id", sqlite_where=text(LIVE_STATUSES),
              postgresql_where=text(LIVE_STATUSES)),
        Index("ix_ticket_live_unregistered", "next_due_at", "id",
              sqlite_where=text(f"{LIVE_STATUSES} AND {UNREGISTERED}"),
              postgresql_where=text(f"{LIVE_STATUSES} AND {UNREGISTERED}")),
        Index("ix_ticket_live_proposed", "id", sqlite_where=text(f"{LIVE_STATUSES} AND {PROPOSED}"),
              postgresql_where=text(f"{LIVE_STATUSES} AND {PROPOSED}")),
        Index("ix_ticket_live_customer", "customer_id", "next_due_at", "id", sqlite_where=text(LIVE_STATUSES),
              postgresql_where=text(LIVE_STATUSES)),
        Index("ix_ticket_live_assignee", "assignee_id", "next_due_at", "id", sqlite_where=text(LIVE_STATUSES),
              postgresql_where=text(LIVE_STATUSES)),
        Index("ix_ticket_follows_id", "follows_id", sqlite_where=text("follows_id IS NOT NULL"),
              postgresql_where=text("follows_id IS NOT NULL")),
        Index("ix_ticket_status", "status", "id"),
        Index("ix_ticket_customer", "customer_id", "id"),
        Index("ix_ticket_customer_unclosed", "customer_id", "status", "priority", sqlite_where=text(UNCLOSED),
              postgresql_where=text(UNCLOSED)),
        Index("ix_ticket_customer_first_response_due_at", "customer_id", "first_response_due_at"),
        Index("ix_ticket_customer_resolution_due_at", "customer_id", "resolution_due_at"),
        Index("ix_ticket_customer_closed_at", "customer_id", "closed_at"),
        Index("ix_ticket_assignee", "assignee_id", "id"),
        Index("ix_ticket_load", "assignee_id", "priority", sqlite_where=text(LIVE_STATUSES),
              postgresql_where=text(LIVE_STATUSES)),
        Index("ix_ticket_parent_id", "parent_id", sqlite_where=text("parent_id IS NOT NULL"),
              postgresql_where=text("parent_id IS NOT NULL")),
        Index("ix_ticket_merged_into_id", "merged_into_id", sqlite_where=text("merged_into_id IS NOT NULL"),
              postgresql_where=text("merged_into_id IS NOT NULL")),
        {"sqlite_autoincrement": True},
    )  # fmt: skip
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    queue: Mapped[str] = mapped_column(String(20), default="main")
    subject: Mapped[str] = mapped_column(String(500))
    service: Mapped[str] = mapped_column(String(30))
    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(30))
    priority: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(10))
    requester_email: Mapped[str] = mapped_column(String(320))
    requester_name: Mapped[str] = mapped_column(String(200), default="")
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("engineer.id"))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    first_response_due_at: Mapped[datetime] = mapped_column(Instant)
    resolution_due_at: Mapped[datetime] = mapped_column(Instant)
    next_due_at: Mapped[datetime] = mapped_column(Instant)
    first_response_at: Mapped[datetime | None] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)
    rests_since: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    priority_evidence: Mapped[list[Any]] = mapped_column(Json, default=list)
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    claimed_escalation: Mapped[bool] = mapped_column(default=False)
    asked_escalation: Mapped[bool] = mapped_column(default=False)
    origin: Mapped[str] = mapped_column(String(20), default="customer", server_default="customer")
    discounted: Mapped[str] = mapped_column(String(20), default="", server_default="")
    aws_account_id: Mapped[str | None] = mapped_column(String(12))
    aws_region: Mapped[str] = mapped_column(String(30), default="", server_default="")
    aws_services: Mapped[list[Any]] = mapped_column(Json, default=list, server_default="[]")
    aws_awaits_since: Mapped[datetime | None] = mapped_column(Instant)
    proposal: Mapped[str] = mapped_column(String(40), default="", server_default="")
    planned_at: Mapped[datetime | None] = mapped_column(Instant)
    parent_id: Mapped[int | None] = mapped_column(Identity)
    merged_into_id: Mapped[int | None] = mapped_column(Identity)
    customer: Mapped[Customer | None] = relationship()
    contract: Mapped[Contract | None] = relationship()
    assignee: Mapped[Engineer | None] = relationship()

    @property
    def target_due_at(self) -> datetime:
        """The due instant of the first undecided target, as it stands where its clock rests."""
        if self.first_response_at is not None:
            return self.resolution_due_at
        return min(self.first_response_due_at, self.resolution_due_at)


class TicketEvent(Row):
    """One entry of a ticket's log, chained to the one before by `hash`.

    Shape: `data` is covered by the chain and holds codes and digests; `words` is what somebody wrote, erasable,
    and stands in `data` only as a salted digest.
    """

    __tablename__ = "ticket_event"
    __table_args__ = (UniqueConstraint("ticket_id", "seq"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime] = mapped_column(Instant)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(330))
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    words: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[str | None] = mapped_column(String(32))
    hash: Mapped[str] = mapped_column(String(64))


class Message(Row):
    """One message of a ticket, in or out, or a work note.

    Shape: `text` is everything readable, `new_text` what was newly written; `recipients` is frozen when it
    was written, as [kind, name, address]; `held` messages are for engineers' eyes and changed nothing; `nature` and
    `invitations` are as on `InboundMessage`, the latter with instants in ISO 8601.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_ticket", "ticket_id", "id"),
        Index("ix_message_held", "id", sqlite_where=text("held"), postgresql_where=text("held")),
    )
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    direction: Mapped[str] = mapped_column(String(10))
    author_name: Mapped[str] = mapped_column(String(200), default="")
    author_email: Mapped[str] = mapped_column(String(320), default="")
    engineer_id: Mapped[int | None] = mapped_column(ForeignKey("engineer.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    subject: Mapped[str] = mapped_column(String(500), default="")
    text: Mapped[str] = mapped_column(Text)
    new_text: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(10), default="")
    html_key: Mapped[str | None] = mapped_column(String(64))
    recipients: Mapped[list[Any]] = mapped_column(Json, default=list)
    message_id: Mapped[str] = mapped_column(String(998), default="")
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))
    kind: Mapped[str] = mapped_column(String(20), default="human")
    authenticated: Mapped[bool] = mapped_column(default=False)
    authentication: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    held: Mapped[bool] = mapped_column(default=False)
    held_reason: Mapped[str] = mapped_column(String(40), default="")
    nature: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    invitations: Mapped[list[Any]] = mapped_column(Json, default=list, server_default="[]")
    attachments: Mapped[list[Attachment]] = relationship(order_by="Attachment.id")


class Attachment(Row):
    """A file of a message, downloaded under a random name nobody can guess."""

    __tablename__ = "attachment"
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(255))
    size_bytes: Mapped[int]
    blob_key: Mapped[str] = mapped_column(String(64), index=True)
    inline: Mapped[bool] = mapped_column(default=False)
    content_id: Mapped[str] = mapped_column(String(255), default="")
    scan: Mapped[Scan | None] = relationship(
        primaryjoin="foreign(Attachment.blob_key) == Scan.blob_key", viewonly=True, lazy="joined"
    )

    @property
    def scan_state(self) -> ScanState:
        """What the scanner says of its content."""
        return ScanState(self.scan.state) if self.scan else ScanState.NOT_SCANNED

    @property
    def finding(self) -> str:
        """What was found in its content, or an empty text."""
        return self.scan.signature if self.scan and self.scan_state is ScanState.INFECTED else ""


class Participant(Row):
    """Somebody who takes part in a ticket: requester, or added by authenticated mail or an engineer."""

    __tablename__ = "participant"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    email: Mapped[str] = mapped_column(String(320), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[str] = mapped_column(String(10), default="cc")
