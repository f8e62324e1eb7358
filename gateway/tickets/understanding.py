"""Letters about mail to the engineers it concerns: what became of their own, and what a customer wrote to theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway import i18n
from gateway.domain.lifecycle import Status
from gateway.mail import address
from gateway.mail.message import Mailbox
from gateway.store import outbox, scans
from gateway.store.models import Engineer, Promise, ScanState, Ticket
from gateway.tickets.letterhead import Letterhead, Post, post
from gateway.tickets.messages import Entrance

PER_HOUR: Final = 60
"""How many letters of one kind an engineer gets an hour at most: what keeps two robots from talking for ever."""
_LONGEST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one command or of the text.

    Shape: `said` is the command as written, empty for a text without one; `left_out` names files that did not go.
    """

    code: str
    said: str = ""
    value: str = ""
    done: bool = False
    left_out: str = ""


def tell(session: Session, head: Letterhead, ticket_id: int, outcomes: Sequence[Outcome], *, author: Engineer,
         entrance: Entrance, at: datetime) -> None:  # fmt: skip
    """Tell an engineer what was understood of their mail and done, or why not. It never goes to a customer."""
    if _too_many(session, "understood", author, at):
        return
    language = head.letter_language(author.language)
    say = i18n.words(language).gettext
    words = {
        "ticket": head.number(ticket_id),
        "link": head.link(ticket_id),
        "zone": author.time_zone,
        "acts": [
            {"said": each.said, "done": each.done, "code": each.code, "left_out": each.left_out,
             "value": say(each.value) if each.code == "refused" else each.value}
            for each in outcomes
        ],
    }  # fmt: skip
    what = Post(
        letter="understood",
        occasion=f"understood:{entrance.delivery_id}",
        language=language,
        words=words,
        to=[Mailbox(author.name, author.email)],
        promise=Promise.AT_MOST_ONCE,
        ticket_id=ticket_id,
        answers=entrance.message.message_id,
        auto_submitted="auto-replied",
    )
    post(session, head, what, at)


def tell_assignee(session: Session, head: Letterhead, ticket_id: int, *, message_id: int, entrance: Entrance,
                  at: datetime) -> None:  # fmt: skip
    """Bring the customer's message to the ticket's engineer, once, unless it is their own."""
    ticket = session.get_one(Ticket, ticket_id)
    engineer = ticket.assignee
    if engineer is None or not engineer.active or _too_many(session, "engineer-message", engineer, at):
        return
    if address.normalise(engineer.email) == address.normalise(entrance.sender.address):
        return
    new = entrance.message.excerpt.new
    files = {each.sha256: each.filename for each in entrance.message.attachments if not each.inline}
    states, found = scans.states(session, files), scans.infected(session, files)
    words = {
        "ticket": head.number(ticket_id),
        "link": head.link(ticket_id),
        "zone": engineer.time_zone,
        "author": entrance.sender.name or entrance.sender.address,
        "text": new[:_LONGEST],
        "shortened": len(new) > _LONGEST,
        "files": ", ".join(each.filename for each in entrance.message.attachments if not each.inline)[:500],
        "unscanned": any(state in (ScanState.NOT_SCANNED, ScanState.FAILED) for state in states.values()),
        "infected": ", ".join(f"{files[key]} ({name})" for key, name in found.items())[:500],
        "status": Status(ticket.status),
        "priority": ticket.priority,
        "subject": ticket.subject,
        "customer": ticket.customer.name if ticket.customer else None,
        "first_response_due_at": None if ticket.first_response_at else ticket.first_response_due_at,
        "resolution_due_at": None if ticket.resolved_at else ticket.resolution_due_at,
    }
    what = Post(
        letter="engineer-message",
        occasion=f"engineer-message:{message_id}",
        language=head.letter_language(engineer.language),
        words=words,
        to=[Mailbox(engineer.name, engineer.email)],
        promise=Promise.AT_MOST_ONCE,
        ticket_id=ticket_id,
    )
    post(session, head, what, at)


def _too_many(session: Session, letter: str, engineer: Engineer, at: datetime) -> bool:
    since = at - timedelta(hours=1)
    return outbox.recent(session, letter, address.normalise(engineer.email), since) >= PER_HOUR
