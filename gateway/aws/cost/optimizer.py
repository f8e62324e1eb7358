"""What Compute Optimizer recommends, region by region: the best of each resource.

Source: Compute Optimizer API reference (GetEnrollmentStatus, Get…Recommendations).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from gateway.aws.cost.asking import Source, Withheld
from gateway.aws.cost.lines import AFTER, BEFORE, Line, amount, instant, kept, plain, text, totals
from gateway.store.models import CostKind, CostSource

MOST_REGIONS: Final = 8
_MOST_PAGES: Final = 5
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _List:
    """One kind of recommendation: where it is listed, and how its rows are read."""

    operation: str
    key: str
    resource: str
    options: str
    action: str
    type: str
    current: Callable[[Told], object]
    recommended: Callable[[Told], object]


def _volume(told: Told) -> str:
    return " ".join(str(told[key]) for key in ("volumeType", "volumeSize") if key in told)


_LISTS: Final = (
    _List("get_ec2_instance_recommendations", "instanceRecommendations", "instanceArn", "recommendationOptions",
          "Rightsize", "Ec2Instance", lambda row: row.get("currentInstanceType"),
          lambda option: option.get("instanceType")),
    _List("get_ebs_volume_recommendations", "volumeRecommendations", "volumeArn", "volumeRecommendationOptions",
          "Upgrade", "EbsVolume", lambda row: _volume(row.get("currentConfiguration") or {}),
          lambda option: _volume(option.get("configuration") or {})),
    _List("get_rds_database_recommendations", "rdsDBRecommendations", "resourceArn",
          "instanceRecommendationOptions", "Rightsize", "RdsDbInstance",
          lambda row: row.get("currentDBInstanceClass"), lambda option: option.get("dbInstanceClass")),
    _List("get_lambda_function_recommendations", "lambdaFunctionRecommendations", "functionArn",
          "memorySizeRecommendationOptions", "Rightsize", "LambdaFunction",
          lambda row: row.get("currentMemorySize"), lambda option: option.get("memorySize")),
    _List("get_idle_recommendations", "idleRecommendations", "resourceArn", "", "Delete", "",
          lambda row: row.get("findingDescription"), lambda option: None),
)  # fmt: skip


def read(source: Source, regions: Iterable[str]) -> list[Line]:
    """Compute Optimizer's lines; instructions where it is not enrolled or a list is not ours to ask for.

    Errors: `faults.Fault` where it may say later.
    """
    found: list[Line] = []
    withheld: dict[tuple[str, str], Line] = {}
    for region in list(regions)[:MOST_REGIONS]:
        there = replace(source, region=region)
        try:
            if there.ask("get_enrollment_status", needs="status")["status"] != "Active":
                raise Withheld(there.instruction("not-enrolled"))
            found += _of_region(there, withheld)
        except Withheld as told:
            withheld.setdefault((told.line.code, str(told.line.data.get("action"))), told.line)
    best = _best(found)
    return [*kept(best), *totals(CostSource.OPTIMIZER, best), *withheld.values()]


def _of_region(there: Source, withheld: dict[tuple[str, str], Line]) -> list[Line]:
    found = []
    for each in _LISTS:
        try:
            rows = there.pages(each.operation, each.key, at_most=_MOST_PAGES).rows
        except Withheld as told:
            withheld.setdefault((told.line.code, str(told.line.data.get("action"))), told.line)
            continue
        found += [line for row in rows if (line := _line(row, each, there.region))]
    return found


def _line(row: Told, listed: _List, region: str) -> Line | None:
    """A row's first choice, or nothing where it saves nothing."""
    option = _first(row.get(listed.options) or []) if listed.options else row
    if option is None:
        return None
    savings, currency, mode = _saving(option)
    return Line(
        CostSource.OPTIMIZER,
        CostKind.RECOMMENDATION,
        code=listed.action,
        resource=text(row.get(listed.resource)),
        region=region,
        savings=amount(savings),
        currency=text(currency)[:3],
        data=plain({
            "discount": mode,
            "lookback_days": row.get("lookBackPeriodInDays") or row.get("lookbackPeriodInDays"),
            "refreshed_at": instant(row.get("lastRefreshTimestamp")),
            "type": listed.type or text(row.get("resourceType")),
            "current": text(listed.current(row)),
            "recommended": text(listed.recommended(option)),
            "effort": text(option.get("migrationEffort")),
            "finding": text(row.get("finding") or row.get("instanceFinding")),
        }),
    )  # fmt: skip


def _first(options: list[Told]) -> Told | None:
    return min(options, key=lambda option: option.get("rank", 0), default=None)


def _saving(option: Told) -> tuple[object, object, str]:
    """What an option saves a month: at the account's own prices where AWS knows them."""
    for name, mode in (("savingsOpportunityAfterDiscounts", AFTER), ("savingsOpportunity", BEFORE)):
        told = (option.get(name) or {}).get("estimatedMonthlySavings")
        if told:
            return told.get("value"), told.get("currency"), mode
    return None, "", BEFORE


def _best(found: Iterable[Line]) -> list[Line]:
    """One line for a resource that several lists name: the one that saves most."""
    best: dict[tuple[str, str], Line] = {}
    for line in found:
        held = best.get((line.region, line.resource))
        if line.savings and (held is None or line.savings > (held.savings or 0)):
            best[(line.region, line.resource)] = line
    return list(best.values())
