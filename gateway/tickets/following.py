"""What customers do to their tickets by mail: answer, confirm, say it is not fixed, ask for escalation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain import answers, lifecycle
from gateway.domain.intent import Kind as Wish
from gateway.domain.lifecycle import Action, EventKind, Status
from gateway.store import outbox
from gateway.store.blobs import Blobs
from gateway.store.models import Ticket
from gateway.tickets import case_relaying, escalating, messages, telling
from gateway.tickets.changes import finish, locked, status_entry
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry
from gateway.tickets.messages import Entrance

LETTERS_PER_HOUR: Final = 5
_CAUSES: Final = {Action.CONFIRM: "confirmed", Action.NOT_FIXED: "not-fixed"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a customer's text is on a ticket, the status it leads to, and for which cause of the log, from when on."""

    wish: Wish
    after: Status
    cause: str
    at: datetime


def append_reply(session: Session, head: Letterhead, blobs: Blobs, ticket_id: int, *, entrance: Entrance,
                 at: datetime) -> int:  # fmt: skip
    """Add an authenticated mail as the customer's word and do what it asks; the message's id.

    "Confirm" closes a resolved ticket, "not fixed" reopens it, a bare "thanks" changes nothing (P4).
    """
    ticket = locked(session, ticket_id)
    row_id = messages.add_inbound(session, blobs, ticket_id, entrance, at=at)
    if entrance.authenticated:  # what an engineer attached may be anybody's
        messages.add_people(session, ticket_id, entrance)
    intent, before = entrance.reading.intent, Status(ticket.status)
    meant = meaning(ticket, entrance.message.excerpt.new, intent.kind, at=entrance.accepted_at)
    said = {"message": row_id, "intent": str(meant.wish)}
    entries = [Entry(EventKind.CUSTOMER_MESSAGE, entrance.accepted_at, "customer", said)]
    if intent.asks_escalation:
        entries += escalating.ask_by_mail(session, head, ticket, entrance, message_id=row_id, at=at)
    if meant.after is not before:
        entries.append(status_entry(before, meant.after, meant.cause, by="customer", at=meant.at))
    entries += case_relaying.relay(session, head, ticket, row_id, wish=meant.wish, at=at)
    finish(session, head, ticket, entries, status=meant.after, at=at)
    if meant.after is not before:
        _tell(session, head, ticket, entrance, before=before, cause=meant.cause, at=at)
    return row_id


def meaning(ticket: Ticket, text: str, wish: Wish, *, at: datetime) -> Meaning:
    """What a customer's text does to a ticket as it stands; `wish` is what it was read as by itself.

    Written before the resolution that it then answers, it moves the ticket only from that on.
    """
    before = Status(ticket.status)
    if before is Status.RESOLVED:
        wish = answers.to_resolution(text, wish)
        at = max(at, ticket.resolved_at or at)
    action = _action(before, wish)
    after = lifecycle.advance(before, action) if action else before
    return Meaning(wish, after, _CAUSES.get(action, "customer") if action else "customer", at)


def hold(session: Session, head: Letterhead, blobs: Blobs, ticket_id: int, *, entrance: Entrance, reason: str,
         at: datetime) -> int:  # fmt: skip
    """Show a mail to engineers on the ticket it names, without any effect; the message's id."""
    ticket = locked(session, ticket_id)
    row_id = messages.add_inbound(session, blobs, ticket_id, entrance, at=at, held_reason=reason)
    entries = [
        Entry(EventKind.HELD_MESSAGE, entrance.accepted_at, "system", {"message": row_id, "reason": reason})
    ]
    if entrance.reading.intent.asks_escalation:
        ticket.claimed_escalation = True
        entries.append(
            Entry(EventKind.ESCALATION_CLAIMED, entrance.accepted_at, "customer", {"message": row_id})
        )
    finish(session, head, ticket, entries, at=at)
    return row_id


def append_automatic(session: Session, head: Letterhead, blobs: Blobs, ticket_id: int, *, entrance: Entrance,
                     at: datetime) -> int:  # fmt: skip
    """Keep an automatic mail on the ticket it belongs to; it changes nothing and is never answered."""
    ticket = locked(session, ticket_id)
    row_id = messages.add_inbound(session, blobs, ticket_id, entrance, at=at)
    entry = Entry(EventKind.AUTOMATIC_MESSAGE, entrance.accepted_at, "system", {"message": row_id})
    finish(session, head, ticket, [entry], at=at)
    return row_id


def link(session: Session, head: Letterhead, ticket_id: int, *, other: int, why: str, at: datetime) -> None:
    """Note for engineers that another ticket belongs to this one."""
    ticket = locked(session, ticket_id)
    finish(
        session, head, ticket, [Entry(EventKind.LINKED, at, "system", {"ticket": other, "what": why})], at=at
    )


def _action(status: Status, wish: Wish) -> Action | None:
    if status is Status.CLOSED or wish is Wish.THANKS:
        return None
    if status is Status.RESOLVED and wish is Wish.CONFIRM:
        return Action.CONFIRM
    if status is Status.RESOLVED and wish is Wish.NOT_FIXED:
        return Action.NOT_FIXED
    return Action.CUSTOMER_REPLIES


def _tell(session: Session, head: Letterhead, ticket: Ticket, entrance: Entrance, *, before: Status, cause: str,
          at: datetime) -> None:  # fmt: skip
    """A change that the customer's own mail made is told too, within the brake on letters that mail causes."""
    about = telling.correspondence(session, head, ticket)
    if not entrance.answer_to or not about.to:
        return
    since = at - timedelta(hours=1)
    if outbox.recent(session, "status", about.to[0].address, since) < LETTERS_PER_HOUR:
        by = entrance.sender.name or entrance.sender.address
        telling.tell_status(session, head, about, before=before, by=by, reason="", cause=cause, at=at)
