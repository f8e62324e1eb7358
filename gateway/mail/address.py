"""Mailboxes from address fields, and addresses compared.

One strict reading for the whole product: what two parsers could understand differently gives an empty address, and
only its display name remains.

Source: RFC 5322 §3.4, RFC 6532, RFC 5233 (subaddress).
"""

from __future__ import annotations

import re
from typing import Final

import idna
from mailparser.utils import get_addresses

from gateway.mail import header, limits
from gateway.mail.message import Mailbox

NOBODY: Final = Mailbox("", "")
_ONE: Final = re.compile(
    r"(?:\"([^\"\\<>@]{0,200})\"|([^\"\\<>@,;:()\[\]]{0,200}))\s{0,5}"
    r"<([A-Za-z0-9_][A-Za-z0-9_.+=/-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,250}[A-Za-z0-9])>"
)
_BARE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+=/-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,250}[A-Za-z0-9]")
_PLAIN: Final = re.compile(
    r"[^\s\"\\()<>\[\]:;,@]{1,64}@(?:[^\s\"\\()<>\[\]:;,@]{1,255}|\[[0-9A-Fa-f.:IPv]{3,50}\])"
)
_QUOTED_ATOM: Final = re.compile(r"\"([A-Za-z0-9_.+-]{1,64})\"(@[^@]{1,255})")
_ANGLE: Final = re.compile(r"<[^<>]{0,1000}>?")


def mailboxes(value: str) -> tuple[Mailbox, ...]:
    """The mailboxes of one field's unfolded value, at most `limits.ADDRESSES`; empty addresses where in doubt.

    >>> mailboxes('"Li, Wang" <li@desk.example>, ops@desk.example')
    (Mailbox(name='Li, Wang', address='li@desk.example'), Mailbox(name='', address='ops@desk.example'))
    >>> mailboxes("alice@desk.example)bob@evil.example")[0].address
    ''
    """
    value = value.strip()
    if not value:
        return ()
    match = _ONE.fullmatch(value)
    if match is not None and ".." not in match[3]:
        return (Mailbox(display(match[1] or match[2] or ""), match[3]),)
    if _BARE.fullmatch(value) and ".." not in value:
        return (Mailbox("", value),)
    return _parsed(value)


def display(name: str) -> str:
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
        Mailbox(display(name), _plain(spec)) for name, spec in get_addresses(value, defects=defects) if spec
    ]
    odd = [
        Mailbox(display(_ANGLE.sub("", str(defect["raw"])).strip(" \t\"'<>")), "")
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


def normalise(address: str) -> str:
    """An address in the form in which addresses are compared.

    >>> normalise("Ops@例子.Example")
    'ops@xn--fsqu00a.example'
    """
    local, at, domain = address.strip().rpartition("@")
    return f"{local.lower()}{at}{_ascii_domain(domain)}"


def domain_of(address: str) -> str:
    """The domain of an address in comparable form, or an empty text.

    >>> domain_of("ops@Desk.Example.")
    'desk.example'
    """
    return normalise(address).rpartition("@")[2] if "@" in address else ""


def split_subaddress(address: str) -> tuple[str, str]:
    """The address without its subaddress, and the subaddress as written.

    >>> split_subaddress("support+Ab1.x@desk.example")
    ('support@desk.example', 'Ab1.x')
    """
    local, at, domain = address.strip().rpartition("@")
    user, plus, detail = local.partition("+")
    if not plus or not user or local.startswith('"'):
        return address.strip(), ""
    return f"{user}{at}{domain}", detail


def _ascii_domain(domain: str) -> str:
    domain = domain.strip().rstrip(".").lower()
    if domain.isascii() or len(domain) > 255:
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return domain
