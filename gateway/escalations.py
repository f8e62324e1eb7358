"""The ladder: each due rung is told to those it concerns, and passed on where nobody acknowledges (P5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from gateway.domain import alarms
from gateway.domain.alarms import Owed
from gateway.domain.lifecycle import EventKind
from gateway.domain.terms import Audience, Rung, Target
from gateway.store.queries import leads
from gateway.tickets import audiences, expiring, log, summoning
from gateway.tickets.audiences import Step, Told
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry
from gateway.tickets.owing import Done, Due
from gateway.tickets.summoning import Summons


def speak(session: Session, head: Letterhead, due: Due) -> Done:
    """Tell a rung of the ladder to its people, and the customer where the rung is theirs as well.

    A rung never tells nobody while anybody is there; the log says whose people were told `instead`.
    """
    target, percent = _target(due), due.plan.percent
    rung = due.agreement.terms.rung(percent)
    notified = Audience.CUSTOMER in rung.tells and expiring.tell(session, head, due)
    step = _reached(session, due, rung, notified=notified)
    data: dict[str, object] = {
        "target": str(target),
        "percent": percent,
        "due_at": _due_at(due).isoformat(),
        "told": [each.engineer.id for each in step.people],
    }
    data |= {"instead": step.percent} if step.people and step.percent != percent else {}
    data |= {"customer": True} if notified else {}
    entry = Entry(EventKind.ALARM, due.plan.at, "system", data)
    what = Summons(
        letter="engineer-alarm",
        occasion=f"alarm:{due.ticket.id}:{target}:{percent}:{_due_at(due).isoformat()}",
        ticket_id=due.ticket.id,
        words=_words(due)
        | {"customer_told": notified, "last": due.agreement.terms.rung_after(percent) is None},
        passed_on_at=_passed_on_at(due, entry),
        passed_on_to=due.agreement.terms.rung_after(percent),
        missing=rung if step.percent != percent else None,
    )
    summoning.summon(session, head, what, step.people, at=due.at)
    return Done([entry])


def pass_on(session: Session, head: Letterhead, due: Due) -> Done:
    """Tell the next rung's people that nobody has acknowledged a rung; that rung still speaks at its own time."""
    ticket, target, percent = due.ticket, _target(due), due.plan.percent
    before = _told_by_rung(due)
    step = audiences.reached_after(
        session, ticket, due.agreement.terms, percent=percent, known=before, at=due.at
    )
    what = Summons(
        letter="engineer-alarm",
        occasion=f"passed-on:{ticket.id}:{target}:{percent}:{_due_at(due).isoformat()}",
        ticket_id=ticket.id,
        words=_words(due) | {"unacknowledged": True},
        silent=tuple(Told(each, "") for each in leads.by_id(session, before)),
    )
    told = summoning.summon(session, head, what, step.people, at=due.at)
    data = {"target": str(target), "percent": percent, "to_percent": step.percent, "told": told}
    return Done([Entry(EventKind.PASSED_ON, due.plan.at, "system", data)])


def _reached(session: Session, due: Due, rung: Rung, *, notified: bool) -> Step:
    """Whom the rung reaches; a step that is the customer's alone needs no engineer once they are told."""
    if notified and set(rung.tells) == {Audience.CUSTOMER}:
        return Step(rung.percent, ())
    return audiences.reached(session, due.ticket, due.agreement.terms, percent=rung.percent, at=due.at)


def _passed_on_at(due: Due, spoken: Entry) -> datetime | None:
    """When the rung that is about to speak is passed on unless somebody acknowledges it, as the log will say."""
    events = [*due.events, *log.as_events([spoken], due.at)]
    wanted = (Owed.PASS_ON, due.plan.target, due.plan.percent)
    planned = alarms.plans(events, due.standing, due.agreement.terms)
    return next((each.at for each in planned if (each.owed, each.target, each.percent) == wanted), None)


def _told_by_rung(due: Due) -> Sequence[int]:
    """The engineers that the rung told."""
    target, percent = due.plan.target, due.plan.percent
    for event in reversed(due.events):
        named = (event.data.get("target"), event.data.get("percent"))
        told = event.data.get("told")
        if event.kind is EventKind.ALARM and named == (target, percent) and isinstance(told, list):
            return told
    return ()


def _target(due: Due) -> Target:
    if due.plan.target is None:
        raise AssertionError("a rung names its target")
    return due.plan.target


def _due_at(due: Due) -> datetime:
    return due.standing.clock(_target(due)).due_at


def _words(due: Due) -> dict[str, object]:
    ticket = due.ticket
    return {
        "priority": ticket.priority,
        "target": _target(due),
        "percent": due.plan.percent,
        "due_at": _due_at(due),
        "remaining": _due_at(due) - due.at,
        "subject": ticket.subject,
        "customer": ticket.customer.name if ticket.customer else None,
        "assignee": ticket.assignee.name if ticket.assignee else None,
    }
