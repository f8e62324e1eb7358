"""Complaints: a mailbox provider reports that a reader called a mail of ours unwanted.

Source: RFC 5965 (ARF); Amazon SES's notifications in JSON, which also tell of returned mail.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from gateway.mail import address
from gateway.mail.delivery_report import Fields, groups, identifier, returned_header
from gateway.mail.enhanced_status import coded, status_in
from gateway.mail.message import Bounce, InboundMessage

COMPLAINED: Final = "complained"
_UNWANTED: Final = ("abuse", "fraud", "opt-out", "opt-out-list", "other", "virus", "miscategorized")
_RECIPIENTS: Final = (
    "original-rcpt-to",
    "removal-recipient",
    "original-recipient",
    "x-hmxmroriginalrecipient",
)
_ADDRESS: Final = re.compile(r"[^\s<>;,\"]{1,128}@[^\s<>;,\"()]{1,255}")
_MOST: Final = 200_000
_NOTICE: Final = re.compile(r"\s{0,20}\{.{0,2000}?\"(?:notificationType|eventType|Message)\"", re.DOTALL)


def complaint_in(message: InboundMessage) -> Bounce | None:
    """The complaint that an abuse report makes; nothing where it reports something else, or is none."""
    if not message.field("content-type").lower().startswith("multipart/report"):
        return None
    for part in message.attachments:
        if part.content_type == "message/feedback-report":
            text = part.content[:_MOST].decode("utf-8", "replace").replace("\0", "")
            blocks = groups(text)
            if blocks and blocks[0].get("feedback-type", "").lower() in _UNWANTED:
                return _complaint(blocks[0], returned_header(message.attachments))
    return None


def notified_in(message: InboundMessage, own: frozenset[str]) -> Bounce | None:
    """What a notification of Amazon SES tells in JSON of a mail from one of our own addresses, else nothing.

    Shape: of several readers the first. Notifications of a customer's mail are that customer's request.
    """
    text = message.text.strip()[:_MOST]
    if _NOTICE.match(text) is None:
        return None
    told = _object(text.partition("\n--\n")[0])
    if "Message" in told and isinstance(told["Message"], str):  # as SNS wraps it
        told = _object(told["Message"])
    source = str(_inside(told, "mail").get("source", "")).lower()
    if address.split_subaddress(source)[0] not in own:
        return None
    kind = str(told.get("notificationType") or told.get("eventType") or "").casefold()
    if kind == "complaint":
        readers = _readers(told, "complaint", "complainedRecipients")
        return Bounce(readers[0][0], "", COMPLAINED, kind, _sent(told)) if readers else None
    if kind == "bounce":
        readers = _readers(told, "bounce", "bouncedRecipients")
        return _returned(told, readers[0][0], readers[0][1]) if readers else None
    return None


def _complaint(fields: Fields, returned: Fields) -> Bounce:
    told = " ".join(fields.get(name, "") for name in _RECIPIENTS).strip() or returned.get("to", "")
    found = _ADDRESS.search(told)
    kind = fields["feedback-type"].lower()
    original = identifier(returned["message-id"]) if returned.get("message-id") else ""
    return Bounce(found[0].strip(".") if found else "", "", COMPLAINED, kind, original)


def _returned(told: Mapping[str, Any], reader: str, about: Mapping[str, Any]) -> Bounce:
    diagnostic = str(about.get("diagnosticCode", "")).partition("; ")[2][:500]
    status = coded(str(about.get("status", ""))) or status_in(diagnostic)
    permanent = _inside(told, "bounce").get("bounceType") == "Permanent"
    action = str(about.get("action") or ("failed" if permanent or status[:1] == "5" else "delayed"))
    return Bounce(
        reader, status, action if action in ("failed", "delayed") else "failed", diagnostic, _sent(told)
    )


def _sent(told: Mapping[str, Any]) -> str:
    """Our own identifier: SES writes another one into the mail, and keeps the first among the header fields."""
    mail = _inside(told, "mail")
    own = _inside(mail, "commonHeaders").get("messageId")
    return identifier(str(own)) if own else ""


def _readers(told: Mapping[str, Any], kind: str, name: str) -> list[tuple[str, Mapping[str, Any]]]:
    listed = _inside(told, kind).get(name)
    found = [each for each in listed[:50] if isinstance(each, dict)] if isinstance(listed, list) else []
    return [(str(each["emailAddress"])[:320], each) for each in found if each.get("emailAddress")]


def _inside(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = told.get(name)
    return value if isinstance(value, dict) else {}


def _object(text: str) -> Mapping[str, Any]:
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(text.lstrip())
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
