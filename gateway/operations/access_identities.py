"""Who an OpenID provider's person is here: by issuer and subject, bound once by an address that the provider proved.

The only writer of engineer_identity. Source: OpenID Connect Core §5.7: only issuer and subject together are stable.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.operations import auditing
from gateway.store.models import Engineer, EngineerIdentity
from gateway.store.queries import people


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a checked ID token says of somebody."""

    issuer: str
    subject: str
    email: str = ""
    email_verified: bool = False


@unique
class Refusal(StrEnum):
    """Why somebody the provider knows is not let in."""

    UNVERIFIED = "unverified"
    UNKNOWN = "unknown"
    INACTIVE = "inactive"
    OTHER_SUBJECT = "other-subject"


def engineer_of(session: Session, claimed: Claimed, *, client: str, at: datetime) -> Engineer | Refusal:
    """The engineer somebody is, bound to their identity at the first login, or why they are not let in."""
    found = session.execute(
        select(Engineer)
        .join(EngineerIdentity, EngineerIdentity.engineer_id == Engineer.id)
        .where(EngineerIdentity.issuer == claimed.issuer, EngineerIdentity.subject == claimed.subject)
    ).scalar_one_or_none()
    if found is not None:
        return found if found.active else Refusal.INACTIVE
    if not claimed.email or not claimed.email_verified:
        return Refusal.UNVERIFIED
    engineer = people.engineer_named(session, claimed.email.strip())
    if engineer is None:
        return Refusal.UNKNOWN
    if _bound(session, engineer.id, claimed.issuer):
        return Refusal.OTHER_SUBJECT
    session.add(
        EngineerIdentity(engineer_id=engineer.id, issuer=claimed.issuer, subject=claimed.subject, bound_at=at)
    )
    who = f"engineer:{engineer.id}"
    auditing.note(session, actor=who, act="identity.bound", about=who, client=client, at=at)
    return engineer


def unbind(session: Session, engineer_id: int) -> int:
    """Forget who an engineer is to any provider; how many identities there were."""
    rows = session.scalars(select(EngineerIdentity).where(EngineerIdentity.engineer_id == engineer_id)).all()
    for row in rows:
        session.delete(row)
    return len(rows)


def _bound(session: Session, engineer_id: int, issuer: str) -> bool:
    wanted = select(EngineerIdentity.id).where(
        EngineerIdentity.engineer_id == engineer_id, EngineerIdentity.issuer == issuer
    )
    return session.scalar(wanted.limit(1)) is not None
