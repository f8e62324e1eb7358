"""One note or one reply on the tickets of every customer that a Health event touches, in one act (P7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway import secrets
from gateway.domain.lifecycle import EventKind, InvalidTransition, Status
from gateway.store.models import Engineer
from gateway.store.queries import health
from gateway.tickets import NotFound, Refused, handling, log
from gateway.tickets.changes import actor, finish, locked
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry

SAME_WITHIN: Final = timedelta(hours=1)
"""The same words of the same author within this time are the same act, where the act has no name."""


@dataclass(frozen=True, slots=True)
class Fanned:
    """What came of it. Shape: ticket numbers; `before` have it from the same act done twice, `left` took none."""

    done: tuple[int, ...] = ()
    before: tuple[int, ...] = ()
    left: tuple[int, ...] = ()


def note_to_all(session: Session, head: Letterhead, event_id: int, *, author: Engineer, text: str,
                to_customers: bool, at: datetime, act: str = "") -> Fanned:  # fmt: skip
    """Write the same on every customer's ticket of an event: a work note, or a reply that their people get by mail.

    Shape: `act` is the name of the form that was sent, so that sending it twice does it once. Closed tickets, and
    for replies those with nobody to write to, are left.
    Errors: NotFound for an event without tickets, Refused without a text.
    """
    if not text.strip():
        raise Refused("a note needs a text")
    tickets = [each.id for each in health.tickets_of_event(session, event_id)]
    if not tickets:
        raise NotFound(f"there is no ticket about event {event_id}")
    name = act or secrets.digest(f"{author.id}\n{to_customers}\n{text.strip()}")[:16]
    done, before, left = [], [], []
    for ticket_id in tickets:
        ticket = locked(session, ticket_id)
        if _has(session, ticket_id, event_id, name, since=None if act else at - SAME_WITHIN):
            before.append(ticket_id)
        elif ticket.status != Status.CLOSED and _write(
            session, head, ticket_id, author=author, text=text, to_customers=to_customers, at=at
        ):
            data = {"what": "fanned", "event": event_id, "act": name, "to_customers": to_customers}
            finish(session, head, ticket, [Entry(EventKind.AWS_HEALTH, at, actor(author), data)], at=at)
            done.append(ticket_id)
        else:
            left.append(ticket_id)
    return Fanned(tuple(done), tuple(before), tuple(left))


def _write(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, text: str,
           to_customers: bool, at: datetime) -> bool:  # fmt: skip
    """Whether a ticket took it; one that does not leaves nothing behind."""
    try:
        with session.begin_nested():
            write = handling.reply if to_customers else handling.note
            write(session, head, ticket_id, author=author, text=text, at=at)
    except (Refused, InvalidTransition):
        return False
    return True


def _has(session: Session, ticket_id: int, event_id: int, name: str, *, since: datetime | None) -> bool:
    return any(
        each.kind is EventKind.AWS_HEALTH
        and (each.data.get("event"), each.data.get("act")) == (event_id, name)
        and (since is None or each.recorded_at > since)
        for each in log.events(session, ticket_id)
    )
