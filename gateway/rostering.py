"""What people change in the rota for once: somebody takes over, two swap, somebody is away.

Each change is looked at at once: who goes off call by it hands over, and a gap it leaves is told.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import duties
from gateway.store.models import Absence, Engineer, Role, ShiftOverride, Team
from gateway.tickets import NotFound, Refused

LONGEST: Final = timedelta(days=366)
_LONGEST_REASON: Final = 200
_Made = TypeVar("_Made", ShiftOverride, Absence)


@dataclass(frozen=True, slots=True)
class Turn:
    """An engineer and a stretch of time."""

    engineer_id: int
    start: datetime
    end: datetime


def take_over(session: Session, turn: Turn, *, instead_of_id: int | None = None, team_id: int | None = None,
              reason: str = "", at: datetime) -> ShiftOverride:  # fmt: skip
    """Put an engineer on call for once, instead of somebody or besides the others.

    Errors: Refused.
    """
    turn = _fit(session, turn, at)
    if instead_of_id is not None:
        _known(session, instead_of_id)
    if instead_of_id == turn.engineer_id:
        raise Refused("nobody stands in for themselves")
    if team_id is not None and session.get(Team, team_id) is None:
        raise Refused("there is no such team")
    made = ShiftOverride(
        engineer_id=turn.engineer_id,
        instead_of_id=instead_of_id,
        team_id=team_id,
        starts_at=turn.start,
        ends_at=turn.end,
        swap="",
        reason=reason.strip()[:_LONGEST_REASON],
    )
    session.add(made)
    return _watched(session, made, at)


def swap(session: Session, mine: Turn, theirs: Turn, *, reason: str = "", at: datetime) -> str:
    """Let two engineers take each other's time; the mark of the swap.

    Errors: Refused.
    """
    mine, theirs = _fit(session, mine, at), _fit(session, theirs, at)
    if mine.engineer_id == theirs.engineer_id:
        raise Refused("a swap is between two people")
    halves = swapped(mine, theirs, None, reason.strip()[:_LONGEST_REASON])
    if session.scalars(sa.select(ShiftOverride.id).where(ShiftOverride.swap == halves[0].swap)).first():
        raise Refused("this swap is in the rota already")
    session.add_all(halves)
    return _watched(session, halves[0], at).swap


def be_away(session: Session, turn: Turn, *, reason: str = "", at: datetime) -> Absence:
    """Note when an engineer is away.

    Errors: Refused.
    """
    turn = _fit(session, turn, at)
    made = Absence(
        engineer_id=turn.engineer_id,
        starts_at=turn.start,
        ends_at=turn.end,
        reason=reason.strip()[:_LONGEST_REASON],
    )
    session.add(made)
    return _watched(session, made, at)


def remove_override(session: Session, override_id: int, *, at: datetime) -> None:
    """Take an override back; a swap with both of its halves.

    Errors: NotFound.
    """
    row = session.get(ShiftOverride, override_id)
    if row is None:
        raise NotFound("there is no such override")
    which = ShiftOverride.swap == row.swap if row.swap else ShiftOverride.id == override_id
    session.execute(sa.delete(ShiftOverride).where(which))
    duties.watch(session, at)


def remove_absence(session: Session, absence_id: int, *, at: datetime) -> None:
    """Take an absence back.

    Errors: NotFound.
    """
    row = session.get(Absence, absence_id)
    if row is None:
        raise NotFound("there is no such absence")
    session.delete(row)
    duties.watch(session, at)


def swapped(
    mine: Turn, theirs: Turn, team_id: int | None, reason: str
) -> tuple[ShiftOverride, ShiftOverride]:
    """Both halves of a swap as rows: each has the other's time. The same swap always has the same mark."""
    told = repr([*((each.engineer_id, each.start.timestamp(), each.end.timestamp()) for each in (mine, theirs)),
                 team_id])  # fmt: skip
    mark = hashlib.sha256(told.encode()).hexdigest()[:32]
    first, second = (
        ShiftOverride(engineer_id=taker.engineer_id, instead_of_id=giver.engineer_id, team_id=team_id,
                      starts_at=giver.start, ends_at=giver.end, swap=mark, reason=reason)
        for giver, taker in ((mine, theirs), (theirs, mine))
    )  # fmt: skip
    return first, second


def _watched(session: Session, made: _Made, at: datetime) -> _Made:
    session.flush()
    duties.watch(session, at)
    return made


def _fit(session: Session, turn: Turn, at: datetime) -> Turn:
    """The part of a stretch that is to come: who was on call stays as it was."""
    _known(session, turn.engineer_id)
    if turn.end <= turn.start:
        raise Refused("the end must be later than the beginning")
    if turn.end <= at:
        raise Refused("this time is over")
    if turn.end - turn.start > LONGEST or turn.start - at > LONGEST:
        raise Refused("this is too far away or too long: at most a year")
    return replace(turn, start=max(turn.start, at))


def _known(session: Session, engineer_id: int) -> None:
    found = session.get(Engineer, engineer_id)
    if found is None or not found.active or found.role == Role.READER:
        raise Refused("there is no such engineer")
