"""How our priorities and the severities of AWS Support cases stand for each other. Pure.

Which severities an account may use depends on its plan and is asked of AWS, never assumed.

Source: promise P6 (contract clause 2.4.1); AWS Support User Guide, "Choosing a severity".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from gateway.domain.terms import Priority

CODES: Final = ("low", "normal", "high", "urgent", "critical")
"""AWS's severities, the lowest first."""
WANTED: Final[Mapping[Priority, str]] = MappingProxyType(
    {Priority.CRITICAL: "critical", Priority.HIGH: "high", Priority.MEDIUM: "normal", Priority.LOW: "low"}
)
_BACK: Final = MappingProxyType(
    {
        "critical": Priority.CRITICAL,
        "urgent": Priority.CRITICAL,
        "high": Priority.HIGH,
        "normal": Priority.MEDIUM,
        "low": Priority.LOW,
    }
)


def granted(wanted: str, allowed: Collection[str]) -> str:
    """The severity to ask for: the wanted one, or the highest below it that the account may use.

    Where nothing is known of the account it is the wanted one; where it may use none so low, its lowest.

    >>> granted("critical", ["low", "normal", "high", "urgent"])
    'urgent'
    """
    if not allowed or wanted in allowed or wanted not in CODES:
        return wanted
    known = [code for code in CODES if code in allowed]
    below = [code for code in known if rank(code) < rank(wanted)]
    return below[-1] if below else (known or [wanted])[0]


def lowered(wanted: str, actual: str) -> bool:
    """Whether a case counts less at AWS than was wanted.

    >>> lowered("critical", "urgent"), lowered("high", "high")
    (True, False)
    """
    return wanted in CODES and actual in CODES and rank(actual) < rank(wanted)


def rank(code: str) -> int:
    """0 for low up to 4 for critical; -1 for a code that is not known."""
    return CODES.index(code) if code in CODES else -1


def priority_of(code: str) -> Priority | None:
    """Our priority for a severity of AWS, or None for one that is not known.

    >>> priority_of("urgent")
    <Priority.CRITICAL: 'critical'>
    """
    return _BACK.get(code)
