"""Whether a mail's author is who it says: SPF, DKIM and DMARC, or a trusted hop's word for them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique


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
