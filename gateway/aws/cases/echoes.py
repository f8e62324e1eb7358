"""Whether a communication of a case is one of ours coming back, and which write of ours made it. Pure.

A write is known by the marker on its last line. AWS takes secrets, and perhaps the marker, out of what was written,
so that what our role wrote is also known by its words around the time it was sent.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.domain import case_text
from gateway.domain.support_case import Communication
from gateway.store.models import Author

WITHIN: Final = timedelta(minutes=30)
_REDACTED: Final = re.compile(r"\[REDACTED[^\]\n]{0,100}\]-?")


@dataclass(frozen=True, slots=True)
class Sent:
    """A write of ours as far as echoes need it. Shape: `live` while somebody is sending it."""

    id: int
    marker: str
    body: str
    state: str
    message_id: int | None
    last_sent_at: datetime | None
    live: bool = False


def echo(said: Communication, author: Author, writes: Iterable[Sent]) -> Sent | None:
    """The write that a communication is, or None."""
    sent = list(writes)
    for each in sent:
        if is_marked(said, author, each):
            return each
    if author is not Author.US:
        return None
    near = [
        each
        for each in sent
        if each.last_sent_at and abs(said.at - each.last_sent_at) <= WITHIN and alike(said.body, each.body)
    ]
    return min(near, key=lambda each: abs(said.at - (each.last_sent_at or said.at)), default=None)


def is_marked(said: Communication, author: Author, write: Sent) -> bool:
    """Whether a communication ends with a write's marker and is that write.

    A marker is believed of our own role, else only with the whole text around it: AWS may quote us to the last line,
    anybody in the console may guess it, and in some partitions nobody knows how our role is named.
    """
    marked = case_text.marker_of(said.body) == write.marker
    return marked and (author is Author.US or alike(said.body, write.body))


def alike(read: str, written: str) -> bool:
    """Whether what AWS shows is what was written, but for white space, entities and what AWS took out.

    >>> alike("The key is [REDACTED_BY_AWS],\\r\\nplease  check", "The key is abc/def, please check")
    True
    """
    whole = _folded(written)
    pieces = [_folded(each) for each in _REDACTED.split(read)]
    if len(pieces) == 1:
        return bool(whole) and pieces[0] == whole
    if not any(pieces) or not whole.startswith(pieces[0]) or not whole.endswith(pieces[-1]):
        return False
    at, end = len(pieces[0]), len(whole) - len(pieces[-1])
    for piece in pieces[1:-1]:
        found = whole.find(piece, at, max(at, end))
        if found < 0:
            return False
        at = found + len(piece)
    return at <= end


def _folded(text: str) -> str:
    return "".join(html.unescape(text).split())
