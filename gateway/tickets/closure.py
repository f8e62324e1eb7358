"""How a resolution ends: confirmed or contradicted by a signed link, or closed after a reminder and silence (P4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum, unique
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain import intent, lifecycle
from gateway.domain.lifecycle import Action, Event, EventKind, Status
from gateway.mail import address
from gateway.mail.message import Mailbox
from gateway.store.models import Direction, Engineer, Message, Ticket, table
from gateway.store.queries import correspondence, leads, silence
from gateway.tickets import escalating, log, messages, telling
from gateway.tickets.audiences import Told
from gateway.tickets.changes import finish, locked, status_entry
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry
from gateway.tickets.owing import Done, Due

LONGEST_TEXT: Final = 20_000
_MESSAGE: Final = table(Message).insert().returning(table(Message).c.id)


@unique
class Outcome(StrEnum):
    """What a press of a link's button came to."""

    DONE = "done"
    ALREADY = "already"
    ADDED = "added"
    CLOSED = "closed"
    NOT_RESOLVED = "not-resolved"


def remind(session: Session, head: Letterhead, due: Due) -> Done:
    """Ask once more whether it is fixed. Where the time is over by now, nobody is asked too late."""
    ticket, resolved = due.ticket, _resolution(due.events)
    data: dict[str, object] = {"message": resolved.data.get("message")}
    about = telling.correspondence(session, head, ticket)
    closes_at = _delivered_at(due.events) + due.agreement.terms.confirmation.close_after
    if due.at < closes_at:
        words = {
            "subject": ticket.subject,
            "resolved_at": resolved.at,
            "by": _engineer(session, resolved.actor) or head.provider,
            "confirm_until_at": closes_at,
        }
        telling.tell(session, head, about, "confirm-reminder", words=words, acts=telling.ASKING, at=due.at)
    return Done([Entry(EventKind.REMINDED, due.at, "system", data)])


def close_after_silence(session: Session, head: Letterhead, due: Due) -> Done:
    """Close a resolved ticket whose customer said nothing, and tell them.

    Who has written is not silent, even where their mail is not filed yet: then nothing is done, and the alarm comes
    again when its lease ends.
    """
    ticket = due.ticket
    about = telling.correspondence(session, head, ticket)
    people = {address.normalise(box.address) for box in (*about.to, *about.cc)}
    if silence.mail_waits(session, ticket.id, people, due.plan.at):
        return Done([])
    before = Status(ticket.status)
    entry = status_entry(before, Status.CLOSED, "silence", by="system", at=due.plan.at)
    ticket.status = Status.CLOSED
    telling.tell_status(
        session, head, about, before=before, by=head.provider, reason="", cause="silence", at=due.at
    )
    return Done([entry], Status.CLOSED)


def confirm_by_link(
    session: Session, head: Letterhead, ticket_id: int, *, person: Mailbox, at: datetime
) -> Outcome:
    """Close a resolved ticket as somebody who followed a signed link and says that it is fixed.

    Errors: NotFound.
    """
    ticket = locked(session, ticket_id)
    before = Status(ticket.status)
    if before is Status.CLOSED:
        return Outcome.ALREADY
    if before is not Status.RESOLVED:
        return Outcome.NOT_RESOLVED
    _move(session, head, ticket, Action.CONFIRM, cause="confirmed", person=person, at=at, entries=[])
    return Outcome.DONE


def not_fixed_by_link(
    session: Session, head: Letterhead, ticket_id: int, *, person: Mailbox, text: str, at: datetime
) -> Outcome:
    """Reopen a resolved ticket as somebody who followed a signed link and says that it is not fixed.

    What they wrote becomes the customer's message, also where the ticket is being worked on already.
    Errors: NotFound.
    """
    ticket = locked(session, ticket_id)
    before = Status(ticket.status)
    if before is Status.CLOSED:
        return Outcome.CLOSED
    entries = _said(session, head, ticket, person=person, text=text.strip()[:LONGEST_TEXT], at=at)
    if before is Status.RESOLVED:
        _move(
            session, head, ticket, Action.NOT_FIXED, cause="not-fixed", person=person, at=at, entries=entries
        )
        return Outcome.DONE
    if not entries:
        return Outcome.ALREADY
    _move(
        session,
        head,
        ticket,
        Action.CUSTOMER_REPLIES,
        cause="customer",
        person=person,
        at=at,
        entries=entries,
    )
    return Outcome.ADDED


