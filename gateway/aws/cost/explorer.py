"""What an account spent in the last three months, by service, and what this month will cost.

Every request of Cost Explorer is paid for, so there are few, and never more than `MOST_CALLS` at a time.

Source: Cost Explorer API reference (GetCostAndUsage, GetCostForecast); AWS Cost Management pricing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from gateway.aws.cost.asking import Source, Withheld
from gateway.aws.cost.lines import Line, amount, text
from gateway.store.models import CostKind, CostSource

MOST_CALLS: Final = 6
MONTHS: Final = 3
MOST_SERVICES: Final = 12
_METRIC: Final = "UnblendedCost"
Groups = dict[str, dict[str, Decimal]]


@dataclass
class _Spent:
    """Amounts by month and group. Shape: `cut` where the calls did not suffice for all of them."""

    groups: Groups = field(default_factory=lambda: defaultdict(dict))
    estimated: set[str] = field(default_factory=set)
    currency: str = ""
    cut: bool = False


def read(source: Source, month_on: date, today: date) -> list[Line]:
    """Spend of the month and the two before it, and a forecast from today to the end of this month.

    Errors: `faults.Fault` where it may say later.
    """
    try:
        spent = _usage(source, months_before(month_on, MONTHS - 1), month_after(month_on), "SERVICE")
    except Withheld as withheld:
        return [withheld.line]
    return [*_spend(spent), *_forecast(source, today)]


def regions(source: Source, month_on: date) -> list[str]:
    """The regions in which the account spent anything that month, the dearest first; none where nobody says.

    Errors: `faults.Fault` where it may say later.
    """
    try:
        spent = _usage(source, month_on, month_after(month_on), "REGION")
    except Withheld:
        return []
    amounts = spent.groups.get(f"{month_on:%Y-%m}", {})
    found = sorted(amounts, key=lambda region: (-amounts[region], region))
    return [region for region in found if "-" in region and amounts[region] > 0]


def month_after(month_on: date) -> date:
    """The first day of the month after.

    >>> month_after(date(2026, 12, 1))
    datetime.date(2027, 1, 1)
    """
    return (month_on.replace(day=1) + timedelta(days=32)).replace(day=1)


def months_before(month_on: date, count: int) -> date:
    """The first day of the month so many months before.

    >>> months_before(date(2026, 2, 1), 2)
    datetime.date(2025, 12, 1)
    """
    for _ in range(count):
        month_on = (month_on - timedelta(days=1)).replace(day=1)
    return month_on


def _usage(source: Source, start: date, end: date, by: str) -> _Spent:
    spent = _Spent()
    more: dict[str, str] = {}
    for _ in range(MOST_CALLS - 1):
        answer = source.ask(
            "get_cost_and_usage",
            TimePeriod={"Start": start.isoformat(), "End": end.isoformat()},
            Granularity="MONTHLY",
            Metrics=[_METRIC],
            GroupBy=[{"Type": "DIMENSION", "Key": by}],
            Filter=_mine(source),
            **more,
        )
        for month in answer.get("ResultsByTime") or []:
            _add(spent, month)
        if not answer.get("NextPageToken"):
            return spent
        more = {"NextPageToken": answer["NextPageToken"]}
    spent.cut = True
    return spent


def _mine(source: Source) -> dict[str, Any]:
    """A payer sees all its members; only the account itself is asked for."""
    return {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [source.account.account_id]}}


def _add(spent: _Spent, month: dict[str, Any]) -> None:
    name = str(month["TimePeriod"]["Start"])[:7]
    if month.get("Estimated"):
        spent.estimated.add(name)
    for group in month.get("Groups") or []:
        told = group["Metrics"][_METRIC]
        key = text(group["Keys"][0])
        spent.groups[name][key] = spent.groups[name].get(key, Decimal(0)) + (
            amount(told["Amount"]) or Decimal(0)
        )
        spent.currency = text(told.get("Unit"))[:3] or spent.currency


def _spend(spent: _Spent) -> list[Line]:
    return [
        Line(
            CostSource.EXPLORER,
            CostKind.SPEND,
            code=month,
            currency=spent.currency,
            data={"amount": str(sum(groups.values(), Decimal(0))), "services": _largest(groups)}
            | ({"estimated": True} if month in spent.estimated else {})
            | ({"cut": True} if spent.cut else {}),
        )
        for month, groups in sorted(spent.groups.items())
    ]


def _largest(groups: dict[str, Decimal]) -> list[list[str]]:
    ranked = sorted(groups.items(), key=lambda each: (-each[1], each[0]))
    return [[name, str(value)] for name, value in ranked[:MOST_SERVICES]]


def _forecast(source: Source, today: date) -> list[Line]:
    """What the rest of this month will cost; nothing where AWS knows too little of the account."""
    end = month_after(today)
    try:
        answer = source.ask(
            "get_cost_forecast",
            TimePeriod={"Start": today.isoformat(), "End": end.isoformat()},
            Metric="UNBLENDED_COST",
            Granularity="MONTHLY",
            Filter=_mine(source),
        )
    except Withheld as withheld:
        return [] if withheld.line.code in ("no-data", "refused") else [withheld.line]
    told = answer.get("Total") or {}
    value = amount(told.get("Amount"))
    if value is None:
        return []
    data = {"amount": str(value), "from": today.isoformat(), "until": end.isoformat()}
    currency = text(told.get("Unit"))[:3]
    return [Line(CostSource.EXPLORER, CostKind.FORECAST, f"{today:%Y-%m}", currency=currency, data=data)]
