"""The HTML of a letter's blocks: tables and inline styles, which is all that mail clients agree on.

Shape: class names (`m1`, `m2`, `ln`, `lk`, `bt`, `b2`, `im`) only serve the dark mode of `templates/mail/frame.html`,
`st`, `cl` and `em` its tables on narrow screens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from html import escape
from re import Match
from typing import Final

from gateway.mail.markup import INLINE, Block, plain

_SCHEMES: Final = ("https://", "http://", "mailto:", "tel:")

_INK: Final = "color:#191e26"
_QUIET: Final = "color:#475061"

_HEADING: Final = (
    '    <h1 class="m1" style="margin:0;padding:0 0 14px;font-size:20px;line-height:1.35;font-weight:600;'
    f'{_INK}">{{}}</h1>'
)
_SUBHEADING: Final = (
    f'    <h2 class="m1" style="margin:0;padding:{{}} 0 6px;font-size:15px;font-weight:600;{_INK}">{{}}</h2>'
)
_SMALLEST: Final = (
    '    <h3 class="m1" style="margin:0;padding:{} 0 4px;font-size:14px;line-height:1.4;font-weight:600;'
    f'{_INK}">{{}}</h3>'
)
_FOOTER: Final = (
    '    <p class="m2 ln" style="margin:22px 0 0;padding:14px 0 0;border-top:1px solid #dde1e7;font-size:13px;'
    f'{_QUIET}">{{}}</p>'
)
_TABLE: Final = (
    '    <table width="100%" cellpadding="0" cellspacing="0" border="0" class="ln" style="border-top:1px solid '
    '#dde1e7;font-size:15px;line-height:1.5">'
)
_ROW: Final = (
    '    <tr><th scope="row" align="left" valign="top" width="148" class="m2 ln" style="width:148px;padding:8px '
    f'12px 8px 0;border-bottom:1px solid #dde1e7;{_QUIET};font-weight:normal;text-align:left">{{}}</th>\n'
    '    <td valign="top" class="m1 ln" style="padding:8px 0;border-bottom:1px solid #dde1e7;word-break:break-word;'
    f'{_INK}">{{}}</td></tr>'
)
_BUTTONS: Final = '    <table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>'
_FILLED: Final = (
    '    <td class="bt" bgcolor="#1b5cc0" style="background:#1b5cc0;border-radius:6px"><a href="{}" '
    'style="display:inline-block;padding:10px 18px;color:#ffffff;font-weight:600;text-decoration:none">{}</a></td>'
)
_BORDERED: Final = (
    '    <td width="12">&nbsp;</td>\n    <td class="b2" style="border:1px solid #848d9b;border-radius:6px"><a '
    f'class="m1" href="{{}}" style="display:inline-block;padding:9px 18px;{_INK};text-decoration:none">{{}}</a></td>'
)


_GRID: Final = (
    '    <table width="100%" cellpadding="0" cellspacing="0" border="0" class="ln{}" style="border-top:1px solid '
    '#dde1e7;font-size:13px;line-height:1.5;font-variant-numeric:tabular-nums">'
)
_HEAD_CELL: Final = (
    '    <th scope="col" align="{0}" valign="bottom" class="m2 ln" style="padding:7px 0 7px {1};border-bottom:1px '
    f'solid #dde1e7;{_QUIET};font-weight:600;text-align:{{0}};word-break:break-word">{{2}}</th>'
)
_FIRST_CELL: Final = (
    '    <th scope="row" align="left" valign="top" class="m1 ln" style="padding:7px 0;border-bottom:1px solid '
    f'#dde1e7;{_INK};font-weight:normal;text-align:left;word-break:break-word">{{}}</th>'
)
_CELL: Final = (
    '    <td align="{1}" valign="top" class="m1 ln{0}" style="padding:7px 0 7px 10px;border-bottom:1px solid #dde1e7;'
    f'{_INK};text-align:{{1}};word-break:break-word">{{2}}{{3}}</td>'
)
_LIST: Final = f'    <{{}} class="m1" style="margin:0;padding:0 0 14px 22px;{_INK}">'
_ITEM: Final = '    <li style="margin:0;padding:0 0 6px">{}</li>'
_IMAGE: Final = (
    '    <p style="margin:0;padding:4px 0 10px"><img class="im" src="{0}" alt="{1}" width="{2}" border="0" style='
    '"display:block;width:100%;max-width:{2}px;height:auto;background:#ffffff;border:0;border-radius:6px"></p>'
)
_APART: Final = frozenset({"buttons", "facts", "table", "picture"})
_EDGES: Final = 66
_MOST_WORDS: Final = 3
_MOST_COLUMNS: Final = 5
"""A table of more columns of words, or of more columns, is too wide for a telephone."""


_ANCHOR: Final = '<a class="lk" href="{}" style="color:#1b5cc0">{}</a>'


class UnsafeLink(ValueError):
    """A link of a letter leads elsewhere than to a page, a mail or a telephone."""


def to_html(
    body: Iterable[Block], pictures: Mapping[str, str] | None = None, *, colon: str = ": ", width: int = 600
) -> str:
    """The rows of a letter inside its frame.

    Shape: `pictures` are the addresses of those the blocks name, by name; `width` is of the box, in pixels.
    """
    found = list(body)
    kinds = ["", *(block.kind for block in found), ""]
    return "\n".join(
        _picture(block, pictures or {}, width - _EDGES)
        if block.kind == "picture"
        else _paint(block, before, after, colon)
        for block, before, after in zip(found, kinds, kinds[2:], strict=False)
    )


def _paint(block: Block, before: str, after: str, colon: str) -> str:
    match block.kind:
        case "facts":
            rows = [_ROW.format(inline(key), inline(value)) for key, value in block.pairs]
            return "\n".join([_TABLE, *rows, "    </table>"])
        case "buttons":
            return _buttons(block.pairs)
        case "heading":
            return _HEADING.format(inline(block.text))
        case "subheading":
            return _SUBHEADING.format("22px" if before in _APART else "8px", inline(block.text))
        case "smallest":
            return _SMALLEST.format("14px" if before in _APART else "4px", inline(block.text))
        case "table":
            return _table(block, colon)
        case "list" | "numbered":
            return _list(block)
        case "footer":
            return _FOOTER.format(inline(block.text))
    return _paragraph(block, before, after)


def _paragraph(block: Block, before: str, after: str) -> str:
    top = {"facts": "12px", "buttons": "16px", "table": "8px", "picture": "4px"}.get(before, "0")
    quiet = block.kind == "quiet"
    bottom = "0" if after in ("footer", "") else "18px" if quiet else "14px"
    ink, shade = ("m2", _QUIET) if quiet else ("m1", _INK)
    return f'    <p class="{ink}" style="margin:0;padding:{top} 0 {bottom};{shade}">{inline(block.text)}</p>'


def _table(block: Block, colon: str) -> str:
    """A table with its head; one of many words becomes a row of cards on a narrow screen."""
    head, *rows = block.rows
    cards = len(head) - len(block.right) > _MOST_WORDS or len(head) > _MOST_COLUMNS
    made = [_GRID.format(" st" if cards else "")]
    if any(head):
        cells = [
            _HEAD_CELL.format(_side(block, place), "10px" if place else "0", inline(cell))
            for place, cell in enumerate(head)
        ]
        made += ["    <thead><tr>", *cells, "    </tr></thead>"]
    made.append("    <tbody>")
    for row in rows:
        cells = [_cell(block, place, cell, colon if cards else "") for place, cell in enumerate(row)]
        made += ["    <tr>", *cells, "    </tr>"]
    return "\n".join([*made, "    </tbody></table>"])


def _cell(block: Block, place: int, cell: str, colon: str) -> str:
    shown = inline(cell)
    if place == 0:
        return _FIRST_CELL.format(shown)
    name = inline(block.rows[0][place]) if colon else ""
    label = (
        f'<span class="cl m2" style="display:none;mso-hide:all;{_QUIET}">{name}{escape(colon)}</span>'
        if name
        else ""
    )
    empty = "" if cell else " em"
    return _CELL.format(empty, _side(block, place), label, shown)


def _side(block: Block, place: int) -> str:
    return "right" if place in block.right else "left"


def _list(block: Block) -> str:
    tag = "ol" if block.kind == "numbered" else "ul"
    items = [_ITEM.format(inline(row[0])) for row in block.rows]
    return "\n".join([_LIST.format(tag), *items, f"    </{tag}>"])


def _picture(block: Block, pictures: Mapping[str, str], width: int) -> str:
    """A picture on white, as it was drawn; its words where there is none."""
    name, words = block.pairs[0]
    if name not in pictures:
        return f'    <p class="m2" style="margin:0;padding:0 0 14px;{_QUIET}">{inline(words)}</p>'
    return _IMAGE.format(escape(pictures[name]), plain(escape(words)), width)


def _buttons(pairs: Iterable[tuple[str, str]]) -> str:
    cells = [
        (_BORDERED if index else _FILLED).format(plain(safe_address(escape(address))), plain(escape(label)))
        for index, (label, address) in enumerate(pairs)
    ]
    return "\n".join([_BUTTONS, *cells, "    </tr></table>"])


def inline(text: str, anchor: str = _ANCHOR) -> str:
    """Text with its marks as HTML; everything else escaped. Shape: `anchor` is a link with room for both its parts.

    Errors: UnsafeLink.

    >>> inline("**Critical** <now>")
    '<strong>Critical</strong> &lt;now&gt;'
    """
    escaped = escape(text)
    if "*" in escaped or "[" in escaped:
        escaped = INLINE.sub(partial(_mark, anchor), escaped)
    shown = plain(escaped)
    if "  " in shown:
        shown = shown.replace("  ", "&nbsp; ")
    return shown.replace("\n", "<br>\n") if "\n" in shown else shown


def _mark(anchor: str, match: Match[str]) -> str:
    strong, label, address = match.groups()
    if strong:
        return f"<strong>{strong}</strong>"
    return anchor.format(safe_address(address), label)


def safe_address(address: str) -> str:
    """The address of a link as it was given. Errors: UnsafeLink for any other scheme."""
    if not plain(address).lower().startswith(_SCHEMES):
        raise UnsafeLink("a letter links only to pages, mail addresses and telephones")
    return address
