"""What every letter needs, wired once per process; and how a letter becomes an outbox row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from jinja2 import Environment
from sqlalchemy.orm import Session

from gateway import i18n, secrets
from gateway.mail import address, compose, fields, letters, return_path
from gateway.mail.compose import Inline, Outgoing, UnsafeField
from gateway.mail.message import Attachment, Mailbox
from gateway.store import outbox
from gateway.store.models import Promise
from gateway.tickets import restraint
from gateway.tickets.restraint import Brakes, Intended

_SAFE_ID: Final = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]{1,250}@?[\x21-\x3b\x3d\x3f-\x7e]{0,250}")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The provider as letters show it, and the key that signs reply addresses.

    Shape: `rewritten` says that the next server gives mail identifiers of its own, so that ours must stand elsewhere;
    `scan_patience` is how long a letter waits for the scanner's word on its files, zero where there is no scanner;
    `probes_end` is where availability probes leave for, empty for an address of ours.
    """

    environment: Environment
    secret: str
    provider: str
    phone: str
    support_address: str
    prefix: str
    base_url: str
    zone: str
    language: Literal["en", "zh"]
    undo: timedelta = timedelta()
    rewritten: bool = False
    brakes: Brakes = Brakes()
    scan_patience: timedelta = timedelta()
    scan_required: bool = False
    probes_end: str = ""

    def number(self, ticket_id: int) -> str:
        """The ticket's number as people write it."""
        return f"{self.prefix}-{ticket_id}"

    def link(self, ticket_id: int) -> str:
        """The ticket's page for engineers."""
        return f"{self.base_url}/tickets/{ticket_id}"

    def reply_address(self, ticket_id: int) -> str:
        """The signed address whose mail continues the ticket."""
        local, _, domain = self.support_address.partition("@")
        return f"{local}+{secrets.reply_detail(self.secret, ticket_id)}@{domain}"

    def return_path(self, message_id: str) -> str:
        """The signed address that reports of one letter come back to, and that never answers."""
        return return_path.made(self.support_address, secrets.sign(self.secret, "return-path", message_id))

    def letter_language(self, *wishes: str) -> Literal["en", "zh"]:
        """The first wished language that letters exist in."""
        written = (wish for wish in wishes if wish.startswith(("en", "zh")))
        return i18n.letter_language(next(written, self.language), self.language)


@dataclass(frozen=True, slots=True)
class Made:
    """A letter that was finished elsewhere, as a report is, with the pictures of its HTML."""

    letter: letters.Letter
    inline: Sequence[Inline] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """A letter to be put: which, why, to whom, in answer to what.

    Shape: `occasion` is unique for each thing that is told; `answers` is the message it answers, `references` its
    thread, without angle brackets; `author` is the person who wrote it, empty for automatic letters; a letter that
    is not `granting` carries no signed reply address, since it goes to somebody who need not be the ticket's;
    `personal` are words that differ by reader, as links in their own name do: each reader then gets a copy; of a
    letter that is `made` no template is looked for, and `words` are not used.
    """

    letter: str
    occasion: str
    language: str
    words: Mapping[str, object]
    to: Sequence[Mailbox]
    promise: Promise = Promise.AT_MOST_ONCE
    cc: Sequence[Mailbox] = ()
    ticket_id: int | None = None
    ticket_message_id: int | None = None
    answers: str = ""
    references: Sequence[str] = ()
    author: str = ""
    auto_submitted: str | None = "auto-generated"
    attachments: Sequence[Attachment] = ()
    granting: bool = True
    personal: Callable[[Mailbox], Mapping[str, object]] | None = None
    made: Made | None = None


def post(
    session: Session, head: Letterhead, what: Post, at: datetime, *, delay: timedelta = timedelta()
) -> bool:
    """Render, compose and put a letter; False where it was put before or its addresses are unfit for mail.

    Of a letter in copies it is False where nobody it is addressed to gets one; whoever is copied in and cannot be
    written to misses theirs and stops no other.
    """
    if what.personal is None:
        return _put(session, head, what, (*what.to, *what.cc), at=at, delay=delay)
    wanted = {address.normalise(box.address): box for box in (*what.cc, *what.to)}
    addressed = {address.normalise(box.address) for box in what.to}
    first = next(iter(addressed), "")
    put = {
        key: _put(session, head, _copy(what, box, first=key == first), [box], at=at, delay=delay)
        for key, box in sorted(wanted.items(), key=lambda each: each[0] not in addressed)
    }
    return any(put[key] for key in addressed)


