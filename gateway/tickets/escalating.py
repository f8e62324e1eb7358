"""Asking for escalation, and saying that one has seen what called (P5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain import escalation, sla
from gateway.domain.lifecycle import Event, EventKind, Status
from gateway.domain.terms import Priority
from gateway.store.blobs import Blobs
from gateway.store.models import Engineer, Promise, Ticket
from gateway.store.queries import leads
from gateway.tickets import Refused, audiences, calling, changes, log, messages, summoning, telling
from gateway.tickets.audiences import Told
from gateway.tickets.changes import actor, finish, locked
from gateway.tickets.letterhead import Letterhead, Post, post
from gateway.tickets.log import Entry
from gateway.tickets.messages import Entrance
from gateway.tickets.summoning import Summons

AGAIN_AFTER: Final = timedelta(hours=1)
CUSTOMER: Final = "customer"


@dataclass(frozen=True, slots=True)
class Asked:
    """An ask as it is logged, and who knows of it. Shape: `answered` says that an earlier answer stands."""

    entry: Entry
    people: tuple[Told, ...]
    answered: bool


@dataclass(frozen=True, slots=True)
class _Before:
    told: tuple[int, ...]
    acknowledged: bool


def acknowledge(
    session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, by: str, at: datetime
) -> bool:
    """Say that an engineer has seen what called on a ticket; False where nothing waits for it any more.

    Shape: `by` is page or api. Errors: NotFound.
    """
    ticket = locked(session, ticket_id)
    if not waiting(session, head, ticket):
        return False
    finish(session, head, ticket, [Entry(EventKind.ACKNOWLEDGED, at, actor(author), {"by": by})], at=at)
    return True


def acknowledge_by_mail(session: Session, head: Letterhead, blobs: Blobs, ticket_id: int, *, entrance: Entrance,
                        engineer_id: int, at: datetime) -> int:  # fmt: skip
    """Take an engineer's answer to a letter that called: acknowledged when it was sent, its text a work note.

    Nothing of it goes to the customer, and nothing of it counts as an answer to them. The message's id.
    """
    ticket = locked(session, ticket_id)
    note_id = messages.add_note(session, blobs, ticket_id, entrance, engineer_id=engineer_id, at=at)
    author = f"engineer:{engineer_id}"
    entries = [Entry(EventKind.NOTE, entrance.accepted_at, author, {"message": note_id})]
    if waiting(session, head, ticket):
        data = {"by": "mail", "message": note_id}
        entries.append(Entry(EventKind.ACKNOWLEDGED, entrance.accepted_at, author, data))
    finish(session, head, ticket, entries, at=at)
    return note_id


def waiting(session: Session, head: Letterhead, ticket: Ticket) -> list[escalation.Call]:
    """What called on a ticket and waits to be acknowledged."""
    terms = changes.agreement(session, head, ticket).terms
    events = log.events(session, ticket.id)
    return escalation.unacknowledged(events, sla.standing(events, terms))


def ask(session: Session, head: Letterhead, ticket: Ticket, *, by: str, at: datetime, message_id: int | None = None,
        who: str = "", reason: str = "") -> list[Entry]:  # fmt: skip
    """Tell assignee, on-call engineers, leads and management at once that escalation is asked; what to log.

    A customer who asks is answered with who was told. Shape: `by` is how the log names who asks, `who` how letters
    do. The caller holds the ticket and finishes.
    """
    asked = asked_for(session, head, ticket, by=by, at=at, message_id=message_id, who=who, reason=reason)
    if by == CUSTOMER and not asked.answered:
        _answer(session, head, ticket, asked.people, at=at)
    return [asked.entry]


def ask_by_mail(session: Session, head: Letterhead, ticket: Ticket, entrance: Entrance, *, message_id: int,
                at: datetime) -> list[Entry]:  # fmt: skip
    """`ask` for the author of an authenticated mail; answered only where automatic mail may go."""
    who = entrance.sender.name or entrance.sender.address
    asked = asked_for(session, head, ticket, by=CUSTOMER, at=at, message_id=message_id, who=who)
    if entrance.answer_to and not asked.answered:
        _answer(session, head, ticket, asked.people, at=at)
    return [replace(asked.entry, at=entrance.accepted_at)]


def ask_at_opening(session: Session, head: Letterhead, ticket_id: int, entrance: Entrance, *, message_id: int,
                   at: datetime) -> Sequence[Told]:  # fmt: skip
    """Do and log what an authenticated mail asks that opened a ticket; who was told, for its acknowledgement."""
    if not (entrance.reading.intent.asks_escalation and entrance.authenticated):
        return ()
    ticket = session.get_one(Ticket, ticket_id)
    who = entrance.sender.name or entrance.sender.address
    asked = asked_for(session, head, ticket, by=CUSTOMER, at=at, message_id=message_id, who=who)
    entries = [replace(asked.entry, at=entrance.accepted_at)]
    log.append(session, ticket_id, entries, recorded_at=at)
    calling.call(session, ticket, entries, prefix=head.prefix, at=at)
    return asked.people


def ask_by_link(
    session: Session, head: Letterhead, ticket_id: int, *, who: str, at: datetime
) -> Sequence[Told]:
    """Ask for escalation as the customer who followed a signed link; who was told, for the page's answer.

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    if ticket.status == Status.CLOSED:
        raise Refused("a closed ticket is final")
    asked = asked_for(session, head, ticket, by=CUSTOMER, at=at, who=who, reason=who)
    if not asked.answered:
        _answer(session, head, ticket, asked.people, at=at)
    finish(session, head, ticket, [asked.entry], at=at)
    return asked.people


