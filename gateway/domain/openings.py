"""With which two characters the matches of a pattern may open, so that most patterns need not be tried.

Shape: an opening is two characters; `ANY` in either place stands for every character, and for the end.
Never too few: what is not understood opens with anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import reduce
from typing import Final

ANY: Final = "\0"
_LENGTH: Final = 2
_TOKEN: Final = re.compile(r"\(\?<?[=!:]|\\.|\[\^?\]?[^\]]*\]|\{\d*,?\d*\}\??|[*+?]\??|.", re.S)
_NOTHING: Final = frozenset(("",))
_DIGITS: Final = frozenset("0123456789")


def of(pattern: str) -> frozenset[str]:
    """The openings of a pattern.

    >>> sorted(of("(?:ab|c?d)e")) == ["ab", "cd", "de"]
    True
    >>> sorted(of("a[xy]{0,2}b|q")) == ["ab", "ax", "ay", "q" + ANY]
    True
    """
    rest = _TOKEN.findall(pattern)[::-1]
    found = _alternatives(rest)
    return frozenset((opening + ANY * _LENGTH)[:_LENGTH] for opening in found)


def _alternatives(rest: list[str]) -> frozenset[str]:
    """Openings up to the end of a group, whose sign is taken too."""
    found: frozenset[str] = frozenset()
    parts: list[frozenset[str]] = []
    while rest:
        sign = rest.pop()
        if sign == ")":
            break
        if sign == "|":
            found |= _in_row(parts)
            parts = []
            continue
        parts.append(_repeated(_single(sign, rest), rest))
    return found | _in_row(parts)


def _single(sign: str, rest: list[str]) -> frozenset[str]:
    if sign in ("(?:", "("):
        return _alternatives(rest)
    if sign.startswith("(?"):  # looks around, takes nothing
        _alternatives(rest)
        return _NOTHING
    if sign.startswith("["):
        return _of_class(sign)
    if sign in ("^", "$", r"\b", r"\B"):
        return _NOTHING
    if sign == r"\d":
        return _DIGITS
    if sign == "." or re.fullmatch(r"\\[a-zA-Z0-9]", sign):
        return frozenset(ANY)
    return frozenset(sign[-1])


def _of_class(sign: str) -> frozenset[str]:
    inside = sign[1:-1]
    if inside.startswith("^") or "\\" in inside:
        return frozenset(ANY)
    spread = re.sub(r"(.)-(.)", lambda pair: "".join(map(chr, range(ord(pair[1]), ord(pair[2]) + 1))), inside)
    return frozenset(spread)


def _repeated(piece: frozenset[str], rest: list[str]) -> frozenset[str]:
    mark = rest[-1] if rest else ""
    if mark[:1] not in ("?", "*", "+", "{") or mark == "":
        return piece
    rest.pop()
    least = 0 if mark[0] in "?*" or mark.startswith(("{0", "{,")) else 1
    most = 1 if mark[0] == "?" or mark.startswith(("{0,1}", "{1}")) else _LENGTH
    whole = _in_row([piece] * most) | piece
    return whole if least else whole | _NOTHING


def _in_row(parts: Iterable[frozenset[str]]) -> frozenset[str]:
    return reduce(_followed, parts, _NOTHING)


def _followed(first: frozenset[str], then: frozenset[str]) -> frozenset[str]:
    return frozenset(
        (opening + more)[:_LENGTH]
        for opening in first
        for more in (then if len(opening) < _LENGTH else ("",))
    )