def _copy(what: Post, reader: Mailbox, *, first: bool) -> Post:
    """The letter as one reader gets it: with the words that are theirs.

    It names the others only where every server takes it: an address in UTF-8 would ask for more (RFC 6531).
    """
    personal = what.personal(reader) if what.personal else {}
    plain = reader.address.isascii()
    to, cc = ([box for box in boxes if _fit(box, plain=plain)] for boxes in (what.to, what.cc))
    return replace(
        what,
        occasion=what.occasion if first else f"{what.occasion}:{secrets.digest(reader.address)[:16]}",
        words=dict(what.words) | dict(personal),
        to=to or [reader],
        cc=cc if to else [box for box in cc if box != reader],
    )


def _fit(box: Mailbox, *, plain: bool) -> bool:
    try:
        return fields.address(box.address).isascii() or not plain
    except UnsafeField:
        return False


def _put(session: Session, head: Letterhead, what: Post, readers: Sequence[Mailbox], *,
         at: datetime, delay: timedelta) -> bool:  # fmt: skip
    letter = what.made.letter if what.made else _rendered(head, what)
    message_id = _message_id(head, what)
    try:
        content = compose.compose(_outgoing(head, what, letter, message_id=message_id, at=at))
    except UnsafeField:
        return False
    wanted = tuple(dict.fromkeys(box.address for box in readers))
    held = _held_back(session, head, what, wanted, at=at)
    recipients = tuple(each for each in wanted if address.normalise(each) not in held)
    entry = outbox.Entry(
        letter=what.letter,
        occasion=what.occasion,
        promise=what.promise,
        message_id=message_id,
        recipients=recipients or wanted,
        subject=letter.subject,
        content=content,
        reverse_path=head.return_path(message_id),
        ticket_id=what.ticket_id,
        ticket_message_id=what.ticket_message_id,
    )
    row_id = outbox.put(session, entry, at, delay=delay)
    if row_id is not None and not recipients:
        restraint.give_up(session, row_id, held)
    return row_id is not None and bool(recipients)


def _rendered(head: Letterhead, what: Post) -> letters.Letter:
    own = {"provider": head.provider, "support_address": head.support_address, "phone": head.phone}
    return letters.render(head.environment, what.letter, what.language, own | dict(what.words))


def _held_back(
    session: Session, head: Letterhead, what: Post, readers: Sequence[str], *, at: datetime
) -> Mapping[str, str]:
    """Whom the letter is not sent to, and why: only what no person wrote is held back."""
    if what.auto_submitted is None:
        return {}
    intended = Intended(what.letter, what.ticket_id, what.ticket_message_id)
    return restraint.withheld(
        session, head.brakes, intended, [address.normalise(each) for each in readers], at=at
    )


def _outgoing(
    head: Letterhead, what: Post, letter: letters.Letter, *, message_id: str, at: datetime
) -> Outgoing:
    name = f"{what.author} ({head.provider})" if what.author else head.provider
    reply_to: tuple[Mailbox, ...] = ()
    if what.ticket_id is not None and what.granting:
        reply_to = (Mailbox(head.provider, head.reply_address(what.ticket_id)),)
    return Outgoing(
        from_=Mailbox(name, head.support_address),
        to=tuple(what.to),
        cc=tuple(what.cc),
        reply_to=reply_to,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        message_id=message_id,
        date=at,
        in_reply_to=what.answers if _SAFE_ID.fullmatch(what.answers) else "",
        references=tuple(
            each
            for each in (*what.references, what.answers, message_id if head.rewritten else "")
            if _SAFE_ID.fullmatch(each)
        ),
        auto_submitted=what.auto_submitted,
        loop=head.support_address,
        attachments=tuple(what.attachments),
        inline=tuple(what.made.inline) if what.made else (),
    )


def _message_id(head: Letterhead, what: Post) -> str:
    about = f"{head.prefix.lower()}-{what.ticket_id}." if what.ticket_id else ""
    return compose.message_id(address.domain_of(head.support_address), about + secrets.random_token())
