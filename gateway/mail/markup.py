"""The small markup letters are written in: one source for the plain text and the HTML, so they never disagree.

Blocks are separated by blank lines; a line break inside a block stays one.

    # heading          ## smaller heading, close to the paragraph after it          ### the smallest
    Key: value         a table of facts: two lines or more, each with a key (`键：值` in Chinese)
    [Label](https://…) nothing but links: buttons, the first one filled
    ~ text             a quiet paragraph
    #| A | B >         a table, each line begins so: the first one is its head; `>` aligns a column of figures right
    #! name words      a picture of that name, and what is read where it is not seen
    * item             a list; `*. item` numbers it
    ***                all that follows is the footer
    anything else      a paragraph; **strong** and [label](tel:…) inside

Values are passed through `inert` first: their characters lose every meaning in this markup. Shape: for the time
between `inert` and output, a meaningful character of a value is a Unicode noncharacter (U+FDD0 and on).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

_MEANINGFUL: Final = "[]()*#~:：|"
_BREAK: Final = "\ufddf"
_HIDDEN: Final = {mark: chr(0xFDD0 + index) for index, mark in enumerate(_MEANINGFUL)}
_SHOWN: Final = {stand_in: mark for mark, stand_in in _HIDDEN.items()} | {_BREAK: "\n"}
_STAND_IN: Final = re.compile("[\ufdd0-\ufddf]")

_LINE_BREAKS: Final = "\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_BIDI_CONTROLS: Final = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]


def _neutral() -> dict[int, str]:
    """What becomes of the characters of a value: nothing that hides, breaks lines, or cannot be encoded."""
    table = {chr(code): " " for code in (*range(0x20), *range(0x7F, 0xA0))}
    table |= {
        chr(code): "\ufffd" for code in (*range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF)
    }
    table |= dict.fromkeys(_BIDI_CONTROLS, "") | _HIDDEN | dict.fromkeys(_LINE_BREAKS, " ")
    return str.maketrans(table)


_HARMLESS: Final = re.compile(r"[\w .,/@+-]{0,200}", re.ASCII)
_INLINE_TABLE: Final = _neutral()
_PROSE_TABLE: Final = _INLINE_TABLE | str.maketrans(dict.fromkeys(_LINE_BREAKS, _BREAK))

_FACT: Final = re.compile(r"([^:：.,!?，。！？\[\]*]{1,40})(?:: |：)(\S.*)")
_BUTTONS: Final = re.compile(r"\[[^\]]+\]\([^)]+\)(?:[ \n]\[[^\]]+\]\([^)]+\))*")
_LINK: Final = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
INLINE: Final = re.compile(r"\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)]+)\)")

Kind = Literal[
    "heading", "subheading", "smallest", "facts", "buttons", "table", "picture", "list", "numbered", "quiet",
    "footer", "paragraph",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a letter.

    Shape: `pairs` of facts are (key, value), of buttons (label, address), of a picture (name, its words); `rows` of
    a table are its cells, the head first, each as long as the head, `right` the columns of figures; `rows` of lists
    have one cell each.
    """

    kind: Kind
    text: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    right: frozenset[int] = frozenset()


def inert(value: object) -> str:
    """A value on one line, without meaning in the markup.

    >>> plain(inert("a*b\\r\\n[c]"))
    'a*b  [c]'
    """
    said = str(value)
    return said if _HARMLESS.fullmatch(said) else said.translate(_INLINE_TABLE)


def inert_prose(value: object) -> str:
    """A value that keeps its line breaks, without meaning in the markup."""
    lines = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return lines.expandtabs(8).translate(_PROSE_TABLE).strip(_BREAK + " ")


def plain(text: str) -> str:
    """The characters of values as they were."""
    return text if text.isascii() else _STAND_IN.sub(lambda found: _SHOWN.get(found[0], "\ufffd"), text)


