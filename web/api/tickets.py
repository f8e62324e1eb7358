"""Tickets over the API: the same queries and the same verbs as the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import g
from sqlalchemy.orm import Session

from gateway.domain import sla
from gateway.domain.lifecycle import Status
from gateway.mail.message import Attachment, Mailbox
from gateway.store.queries import cases, correspondence, listing, people
from gateway.tickets import NotFound, Refused, changes, escalating, handling, intake
from gateway.tickets.enclosing import File
from web import uploads, visit
from web.api import models, shapes
from web.api.endpoint import endpoint


@endpoint("GET", "/tickets", query=models.TicketQuery, output=models.TicketPage)
def list_tickets(query: models.TicketQuery) -> models.TicketPage:
    """Tickets, what burns first at the top.

    Live ones by default; with another status, or where something is searched for, the newest come first.
    """
    with visit.reading() as rows:
        customer = people.customer_of(rows, query.customer) if query.customer else None
        if query.customer and customer is None:
            return models.TicketPage(tickets=[], cursor="")
        wanted = listing.TicketFilter(
            status=query.status,
            priority=query.priority or "",
            customer_id=customer.id if customer else None,
            assignee_id=query.assignee,
            queue=query.queue,
            words=query.q,
            awaited=query.aws == "awaits",
        )
        page = listing.tickets(rows, wanted, cursor=query.cursor, limit=query.limit)
        return models.TicketPage(tickets=[shapes.row(each) for each in page.rows], cursor=page.cursor)


@endpoint("POST", "/tickets", body=models.NewTicket, output=models.TicketOut, status=201, refusals=[409])
def open_ticket(body: models.NewTicket) -> models.TicketOut:
    """Open a ticket for somebody who called or wrote elsewhere."""
    with visit.services().transaction() as rows:
        wanted = intake.Request(
            customer_id=_customer(rows, body.customer),
            requester=Mailbox(body.requester_name, body.requester_email),
            subject=body.subject,
            text=body.text,
            priority=body.priority,
        )
        made = intake.open_by_hand(
            rows, visit.services().letterhead, wanted, author=visit.me(), at=visit.now()
        )
        number = made.id
    return _whole(number)


@endpoint("GET", "/tickets/<number>", output=models.TicketOut)
def get_ticket(number: str) -> models.TicketOut:
    """One ticket with its clocks, messages, files and log."""
    return _whole(ticket_key(number))


@endpoint(
    "POST",
    "/tickets/<number>/reply",
    body=models.NewReply,
    output=models.TicketOut,
    status=201,
    refusals=[409],
)
def reply(number: str, body: models.NewReply) -> models.TicketOut:
    """Answer the customer."""
    then = Status(body.then) if body.then else None
    return do(number, lambda rows, key: handling.reply(
        rows, visit.services().letterhead, key, author=visit.me(), text=body.text, then=then,
        attachments=_files(rows, body.attachments), at=visit.now(),
    ))  # fmt: skip


@endpoint(
    "POST", "/tickets/<number>/note", body=models.NewNote, output=models.TicketOut, status=201, refusals=[409]
)
def note(number: str, body: models.NewNote) -> models.TicketOut:
    """Write a work note."""
    return do(number, lambda rows, key: handling.note(
        rows, visit.services().letterhead, key, author=visit.me(), text=body.text,
        attachments=_files(rows, body.attachments), at=visit.now(),
    ))  # fmt: skip


@endpoint(
    "POST", "/tickets/<number>/assign", body=models.NewAssignee, output=models.TicketOut, refusals=[409]
)
def assign(number: str, body: models.NewAssignee) -> models.TicketOut:
    """Give the ticket to an engineer, or to nobody."""
    return do(number, lambda rows, key: handling.assign(
        rows, visit.services().letterhead, key, author=visit.me(), assignee_id=body.assignee, at=visit.now()
    ))  # fmt: skip


@endpoint("POST", "/tickets/<number>/status", body=models.NewStatus, output=models.TicketOut, refusals=[409])
def change_status(number: str, body: models.NewStatus) -> models.TicketOut:
    """Move the ticket by hand."""
    return do(number, lambda rows, key: handling.change_status(
        rows, visit.services().letterhead, key, author=visit.me(), status=body.status, text=body.text, at=visit.now()
    ))  # fmt: skip


@endpoint(
    "POST", "/tickets/<number>/priority", body=models.NewPriority, output=models.TicketOut, refusals=[409]
)
def change_priority(number: str, body: models.NewPriority) -> models.TicketOut:
    """Raise or lower the priority, with a reason."""
    return do(number, lambda rows, key: handling.change_priority(
        rows, visit.services().letterhead, key, author=visit.me(), priority=body.priority, reason=body.reason,
        at=visit.now(),
    ))  # fmt: skip


@endpoint(
    "POST", "/tickets/<number>/escalate", body=models.NewEscalation, output=models.TicketOut, refusals=[409]
)
def escalate(number: str, body: models.NewEscalation) -> models.TicketOut:
    """Tell assignee, on-call engineers, leads and management at once that the ticket needs them."""
    return do(number, lambda rows, key: handling.escalate(
        rows, visit.services().letterhead, key, author=visit.me(), reason=body.reason, at=visit.now()
    ))  # fmt: skip


@endpoint("POST", "/tickets/<number>/mark", body=models.NewMark, output=models.TicketOut, refusals=[409])
def mark(number: str, body: models.NewMark) -> models.TicketOut:
    """Close the ticket as one that does not count."""
    return do(number, lambda rows, key: handling.mark(
        rows, visit.services().letterhead, key, author=visit.me(), as_=body.as_, reason=body.reason, at=visit.now(),
        rights=g.rights,
    ))  # fmt: skip


@endpoint("POST", "/tickets/<number>/acknowledge", output=models.TicketOut)
def acknowledge(number: str) -> models.TicketOut:
    """Say that what called for people has been seen; nothing is passed on then. Twice is as good as once."""
    return do(number, lambda rows, key: escalating.acknowledge(
        rows, visit.services().letterhead, key, author=visit.me(), by="api", at=visit.now()
    ))  # fmt: skip


def _files(rows: Session, files: Sequence[models.NewFile]) -> Sequence[Attachment]:
    return uploads.stored(rows, [File(each.filename, each.content_type, each.content) for each in files])


def do(number: str, verb: Callable[[Session, int], object]) -> models.TicketOut:
    """One verb in one transaction, then the ticket as it is."""
    key = ticket_key(number)
    with visit.services().transaction() as rows:
        verb(rows, key)
    return _whole(key)


def _whole(number: int) -> models.TicketOut:
    with visit.reading() as rows:
        ticket = _found(rows, number)
        entries = correspondence.entries(rows, number)
        standing = sla.standing(correspondence.as_events(entries), _terms(rows, ticket))
        beside = (cases.of_ticket(rows, number), cases.writes_of_ticket(rows, number))
        messages = correspondence.messages(rows, number)
        return shapes.whole(ticket, standing, messages, entries, beside=beside, now=visit.now())


def _found(rows: Session, number: int) -> shapes.Ticket:
    ticket = correspondence.ticket(rows, number)
    if ticket is None:
        raise NotFound("no such ticket")
    return ticket


def _terms(rows: Session, ticket: shapes.Ticket) -> shapes.Terms:
    return changes.agreement(rows, visit.services().letterhead, ticket).terms


def ticket_key(number: str) -> int:
    """The ticket's key of `1042` or `HD-1042`."""
    plain = number.upper().removeprefix(visit.services().settings.ticket_prefix.upper() + "-")
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 18):
        raise NotFound("no such ticket")
    return int(plain)


def _customer(rows: Session, key: str) -> int | None:
    found = people.customer_of(rows, key) if key else None
    if key and found is None:
        raise Refused("there is no such customer")
    return found.id if found else None
