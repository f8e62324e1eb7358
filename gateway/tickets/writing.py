"""What a customer's people write on our pages: the same verbs as for their authenticated mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from gateway.domain.lifecycle import Status
from gateway.mail.message import Attachment, Mailbox
from gateway.mail.reading import Reading
from gateway.mail.trust import Authentication
from gateway.store.blobs import Blobs
from gateway.store.queries import agreements
from gateway.tickets import Refused, following, intake, scanned, understanding
from gateway.tickets.changes import locked
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.messages import Entrance

PAGE = "page"
"""Where the author of what a page brought was authenticated, as messages keep it."""


@dataclass(frozen=True, slots=True)
class Written:
    """Where a text ended. Shape: `new` says that it opened a ticket, since the one it answers is closed."""

    ticket_id: int
    new: bool


def answer(session: Session, head: Letterhead, blobs: Blobs, ticket_id: int, *, reading: Reading,
           at: datetime) -> Written:  # fmt: skip
    """Add a contact's text to a ticket as their authenticated mail; to a closed one a new ticket follows.

    Errors: NotFound; Refused without a text, or where a file is known to be infected.
    """
    _fit(session, reading.message.excerpt.new, reading.message.attachments)
    ticket = locked(session, ticket_id)
    if ticket.status == Status.CLOSED:
        number = _open(session, head, blobs, reading, follows=ticket_id, at=at)
        following.link(session, head, number, other=ticket_id, why="follow-up", at=at)
        return Written(number, new=True)
    entrance = _entrance(session, reading, at)
    said = following.append_reply(session, head, blobs, ticket_id, entrance=entrance, at=at)
    understanding.tell_assignee(session, head, ticket_id, message_id=said, entrance=entrance, at=at)
    return Written(ticket_id, new=False)


def request(session: Session, head: Letterhead, blobs: Blobs, *, reading: Reading, at: datetime) -> int:
    """Open a ticket for what a contact typed, judged and acknowledged as by mail; its number.

    Errors: Refused without a subject or a text, or where a file is known to be infected.
    """
    if not reading.message.subject:
        raise Refused("a request needs a subject")
    _fit(session, reading.message.excerpt.new, reading.message.attachments)
    return _open(session, head, blobs, reading, follows=None, at=at)


def _open(
    session: Session, head: Letterhead, blobs: Blobs, reading: Reading, *, follows: int | None, at: datetime
) -> int:
    entrance = _entrance(session, reading, at, follows=follows)
    return intake.open_by_mail(session, head, blobs, entrance, at=at)


def _entrance(session: Session, reading: Reading, at: datetime, *, follows: int | None = None) -> Entrance:
    author: Mailbox = reading.message.originator
    return Entrance(
        reading=reading,
        delivery_id=None,
        accepted_at=at,
        sender=author,
        party=agreements.party_of(session, author.address),
        authenticated=True,
        authentication=Authentication(source=PAGE),
        answer_to=author.address,
        follows_id=follows,
    )


def _fit(session: Session, text: str, files: Sequence[Attachment]) -> None:
    if not text.strip():
        raise Refused("an answer needs a text")
    scanned.refuse_infected(session, [(each.sha256, each.filename) for each in files])
