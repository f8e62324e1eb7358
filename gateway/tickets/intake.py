"""New tickets, by mail and by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway.domain import catalogue, sla
from gateway.domain.lifecycle import EventKind, Kind, Status
from gateway.domain.sla import Standing
from gateway.domain.terms import Priority, Service
from gateway.mail import address
from gateway.mail.message import Mailbox
from gateway.store import appointments
from gateway.store.blobs import Blobs
from gateway.store.models import Customer, Direction, Engineer, Message, Participant, Ticket, table
from gateway.store.queries import agreements, notices
from gateway.store.queries.agreements import Agreement
from gateway.tickets import assigning, calling, escalating, log, messages, planning
from gateway.tickets.acknowledging import Opened, Receipt, acknowledge, receipt_of, tell_management
from gateway.tickets.assigning import Assignment
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry
from gateway.tickets.messages import Entrance

_TICKET: Final = table(Ticket).insert().returning(table(Ticket).c.id)


@dataclass(frozen=True, slots=True)
class Request:
    """A request that came another way than by mail.

    Shape: `customer_id` is None for an unregistered caller; `service` and `kind`, where known, are not judged by
    the words.
    """

    customer_id: int | None
    requester: Mailbox
    subject: str
    text: str
    priority: Priority
    service: Service | None = None
    kind: Kind | None = None


def open_by_mail(
    session: Session, head: Letterhead, blobs: Blobs, entrance: Entrance, *, at: datetime
) -> int:
    """Open a ticket for a mail, acknowledge it where that is due, and return its number."""
    party = entrance.party
    agreement = agreements.agreement_with(
        session,
        party.customer_id if party else None,
        entrance.accepted_at,
        zone=head.zone,
        language=head.language,
    )
    columns = _columns_by_mail(entrance)
    given = assigning.at_opening(session, columns, entrance.message.excerpt.new, at)
    opening = Entry(EventKind.OPENED, entrance.accepted_at, "customer", said_at_opening(columns))
    entries = [opening, *_escalation(entrance), *_given(given, at)]
    ticket_id, standing = insert(session, columns, agreement, entries, prefix=head.prefix, at=at)
    row_id = messages.add_inbound(session, blobs, ticket_id, entrance, at=at)
    messages.add_people(session, ticket_id, entrance, new=True)
    opened = Opened(
        ticket_id, columns["subject"], party.name if party else "", entrance.sender.address,
        entrance.authenticated, standing, agreement, *_named(given),
    )  # fmt: skip
    told = tell_management(session, head, opened, at)
    asked = escalating.ask_at_opening(session, head, ticket_id, entrance, message_id=row_id, at=at)
    acknowledge(session, head, receipt_of(entrance, row_id), opened, told=told, escalated=asked, at=at)
    assigning.tell_at_opening(session, head, ticket_id, given, at=at)
    return ticket_id


def open_by_hand(
    session: Session, head: Letterhead, request: Request, *, author: Engineer, at: datetime
) -> Ticket:
    """Open a ticket for somebody who called or wrote elsewhere.

    Errors: Refused where the address is none that a letter can go to.
    """
    agreement = agreements.agreement_with(
        session, request.customer_id, at, zone=head.zone, language=head.language
    )
    columns = _columns_by_hand(request, agreement, author.name)
    given = assigning.at_opening(session, columns, request.text, at)
    opening = Entry(EventKind.OPENED, at, f"engineer:{author.id}", said_at_opening(columns))
    entries = [opening, *_given(given, at)]
    ticket_id, standing = insert(session, columns, agreement, entries, prefix=head.prefix, at=at)
    session.execute(
        table(Message).insert(),
        messages.blank(ticket_id, Direction.INBOUND, at)
        | {
            "author_name": columns["requester_name"],
            "author_email": columns["requester_email"],
            "engineer_id": author.id,
            "subject": columns["subject"],
            "text": request.text,
            "new_text": request.text,
            "language": agreement.language,
            "authenticated": True,
        },
    )
    if email := columns["requester_email"]:
        person = {
            "ticket_id": ticket_id,
            "email": email,
            "name": columns["requester_name"],
            "role": "requester",
        }
        session.execute(table(Participant).insert(), person)
    customer = session.get(Customer, request.customer_id) if request.customer_id else None
    opened = Opened(
        ticket_id, columns["subject"], customer.name if customer else "", email, True, standing, agreement,
        *_named(given),
    )  # fmt: skip
    told = tell_management(session, head, opened, at)
    requester = Mailbox(columns["requester_name"], email)
    receipt = Receipt(requester, (agreement.language,), columns["requester_name"], by_hand=True)
    acknowledge(session, head, receipt, opened, told=told, at=at)
    assigning.tell_at_opening(session, head, ticket_id, given, by=author, at=at)
    return session.get_one(Ticket, ticket_id)


def open_about_ourselves(session: Session, head: Letterhead, *, subject: str, text: str, at: datetime) -> int:
    """Open a Critical ticket about a fault of our own, which no customer waits for, and return its number."""
    agreement = agreements.agreement_with(session, None, at, zone=head.zone, language=head.language)
    ourselves = Mailbox(head.provider, head.support_address)
    request = Request(None, ourselves, subject, text, Priority.CRITICAL, kind=Kind.INCIDENT)
    columns = _columns_by_hand(request, agreement, head.provider) | {"queue": "main", "origin": "ourselves"}
    given = assigning.at_opening(session, columns, text, at)
    entries = [Entry(EventKind.OPENED, at, "system", said_at_opening(columns)), *_given(given, at)]
    ticket_id, standing = insert(session, columns, agreement, entries, prefix=head.prefix, at=at)
    said = {"author_name": head.provider[:200], "subject": columns["subject"], "text": text, "new_text": text,
            "language": agreement.language, "kind": "auto-generated", "authenticated": True}  # fmt: skip
    session.execute(
        table(Message).insert(),
        messages.blank(ticket_id, Direction.INBOUND, at) | {"engineer_id": None} | said,
    )
    opened = Opened(
        ticket_id, columns["subject"], "", head.support_address, True, standing, agreement, *_named(given)
    )  # fmt: skip
    tell_management(session, head, opened, at)
    assigning.tell_at_opening(session, head, ticket_id, given, at=at)
    return ticket_id


def _columns_by_mail(entrance: Entrance) -> dict[str, Any]:
    reading, message = entrance.reading, entrance.message
    subject = message.subject[:500] or _first_line(message.excerpt.new)
    asks, priority = reading.intent.asks_escalation, reading.assessment.priority
    return {
        "customer_id": entrance.party.customer_id if entrance.party else None,
        "queue": "main" if entrance.party else "unregistered",
        "subject": subject,
        "service": catalogue.service(subject, message.excerpt.new),
        "kind": catalogue.kind(subject, message.excerpt.new, priority),
        "priority": priority,
        "language": reading.language,
        "requester_email": address.normalise(entrance.sender.address)[:320],
        "requester_name": entrance.sender.name[:200],
        "priority_evidence": [asdict(each) for each in reading.assessment.evidence],
        "follows_id": entrance.follows_id,
        "claimed_escalation": asks and not entrance.authenticated,
        "asked_escalation": asks and entrance.authenticated,
    }


def _columns_by_hand(request: Request, agreement: Agreement, author: str) -> dict[str, Any]:
    return {
        "customer_id": request.customer_id,
        "queue": "main" if request.customer_id else "unregistered",
        "subject": " ".join(request.subject.split())[:500],
        "service": request.service or catalogue.service(request.subject, request.text),
        "kind": request.kind or catalogue.kind(request.subject, request.text, request.priority),
        "priority": request.priority,
        "language": agreement.language,
        "requester_email": messages.address_of(request.requester),
        "requester_name": request.requester.name[:200],
        "priority_evidence": [{"text": author, "signal": "set-by-engineer"}],
        "follows_id": None,
        "claimed_escalation": False,
        "asked_escalation": False,
    }


def said_at_opening(columns: Mapping[str, Any]) -> dict[str, object]:
    """What the first entry of a ticket's log holds."""
    told: dict[str, object] = {name: str(columns[name]) for name in ("priority", "service", "kind", "queue")}
    if planned := columns.get("planned_at"):
        told["planned"] = planned.astimezone(UTC).isoformat()
    return told | ({"follows": columns["follows_id"]} if columns["follows_id"] else {})


