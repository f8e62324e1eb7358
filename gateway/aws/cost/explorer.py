"""What an account spent in the last three months, by service and region, and what this month will cost.

Every request of Cost Explorer is paid for: there are two, and never more than `MOST_CALLS` at a time. What is learned
of regions serves Compute Optimizer.

Source: Cost Explorer API reference (GetCostAndUsage, GetCostForecast); AWS Cost Management pricing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from gateway.aws.cost.asking import Source, Withheld
from gateway.aws.cost.lines import Line, amount, text
from gateway.store.models import CostKind, CostSource

MOST_PAGES: Final = 4
MOST_CALLS: Final = MOST_PAGES + 2
MONTHS: Final = 3
MOST_NAMED: Final = 12
_METRIC: Final = "UnblendedCost"
_GROUPS: Final = ("SERVICE", "REGION")
Amounts = Mapping[tuple[str, ...], Decimal]


@dataclass
class _Spent:
    """Amounts by month and group. Shape: `cut` where the calls did not suffice for all of them."""

    months: dict[str, dict[tuple[str, ...], Decimal]] = field(default_factory=lambda: defaultdict(dict))
    estimated: set[str] = field(default_factory=set)
    currency: str = ""
    cut: bool = False


def read(source: Source, month_on: date, today: date) -> list[Line]:
    """Spend of the month and the two before it, and a forecast from today to the end of this month.

    Errors: `faults.Fault` where it may say later.
    """
    try:
        spent = _spent(source, month_on)
    except Withheld as withheld:
        return [withheld.line]
    return [*_spend(spent), *_forecast(source, today)]


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


def _spent(source: Source, month_on: date) -> _Spent:
    """What was spent; without regions where Cost Explorer does not group by them."""
    period = {
        "Start": months_before(month_on, MONTHS - 1).isoformat(),
        "End": month_after(month_on).isoformat(),
    }
    try:
        return _usage(source, period, _GROUPS)
    except Withheld as withheld:
        if withheld.line.code != "refused":
            raise
        return _usage(source, period, _GROUPS[:1])


def _usage(source: Source, period: Mapping[str, str], groups: Sequence[str]) -> _Spent:
    spent, more = _Spent(), dict[str, str]()
    for _ in range(MOST_PAGES):
        answer = source.ask(
            "get_cost_and_usage",
            needs="ResultsByTime",
            TimePeriod=period,
            Granularity="MONTHLY",
            Metrics=[_METRIC],
            GroupBy=[{"Type": "DIMENSION", "Key": each} for each in groups],
            Filter=_mine(source),
            **more,
        )
        for month in answer["ResultsByTime"]:
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
    name = str((month.get("TimePeriod") or {}).get("Start"))[:7]
    if month.get("Estimated"):
        spent.estimated.add(name)
    for group in month.get("Groups") or []:
        told = (group.get("Metrics") or {}).get(_METRIC) or {}
        key = tuple(text(each) for each in group.get("Keys") or ())
        before = spent.months[name].get(key, Decimal(0))
        spent.months[name][key] = before + (amount(told.get("Amount")) or Decimal(0))
        spent.currency = text(told.get("Unit"))[:3] or spent.currency


def _spend(spent: _Spent) -> list[Line]:
    return [
        Line(
            CostSource.EXPLORER,
            CostKind.SPEND,
            code=month,
            currency=spent.currency,
            data={
                "amount": str(sum(groups.values(), Decimal(0))),
                "services": _largest(groups, 0),
                "regions": _largest(groups, 1),
            }
            | ({"estimated": True} if month in spent.estimated else {})
            | ({"cut": True} if spent.cut else {}),
        )
        for month, groups in sorted(spent.months.items())
    ]


def _largest(groups: Amounts, place: int) -> list[list[str]]:
    """The dearest services or regions of a month, each with its amount."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for key, value in groups.items():
        if place < len(key):
            sums[key[place]] += value
    ranked = sorted(sums.items(), key=lambda each: (-each[1], each[0]))
    return [[name, str(value)] for name, value in ranked[:MOST_NAMED]]


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
