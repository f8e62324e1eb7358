"""Rich text as a reader needs it: the HTML that Outlook wrapped in it, else its plain text.

Source: MS-OXRTFEX §2.2 (HTML within RTF); Rich Text Format 1.9 for the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from types import MappingProxyType
from typing import Final

from gateway.mail import charset

GROUPS: Final = 500
_TOKEN: Final = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+"
)
_CHARSETS: Final[Mapping[int, str]] = MappingProxyType(
    {0: "cp1252", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254",
     163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250"}
)  # fmt: skip
_BREAKS: Final = {
    "par": "\n",
    "line": "\n",
    "sect": "\n",
    "page": "\n",
    "row": "\n",
    "tab": "\t",
    "cell": "\t",
}
_SIGNS: Final = {"emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“",
                 "rdblquote": "”", "emspace": " ", "enspace": " "}  # fmt: skip
_UNSHOWN: Final = frozenset({"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer",
                             "headerl", "headerr", "footerl", "footerr", "listtable", "rsidtbl"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rich:
    """What rich text says: `html` where it wraps some, else `text`."""

    text: str = ""
    html: str = ""


@dataclass(slots=True)
class _Group:
    shown: bool = True
    markup: bool = False
    suppressed: bool = False
    fonts: bool = False
    codec: str = ""
    after: int = 1


@dataclass(slots=True)
class _Walk:
    """One reading. Shape: `pending` holds bytes of one charset; `skip` counts what stands for a \\u before it."""

    codec: str
    out: list[str] = field(default_factory=list)
    pending: bytearray = field(default_factory=bytearray)
    groups: list[_Group] = field(default_factory=lambda: [_Group()])
    fonts: dict[int, str] = field(default_factory=dict)
    font: int = 0
    skip: int = 0
    wraps_html: bool = False
    first: bool = False

    @property
    def group(self) -> _Group:
        return self.groups[-1]


def read(source: bytes, codec: str = "cp1252") -> Rich:
    """The text of some RTF; linear in its length, never raises.

    >>> read(rb"{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}Disk \\b full\\b0 .\\par db-1}").text
    'Disk full.\\ndb-1'
    """
    walk, at = _Walk(codec), 0
    while (match := _TOKEN.match(source, at)) is not None:
        at = match.end()
        if match[2] == b"bin" and match[3]:
            at += max(0, int(match[3]))
        elif not _step(walk, match):
            break
    _flush(walk)
    said = "".join(walk.out).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return Rich(html=said) if walk.wraps_html else Rich(text=said.strip("\n"))


def _step(walk: _Walk, match: re.Match[bytes]) -> bool:
    """One token; whether to go on."""
    code, word, number, sign, brace, text = match.groups()
    if code is not None:
        _bytes(walk, bytes((int(code, 16),)))
    elif word is not None:
        _word(walk, word.decode("ascii"), int(number) if number else None)
    elif sign is not None:
        _sign(walk, sign)
    elif brace == b"{":
        if len(walk.groups) >= GROUPS:
            return False
        _flush(walk)
        above = walk.group
        walk.groups.append(
            _Group(above.shown, above.markup, above.suppressed, above.fonts, above.codec, above.after)
        )
    elif brace == b"}":
        _flush(walk)
        if len(walk.groups) > 1:
            walk.groups.pop()
    elif text is not None:
        _bytes(walk, text)
    walk.first = sign == b"*"
    return True


def _sign(walk: _Walk, sign: bytes) -> None:
    if sign in (b"\\", b"{", b"}"):
        _bytes(walk, sign)
    elif sign == b"~":
        _say(walk, "\u00a0")
    elif sign in (b"\r", b"\n"):
        _say(walk, "\n")


def _word(walk: _Walk, word: str, number: int | None) -> None:
    if walk.first:  # a destination that a reader may not know
        walk.group.markup = word == "htmltag"
        walk.group.shown = walk.group.markup and walk.group.shown
        walk.group.suppressed = walk.group.suppressed and not walk.group.markup
    elif word in _ACTS:
        _ACTS[word](walk, 1 if number is None else number)
    elif word in _BREAKS or word in _SIGNS:
        _say(walk, _BREAKS.get(word) or _SIGNS[word])
    elif word in _UNSHOWN:
        walk.group.shown, walk.group.fonts = False, word == "fonttbl"


def _wrapped(walk: _Walk, number: int) -> None:
    walk.wraps_html = True


def _suppress(walk: _Walk, number: int) -> None:
    _flush(walk)
    walk.group.suppressed = bool(number)


def _page(walk: _Walk, number: int) -> None:
    walk.codec = f"cp{number}" if 0 < number <= 65535 else walk.codec


def _font(walk: _Walk, number: int) -> None:
    _flush(walk)
    walk.font = number
    if not walk.group.fonts:
        walk.group.codec = walk.fonts.get(number, "")


def _font_charset(walk: _Walk, number: int) -> None:
    if walk.group.fonts and number in _CHARSETS and len(walk.fonts) < 1_000:
        walk.fonts[walk.font] = _CHARSETS[number]


def _after(walk: _Walk, number: int) -> None:
    walk.group.after = min(max(number, 0), 8)


def _unicode(walk: _Walk, number: int) -> None:
    _flush(walk)
    unit = number % 0x10000  # half of a pair, for a character beyond the first plane
    walk.skip = walk.group.after
    if walk.group.shown and not walk.group.suppressed:
        sign = chr(unit)
        walk.out.append(escape(sign) if walk.wraps_html and not walk.group.markup else sign)


_ACTS: Final[Mapping[str, Callable[[_Walk, int], None]]] = MappingProxyType(
    {"fromhtml": _wrapped, "htmlrtf": _suppress, "ansicpg": _page, "f": _font, "fcharset": _font_charset,
     "uc": _after, "u": _unicode}
)  # fmt: skip


def _bytes(walk: _Walk, text: bytes) -> None:
    if walk.skip:  # what older readers show in place of a character given by its number
        passed = min(walk.skip, len(text))
        walk.skip -= passed
        text = text[passed:]
    if walk.group.shown and not walk.group.suppressed:
        walk.pending += text


def _say(walk: _Walk, text: str) -> None:
    _flush(walk)
    if walk.group.shown and not walk.group.suppressed:
        walk.out.append(text)


def _flush(walk: _Walk) -> None:
    if not walk.pending:
        return
    text = charset.decode(bytes(walk.pending), walk.group.codec or walk.codec, statistics=False)
    walk.out.append(escape(text) if walk.wraps_html and not walk.group.markup else text)
    walk.pending.clear()
