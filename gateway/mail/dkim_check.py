"""DKIM signatures of one mail, each with the domain it speaks for.

dkimpy verifies one signature; what it leaves open is decided here: SHA-1, partial bodies (`l=`) and signatures that
leave out From count as absent, and headers or keys that would make it slow are not handed to it.
Source: RFC 6376, RFC 8301 (rsa-sha256, at least 1024 bits).
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Final

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from gateway.mail.address import domain_of
from gateway.mail.header import Header
from gateway.mail.trust import Identifier, Resolver, Verdict

MAX_SIGNATURES: Final = 5
MAX_SIGNATURE_BYTES: Final = 4096
MAX_KEY_BYTES: Final = 1024
MAX_HEADER_BYTES: Final = 262_144
MAX_HEADER_LINES: Final = 5000
MAX_WORK_BYTES: Final = 64 * 1024 * 1024

# What dkimpy is known to raise on hostile signatures and keys, besides its own errors.
_FAULTS: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    TypeError,
    ValueError,
    RecursionError,
    dkim.DKIMException,
)
_LONG_SPACE: Final = re.compile(rb"\s{64}")
_DOMAIN: Final = re.compile(rb"[A-Za-z0-9_.-]{1,253}")

# A logger of our own that is never enabled: dkimpy would write foreign header fields into the log.
_SILENT: Final = logging.Logger("dkimpy", level=logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class _Signature:
    """One signature worth verifying. Shape: `index` counts all DKIM-Signature fields of the mail."""

    index: int
    domain: str
    relaxed: bool


def check(raw: bytes, header: Header, author: str, resolver: Resolver) -> list[Identifier]:
    """The verdict on each signature looked at; those of the author's own domain first, ending at its first pass.

    Shape: at most five, fewer for very large mail. An empty list means unsigned.
    """
    signatures = _signatures(header, author)
    limit = max(1, min(MAX_SIGNATURES, MAX_WORK_BYTES // (len(raw) + 1)))
    if not signatures:
        return []
    if header.end > MAX_HEADER_BYTES or raw.count(b"\n", 0, header.end) > MAX_HEADER_LINES or header.defects:
        return [Identifier(Verdict.FAIL, signature.domain) for signature in signatures[:limit]]
    found = []
    bodies = _Bodies(raw, header.end)
    for signature in signatures[:limit]:
        verdict = _verify(raw[: header.end], bodies, signature, resolver)
        found.append(Identifier(verdict, signature.domain))
        if verdict is Verdict.PASS and _related(signature.domain, author):
            break
    return found


def _signatures(header: Header, author: str) -> list[_Signature]:
    fields = header.every("dkim-signature")[: 10 * MAX_SIGNATURES]
    usable = [found for index, value in enumerate(fields) if (found := _read(index, value))]
    return sorted(usable, key=lambda signature: not _related(signature.domain, author))


def _related(domain: str, author: str) -> bool:
    return bool(author) and (
        domain == author or author.endswith(f".{domain}") or domain.endswith(f".{author}")
    )


def _read(index: int, value: bytes) -> _Signature | None:
    """A signature that could count, or nothing."""
    if len(value) > MAX_SIGNATURE_BYTES or _LONG_SPACE.search(value):
        return None
    try:
        tags = parse_tag_value(value)
    except InvalidTagValueList:
        return None
    signed = [name.strip().lower() for name in tags.get(b"h", b"").split(b":")]
    domain = tags.get(b"d", b"").strip()
    if (
        tags.get(b"a") != b"rsa-sha256"
        or b"l" in tags
        or b"from" not in signed
        or not _DOMAIN.fullmatch(domain)
    ):
        return None
    relaxed = tags.get(b"c", b"").partition(b"/")[2].strip() == b"relaxed"
    return _Signature(index, domain_of(f"@{domain.decode()}"), relaxed)


class _Bodies:
    """The body as both canonicalizations want it, made once and only when asked for.

    Runs of white space and of empty last lines are shortened beforehand, which changes no canonical form but keeps
    dkimpy's regular expressions linear.
    """

    def __init__(self, raw: bytes, start: int) -> None:
        self._raw, self._start = raw, start
        self._simple: bytes | None = None
        self._relaxed: bytes | None = None

    def simple(self) -> bytes:
        if self._simple is None:
            body = self._raw[self._start :]
            if body.count(b"\n") != body.count(b"\r\n"):
                body = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            kept = body.rstrip(b"\r\n")
            tail = body[len(kept) :]
            whole = tail == b"\r\n" * (len(tail) // 2)
            self._simple = kept + b"\r\n" if tail and whole else body
        return self._simple

    def relaxed(self) -> bytes:
        if self._relaxed is None:
            body = self.simple().replace(b"\t", b" ")
            while b"  " in body:
                body = body.replace(b"  ", b" ")
            self._relaxed = body
        return self._relaxed


def _verify(head: bytes, bodies: _Bodies, signature: _Signature, resolver: Resolver) -> Verdict:
    """The verdict on one signature; a missing, broken or short key fails it, an unanswered question does not."""

    def key(name: bytes, timeout: float = 0) -> bytes | None:
        records = resolver.txt(name.decode("ascii").rstrip("."))
        return records[0] if records and len(records[0]) <= MAX_KEY_BYTES else None

    mail = dkim.DKIM(logger=_SILENT, minkey=1024)
    try:
        mail.headers = dkim.rfc822_parse(head)[0]
        mail.body = bodies.relaxed() if signature.relaxed else bodies.simple()
        return Verdict.PASS if mail.verify(idx=signature.index, dnsfunc=key) else Verdict.FAIL
    except OSError:
        return Verdict.UNKNOWN
    except _FAULTS:
        return Verdict.FAIL
