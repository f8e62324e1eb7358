"""Facts about a mail, gathered inside the transaction that will judge it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from gateway import secrets
from gateway.domain import thread
from gateway.domain.lifecycle import Status
from gateway.domain.thread import Hint, Key
from gateway.inbound import storms, suspicion
from gateway.inbound.rules import Facts, Flood, TicketFacts, sender
from gateway.inbound.storms import Limits
from gateway.mail import address, probe_mail, relayed_id, return_path
from gateway.mail.message import InboundMessage, Kind
from gateway.mail.probe_mail import Probe, Way
from gateway.mail.reading import Reading
from gateway.store.deliveries import Claimed
from gateway.store.queries import agreements, answered, blocks, facts, suppression

_MAX_REFERENCES = 30
_TO_PEOPLE = ("acknowledgement", "reply", "status", "priority", "progress", "confirm-reminder", "escalated",
              "about-to-expire")  # fmt: skip
"""The letters that the people of a ticket get and may answer."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the operator settled that judgement depends on."""

    secret: str
    prefix: str
    own_addresses: frozenset[str]
    blocked: frozenset[str]
    unregistered: str
    rewritten: str = ""
    """The domain under which the next server gives our letters identifiers of its own."""
    unauthenticated: str = "ticket"
    limits: Limits = Limits()


def gather(session: Session, desk: Desk, reading: Reading, delivery: Claimed) -> Facts:
    """Everything `rules.decide` needs to know."""
    if (probe := named_probe(desk, reading.message, delivery)) is not None:
        return Facts(delivery.reverse_path, delivery.authentication, desk.own_addresses, probe=probe)
    author = address.normalise(sender(reading).address)
    duplicate_of = facts.enter_digest(session, entry_key(reading.message, delivery.accepted_at), delivery.id)
    hints = _where_they_went(session, named_tickets(session, desk, reading, delivery.forward_path))
    path = return_path.named(delivery.forward_path, desk.own_addresses)
    returned = suppression.ticket_of_return_path(session, path) if path else None
    attached = _where_it_went(session, delivery.attached)
    # a bounce's letter is locked before its ticket, as in the relay
    bounce = reading.classification.kind is Kind.BOUNCE
    engineer, active = (facts.engineer_of(session, author) if author else None) or (None, False)
    letter = answered.letter_to(session, _answered(reading.message), author) if active else None
    called = _where_it_went(session, letter.ticket_id) if letter else None
    named = {*(hint.ticket for hint in hints), *filter(None, (returned, attached, called))}
    known = facts.tickets_named(session, sorted(named), author, locked=not bounce)
    party = agreements.party_of(session, author) if author else None
    opening = duplicate_of is None and not any(hint.key is not Key.SUBJECT_TAG for hint in hints)
    return Facts(
        reverse_path=delivery.reverse_path,
        authentication=delivery.authentication,
        own_addresses=desk.own_addresses,
        duplicate_of=duplicate_of,
        blocked=_blocked(session, desk, author, delivery.reverse_path),
        engineer=engineer is not None,
        party=party,
        hints=tuple(hints),
        return_path=path,
        returned=returned,
        tickets={row[0]: TicketFacts(Status(row[1]), row[2], row[3]) for row in known},
        unregistered=desk.unregistered,
        admitted=delivery.admitted,
        attached=attached,
        colleague=engineer if active else None,
        called=called,
        letter=letter.letter if letter else "",
        unauthenticated=desk.unauthenticated,
        suspicions=suspicion.marks(
            session,
            sender(reading),
            party=party,
            own_addresses=desk.own_addresses,
            colleague=engineer is not None,
        ),
        flood=storms.flood(session, desk.limits, reading, delivery.accepted_at, registered=party is not None)
        if opening
        else Flood(),
    )


def named_probe(desk: Desk, message: InboundMessage, delivery: Claimed) -> Probe | None:
    """The availability probe that a mail is: by its forward-path, or on its way back by whom it is addressed to.

    A mailbox fetched by IMAP no longer knows its forward-paths.
    """
    probe = probe_mail.named(desk.secret, desk.own_addresses, delivery.forward_path, delivery.accepted_at)
    if probe is not None or len(message.to) != 1:
        return probe
    written = probe_mail.named(desk.secret, desk.own_addresses, message.to[0].address, delivery.accepted_at)
    return Probe(Way.STALE, written.key) if written else None


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
    ids = _answered(message)
    tickets = facts.tickets_of_our_ids(session, ids)
    if not tickets and not hints and (names := _renamed(desk, ids)):
        author = address.normalise(sender(reading).address)
        tickets = facts.tickets_of_relayed_ids(session, names, author, _TO_PEOPLE)
    hints += [Hint(Key.MESSAGE_ID, ticket) for ticket in tickets]
    tag = thread.tagged(message.subject, desk.prefix)
    return hints + ([Hint(Key.SUBJECT_TAG, tag)] if tag is not None else [])


def _where_they_went(session: Session, hints: Sequence[Hint]) -> list[Hint]:
    """The hints, with a ticket that was merged standing for the one it went into."""
    merged = facts.merged(session, {hint.ticket for hint in hints})
    return [Hint(hint.key, merged.get(hint.ticket, hint.ticket)) for hint in hints]


def _where_it_went(session: Session, ticket_id: int | None) -> int | None:
    return facts.merged(session, [ticket_id]).get(ticket_id, ticket_id) if ticket_id else None


def _answered(message: InboundMessage) -> list[str]:
    return [*message.in_reply_to, *reversed(message.references)][:_MAX_REFERENCES]


def _renamed(desk: Desk, ids: Sequence[str]) -> list[str]:
    """What the next server called those of our letters that a mail answers, where it gives them names of its own."""
    if not desk.rewritten:
        return []
    split = (each.rpartition("@") for each in ids)
    return [
        name
        for name, _, domain in split
        if f".{domain.lower()}".endswith(f".{desk.rewritten}") and len(name) >= relayed_id.SHORTEST
    ]


def _blocked(session: Session, desk: Desk, author: str, reverse_path: str) -> bool:
    seen = {author, address.normalise(reverse_path)} - {""}
    patterns = seen | {f"@{address.domain_of(each)}" for each in seen}
    return bool(patterns & desk.blocked) or blocks.any_in_force(session, patterns)
