"""Command lines and mail text out of the chunks that a network delivers, in bulk and within bounds."""

from __future__ import annotations

import re

from gateway import smtp_replies as replies

LINE_LIMIT = 2048  # octets of a command line; RFC 5321 §4.5.3.1.4 asks for 512, extensions for more
OVERLONG_LIMIT = 1024 * 1024
END = b"\r\n.\r\n"

_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


class Lines:
    r"""Takes chunks and gives command lines, or for a bad one the reply that refuses it.

    Only CRLF ends a line; a line with a bare LF, or with any control character, is refused whole.
    Source: RFC 5321 §2.3.8.

    >>> lines = Lines()
    >>> lines.feed(b"NOOP\r\nRS")
    >>> lines.take(), lines.take()
    ((b'NOOP', b''), None)
    """

    __slots__ = ("_overlong_bytes", "_unread")

    def __init__(self) -> None:
        self._unread = b""
        self._overlong_bytes = 0

    def __len__(self) -> int:
        """Octets that were not taken yet."""
        return len(self._unread)

    def feed(self, chunk: bytes) -> None:
        """Add what arrived."""
        self._unread = self._unread + chunk if self._unread else chunk

    def clear(self) -> None:
        """Forget what was not taken."""
        self._unread = b""

    def take(self) -> tuple[bytes, bytes] | None:
        """The next line without its end and no reply, or any line and its refusal; nothing while none is whole."""
        line, feed, rest = self._unread.partition(b"\n")
        if not feed:
            return self._overlong()
        self._unread = rest
        if self._overlong_bytes or len(line) > LINE_LIMIT:
            answered, self._overlong_bytes = self._overlong_bytes > 0, 0
            return self.take() if answered else (b"", replies.LINE_TOO_LONG)
        if not line.endswith(b"\r"):
            return b"", replies.BARE_LINE_FEED
        line = line[:-1]
        return line, replies.BAD_CHARACTER if _CONTROL.search(line) else b""

    def _overlong(self) -> tuple[bytes, bytes] | None:
        """Bound the memory of a line that does not end, and in the end the patience with it."""
        known = self._overlong_bytes
        if known or len(self._unread) > LINE_LIMIT:
            self._overlong_bytes += len(self._unread)
            self._unread = b""
        if self._overlong_bytes > OVERLONG_LIMIT:
            self._overlong_bytes = 1
            return b"", replies.TOO_MANY_ERRORS
        return (b"", replies.LINE_TOO_LONG) if self._overlong_bytes and not known else None


class Body:
    r"""Takes chunks as the network cuts them until CRLF.CRLF, and then gives the text.

    Only CRLF "." CRLF ends it; bare CR and LF, alone or around a dot, are kept as they came, so no smuggling
    sequence ends anything. Lines may be as long as the whole mail. Beyond `limit` octets nothing more is kept.
    Source: RFC 5321 §4.1.1.4 and §4.5.2.

    >>> body = Body(limit=100)
    >>> body.feed(b"..a\r\n.\r")
    >>> body.feed(b"\nQUIT\r\n")
    b'QUIT\r\n'
    >>> body.text()
    b'.a\r\n'
    """

    __slots__ = ("_buffer", "_dropped", "_end", "_limit")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray(b"\r\n")  # so that a dot on the first line is found as on any other
        self._end = -1
        self._dropped = 0

    def feed(self, chunk: bytes) -> bytes | None:
        """What follows the end of the text, once that was seen; until then nothing."""
        buffer = self._buffer
        searched = max(0, len(buffer) - len(END) + 1)
        buffer += chunk
        end = buffer.find(END, searched)
        if end >= 0:
            self._end = end
            return bytes(memoryview(buffer)[end + len(END) :]) if end + len(END) < len(buffer) else b""
        if len(buffer) > self._limit + len(END) + 2 or self._dropped:
            self.drop()
        return None

    def drop(self) -> None:
        """Forget what was kept, but go on looking for the end."""
        tail = bytes(self._buffer[-len(END) + 1 :])
        self._dropped += len(self._buffer) - len(tail)
        self._buffer = bytearray(tail)

    @property
    def held_bytes(self) -> int:
        """Octets in memory now."""
        return len(self._buffer)

    @property
    def dropped_bytes(self) -> int:
        """Octets thrown away so far; more than 0 means that there is no text."""
        return self._dropped

    @property
    def too_big(self) -> bool:
        """Whether the text was longer than the limit."""
        return bool(self._dropped) or self._end > self._limit

    def text(self) -> bytes:
        """The mail as its sender wrote it, every line with its own end; lets go of the memory."""
        with memoryview(self._buffer) as view:
            text = bytes(view[2 : self._end + 2])
        self._buffer = bytearray()
        if text.startswith(b"."):
            text = text[1:]
        return text.replace(b"\r\n.", b"\r\n")
