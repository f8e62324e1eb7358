"""Rotas for tests: a team with a shift, written as the import would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from gateway.store.models import Absence, Engineer, Row, ShiftOverride, ShiftRule, Team
from tests.databases import Desk

ALL_WEEK = [0, 1, 2, 3, 4, 5, 6]


def a_team(desk: Desk, name: str, members: Sequence[Engineer]) -> Team:
    """A team on the desk."""
    made = Team(name=name)
    with desk.services.transaction() as session:
        made.members = [session.get_one(Engineer, each.id) for each in members]
        session.add(made)
    return made


def a_shift(team: Team, engineers: Sequence[Engineer], **changes: object) -> ShiftRule:
    """Round the clock in UTC, by weeks from the first of the year."""
    made = ShiftRule(team_id=team.id, name="round the clock", position=0, weekdays=ALL_WEEK, starts="00:00",
                     ends="00:00", time_zone="UTC", first_on=date(2026, 1, 1), last_on=None, rotates="weekly",
                     engineers=[each.id for each in engineers], calendar="", on_holidays="works")  # fmt: skip
    for key, value in changes.items():
        setattr(made, key, value)
    return made


def an_override(
    engineer: Engineer, start: datetime, end: datetime, instead_of: Engineer | None = None
) -> Row:
    """Somebody on call for once."""
    return ShiftOverride(engineer_id=engineer.id, instead_of_id=instead_of.id if instead_of else None, team_id=None,
                         starts_at=start, ends_at=end, swap="", reason="")  # fmt: skip


def an_absence(engineer: Engineer, start: datetime, end: datetime) -> Row:
    """Somebody away."""
    return Absence(engineer_id=engineer.id, starts_at=start, ends_at=end, reason="leave")
