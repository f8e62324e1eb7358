"""What would be done with a mail and why, as one JSON object with fixed fields. No database, no network.

Every mail is read in limited children, so that one that means harm costs one line that says so.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import LifoQueue
from typing import Any, Final, Protocol

import msgspec

from gateway.mail import reading as readings
from gateway.mail.message import Attachment, Bounce, InboundMessage, Kind, Mailbox
from gateway.mail.reading import Order, Reading
from gateway.operations.mail_files import MailFile
from gateway.runtime.sandbox import Crashed, TimedOut

FIELDS: Final = (
    "file", "from_email", "from_name", "subject", "message_id", "date", "text", "reply_text", "attachments", "kind",
    "is_autoreply", "is_bounce", "bounce", "language", "priority", "priority_evidence", "asks_escalation", "intent",
    "rule", "disposition", "error",
)  # fmt: skip
TOO_COMPLEX: Final = "passes the limits for parts, header fields or nesting, so it was read only roughly"
_LINE_BREAKS: Final = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_Read = tuple[MailFile, Reading | None, str]


class Reader(Protocol):
    """A limited child that reads hostile bytes."""

    def call(self, payload: bytes) -> bytes:
        """The child's answer. Errors: TimedOut, Crashed."""


@dataclass(frozen=True, slots=True)
class Judged:
    """By which rule what would be done."""

    rule: str
    disposition: str


def read_all(
    mails: Iterable[MailFile], readers: Sequence[Reader], own_addresses: frozenset[str]
) -> Iterator[_Read]:
    """Every mail with its reading, or with the reason why there is none, in the order given.

    As many are read at once as there are readers; the first reader is used alone where one is enough.
    """
    free: LifoQueue[Reader] = LifoQueue()
    for each in reversed(readers):
        free.put(each)

    def read(mail: MailFile) -> _Read:
        if mail.fault:
            return mail, None, mail.fault
        reader = free.get()
        try:
            return _read(mail, reader, own_addresses)
        finally:
            free.put(reader)

    waiting: deque[Future[_Read]] = deque()
    with ThreadPoolExecutor(len(readers)) as pool:
        for mail in mails:
            waiting.append(pool.submit(read, mail))
            if len(waiting) >= 2 * len(readers):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _read(mail: MailFile, reader: Reader, own_addresses: frozenset[str]) -> _Read:
    order = Order(mail.raw, None, own_addresses)
    try:
        reading = readings.reading_of(reader.call(readings.order_frame(order)))
    except TimedOut:
        return mail, None, "could not be read in time"
    except Crashed as fault:
        return mail, None, f"could not be read within the limits: {fault}"
    except msgspec.ValidationError:
        return mail, None, "could not be read: no valid answer"
    return mail, reading, TOO_COMPLEX if reading.too_complex else ""


def failure(name: str, error: str) -> dict[str, Any]:
    """The answer for a mail that could not be read: every field, all empty but for the error."""
    empty: dict[str, Any] = dict.fromkeys(FIELDS)
    empty |= {
        "file": name, "from_email": "", "from_name": "", "subject": "", "message_id": "", "text": "",
        "reply_text": "", "attachments": [], "is_autoreply": False, "is_bounce": False, "priority_evidence": [],
        "asks_escalation": False, "error": error,
    }  # fmt: skip
    return empty


def answer(name: str, reading: Reading, judged: Judged, error: str = "") -> dict[str, Any]:
    """What a mail says and what would be done with it, under the names of FIELDS."""
    message, kind = reading.message, reading.classification
    author = displayed_author(message)
    return {
        "file": name,
        "from_email": author.address,
        "from_name": author.name,
        "subject": message.subject,
        "message_id": message.message_id,
        "date": message.sent_at.isoformat() if message.sent_at else None,
        "text": message.text,
        "reply_text": message.excerpt.new,
        "attachments": [_attachment(each) for each in message.attachments],
        "kind": kind.kind.value,
        "is_autoreply": kind.kind is Kind.AUTO_REPLY,
        "is_bounce": kind.kind is Kind.BOUNCE,
        "bounce": _bounce(kind.bounce) if kind.bounce else None,
        "language": reading.language,
        "priority": reading.assessment.priority.value,
        "priority_evidence": [
            {"text": each.text, "signal": each.signal} for each in reading.assessment.evidence
        ],
        "asks_escalation": reading.intent.asks_escalation,
        "intent": reading.intent.kind.value,
        "rule": judged.rule,
        "disposition": judged.disposition,
        "error": error or None,
    }


def line(answered: dict[str, Any]) -> bytes:
    """An answer as one line of JSON in UTF-8, for whichever notion of a line its reader has.

    A path that is not UTF-8 becomes a lone surrogate's escape, which JSON readers give back as it was.
    """
    text = json.dumps(answered, ensure_ascii=False).translate(_LINE_BREAKS)
    return text.encode("utf-8", "backslashreplace") + b"\n"


def displayed_author(message: InboundMessage) -> Mailbox:
    """The first author as mail programs show it. For display only: nothing is granted to it."""
    return message.originators[0] if message.originators else Mailbox("", "")


def _attachment(attachment: Attachment) -> dict[str, Any]:
    return {
        "filename": attachment.given_name or attachment.filename,
        "content_type": attachment.content_type,
        "size": len(attachment.content),
        "sha256": attachment.sha256,
        "inline": attachment.inline,
        "generated": attachment.generated,
    }


def _bounce(bounce: Bounce) -> dict[str, str]:
    return {
        "recipient": bounce.recipient,
        "status": bounce.status,
        "action": bounce.action,
        "original_message_id": bounce.original_message_id,
    }
