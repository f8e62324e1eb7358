"""Verbs for what waits for a person: quarantined and held mail, held messages, failed and uncertain letters."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import queues
from gateway.domain import intent
from gateway.domain.lifecycle import EventKind, Status
from gateway.store import outbox
from gateway.store.deliveries import ADMITTED, ATTACHED
from gateway.store.models import Delivery, DeliveryState, Engineer, Message, Outbox, OutboxState
from gateway.store.session import want_ring
from gateway.tickets import NotFound, Refused, escalating, following, returns, scanned, telling
from gateway.tickets.changes import actor, finish, locked, status_entry
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry

DISMISSED = "dismissed"
"""Why a held message stays held for good: somebody looked, and it is not the customer's word."""
_LARGEST_KEY = 2**62
_WAITING = (DeliveryState.HELD, DeliveryState.QUARANTINED, DeliveryState.BLOCKED)


def replay(session: Session, delivery_id: int, *, author: Engineer, admit: bool = True, at: datetime) -> None:
    """Judge a mail again that waits or is kept out; what was held for its sender is let in this time.

    Shape: without `admit` it is judged as if it came now, under the rules and blocks of now.
    Errors: NotFound, Refused.
    """
    delivery = _waiting(session, delivery_id)
    _again(session, delivery, ADMITTED if admit and delivery.state != DeliveryState.QUARANTINED else "", at)


def attach(session: Session, head: Letterhead, delivery_id: int, ticket_id: int, *, author: Engineer,
           at: datetime) -> None:  # fmt: skip
    """Judge a mail again that waits, as one that belongs to a ticket; the log says who said so.

    What proves its author stays as it was; unproved authors do not become people of the ticket.
    Errors: NotFound, Refused.
    """
    delivery = _waiting(session, delivery_id)
    try:
        ticket = locked(session, ticket_id if 0 < ticket_id < _LARGEST_KEY else 0)
    except NotFound:
        raise Refused("there is no such ticket") from None
    if ticket.status == Status.CLOSED:
        raise Refused("a closed ticket is final")
    said = {"what": "mail", "delivery": delivery.id}
    finish(session, head, ticket, [Entry(EventKind.LINKED, at, actor(author), said)], at=at)
    _again(session, delivery, f"{ATTACHED}{ticket_id}", at)


def dismiss(session: Session, head: Letterhead, message_id: int, *, author: Engineer, at: datetime) -> None:
    """Leave a held message as it is, without effect, so that it asks for nobody's attention any more.

    Errors: NotFound, Refused.
    """
    message = _message(session, message_id)
    ticket = locked(session, message.ticket_id)
    session.refresh(message)
    if not message.held or message.held_reason == DISMISSED:
        raise Refused("this message is not held")
    message.held_reason = DISMISSED
    said = {"message": message.id, "reason": DISMISSED}
    finish(session, head, ticket, [Entry(EventKind.HELD_MESSAGE, at, actor(author), said)], at=at)


def release(session: Session, head: Letterhead, message_id: int, *, author: Engineer, at: datetime) -> None:
    """Let a message held on a ticket stand as the customer's word, and do what it asks.

    Errors: NotFound, Refused.
    """
    message = _message(session, message_id)
    ticket = locked(session, message.ticket_id)
    session.refresh(message)
    if not message.held:
        raise Refused("this message is not held")
    if ticket.status == Status.CLOSED:
        raise Refused("a closed ticket is final")
    message.held = False
    text, who = message.new_text or message.text, message.author_name or message.author_email
    read, before = intent.read(message.subject, text), Status(ticket.status)
    meant = following.meaning(ticket, text, read.kind, at=message.at)
    said = {"message": message.id, "intent": str(meant.wish), "released": True}
    entries = [Entry(EventKind.CUSTOMER_MESSAGE, message.at, actor(author), said)]
    if read.asks_escalation:
        entries += escalating.ask(
            session, head, ticket, by=escalating.CUSTOMER, at=at, message_id=message.id, who=who
        )
    if meant.after is not before:
        entries.append(status_entry(before, meant.after, meant.cause, by=actor(author), at=meant.at))
    finish(session, head, ticket, entries, status=meant.after, at=at)
    if meant.after is not before:
        about = telling.correspondence(session, head, ticket)
        telling.tell_status(session, head, about, before=before, by=who, reason="", cause=meant.cause, at=at)


