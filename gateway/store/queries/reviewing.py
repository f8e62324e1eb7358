"""What helps deciding on mail that waits: the ticket it may belong to, and files in which something was found."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain import thread
from gateway.domain.lifecycle import Status
from gateway.mail import address
from gateway.store.models import Attachment, Delivery, Message, Scan, ScanState, Ticket
from gateway.store.models.ticket import LIVE_STATUSES


def suggested(session: Session, deliveries: Sequence[Delivery], prefix: str) -> dict[int, int]:
    """The ticket each of these mails may belong to: the one its subject names, else its author's newest live one."""
    named = {each.id: number for each in deliveries if (number := thread.tagged(each.subject, prefix))}
    live = sa.select(Ticket.id).where(
        Ticket.id.in_(sorted(set(named.values()))), Ticket.status != Status.CLOSED
    )
    known = set(session.scalars(live)) if named else set()
    found = {key: number for key, number in named.items() if number in known}
    authors = {each.id: address.normalise(each.originator) for each in deliveries if each.originator}
    theirs = _newest(session, sorted({who for key, who in authors.items() if key not in found}))
    return found | {key: theirs[who] for key, who in authors.items() if key not in found and who in theirs}


def infected(session: Session, *, limit: int = 20) -> Sequence[tuple[Attachment, int]]:
    """The newest files of live tickets in which the scanner found something, each with its ticket."""
    found = (
        sa.select(Attachment, Message.ticket_id)
        .join(Scan, Scan.blob_key == Attachment.blob_key)
        .join(Message, Message.id == Attachment.message_id)
        .join(Ticket, Ticket.id == Message.ticket_id)
        .where(Scan.state == ScanState.INFECTED, sa.text(f"ticket.{LIVE_STATUSES}"))
        .order_by(Attachment.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(found)]


def _newest(session: Session, authors: Sequence[str]) -> dict[str, int]:
    if not authors:
        return {}
    found = (
        sa.select(Ticket.requester_email, sa.func.max(Ticket.id))
        .where(sa.text(LIVE_STATUSES), Ticket.requester_email.in_(authors))
        .group_by(Ticket.requester_email)
    )
    return {row[0]: row[1] for row in session.execute(found)}