def asked_for(session: Session, head: Letterhead, ticket: Ticket, *, by: str, at: datetime,
              message_id: int | None = None, who: str = "", reason: str = "") -> Asked:  # fmt: skip
    """Escalation asked for, with nobody answered yet.

    Within an hour the same is not told again: the ask is logged, the letters before it stand, unless somebody has
    acknowledged them since.
    """
    ticket.asked_escalation = True
    before = _asked_before(log.events(session, ticket.id), by, at)
    people = audiences.everybody_above(session, ticket, at)
    if others := [each for each in people if by != actor(each.engineer)]:
        people = others
    again = before is not None and not before.acknowledged
    if before is not None and again:
        roles = {each.engineer.id: each.role for each in people}
        people = [Told(each, roles.get(each.id, "")) for each in leads.by_id(session, before.told)]
    else:
        summoning.summon(session, head, _summons(ticket, at, who=who, reason=reason), people, at=at)
    data: dict[str, object] = {"told": [each.engineer.id for each in people]}
    data |= {"message": message_id} if message_id else {}
    data |= {"again": True} if again else {}
    entry = Entry(EventKind.ESCALATION_ASKED, at, by, data, words=reason)
    return Asked(entry, tuple(people), answered=before is not None)


def _asked_before(events: Sequence[Event], by: str, at: datetime) -> _Before | None:
    """The last ask of the same side within the hour that people were told of."""
    side = by.partition(":")[0]
    found: _Before | None = None
    for event in events:
        if event.kind is EventKind.ACKNOWLEDGED and found is not None:
            found = replace(found, acknowledged=True)
        told = event.data.get("told")
        if event.kind is not EventKind.ESCALATION_ASKED or event.actor.partition(":")[0] != side:
            continue
        if event.recorded_at > at - AGAIN_AFTER and not event.data.get("again") and isinstance(told, list):
            found = _Before(tuple(told), acknowledged=False)
    return found


def _summons(ticket: Ticket, at: datetime, *, who: str, reason: str) -> Summons:
    words = {
        "priority": ticket.priority,
        "asked_at": at,
        "asked_by": who or ticket.requester_name or ticket.requester_email,
        "reason": reason if reason != who else "",
        "subject": ticket.subject,
        "customer": ticket.customer.name if ticket.customer else None,
        "assignee": ticket.assignee.name if ticket.assignee else None,
        "first_response_due_at": None if ticket.first_response_at else ticket.first_response_due_at,
        "resolution_due_at": None if ticket.resolved_at else ticket.resolution_due_at,
    }
    return Summons("engineer-asked", f"asked:{ticket.id}:{at.isoformat()}", ticket.id, words)


def _answer(
    session: Session, head: Letterhead, ticket: Ticket, people: Sequence[Told], *, at: datetime
) -> None:
    """Tell the customer who was told; the first answer within an hour stands."""
    about = telling.correspondence(session, head, ticket)
    if not about.to:
        return
    language = head.letter_language(ticket.language, about.agreement.language)
    words = {
        "ticket": head.number(ticket.id),
        "zone": about.agreement.zone,
        "at": at,
        "priority": ticket.priority,
        "people": audiences.named(people, language),
        "subject": ticket.subject,
        "progress": about.agreement.terms.progress[Priority(ticket.priority)],
    }
    letter = Post(
        letter="escalated",
        occasion=f"escalated:{ticket.id}:{at.isoformat()}",
        language=language,
        words=words,
        to=about.to,
        cc=about.cc,
        promise=Promise.AT_LEAST_ONCE,
        ticket_id=ticket.id,
        answers=about.answers,
        references=about.references,
        auto_submitted="auto-replied",
    )
    post(session, head, letter, at)
