"""A report as a letter: its tables shortened, its pictures inside the mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Final

from gateway.mail import letters
from gateway.mail.compose import Inline
from gateway.mail.markup import Block
from gateway.reporting import wording
from gateway.reporting.wording import Document
from gateway.tickets.letterhead import Made

WIDTH: Final = 700
"""Of a report's letter, in pixels."""
MOST_ROWS: Final = (20, 10, 5, 2)
"""Of one table in a letter, as many as its size allows; the page and the PDF hold every row."""
MOST_BYTES: Final = 98_000
"""Of a letter's HTML: Gmail cuts it off at 102 KB."""
_MORE: Final[Mapping[str, str]] = {
    "en": "{} more rows stand in the report's page and files.",
    "zh": "另有 {} 行，见报告页面与文件。",
}


def letter(document: Document, pictures: Mapping[str, bytes]) -> Made:
    """The letter with its pictures. Shape: `pictures` are PNG files by the names the blocks use; others stay out.

    Errors: UnsafeLink.
    """
    named = {block.pairs[0][0] for block in document.blocks if block.kind == "picture"}
    inline = tuple(_inline(name, content) for name, content in pictures.items() if name in named)
    addresses = {picture.filename.removesuffix(".png"): f"cid:{picture.cid}" for picture in inline}
    for most in MOST_ROWS:
        made = _framed(document, addresses, most)
        if len(made.html.encode()) <= MOST_BYTES:
            break
    return Made(made, inline)


def _framed(document: Document, pictures: Mapping[str, str], most: int) -> letters.Letter:
    blocks = tuple(shortened(document.blocks, document.language, most))
    said = letters.Text(document.title, document.preview, blocks)
    return letters.framed(wording.environment(), said, document.language, width=WIDTH, pictures=pictures)


def shortened(blocks: Iterable[Block], language: str, most: int) -> Iterator[Block]:
    """The same blocks with no table longer than `most` rows; a line says how many were left out."""
    for block in blocks:
        rows = block.rows
        if block.kind != "table" or len(rows) <= most + 1:
            yield block
            continue
        yield replace(block, rows=rows[: most + 1])
        yield Block("quiet", _MORE[language].format(len(rows) - most - 1))


def _inline(name: str, content: bytes) -> Inline:
    """A picture named by its content, so that the same report always gives the same mail."""
    digest = sha256(content).hexdigest()[:24]
    return Inline(f"{name}.{digest}@picture.invalid", "image/png", content, f"{name}.png")
