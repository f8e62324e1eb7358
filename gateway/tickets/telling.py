"""Letters a verb owes to the people of a ticket: replies, changes of status and priority."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.mail.message import Attachment, Mailbox
from gateway.store.models import Engineer, Message, Promise, Ticket
from gateway.store.queries import desk
from gateway.store.queries.agreements import Agreement
from gateway.tickets import changes, grants
from gateway.tickets.grants import Act
from gateway.tickets.letterhead import Letterhead, Post, post

ASKING = (Act.CONFIRM, Act.NOT_FIXED, Act.ESCALATE)
"""What a letter that asks whether it is fixed lets its reader do."""


@dataclass(frozen=True, slots=True)
class Correspondence:
    """A ticket as its letters see it: people, language, zone, and the thread to answer in."""

    ticket: Ticket
    agreement: Agreement
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    answers: str
    references: tuple[str, ...]


def correspondence(session: Session, head: Letterhead, ticket: Ticket) -> Correspondence:
    """What a letter about a ticket needs to know."""
    agreement = changes.agreement(session, head, ticket)
    requesters, others = desk.participants(session, ticket.id)
    answers, references = desk.thread_ids(session, ticket.id)
    to = requesters or others[:1]
    return Correspondence(
        ticket,
        agreement,
        tuple(to),
        tuple(box for box in others if box not in to),
        answers,
        tuple(references),
    )


def send_reply(session: Session, head: Letterhead, about: Correspondence, message: Message, *, author: Engineer,
               status: Status | None, attachments: Sequence[Attachment], at: datetime) -> bool:  # fmt: skip
    """Put an engineer's reply; a change of status made with it is told in it (P4)."""
    words = _words(head, about) | {
        "author": author.name,
        "text": message.text,
        "subject": about.ticket.subject,
        "status": status,
        "confirm_until_at": at + head.undo + about.agreement.terms.confirmation.close_after,
    }
    acts = ASKING if status is Status.RESOLVED else () if status is Status.CLOSED else (Act.ESCALATE,)
    what = Post(
        letter="reply",
        occasion=f"reply:{message.id}",
        language=language_of(head, about),
        words=words,
        to=about.to,
        cc=about.cc,
        promise=Promise.AT_LEAST_ONCE,
        ticket_id=about.ticket.id,
        ticket_message_id=message.id,
        answers=about.answers,
        references=about.references,
        author=author.name,
        auto_submitted=None,
        attachments=attachments,
        personal=grants.links(head, about.ticket.id, *acts, at=at),
    )
    return post(session, head, what, at, delay=head.undo)


def tell_status(session: Session, head: Letterhead, about: Correspondence, *, before: Status, by: str, reason: str,
                at: datetime, cause: str = "") -> None:  # fmt: skip
    """Tell a change of status that no reply told (P4). Shape: `cause` is that of the log, where it says more."""
    status = Status(about.ticket.status)
    words = {
        "status": status,
        "old_status": before,
        "by": by,
        "at": at,
        "reason": reason,
        "cause": cause,
        "subject": about.ticket.subject,
        "progress": about.agreement.terms.progress[Priority(about.ticket.priority)],
    }
    acts = () if status is Status.CLOSED else (Act.ESCALATE,)
    tell(session, head, about, "status", words=words, acts=acts, at=at)


def tell_priority(session: Session, head: Letterhead, about: Correspondence, *, before: Priority, by: str,
                  reason: str, at: datetime) -> None:  # fmt: skip
    """Tell a change of priority with the new due instants (P1)."""
    ticket = about.ticket
    priority = Priority(ticket.priority)
    words = {
        "priority": priority,
        "old_priority": before,
        "by": by,
        "at": at,
        "reason": reason,
        "subject": ticket.subject,
        "first_response_due_at": None if ticket.first_response_at else ticket.first_response_due_at,
        "resolution_due_at": ticket.resolution_due_at,
        "progress": about.agreement.terms.progress[priority],
    }
    tell(session, head, about, "priority", words=words, acts=(Act.ESCALATE,), at=at)


def tell(session: Session, head: Letterhead, about: Correspondence, letter: str, *, words: Mapping[str, object],
         acts: Sequence[Act] = (), at: datetime) -> bool:  # fmt: skip
    """Put an automatic letter to the people of a ticket, with links in each one's own name; at most once.

    False where there is nobody to write to.
    """
    if not about.to:
        return False
    what = Post(
        letter=letter,
        occasion=f"{letter}:{about.ticket.id}:{at.isoformat()}",
        language=language_of(head, about),
        words=_words(head, about) | dict(words),
        to=about.to,
        cc=about.cc,
        promise=Promise.AT_MOST_ONCE,
        ticket_id=about.ticket.id,
        answers=about.answers,
        references=about.references,
        personal=grants.links(head, about.ticket.id, *acts, at=at),
    )
    return post(session, head, what, at)


def language_of(head: Letterhead, about: Correspondence) -> Literal["en", "zh"]:
    """The language a ticket's people are written to in."""
    return head.letter_language(about.ticket.language, about.agreement.language)


def _words(head: Letterhead, about: Correspondence) -> dict[str, object]:
    return {"ticket": head.number(about.ticket.id), "zone": about.agreement.zone}
