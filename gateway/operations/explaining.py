"""What a mail says and what would be done with it, as an object of JSON with fixed fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from gateway.mail.message import Attachment, Bounce, InboundMessage, Kind, Mailbox
from gateway.mail.reading import Reading

TOO_COMPLEX: Final = "passes the limits for parts, header fields or nesting, so it was read only roughly"


@dataclass(frozen=True, slots=True)
class Judged:
    """By which rule what would be done."""

    rule: str
    disposition: str


QUARANTINED: Final = Judged("quarantine", "review")
"""What the pipeline does with a mail that cannot be read within the limits."""


def answer(reading: Reading, judged: Judged) -> dict[str, Any]:
    """What a mail says and what would be done with it, under the names people script against."""
    message, kind = reading.message, reading.classification
    author = displayed_author(message)
    return {
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
        "error": TOO_COMPLEX if reading.too_complex else None,
    }


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
