"""Rows about people and agreements: customers, contacts, contracts, engineers, their sessions and tokens."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, ForeignKey, Index, Numeric, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.store.models.columns import Identity, Instant, Json, Row

if TYPE_CHECKING:
    from gateway.store.models.aws import AwsAccount


@unique
class Role(StrEnum):
    """What an engineer may do: each role may all that the ones before it may."""

    READER = "read-only"
    ENGINEER = "engineer"
    LEAD = "lead"
    MANAGER = "manager"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """0 for read-only up to 4 for admin."""
        return list(Role).index(self)


class Customer(Row):
    """One customer of the provider."""

    __tablename__ = "customer"
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    reference: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(10), default="en")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    active: Mapped[bool] = mapped_column(default=True)
    domains: Mapped[list[CustomerDomain]] = relationship(cascade="all, delete-orphan")
    contacts: Mapped[list[Contact]] = relationship(back_populates="customer", cascade="all, delete-orphan")
    contracts: Mapped[list[Contract]] = relationship(cascade="all, delete-orphan")
    accounts: Mapped[list[AwsAccount]] = relationship(cascade="all, delete-orphan")


class CustomerDomain(Row):
    """A mail domain whose addresses belong to a customer."""

    __tablename__ = "customer_domain"
    domain: Mapped[str] = mapped_column(String(255), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), index=True)


class Contact(Row):
    """A person of a customer, known by a normalised address. Shape: `role` is a `visitor.Reach`."""

    __tablename__ = "contact"
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(10), default="")
    phone: Mapped[str] = mapped_column(String(50), default="")
    role: Mapped[str] = mapped_column(String(10), default="own", server_default="own")
    customer: Mapped[Customer] = relationship(back_populates="contacts")


class Contract(Row):
    """One version of an agreement; a version is never changed once a ticket was opened under it.

    Shape: `terms` holds only what differs from the default terms; `effective_on` is this version's own first day,
    None where it holds from the contract's beginning; `ends_on` is the last day.
    """

    __tablename__ = "contract"
    __table_args__ = (UniqueConstraint("number", "version"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), index=True)
    number: Mapped[str] = mapped_column(String(100))
    version: Mapped[int] = mapped_column(default=1)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    effective_on: Mapped[date | None] = mapped_column(Date)
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    language: Mapped[str] = mapped_column(String(10), default="en")
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    monthly_fee: Mapped[Any] = mapped_column(Numeric(18, 4), default=0)
    terms: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class Engineer(Row):
    """Somebody of the provider who can log in. An empty password hash lets nobody in."""

    __tablename__ = "engineer"
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20), default=Role.ENGINEER)
    password_hash: Mapped[str] = mapped_column(String(255), default="")
    language: Mapped[str] = mapped_column(String(10), default="en")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    skills: Mapped[list[str]] = mapped_column(Json, default=list)
    active: Mapped[bool] = mapped_column(default=True)
    shortcuts: Mapped[bool] = mapped_column(default=True, server_default=true())


class Team(Row):
    """A named group of engineers."""

    __tablename__ = "team"
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    members: Mapped[list[Engineer]] = relationship(secondary="team_member")


class TeamMember(Row):
    """An engineer's place in a team."""

    __tablename__ = "team_member"
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    engineer_id: Mapped[int] = mapped_column(ForeignKey("engineer.id", ondelete="CASCADE"), primary_key=True)


class WebSession(Row):
    """A login, ended by deleting the row. The cookie's token is stored hashed.

    Shape: `method` says how: `password`, `openid`; `proved` whether a second factor was shown.
    """

    __tablename__ = "web_session"
    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    engineer_id: Mapped[int] = mapped_column(ForeignKey("engineer.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    client: Mapped[str] = mapped_column(String(64), default="", server_default="")
    browser: Mapped[str] = mapped_column(String(200), default="", server_default="")
    method: Mapped[str] = mapped_column(String(20), default="password", server_default="password")
    proved: Mapped[bool] = mapped_column(default=False, server_default=false())


class ApiToken(Row):
    """A bearer token for the API, stored hashed."""

    __tablename__ = "api_token"
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    engineer_id: Mapped[int] = mapped_column(ForeignKey("engineer.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(20), default=Role.ENGINEER)
    name: Mapped[str] = mapped_column(String(100), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    seen_at: Mapped[datetime | None] = mapped_column(Instant)


class LoginFailure(Row):
    """A failed login, counted against the address it named and the client it came from."""

    __tablename__ = "login_failure"
    __table_args__ = (Index(None, "email", "at"), Index(None, "client", "at"))
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    email: Mapped[str] = mapped_column(String(320))
    client: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
