"""Whether an account lets us do what we need: every action of the policy is tried, as a dry run where AWS has one.

A question about something that does not exist is answered by "not found" where asking is allowed, and does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final

from botocore import xform_name

from gateway.aws import policies
from gateway.aws.faults import Fault, Kind
from gateway.aws.parts import Account, Clients

PAID: Final = ("ce:GetCostAndUsage", "ce:GetCostForecast")
PRICE: Final = "0.01 USD"
"""What AWS takes for each request of Cost Explorer."""
ONLY_DRY: Final = policies.WRITING
_NOT_THERE: Final = frozenset({"UnknownOperationException", "InvalidAction", "UnknownOperation"})
_NO_SUCH: Final = "00000000-0000-4000-8000-000000000000"
_TOLD: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.DENIED: "denied",
        Kind.NO_PLAN: "no-plan",
        Kind.ABSENT: "absent",
        Kind.MISSING: "ok",
        Kind.REFUSED: "ok",
    }
)
"""What a fault says of the permission: what does not exist was looked for, so looking is allowed."""
_ENDS: Final[Mapping[Kind, tuple[str, str]]] = MappingProxyType(
    {
        Kind.HUB: ("our own identity", "refused"),
        Kind.ROLE: ("sts:AssumeRole", "denied"),
        Kind.EXPIRED: ("sts:AssumeRole", "denied"),
        Kind.SUSPENDED: ("the account", "suspended"),
        Kind.UNREACHED: ("the connection to AWS", "failed"),
    }
)
"""Faults after which nothing more is tried: what they are about, and what became of it."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One action and what became of trying it.

    Shape: `outcome` is ok, denied, no-plan, not-enrolled, absent, untried, failed, refused or suspended; `code` is
    AWS's own, or why it was not tried.
    """

    action: str
    outcome: str
    code: str = ""

    @property
    def missing(self) -> bool:
        """Whether the role lacks it, or nobody could tell."""
        return self.outcome not in ("ok", "not-enrolled", "absent", "untried")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be tried. Shape: `paid` tries what costs money too; `read_only` leaves out what writes."""

    today: date
    paid: bool = False
    read_only: bool = False


def tried(clients: Clients, account: Account, wanted: Wanted) -> list[Trial]:
    """Every action that the account's policy allows us, tried once; what is no action's fault ends it, named."""
    requests = _requests(account, wanted.today)
    trials: list[Trial] = []
    for action in _actions(account, wanted):
        try:
            trials.append(_tried(clients, account, action, requests.get(action, dict)(), paid=wanted.paid))
        except Fault as fault:
            return [*trials, Trial(*_ENDS[fault.kind], fault.code)]
    has_plan = any(each.outcome == "ok" for each in trials if each.action.startswith("support:"))
    return [_denied(each) if has_plan else each for each in trials]


def _actions(account: Account, wanted: Wanted) -> Iterator[str]:
    for statement in policies.permissions(account, read_only=wanted.read_only)["Statement"]:
        yield from statement["Action"]


def _tried(clients: Clients, account: Account, action: str, request: dict[str, Any], *, paid: bool) -> Trial:
    service, _, operation = action.partition(":")
    name = xform_name(operation)
    if action in PAID and not paid:
        return Trial(action, "untried", f"costs {PRICE}: --all")
    if clients.has(account.partition, service, name, "dryRun"):
        request["dryRun"] = True
    elif action in ONLY_DRY:
        return Trial(action, "untried", "no dry run in this botocore")
    try:
        clients.call(account, service, name, **request)
    except Fault as fault:
        if fault.kind in _ENDS:
            raise
        return Trial(action, _outcome(fault), fault.code)
    return Trial(action, "ok")


def _outcome(fault: Fault) -> str:
    if fault.code == "OptInRequiredException":
        return "not-enrolled"
    return "failed" if fault.code in _NOT_THERE else _TOLD.get(fault.kind, "failed")


def _denied(trial: Trial) -> Trial:
    """Trusted Advisor's only word is that access is denied; where there is a plan, the permission lacks."""
    refused = trial.outcome == "no-plan" and trial.action.startswith("trustedadvisor:")
    return replace(trial, outcome="denied") if refused else trial


