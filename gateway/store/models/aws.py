"""Rows about AWS: accounts and what is read of them, Support cases, our writes, Health events, cost advice."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum, unique
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.columns import Identity, Instant, Json, Row

UNDECIDED_WRITES = "state IN ('queued', 'sending', 'unknown')"


@unique
class AccountState(StrEnum):
    """What the gateway may do in an account. One without a role is only known by its number."""

    UNCHECKED = "unchecked"
    OK = "ok"
    NO_PLAN = "no-plan"
    ROLE_BROKEN = "role-broken"
    SUSPENDED = "suspended"


@unique
class Stream(StrEnum):
    """What is read of an account, each at its own pace."""

    PROBE = "probe"
    CASES = "cases"
    HEALTH = "health"
    COST = "cost"


@unique
class Author(StrEnum):
    """Who wrote a communication of a case: AWS, we, or somebody in the customer's console."""

    AWS = "aws"
    US = "us"
    CONSOLE = "console"


@unique
class WriteKind(StrEnum):
    """What a write does to a case."""

    CREATE = "create"
    COMMUNICATION = "communication"
    RESOLVE = "resolve"


@unique
class WriteState(StrEnum):
    """Where a write stands. Unknown: the answer was lost, AWS is asked whether it happened. Asked: a person is."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    FAILED = "failed"
    ASKED = "asked"
    CANCELLED = "cancelled"


@unique
class CostSource(StrEnum):
    """Who said a line of cost advice, by the name boto3 has for the service."""

    HUB = "cost-optimization-hub"
    OPTIMIZER = "compute-optimizer"
    ADVISOR = "trustedadvisor"
    EXPLORER = "ce"


@unique
class CostKind(StrEnum):
    """What a line of cost advice is. Instruction: why a source said nothing, and what would make it speak."""

    RECOMMENDATION = "recommendation"
    TOTAL = "total"
    SPEND = "spend"
    FORECAST = "forecast"
    INSTRUCTION = "instruction"


class AwsAccount(Row):
    """An AWS account that the provider runs for a customer.

    Shape: `partition` is aws or aws-cn; without `role_arn` nothing is read; `external_id` is sealed; `view` is
    account or organization (its role sees Health of the whole organization); `severities` are the codes AWS said it
    takes; `capabilities` is part → ok, denied, absent, not-enrolled or no-plan; `state_code` is AWS's own error code;
    `told` is the standing that staff last heard of.
    """

    __tablename__ = "aws_account"
    account_id: Mapped[str] = mapped_column(String(12), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    environment: Mapped[str] = mapped_column(String(20), default="production")
    regions: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    services: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    tags: Mapped[dict[str, str]] = mapped_column(Json, default=dict, server_default="{}")
    partition: Mapped[str] = mapped_column(String(10), default="aws", server_default="aws")
    role_arn: Mapped[str] = mapped_column(String(200), default="", server_default="")
    external_id: Mapped[str] = mapped_column(Text, default="", server_default="")
    view: Mapped[str] = mapped_column(String(15), default="account", server_default="account")
    partner_led: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    state: Mapped[str] = mapped_column(String(20), default="unchecked", server_default="unchecked")
    state_code: Mapped[str] = mapped_column(String(100), default="", server_default="")
    state_since: Mapped[datetime | None] = mapped_column(Instant)
    told: Mapped[str] = mapped_column(String(200), default="", server_default="")
    probed_at: Mapped[datetime | None] = mapped_column(Instant)
    severities: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    capabilities: Mapped[dict[str, str]] = mapped_column(Json, default=dict, server_default="{}")


class AwsStream(Row):
    """One thing that is read of an account again and again.

    Shape: `what` is a `Stream`; `read_at` the last read that succeeded, `watched_since` when reading began, so that
    silence can be told from a late start; `watermark` is the stream's own; `ticket_id` is the ticket about ourselves
    of an outage that lasts; leases as in `store.leases`.
    """

    __tablename__ = "aws_stream"
    __table_args__ = (UniqueConstraint("account_id", "what"), Index("ix_aws_stream_due", "due_at", "id"))
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("aws_account.account_id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(10))
    due_at: Mapped[datetime] = mapped_column(Instant)
    watched_since: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    watermark: Mapped[datetime | None] = mapped_column(Instant)
    failures: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str] = mapped_column(String(300), default="")
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    attempts: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    fence: Mapped[int] = mapped_column(default=0)


class AwsCase(Row):
    """A Support case. Without a ticket it was seen in the account and nobody has adopted it.

    Shape: `case_id` is AWS's name, `display_id` the number people quote; `status` is AWS's own word, whatever it is;
    `severity_wanted` is what we asked for; `relay` lets the customer's replies go to AWS without an engineer;
    `awaits_us_since` since when AWS awaits an answer; `warned_at` when staff were warned that AWS will close it.
    """

    __tablename__ = "aws_case"
    __table_args__ = (UniqueConstraint("case_id"), Index("ix_aws_case_ticket", "ticket_id"))
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    account_id: Mapped[str] = mapped_column(
        ForeignKey("aws_account.account_id", ondelete="CASCADE"), index=True
    )
    case_id: Mapped[str] = mapped_column(String(100))
    display_id: Mapped[str] = mapped_column(String(40), default="")
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    subject: Mapped[str] = mapped_column(String(500), default="")
    status: Mapped[str] = mapped_column(String(40), default="")
    service: Mapped[str] = mapped_column(String(100), default="")
    category: Mapped[str] = mapped_column(String(100), default="")
    severity_wanted: Mapped[str] = mapped_column(String(20), default="")
    severity: Mapped[str] = mapped_column(String(20), default="")
    language: Mapped[str] = mapped_column(String(10), default="")
    submitted_by: Mapped[str] = mapped_column(String(300), default="")
    origin: Mapped[str] = mapped_column(String(10))
    relay: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    read_whole_at: Mapped[datetime | None] = mapped_column(Instant)
    checked_at: Mapped[datetime | None] = mapped_column(Instant)
    awaits_us_since: Mapped[datetime | None] = mapped_column(Instant)
    warned_at: Mapped[datetime | None] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)


class AwsWrite(Row):
    """Something on its way to AWS, written before any call; AWS takes no idempotency token, so it carries a marker.

    Shape: `payload` is what the call says; `attachment_ids` are rows of `attachment`; parts of one text share a
    message and go in order; `sends` counts calls, `looks` the times AWS was asked and knew nothing of it; leases as
    in `store.leases`.
    """

    __tablename__ = "aws_write"
    __table_args__ = (
        UniqueConstraint("marker"),
        Index("ix_aws_write_due", "due_at", "id", sqlite_where=text(UNDECIDED_WRITES),
              postgresql_where=text(UNDECIDED_WRITES)),
        Index("ix_aws_write_ticket", "ticket_id"),
        Index("ix_aws_write_account", "account_id", "state"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("aws_account.account_id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(15))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    aws_case_id: Mapped[int | None] = mapped_column(ForeignKey("aws_case.id", ondelete="CASCADE"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    engineer_id: Mapped[int | None] = mapped_column(ForeignKey("engineer.id"))
    marker: Mapped[str] = mapped_column(String(60))
    part: Mapped[int] = mapped_column(default=1)
    parts: Mapped[int] = mapped_column(default=1)
    payload: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    attachment_ids: Mapped[list[int]] = mapped_column(Json, default=list)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    fault: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    first_sent_at: Mapped[datetime | None] = mapped_column(Instant)
    last_sent_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    sends: Mapped[int] = mapped_column(default=0)
    looks: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    fence: Mapped[int] = mapped_column(default=0)


class AwsCommunication(Row):
    """One communication of a case. AWS names none: it is known by its case, instant, author and place among equals.

    Shape: `body_digest` tells an edit (AWS redacts secrets) from another communication; `message_id` is how it stands
    on the ticket; `write_id` is the write of ours that made it.
    """

    __tablename__ = "aws_communication"
    __table_args__ = (UniqueConstraint("aws_case_id", "at", "submitted_by", "occurrence"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    aws_case_id: Mapped[int] = mapped_column(ForeignKey("aws_case.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(Instant)
    submitted_by: Mapped[str] = mapped_column(String(300))
    occurrence: Mapped[int] = mapped_column(default=0)
    author: Mapped[str] = mapped_column(String(10))
    body: Mapped[str] = mapped_column(Text)
    body_digest: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    write_id: Mapped[int | None] = mapped_column(ForeignKey("aws_write.id", ondelete="SET NULL"))
    edited_at: Mapped[datetime | None] = mapped_column(Instant)


class AwsAttachment(Row):
    """A file of a communication.

    Shape: `state` is wanted, scanning, fetched, too-large, gone, infected or unscanned.
    """

    __tablename__ = "aws_attachment"
    __table_args__ = (UniqueConstraint("communication_id", "attachment_id"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    communication_id: Mapped[int] = mapped_column(ForeignKey("aws_communication.id", ondelete="CASCADE"))
    attachment_id: Mapped[str] = mapped_column(String(255))
    filename: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(10), default="wanted")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))


class AwsSeen(Row):
    """A message of a queue that was acted on, by what makes it the same; kept for some days."""

    __tablename__ = "aws_seen"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)


class HealthEvent(Row):
    """An AWS Health event as it was last read.

    Shape: `status` is open, closed or upcoming; `scope` PUBLIC, ACCOUNT_SPECIFIC or NONE; `category` issue,
    investigation, scheduledChange or accountNotification; `content_hash` covers what a customer would be told.
    """

    __tablename__ = "health_event"
    __table_args__ = (UniqueConstraint("arn"), Index("ix_health_event_status", "status", "id"))
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    arn: Mapped[str] = mapped_column(String(500))
    partition: Mapped[str] = mapped_column(String(10))
    service: Mapped[str] = mapped_column(String(60))
    type_code: Mapped[str] = mapped_column(String(150))
    category: Mapped[str] = mapped_column(String(30))
    scope: Mapped[str] = mapped_column(String(20))
    region: Mapped[str] = mapped_column(String(30), default="")
    zone: Mapped[str] = mapped_column(String(30), default="")
    status: Mapped[str] = mapped_column(String(10))
    starts_at: Mapped[datetime | None] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    description: Mapped[str] = mapped_column(Text, default="")
    actionability: Mapped[str] = mapped_column(String(30), default="")
    personas: Mapped[list[str]] = mapped_column(Json, default=list)
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    first_seen_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class HealthImpact(Row):
    """What an event means for one account. Shape: `entities` are [value, status]; `gone` if AWS names it no more."""

    __tablename__ = "health_impact"
    __table_args__ = (UniqueConstraint("event_id", "account_id"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("health_event.id", ondelete="CASCADE"))
    account_id: Mapped[str] = mapped_column(
        ForeignKey("aws_account.account_id", ondelete="CASCADE"), index=True
    )
    entities: Mapped[list[Any]] = mapped_column(Json, default=list)
    gone: Mapped[bool] = mapped_column(default=False)
    since: Mapped[datetime] = mapped_column(Instant)


class HealthTicket(Row):
    """An event as one customer meets it: one ticket, or only listed where it does not concern them enough.

    Shape: `told_hash` is the content the customer was last told; `state` is listed, open, upcoming or closed.
    """

    __tablename__ = "health_ticket"
    __table_args__ = (
        UniqueConstraint("event_id", "customer_id"),
        Index("ix_health_ticket_customer", "customer_id", "id"),
        Index("ix_health_ticket_ticket", "ticket_id"),
    )
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("health_event.id", ondelete="CASCADE"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    state: Mapped[str] = mapped_column(String(10))
    told_hash: Mapped[str] = mapped_column(String(64), default="")


class CostRound(Row):
    """One month's cost advice for one customer.

    Shape: `month_on` is its first day; `done` the accounts finished, and account/source for what else was read.
    """

    __tablename__ = "cost_round"
    __table_args__ = (UniqueConstraint("customer_id", "month_on"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    month_on: Mapped[date] = mapped_column(Date)
    started_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    done: Mapped[list[str]] = mapped_column(Json, default=list)


class CostLine(Row):
    """One line of a month's cost advice.

    Shape: `source` is the AWS service that said it; `kind` is recommendation, total, spend, forecast or instruction;
    `code` an action or the code of an instruction; `savings` a month in `currency`, never added across sources;
    `data` the rest: discount mode, look-back, refresh date, effort.
    """

    __tablename__ = "cost_line"
    __table_args__ = (Index("ix_cost_line_round", "round_id", "id"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("cost_round.id", ondelete="CASCADE"))
    account_id: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(30))
    kind: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(60), default="")
    resource: Mapped[str] = mapped_column(String(500), default="")
    region: Mapped[str] = mapped_column(String(30), default="")
    savings: Mapped[Any | None] = mapped_column(Numeric(18, 4))
    currency: Mapped[str] = mapped_column(String(3), default="")
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
