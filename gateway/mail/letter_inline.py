"""Text inside a letter's or a page's blocks as HTML: escaped, with its strong words and its links."""

from __future__ import annotations

import re
from functools import partial
from html import escape
from re import Match
from typing import Final

from gateway.mail.markup import INLINE, plain

_SCHEMES: Final = ("https://", "http://", "mailto:", "tel:")
_PERCENT: Final = re.compile(r"(?<=\d) %")
_ANCHOR: Final = '<a class="lk" href="{}" style="color:#1b5cc0">{}</a>'


class UnsafeLink(ValueError):
    """A link of a letter leads elsewhere than to a page, a mail or a telephone."""


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
    if " %" in shown:
        shown = _PERCENT.sub("&nbsp;%", shown)
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
