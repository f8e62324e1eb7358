"""What an account allows, asked once a day: its plan's severities, and the parts that may be read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from gateway.aws import accounts, partitions, streams
from gateway.aws.faults import Fault, Kind
from gateway.aws.parts import Account, Parts, Reading
from gateway.store.models import AccountState, Stream

ORGANIZATION: Final = "organization"
_TOLD: Final[Mapping[Kind, str]] = MappingProxyType(
    {Kind.DENIED: "denied", Kind.ABSENT: "absent", Kind.NO_PLAN: "no-plan"}
)
_NOT_ENROLLED: Final = "not-enrolled"
_OF_THE_PLAN: Final = ("health", "trustedadvisor")


def read(parts: Parts, account: Account, watermark: datetime | None) -> Reading:
    """Probe an account and note what it allows; without a plan that is what needs none. Errors: `faults.Fault`."""
    severities, code = _severities(parts, account)
    capabilities = capabilities_of(parts, account, plan=not code)
    with parts.transaction() as session:
        at = parts.now()
        row = accounts.locked(session, account.account_id)
        was_denied = row.capabilities.get("health") == "denied"
        row.severities, row.capabilities, row.probed_at = severities, capabilities, at
        session.flush()
        state = AccountState.NO_PLAN if code else AccountState.OK
        accounts.settle(session, account.account_id, state, code=code, at=at)
        if was_denied and capabilities["health"] != "denied":
            streams.poke(session, account.account_id, Stream.HEALTH, at)
    return Reading(next_probe(account, parts.now()))


def next_probe(account: Account, at: datetime) -> datetime:
    """A day later, less a little that is the account's own, so that probes do not bunch."""
    return at + streams.DAY - streams.jitter(account.account_id, timedelta(minutes=30))


def _severities(parts: Parts, account: Account) -> tuple[list[str], str]:
    """The plan's severities, or the code by which AWS says that there is no plan."""
    try:
        return severities_of(parts, account), ""
    except Fault as fault:
        if fault.kind is not Kind.NO_PLAN:
            raise
        return [], fault.code


def severities_of(parts: Parts, account: Account) -> list[str]:
    """The codes of severity that the account's plan takes; asking proves role and plan. Errors: `faults.Fault`."""
    told = parts.clients.call(account, "support", "describe_severity_levels", language="en")
    return [str(each["code"]) for each in told.get("severityLevels", ())]


def capabilities_of(parts: Parts, account: Account, *, plan: bool = True) -> dict[str, str]:
    """Part → what became of asking for it; what needs a plan is asked for where there is one.

    Errors: `faults.Fault` where AWS could not be asked at all.
    """
    found = {"support": "ok" if plan else _TOLD[Kind.NO_PLAN]}
    for part, (operation, request) in _asked(account).items():
        if plan or part not in _OF_THE_PLAN:
            found[part] = _asked_for(parts, account, part, (operation, request))
        else:
            found[part] = _TOLD[Kind.NO_PLAN] if partitions.offers(account.partition, part) else "absent"
        if plan and part == "trustedadvisor" and found[part] == _TOLD[Kind.NO_PLAN]:
            found[part] = _TOLD[Kind.DENIED]  # its one word for both, and there is a plan
    return found


def _asked(account: Account) -> dict[str, tuple[str, dict[str, Any]]]:
    health = "describe_events"
    if account.view == ORGANIZATION and account.partition == partitions.AWS:
        health = "describe_events_for_organization"
    return {
        "health": (health, {"filter": {"eventStatusCodes": ["open"]}, "maxResults": 10}),
        "cost-optimization-hub": ("list_enrollment_statuses", {"includeOrganizationInfo": False}),
        "compute-optimizer": ("get_enrollment_status", {}),
        "trustedadvisor": ("list_checks", {"pillar": "cost_optimizing", "maxResults": 1}),
    }


def _asked_for(parts: Parts, account: Account, part: str, question: tuple[str, dict[str, Any]]) -> str:
    if not partitions.offers(account.partition, part):
        return "absent"
    try:
        told = parts.clients.call(account, part, question[0], **question[1])
    except Fault as fault:
        if fault.code == "OptInRequiredException":
            return _NOT_ENROLLED
        if fault.kind in _TOLD:
            return _TOLD[fault.kind]
        if part == "health":
            raise
        return "unknown"
    return "ok" if _enrolled(told) else _NOT_ENROLLED


def _enrolled(told: Mapping[str, Any]) -> bool:
    """Whether the account takes part in what asks for it; services that do not ask say nothing of it."""
    if "items" in told:  # Cost Optimization Hub
        return any(each.get("status") == "Active" for each in told["items"])
    return str(told.get("status", "Active")) == "Active"
