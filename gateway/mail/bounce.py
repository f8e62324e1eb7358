"""What a delivery status notification says of a mail of ours, standard or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from gateway.mail.bounce_text import failure_in, looks_returned, returned_copy
from gateway.mail.delivery_report import Fields, bounces_of, groups, identifier, reports, returned_header
from gateway.mail.feedback_report import complaint_in, notified_in
from gateway.mail.message import Bounce, InboundMessage

_IDENTIFIERS: Final = ("x-original-message-id", "original-message-id", "message-id")
_MOST: Final = 100


def read(message: InboundMessage, own: frozenset[str] = frozenset()) -> Bounce | None:
    """What `read_all` finds of the first recipient that failed, or of the first one."""
    return next(iter(read_all(message, own)), None)


def read_all(message: InboundMessage, own: frozenset[str] = frozenset()) -> Sequence[Bounce]:
    """The report a mail makes of another one's delivery or of a complaint about it; empty where it makes none.

    Shape: one for each recipient it names, those that failed first, a hundred at most. `original_message_id` comes
    from the returned header, else from what the report answers. `own` are our addresses in lower case.
    Source: RFC 3464, RFC 6522, RFC 5965; qmail, Exim, Exchange, Gmail, Yahoo, QQ, 163 and others in their own words.
    """
    told = complaint_in(message) or notified_in(message, own)
    if told is not None:
        return [told if told.original_message_id else replace(told, original_message_id=_answered(message))]
    blocks = reports(message.attachments)
    found = bounces_of(blocks)
    if not found and not looks_returned(message):
        return []
    returned = returned_header(message.attachments) or _copied(message)
    if not found:
        found = bounces_of(groups(message.text)) or list(filter(None, [failure_in(message, returned)]))
    original = _original(blocks, returned) or _answered(message)
    return [replace(each, original_message_id=original) for each in found[:_MOST]]


def _copied(message: InboundMessage) -> Fields:
    """The header of the mail that was returned within the text."""
    blocks = groups(returned_copy(message.text))
    return blocks[0] if blocks else {}


def _answered(message: InboundMessage) -> str:
    """What the report names as answered: Exchange and others return no header, but thread their report."""
    return next(iter((*message.in_reply_to, *reversed(message.references))), "")


def _original(blocks: list[Fields], returned: Fields) -> str:
    for name in _IDENTIFIERS:
        for block in (*blocks, returned):
            if block.get(name):
                return identifier(block[name])
    return ""
