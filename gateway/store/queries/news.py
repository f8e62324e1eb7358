"""What came to pass on one ticket since somebody looked at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.lifecycle import EventKind
from gateway.store.models import Message, TicketEvent

_MOST: Final = 100
_WRITTEN: Final = frozenset(
    {
        EventKind.CUSTOMER_MESSAGE,
        EventKind.HELD_MESSAGE,
        EventKind.AUTOMATIC_MESSAGE,
        EventKind.REPLY,
        EventKind.NOTE,
        EventKind.AWS_MESSAGE,
    }
)


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did. Shape: `who` is a name where `named`, else an actor of the log such as `engineer:7`."""

    who: str
    named: bool
    wrote: bool
    at: datetime


def newest(session: Session, ticket_id: int) -> int:
    """The number of the newest entry of a ticket's log; 0 where there is none."""
    found = select(TicketEvent.seq).where(TicketEvent.ticket_id == ticket_id)
    return session.scalar(found.order_by(TicketEvent.seq.desc()).limit(1)) or 0


def since(session: Session, ticket_id: int, seq: int) -> list[Deed]:
    """What people did on a ticket after an entry of its log, oldest first; what happens by itself is left out."""
    found = select(TicketEvent).where(TicketEvent.ticket_id == ticket_id, TicketEvent.seq > seq)
    entries = session.scalars(found.order_by(TicketEvent.seq).limit(_MOST)).all()
    keys = {entry.data["message"] for entry in entries if isinstance(entry.data.get("message"), int)}
    authors = session.execute(
        select(Message.id, Message.author_name, Message.author_email).where(Message.id.in_(keys))
    )
    names = {row.id: row.author_name or row.author_email for row in authors} if keys else {}
    deeds = []
    for entry in entries:
        wrote = entry.kind in _WRITTEN
        who = names.get(entry.data.get("message", 0), "") if wrote else ""
        if wrote or entry.actor.startswith(("engineer:", "contact:", "customer")):
            deeds.append(Deed(who or entry.actor, bool(who), wrote, entry.recorded_at))
    return deeds
