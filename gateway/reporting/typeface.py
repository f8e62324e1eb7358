"""The one typeface of documents and pictures, so that they look the same on every machine.

Noto Sans SC has Chinese, Latin, Greek, Cyrillic and kana in one weight. What it has no shape for (emoji, Hangul,
Arabic …) would print as nothing and break the rules of accessible PDF, so `printable` stands a box in its place.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from functools import cache
from typing import Final

import pylopdf_fonts_zh_cn
import typst

FAMILY: Final = "Noto Sans SC"
_MISSING: Final = "□"
_INVISIBLE: Final = ("Cf", "Cc", "Mn", "Me")
_KNOWN: Final = re.compile(r"[\x20-\x7e\n]*")


@cache
def fonts() -> typst.Fonts:
    """The typeface as typst takes it; nothing of the machine's own."""
    folder = pylopdf_fonts_zh_cn.sans_path().parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def printable(text: str) -> str:
    """The text with a box for each character the typeface has no shape for; marks without a shape are left out.

    >>> printable("数据库 😀 ok")
    '数据库 □ ok'
    """
    if _KNOWN.fullmatch(text):
        return text
    known = _covered()
    return "".join(each if each == "\n" or ord(each) in known else _stand_in(each) for each in text)


def _stand_in(character: str) -> str:
    return "" if unicodedata.category(character) in _INVISIBLE else _MISSING


@cache
def _covered() -> frozenset[int]:
    """The characters the typeface has a shape for. Source: OpenType, table cmap, format 12."""
    content = pylopdf_fonts_zh_cn.sans_path().read_bytes()
    start = _table(content, b"cmap")
    (count,) = struct.unpack_from(">H", content, start + 2)
    places = (struct.unpack_from(">HHL", content, start + 4 + 8 * index)[2] for index in range(count))
    found = next(start + place for place in places if content[start + place : start + place + 2] == b"\0\x0c")
    (groups,) = struct.unpack_from(">L", content, found + 12)
    ranges = (struct.unpack_from(">LLL", content, found + 16 + 12 * index) for index in range(groups))
    return frozenset(code for first, last, _ in ranges for code in range(first, last + 1))


def _table(content: bytes, tag: bytes) -> int:
    (count,) = struct.unpack_from(">H", content, 4)
    entries = (struct.unpack_from(">4sLLL", content, 12 + 16 * index) for index in range(count))
    return next(int(place) for name, _, place, _ in entries if name == tag)
