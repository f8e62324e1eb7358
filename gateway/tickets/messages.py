"""Messages of a ticket and the people who take part: rows only, no effect on the ticket's standing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import secrets
from gateway.mail import address, fields
from gateway.mail.message import InboundMessage, Mailbox
from gateway.mail.reading import Reading
from gateway.mail.trust import Authentication
from gateway.store import scans
from gateway.store.blobs import Blobs
from gateway.store.models import Attachment, Direction, Message, Participant, table
from gateway.store.queries.agreements import Party
from gateway.tickets import Refused

_MESSAGE: Final = table(Message).insert().returning(table(Message).c.id)
_FILES: Final = table(Attachment).insert()
_PEOPLE: Final = table(Participant).insert()
_KNOWN: Final = sa.select(table(Participant).c.email).where(
    table(Participant).c.ticket_id == sa.bindparam("ticket_id")
)


@dataclass(frozen=True, slots=True)
class Entrance:
    """A mail on its way into a ticket, with all that was found out about it.

    Shape: `delivery_id` is None for what came by our own page; `sender` is the author as shown and answered;
    `answer_to` the address automatic mail may go to, empty for none; `flooding` says that a person's mail goes
    unanswered because too much came from there; `own_addresses` are left out of the participants.
    """

    reading: Reading
    delivery_id: int | None
    accepted_at: datetime
    sender: Mailbox
    party: Party | None
    authenticated: bool
    authentication: Authentication
    answer_to: str = ""
    follows_id: int | None = None
    own_addresses: frozenset[str] = field(default_factory=frozenset)
    flooding: bool = False

    @property
    def message(self) -> InboundMessage:
        """The parsed mail."""
        return self.reading.message


def add_inbound(session: Session, blobs: Blobs, ticket_id: int, entrance: Entrance, *, at: datetime,
                    held_reason: str = "") -> int:  # fmt: skip
    """Write a mail and its attachments onto a ticket; the message's id."""
    message = entrance.message
    files = message.attachments
    contents = [*(each.content for each in files), *([message.html.encode()] if message.html else [])]
    keys = blobs.put_many(session, contents, at) if contents else []
    row = blank(ticket_id, Direction.INBOUND, entrance.accepted_at) | {
        "author_name": entrance.sender.name[:200],
        "author_email": entrance.sender.address[:320],
        "subject": message.subject[:500],
        "text": message.text,
        "new_text": message.excerpt.new,
        "language": entrance.reading.language,
        "html_key": keys[-1] if message.html else None,
        "recipients": [["to", box.name, box.address] for box in message.to[:100]]
        + [["cc", box.name, box.address] for box in message.cc[:100]],
        "message_id": message.message_id[:998],
        "delivery_id": entrance.delivery_id,
        "kind": entrance.reading.classification.kind,
        "authenticated": entrance.authenticated,
        "authentication": asdict(entrance.authentication),
        "held": bool(held_reason),
        "held_reason": held_reason,
        "nature": list(message.nature),
        "invitations": [asdict(each) for each in message.invitations],
    }
    message_row_id: int = session.execute(_MESSAGE, row).scalar_one()
    if files:
        session.execute(
            _FILES,
            [
                {"token": secrets.random_token(), "message_id": message_row_id, "filename": each.filename[:255],
                 "content_type": each.content_type[:255], "size_bytes": len(each.content), "blob_key": key,
                 "inline": each.inline, "content_id": each.content_id[:255]}
                for each, key in zip(files, keys, strict=False)
            ],
        )  # fmt: skip
        scans.ask(session, keys[: len(files)], at)
    return message_row_id


def add_note(session: Session, blobs: Blobs, ticket_id: int, entrance: Entrance, *, engineer_id: int,
             at: datetime) -> int:  # fmt: skip
    """Write an engineer's mail and its attachments onto a ticket as a work note; the message's id."""
    note_id = add_inbound(session, blobs, ticket_id, entrance, at=at)
    written = sa.update(Message).where(Message.id == note_id)
    session.execute(written.values(direction=Direction.NOTE, engineer_id=engineer_id))
    return note_id


def add_people(session: Session, ticket_id: int, entrance: Entrance, *, new: bool = False) -> None:
    """The author as requester of a new ticket; whom they copied in only where the mail is authenticated."""
    known = set() if new else set(session.execute(_KNOWN, {"ticket_id": ticket_id}).scalars())
    people = [("requester" if not known else "cc", entrance.sender)]
    if entrance.authenticated:
        people += [("cc", box) for box in (*entrance.message.to, *entrance.message.cc)[:50]]
    rows: dict[str, dict[str, Any]] = {}
    for role, box in people:
        email = address.normalise(box.address)[:320]
        ours = address.split_subaddress(email)[0] in entrance.own_addresses
        if email and not ours and email not in known and email not in rows:
            rows[email] = {"ticket_id": ticket_id, "email": email, "name": box.name[:200], "role": role}
    if rows:
        session.execute(_PEOPLE, list(rows.values()))


def address_of(person: Mailbox) -> str:
    """A person's address in comparable form; one that no letter can go to would stop every letter of its ticket.

    Errors: Refused.
    """
    try:
        return fields.address(address.normalise(person.address))
    except fields.UnsafeField:
        raise Refused("that is no mail address") from None


def blank(ticket_id: int, direction: Direction, at: datetime) -> dict[str, Any]:
    """The columns every message has, with nothing said yet."""
    return {"ticket_id": ticket_id, "direction": direction, "at": at, "author_name": "", "author_email": "",
            "subject": "", "new_text": "", "language": "", "recipients": [], "message_id": "", "kind": "human",
            "authenticated": False, "authentication": {}, "held": False, "held_reason": ""}  # fmt: skip
