"""Words that the desk writes itself on tickets about ourselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from gateway.domain.lifecycle import EventKind, Status
from gateway.store.models import Direction, Message, table
from gateway.tickets import messages
from gateway.tickets.changes import finish, locked
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry


def note(session: Session, head: Letterhead, ticket_id: int, *, text: str, at: datetime) -> bool:
    """Write a work note of the desk's own; False on a closed ticket, which is final. Errors: NotFound."""
    ticket = locked(session, ticket_id)
    if ticket.status == Status.CLOSED:
        return False
    row = messages.blank(ticket_id, Direction.NOTE, at) | {
        "author_name": head.provider[:200], "engineer_id": None, "text": text, "new_text": text,
        "kind": "auto-generated", "authenticated": True,
    }  # fmt: skip
    made = session.execute(table(Message).insert().returning(table(Message).c.id), row).scalar_one()
    finish(session, head, ticket, [Entry(EventKind.NOTE, at, "system", {"message": made})], at=at)
    return True
