"""The double of AWS's four services about money answers boto3 as they would."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.aws.fake import FakeAws
from tests.aws.fixtures import assumed

ONE, CHINA = "111122223333", "777788889999"
OCTOBER = {"Start": "2026-10-01", "End": "2026-11-01"}
BY_SERVICE = [{"Type": "DIMENSION", "Key": "SERVICE"}]


def code(act: Any, **given: Any) -> str:
    with pytest.raises(ClientError) as caught:
        act(**given)
    return str(caught.value.response["Error"]["Code"])


@pytest.fixture
def one(aws: FakeAws) -> str:
    aws.account(ONE)
    aws.account(CHINA, partition="aws-cn")
    return ONE


def test_hub_keeps_the_best_recommendation_of_a_resource_unless_all_are_wanted(
    aws: FakeAws, one: str
) -> None:
    aws.recommendation(ONE, resource="i-1", saving=10.0)
    aws.recommendation(ONE, resource="i-1", saving=25.5, action="Stop")
    aws.recommendation(ONE, resource="i-2", saving=3.0)
    hub = assumed(aws, ONE, "cost-optimization-hub")
    best = hub.list_recommendations()["items"]
    assert [(each["resourceId"], each["estimatedMonthlySavings"]) for each in best] == [
        ("i-1", 25.5),
        ("i-2", 3.0),
    ]
    assert len(hub.list_recommendations(includeAllRecommendations=True)["items"]) == 3
    assert best[0]["recommendationLookbackPeriodInDays"] == 14


def test_hub_sums_what_overlaps_once(aws: FakeAws, one: str) -> None:
    aws.recommendation(ONE, resource="i-1", saving=10.0)
    aws.recommendation(ONE, resource="i-1", saving=25.5, action="Stop")
    hub = assumed(aws, ONE, "cost-optimization-hub")
    told = hub.list_recommendation_summaries(groupBy="ActionType")
    assert told["estimatedTotalDedupedSavings"] == 25.5
    assert [each["group"] for each in told["items"]] == ["Rightsize", "Stop"]
    assert code(hub.list_recommendation_summaries, groupBy="Weather") == "ValidationException"


def test_hub_comes_in_pages(aws: FakeAws, one: str) -> None:
    for _ in range(5):
        aws.recommendation(ONE)
    pages = assumed(aws, ONE, "cost-optimization-hub").get_paginator("list_recommendations")
    sizes = [len(page["items"]) for page in pages.paginate(PaginationConfig={"PageSize": 2})]
    assert sizes == [2, 2, 1]


def test_hub_says_whether_the_account_is_enrolled_and_what_savings_count(aws: FakeAws, one: str) -> None:
    hub = assumed(aws, ONE, "cost-optimization-hub")
    assert hub.list_enrollment_statuses()["items"][0]["status"] == "Active"
    assert hub.get_preferences()["savingsEstimationMode"] == "BeforeDiscounts"
    aws.account(ONE, enrolled=[])
    assert hub.list_enrollment_statuses()["items"][0]["status"] == "Inactive"
    assert code(hub.list_recommendations) == "AccessDeniedException"


@pytest.mark.parametrize(("service", "act"), [("cost-optimization-hub", "list_recommendations")])
def test_china_has_no_hub(aws: FakeAws, one: str, service: str, act: str) -> None:
    with pytest.raises(ConnectionClosedError):
        getattr(assumed(aws, CHINA, service, region="cn-northwest-1"), act)()
    assert aws.nowhere == [("cost-optimization-hub", "ListRecommendations", "cn-northwest-1")]


@pytest.mark.parametrize(
    ("kind", "act", "key", "arn"),
    [
        ("ec2", "get_ec2_instance_recommendations", "instanceRecommendations", "instanceArn"),
        ("ebs", "get_ebs_volume_recommendations", "volumeRecommendations", "volumeArn"),
        ("rds", "get_rds_database_recommendations", "rdsDBRecommendations", "resourceArn"),
        ("lambda", "get_lambda_function_recommendations", "lambdaFunctionRecommendations", "functionArn"),
        ("idle", "get_idle_recommendations", "idleRecommendations", "resourceArn"),
    ],
)
def test_optimizer_tells_each_kind_in_its_region(
    aws: FakeAws, one: str, kind: str, act: str, key: str, arn: str
) -> None:
    aws.recommendation(
        CHINA, "compute-optimizer", kind=kind, resource="one", region="cn-north-1", saving=12.5
    )
    north, west = (
        assumed(aws, CHINA, "compute-optimizer", region=region) for region in ("cn-north-1", "cn-northwest-1")
    )
    (row,) = getattr(north, act)()[key]
    assert row[arn].startswith("arn:aws-cn:") and row[arn].endswith("one")
    assert "'CNY', 'value': 12.5" in str(row)
    assert getattr(west, act)()[key] == []


def test_optimizer_asks_for_opt_in(aws: FakeAws, one: str) -> None:
    aws.account(ONE, enrolled=[])
    optimizer = assumed(aws, ONE, "compute-optimizer")
    assert optimizer.get_enrollment_status()["status"] == "Inactive"
    with pytest.raises(optimizer.exceptions.OptInRequiredException) as caught:
        optimizer.get_idle_recommendations()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_explorer_tells_months_by_service(aws: FakeAws, one: str) -> None:
    aws.spend(ONE, "2026-10", 100.25)
    aws.spend(ONE, "2026-10", 0.75, region="eu-west-1")
    aws.spend(ONE, "2026-10", 30, service="AWS Lambda")
    aws.spend(ONE, "2026-09", 7)
    ce = assumed(aws, ONE, "ce")
    (month,) = ce.get_cost_and_usage(
        TimePeriod=OCTOBER, Granularity="MONTHLY", Metrics=["UnblendedCost"], GroupBy=BY_SERVICE
    )["ResultsByTime"]
    told = {group["Keys"][0]: group["Metrics"]["UnblendedCost"] for group in month["Groups"]}
    assert told["AWS Lambda"] == {"Amount": "30.0000000000", "Unit": "USD"}
    assert float(told["Amazon Elastic Compute Cloud - Compute"]["Amount"]) == 101
    (month,) = ce.get_cost_and_usage(TimePeriod=OCTOBER, Granularity="MONTHLY", Metrics=["UnblendedCost"])[
        "ResultsByTime"
    ]
    assert float(month["Total"]["UnblendedCost"]["Amount"]) == 131


def test_explorer_goes_on_by_a_token(aws: FakeAws, one: str) -> None:
    for number in range(5):
        aws.spend(ONE, "2026-10", 1, service=f"Service {number}")
    aws.setup(groups_per_page=2)
    ce, found, token = assumed(aws, ONE, "ce"), [], None
    while True:
        more = {"NextPageToken": token} if token else {}
        answer = ce.get_cost_and_usage(
            TimePeriod=OCTOBER, Granularity="MONTHLY", Metrics=["UnblendedCost"], GroupBy=BY_SERVICE, **more
        )
        found += [group["Keys"][0] for group in answer["ResultsByTime"][0]["Groups"]]
        token = answer.get("NextPageToken")
        if token is None:
            break
    assert found == [f"Service {number}" for number in range(5)]
    assert aws.counts()["GetCostAndUsage"] == 3


def test_explorer_counts_yuan_in_china(aws: FakeAws, one: str) -> None:
    aws.spend(CHINA, "2026-10", 500, region="cn-north-1")
    (month,) = assumed(aws, CHINA, "ce", region="cn-northwest-1").get_cost_and_usage(
        TimePeriod=OCTOBER, Granularity="MONTHLY", Metrics=["UnblendedCost"]
    )["ResultsByTime"]
    assert month["Total"]["UnblendedCost"]["Unit"] == "CNY"


def test_forecast_needs_history_and_begins_no_later_than_today(aws: FakeAws, one: str) -> None:
    ce = assumed(aws, ONE, "ce")
    given = {"Metric": "UNBLENDED_COST", "Granularity": "MONTHLY"}
    begun = {"Start": f"{aws.now():%Y-%m-%d}", "End": "2099-02-01"}
    assert code(ce.get_cost_forecast, TimePeriod=begun, **given) == "DataUnavailableException"
    aws.spend(ONE, "2026-09", 100)
    aws.spend(ONE, "2026-10", 200)
    assert ce.get_cost_forecast(TimePeriod=begun, **given)["Total"]["Amount"] == "150.0000000000"
    later = {"Start": "2099-01-01", "End": "2099-02-01"}
    assert code(ce.get_cost_forecast, TimePeriod=later, **given) == "ValidationException"


def test_explorer_that_was_never_switched_on_denies_access(aws: FakeAws, one: str) -> None:
    aws.account(ONE, enrolled=["cost-optimization-hub"])
    act = assumed(aws, ONE, "ce").get_cost_and_usage
    wrong = code(act, TimePeriod=OCTOBER, Granularity="MONTHLY", Metrics=["UnblendedCost"])
    assert wrong == "AccessDeniedException"


def test_advisor_tells_recommendations_and_their_resources(aws: FakeAws, one: str) -> None:
    flagged = [
        {"resource": "lb-1", "region": "us-east-1", "saving": 18.5},
        {"resource": "lb-2", "region": "eu-west-1", "saving": 1800.0},
    ]
    aws.recommendation(ONE, "trustedadvisor", resources=flagged)
    advisor = assumed(aws, ONE, "trustedadvisor")
    (told,) = advisor.list_recommendations(pillar="cost_optimizing", language="zh")["recommendationSummaries"]
    saving = told["pillarSpecificAggregates"]["costOptimizing"]["estimatedMonthlySavings"]
    assert (told["source"], saving) == ("ta_check", 1818.5)
    found = advisor.list_recommendation_resources(recommendationIdentifier=told["arn"])
    rows = found["recommendationResourceSummaries"]
    assert [(row["awsResourceId"], row["regionCode"]) for row in rows] == [
        ("lb-1", "us-east-1"),
        ("lb-2", "eu-west-1"),
    ]
    assert rows[1]["metadata"]["Estimated Monthly Savings"] == "$1,800.00"


def test_advisor_without_a_plan_denies_access(aws: FakeAws, one: str) -> None:
    aws.account(ONE, plan=None)
    advisor = assumed(aws, ONE, "trustedadvisor")
    with pytest.raises(advisor.exceptions.AccessDeniedException) as caught:
        advisor.list_recommendations()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_advisor_pages_are_at_most_two_hundred(aws: FakeAws, one: str) -> None:
    for _ in range(3):
        aws.recommendation(ONE, "trustedadvisor")
    advisor = assumed(aws, ONE, "trustedadvisor")
    pages = advisor.get_paginator("list_recommendations").paginate(PaginationConfig={"PageSize": 2})
    assert [len(page["recommendationSummaries"]) for page in pages] == [2, 1]
    assert code(advisor.list_recommendations, maxResults=201) == "ValidationException"


def test_advisor_of_the_support_api_tells_the_same_checks(aws: FakeAws, one: str) -> None:
    flagged = [{"resource": "lb-1", "region": "us-east-1", "saving": 18.5}]
    aws.recommendation(ONE, "trustedadvisor", check="hjLMh88uM8", resources=flagged)
    support = assumed(aws, ONE, "support")
    (check,) = support.describe_trusted_advisor_checks(language="en")["checks"]
    result = support.describe_trusted_advisor_check_result(checkId=check["id"])["result"]
    saving = result["categorySpecificSummary"]["costOptimizing"]["estimatedMonthlySavings"]
    assert (check["category"], saving) == ("cost_optimizing", 18.5)
    assert result["flaggedResources"][0]["resourceId"] == "lb-1"


@pytest.mark.parametrize(
    ("service", "act", "kind", "told"),
    [
        ("trustedadvisor", "list_recommendations", "throttle", "ThrottlingException"),
        ("compute-optimizer", "get_enrollment_status", "denied", "AccessDeniedException"),
        ("cost-optimization-hub", "get_preferences", "expired", "ExpiredTokenException"),
    ],
)
def test_faults_are_told_by_each_protocol(
    aws: FakeAws, one: str, service: str, act: str, kind: str, told: str
) -> None:
    aws.fault(kind, service=service)
    assert code(getattr(assumed(aws, ONE, service), act)) == told
