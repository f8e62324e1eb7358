"""A planned alarm looked at again when it is due: the ticket, its log and its clocks as they are now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from gateway.domain import alarms, sla
from gateway.domain.alarms import Plan
from gateway.domain.lifecycle import Event, Status
from gateway.domain.sla import Standing
from gateway.store.models import Alarm, Ticket
from gateway.store.queries.agreements import Agreement
from gateway.tickets import changes, log
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry


@dataclass(frozen=True, slots=True)
class Due:
    """What is owed now, and everything needed to do it."""

    ticket: Ticket
    plan: Plan
    events: Sequence[Event]
    standing: Standing
    agreement: Agreement
    at: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """What doing it leaves in the log, and the status it leads to, if another."""

    entries: Sequence[Entry]
    status: Status | None = None


Act = Callable[[Session, Letterhead, Due], Done]
"""Does what one kind of alarm owes: puts letters, answers what the log is to say. Without an entry that ends the
debt the alarm would be planned again at once."""


def look(session: Session, head: Letterhead, ticket: Ticket, alarm: Alarm, *, at: datetime) -> Due | None:
    """What the alarm still owes, or None where the log no longer says so."""
    agreement = changes.agreement(session, head, ticket)
    events = log.events(session, ticket.id)
    standing = sla.standing(events, agreement.terms)
    for plan in alarms.plans(events, standing, agreement.terms):
        named = (str(plan.owed), str(plan.target or ""), plan.percent)
        if named == (alarm.kind, alarm.target, alarm.percent) and plan.at <= at:
            return Due(ticket, plan, events, standing, agreement, at)
    return None
