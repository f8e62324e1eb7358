"""The mail text after DATA, read in bulk: one search for the end, one pass that undoes dot-stuffing."""

from __future__ import annotations

END = b"\r\n.\r\n"


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
