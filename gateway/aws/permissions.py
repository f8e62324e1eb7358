"""Whether an account lets us do what we need: every operation is tried, as a dry run where AWS offers one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from gateway.aws import partitions
from gateway.aws.faults import Fault, Kind
from gateway.aws.parts import Account, Clients

_NOBODY: Final = "case-000000000000-muen-2000-0000000000000000"
_ARN: Final = "arn:{}:health:global::event/EC2/NONE/NONE_0"
_CASE: Final[Mapping[str, Any]] = MappingProxyType({
    "subject": "Permission check", "communicationBody": "A dry run.", "serviceCode": "general-info",
    "categoryCode": "using-aws", "severityCode": "low", "language": "en",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trial:
    """One action and what became of trying it.

    Shape: `outcome` is ok, denied, no-plan, not-enrolled, absent, untried or failed; `code` is AWS's own.
    """

    action: str
    outcome: str
    code: str = ""

    @property
    def missing(self) -> bool:
        """Whether the role lacks it."""
        return self.outcome in ("denied", "no-plan", "failed")


def tried(clients: Clients, account: Account) -> list[Trial]:
    """Every action we need in an account, tried once. Errors: `Fault` where the role itself is refused."""
    return [_tried(clients, account, each) for each in _operations(clients, account)]


@dataclass(frozen=True, slots=True)
class _Operation:
    service: str
    name: str
    request: Mapping[str, Any]
    only_dry: bool = False


def _operations(clients: Clients, account: Account) -> list[_Operation]:
    support = [
        _Operation("support", "describe_severity_levels", {"language": "en"}),
        _Operation("support", "describe_cases", {"maxResults": 10, "includeCommunications": False}),
        _Operation("support", "describe_services", {"language": "en"}),
        _Operation("support", "describe_communications", {"caseId": _NOBODY}),
        _Operation("support", "create_case", _CASE, only_dry=True),
        _Operation("support", "add_communication_to_case",
                   {"caseId": _NOBODY, "communicationBody": "A dry run."}, only_dry=True),
        _Operation("support", "resolve_case", {"caseId": _NOBODY}, only_dry=True),
    ]  # fmt: skip
    return [*support, *_health(account), *_cost(account)]


def _health(account: Account) -> list[_Operation]:
    arns = [_ARN.format(account.partition)]
    found = [
        _Operation("health", "describe_events", {"maxResults": 10}),
        _Operation("health", "describe_event_details", {"eventArns": arns}),
        _Operation("health", "describe_affected_entities", {"filter": {"eventArns": arns}}),
    ]
    if account.view == "organization" and account.partition == partitions.AWS:
        found.append(_Operation("health", "describe_events_for_organization", {"maxResults": 10}))
    return found


def _cost(account: Account) -> list[_Operation]:
    listed = [
        _Operation("cost-optimization-hub", "list_enrollment_statuses", {"includeOrganizationInfo": False}),
        _Operation("cost-optimization-hub", "list_recommendations", {"maxResults": 1}),
        _Operation("trustedadvisor", "list_checks", {"maxResults": 1}),
        _Operation("compute-optimizer", "get_enrollment_status", {}),
    ]
    return [each for each in listed if partitions.offers(account.partition, each.service)]


def _tried(clients: Clients, account: Account, one: _Operation) -> Trial:
    request = dict(one.request)
    action = f"{one.service}:{''.join(part.capitalize() for part in one.name.split('_'))}"
    if clients.has(account.partition, one.service, one.name, "dryRun"):
        request["dryRun"] = True
    elif one.only_dry:
        return Trial(action, "untried")
    try:
        clients.call(account, one.service, one.name, **request)
    except Fault as fault:
        if fault.kind in (Kind.ROLE, Kind.HUB, Kind.SUSPENDED, Kind.UNREACHED):
            raise
        return Trial(action, _outcome(fault), fault.code)
    return Trial(action, "ok")


def _outcome(fault: Fault) -> str:
    """What a fault says of the permission: a case that does not exist was looked for, so looking is allowed."""
    if fault.code == "OptInRequiredException":
        return "not-enrolled"
    told = {Kind.DENIED: "denied", Kind.NO_PLAN: "no-plan", Kind.MISSING: "ok", Kind.REFUSED: "ok"}
    return told.get(fault.kind, "failed")
