"""The fields of a delivery status notification and of the header it returns.

Source: RFC 3464 §2, RFC 3462, RFC 6533.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from gateway.mail.enhanced_status import coded, status_in
from gateway.mail.message import Attachment, Bounce

_MOST: Final = 200_000  # bytes of one part that are read
_GROUPS: Final = 500
_STATUS: Final = re.compile(r"([245])\s?\.\s?(\d{1,3})\s?\.\s?(\d{1,3})")
_ADDRESS: Final = re.compile(r"[^\s<>;,\"]{1,128}@[^\s<>;,\"()]{1,255}")
_ACTIONS: Final = ("failed", "delayed", "delivered", "relayed", "expanded")
_REPORTS: Final = ("message/delivery-status", "message/global-delivery-status")
_RETURNED: Final = (
    "message/rfc822",
    "text/rfc822-headers",
    "message/global",
    "message/global-headers",
    "message/partial",
)

Fields = Mapping[str, str]


def groups(text: str) -> list[Fields]:
    """The blocks of header fields that blank lines divide, folded lines joined.

    >>> groups("Action: failed\\nStatus: 5.1.1\\n (unknown)")
    [{'action': 'failed', 'status': '5.1.1 (unknown)'}]
    """
    found: list[dict[str, str]] = [{}]
    name = ""
    for line in text[:_MOST].splitlines():
        if not line.strip():
            name = ""
            if found[-1] and len(found) < _GROUPS:
                found.append({})
        elif line[0] in " \t" and name:
            found[-1][name] += " " + line.strip()
        else:
            head, colon, value = line.partition(":")
            name = head.strip().lower() if colon and " " not in head.strip() else ""
            if name:
                name = name if name not in found[-1] else f"{name}\0"
                found[-1][name] = value.strip()
    return [group for group in found if group]


def bounces_of(blocks: Iterable[Fields]) -> list[Bounce]:
    """What each recipient's block says, those that failed first; each recipient once."""
    found: dict[str, Bounce] = {}
    told = [_bounce(block) for block in blocks if _recipient(block)]
    for each in sorted(told, key=lambda bounce: bounce.action != "failed"):
        found.setdefault(each.recipient.lower(), each)
    return list(found.values())


def reports(attachments: Iterable[Attachment]) -> list[Fields]:
    """The blocks of all delivery status parts."""
    return [block for part in attachments if part.content_type in _REPORTS for block in groups(_text(part))]


def returned_header(attachments: Iterable[Attachment]) -> Fields:
    """The header of the mail that came back; empty where none did."""
    for part in attachments:
        if part.content_type in _RETURNED:
            blocks = groups(_text(part))
            if blocks:
                return blocks[0]
    return {}


def identifier(value: str) -> str:
    """A message identifier without brackets.

    >>> identifier("<1@desk.example>")
    '1@desk.example'
    """
    found = re.search(r"<([^<>\s]{1,998})>", value)
    return found[1] if found else value.strip().split(" ")[0].strip("<>")


def _text(part: Attachment) -> str:
    return part.content[:_MOST].decode("utf-8", "replace").replace("\0", "")


def _recipient(block: Fields) -> str:
    for name in ("final-recipient", "original-recipient", "x-actual-recipient"):
        found = _ADDRESS.search(_typed(block.get(name, "")))
        if found is not None:
            return found[0].strip(".").removeprefix("mailto:")
    for name in ("final-recipient", "original-recipient"):
        value = _typed(block.get(name, "")).strip(" <>")
        if value:
            return value
    return ""


def _typed(value: str) -> str:
    """The value behind its address type ("rfc822;")."""
    return value.partition(";")[2].strip() if ";" in value else value


def _bounce(block: Fields) -> Bounce:
    diagnostic = _typed(block.get("diagnostic-code", "")) or block.get("x-supplementary-info", "")
    status = _status(block.get("status", ""), diagnostic)
    action = block.get("action", "").split(" ")[0].split(";")[0].lower()
    if action not in _ACTIONS:
        action = {"2": "delivered", "4": "delayed"}.get(status[:1], "failed") if not action else "failed"
    return Bounce(_recipient(block), status, action, diagnostic)


def _status(value: str, diagnostic: str) -> str:
    """The Status field, or what the diagnostic says where the field is missing or says nothing."""
    found = _STATUS.search(value)
    status = ".".join(found.groups()) if found else ""
    if status and not status.endswith(".0.0"):
        return status
    said = coded(diagnostic) or (status_in(diagnostic) if not status else "")
    return said if said and (not status or said[0] == status[0]) else status or said
