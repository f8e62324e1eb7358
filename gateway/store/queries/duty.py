"""Who is on call, as the rota says; empty where nobody ever wrote a rota."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import i18n
from gateway.domain import rota
from gateway.domain.rota import OnHolidays, Override, Rota, Rotation, Rule, Stretch
from gateway.store.models import Absence, Engineer, PublicHoliday, Role, ShiftOverride, ShiftRule, Team

_RULES: Final = (
    sa.select(ShiftRule, Team.name)
    .join(Team, Team.id == ShiftRule.team_id)
    .order_by(ShiftRule.position, ShiftRule.id)
)
_OVERRIDES: Final = (
    sa.select(ShiftOverride, Team.name)
    .outerjoin(Team, Team.id == ShiftOverride.team_id)
    .order_by(ShiftOverride.id)
)
_LEEWAY: Final = timedelta(days=3)


def has_rota(session: Session) -> bool:
    """Whether anybody ever wrote a rota; without one nobody is assigned by itself and there are no gaps."""
    ruled = session.execute(sa.select(ShiftRule.id).limit(1)).first()
    return ruled is not None or session.execute(sa.select(ShiftOverride.id).limit(1)).first() is not None


def rota_between(session: Session, start: datetime, end: datetime) -> Rota:
    """The rota as it concerns the time between two instants."""
    rules = session.execute(_RULES).all()
    overrides = session.execute(
        _OVERRIDES.where(ShiftOverride.ends_at > start - _LEEWAY, ShiftOverride.starts_at < end + _LEEWAY)
    ).all()
    if not rules and not overrides:
        return Rota()
    calendars = _calendars(session, [rule for rule, _ in rules])
    absences = session.scalars(
        sa.select(Absence)
        .where(Absence.ends_at > start - _LEEWAY, Absence.starts_at < end + _LEEWAY)
        .order_by(Absence.id)
    )
    return Rota(
        rules=tuple(_rule(rule, team, calendars.get(rule.calendar, frozenset())) for rule, team in rules),
        overrides=tuple(_override(row, team) for row, team in overrides),
        absences=tuple(rota.Absence(row.engineer_id, row.starts_at, row.ends_at) for row in absences),
        gone=frozenset(
            session.scalars(sa.select(Engineer.id).where(~Engineer.active | (Engineer.role == Role.READER)))
        ),
    )


def shift_at(session: Session, at: datetime) -> list[Stretch]:
    """Who is on call at an instant, with the end of their shifts."""
    return rota.on_call(rota_between(session, at, at), at)


def on_call(session: Session, at: datetime) -> list[Engineer]:
    """The engineers on call at an instant, in the rota's order; nobody where there is no rota."""
    return named(session, [each.engineer for each in shift_at(session, at)])


def named(session: Session, engineer_ids: Sequence[int]) -> list[Engineer]:
    """Active engineers by identity, in this order, each once."""
    if not engineer_ids:
        return []
    found = session.scalars(sa.select(Engineer).where(Engineer.id.in_(engineer_ids), Engineer.active))
    known = {each.id: each for each in found}
    return [known[each] for each in dict.fromkeys(engineer_ids) if each in known]


def _calendars(session: Session, rules: Sequence[ShiftRule]) -> dict[str, frozenset[date]]:
    wanted = {rule.calendar for rule in rules if rule.calendar}
    if not wanted:
        return {}
    days: dict[str, set[date]] = {name: set() for name in wanted}
    for row in session.scalars(sa.select(PublicHoliday).where(PublicHoliday.calendar.in_(wanted))):
        days[row.calendar].add(row.held_on)
    return {name: frozenset(held) for name, held in days.items()}


def _rule(row: ShiftRule, team: str, holidays: frozenset[date]) -> Rule:
    return Rule(
        team=team,
        name=row.name,
        weekdays=frozenset(row.weekdays),
        starts=time.fromisoformat(row.starts),
        ends=time.fromisoformat(row.ends),
        zone=i18n.time_zone(row.time_zone),
        engineers=tuple(row.engineers),
        first_on=row.first_on,
        last_on=row.last_on,
        rotates=Rotation(row.rotates),
        holidays=holidays,
        on_holidays=OnHolidays(row.on_holidays),
    )


def _override(row: ShiftOverride, team: str | None) -> Override:
    return Override(row.engineer_id, row.starts_at, row.ends_at, row.instead_of_id, team or "", row.swap)
