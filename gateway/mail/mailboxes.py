"""Mailboxes from address fields.

One strict reading for the whole product: what two parsers could understand differently gives an empty address, and
only its display name remains.

Source: RFC 5322 §3.4, RFC 6532.
"""

from __future__ import annotations

import re
from typing import Final

from mailparser.utils import get_addresses

from gateway.mail import header, limits
from gateway.mail.message import Mailbox

_ONE: Final = re.compile(
    r"(?:\"([^\"\\<>@]{0,200})\"|([^\"\\<>@,;:()\[\]]{0,200}))\s{0,5}"
    r"<([A-Za-z0-9_][A-Za-z0-9_.+=/-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,250}[A-Za-z0-9])>"
)
_BARE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+=/-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,250}[A-Za-z0-9]")
_PLAIN: Final = re.compile(
    r"[^\s\"\\()<>\[\]:;,@]{1,64}@(?:[^\s\"\\()<>\[\]:;,@]{1,255}|\[[0-9A-Fa-f.:IPv]{3,50}\])"
)
_QUOTED_ATOM: Final = re.compile(r"\"([A-Za-z0-9_.+-]{1,64})\"(@[^@]{1,255})")
# What may hide a semicolon, a mark of structure, or a stretch of other text.
_STRETCH: Final = re.compile(r"\"(?:[^\"\\]|\\.)*+\"|<[^<>]*+>|\([^()]*+\)|[^\"<>():;]++|.", re.DOTALL)
_UNBALANCED: Final = frozenset('"<>():')
_ANGLE: Final = re.compile(r"<[^<>]{0,1000}>?")


def read(value: str) -> tuple[Mailbox, ...]:
    """The mailboxes of one field's unfolded value, at most `limits.ADDRESSES`; empty addresses where in doubt.

    >>> read('"Li, Wang" <li@desk.example>, ops@desk.example')
    (Mailbox(name='Li, Wang', address='li@desk.example'), Mailbox(name='', address='ops@desk.example'))
    >>> read("alice@desk.example)bob@evil.example")[0].address
    ''
    """
    value = value.strip()
    if not value:
        return ()
    match = _ONE.fullmatch(value)
    if match is not None and ".." not in match[3]:
        return (Mailbox(_display(match[1] or match[2] or ""), match[3]),)
    if _BARE.fullmatch(value) and ".." not in value:
        return (Mailbox("", value),)
    return _parsed(value)


def read_list(value: str) -> tuple[Mailbox, ...]:
    """The mailboxes of To or Cc, which people may part by semicolons, as Outlook does; each is read as by `read`.

    >>> [one.address for one in read_list('"Li; Wang" <li@desk.example>; ops@desk.example;')]
    ['li@desk.example', 'ops@desk.example']
    """
    found: list[Mailbox] = []
    for piece in _pieces(value)[: limits.ADDRESSES]:
        found += read(piece)
    return tuple(found[: limits.ADDRESSES])


def _pieces(value: str) -> list[str]:
    """The value cut at its semicolons; whole where it has none, or a group or unbalanced marks."""
    if ";" not in value:
        return [value]
    pieces: list[str] = []
    start = 0
    for found in _STRETCH.finditer(value):
        if found[0] in _UNBALANCED:
            return [value]
        if found[0] == ";":
            pieces.append(value[start : found.start()])
            start = found.end()
    return [piece for piece in (*pieces, value[start:]) if piece.strip()]


def _display(name: str) -> str:
    """A display name as shown: encoded-words decoded, quotes and control characters gone."""
    if "=?" in name:
        name = header.decode_words(name)
    name = header.single_line(name)
    if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1].strip()
    return name


def _parsed(value: str) -> tuple[Mailbox, ...]:
    defects: list[dict[str, object]] = []
    found = [
        Mailbox(_display(name), _plain(spec)) for name, spec in get_addresses(value, defects=defects) if spec
    ]
    odd = [
        Mailbox(_display(_ANGLE.sub("", str(defect["raw"])).strip(" \t\"'<>")), "")
        for defect in defects
        if not defect["recovered"]
    ]
    return (*found, *odd)[: limits.ADDRESSES]


def _plain(address: str) -> str:
    """An address that every program reads alike, or an empty text."""
    match = _QUOTED_ATOM.fullmatch(address)
    if match is not None:
        address = match[1] + match[2]
    return address if _PLAIN.fullmatch(address) and "=?" not in address and ".." not in address else ""
