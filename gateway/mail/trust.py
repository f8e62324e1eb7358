"""Whether a mail's author is who it says: SPF, DKIM and DMARC, or a trusted hop's word for them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Protocol


@unique
class Verdict(StrEnum):
    """The outcome of one check. `UNKNOWN` (DNS down, not evaluable) is never a pass and never a fail."""

    PASS = "pass"  # noqa: S105  a verdict
    FAIL = "fail"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Authentication:
    """The three verdicts on one mail, for the domain of its From field.

    Shape: `source` is "door" (checked by us), the authserv-id of a trusted hop, or "" where nothing was checked.
    Source: RFC 7208, RFC 6376, RFC 9989, RFC 8601.
    """

    spf: Verdict = Verdict.UNKNOWN
    dkim: Verdict = Verdict.UNKNOWN
    dmarc: Verdict = Verdict.UNKNOWN
    domain: str = ""
    source: str = ""


UNCHECKED = Authentication()


class Resolver(Protocol):
    """Answers of the DNS within one mail's budget of time.

    Shape: names without a trailing dot; no such name and no such record are both an empty list.
    Errors: OSError where the question was not answered (timeout, server failure, budget spent).
    """

    def txt(self, name: str) -> list[bytes]:
        """The TXT records of a name, each joined."""

    def a(self, name: str) -> list[str]:
        """The IPv4 addresses of a name."""

    def aaaa(self, name: str) -> list[str]:
        """The IPv6 addresses of a name."""

    def mx(self, name: str) -> list[tuple[int, str]]:
        """Preference and exchange of a name's MX records."""

    def ptr(self, name: str) -> list[str]:
        """The names a reverse name (…in-addr.arpa, …ip6.arpa) points to."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A domain that SPF or DKIM speaks for, with the verdict on it."""

    verdict: Verdict
    domain: str = ""
