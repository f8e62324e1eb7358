"""Rows about mailboxes read over IMAP: how each is reached, where each folder stands, the fate of each mail seen."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum, unique

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.columns import Identity, Instant, Json, Row


@unique
class After(StrEnum):
    """What is done on the server with a mail once it is durable here."""

    MOVE = "move"
    FLAG = "flag"
    DELETE = "delete"


@unique
class SignIn(StrEnum):
    """How a mailbox is signed in to: a password, or a token got by one of OAuth's grants."""

    PASSWORD = "password"  # noqa: S105  a way, no secret
    DEVICE = "device"
    REFRESH = "refresh"
    CLIENT = "client"


@unique
class Fate(StrEnum):
    """What became of a mail that was seen in a folder.

    `STORED` and `KNOWN` are durable here and still to be marked on the server; `LEFT`, `TOO_LARGE` and `UNFETCHABLE`
    stay where they are.
    """

    SEEN = "seen"
    STORED = "stored"
    KNOWN = "known"
    LEFT = "left"
    TOO_LARGE = "too-large"
    UNFETCHABLE = "unfetchable"


class MailSource(Row):
    """A mailbox, and how reading it goes. What is secret is sealed with the installation's key.

    Shape: `target` is the folder to move to or the flag to set; `secret` a password, or what a client authenticates
    itself with; `fetched_at` is the last look that went well, `ticket_id` the ticket about the outage that lasts.
    """

    __tablename__ = "mail_source"
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    address: Mapped[str] = mapped_column(String(320))
    host: Mapped[str] = mapped_column(String(255))
    port: Mapped[int]
    user: Mapped[str] = mapped_column("user_name", String(320))
    folders: Mapped[list[str]] = mapped_column(Json)
    after: Mapped[str] = mapped_column(String(10))
    target: Mapped[str] = mapped_column(String(255))
    poll_seconds: Mapped[int]
    alarm_minutes: Mapped[int]
    authserv_id: Mapped[str] = mapped_column(String(255), default="")
    ca_file: Mapped[str] = mapped_column(String(1000), default="")
    plain: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    sign_in: Mapped[str] = mapped_column(String(20))
    provider: Mapped[str] = mapped_column(String(20), default="")
    tenant: Mapped[str] = mapped_column(String(100), default="")
    client_id: Mapped[str] = mapped_column(String(300), default="")
    token_url: Mapped[str] = mapped_column(String(500), default="")
    device_url: Mapped[str] = mapped_column(String(500), default="")
    scope: Mapped[str] = mapped_column(String(1000), default="")
    secret: Mapped[str] = mapped_column(Text, default="")
    refresh_token: Mapped[str] = mapped_column(Text, default="")
    access_token: Mapped[str] = mapped_column(Text, default="")
    access_until: Mapped[datetime | None] = mapped_column(Instant)
    watched_since: Mapped[datetime] = mapped_column(Instant)
    fetched_at: Mapped[datetime | None] = mapped_column(Instant)
    failing_since: Mapped[datetime | None] = mapped_column(Instant)
    fault: Mapped[str] = mapped_column(String(300), default="")
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))


class MailFolder(Row):
    """Where a folder of a mailbox stands. Every UID up to `last_uid` under this validity was seen."""

    __tablename__ = "mail_folder"
    __table_args__ = (UniqueConstraint("source_id", "name"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("mail_source.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    uid_validity: Mapped[int] = mapped_column(BigInteger)
    last_uid: Mapped[int] = mapped_column(BigInteger)


class MailSeen(Row):
    """A mail seen in a folder whose fate is not settled yet, or that was left there. `strikes` are failures."""

    __tablename__ = "mail_seen"
    __table_args__ = (UniqueConstraint("folder_id", "uid"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    folder_id: Mapped[int] = mapped_column(ForeignKey("mail_folder.id", ondelete="CASCADE"))
    uid: Mapped[int] = mapped_column(BigInteger)
    fate: Mapped[str] = mapped_column(String(12))
    seen_at: Mapped[datetime] = mapped_column(Instant)
    strikes: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(String(300), default="")
