"""The reader of the limited child, which hangs or eats memory over mails that ask for it."""

from __future__ import annotations

from gateway.mail.reader import read_frame


def read(payload: bytes) -> bytes:
    """The reading of a mail, unless it is a bomb."""
    while b"hang for ever" in payload:
        pass
    if b"eat all memory" in payload:
        return bytes(4 << 30)
    return read_frame(payload)
