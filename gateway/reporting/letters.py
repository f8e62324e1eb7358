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
MOST_ROWS: Final = 20
"""Of one table in a letter: Gmail cuts mail of more than 102 KB. The page and the PDF hold every row."""
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
    said = letters.Text(
        document.title, document.preview, tuple(shortened(document.blocks, document.language))
    )
    made = letters.framed(
        wording.environment(),
        said,
        document.language,
        width=WIDTH,
        pictures={picture.filename.removesuffix(".png"): f"cid:{picture.cid}" for picture in inline},
    )
    return Made(made, inline)


def shortened(blocks: Iterable[Block], language: str) -> Iterator[Block]:
    """The same blocks with no table longer than `MOST_ROWS`; a line says how many rows were left out."""
    for block in blocks:
        rows = block.rows
        if block.kind != "table" or len(rows) <= MOST_ROWS + 1:
            yield block
            continue
        yield replace(block, rows=rows[: MOST_ROWS + 1])
        yield Block("quiet", _MORE[language].format(len(rows) - MOST_ROWS - 1))


def _inline(name: str, content: bytes) -> Inline:
    """A picture named by its content, so that the same report always gives the same mail."""
    digest = sha256(content).hexdigest()[:24]
    return Inline(f"{name}.{digest}@picture.invalid", "image/png", content, f"{name}.png")
