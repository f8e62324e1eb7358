"""Rows about customers' people at our pages: links asked for by typing an address, and the visits they open."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum, unique

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.columns import Identity, Instant, Row


@unique
class Reach(StrEnum):
    """What a contact may see and do: what they take part in; the whole company's tickets; and its contract, too."""

    OWN = "own"
    COMPANY = "company"
    MANAGER = "manager"


class EntryLink(Row):
    """One ask for a link, whoever asked and whether or not the address is anybody's.

    Shape: `email` is normalised as typed; `asking_digest` is of what the asking browser holds; `token_digest` and
    `contact_id` stay empty where no letter was written; `wrong` counts addresses typed wrongly in another browser.
    """

    __tablename__ = "entry_link"
    __table_args__ = (
        Index("ix_entry_link_email", "email", "asked_at"),
        Index("ix_entry_link_client", "client", "asked_at"),
    )
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    email: Mapped[str] = mapped_column(String(320))
    client: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(10))
    wanted: Mapped[str] = mapped_column(String(300), default="")
    asking_digest: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(Instant, index=True)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    wrong: Mapped[int] = mapped_column(default=0)


class PostedForm(Row):
    """A form that wrote something, known by what it carries, so that it writes once. It goes after a day."""

    __tablename__ = "posted_form"
    __table_args__ = (Index("ix_posted_form_contact_id", "contact_id", "at"),)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    at: Mapped[datetime] = mapped_column(Instant, index=True)


class Visit(Row):
    """A contact's session, ended by deleting the row. The cookie's token is stored hashed."""

    __tablename__ = "visit"
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    client: Mapped[str] = mapped_column(String(64), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")