def insert(session: Session, columns: Mapping[str, Any], agreement: Agreement, entries: Sequence[Entry], *,
           prefix: str, at: datetime) -> tuple[int, Standing]:  # fmt: skip
    """The row of a new ticket with its log, its clocks and its alarms: its number, and how its clocks stand."""
    events = log.as_events(entries, at)
    standing = sla.standing(events, agreement.terms)
    row = {
        **columns,
        **planning.cached(standing),
        "contract_id": agreement.contract_id,
        "status": Status.NEW,
        "opened_at": standing.opened_at,
        "changed_at": at,
    }
    ticket_id: int = session.execute(_TICKET, row).scalar_one()
    log.begin(session, ticket_id, entries, recorded_at=at)
    calling.call_at_opening(session, ticket_id, row, entries, prefix=prefix, at=at)
    planning.plan_first(session, ticket_id, events, standing, terms=agreement.terms)
    for notice_id in notices.windows_over_since(session, standing.opened_at, at):
        appointments.plan(session, notices.PROPOSALS, str(notice_id), at)
    return ticket_id, standing


def _given(given: Assignment | None, at: datetime) -> list[Entry]:
    return [given.entry(at)] if given else []


def _named(given: Assignment | None) -> tuple[str, str]:
    return (given.engineer.name, given.team) if given and given.engineer else ("", "")


def _escalation(entrance: Entrance) -> list[Entry]:
    if not entrance.reading.intent.asks_escalation or entrance.authenticated:
        return []  # an authenticated one is logged with who was told
    return [Entry(EventKind.ESCALATION_CLAIMED, entrance.accepted_at, "customer")]


def _first_line(text: str) -> str:
    return next((line.strip()[:120] for line in text.splitlines() if line.strip()), "")
