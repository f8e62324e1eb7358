"""The ladder: each due rung of a target is told to those it concerns (P5)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from gateway.domain.lifecycle import EventKind
from gateway.mail.message import Mailbox
from gateway.store.models import Engineer, Promise, Role, Ticket
from gateway.store.queries import desk
from gateway.tickets.letterhead import Letterhead, Post, post
from gateway.tickets.log import Entry
from gateway.tickets.owing import Done, Due

_LEAD_PERCENT, _MANAGEMENT_PERCENT = 90, 100


def speak(session: Session, head: Letterhead, due: Due) -> Done:
    """Tell a rung of the ladder."""
    plan = due.plan
    if plan.target is None:
        raise AssertionError("a rung names its target")
    due_at = due.standing.clock(plan.target).due_at
    told = _tell(session, head, due, due_at=due_at)
    data = {"target": str(plan.target), "percent": plan.percent, "due_at": due_at.isoformat(), "told": told}
    return Done([Entry(EventKind.ALARM, plan.at, "system", data)])


def _tell(session: Session, head: Letterhead, due: Due, *, due_at: datetime) -> list[int]:
    ticket, plan, at = due.ticket, due.plan, due.at
    people = _concerned(session, ticket, plan.percent)
    for engineer in people:
        words = {
            "ticket": head.number(ticket.id),
            "zone": engineer.time_zone,
            "priority": ticket.priority,
            "target": plan.target,
            "percent": plan.percent,
            "due_at": due_at,
            "remaining": due_at - at,
            "link": head.link(ticket.id),
            "subject": ticket.subject,
            "customer": ticket.customer.name if ticket.customer else None,
            "assignee": ticket.assignee.name if ticket.assignee else None,
        }
        what = Post(
            letter="engineer-alarm",
            occasion=f"alarm:{ticket.id}:{plan.target}:{plan.percent}:{due_at.isoformat()}:{engineer.id}",
            language=head.letter_language(engineer.language),
            words=words,
            to=[Mailbox(engineer.name, engineer.email)],
            promise=Promise.AT_LEAST_ONCE,
            ticket_id=ticket.id,
        )
        post(session, head, what, at)
    return [engineer.id for engineer in people]


def _concerned(session: Session, ticket: Ticket, percent: int) -> list[Engineer]:
    """The assignee first, the leads from 90 %, management from 100 %; without an assignee the leads at once."""
    assignee = [ticket.assignee] if ticket.assignee and ticket.assignee.active else []
    roles: list[Role] = []
    if percent >= _LEAD_PERCENT or not assignee:
        roles.append(Role.LEAD)
    if percent >= _MANAGEMENT_PERCENT:
        roles += [Role.MANAGER, Role.ADMIN]
    others = desk.engineers_of_role(session, roles) if roles else []
    return [*assignee, *(each for each in others if each not in assignee)]
