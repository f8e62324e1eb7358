"""Rows about how engineers prove who they are: second factors, recovery codes, identities, half logins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.columns import Identity, Instant, Row


class SecondFactor(Row):
    """An engineer's secret of one-time codes (RFC 6238), sealed; it counts from when a first code confirmed it.

    Shape: `last_step` is the newest 30 seconds whose code was used, so that none works twice.
    """

    __tablename__ = "second_factor"
    engineer_id: Mapped[int] = mapped_column(
        Identity, ForeignKey("engineer.id", ondelete="CASCADE"), primary_key=True
    )
    secret: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(Row):
    """A code that stands in for the second factor once; stored hashed, gone when used."""

    __tablename__ = "recovery_code"
    code_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    engineer_id: Mapped[int] = mapped_column(
        Identity, ForeignKey("engineer.id", ondelete="CASCADE"), index=True
    )


class EngineerIdentity(Row):
    """Who an engineer is to an OpenID provider, bound at the first login."""

    __tablename__ = "engineer_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("engineer_id", "issuer"))
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    engineer_id: Mapped[int] = mapped_column(Identity, ForeignKey("engineer.id", ondelete="CASCADE"))
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(255))
    bound_at: Mapped[datetime] = mapped_column(Instant)


class HalfLogin(Row):
    """A login whose first factor was right and whose code is still to come; no session, and short-lived."""

    __tablename__ = "half_login"
    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    engineer_id: Mapped[int] = mapped_column(
        Identity, ForeignKey("engineer.id", ondelete="CASCADE"), index=True
    )
    method: Mapped[str] = mapped_column(String(20))
    tries: Mapped[int] = mapped_column(default=0)
    ends_at: Mapped[datetime] = mapped_column(Instant)
