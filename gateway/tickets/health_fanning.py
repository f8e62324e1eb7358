"""One note or one reply on the tickets of every customer that a Health event touches, in one act (P7)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from gateway import secrets
from gateway.domain.lifecycle import EventKind
from gateway.store.models import Engineer
from gateway.store.queries import health
from gateway.tickets import NotFound, Refused, fanning
from gateway.tickets.fanning import SAME_WITHIN as SAME_WITHIN
from gateway.tickets.fanning import Fanned as Fanned
from gateway.tickets.fanning import Mark
from gateway.tickets.letterhead import Letterhead


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
    mark = Mark(EventKind.AWS_HEALTH, {"what": "fanned", "event": event_id, "act": name}, named=bool(act))
    return fanning.fan(
        session, head, tickets, mark=mark, author=author, text=text, to_customers=to_customers, at=at
    )
