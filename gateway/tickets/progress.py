"""Reports of progress to the customer, drafted from the ticket's log since the last word to them (P4).

They tell what happened in plain words, never what an engineer noted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain.exclusions import replies
from gateway.domain.lifecycle import LIVE, Event, EventKind, Status
from gateway.domain.sla import Clock, Standing
from gateway.store.models import Engineer
from gateway.store.queries import desk
from gateway.tickets import telling
from gateway.tickets.grants import Act
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry
from gateway.tickets.owing import Done, Due

MOST_TOLD: Final = 10
_OF_HEALTH: Final = frozenset({"changed", "closed", "reopened"})


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, as the letter tells it.

    Shape: `what` is assigned, status, priority, received, worked, escalated or aws-health; `value` a name or a code.
    """

    at: datetime
    what: str
    value: str = ""


def report(session: Session, head: Letterhead, due: Due) -> Done:
    """Tell the customer how far their ticket is, and when they hear next.

    An address that nobody is known to read at gets no letter that no person caused; the report is noted all the same.
    """
    ticket, at = due.ticket, due.at
    next_at = at + due.agreement.terms.progress[due.standing.priority]
    about = telling.correspondence(session, head, ticket)
    if about.to and desk.is_there(session, ticket.id, about.to[0].address):
        words = _standing(due.standing, at) | {
            "subject": ticket.subject,
            "engineer": ticket.assignee.name if ticket.assignee and ticket.assignee.active else None,
            "next_at": next_at,
            "progress": due.agreement.terms.progress[due.standing.priority],
        }
        words |= _timeline(session, due.events)
        telling.tell(session, head, about, "progress", words=words, acts=(Act.ESCALATE,), at=at)
    return Done([Entry(EventKind.PROGRESS, at, "system", {"next_at": next_at.isoformat()})])


def happenings(events: Sequence[Event], names: Mapping[int, str]) -> list[Happening]:
    """What the customer is told of some entries, in their order; repeated work is told once, when it was last.

    A mail by which an engineer only said that they have seen a call is no work.
    """
    told: list[Happening] = []
    seen = {each.data.get("message") for each in events if each.kind is EventKind.ACKNOWLEDGED} - {None}
    for event in events:
        only_seen = event.kind is EventKind.NOTE and event.data.get("message") in seen
        found = None if only_seen else _told(event, names)
        if found is None:
            continue
        if told and found.what in ("worked", "received") and told[-1].what == found.what:
            told.pop()
        told.append(found)
    return told


def since(events: Sequence[Event]) -> int:
    """The index of the last word to the customer: the opening, a person's reply, a report, or a reopening."""
    answered = replies(events)
    last, before = 0, Status.NEW
    for index, event in enumerate(events):
        if event.kind is EventKind.STATUS:
            after = Status(str(event.data["to"]))
            last = index if before is Status.RESOLVED and after in LIVE else last
            before = after
        heard = event.kind is EventKind.REPLY and answered.get(event.data.get("message")) is not None
        last = index if heard or event.kind is EventKind.PROGRESS else last
    return last


def _timeline(session: Session, events: Sequence[Event]) -> dict[str, object]:
    last = since(events)
    later = events[last + 1 :]
    ids = {
        int(str(each.data["to"])) for each in later if each.kind is EventKind.ASSIGNED and each.data.get("to")
    }
    people = [session.get(Engineer, each) for each in sorted(ids)]
    happened = happenings(later, {each.id: each.name for each in people if each is not None})
    return {
        "since": events[last].at,
        "happened": happened[-MOST_TOLD:],
        "more": len(happened) > MOST_TOLD,
    }


def _told(event: Event, names: Mapping[int, str]) -> Happening | None:
    match event.kind:
        case EventKind.ASSIGNED:
            to = event.data.get("to")
            return Happening(event.at, "assigned", names.get(int(str(to)), "") if to else "")
        case EventKind.STATUS if event.data.get("cause") != "reply":
            return Happening(event.at, "status", str(event.data["to"]))
        case EventKind.PRIORITY:
            return Happening(event.at, "priority", str(event.data["priority"]))
        case EventKind.CUSTOMER_MESSAGE:
            return Happening(event.at, "received")
        case EventKind.NOTE:
            return Happening(event.at, "worked")
        case EventKind.ESCALATION_ASKED:
            return Happening(event.at, "escalated")
        case EventKind.AWS_HEALTH if event.data.get("what") in _OF_HEALTH:
            return Happening(event.at, "aws-health", str(event.data["what"]))
    return None


def _standing(state: Standing, at: datetime) -> dict[str, object]:
    first, resolution = state.first_response, state.resolution
    return {
        "status": state.status,
        "priority": state.priority,
        "first_response_due_at": None if first.met_at else first.due_at,
        "first_response_late": _late(first, at),
        "resolution_due_at": resolution.due_at,
        "resolution_late": _late(resolution, at),
        "rests": resolution.rests_since is not None,
    }


def _late(clock: Clock, at: datetime) -> bool:
    return clock.breached_at(at) is not None
