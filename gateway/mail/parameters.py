"""Content-Type and Content-Disposition as a value with parameters.

Source: RFC 2045 §5.1, RFC 2183, RFC 2231 (continuations and charsets of parameters).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_to_bytes

from gateway.mail import charset, header, limits

_SEPARATORS: Final = re.compile(r"[;\s]*")
_ATTRIBUTE: Final = re.compile(r"([^\s=;\"]{1,100})\s{0,20}(=?)\s{0,20}")
_QUOTED_PAIR: Final = re.compile(r"\\(.)", re.DOTALL)
_SECTION: Final = re.compile(r"([^*]+)\*(?:(\d{1,3})(\*?))?")
_ONE_WORD: Final = frozenset(
    {"charset", "boundary", "format", "delsp", "type", "start", "report-type", "protocol"}
)


@dataclass(frozen=True, slots=True)
class Parametrised:
    """A value such as `text/plain` or `attachment`, lower-case, and its parameters by lower-case name."""

    value: str
    parameters: dict[str, str] = field(default_factory=dict)


def parse(raw: bytes, hint: str | None = None) -> Parametrised:
    """A structured field: anything odd is read as far as it can be.

    >>> parse(b"text/plain; charset=gbk; name*0*=utf-8''%E5%9B%BE; name*1=.png").parameters["name"]
    '图.png'
    """
    text = raw.decode("ascii") if raw.isascii() else charset.decode(raw, hint)
    value, _, rest = text.partition(";")
    if "=" in value:  # the first separator is missing
        value, _, missed = value.strip().partition(" ")
        rest = f"{missed};{rest}"
    found: dict[str, str] = {}
    for name, given in _pairs(rest):
        if len(found) >= limits.PARAMETERS:
            break
        found.setdefault(name, given)
    return Parametrised(_word(value).lower(), _assembled(found) if found else found)


def _pairs(text: str) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    at = 0
    while len(out) <= limits.PARAMETERS:
        separators = _SEPARATORS.match(text, at)
        at = separators.end() if separators else at
        match = _ATTRIBUTE.match(text, at)
        if match is None:
            at = text.find(";", at)
            if at < 0:
                break
            continue
        name = match[1].lower()
        if not match[2]:
            at = match.end()
            continue
        given, at = _value(text, match.end(), name)
        out.append((name, given))
    return out


def _value(text: str, at: int, name: str) -> tuple[str, int]:
    """One parameter's value and where it ends; a missing closing quote or separator is tolerated."""
    if text[at : at + 1] != '"':
        end = text.find(";", at)
        end = len(text) if end < 0 else end
        given = text[at:end].strip()
        return (_word(given) if name in _ONE_WORD else given), end
    close = at + 1
    while (close := text.find('"', close)) > 0 and text[close - 1] == "\\" and text[close - 2] != "\\":
        close += 1
    end = len(text) if close < 0 else close
    given = text[at + 1 : end]
    return (_QUOTED_PAIR.sub(r"\1", given) if "\\" in given else given), end + 1


def _word(text: str) -> str:
    """The first word, without a comment after it."""
    words = text.split("(", 1)[0].split()
    return words[0].strip("\"'") if words else ""


def _assembled(found: dict[str, str]) -> dict[str, str]:
    """Parameters with RFC 2231 sections joined; these win over plain ones of the same name."""
    plain = {name: given for name, given in found.items() if "*" not in name}
    sections: dict[str, list[tuple[int, bool, str]]] = {}
    for name, given in found.items():
        match = _SECTION.fullmatch(name) if "*" in name else None
        if match is not None:
            encoded = match[2] is None or match[3] == "*"
            sections.setdefault(match[1], []).append((int(match[2] or 0), encoded, given))
    for name, pieces in sections.items():
        plain[name] = _extended(sorted(pieces))
    return plain


def _extended(pieces: list[tuple[int, bool, str]]) -> str:
    label = ""
    out = b""
    for index, (_, encoded, given) in enumerate(pieces):
        if index == 0 and encoded and given.count("'") >= 2:
            label, _, given = given.split("'", 2)
        out += unquote_to_bytes(given) if encoded else given.encode("utf-8", "replace")
    text = charset.decode(out, label or None)
    return header.decode_words(text) if "=?" in text else text
