"""The name that the next server gives a letter in its answer: where it puts that in place of our Message-ID, replies
and reports name it.
"""

from __future__ import annotations

from typing import Final

SHORTEST: Final = 16
"""What is shorter can be guessed, or met by chance."""
LONGEST: Final = 255


def relayed_id(told: str) -> str:
    """The identifier in an answer that took a letter, without brackets and domain; empty where there is none.

    Source: Amazon SES ("250 Ok <id>"), Exchange Online ("250 2.6.0 <id@host> [Hostname=…]").

    >>> relayed_id("250 Ok 0102018f2b7a6c1d-3f0e8a52-0001-000000")
    '0102018f2b7a6c1d-3f0e8a52-0001-000000'
    >>> relayed_id("250 2.6.0 <AM6PR01MB1234567890@AM6PR01.outlook.example> [InternalId=81, Hostname=AM6PR01]")
    'AM6PR01MB1234567890'
    >>> relayed_id("250 2.0.0 Ok: queued as 9A8B7C6D5E"), relayed_id("451 0102018f2b7a6c1d-3f0e8a52 later")
    ('', '')
    """
    code, *words = told.split()[:50] or [""]
    if not code.startswith("2"):
        return ""
    names = (word.strip("<>,;()[].").partition("@")[0] for word in words)
    return next((name[:LONGEST] for name in names if _unguessable(name)), "")


def _unguessable(name: str) -> bool:
    return len(name) >= SHORTEST and "=" not in name and any(map(str.isdigit, name))
