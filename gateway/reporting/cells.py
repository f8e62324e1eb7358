"""Lines of figures as CSV, as a spreadsheet opens them: UTF-8 with its mark, and nothing in them that it could run.

Source: RFC 4180; a cell that begins like a formula is led by an apostrophe (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MARK: Final = b"\xef\xbb\xbf"
Line = Sequence[object]


def content(lines: Iterable[Line]) -> bytes:
    """The file: its mark, then the lines."""
    return _MARK + text(lines).encode()


def text(lines: Iterable[Line]) -> str:
    """Lines with CRLF, each cell harmless; numbers stay numbers.

    >>> text([["=1+1", -3, "a,b"]])
    '\\'=1+1,-3,"a,b"\\r\\n'
    """
    made = io.StringIO()
    csv.writer(made, lineterminator="\r\n").writerows([_harmless(cell) for cell in line] for line in lines)
    return made.getvalue()


def _harmless(cell: object) -> object:
    if isinstance(cell, str):
        plain = cell.replace("\x00", "")
        return f"'{plain}" if plain.startswith(_FORMULA) else plain
    return cell
