"""How every verb begins and ends: the ticket's row locked, then log, cached columns and alarms in step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from gateway.domain.lifecycle import LIVE, EventKind, Status
from gateway.domain.sla import Standing
from gateway.store.models import Engineer, Ticket
from gateway.store.queries import agreements
from gateway.store.queries.agreements import Agreement
from gateway.store.session import want_tell
from gateway.tickets import NotFound, calling, log, planning
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry


def locked(session: Session, ticket_id: int) -> Ticket:
    """The ticket, with its row locked until the transaction ends.

    Errors: NotFound.
    """
    ticket = session.get(Ticket, ticket_id, with_for_update={"of": Ticket}, populate_existing=True)
    if ticket is None:
        raise NotFound(f"there is no ticket {ticket_id}")
    return ticket


def agreement(session: Session, head: Letterhead, ticket: Ticket) -> Agreement:
    """What a ticket was opened under."""
    return agreements.agreement_of(
        session, ticket.contract_id, ticket.customer_id, zone=head.zone, language=head.language
    )


def finish(session: Session, head: Letterhead, ticket: Ticket, entries: Sequence[Entry], *, at: datetime,
           status: Status | None = None) -> Standing:  # fmt: skip
    """Log what happened, then bring the cached columns and the alarms in step with the log."""
    if status is not None:
        ticket.status = status
        if status not in LIVE:  # whatever was proposed is answered
            ticket.proposal = ""
    if entries:  # the row says when the last entry was recorded, by which a check knows that none is missing
        ticket.changed_at = at
    log.append(session, ticket.id, entries, recorded_at=at)
    agreed = agreement(session, head, ticket)
    events = log.events(session, ticket.id)
    standing = planning.replan(session, ticket, events, terms=agreed.terms)
    session.flush()
    want_tell(session, ticket.id)
    calling.call(session, ticket, entries, prefix=head.prefix, at=at)
    return standing


def status_entry(before: Status, after: Status, cause: str, *, by: str, at: datetime, words: str = "",
                 message_id: int | None = None) -> Entry:  # fmt: skip
    """A change of status as the log keeps it; `message_id` is the reply that made it."""
    data: dict[str, object] = {"from": str(before), "to": str(after), "cause": cause}
    return Entry(
        EventKind.STATUS, at, by, data | ({"message": message_id} if message_id else {}), words=words
    )


def actor(author: Engineer) -> str:
    """How the log names an engineer."""
    return f"engineer:{author.id}"
