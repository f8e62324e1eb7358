"""Header fields as bytes: folded at 76 columns, 7-bit, refused where a value could become a field of its own.

Source: RFC 5322 §2.2.3 and §3.4, RFC 2047 (encoded-words), RFC 2231 (parameters), RFC 6532 (UTF-8 addresses).
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from gateway.mail.message import Mailbox

MAX_COLUMN: Final = 76
MAX_LINE: Final = 998

# CR, LF and NUL make fields or end lines somewhere; other controls and lone surrogates never belong in a header.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_PLAIN: Final = re.compile(r"[!-~]{1,74}")
_FIELD_NAME: Final = re.compile(r"[!-9;-~]{1,60}")
_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]{1,60}")
_LOCAL: Final = re.compile(
    r"[^\s\x00-\x20\x7f()<>\[\]:;@\\,\"]{1,64}|\"(?:[^\x00-\x1f\x7f\\\"]|\\[\x20-\x7e]){0,62}\""
)
_DOMAIN: Final = re.compile(r"[A-Za-z0-9\u00a1-\U0010ffff_.-]{1,255}|\[[A-Za-z0-9:.]{1,64}\]")
_IDENTIFIER: Final = re.compile(r"[!-;=?-~]{1,250}")
_EXTRA_VALUE: Final = re.compile(r"[A-Za-z0-9!#$&+.^_`{}~-]{1,60}")


class UnsafeField(ValueError):
    """A header value or address that must not leave: it holds a line break, a control character or is no address."""


def checked(value: str) -> str:
    """The value itself. Errors: UnsafeField where it holds CR, LF, NUL, U+2028 or another control character."""
    if _FORBIDDEN.search(value):
        raise UnsafeField("a header value holds a control character or a line break")
    return value


def unstructured(name: str, value: str) -> bytes:
    """A field of free text.

    >>> unstructured("Subject", "[HD-1042] 已收到您的请求")
    b'Subject: [HD-1042] =?utf-8?b?5bey5pS25Yiw5oKo55qE6K+35rGC?=\\r\\n'
    """
    return fold(_name(name), _words(checked(value), len(name) + 2))


def structured(name: str, value: str) -> bytes:
    """A field whose value is our own ASCII syntax, folded at its spaces."""
    if not checked(value).isascii():
        raise UnsafeField("a structured field must be ASCII")
    return fold(_name(name), value.split(" "))


def identifiers(name: str, values: Iterable[str]) -> bytes:
    """A field of message identifiers; those that no field can carry are left out, as a foreign mail named them.

    Shape: identifiers without angle brackets. Empty bytes where none is left.
    """
    usable = [f"<{value}>" for value in values if _IDENTIFIER.fullmatch(checked(value))]
    return fold(name, usable) if usable else b""


def mailboxes(name: str, values: Iterable[Mailbox]) -> bytes:
    """An address field; empty bytes where it names nobody."""
    tokens: list[str] = []
    for value in values:
        if tokens:
            tokens[-1] += ","
        tokens += _mailbox(value, len(name) + 2)
    return fold(name, tokens) if tokens else b""


def address(value: str) -> str:
    """An addr-spec fit for header and envelope. Errors: UnsafeField."""
    local, at, domain = checked(value).rpartition("@")
    if not at or len(value) > 320 or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise UnsafeField("not a mail address")
    return value


def parameter(key: str, value: str) -> list[str]:
    """One MIME parameter as tokens to fold: quoted where ASCII and short, else in pieces of RFC 2231."""
    if len(value) <= 55 and value.isascii() and not re.search(r'["\\]', checked(value)):
        return [f'{key}="{value}"']
    encoded = quote(checked(value).encode(), safe="!#$&+.^_`{}~-")
    if len(encoded) <= 50:
        return [f"{key}*=utf-8''{encoded}"]
    pieces = _pieces(encoded, 50)
    pieces[0] = f"utf-8''{pieces[0]}"
    tokens = [f"{key}*{index}*={piece};" for index, piece in enumerate(pieces)]
    return [*tokens[:-1], tokens[-1].rstrip(";")]


def _pieces(encoded: str, size: int) -> list[str]:
    """Percent-encoded text cut into pieces, never inside an escape."""
    found = []
    while encoded:
        end = size
        if "%" in encoded[end - 2 : end]:
            end = encoded.rindex("%", 0, end)
        found.append(encoded[:end])
        encoded = encoded[end:]
    return found


def fold(name: str, tokens: Iterable[str]) -> bytes:
    """A field of the given tokens, one space apart, broken before a token that would pass column 76."""
    line = f"{name}:"
    lines = []
    for token in tokens:
        if len(line) + 1 + len(token) > MAX_COLUMN and line != f"{name}:":
            lines.append(line)
            line = ""
        line = f"{line} {token}"
    lines.append(line)
    if any(len(each) > MAX_LINE for each in lines):
        raise UnsafeField("a header line is too long")
    return ("\r\n".join(lines) + "\r\n").encode()


def _name(name: str) -> str:
    if not _FIELD_NAME.fullmatch(name):
        raise UnsafeField("not a field name")
    return name


def _words(value: str, column: int) -> list[str]:
    """Tokens of free text: plain words as they are, everything from the first to the last other one encoded."""
    words = value.split(" ") if value else []
    odd = [index for index, word in enumerate(words) if not _PLAIN.fullmatch(word) or "=?" in word]
    if not odd:
        return words
    first, last = odd[0], odd[-1] + 1
    if not all(words):  # several spaces in a row, or at the ends: folding would change them
        first, last = 0, len(words)
    lead = words[:first]
    used = column + sum(len(word) + 1 for word in lead)
    return [*lead, *_encoded(" ".join(words[first:last]), used), *words[last:]]


def _encoded(text: str, column: int) -> list[str]:
    """RFC 2047 encoded-words of a text, at most 75 characters each, cut between characters.

    Shape: the first word fits behind `column`, if that leaves room for a few characters at all.
    """
    room = MAX_COLUMN - column
    budget = (room - 12) // 4 * 3 if room >= 28 else 45
    found: list[str] = []
    pending = bytearray()
    for character in text:
        octets = character.encode()
        if len(pending) + len(octets) > budget:
            found.append(_encoded_word(pending))
            pending = bytearray()
            budget = 45
        pending += octets
    found.append(_encoded_word(pending))
    return found


def _encoded_word(octets: bytes | bytearray) -> str:
    return f"=?utf-8?b?{b64encode(octets).decode()}?="


def _mailbox(value: Mailbox, column: int) -> list[str]:
    target = address(value.address)
    if not value.name:
        return [target]
    name = checked(value.name)
    if name.isascii() and "=?" not in name and name == " ".join(name.split()):
        if _ATOMS.fullmatch(name):
            return [*name.split(" "), f"<{target}>"]
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        if len(quoted) <= 60:
            return [f'"{quoted}"', f"<{target}>"]
    return [*_encoded(name, column), f"<{target}>"]
