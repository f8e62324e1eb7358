"""The HTML of a letter's blocks: tables and inline styles, which is all that mail clients agree on.

Shape: class names (`m1`, `m2`, `ln`, `lk`, `bt`, `b2`) only serve the dark mode of `templates/mail/frame.html`.
"""

from __future__ import annotations

from collections.abc import Iterable
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


class UnsafeLink(ValueError):
    """A link of a letter leads elsewhere than to a page, a mail or a telephone."""


def to_html(body: Iterable[Block]) -> str:
    """The rows of a letter inside its frame."""
    found = list(body)
    kinds = ["", *(block.kind for block in found), ""]
    return "\n".join(
        _paint(block, before, after) for block, before, after in zip(found, kinds, kinds[2:], strict=False)
    )


def _paint(block: Block, before: str, after: str) -> str:
    match block.kind:
        case "facts":
            rows = [_ROW.format(inline(key), inline(value)) for key, value in block.pairs]
            return "\n".join([_TABLE, *rows, "    </table>"])
        case "buttons":
            return _buttons(block.pairs)
        case "heading":
            return _HEADING.format(inline(block.text))
        case "subheading":
            return _SUBHEADING.format("22px" if before in ("buttons", "facts") else "8px", inline(block.text))
        case "footer":
            return _FOOTER.format(inline(block.text))
    return _paragraph(block, before, after)


def _paragraph(block: Block, before: str, after: str) -> str:
    top = {"facts": "12px", "buttons": "16px"}.get(before, "0")
    quiet = block.kind == "quiet"
    bottom = "0" if after in ("footer", "") else "18px" if quiet else "14px"
    ink, shade = ("m2", _QUIET) if quiet else ("m1", _INK)
    return f'    <p class="{ink}" style="margin:0;padding:{top} 0 {bottom};{shade}">{inline(block.text)}</p>'


def _buttons(pairs: Iterable[tuple[str, str]]) -> str:
    cells = [
        (_BORDERED if index else _FILLED).format(plain(safe_address(escape(address))), plain(escape(label)))
        for index, (label, address) in enumerate(pairs)
    ]
    return "\n".join([_BUTTONS, *cells, "    </tr></table>"])


def inline(text: str) -> str:
    """Text with its marks as HTML; everything else escaped.

    >>> inline("**Critical** <now>")
    '<strong>Critical</strong> &lt;now&gt;'
    """
    escaped = escape(text)
    if "*" in escaped or "[" in escaped:
        escaped = INLINE.sub(_mark, escaped)
    shown = plain(escaped)
    if "  " in shown:
        shown = shown.replace("  ", "&nbsp; ")
    return shown.replace("\n", "<br>\n") if "\n" in shown else shown


def _mark(match: Match[str]) -> str:
    strong, label, address = match.groups()
    if strong:
        return f"<strong>{strong}</strong>"
    return f'<a class="lk" href="{safe_address(address)}" style="color:#1b5cc0">{label}</a>'


def safe_address(address: str) -> str:
    """The address of a link as it was given. Errors: UnsafeLink for any other scheme."""
    if not plain(address).lower().startswith(_SCHEMES):
        raise UnsafeLink("a letter links only to pages, mail addresses and telephones")
    return address
