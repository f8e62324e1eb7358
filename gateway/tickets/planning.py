"""The end of every verb: fold the log, refresh the cached instants, plan the alarms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain import alarms, sla
from gateway.domain.alarms import Plan
from gateway.domain.lifecycle import Event
from gateway.domain.sla import Standing
from gateway.domain.terms import Terms
from gateway.store.models import Alarm, Ticket, table

BEHIND: Final = timedelta(days=36_525)
"""How far behind its due instant a ticket whose clocks rest stands in the queue: behind whatever runs."""
_alarms = table(Alarm).c
_PLAN: Final = table(Alarm).insert()
_OF_TICKET: Final = _alarms.ticket_id == sa.bindparam("of_ticket")
_PLANNED: Final = sa.select(_alarms.kind, _alarms.target, _alarms.percent, _alarms.due_at).where(_OF_TICKET)
_FORGET: Final = sa.delete(table(Alarm)).where(_OF_TICKET)


def cached(standing: Standing) -> dict[str, Any]:
    """The ticket's columns that repeat what the log says."""
    first, resolution = standing.first_response, standing.resolution
    due_at = min(first.due_at, resolution.due_at) if first.met_at is None else resolution.due_at
    rests = resolution.rests_since is not None and resolution.rests_since <= due_at
    return {
        "first_response_due_at": first.due_at,
        "resolution_due_at": resolution.due_at,
        "next_due_at": due_at + BEHIND if rests else due_at,
        "first_response_at": first.met_at,
        "resolved_at": resolution.met_at,
        "rests_since": resolution.rests_since,
        "closed_at": standing.closed_at,
    }


def plan_first(
    session: Session, ticket_id: int, events: Sequence[Event], standing: Standing, *, terms: Terms
) -> None:
    """Plan the alarms of a ticket that has none yet."""
    if rows := [alarm_row(ticket_id, plan) for plan in alarms.plans(events, standing, terms)]:
        session.execute(_PLAN, rows)


def replan(session: Session, ticket: Ticket, events: Sequence[Event], *, terms: Terms) -> Standing:
    """Fold the log anew, refresh the ticket's cached instants and move its alarms."""
    standing = sla.standing(events, terms)
    for name, value in cached(standing).items():
        setattr(ticket, name, value)
    rows = [alarm_row(ticket.id, plan) for plan in alarms.plans(events, standing, terms)]
    wanted = {(row["kind"], row["target"], row["percent"], row["due_at"]) for row in rows}
    if {tuple(row) for row in session.execute(_PLANNED, {"of_ticket": ticket.id})} != wanted:
        session.execute(_FORGET, {"of_ticket": ticket.id})
        if rows:
            session.execute(_PLAN, rows)
    return standing


def alarm_row(ticket_id: int, plan: Plan) -> dict[str, object]:
    """The row that says when to look at a ticket again."""
    return {
        "ticket_id": ticket_id,
        "kind": plan.owed,
        "target": plan.target or "",
        "percent": plan.percent,
        "due_at": plan.at,
        "attempts": 0,
        "fence": 0,
    }
