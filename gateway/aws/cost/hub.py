"""What Cost Optimization Hub recommends: one line for each resource, and the total AWS counts without overlaps.

Source: Cost Optimization Hub API reference (ListEnrollmentStatuses, GetPreferences, ListRecommendations,
ListRecommendationSummaries).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from gateway.aws.cost.asking import Source, Withheld
from gateway.aws.cost.lines import AFTER, BEFORE, UNKNOWN, Line, amount, instant, kept, plain, text
from gateway.store.models import CostKind, CostSource

_MOST_PAGES: Final = 5
_ROWS_A_PAGE: Final = 1000
_MODES: Final = {"BeforeDiscounts": BEFORE, "AfterDiscounts": AFTER}


def read(source: Source) -> list[Line]:
    """The hub's lines; a single instruction where the account is not enrolled or the hub is not ours to ask.

    Errors: `faults.Fault` where it may say later.
    """
    mine = {"accountIds": [source.account.account_id]}
    try:
        if not _enrolled(source):
            return [source.instruction("not-enrolled")]
        mode = _mode(source)
        pages = source.pages(
            "list_recommendations",
            "items",
            at_most=_MOST_PAGES,
            filter=mine,
            includeAllRecommendations=False,
            maxResults=_ROWS_A_PAGE,
        )
    except Withheld as withheld:
        return [withheld.line]
    found = [_line(row, mode) for row in pages.rows]
    return [*kept(found), *_total(source, mine, mode, cut=pages.cut)]


def _enrolled(source: Source) -> bool:
    told = source.ask("list_enrollment_statuses", needs="items")["items"]
    mine = [
        row for row in told if row.get("accountId", source.account.account_id) == source.account.account_id
    ]
    return any(row.get("status") == "Active" for row in mine)


def _mode(source: Source) -> str:
    """Whether savings count the account's discounts; AWS counts list prices unless somebody chose otherwise."""
    try:
        told = source.ask("get_preferences").get("savingsEstimationMode")
    except Withheld:
        return UNKNOWN
    return _MODES.get(str(told), UNKNOWN)


def _line(row: dict[str, Any], mode: str) -> Line:
    return Line(
        CostSource.HUB,
        CostKind.RECOMMENDATION,
        code=text(row.get("actionType"))[:60],
        resource=text(row.get("resourceArn") or row.get("resourceId")),
        region=text(row.get("region"))[:30],
        savings=amount(row.get("estimatedMonthlySavings")),
        currency=text(row.get("currencyCode"))[:3],
        data=plain({
            "discount": mode,
            "lookback_days": row.get("recommendationLookbackPeriodInDays"),
            "refreshed_at": instant(row.get("lastRefreshTimestamp")),
            "type": text(row.get("currentResourceType")),
            "current": text(row.get("currentResourceSummary")),
            "recommended": text(row.get("recommendedResourceSummary")),
            "effort": text(row.get("implementationEffort")),
            "restart": row.get("restartNeeded"),
            "rollback": row.get("rollbackPossible"),
            "percent": row.get("estimatedSavingsPercentage"),
            "origin": text(row.get("source")),
        }),
    )  # fmt: skip


def _total(source: Source, mine: dict[str, Any], mode: str, *, cut: bool) -> list[Line]:
    try:
        told = source.ask("list_recommendation_summaries", filter=mine, groupBy="ResourceType")
    except Withheld as withheld:
        return [replace(withheld.line, data=withheld.line.data | {"partial": True})]
    savings = amount(told.get("estimatedTotalDedupedSavings"))
    if savings is None or savings <= 0:
        return []
    count = sum(int(each.get("recommendationCount") or 0) for each in told.get("items") or [])
    data = plain({"discount": mode, "count": count, "cut": cut or None})
    currency = text(told.get("currencyCode"))[:3]
    return [Line(CostSource.HUB, CostKind.TOTAL, savings=savings, currency=currency, data=data)]
