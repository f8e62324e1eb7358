"""The end of every verb: fold the log, refresh the cached instants, plan the alarms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain import sla
from gateway.domain.lifecycle import Event
from gateway.domain.sla import Rung, Standing
from gateway.domain.terms import Terms
from gateway.store.models import Alarm, AlarmState, Ticket, table

_alarms = table(Alarm).c
_PLAN: Final = table(Alarm).insert()
_OF_TICKET: Final = _alarms.ticket_id == sa.bindparam("of_ticket")
_PLANS: Final = sa.select(_alarms.target, _alarms.percent, _alarms.state, _alarms.due_at).where(_OF_TICKET)
_FORGET: Final = sa.delete(table(Alarm)).where(_OF_TICKET, _alarms.state != AlarmState.DONE)


def cached(standing: Standing) -> dict[str, Any]:
    """The ticket's columns that repeat what the log says."""
    first, resolution = standing.first_response, standing.resolution
    return {
        "first_response_due_at": first.due_at,
        "resolution_due_at": resolution.due_at,
        "next_due_at": min(first.due_at, resolution.due_at) if first.met_at is None else resolution.due_at,
        "first_response_at": first.met_at,
        "resolved_at": resolution.met_at,
    }


def plan_first(session: Session, ticket_id: int, standing: Standing, terms: Terms) -> None:
    """Plan the alarms of a ticket that has none yet."""
    if rows := [_row(ticket_id, rung) for rung in sla.rungs(standing, terms)]:
        session.execute(_PLAN, rows)


def replan(
    session: Session, ticket: Ticket, events: Sequence[Event], *, terms: Terms, at: datetime
) -> Standing:
    """Fold the log anew, refresh the ticket's cached instants and move its alarms.

    Each rung speaks once; of rungs that a change leaves in the past only the highest unsent one speaks (P1).
    """
    standing = sla.standing(events, terms)
    for name, value in cached(standing).items():
        setattr(ticket, name, value)
    plans = session.execute(_PLANS, {"of_ticket": ticket.id}).all()
    spoken = {(row.target, row.percent) for row in plans if row.state == AlarmState.DONE}
    wanted = _still_to_speak(sla.rungs(standing, terms), spoken, at)
    planned = {(row.target, row.percent, row.due_at) for row in plans if row.state == AlarmState.PLANNED}
    if planned != {(rung.target, rung.percent, rung.at) for rung in wanted}:
        session.execute(_FORGET, {"of_ticket": ticket.id})
        if wanted:
            session.execute(_PLAN, [_row(ticket.id, rung) for rung in wanted])
    return standing


def _still_to_speak(rungs: Sequence[Rung], spoken: set[tuple[str, int]], at: datetime) -> list[Rung]:
    kept = []
    for rung in rungs:
        highest_spoken = max((percent for target, percent in spoken if target == rung.target), default=0)
        passed_by = any(
            other.target == rung.target and other.percent > rung.percent and other.at <= at for other in rungs
        )
        if rung.percent > highest_spoken and not (rung.at <= at and passed_by):
            kept.append(rung)
    return kept


def _row(ticket_id: int, rung: Rung) -> dict[str, object]:
    return {
        "ticket_id": ticket_id,
        "target": rung.target,
        "percent": rung.percent,
        "due_at": rung.at,
        "state": AlarmState.PLANNED,
        "attempts": 0,
        "fence": 0,
    }
