"""Text from bytes whose label may be absent, vague or wrong.

Source: WHATWG Encoding Standard (labels); RFC 2046 §4.1.2; RFC 1468 and RFC 1843 (escape sequences).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import Final

import chardet

from gateway.mail.charset_labels import codec_of

GUESSED_BYTES: Final = 65_536
"""How much of a text the guess looks at."""

_STATEFUL: Final = frozenset({"utf-7", "hz", "iso2022_jp", "iso2022_kr", "iso2022_jp_1", "iso2022_jp_2"})
_WIDE: Final = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"})
_EAST_ASIAN: Final = frozenset(
    {"gb18030", "gbk", "gb2312", "cp950", "big5hkscs", "cp949", "johab", "cp932", "euc_jp", "euc_kr"}
)
_RELATED: Final = {
    "cp950": ("big5hkscs",),
    "cp932": ("shift_jis_2004",),
    "euc_jp": ("euc_jis_2004",),
    "iso2022_jp": ("iso2022_jp_2", "iso2022_jp_ext", "iso2022_jp_2004"),
    "cp1252": ("latin-1",),
}
# Guesses that stand even for a few characters; others lose to Chinese where every pair is a common character.
_DISTINCT: Final = frozenset({"gb18030", "cp950", "cp932", "euc_jp", "iso2022_jp", "iso2022_kr", "hz"})
_SHORT: Final = 12
_ASCII: Final = bytes(range(128))
_COMMON_CHINESE: Final = re.compile(rb"(?:[\x00-\x7f]|[\xb0-\xd7][\xa1-\xfe]|[\xa1-\xa3][\xa1-\xfe])*")
_JAPANESE_ESCAPE: Final = re.compile(rb"\x1b(?:\$[@B]|\([BJI]|\$\([DOPQ])")
_LONG_UTF8: Final = re.compile(rb"[\xe0-\xf4][\x80-\xbf]{2}")
_CUT_UTF8: Final = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{0,2}\Z")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def decode(content: bytes, declared: str | None, *, statistics: bool = True) -> str:
    """The text of some bytes: always an answer, without NUL and lone surrogates.

    UTF-8 is believed wherever it is valid, since nothing else looks like it by chance; then the label, then a
    guess; replacement characters stand for what remains. Without `statistics` the guess is a cheap one, for many
    short texts.

    >>> decode("端口被占用".encode("gbk"), "gb2312")
    '端口被占用'
    >>> decode("端口".encode(), "iso-8859-1")
    '端口'
    """
    if not content:
        return ""
    codec = codec_of(declared)
    if content.isascii() and b"\x1b" not in content and codec not in _STATEFUL and codec not in _WIDE:
        return clean(content.decode("ascii"))
    return clean(_decoded(content, codec, _guess if statistics else _cheap_guess))


def clean(text: str) -> str:
    """Text that every database and UTF-8 output takes: no NUL, no lone surrogates."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("�", text)
    return text


def _decoded(content: bytes, codec: str, guess: Callable[[bytes], str]) -> str:
    for attempt in (_by_mark, _by_escapes, _by_utf8):
        text = attempt(content, codec)
        if text is not None:
            return text
    text = _by_label(content, codec, guess)
    if text is not None:
        return text
    guessed = guess(content)
    text = _strict(content, guessed) if guessed else None
    if text is not None:
        return text
    candidates = [_lenient(content, name) for name in (guessed or "utf-8", "utf-8", codec or "utf-8")]
    return min(candidates, key=lambda text: text.count("�"))


def _by_mark(content: bytes, codec: str) -> str | None:
    """Text with a byte order mark, or declared to be UTF-16 or UTF-32 and looking so."""
    if content.startswith(codecs.BOM_UTF8):
        return content[3:].decode("utf-8", "replace")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and len(content) % 2 == 0:
        name = "utf-32" if codec.startswith("utf-32") else "utf-16"
        return _strict(content, name)
    if codec not in _WIDE or b"\x00" not in content:
        return _strict(content, codec) if codec in _WIDE and not _valid_utf8(content) else None
    if codec in ("utf-16", "utf-32"):
        codec += "-be" if content[0] == 0 else "-le"
    return content.decode(codec, "replace")


