"""The HTML of a letter's blocks: tables and inline styles, which is all that mail clients agree on.

Shape: class names (`m1`, `m2`, `ln`, `lk`, `bt`, `b2`, `im`) only serve the dark mode of `templates/mail/frame.html`,
`gr`, `st`, `cl`, `em`, `fx` and `pw` what becomes narrow on telephones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

from gateway.mail.letter_inline import UnsafeLink, inline, safe_address
from gateway.mail.letter_tables import table
from gateway.mail.markup import Block, plain

__all__ = ["UnsafeLink", "inline", "safe_address", "to_html"]

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
_MORE_FOOTER: Final = f'    <p class="m2" style="margin:0;padding:8px 0 0;font-size:13px;{_QUIET}">{{}}</p>'
_TABLE: Final = (
    '    <table width="100%" cellpadding="0" cellspacing="0" border="0" class="ln fx" style="border-top:1px solid '
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


_LIST: Final = f'    <{{}} class="m1" style="margin:0;padding:0 0 14px 22px;{_INK}">'
_ITEM: Final = '    <li style="margin:0;padding:0 0 6px">{}</li>'
_IMAGE: Final = (
    '    <p style="margin:0;padding:4px 0 10px"><img class="im" src="{0}" alt="{1}" width="{2}" border="0" style='
    '"display:block;width:100%;max-width:{2}px;height:auto;background:#ffffff;border:0;border-radius:6px"></p>'
)
_SPACE: Final = '    <p style="margin:0;font-size:14px;line-height:14px">&nbsp;</p>\n'
_PICTURE_WORDS: Final = (
    '\n    <p class="m2 pw" style="display:none;mso-hide:all;margin:0;padding:0 0 10px;font-size:12px;'
    f'{_QUIET}">{{}}</p>'
)
_APART: Final = frozenset({"buttons", "facts", "table", "picture"})
_EDGES: Final = 66


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
            return (_SPACE if before in _APART else "") + _buttons(block.pairs)
        case "heading":
            return _HEADING.format(inline(block.text))
        case "subheading":
            return _SUBHEADING.format("22px" if before in _APART else "8px", inline(block.text))
        case "smallest":
            return _SMALLEST.format("14px" if before in _APART else "4px", inline(block.text))
        case "table":
            return (_SPACE if before == "table" else "") + table(block, colon)
        case "list" | "numbered":
            return _list(block)
        case "footer":
            return (_MORE_FOOTER if before == "footer" else _FOOTER).format(inline(block.text))
    return _paragraph(block, before, after)


def _paragraph(block: Block, before: str, after: str) -> str:
    top = {"facts": "12px", "buttons": "16px", "table": "8px", "picture": "4px"}.get(before, "0")
    quiet = block.kind == "quiet"
    bottom = "0" if after in ("footer", "") else "18px" if quiet else "14px"
    ink, shade = ("m2", _QUIET) if quiet else ("m1", _INK)
    return f'    <p class="{ink}" style="margin:0;padding:{top} 0 {bottom};{shade}">{inline(block.text)}</p>'


def _list(block: Block) -> str:
    tag = "ol" if block.kind == "numbered" else "ul"
    items = [_ITEM.format(inline(row[0])) for row in block.rows]
    return "\n".join([_LIST.format(tag), *items, f"    </{tag}>"])


def _picture(block: Block, pictures: Mapping[str, str], width: int) -> str:
    """A picture on white, as it was drawn; its words where there is none."""
    name, words = block.pairs[0]
    if name not in pictures:
        return f'    <p class="m2" style="margin:0;padding:0 0 14px;{_QUIET}">{inline(words)}</p>'
    image = _IMAGE.format(escape(pictures[name]), plain(escape(words)), width)
    return image + _PICTURE_WORDS.format(inline(words))


def _buttons(pairs: Iterable[tuple[str, str]]) -> str:
    cells = [
        (_BORDERED if index else _FILLED).format(plain(safe_address(escape(address))), plain(escape(label)))
        for index, (label, address) in enumerate(pairs)
    ]
    return "\n".join([_BUTTONS, *cells, "    </tr></table>"])
