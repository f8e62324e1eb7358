"""Who stands above whom on the desk, who is away, and everybody where nobody else is left."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store.models import Absence, Engineer, Role, TeamMember

_TOLD_AT_ONCE = 10


def leads_of(session: Session, engineer_ids: Collection[int]) -> list[Engineer]:
    """Active leads of the teams that any of these engineers is in, at most ten."""
    if not engineer_ids:
        return []
    teams = sa.select(TeamMember.team_id).where(TeamMember.engineer_id.in_(engineer_ids))
    members = sa.select(TeamMember.engineer_id).where(TeamMember.team_id.in_(teams))
    wanted = sa.select(Engineer).where(Engineer.id.in_(members), Engineer.role == Role.LEAD, Engineer.active)
    return list(session.scalars(wanted.order_by(Engineer.id).limit(_TOLD_AT_ONCE)))


def away(session: Session, at: datetime) -> frozenset[int]:
    """The engineers who are absent at an instant, as the rota knows."""
    wanted = sa.select(Absence.engineer_id).where(Absence.starts_at <= at, Absence.ends_at > at)
    return frozenset(session.scalars(wanted))


def anybody(session: Session) -> list[Engineer]:
    """Active engineers of any role that acts, at most ten."""
    wanted = sa.select(Engineer).where(Engineer.active, Engineer.role != Role.READER).order_by(Engineer.id)
    return list(session.scalars(wanted.limit(_TOLD_AT_ONCE)))


def by_id(session: Session, engineer_ids: Collection[int]) -> list[Engineer]:
    """Engineers by identity, whether or not they are still here."""
    if not engineer_ids:
        return []
    return list(
        session.scalars(sa.select(Engineer).where(Engineer.id.in_(engineer_ids)).order_by(Engineer.id))
    )
