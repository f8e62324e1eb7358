"""One fingerprint for one mail, whichever door or forward-path it came by.

Trace fields, recipients, line ends and transfer encodings do not enter; two mails that differ in what they say, by
whom, when or under which identifier never share one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from gateway.mail.message import Attachment


def of(identity: Iterable[str], texts: Iterable[str], attachments: Iterable[Attachment]) -> str:
    """SHA-256 in hex over originators, date, subject and identifier, body texts and attachments.

    Shape: each piece is preceded by its length and each group by its name, so that no two
    inputs write the same bytes.
    """
    fingerprint = hashlib.sha256()
    for group, pieces in (
        (b"identity", [text.encode() for text in identity]),
        (b"texts", [_canonical(text).encode() for text in texts]),
        (b"attachments", [_fingerprint(attachment).encode() for attachment in attachments]),
    ):
        fingerprint.update(b"%b %d\n" % (group, len(pieces)))
        for piece in pieces:
            fingerprint.update(b"%d:" % len(piece) + piece)
    return fingerprint.hexdigest()


def _canonical(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))


def _fingerprint(attachment: Attachment) -> str:
    """The content's hash; of text-like content with LF line ends, since relays change these."""
    content = attachment.content
    if b"\0" not in content and b"\r\n" in content:
        return hashlib.sha256(content.replace(b"\r\n", b"\n").rstrip(b"\n")).hexdigest()
    if b"\0" not in content and content.endswith(b"\n"):
        return hashlib.sha256(content.rstrip(b"\n")).hexdigest()
    return attachment.sha256
