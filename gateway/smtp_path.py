"""Arguments of MAIL and RCPT, read literally: nothing is decoded, repaired or handed to a header parser.

A local part is never interpreted (percent, bang and encoded-word tricks stay plain text), so an address is ours only
if it is written as ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway import smtp_replies as replies

PATH_LIMIT = 256  # octets with the brackets; RFC 5321 §4.5.3.1.3
PARAMETER_LIMIT = 10
Parameters = Mapping[str, str]

_ARGUMENT = re.compile(
    rb"([A-Z]{2,4}):[ ]{0,8}<((?:\"(?:[^\"\\]|\\.){0,254}\"@)?[^<>\" ]{0,2048})>(?: (.{0,2048}))?", re.I
)
_PARAMETER = re.compile(r"([A-Z0-9][A-Z0-9-]{0,31})(?:=([!-<>-~]{1,500}))?", re.I | re.A)
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.\u0080-\U0010ffff]{1,256}")
_QUOTED_LOCAL = re.compile(r"\"(?:[ !#-\[\]-~\u0080-\U0010ffff]|\\[ -~]){0,254}\"")
_DOMAIN = re.compile(r"[A-Za-z0-9_\u0080-\U0010ffff-]{1,63}(?:\.[A-Za-z0-9_\u0080-\U0010ffff-]{1,63}){0,127}")
_LITERAL = re.compile(r"\[[A-Za-z0-9:.\-]{1,80}\]")


@dataclass(frozen=True, slots=True)
class Argument:
    """A path without its angle brackets, still in octets, and its parameters with upper-case names.

    Shape: a parameter without a value has the empty text.
    """

    path: bytes
    parameters: Parameters = field(default_factory=dict)


def split(argument: bytes, keyword: bytes, malformed: bytes) -> Argument | bytes:
    """Path and parameters of `FROM:<…> …` or `TO:<…> …`, or the refusing reply.

    Source: RFC 5321 §4.1.2; blanks before the bracket are let through, as every server does.

    >>> split(b"FROM:<a@b.example> SIZE=3", b"FROM", b"501")
    Argument(path=b'a@b.example', parameters={'SIZE': '3'})
    """
    found = _ARGUMENT.fullmatch(argument)
    if found is None or found[1].upper() != keyword:
        return malformed
    if not found[3]:
        return Argument(found[2])
    parameters: dict[str, str] = {}
    for word in found[3].decode("latin-1").split():
        pair = _PARAMETER.fullmatch(word)
        if pair is None or pair[1].upper() in parameters or len(parameters) == PARAMETER_LIMIT:
            return replies.BAD_ARGUMENT
        parameters[pair[1].upper()] = pair[2] or ""
    return Argument(found[2], parameters)


def address(path: bytes, *, utf8: bool, malformed: bytes) -> str | bytes:
    """The address literally as sent, empty for the null path, or the refusing reply.

    Dots anywhere in a local part and local parts over 64 octets are let through: real senders use both.
    Source: RFC 5321 §4.1.2 and §4.5.3.1, RFC 6531 §3.3.

    >>> address(b"=?utf-8?q?x=40evil.example?=@b.example", utf8=False, malformed=b"501")
    '=?utf-8?q?x=40evil.example?=@b.example'
    >>> address(b"@relay.example:a@b.example", utf8=False, malformed=b"501").startswith(b"553")
    True
    """
    if len(path) > PATH_LIMIT - 2:
        return malformed
    if path.startswith(b"@"):
        return replies.SOURCE_ROUTE
    if not path.isascii() and not utf8:
        return replies.NEEDS_SMTPUTF8
    try:
        text = path.decode("utf-8")
    except UnicodeDecodeError:
        return malformed
    if not text or text.lower() == "postmaster":
        return text
    local, at, domain = text.rpartition("@")
    written = _LOCAL.fullmatch(local) or _QUOTED_LOCAL.fullmatch(local)
    hosted = _DOMAIN.fullmatch(domain) or _LITERAL.fullmatch(domain)
    return text if at and written and hosted and text.isprintable() else malformed
