"""Where AWS speaks of money: Cost Optimization Hub, Compute Optimizer, Cost Explorer, Trusted Advisor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.aws.wire import Call, Refused
from tests.aws.world import Account, World, page, stamp

REFRESHED = datetime(2026, 11, 1, 6, 0, tzinfo=UTC)
CO_LISTS = {
    "GetEC2InstanceRecommendations": ("ec2", "instanceRecommendations"),
    "GetEBSVolumeRecommendations": ("ebs", "volumeRecommendations"),
    "GetRDSDatabaseRecommendations": ("rds", "rdsDBRecommendations"),
    "GetLambdaFunctionRecommendations": ("lambda", "lambdaFunctionRecommendations"),
    "GetIdleRecommendations": ("idle", "idleRecommendations"),
}


def currency_of(call: Call) -> str:
    """What a partition counts in."""
    return "CNY" if call.partition == "aws-cn" else "USD"


def _rows(world: World, call: Call, source: str) -> list[dict[str, Any]]:
    return world.costs.get(call.account, {}).get(source, [])


def _paged(call: Call, rows: list[Any], key: str, *, most: int, code: str) -> dict[str, Any]:
    rows, token = page(rows, call.input, most=most, code=code)
    return {key: rows} | ({"nextToken": token} if token else {})


# Cost Optimization Hub.


def hub_statuses(world: World, call: Call, account: Account) -> dict[str, Any]:
    """Whether the account is enrolled."""
    status = "Active" if "cost-optimization-hub" in account.enrolled else "Inactive"
    return {"items": [{"accountId": call.account, "status": status, "lastUpdatedTimestamp": REFRESHED}]}


def hub_preferences(world: World, call: Call, account: Account) -> dict[str, Any]:
    """Whether savings count discounts."""
    return {"savingsEstimationMode": account.savings_mode, "memberAccountDiscountVisibility": "All"}


def hub_recommendations(world: World, call: Call, account: Account) -> dict[str, Any]:
    """What could be saved; the best for each resource unless all are wanted."""
    _enrolled(account)
    rows = sorted(_rows(world, call, "cost-optimization-hub"), key=_saving, reverse=True)
    if not call.input.get("includeAllRecommendations", False):
        rows = list({each["resourceArn"]: each for each in reversed(rows)}.values())[::-1]
    wanted = call.input.get("filter") or {}
    if actions := wanted.get("actionTypes"):
        rows = [each for each in rows if each["actionType"] in actions]
    if regions := wanted.get("regions"):
        rows = [each for each in rows if each["region"] in regions]
    return _paged(call, rows, "items", most=100, code="ValidationException")


def hub_summaries(world: World, call: Call, account: Account) -> dict[str, Any]:
    """Savings by group, and what they are together when overlaps count once."""
    _enrolled(account)
    fields = {"ActionType": "actionType", "Region": "region", "ResourceType": "currentResourceType"}
    if call.input["groupBy"] not in fields:
        raise Refused("ValidationException", f"groupBy {call.input['groupBy']} is not supported")
    rows = _rows(world, call, "cost-optimization-hub")
    groups: dict[str, list[float]] = defaultdict(list)
    for each in rows:
        groups[each[fields[call.input["groupBy"]]]].append(_saving(each))
    best: dict[str, float] = defaultdict(float)
    for each in rows:
        best[each["resourceArn"]] = max(best[each["resourceArn"]], _saving(each))
    items = [
        {"group": group, "estimatedMonthlySavings": sum(savings), "recommendationCount": len(savings)}
        for group, savings in sorted(groups.items())
    ]
    told = {
        "estimatedTotalDedupedSavings": sum(best.values()),
        "groupBy": call.input["groupBy"],
        "currencyCode": "USD",
    }
    return told | _paged(call, items, "items", most=100, code="ValidationException")


def _enrolled(account: Account) -> None:
    if "cost-optimization-hub" not in account.enrolled:
        said = "AWS account is not enrolled for recommendations"
        raise Refused("AccessDeniedException", said)


def _saving(row: dict[str, Any]) -> float:
    return float(row["estimatedMonthlySavings"])


def hub_row(account_id: str, serial: int, values: dict[str, Any]) -> dict[str, Any]:
    """A recommendation as the hub writes it."""
    resource, region = values.pop("resource", f"i-{serial:08x}"), values.pop("region", "us-east-1")
    row = {
        "recommendationId": f"rec-{serial}",
        "accountId": account_id,
        "region": region,
        "resourceId": resource,
        "resourceArn": f"arn:aws:ec2:{region}:{account_id}:instance/{resource}",
        "currentResourceType": "Ec2Instance",
        "recommendedResourceType": "Ec2Instance",
        "estimatedMonthlySavings": values.pop("saving", 10.0),
        "estimatedSavingsPercentage": 40.0,
        "estimatedMonthlyCost": 15.0,
        "currencyCode": "USD",
        "implementationEffort": "Low",
        "restartNeeded": True,
        "actionType": values.pop("action", "Rightsize"),
        "rollbackPossible": True,
        "currentResourceSummary": "m5.xlarge",
        "recommendedResourceSummary": "m5.large",
        "lastRefreshTimestamp": REFRESHED,
        "recommendationLookbackPeriodInDays": 14,
        "source": "ComputeOptimizer",
    }
    return row | values


# Compute Optimizer.


def optimizer_status(world: World, call: Call, account: Account) -> dict[str, Any]:
    """Whether the account opted in."""
    status = "Active" if "compute-optimizer" in account.enrolled else "Inactive"
    return {"status": status, "memberAccountsEnrolled": False, "lastUpdatedTimestamp": REFRESHED}


def optimizer_list(world: World, call: Call, account: Account) -> dict[str, Any]:
    """Recommendations of one kind in the region called."""
    if "compute-optimizer" not in account.enrolled:
        raise Refused("OptInRequiredException", "The account is not opted in to Compute Optimizer.", 403)
    kind, key = CO_LISTS[call.operation]
    rows = [
        _optimizer_row(call, each)
        for each in _rows(world, call, "compute-optimizer")
        if (each["kind"], each["region"]) == (kind, call.region)
    ]
    return _paged(call, rows, key, most=100, code="InvalidParameterValueException")


def _optimizer_row(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    money = {"currency": currency_of(call), "value": row["saving"]}
    saving = {"savingsOpportunityPercentage": 30.0, "estimatedMonthlySavings": money}
    place = f"arn:{call.partition}:{{}}:{call.region}:{call.account}:{{}}"
    told: dict[str, Any] = {
        "accountId": call.account,
        "lookBackPeriodInDays": 14.0,
        "lastRefreshTimestamp": REFRESHED,
    }
    name = row["resource"]
    if row["kind"] == "ec2":
        option = {
            "instanceType": "m5.large",
            "rank": 1,
            "savingsOpportunity": saving,
            "migrationEffort": "Low",
        }
        return told | {
            "instanceArn": place.format("ec2", f"instance/{name}"),
            "instanceName": name,
            "currentInstanceType": "m5.xlarge",
            "finding": row["finding"] or "Overprovisioned",
            "recommendationOptions": [option, {**option, "instanceType": "t3.large", "rank": 2}],
        }
    if row["kind"] == "ebs":
        option = {"configuration": {"volumeType": "gp3", "volumeSize": 100}, "rank": 1}
        return told | {
            "volumeArn": place.format("ec2", f"volume/{name}"),
            "currentConfiguration": {"volumeType": "gp2", "volumeSize": 100},
            "finding": row["finding"] or "NotOptimized",
            "volumeRecommendationOptions": [option | {"savingsOpportunity": saving}],
        }
    if row["kind"] == "rds":
        return told | {
            "resourceArn": place.format("rds", f"db:{name}"),
            "engine": "mysql",
            "currentDBInstanceClass": "db.m5.xlarge",
            "instanceFinding": row["finding"] or "Overprovisioned",
            "lookbackPeriodInDays": 14.0,
            "instanceRecommendationOptions": [
                {"dbInstanceClass": "db.m5.large", "rank": 1, "savingsOpportunity": saving}
            ],
        }
    if row["kind"] == "lambda":
        return told | {
            "functionArn": place.format("lambda", f"function:{name}"),
            "currentMemorySize": 1024,
            "finding": row["finding"] or "NotOptimized",
            "lookbackPeriodInDays": 14.0,
            "memorySizeRecommendationOptions": [{"rank": 1, "memorySize": 512, "savingsOpportunity": saving}],
        }
    return told | {
        "resourceArn": place.format("ec2", f"volume/{name}"),
        "resourceId": name,
        "resourceType": "EBSVolume",
        "finding": row["finding"] or "Unattached",
        "findingDescription": "Volume is not attached to an instance.",
        "savingsOpportunity": saving,
    }


# Cost Explorer.


def usage(world: World, call: Call, account: Account) -> dict[str, Any]:
    """Amounts by month, grouped by service or region or both, in pages of `world.groups_per_page`."""
    given = call.input
    _explored(account)
    if given["Granularity"] != "MONTHLY":
        raise Refused("ValidationException", "Only MONTHLY is kept here.")
    if not given["TimePeriod"]["Start"] < given["TimePeriod"]["End"]:
        raise Refused("ValidationException", "Start date must be before end date")
    metric = given["Metrics"][0]
    keys = [each["Key"] for each in given.get("GroupBy") or ()]
    if set(keys) - set(world.groups_by):
        raise Refused("ValidationException", f"Group Definition dimension is invalid: {keys}")
    months = _months(given["TimePeriod"]["Start"], given["TimePeriod"]["End"])
    found = [(month, _groups(world, call, f"{month:%Y-%m}", keys)) for month in months]
    flat = [(month, key, amount) for month, groups in found for key, amount in sorted(groups.items())]
    start = int(given.get("NextPageToken") or 0)
    end = start + world.groups_per_page
    results = [_month(month, flat[start:end] if keys else flat, keys, metric, call) for month in months]
    told: dict[str, Any] = {"ResultsByTime": results, "GroupDefinitions": given.get("GroupBy") or []}
    return told | ({"NextPageToken": str(end)} if keys and end < len(flat) else {})


def _explored(account: Account) -> None:
    if "ce" not in account.enrolled:
        raise Refused("AccessDeniedException", "User not enabled for cost explorer access")


def _month(month: date, flat: list[Any], keys: list[str], metric: str, call: Call) -> dict[str, Any]:
    mine = [(key, amount) for at, key, amount in flat if at == month]
    told: dict[str, Any] = {
        "TimePeriod": {"Start": month.isoformat(), "End": _next(month).isoformat()},
        "Total": {} if keys else {metric: _money(sum(amount for _, amount in mine), call)},
        "Groups": [{"Keys": list(key), "Metrics": {metric: _money(amount, call)}} for key, amount in mine],
        "Estimated": False,
    }
    if not keys:
        told["Groups"] = []
    return told


def _groups(world: World, call: Call, month: str, keys: list[str]) -> dict[tuple[str, ...], float]:
    found: dict[tuple[str, ...], float] = defaultdict(float)
    for row in _rows(world, call, "ce"):
        if row["month"] == month:
            named = {"SERVICE": row["service"], "REGION": row["region"]}
            found[tuple(named[key] for key in keys)] += row["amount"]
    return found


def _money(amount: float, call: Call) -> dict[str, str]:
    return {"Amount": f"{amount:.10f}", "Unit": currency_of(call)}


def _months(start: str, end: str) -> list[date]:
    month, last = date.fromisoformat(start[:10]), date.fromisoformat(end[:10])
    found = []
    while month < last:
        found.append(month)
        month = _next(month)
    return found


def _next(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def forecast(world: World, call: Call, account: Account) -> dict[str, Any]:
    """What the period will cost: the mean of the months known."""
    given = call.input["TimePeriod"]
    _explored(account)
    if date.fromisoformat(given["Start"]) > world.now().date():
        raise Refused("ValidationException", "Start date must be equal to or no later than the current date")
    amounts: dict[str, float] = defaultdict(float)
    for row in _rows(world, call, "ce"):
        amounts[row["month"]] += row["amount"]
    if not amounts:
        raise Refused("DataUnavailableException", "Insufficient amount of historical data")
    mean = sum(amounts.values()) / len(amounts)
    return {
        "Total": _money(mean, call),
        "ForecastResultsByTime": [
            {"TimePeriod": {"Start": given["Start"], "End": given["End"]}, "MeanValue": str(mean)}
        ],
    }


# Trusted Advisor.


def advisor_list(world: World, call: Call, account: Account) -> dict[str, Any]:
    """Recommendations of a pillar; without a plan access is denied."""
    _planned(account)
    wanted = call.input.get("pillar")
    rows = [
        _summary(world, call, each)
        for each in _rows(world, call, "trustedadvisor")
        if wanted in (None, "cost_optimizing")
    ]
    return _paged(call, rows, "recommendationSummaries", most=100, code="ValidationException")


def _summary(world: World, call: Call, row: dict[str, Any]) -> dict[str, Any]:
    flagged = len(row["resources"])
    saving = {"estimatedMonthlySavings": row["saving"], "estimatedPercentMonthlySavings": 10.0}
    return {
        "id": row["check"],
        "arn": _arn(call, row),
        "type": "standard",
        "checkArn": f"arn:aws:trustedadvisor:::check/{row['check']}",
        "status": "warning" if flagged else "ok",
        "pillars": ["cost_optimizing"],
        "source": row["origin"],
        "awsServices": [row["service"]],
        "name": row["name"],
        "resourcesAggregates": {"okCount": 0, "warningCount": flagged, "errorCount": 0, "excludedCount": 0},
        "pillarSpecificAggregates": {"costOptimizing": saving},
        "createdAt": stamp(REFRESHED),
        "lastUpdatedAt": stamp(REFRESHED),
    }


def advisor_resources(world: World, call: Call, account: Account) -> dict[str, Any]:
    """The resources of one recommendation."""
    _planned(account)
    for row in _rows(world, call, "trustedadvisor"):
        if _arn(call, row) == call.input["recommendationIdentifier"]:
            found = [_resource(call, row, number, each) for number, each in enumerate(row["resources"])]
            key = "recommendationResourceSummaries"
            return _paged(call, found, key, most=100, code="ValidationException")
    raise Refused("ResourceNotFoundException", "The recommendation does not exist.", 404)


def _resource(call: Call, row: dict[str, Any], number: int, each: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(number),
        "arn": _arn(call, row).replace(":recommendation/", ":recommendation-resource/") + f"/{number}",
        "awsResourceId": each["resource"],
        "regionCode": each["region"],
        "status": "warning",
        "metadata": {"Estimated Monthly Savings": f"${each['saving']:,.2f}"} | each.get("metadata", {}),
        "lastUpdatedAt": stamp(REFRESHED),
        "exclusionStatus": each.get("exclusion", "included"),
        "recommendationArn": _arn(call, row),
    }


def advisor_checks(world: World, call: Call, account: Account) -> dict[str, Any]:
    """The checks there are."""
    _planned(account)
    return {
        "checkSummaries": [
            {
                "id": row["check"],
                "arn": f"arn:aws:trustedadvisor:::check/{row['check']}",
                "name": row["name"],
                "description": row["name"],
                "pillars": ["cost_optimizing"],
                "awsServices": [row["service"]],
                "source": row["origin"],
                "metadata": {},
            }
            for row in _rows(world, call, "trustedadvisor")
        ]
    }


def _arn(call: Call, row: dict[str, Any]) -> str:
    return f"arn:{call.partition}:trustedadvisor::{call.account}:recommendation/{row['check']}"


def _planned(account: Account) -> None:
    if account.plan is None:
        said = "You need a Business Support+, Enterprise or Unified Operations plan."
        raise Refused("AccessDeniedException", said, 403)


def advisor_row(serial: int, values: dict[str, Any]) -> dict[str, Any]:
    """A check with its flagged resources, each `{"resource", "region", "saving"}`."""
    resources = list(values.pop("resources", ()))
    row = {
        "check": f"check-{serial:04d}",
        "name": "Idle Load Balancers",
        "service": "elb",
        "origin": "ta_check",
        "resources": resources,
        "saving": sum(each["saving"] for each in resources),
    }
    return row | values


Operation = Callable[[World, Call, Account], dict[str, Any]]
HUB: dict[str, Operation] = {
    "ListEnrollmentStatuses": hub_statuses,
    "GetPreferences": hub_preferences,
    "ListRecommendations": hub_recommendations,
    "ListRecommendationSummaries": hub_summaries,
}
OPTIMIZER: dict[str, Operation] = {
    "GetEnrollmentStatus": optimizer_status,
    **dict.fromkeys(CO_LISTS, optimizer_list),
}
EXPLORER: dict[str, Operation] = {"GetCostAndUsage": usage, "GetCostForecast": forecast}
ADVISOR: dict[str, Operation] = {
    "ListRecommendations": advisor_list,
    "ListRecommendationResources": advisor_resources,
    "ListChecks": advisor_checks,
}


def performing(operations: dict[str, Operation]) -> Callable[[World, Call], dict[str, Any]]:
    """The answer of one operation of a service."""
    return lambda world, call: operations[call.operation](world, call, world.account_of(call.account))
