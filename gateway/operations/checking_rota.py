"""Whether somebody is on call at every minute of the next 14 days (P2)."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from gateway import duties
from gateway.domain.rota import HORIZON, Gap
from gateway.store.queries import duty

_MOST_NAMED = 3


def gaps(session: Session, at: datetime) -> str | None:
    """The gaps in words; empty where there are none, None where nobody ever wrote a rota."""
    if not duty.has_rota(session):
        return None
    found = duties.gaps_ahead(session, at)
    if not found:
        return ""
    named = ", ".join(_said(each) for each in found[:_MOST_NAMED]) + (
        ", …" if len(found) > _MOST_NAMED else ""
    )
    return f"nobody is on call within {HORIZON.days} days ({len(found)}): {named}"


def _said(gap: Gap) -> str:
    start, end = gap.start.astimezone(UTC), gap.end.astimezone(UTC)
    return f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"
