"""A mail as a value, from whatever bytes arrived.

`parse` never raises and never loses anything: what is not understood becomes text with replacement characters, an
attachment, or both, and a defect says so. Addresses and dates are read by mail-parser; parts and charsets by us.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from mailparser.dates import parse_mail_date

from gateway.mail import address, charset, digest, invitation, limits, mailboxes
from gateway.mail import header as headers
from gateway.mail.body import excerpt
from gateway.mail.header import Header
from gateway.mail.leaves import Contents, Reader, Segment
from gateway.mail.message import Attachment, InboundMessage, Mailbox
from gateway.mail.parts import Cutter

TOO_COMPLEX: Final = "too-complex"
"""The defect of a mail that was not read in full; such mail belongs before a person."""

_ZONE: Final = re.compile(r"(?:GMT|UTC)?([+-]\d\d):?(\d\d)\b")
_BLANK_LINES: Final = re.compile(rb"(?:[ \t]*+\r?\n)*+")
_IDENTIFIER: Final = re.compile(r"<([^<>]{1,998})>")


def parse(raw: bytes) -> InboundMessage:
    """The mail that some bytes are, however malformed.

    >>> parse(b"From: Li <li@desk.example>\\nSubject: Disk full\\n\\ndb-1 is down\\n").text
    'db-1 is down'
    """
    content = _prepared(raw)
    try:
        cutter = Cutter(content)
        root = cutter.cut(0, len(content))
        contents = Reader(cutter).read(root)
        return _message(root.header, contents, cutter.defects, cutter.hint)
    except (ValueError, LookupError, RecursionError, OverflowError) as fault:
        return _bounded(raw, content, fault)


def check(raw: bytes) -> None:
    """Nothing, for a mail within the bounds of `limits`.

    Errors: `limits.TooComplex`.
    """
    content = _prepared(raw)
    Cutter(content).cut(0, len(content))


def _prepared(raw: bytes) -> bytes:
    """The bytes without what some stores put before a mail, and with LF where only CR ends lines."""
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    if raw[:1] in (b"\n", b"\r", b" ", b"\t", b"\xef"):
        raw = raw.removeprefix(b"\xef\xbb\xbf")
        blank = _BLANK_LINES.match(raw)
        raw = raw[blank.end() :] if blank else raw
    return raw


def _bounded(raw: bytes, content: bytes, fault: Exception) -> InboundMessage:
    """A mail beyond the bounds: its header as far as it goes, its beginning as text, its bytes as an attachment."""
    header = headers.split(content, lenient=True)
    body = content[header.end : header.end + limits.FALLBACK_BYTES]
    text = charset.decode(body, None).replace("\r\n", "\n").replace("\r", "\n")
    whole = Attachment("message.eml", "message/rfc822", raw, hashlib.sha256(raw).hexdigest(), generated=True)
    kind = TOO_COMPLEX if isinstance(fault, limits.TooComplex | RecursionError) else "unreadable"
    return _message(header, Contents([Segment(plain=text)], [whole]), [kind, str(fault)[:200]], None)


def _message(header: Header, contents: Contents, defects: list[str], hint: str | None) -> InboundMessage:
    decoded = tuple(_decoded_fields(header, hint))
    first = {name: value for name, value in reversed(decoded)}
    people = {
        name: _mailboxes(header, name, hint, defects) for name in ("from", "sender", "reply-to", "to", "cc")
    }
    sent_at = _sent_at(first.get("date", ""), defects)
    identifier = next(iter(_identifiers(header, "message-id")), "")
    text, html = contents.text, contents.html
    return InboundMessage(
        message_id=identifier,
        in_reply_to=_identifiers(header, "in-reply-to"),
        references=_identifiers(header, "references"),
        subject=first.get("subject", ""),
        originators=people["from"],
        sender=next(iter(people["sender"]), None),
        reply_to=people["reply-to"],
        to=people["to"],
        cc=people["cc"],
        sent_at=sent_at,
        fields=decoded,
        text=text,
        html=html,
        excerpt=excerpt(text, html, people["from"][0] if len(people["from"]) == 1 else None),
        attachments=tuple(contents.attachments),
        defects=tuple(dict.fromkeys(defects)),
        digest=digest.of(
            _identity(people["from"], first, sent_at, identifier), contents.sources(), contents.attachments
        ),
        nature=tuple(contents.nature),
        invitations=invitation.invitations(contents.attachments),
    )


def _decoded_fields(header: Header, hint: str | None) -> Iterator[tuple[str, str]]:
    size = 0
    for name, value in header.fields:
        size += len(value)
        if size <= limits.DECODED_HEADER_BYTES:
            yield name, headers.decode(value, hint)
        else:
            yield name, headers.single_line(charset.clean(value.decode("utf-8", "replace")))


def _identity(
    originators: Iterable[Mailbox], first: dict[str, str], sent_at: datetime | None, identifier: str
) -> list[str]:
    people = [text for one in originators for text in (one.name, address.normalise(one.address))]
    date = sent_at.isoformat() if sent_at else first.get("date", "")
    return [str(len(people)), *people, date, first.get("subject", ""), identifier]


def _mailboxes(header: Header, name: str, hint: str | None, defects: list[str]) -> tuple[Mailbox, ...]:
    """All mailboxes of all fields of a name; those who are odd have an empty address."""
    found: tuple[Mailbox, ...] = ()
    read = mailboxes.read_list if name in ("to", "cc") else mailboxes.read
    size = 0
    for value in header.every(name):
        size += len(value)
        if len(found) >= limits.ADDRESSES or size > limits.FIELD_BYTES:
            defects.append(f"too many addresses: {name}")
            break
        found += read(headers.plain(value, hint))
    if any(not mailbox.address for mailbox in found):
        defects.append(f"odd address: {name}")
    return found[: limits.ADDRESSES]


def _identifiers(header: Header, name: str) -> tuple[str, ...]:
    """Message identifiers without brackets, in order; without any brackets, words that look like them."""
    found: list[str] = []
    for value in header.every(name)[:10]:
        text = headers.single_line(charset.decode(value, None))
        bracketed = _IDENTIFIER.findall(text)
        found += ("".join(one.split()) for one in bracketed or text.strip("<> ").split())
        if name == "message-id" and found:
            break
    kept = [one for one in dict.fromkeys(found) if one]
    if len(kept) > limits.IDENTIFIERS:
        kept = kept[:1] + kept[1 - limits.IDENTIFIERS :]
    return tuple(kept)


def _sent_at(value: str, defects: list[str]) -> datetime | None:
    """The Date field as an aware UTC instant; without a zone it is taken as UTC."""
    if not value:
        return None
    result = parse_mail_date(value[:200])
    if result.value is not None:
        return _utc(result.value)
    defects.append("odd date")
    plain = _ZONE.sub(r"\1\2", value[:200])
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            return _utc(read(plain))
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
