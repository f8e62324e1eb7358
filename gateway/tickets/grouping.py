"""Mail of a flood on the one ticket that takes it in: each stays to be read, none of it moves a clock."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from gateway.domain.lifecycle import EventKind
from gateway.store.blobs import Blobs
from gateway.tickets import log, messages
from gateway.tickets.changes import locked
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry
from gateway.tickets.messages import Entrance


def group(session: Session, head: Letterhead, blobs: Blobs, ticket_id: int, *, entrance: Entrance,
          at: datetime) -> int:  # fmt: skip
    """Add a mail of a flood to its ticket, unanswered; the message's id.

    No clock reads such mail, so that alarms and cached columns stay as they are: the thousandth costs what the first
    one does.
    """
    ticket = locked(session, ticket_id)
    row_id = messages.add_inbound(session, blobs, ticket_id, entrance, at=at)
    ticket.changed_at = at
    data: dict[str, object] = {"message": row_id, "flood": True}
    entry = Entry(EventKind.AUTOMATIC_MESSAGE, entrance.accepted_at, "system", data)
    log.append(session, ticket_id, [entry], recorded_at=at)
    session.flush()
    return row_id
