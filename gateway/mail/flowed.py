"""Paragraphs as their author wrote them, from lines that a mailer broke softly.

Source: RFC 3676 §4.1 to §4.5: soft breaks, DelSp, space-stuffing, quote depth, the line before a signature.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_DEPTH: Final = re.compile(">*")
_SIGNATURE: Final = "-- "


@dataclass(slots=True)
class _Paragraph:
    """Lines that belong together. Shape: `first` is the first of them as it was sent."""

    depth: int = 0
    first: str = ""
    pieces: list[str] = field(default_factory=list)

    def text(self) -> str:
        """One line, behind as many marks as its quote is deep; a quoted line that stood alone as it was sent."""
        if self.depth and len(self.pieces) == 1:
            return self.first
        return (">" * self.depth + " " if self.depth else "") + "".join(self.pieces)


def unfold(text: str, *, delete_space: bool = False) -> str:
    r"""Text with soft line breaks undone; lines flow together only within the same depth of quoting.

    >>> unfold("The disk \nis full.\n> quoted \n> text\n>> deeper\n-- \nLi")
    'The disk is full.\n> quoted text\n>> deeper\n-- \nLi'
    """
    out: list[str] = []
    open_one: _Paragraph | None = None
    for line in text.split("\n"):
        marks = _DEPTH.match(line)
        depth = marks.end() if marks else 0
        said = line[depth:]
        said = said[1:] if said.startswith(" ") else said  # space-stuffing
        if open_one is not None and (open_one.depth != depth or said in ("", _SIGNATURE)):
            out.append(open_one.text())  # broken softly where nothing follows: the break was meant
            open_one = None
        paragraph = open_one or _Paragraph(depth, line)
        flows = said.endswith(" ") and said != _SIGNATURE
        paragraph.pieces.append(said[:-1] if flows and delete_space else said)
        open_one = paragraph if flows else None
        if not flows:
            out.append(paragraph.text())
    return "\n".join([*out, *([open_one.text()] if open_one else [])])
