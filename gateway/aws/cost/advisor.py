"""What Trusted Advisor recommends for cost beyond what other sources already said of a resource.

Source: Trusted Advisor API reference (ListRecommendations, ListRecommendationResources); AWS says there which of its
recommendations come from Compute Optimizer, Cost Explorer or Cost Optimization Hub.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, Final

from gateway.aws.cost.asking import Source, Withheld
from gateway.aws.cost.lines import BEFORE, Line, amount, kept, plain, tail, text, totals
from gateway.store.models import CostKind, CostSource

Told = dict[str, Any]
Named = Collection[tuple[str, str]]
"""Resources that another source named: region and the last part of the name."""
_MOST_PAGES: Final = 3
_MOST_CHECKS: Final = 30
_PILLAR: Final = "cost_optimizing"
_CURRENCY: Final = "USD"
_AMOUNT: Final = re.compile(r"\$?\s?([0-9][0-9,]{0,15}(?:\.[0-9]{1,6})?)")
_SAVINGS: Final = re.compile(r"monthly savings", re.IGNORECASE)


def read(source: Source, named: Named, elsewhere: Collection[str]) -> list[Line]:
    """Trusted Advisor's lines.

    Shape: `named` are left out one by one; `elsewhere` are the origins another source of ours speaks for, whose
    recommendations are left out whole. Errors: `faults.Fault` where it may say later.
    """
    try:
        told = source.pages(
            "list_recommendations",
            "recommendationSummaries",
            at_most=_MOST_PAGES,
            pillar=_PILLAR,
            language="en",
        ).rows
        names = _chinese(source)
        found: list[Line] = []
        for row in [row for row in told if _speaks(row, elsewhere)][:_MOST_CHECKS]:
            found += _lines(source, row, named, names.get(str(row.get("arn")), ""))
    except Withheld as withheld:
        return [withheld.line]
    return [*kept(found), *totals(CostSource.ADVISOR, found)]


def _speaks(row: Told, elsewhere: Collection[str]) -> bool:
    told = row.get("status") in ("warning", "error") and bool(row.get("arn"))
    return told and row.get("source") not in elsewhere


def _chinese(source: Source) -> Mapping[str, str]:
    """The names of the recommendations in Chinese, where AWS tells them."""
    rows = source.pages(
        "list_recommendations", "recommendationSummaries", at_most=_MOST_PAGES, pillar=_PILLAR, language="zh"
    ).rows
    return {str(row.get("arn")): text(row.get("name")) for row in rows}


def _lines(source: Source, row: Told, named: Named, chinese: str) -> list[Line]:
    """A line for each resource no other source named; one for all where AWS does not price them one by one."""
    pages = source.pages(
        "list_recommendation_resources",
        "recommendationResourceSummaries",
        at_most=_MOST_PAGES,
        recommendationIdentifier=row["arn"],
        language="en",
    )
    flagged = [each for each in pages.rows if _flagged(each)]
    left = [each for each in flagged if (each.get("regionCode"), tail(_id(each))) not in named]
    data = _data(row, chinese)
    priced = [(each, _price(each)) for each in left]
    if left and all(price is not None for _, price in priced):
        return [_line(row, data, resource=each, savings=price) for each, price in priced]
    if flagged and len(left) == len(flagged):
        return [_line(row, data | {"count": len(left)}, savings=_whole(row))]
    return []


def _flagged(each: Told) -> bool:
    return each.get("status") in ("warning", "error") and each.get("exclusionStatus") != "excluded"


def _id(each: Told) -> str:
    return str(each.get("awsResourceId") or "")


def _price(each: Told) -> Decimal | None:
    """What a resource would save a month, which AWS tells only in words of its table."""
    for name, value in (each.get("metadata") or {}).items():
        if _SAVINGS.search(name):
            found = _AMOUNT.fullmatch(str(value).strip())
            return amount(found[1].replace(",", "")) if found else None
    return None


def _whole(row: Told) -> Decimal | None:
    aggregates = (row.get("pillarSpecificAggregates") or {}).get("costOptimizing") or {}
    return amount(aggregates.get("estimatedMonthlySavings"))


def _data(row: Told, chinese: str) -> dict[str, Any]:
    at = row.get("lastUpdatedAt")
    return plain({
        "discount": BEFORE,
        "name": text(row.get("name")),
        "name_zh": chinese,
        "refreshed_at": at.isoformat() if at is not None else "",
        "origin": text(row.get("source")),
    })  # fmt: skip


def _line(row: Told, data: dict[str, Any], *, savings: Decimal | None, resource: Told | None = None) -> Line:
    return Line(
        CostSource.ADVISOR,
        CostKind.RECOMMENDATION,
        code="advisor-check",
        resource=text(_id(resource)) if resource else "",
        region=text(resource.get("regionCode"))[:30] if resource else "",
        savings=savings,
        currency=_CURRENCY,
        data=data,
    )
