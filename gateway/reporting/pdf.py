"""A document in the letters' markup → a PDF that prints well: A4, one embedded typeface, tagged, the same everywhere.

It knows blocks, not reports, and what they say is data for typst, never source (`typesetting`).

Shape: links are http, https, mailto and tel only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from gateway.mail.markup import INLINE, Block, plain
from gateway.reporting import typeface, typesetting, widths
from gateway.reporting.palette import LIGHT

_SCHEMES: Final = ("https://", "http://", "mailto:", "tel:")
_TALL: Final = 600
_LEVELS: Final[Mapping[str, int]] = {"heading": 1, "subheading": 2, "smallest": 3}
_COUNTING: Final = {"en": ("Page ", " of ", ""), "zh": ("第 ", " 页，共 ", " 页")}

Run = dict[str, str | bool]


class Readable(Protocol):
    """What is drawn: a title for the file and the blocks of its pages."""

    @property
    def title(self) -> str:
        """What a reader's window and search show."""

    @property
    def blocks(self) -> Sequence[Block]:
        """Its blocks in order."""


def pdf(  # every part of a page that is not in its blocks
    document: Readable,
    svgs: Mapping[str, str],
    *,
    header: str,
    language: str,
    at: datetime,
    author: str = "",
) -> bytes:
    """The document as a PDF; the same values give the same bytes.

    Shape: `header` stands on top of every page (customer, report, period); `svgs` are the pictures its blocks name,
    painted in colours; a picture that is not there is told by its words. `at` is the file's date.
    """
    told = {
        "title": _shown(document.title).strip() or "–",
        "author": _shown(author),
        "header": _shown(header),
        "language": language,
        "counting": _COUNTING.get(language, _COUNTING["en"]),
        "colours": dict(LIGHT),
        "family": typeface.FAMILY,
        "blocks": [_block(block, svgs) | level for block, level in _levels(document.blocks)],
    }
    return typesetting.pdf("document.typ", told, at=at)


def _levels(found: Sequence[Block]) -> Iterator[tuple[Block, dict[str, int]]]:
    """Each block, headings with the level they stand at: one below the last at most, and none empty."""
    level = 0
    for block in found:
        if block.kind in _LEVELS:
            if not _shown(block.text).strip():
                continue
            level = min(_LEVELS[block.kind], level + 1)
            yield block, {"level": level}
        else:
            yield block, {}


def _block(block: Block, svgs: Mapping[str, str]) -> dict[str, Any]:
    if block.kind == "table":
        return _table(block)
    if block.kind == "picture":
        name, words = block.pairs[0]
        if name not in svgs:
            return {"kind": "quiet", "runs": _runs(words)}
        return {"kind": "picture", "svg": svgs[name], "words": _shown(words) or name}
    if block.kind in ("list", "numbered"):
        return {"kind": block.kind, "items": [_runs(row[0]) for row in block.rows]}
    if block.kind == "facts":
        pairs = [{"key": _shown(key), "runs": _runs(value)} for key, value in block.pairs]
        return {"kind": "facts", "pairs": pairs}
    if block.kind == "buttons":
        pairs = [{"key": _shown(label), "runs": _link(label, address)} for label, address in block.pairs]
        return {"kind": "buttons", "pairs": pairs}
    return {"kind": block.kind, "runs": _runs(block.text)}


def _table(block: Block) -> dict[str, Any]:
    runs = [[_runs(cell) for cell in row] for row in block.rows]
    said = [["".join(str(each["t"]) for each in cell) for cell in row] for row in runs]
    return {
        "kind": "table",
        "head": runs[0],
        "rows": [
            [{"runs": cell, "whole": len(text) < _TALL} for cell, text in zip(row, texts, strict=True)]
            for row, texts in zip(runs[1:], said[1:], strict=True)
        ],
        "right": sorted(block.right),
        "widths": widths.of(said, block.right),
    }


def _runs(text: str) -> list[Run]:
    """The text in pieces: plain, strong, or linked."""
    found: list[Run] = []
    end = 0
    for match in INLINE.finditer(text):
        if match.start() > end:
            found.append({"t": _shown(text[end : match.start()])})
        strong, label, address = match.groups()
        found += [{"t": _shown(strong), "b": True}] if strong else _link(label, address)
        end = match.end()
    if end < len(text) or not found:
        found.append({"t": _shown(text[end:])})
    return found


def _link(label: str, address: str) -> list[Run]:
    where = plain(address)
    linked = where.startswith(_SCHEMES) and where.isprintable()
    return [{"t": _shown(label), "u": where}] if linked else [{"t": _shown(label)}]


def _shown(text: str) -> str:
    return typeface.printable(plain(text))
