"""Facts about a mail, gathered inside the transaction that will judge it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from gateway import secrets
from gateway.domain import thread
from gateway.domain.lifecycle import Status
from gateway.domain.thread import Hint, Key
from gateway.inbound.rules import Facts, TicketFacts, sender
from gateway.mail import address, return_path
from gateway.mail.message import InboundMessage, Kind
from gateway.mail.reading import Reading
from gateway.store.deliveries import Claimed
from gateway.store.queries import agreements, facts, suppression

_MAX_REFERENCES = 30


@dataclass(frozen=True, slots=True)
class Desk:
    """What the operator settled that judgement depends on."""

    secret: str
    prefix: str
    own_addresses: frozenset[str]
    blocked: frozenset[str]
    unregistered: str


def gather(session: Session, desk: Desk, reading: Reading, delivery: Claimed) -> Facts:
    """Everything `rules.decide` needs to know."""
    author = address.normalise(sender(reading).address)
    duplicate_of = facts.enter_digest(session, entry_key(reading.message, delivery.accepted_at), delivery.id)
    hints = named_tickets(session, desk, reading, delivery.forward_path)
    path = return_path.named(delivery.forward_path, desk.own_addresses)
    returned = suppression.ticket_of_return_path(session, path) if path else None
    named = {*(hint.ticket for hint in hints), *([returned] if returned else [])}
    bounce = (
        reading.classification.kind is Kind.BOUNCE
    )  # its letter is locked before its ticket, as in the relay
    engineer, active = (facts.engineer_of(session, author) if author else None) or (None, False)
    called = facts.ticket_called_to(session, _answered(reading.message)) if active else None
    known = facts.tickets_named(
        session, sorted({*named, *([called] if called else [])}), author, locked=not bounce
    )
    return Facts(
        reverse_path=delivery.reverse_path,
        authentication=delivery.authentication,
        own_addresses=desk.own_addresses,
        duplicate_of=duplicate_of,
        blocked=_blocked(desk, author, delivery.reverse_path),
        engineer=engineer is not None,
        party=agreements.party_of(session, author) if author else None,
        hints=tuple(hints),
        return_path=path,
        returned=returned,
        tickets={row[0]: TicketFacts(Status(row[1]), row[2], row[3]) for row in known},
        unregistered=desk.unregistered,
        admitted=delivery.admitted,
        colleague=engineer if active else None,
        called=called,
    )


def entry_key(message: InboundMessage, accepted_at: datetime) -> str:
    """What makes a mail the same mail again: its content digest.

    A mail that names neither a date nor an identifier, as a machine's daily report may, is the same only on one day.
    """
    if message.message_id or message.sent_at:
        return message.digest
    return hashlib.sha256(f"{message.digest} {accepted_at.date().isoformat()}".encode()).hexdigest()


def named_tickets(session: Session, desk: Desk, reading: Reading, forward_path: str) -> list[Hint]:
    """Every ticket the mail names, by signed address, by our message identifiers, by subject tag."""
    message = reading.message
    written_to = [forward_path, *(box.address for box in (*message.to, *message.cc)[:50])]
    hints = []
    for written in written_to:
        ours, detail = address.split_subaddress(written)
        ticket = secrets.ticket_of(desk.secret, detail) if ours.lower() in desk.own_addresses else None
        if ticket is not None:
            hints.append(Hint(Key.REPLY_ADDRESS, ticket))
    hints += [
        Hint(Key.MESSAGE_ID, ticket) for ticket in facts.tickets_of_our_ids(session, _answered(message))
    ]
    tag = thread.tagged(message.subject, desk.prefix)
    return hints + ([Hint(Key.SUBJECT_TAG, tag)] if tag is not None else [])


def _answered(message: InboundMessage) -> list[str]:
    return [*message.in_reply_to, *reversed(message.references)][:_MAX_REFERENCES]


def _blocked(desk: Desk, author: str, reverse_path: str) -> bool:
    seen = {author, address.normalise(reverse_path)} - {""}
    return any(each in desk.blocked or f"@{address.domain_of(each)}" in desk.blocked for each in seen)
