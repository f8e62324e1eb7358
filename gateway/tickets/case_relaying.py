"""What goes to AWS without an engineer's hand, or is proposed to: customers' words where that is switched on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.intent import Kind as Wish
from gateway.domain.lifecycle import EventKind
from gateway.domain.terms import Priority
from gateway.mail.message import Kind
from gateway.store.models import AwsCase, Direction, Message, Ticket
from gateway.tickets import Refused, case_drafts, case_writes, casework
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry

_NOTHING_NEW: Final = (Wish.CONFIRM, Wish.THANKS)


def relay(session: Session, head: Letterhead, ticket: Ticket, message_id: int, *, wish: Wish,
          at: datetime) -> list[Entry]:  # fmt: skip
    """Pass on a customer's message to the cases of its ticket that take it by themselves; entries for the log.

    Only authenticated words of a person go, never a bare "fixed" or "thanks", which would reopen a case. The caller
    holds the ticket's row.
    """
    cases = [] if wish in _NOTHING_NEW else _relaying(session, ticket.id)
    if not cases:
        return []
    message = session.get_one(Message, message_id)
    if message.direction != Direction.INBOUND or message.held or not message.authenticated:
        return []
    if message.kind != Kind.HUMAN:
        return []
    return [
        told for each in cases for told in _passed_on(session, head, ticket, each, message=message, at=at)
    ]


def priority_changed(session: Session, ticket: Ticket, *, before: Priority, at: datetime) -> list[Entry]:
    """Propose, for each open case that was opened as something else, to tell AWS of our new priority; log entries."""
    found = sa.select(AwsCase).where(AwsCase.ticket_id == ticket.id, AwsCase.resolved_at.is_(None))
    cases = [each for each in session.scalars(found) if case_drafts.severity_note(ticket, each)]
    told = {"what": "severity-proposed", "from": str(before), "to": str(ticket.priority)}
    return [Entry(EventKind.AWS_CASE, at, "system", told | {"case": each.id}) for each in cases]


def _relaying(session: Session, ticket_id: int) -> Sequence[AwsCase]:
    found = sa.select(AwsCase).where(AwsCase.ticket_id == ticket_id, AwsCase.relay).order_by(AwsCase.id)
    return session.scalars(found.with_for_update().execution_options(populate_existing=True)).all()


def _passed_on(
    session: Session, head: Letterhead, ticket: Ticket, case: AwsCase, *, message: Message, at: datetime
) -> list[Entry]:
    told: dict[str, object] = {"case": case.id, "message": message.id}
    if not casework.takes_words(case, at):
        return [Entry(EventKind.AWS_CASE, at, "system", told | {"what": "related-proposed"})]
    item = casework.passed_on(case, message)
    try:
        write_id = case_writes.put(session, head, ticket, item, due_at=at, at=at)
    except Refused:
        return [Entry(EventKind.AWS_MESSAGE, at, "system", told | {"what": "not-relayed"})]
    return case_writes.asked(session, write_id, item, by="system", at=at)