def _by_escapes(content: bytes, codec: str) -> str | None:
    if codec in _STATEFUL:
        for name in (codec, *_RELATED.get(codec, ())):
            text = _strict(content, name)
            if text is not None:
                return text
    if b"\x1b" in content and _JAPANESE_ESCAPE.search(content):
        for name in ("iso2022_jp", *_RELATED["iso2022_jp"]):
            text = _strict(content, name)
            if text is not None:
                return text
        return _joined_jis(content)
    return None


def _by_utf8(content: bytes, codec: str) -> str | None:
    """UTF-8 where valid, except short two-byte sequences that the declared East Asian set reads as well."""
    text = _strict(content, "utf-8")
    if text is None:
        return _nearly_utf8(content) if codec in ("utf-8", "") else None
    if codec in _EAST_ASIAN and not _LONG_UTF8.search(content):
        return _strict(content, codec) or text
    return text


def _nearly_utf8(content: bytes) -> str | None:
    """UTF-8 with a few damaged places, such as a character cut at the end."""
    sample = content[:GUESSED_BYTES]
    longs = len(_LONG_UTF8.findall(sample))
    damaged = sample.decode("utf-8", "replace").count("\ufffd")
    cut = damaged == 1 and longs > 1 and _CUT_UTF8.search(sample) is not None
    return content.decode("utf-8", "replace") if cut or damaged * 10 <= longs else None


def _by_label(content: bytes, codec: str, guess: Callable[[bytes], str]) -> str | None:
    if not codec or codec in ("utf-8", "ascii") or codec in _STATEFUL:
        return None
    if codec == "cp1252" and _paired(content):
        guessed = guess(content)
        text = _strict(content, guessed) if guessed in _EAST_ASIAN else None
        if text is not None:
            return text
    for name in (codec, *_RELATED.get(codec, ())):
        text = _strict(content, name)
        if text is not None:
            return text
    text = _lenient(content, codec)
    return text if text.count("�") * 200 <= len(text) + 199 else None


def _guess(content: bytes) -> str:
    found = chardet.detect(content[:GUESSED_BYTES])
    codec = codec_of(found.get("encoding"))
    if codec not in _DISTINCT and _short(content) and _COMMON_CHINESE.fullmatch(content):
        return "gb18030"
    if codec not in _EAST_ASIAN and not codec.startswith("utf") and not _paired(content):
        # Single bytes between ASCII letters: without strong evidence, Western.
        return codec if (found.get("confidence") or 0) > 0.15 else "cp1252"
    return codec


def _short(content: bytes) -> bool:
    return len(content.translate(None, _ASCII)) <= _SHORT


def _cheap_guess(content: bytes) -> str:
    return "gb18030" if _paired(content) else "cp1252"


def _paired(content: bytes) -> bool:
    """Whether most bytes above ASCII stand in pairs, as those of East Asian sets do."""
    sample = content[:4096]
    runs = re.findall(rb"[\x80-\xff]+", sample)
    high = sum(map(len, runs))
    return bool(runs) and high >= 2 * len(runs)


def _joined_jis(content: bytes) -> str:
    """ISO-2022-JP with vendor characters, by way of the eight-bit form of the same tables."""
    out: list[str] = []
    double = False
    for piece in re.split(rb"(\x1b[$(][@BJI])", content):
        if _JAPANESE_ESCAPE.fullmatch(piece):
            double = piece[1:2] == b"$"
        elif double:
            wide = bytes(byte | 0x80 for byte in piece if 0x20 < byte < 0x7F)
            out.append(wide.decode("euc_jis_2004", "replace"))
        else:
            out.append(piece.decode("ascii", "replace"))
    return "".join(out)


def _valid_utf8(content: bytes) -> bool:
    return _strict(content, "utf-8") is not None


def _strict(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _lenient(content: bytes, codec: str) -> str:
    try:
        return content.decode(codec, "replace")
    except (UnicodeError, LookupError, ValueError):
        return content.decode("utf-8", "replace")
