"""What may leave of an engineer's mail: the text in one piece, and nothing in it that only engineers may read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain import disclosure
from gateway.mail import nature
from gateway.mail.message import Attachment, InboundMessage
from gateway.store.models import Ticket
from gateway.store.queries import answered
from gateway.tickets.letterhead import Letterhead

_MAILS: Final = ("message/", "multipart/", "application/ms-tnef", "application/vnd.ms-outlook", "application/pkcs7",
                 "application/x-pkcs7", "application/pgp-signature", "text/rfc822-headers")  # fmt: skip
_MAIL_FILES: Final = (".eml", ".msg", ".mht", ".mhtml", ".dat")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text does not leave. Shape: `value` is the passage or the file."""

    code: str
    value: str = ""


def fault(session: Session, head: Letterhead, ticket_id: int, *, message: InboundMessage, text: str,
          files: Sequence[Attachment]) -> Fault | None:  # fmt: skip
    """Why an engineer's text does not go to the customer; None where it may."""
    if nature.unreadable(message.nature):
        return Fault("unreadable")
    if len(text) > disclosure.LONGEST:
        return Fault("too-long")
    if not disclosure.in_one_piece(message.excerpt.new, message.text):
        return Fault("inline")
    internal, known = _internal(session, ticket_id), _known(session, head, ticket_id)
    if passage := disclosure.repeated(text, internal, known):
        return Fault("own-text", passage)
    for file in files:
        if _is_text(file) and disclosure.repeated(
            file.content.decode("utf-8", "replace")[: disclosure.LONGEST], internal, known
        ):
            return Fault("own-text-in-file", file.filename)
    return None


def fault_of_line(session: Session, head: Letterhead, ticket_id: int, text: str) -> Fault | None:
    """`fault` for a single line that the customer will read."""
    passage = disclosure.repeated(text, _internal(session, ticket_id), _known(session, head, ticket_id))
    return Fault("own-text", passage) if passage else None


def sendable(files: Sequence[Attachment]) -> tuple[list[Attachment], list[str]]:
    """The files that may go with a reply, and the names of those left out: whole mails, which may hold ours.

    Pictures inside a text belong to signatures and quotes; they stay out without a word.
    """
    shown = [each for each in files if not each.inline]
    kept = [each for each in shown if not _is_mail(each)]
    return kept, [each.filename for each in shown if _is_mail(each)]


def _internal(session: Session, ticket_id: int) -> list[str]:
    letters = (_said(content) for content in answered.letters_to_engineers(session, ticket_id))
    return [*letters, *answered.notes(session, ticket_id)]


def _known(session: Session, head: Letterhead, ticket_id: int) -> list[str]:
    """What the customer knows anyhow: what was written between them and us, and everybody's names."""
    ticket = session.get_one(Ticket, ticket_id)
    people = [name for _, *names in answered.colleagues(session) for name in names]
    names = [ticket.customer.name if ticket.customer else "", ticket.requester_name, ticket.requester_email]
    ours = [head.provider, head.support_address, head.phone, head.number(ticket_id), ticket.subject]
    return [*answered.shared(session, ticket_id), *people, *names, *ours]


def _said(content: bytes) -> str:
    """Subject and text of a letter of ours."""
    letter = message_from_bytes(content, policy=policy.default)
    body = letter.get_body(("plain",))
    return f"{letter['Subject']}\n{body.get_content() if body else ''}"


def _is_mail(file: Attachment) -> bool:
    return file.content_type.lower().startswith(_MAILS) or file.filename.lower().endswith(_MAIL_FILES)


def _is_text(file: Attachment) -> bool:
    return file.content_type.lower().startswith("text/")