def retry(session: Session, head: Letterhead, outbox_id: int, *, author: Engineer, at: datetime) -> None:
    """Send a failed or uncertain letter again; of an uncertain one the ticket says that it may come twice.

    Errors: NotFound, Refused.
    """
    letter = _decidable(session, outbox_id)
    scanned.refuse_again(session, head, letter.ticket_message_id)
    failed = letter.state == OutboxState.FAILED
    letter.maybe_twice = letter.maybe_twice or not failed
    letter.state = OutboxState.PENDING
    if failed:
        letter.recipients, letter.results = list(letter.results) or letter.recipients, {}
    letter.attempts = 0
    letter.next_attempt_at = at
    letter.expires_at = at + outbox.LIFETIME
    letter.lease_until = None
    want_ring(session, queues.OUT)
    session.flush()
    if failed:
        returns.letter_again(session, head, letter, by=actor(author), at=at)


def give_up(session: Session, outbox_id: int, *, author: Engineer, at: datetime) -> None:
    """Leave a failed or uncertain letter as it is, so that it asks for nobody's attention any more.

    Errors: NotFound, Refused.
    """
    letter = _decidable(session, outbox_id)
    letter.state = OutboxState.CANCELLED
    letter.last_reply = f"{letter.last_reply} (given up by {author.name})"[:1000]


def cancel(session: Session, outbox_id: int, *, author: Engineer, reason: str, at: datetime) -> None:
    """Never send a letter that has not left yet. One that a relay holds in this moment goes its way.

    Errors: NotFound, Refused.
    """
    letter = _letter(session, outbox_id)
    if not reason.strip():
        raise Refused("giving up a letter needs a reason")
    held = letter.lease_until is not None and letter.lease_until > at
    if letter.state not in (OutboxState.PENDING, OutboxState.FAILED, OutboxState.UNCERTAIN) or held:
        raise Refused("only a letter that has not left can be given up")
    letter.state = OutboxState.CANCELLED
    letter.last_reply = f"{letter.last_reply} (given up by {author.name}: {reason.strip()})".strip()[:1000]


def _decidable(session: Session, outbox_id: int) -> Outbox:
    letter = _letter(session, outbox_id)
    if letter.state not in (OutboxState.FAILED, OutboxState.UNCERTAIN):
        raise Refused("only a failed or uncertain letter waits for a decision")
    return letter


def _letter(session: Session, outbox_id: int) -> Outbox:
    wanted = sa.select(Outbox).where(Outbox.id == outbox_id).with_for_update()
    letter = session.execute(wanted).scalar_one_or_none() if 0 < outbox_id < _LARGEST_KEY else None
    if letter is None:
        raise NotFound(f"there is no letter {outbox_id}")
    return letter


def _message(session: Session, message_id: int) -> Message:
    message = session.get(Message, message_id) if 0 < message_id < _LARGEST_KEY else None
    if message is None:
        raise NotFound(f"there is no message {message_id}")
    return message


def _waiting(session: Session, delivery_id: int) -> Delivery:
    found = 0 < delivery_id < _LARGEST_KEY
    delivery = (
        session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True) if found else None
    )
    if delivery is None:
        raise NotFound(f"there is no delivery {delivery_id}")
    if delivery.state not in _WAITING:
        raise Refused("only held or quarantined mail can be judged again")
    return delivery


def _again(session: Session, delivery: Delivery, rule: str, at: datetime) -> None:
    delivery.rule = rule
    delivery.state = DeliveryState.RECEIVED
    delivery.attempts = 0
    delivery.next_attempt_at = at
    delivery.error = ""
    want_ring(session, queues.MAIL)
