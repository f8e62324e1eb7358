"""Texts to AWS Support: cut into parts that fit, and marked so that they are known again. Pure.

AWS takes no idempotency token and names no communication: the line at the end of a body is how we find out whether
AWS has it. A subject carries the ticket's number, which survives listings without communications.

Source: AWS Support API reference, CreateCase and AddCommunicationToCase (8000 characters).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LIMIT: Final = 8_000
ROOM: Final = LIMIT - 100
"""What a part may hold beside its number and its marker."""
MOST_PARTS: Final = 20
MOST_SUBJECT: Final = 200
_MARK: Final = re.compile(r"^Ref: (\S{1,30}/w[0-9]{1,19}\.[0-9]{1,3}\.[a-z0-9]{5})[ \t\r]*$", re.MULTILINE)
_ENDS: Final = (
    re.compile(r"\n[ \t\r]*\n+"),
    re.compile(r"\n"),
    re.compile(r"[。！？；]|[.!?;](?=\s)"),
    re.compile(r"\s"),
)
_JOINERS: Final = "\u200d\ufe0e\ufe0f"


def marker(number: str, write_id: int, part: int, installation: str) -> str:
    """How one write is known again; two installations that share an account never make the same one.

    >>> marker("HD-123", 77, 1, "k3f9a")
    'HD-123/w77.1.k3f9a'
    """
    return f"{number}/w{write_id}.{part}.{installation}"


def marker_of(body: str) -> str | None:
    """The marker a body ends with, or None; one further up is a quotation.

    >>> marker_of("Please look.\\n\\nRef: HD-123/w77.1.k3f9a\\n")
    'HD-123/w77.1.k3f9a'
    """
    found = _MARK.findall(body)
    last = body.rstrip().rpartition("\n")[2]
    return found[-1] if found and last.strip() == f"Ref: {found[-1]}" else None


def carries(body: str, mark: str) -> bool:
    """Whether a body holds a marker, as its end or in a quotation: in either case AWS has that write."""
    return mark in _MARK.findall(body)


def marked(piece: str, mark: str, part: int = 1, parts: int = 1) -> str:
    """A part as it is sent: its number where there are several, its text, its marker on the last line."""
    number = f"({part}/{parts})\n\n" if parts > 1 else ""
    return f"{number}{piece.strip()}\n\nRef: {mark}"


def subject(words: str, number: str) -> str:
    """A case's subject, which ends with the ticket's number.

    >>> subject("Instances\\nunreachable", "HD-123")
    'Instances unreachable [HD-123]'
    """
    suffix = f" [{number}]"
    said = " ".join(words.replace(suffix.strip(), " ").split())
    while units(said) > MOST_SUBJECT - units(suffix):
        said = said[: _whole(said, MOST_SUBJECT - units(suffix) - 1)].rstrip() + "…"
    return said + suffix


def split(text: str, room: int = ROOM) -> list[str]:
    """The text in pieces that fit, cut between paragraphs, else lines, sentences, words; together they are the text.

    Units: `room` in UTF-16 units, the narrowest reading of AWS's characters.
    """
    pieces = []
    start = 0
    while units(text[start : start + room]) > room or len(text) - start > room:
        end = start + _cut(text[start : start + room], room)
        pieces.append(text[start:end])
        start = end
    return [*pieces, text[start:]] if text[start:] or not pieces else pieces


def units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text) + sum(each > "\uffff" for each in text)


def _cut(window: str, room: int) -> int:
    """Where to cut a window: after the last end of the best kind in its second half."""
    most = _whole(window, room)
    for end in _ENDS:
        places = [found.end() for found in end.finditer(window, most // 2, most)]
        if places:
            return places[-1]
    return most


def _whole(window: str, room: int) -> int:
    """How much of a window fits without cutting a character from the marks that belong to it."""
    size = fits = 0
    for fits, each in enumerate(window):  # noqa: B007  where it stops is the answer
        size += 2 if each > "\uffff" else 1
        if size > room:
            break
    else:
        fits = len(window)
    for back in range(fits, max(fits - 32, 0), -1):
        if back >= len(window) or not _clings(window[back], window[back - 1]):
            return back
    return max(fits, 1)


def _clings(each: str, before: str) -> bool:
    return bool(unicodedata.combining(each)) or each in _JOINERS or before == "\u200d"
