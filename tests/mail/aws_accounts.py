"""Sample words of the letter about AWS accounts: (letter, variant) → what differs from the sample words."""

from datetime import UTC, datetime
from typing import Any

SINCE = datetime(2026, 11, 16, 2, 48, tzinfo=UTC)


def standing(account_id: str, name: str, state: str, **more: Any) -> dict[str, Any]:
    told = {"customer": "Harbourline Logistics", "code": "", "denied": [], "since": SINCE}
    return {"account_id": account_id, "name": name, "state": state} | told | more


BROKEN = standing("111122223333", "Shop", "role-broken", code="AccessDenied")
WELL = standing("111122223333", "Shop", "ok")
REFUSED = standing("111122223333", "", "ok", denied=["compute-optimizer", "health"])
NO_PLAN = standing("444455556666", "Warehouse", "no-plan", code="SubscriptionRequiredException")
SUSPENDED = standing("777788889999", "Trial", "suspended", code="AccountSuspended")

VARIANTS: dict[tuple[str, str], dict[str, Any]] = {
    ("engineer-aws-accounts", ""): {"standings": [BROKEN], "more": None},
    ("engineer-aws-accounts", "many"): {"standings": [BROKEN, NO_PLAN, SUSPENDED, REFUSED], "more": 3},
    ("engineer-aws-accounts", "refused"): {"standings": [REFUSED], "more": None},
    ("engineer-aws-accounts", "well"): {"standings": [WELL], "more": None},
    ("engineer-aws-identity", ""): {"partition": "aws-cn", "code": "ExpiredToken", "since": SINCE},
    ("engineer-aws-identity", "back"): {"partition": "aws-cn", "code": None, "since": SINCE},
}