def blocks(source: str) -> Iterator[Block]:
    """The blocks of a letter's body in order."""
    footer = False
    lines = "\n".join(line.rstrip() for line in source.split("\n"))
    for part in (part.strip() for part in lines.split("\n\n")):
        if part == "***":
            footer = True
        elif part:
            yield Block("footer", part) if footer else _block(part)


def _block(part: str) -> Block:
    if part.startswith("#| "):
        return _table(part)
    if part.startswith("#! "):
        name, _, words = part[3:].strip().partition(" ")
        return Block("picture", words, ((name, words),))
    if part.startswith(("* ", "*. ")):
        return _list(part)
    if part.startswith("### "):
        return Block("smallest", part[4:])
    if part.startswith("## "):
        return Block("subheading", part[3:])
    if part.startswith("# "):
        return Block("heading", part[2:])
    if part.startswith("~ "):
        return Block("quiet", part[2:])
    if _BUTTONS.fullmatch(part):
        return Block("buttons", pairs=tuple(_LINK.findall(part)))
    found = [_FACT.fullmatch(line) for line in part.split("\n")]
    facts = tuple((match[1], match[2]) for match in found if match)
    return Block("facts", pairs=facts) if len(facts) == len(found) > 1 else Block("paragraph", part)


def _table(part: str) -> Block:
    cells = [[cell.strip() for cell in line.removeprefix("#|").split("|")] for line in part.split("\n")]
    right = frozenset(place for place, cell in enumerate(cells[0]) if cell.endswith(">"))
    head = tuple(cell.removesuffix(">").rstrip() for cell in cells[0])
    rows = (tuple([*row, *[""] * len(head)][: len(head)]) for row in cells[1:])
    return Block("table", rows=(head, *rows), right=right)


def _list(part: str) -> Block:
    """Items by their marks; a line without one continues the item before it."""
    numbered = part.startswith("*. ")
    mark = "\n*. " if numbered else "\n* "
    items = tuple((item.strip(),) for item in f"\n{part}".split(mark)[1:])
    return Block("numbered" if numbered else "list", rows=items)


def to_text(body: Iterable[Block], colon: str) -> str:
    """The letter as plain text. Shape: LF line ends, one paragraph a line; the footer follows "-- "."""
    written: list[str] = []
    previous = ""
    for block in body:
        if block.kind == "footer" and previous != "footer":
            written.append("\n\n-- \n")
        elif written:
            written.append("\n" if previous == "subheading" else "\n\n")
        written.append(_block_text(block, colon))
        previous = block.kind
    return plain("".join(written)).rstrip() + "\n"


def _block_text(block: Block, colon: str) -> str:
    if block.kind == "table":
        return _table_text(block, colon)
    if block.kind in ("list", "numbered"):
        marks = (f"{place}." if block.kind == "numbered" else "-" for place in range(1, len(block.rows) + 1))
        return "\n".join(
            f"{mark} {_inline_text(row[0])}" for mark, row in zip(marks, block.rows, strict=True)
        )
    if block.kind == "facts":
        return "\n".join(f"{key}{colon}{_inline_text(value)}" for key, value in block.pairs)
    if block.kind == "buttons":
        return "\n".join(f"{label}{colon}{address}" for label, address in block.pairs)
    return _inline_text(block.text)


def _table_text(block: Block, colon: str) -> str:
    """Each row as a line that says its first cell, then the others by the names of their columns."""
    head, *rows = block.rows
    between = "; " if colon.isascii() else "；"
    lines = []
    for row in rows:
        others = [
            f"{name}{colon}{_inline_text(cell)}" if name else _inline_text(cell)
            for name, cell in zip(head[1:], row[1:], strict=True)
            if cell
        ]
        lines.append(_inline_text(row[0]) + (colon if row[0] and others else "") + between.join(others))
    return "\n".join(lines)


def _inline_text(text: str) -> str:
    return INLINE.sub(_mark_text, text) if "*" in text or "[" in text else text


def _mark_text(match: re.Match[str]) -> str:
    strong, label, address = match.groups()
    if strong:
        return strong
    return label if plain(address).startswith(("tel:", "mailto:")) else f"{label} ({address})"
