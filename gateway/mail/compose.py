"""An outgoing mail as bytes: plain text and HTML of the same letter, its pictures, attachments, fields against loops.

Shape: CRLF line ends, 7-bit throughout except UTF-8 addresses; the same `Outgoing` always gives the same bytes.
Source: RFC 5322, RFC 2045–2047, RFC 2231, RFC 2387 and 2392 (pictures), RFC 3834 (Auto-Submitted).
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Final

from gateway.mail import calendar_event, fields
from gateway.mail.fields import UnsafeField
from gateway.mail.message import Attachment, Mailbox

__all__ = ["Inline", "Outgoing", "UnsafeField", "compose", "message_id", "reply_subject"]

MAX_REPLY_SUBJECT: Final = 250
MAX_REFERENCES: Final = 20
LOOP_FIELD: Final = "X-Helpdesk-Loop"

_AUTO_SUBMITTED: Final = (None, "auto-replied", "auto-generated")
_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}", re.IGNORECASE)
_REPLY_PREFIX: Final = re.compile(
    r"(?:re|aw|sv|回复|回覆|答复|答覆)\s{0,4}(?:\[\d{1,3}\]|\(\d{1,3}\))?\s{0,4}[:：]", re.I
)
_OWN_FIELDS: Final = frozenset(
    {
        "from", "sender", "to", "cc", "bcc", "reply-to", "subject", "message-id", "date", "in-reply-to",
        "references", "auto-submitted", "mime-version", "content-type", "content-transfer-encoding",
        "content-disposition", "return-path", "received", "x-helpdesk-loop", "x-auto-response-suppress",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inline:
    """A picture that stands in the HTML. Shape: `cid` without angle brackets; the HTML names it as `cid:` + `cid`."""

    cid: str
    content_type: str
    content: bytes
    filename: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One mail of ours.

    Shape: identifiers without angle brackets; `html` may be empty; `auto_submitted` is None for what a person
    wrote, else "auto-replied" or "auto-generated"; `loop` is the mark by which we know our own mail again;
    `extra` holds further fields as (name, value); `inline` are the pictures of `html`, none without it.
    """

    from_: Mailbox
    to: tuple[Mailbox, ...]
    subject: str
    text: str
    message_id: str
    date: datetime
    html: str = ""
    cc: tuple[Mailbox, ...] = ()
    reply_to: tuple[Mailbox, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    auto_submitted: str | None = None
    loop: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    inline: tuple[Inline, ...] = ()


def compose(outgoing: Outgoing) -> bytes:
    """The mail as it leaves. Errors: UnsafeField where a header or address is unfit; nothing is repaired."""
    return b"".join([*_head(outgoing), *_body(outgoing)])


def message_id(domain: str, random: str) -> str:
    """A message identifier without angle brackets; `random` must be unguessable, as replies are trusted by it.

    >>> message_id("desk.example", "b64c")
    'b64c@desk.example'
    """
    made = f"{random}@{domain}"
    return fields.address(made)


def reply_subject(subject: str, tag: str) -> str:
    """The subject of an answer: one "Re:", one tag, the rest as it was, at most 250 characters.

    >>> reply_subject("RE: 回复：[HD-7] Re: disk full", "HD-7")
    'Re: [HD-7] disk full'
    """
    mark = f"[{tag.strip('[]')}]"
    rest = " ".join(subject[: 4 * MAX_REPLY_SUBJECT].split())
    while True:
        if found := _REPLY_PREFIX.match(rest):
            rest = rest[found.end() :].lstrip()
        elif rest[: len(mark)].lower() == mark.lower():
            rest = rest[len(mark) :].lstrip()
        else:
            break
    answer = f"Re: {mark} {rest}".rstrip()
    return answer if len(answer) <= MAX_REPLY_SUBJECT else f"{answer[: MAX_REPLY_SUBJECT - 1]}…"


def _head(mail: Outgoing) -> list[bytes]:
    if not mail.to or mail.auto_submitted not in _AUTO_SUBMITTED or mail.date.tzinfo is None:
        raise UnsafeField("a mail needs a recipient, a known Auto-Submitted and an aware date")
    made = [
        fields.mailboxes("From", [mail.from_]),
        fields.mailboxes("To", mail.to),
        fields.mailboxes("Cc", mail.cc),
        fields.mailboxes("Reply-To", mail.reply_to),
        fields.unstructured("Subject", mail.subject),
        fields.identifiers("Message-ID", [mail.message_id]),
        fields.structured("Date", format_datetime(mail.date.astimezone(UTC))),
        fields.identifiers("In-Reply-To", [mail.in_reply_to] if mail.in_reply_to else []),
        fields.identifiers("References", _references(mail.references)),
    ]
    if not made[5]:
        raise UnsafeField("not a message identifier")
    if mail.auto_submitted:
        made.append(fields.structured("Auto-Submitted", mail.auto_submitted))
        # Exchange asks for this field where others read Auto-Submitted: no out-of-office answers to our letters.
        made.append(fields.structured("X-Auto-Response-Suppress", "OOF, AutoReply"))
    if mail.loop:
        made.append(fields.structured(LOOP_FIELD, mail.loop))
    for name, value in mail.extra:
        if name.lower() in _OWN_FIELDS or name.lower().startswith("content-"):
            raise UnsafeField("a field of its own name exists")
        made.append(fields.unstructured(name, value))
    return [*made, b"MIME-Version: 1.0\r\n"]


def _references(references: tuple[str, ...]) -> tuple[str, ...]:
    """The chain bounded: the thread's first mail and the latest ones."""
    if len(references) <= MAX_REFERENCES:
        return references
    return (references[0], *references[-MAX_REFERENCES + 1 :])


def _body(mail: Outgoing) -> list[bytes]:
    text = _text_part("plain", mail.text)
    content = text
    if mail.html:
        content = _multipart("alternative", mail, [text, _text_part("html", mail.html)])
        if mail.inline:
            content = _multipart("related", mail, [content, *map(_inline_part, mail.inline)])
    if mail.attachments:
        content = _multipart("mixed", mail, [content, *map(_attachment_part, mail.attachments)])
    return content


def _multipart(kind: str, mail: Outgoing, parts: list[list[bytes]]) -> list[bytes]:
    # "=_" can stand in no quoted-printable or base64 line, so no content can look like the boundary.
    boundary = f"=_{kind[0]}_{sha256(mail.message_id.encode()).hexdigest()[:24]}".encode()
    # RFC 2387 §3.1 wants the type of the part to begin with said.
    root = b';\r\n type="multipart/alternative"' if kind == "related" else b""
    made = [b"Content-Type: multipart/", kind.encode(), root, b';\r\n boundary="', boundary, b'"\r\n\r\n']
    for part in parts:
        made += [b"--", boundary, b"\r\n", *part, b"\r\n"]
    return [*made, b"--", boundary, b"--\r\n"]


def _text_part(subtype: str, text: str) -> list[bytes]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    octets = (lines if lines.endswith("\n") else f"{lines}\n").replace("\n", "\r\n").encode(errors="replace")
    odd = len(octets) - len(lines) - lines.count("\n")
    if odd * 3 > len(octets):
        encoding, content = b"base64", _base64(octets)
    else:
        encoding, content = b"quoted-printable", binascii.b2a_qp(octets, istext=True)
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: ".encode()
    return [head, encoding, b"\r\n\r\n", content]


def _attachment_part(attachment: Attachment) -> list[bytes]:
    kind = attachment.content_type.lower()
    if (
        attachment.content_type == calendar_event.CONTENT_TYPE
    ):  # ours, with parameters that are known to be fit
        return _file_part(attachment, calendar_event.CONTENT_TYPE.split(" "))
    # Composite types must not be base64 (RFC 2046 §5); as a plain file the content stays exactly what it is.
    if not _TYPE.fullmatch(kind) or kind.startswith(("multipart/", "message/")):
        kind = "application/octet-stream"
    return _file_part(attachment, [kind])


def _inline_part(picture: Inline) -> list[bytes]:
    identifier = fields.identifiers("Content-ID", [picture.cid])
    if (
        not identifier
        or not picture.content_type.startswith("image/")
        or not _TYPE.fullmatch(picture.content_type)
    ):
        raise UnsafeField("a picture needs an identifier and the type of a picture")
    return [identifier, *_file_part(picture, [picture.content_type], "inline")]


def _file_part(file: Attachment | Inline, kind: list[str], shown: str = "attachment") -> list[bytes]:
    name = fields.parameter("filename", file.filename)
    return [
        fields.fold("Content-Type", kind),
        b"Content-Transfer-Encoding: base64\r\n",
        fields.fold("Content-Disposition", [f"{shown};", *name]),
        b"\r\n",
        _base64(file.content),
    ]


def _base64(octets: bytes) -> bytes:
    """Base64 in lines of 76 characters with CRLF."""
    encoded = binascii.b2a_base64(octets, newline=False)
    return b"".join([encoded[at : at + 76] + b"\r\n" for at in range(0, len(encoded), 76)])
