"""Sample words of the letters about AWS Health and AWS accounts, by letter and variant.

AWS's words stay English in both languages; what our tables say is in the sample words of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from gateway.mail.letter_samples import Words

_TITLE: Final[Words] = {"planned_at": None, "kind": "incident", "priority": "high"}
_RETIREMENT: Final[Words] = {"kind": "change", "priority": "medium"}
_SAID: Final = "[02:48] We are investigating increased error rates.\n\n[03:10] We have found the cause."
_UNTIL: Final = datetime(2026, 11, 16, 5, 20, tzinfo=UTC)
_OVER: Final[Words] = {"event_status": "closed", "until": _UNTIL, "escalate_link": None}
_COMING: Final[Words] = {"event_status": "upcoming", "overlaps": None}

HEALTH: Final[Mapping[tuple[str, str], Words]] = {
    ("health-opened", ""): _TITLE | {"text": _SAID, "shortened": False},
    ("health-opened", "planned"): _RETIREMENT | _COMING | {"engineer": None},
    ("health-opened", "over"): _TITLE | _OVER | {"text": _SAID, "resources": None},
    ("health-opened", "request"): _TITLE
    | {"kind": "request", "region": None, "since": None, "states": None, "text": _SAID},
    ("health-changed", ""): _TITLE | {"text": "[03:10] We have found the cause.", "overlaps": None},
    ("health-changed", "account-added"): _TITLE | {"added": "Warehouse (444455556666)", "text": None},
    ("health-changed", "reopened"): _TITLE | {"reopened": True, "text": "[06:00] Error rates rise again."},
    ("health-changed", "moved"): _RETIREMENT
    | _COMING
    | {"old_planned_at": datetime(2026, 11, 27, 1, 0, tzinfo=UTC), "text": None, "escalate_link": None},
    ("health-closed", ""): _TITLE | _OVER | {"text": "[05:20] The issue is resolved."},
    ("health-closed", "gone"): _TITLE
    | _OVER
    | {"gone": "Warehouse (444455556666)", "accounts": None, "states": None, "text": None, "resources": None},
    ("health-due", ""): _RETIREMENT | _COMING,
    ("engineer-health", ""): {
        "what": "changed",
        "status": "open",
        "added": "Warehouse (444455556666)",
        "text": "[03:10] We have found the cause.",
        "lasted": None,
    },
    ("engineer-health", "closed"): {
        "what": "closed",
        "status": "open",
        "text": "[05:20] The issue is resolved.",
    },
    ("engineer-health", "reopened"): {
        "what": "reopened",
        "status": "open",
        "text": None,
        "states": None,
        "gone": "Warehouse (444455556666)",
        "lasted": None,
        "shortened": True,
    },
}


_SINCE: Final = datetime(2026, 11, 16, 2, 48, tzinfo=UTC)


def _standing(account_id: str, name: str, state: str, **more: Any) -> Words:
    told: Words = {"customer": "Harbourline Logistics", "code": "", "denied": [], "since": _SINCE}
    return {"account_id": account_id, "name": name, "state": state} | told | more


_BROKEN: Final = _standing("111122223333", "Shop", "role-broken", code="AccessDenied")
_WELL: Final = _standing("111122223333", "Shop", "ok")
_REFUSED: Final = _standing("111122223333", "", "ok", denied=["compute-optimizer", "health"])
_NO_PLAN: Final = _standing("444455556666", "Warehouse", "no-plan", code="SubscriptionRequiredException")
_SUSPENDED: Final = _standing("777788889999", "Trial", "suspended", code="AccountSuspended")

ACCOUNTS: Final[Mapping[tuple[str, str], Words]] = {
    ("engineer-aws-accounts", ""): {"standings": [_BROKEN], "more": None},
    ("engineer-aws-accounts", "many"): {"standings": [_BROKEN, _NO_PLAN, _SUSPENDED, _REFUSED], "more": 3},
    ("engineer-aws-accounts", "refused"): {"standings": [_REFUSED], "more": None},
    ("engineer-aws-accounts", "well"): {"standings": [_WELL], "more": None},
    ("engineer-aws-identity", ""): {"partition": "aws-cn", "code": "ExpiredToken", "since": _SINCE},
    ("engineer-aws-identity", "back"): {"partition": "aws-cn", "code": None, "since": _SINCE},
}