def _requests(account: Account, today: date) -> Mapping[str, Callable[[], dict[str, Any]]]:
    """The smallest request of each action that needs one."""
    return {
        **_of_support(account),
        **_of_health(f"arn:{account.partition}:health:global::event/EC2/NONE/NONE_0"),
        **_of_cost(account, today),
    }


def _of_support(account: Account) -> dict[str, Callable[[], dict[str, Any]]]:
    case = f"case-{account.account_id}-muen-2000-0000000000000000"
    what = {"serviceCode": "general-info", "categoryCode": "using-aws"}
    return {
        "support:DescribeCases": lambda: {"maxResults": 10, "includeCommunications": False},
        "support:DescribeCommunications": lambda: {"caseId": case},
        "support:DescribeAttachment": lambda: {"attachmentId": "attachment-0"},
        "support:DescribeSeverityLevels": lambda: {"language": "en"},
        "support:DescribeSupportedLanguages": lambda: {"issueType": "technical", **what},
        "support:CreateCase": lambda: {
            "subject": "Permission check", "communicationBody": "A dry run.", "severityCode": "low",
            "language": "en", **what,
        },
        "support:AddCommunicationToCase": lambda: {"caseId": case, "communicationBody": "A dry run."},
        "support:AddAttachmentsToSet": lambda: {"attachments": [{"fileName": "check.txt", "data": b"A dry run."}]},
        "support:ResolveCase": lambda: {"caseId": case},
    }  # fmt: skip


def _of_health(arn: str) -> dict[str, Callable[[], dict[str, Any]]]:
    filters = [{"eventArn": arn}]
    return {
        "health:DescribeEvents": lambda: {"maxResults": 10},
        "health:DescribeEventDetails": lambda: {"eventArns": [arn]},
        "health:DescribeAffectedEntities": lambda: {"filter": {"eventArns": [arn]}},
        "health:DescribeEventsForOrganization": lambda: {"maxResults": 10},
        "health:DescribeEventDetailsForOrganization": lambda: {"organizationEventDetailFilters": filters},
        "health:DescribeAffectedAccountsForOrganization": lambda: {"eventArn": arn},
        "health:DescribeAffectedEntitiesForOrganization": lambda: {"organizationEntityFilters": filters},
        "organizations:ListAccounts": lambda: {"MaxResults": 1},
    }


def _of_cost(account: Account, today: date) -> dict[str, Callable[[], dict[str, Any]]]:
    found = f"arn:{account.partition}:trustedadvisor::{account.account_id}:recommendation/{_NO_SUCH}"
    month = today.replace(day=1)
    spent = {"Start": (month - timedelta(days=1)).isoformat(), "End": month.isoformat()}
    ahead = {"Start": today.isoformat(), "End": (today + timedelta(days=32)).isoformat()}
    one = dict.fromkeys(
        (each for each in policies.COST[account.partition] if each.startswith("compute-optimizer:Get")),
        lambda: {"maxResults": 1},
    )
    return {
        **one,
        "compute-optimizer:GetEnrollmentStatus": dict,
        "cost-optimization-hub:ListEnrollmentStatuses": lambda: {"includeOrganizationInfo": False},
        "cost-optimization-hub:ListRecommendations": lambda: {"maxResults": 1},
        "cost-optimization-hub:ListRecommendationSummaries": lambda: {"groupBy": "ResourceType", "maxResults": 1},
        "trustedadvisor:ListRecommendations": lambda: {"pillar": "cost_optimizing", "maxResults": 1},
        "trustedadvisor:ListRecommendationResources": lambda: {"recommendationIdentifier": found},
        "trustedadvisor:ListChecks": lambda: {"pillar": "cost_optimizing", "maxResults": 1},
        "ce:GetCostAndUsage": lambda: {
            "TimePeriod": spent, "Granularity": "MONTHLY", "Metrics": ["UnblendedCost"],
        },
        "ce:GetCostForecast": lambda: {
            "TimePeriod": ahead, "Granularity": "MONTHLY", "Metric": "UNBLENDED_COST",
        },
    }  # fmt: skip
