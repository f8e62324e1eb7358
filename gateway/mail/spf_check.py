"""SPF of one delivery: whether the peer may send for the domain of the reverse-path.

pyspf evaluates; its one door to the DNS is replaced, so that only the given resolver is ever asked.
Source: RFC 7208 (at most ten look-ups, two void ones).
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final

import spf

from gateway.mail.address import domain_of
from gateway.mail.trust import Identifier, Resolver, Verdict

MAX_QUESTIONS: Final = 40
MAX_RECORD_BYTES: Final = 2048
MAX_NAME: Final = 253

# What pyspf is known to raise on hostile records, besides its own errors.
_FAULTS: Final = (
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    spf.PermError,
)

# A broken record (permerror) is no evidence either way; a soft fail is the domain's word against the peer.
_VERDICTS: Final = {
    "pass": Verdict.PASS,
    "fail": Verdict.FAIL,
    "softfail": Verdict.FAIL,
    "neutral": Verdict.NONE,
    "none": Verdict.NONE,
    "permerror": Verdict.NONE,
    "temperror": Verdict.UNKNOWN,
}


class _Query(spf.query):  # type: ignore[misc]  # pyspf is untyped
    """A pyspf query that asks an injected resolver and nothing else."""

    def __init__(self, peer: str, sender: str, helo: str, resolver: Resolver) -> None:
        super().__init__(i=peer, s=sender, h=helo, strict=True)
        self._resolver = resolver
        self._questions = 0

    def dns(self, name: str, qtype: str, cnames: object = None, ignore_void: bool = False) -> list[object]:
        wanted = str(name).rstrip(".").lower()
        if not _possible(wanted):
            return []
        self._questions += 1
        if self._questions > MAX_QUESTIONS:
            raise spf.PermError("too many DNS questions")
        try:
            answers = self._answers(wanted, qtype)
        except OSError as fault:
            raise spf.TempError("DNS did not answer") from fault
        if not answers and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > spf.MAX_VOID_LOOKUPS:
                raise spf.PermError("too many void DNS look-ups")
        return answers

    def _answers(self, name: str, qtype: str) -> list[object]:
        match qtype:
            case "TXT":
                return [[record] for record in self._resolver.txt(name) if len(record) <= MAX_RECORD_BYTES]
            case "A":
                return list(self._resolver.a(name))
            case "AAAA":
                return list(self._resolver.aaaa(name))
            case "MX":
                return list(self._resolver.mx(name))
            case "PTR":
                return list(self._resolver.ptr(name))
        return []

    def get_explanation(self, spec: object) -> None:
        """Nothing: explanations are texts of strangers, and cost a look-up."""

    def log(self, mech: object, d: object, spf: object) -> None:
        """Nothing is printed."""


def _possible(name: str) -> bool:
    return 0 < len(name) <= MAX_NAME and all(0 < len(label) < 64 for label in name.split("."))


def check(peer: str, helo: str, reverse_path: str, resolver: Resolver) -> Identifier:
    """The verdict of SPF for the domain it checked (of the reverse-path; of HELO where that is null)."""
    sender = reverse_path.strip("<> ")[:320]
    identity = helo.strip()[:MAX_NAME]
    domain = domain_of(sender if "@" in sender else f"postmaster@{identity}")
    try:
        ip_address(peer)
        found = _Query(peer, sender, identity, resolver).check()[0]
    except spf.TempError:
        return Identifier(Verdict.UNKNOWN, domain)
    except _FAULTS:
        return Identifier(Verdict.NONE, domain)
    return Identifier(_VERDICTS.get(found, Verdict.NONE), domain)