def escalate_by_link(
    session: Session, head: Letterhead, ticket_id: int, *, person: Mailbox, at: datetime
) -> tuple[Outcome, Sequence[Told]]:
    """Ask for escalation as somebody who followed a signed link; who knows of it.

    What was asked by link within the hour and nobody has acknowledged since is not asked again.
    Errors: NotFound, Refused.
    """
    locked(session, ticket_id)
    known: object = None
    for event in log.events(session, ticket_id):
        fresh = event.recorded_at > at - escalating.AGAIN_AFTER
        if event.kind is EventKind.ESCALATION_ASKED and event.actor == "customer" and fresh:
            known = event.data.get("told")
        elif event.kind is EventKind.ACKNOWLEDGED:
            known = None
    if isinstance(known, list):
        return Outcome.ALREADY, [Told(each, "") for each in leads.by_id(session, known)]
    who = person.name or person.address
    return Outcome.DONE, escalating.ask_by_link(session, head, ticket_id, who=who, at=at)


def _move(session: Session, head: Letterhead, ticket: Ticket, action: Action, *, cause: str, person: Mailbox,
          at: datetime, entries: Sequence[Entry]) -> None:  # fmt: skip
    before = Status(ticket.status)
    after = lifecycle.advance(before, action)
    if after is before:
        finish(session, head, ticket, entries, at=at)
        return
    moved = status_entry(before, after, cause, by="customer", at=at, words=person.address)
    finish(session, head, ticket, [*entries, moved], status=after, at=at)
    about = telling.correspondence(session, head, ticket)
    by = person.name or person.address
    telling.tell_status(session, head, about, before=before, by=by, reason="", cause=cause, at=at)


def _said(
    session: Session, head: Letterhead, ticket: Ticket, *, person: Mailbox, text: str, at: datetime
) -> list[Entry]:
    """The customer's message, unless there is none or it is what they pressed the button for before."""
    newest = correspondence.messages(session, ticket.id, newest=1)
    again = any(row.text == text and row.author_email == person.address for row in newest)
    if not text or again:
        return []
    row = messages.blank(ticket.id, Direction.INBOUND, at) | {
        "author_name": person.name,
        "author_email": person.address,
        "text": text,
        "new_text": text,
        "language": ticket.language,
        "authenticated": True,
        "authentication": {"source": "link"},
    }
    row_id: int = session.execute(_MESSAGE, row).scalar_one()
    said = {"message": row_id, "intent": str(intent.Kind.NOT_FIXED)}
    entries = [Entry(EventKind.CUSTOMER_MESSAGE, at, "customer", said)]
    if intent.read("", text).asks_escalation:
        who = person.name or person.address
        entries += escalating.ask(session, head, ticket, by="customer", at=at, message_id=row_id, who=who)
    return entries


def _resolution(events: Sequence[Event]) -> Event:
    """The entry by which a resolved ticket was resolved."""
    found = [each for each in events if each.kind is EventKind.STATUS and each.data["to"] == Status.RESOLVED]
    return found[-1]


def _delivered_at(events: Sequence[Event]) -> datetime:
    """When silence began to count, as the plan for it says too."""
    found = [each.at for each in events if each.kind is EventKind.RESOLUTION_DELIVERED]
    return found[-1]


def _engineer(session: Session, actor: str) -> str:
    kind, _, key = actor.partition(":")
    engineer = session.get(Engineer, int(key)) if kind == "engineer" and key.isdigit() else None
    return engineer.name if engineer else ""
