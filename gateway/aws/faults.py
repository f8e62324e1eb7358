"""What went wrong at AWS, told apart by what it asks of us.

Codes are compared as texts, never as botocore's modelled classes: `SubscriptionRequiredException` is in no model.

Source: AWS Support API reference, common errors; botocore's exceptions.
"""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Kind(StrEnum):
    """What a fault asks of us. Role: the account's role is not given to us. Hub: our own identity is refused."""

    THROTTLED = "throttled"
    LIMIT = "limit"
    NO_PLAN = "no-plan"
    DENIED = "denied"
    ROLE = "role"
    SUSPENDED = "suspended"
    HUB = "hub"
    EXPIRED = "expired"
    REFUSED = "refused"
    ABSENT = "absent"
    MISSING = "missing"
    UNREACHED = "unreached"
    LOST = "lost"


class Fault(Exception):
    """A call that did not give an answer to use.

    Shape: `code` is AWS's own or botocore's class name; `sent` is False where AWS surely did nothing; `words` are
    what AWS said, cut to 300 characters, without secrets.
    """

    def __init__(self, kind: Kind, code: str, words: str = "", *, sent: bool = False) -> None:
        super().__init__(f"{code}: {words}" if words else code)
        self.kind = kind
        self.code = code
        self.words = words[:300]
        self.sent = sent
