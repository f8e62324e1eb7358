"""Tables of letters: figures side by side, and cards on a telephone where the words are too wide for it."""

from __future__ import annotations

import re
from html import escape
from re import Match
from typing import Final

from gateway.mail.letter_inline import inline
from gateway.mail.markup import INLINE, Block

_INK: Final = "color:#191e26"
_QUIET: Final = "color:#475061"

# What cells can inherit stands on the table and its rows, since Gmail cuts letters of more than 102 KB.
_LINE: Final = "border-bottom:1px solid #dde1e7"
_GRID: Final = (
    '    <table width="100%" cellpadding="0" cellspacing="0" border="0" class="m1 ln gr{}" style="border-top:1px '
    f'solid #dde1e7;font-size:13px;line-height:1.5;{_INK};font-variant-numeric:tabular-nums;{{}}">'
)
_HEAD_ROW: Final = f'    <thead><tr valign="bottom" class="m2" style="{_QUIET}">'
_HEAD_CELL: Final = (
    '    <th scope="col" align="{}" style="padding:7px 0 7px {};' + _LINE + ';font-weight:600">{}</th>'
)
_FIRST_CELL: Final = (
    '    <th scope="row" align="left" style="padding:7px 0;' + _LINE + ';font-weight:normal">{}</th>'
)
_CELL: Final = '    <td align="{1}"{0} style="padding:7px 0 7px 10px;' + _LINE + '">{2}{3}</td>'
# Of a telephone: what is left for a table beside the edges, and what a letter and the room between columns take.
_NARROW: Final = 270
_LETTER: Final = 7.5
_GAP: Final = 6
_ENDLESS: Final = 28
_UNBROKEN: Final = re.compile(r"[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+(?: %)?")


def table(block: Block, colon: str) -> str:
    """A table with its head; one of wide words becomes cards on a telephone, where `colon` follows their names."""
    head, *rows = block.rows
    cards = _too_wide(block)
    made = [_GRID.format(" st" if cards else "", _breaking(block))]
    if any(head):
        cells = [
            _HEAD_CELL.format(_side(block, place), "10px" if place else "0", inline(cell))
            for place, cell in enumerate(head)
        ]
        made += [_HEAD_ROW, *cells, "    </tr></thead>"]
    made.append("    <tbody>")
    for row in rows:
        cells = [_cell(block, place, cell, colon if cards else "") for place, cell in enumerate(row)]
        made += ['    <tr valign="top">', *cells, "    </tr>"]
    return "\n".join([*made, "    </tbody></table>"])


def _too_wide(block: Block) -> bool:
    """Whether the words that cannot break need more room than a telephone has."""
    columns = zip(*block.rows, strict=True)
    needed = [max((_longest(cell) for cell in column), default=2) for column in columns]
    return sum(needed) * _LETTER + (len(needed) - 1) * _GAP > _NARROW


def _breaking(block: Block) -> str:
    """Words stay whole, but for those too long for any screen."""
    endless = any(_longest(cell) > _ENDLESS for row in block.rows for cell in row)
    return "word-break:break-word" if endless else "word-break:normal"


def _longest(cell: str) -> int:
    return max((len(word) for word in _UNBROKEN.findall(INLINE.sub(_seen, cell))), default=2)


def _seen(match: Match[str]) -> str:
    strong, label, _ = match.groups()
    return str(strong or label)


def _cell(block: Block, place: int, cell: str, colon: str) -> str:
    shown = inline(cell)
    if place == 0:
        return _FIRST_CELL.format(shown)
    name = inline(block.rows[0][place]) if colon else ""
    label = f'<span class="cl" style="display:none;mso-hide:all">{name}{escape(colon)}</span>' if name else ""
    empty = "" if cell else ' class="em"'
    return _CELL.format(empty, _side(block, place), label, shown)


def _side(block: Block, place: int) -> str:
    return "right" if place in block.right else "left"
