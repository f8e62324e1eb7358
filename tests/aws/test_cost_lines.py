"""Cost advice from answers that hold less, more or other than AWS documents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from gateway.aws.cost import advisor, explorer, hub, optimizer
from gateway.aws.cost.asking import Source, permission
from gateway.aws.cost.lines import Line, amount, kept, tail, text, totals
from gateway.aws.parts import Account
from gateway.store.models import CostKind, CostSource

ACCOUNT = Account("111122223333", 1, "aws", "arn:aws:iam::111122223333:role/HelpdeskGateway", "")
HUB, OPTIMIZER, ADVISOR, EXPLORER = (
    CostSource.HUB,
    CostSource.OPTIMIZER,
    CostSource.ADVISOR,
    CostSource.EXPLORER,
)


class Answers:
    """AWS, which answers what it was told to answer."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def call(
        self, account: Account, service: str, operation: str, *, region: str = "", **request: Any
    ) -> Any:
        self.asked.append(operation)
        return self.answers.get(operation, {})


def source(name: CostSource, **answers: Any) -> Source:
    return Source(Answers(**answers), ACCOUNT, name)  # type: ignore[arg-type]


def a_line(savings: str | None, **changes: Any) -> Line:
    chosen: dict[str, Any] = {"currency": "USD", "data": {"discount": "before"}} | changes
    return Line(HUB, CostKind.RECOMMENDATION, savings=None if savings is None else Decimal(savings), **chosen)


@pytest.mark.parametrize(
    ("told", "kept_as"),
    [
        (12.3456789, Decimal("12.3457")),
        ("100.2500000000", Decimal("100.2500")),
        (0, Decimal("0.0000")),
        ("-3", Decimal("-3.0000")),
        (None, None),
        ("much", None),
        (float("nan"), None),
        (float("inf"), None),
        ("1e400", None),
        (10**14, None),
    ],
)
def test_amount_is_exact_or_none(told: object, kept_as: Decimal | None) -> None:
    assert amount(told) == kept_as


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        ("i-1", "i-1"),
        ("arn:aws:ec2:us-east-1:111122223333:instance/i-1", "i-1"),
        ("arn:aws:rds:us-east-1:111122223333:db:orders", "orders"),
        ("", ""),
    ],
)
def test_resource_is_known_by_the_last_part_of_its_name(resource: str, name: str) -> None:
    assert tail(resource) == name


def test_text_is_cut_and_holds_no_nul() -> None:
    assert text("a\0b") == "ab"
    assert len(text("x" * 1000)) == 300
    assert text(None) == ""


def test_lines_worth_keeping_save_something_the_largest_first() -> None:
    lines = [a_line("1"), a_line(None), a_line("0"), a_line("-5"), a_line("7")]
    assert [line.savings for line in kept(lines)] == [Decimal(7), Decimal(1)]


def test_totals_keep_currencies_and_discounts_apart() -> None:
    lines = [
        a_line("1"),
        a_line("2"),
        a_line("4", currency="CNY"),
        a_line("8", data={"discount": "after"}),
        a_line(None),
    ]
    told = [(line.currency, line.data["discount"], line.savings) for line in totals(HUB, lines)]
    assert told == [
        ("CNY", "before", Decimal(4)),
        ("USD", "after", Decimal(8)),
        ("USD", "before", Decimal(3)),
    ]


@pytest.mark.parametrize(
    ("name", "operation", "action"),
    [
        (OPTIMIZER, "get_ebs_volume_recommendations", "compute-optimizer:GetEBSVolumeRecommendations"),
        (OPTIMIZER, "get_rds_database_recommendations", "compute-optimizer:GetRDSDatabaseRecommendations"),
        (HUB, "list_enrollment_statuses", "cost-optimization-hub:ListEnrollmentStatuses"),
        (EXPLORER, "get_cost_and_usage", "ce:GetCostAndUsage"),
    ],
)
def test_permission_is_spelt_as_policies_spell_it(name: CostSource, operation: str, action: str) -> None:
    assert permission(name, operation) == action


def test_hub_row_without_anything_gets_no_line() -> None:
    told = hub.read(
        source(
            HUB,
            list_enrollment_statuses={"items": [{"status": "Active"}]},
            list_recommendations={"items": [{}, {"estimatedMonthlySavings": "much"}]},
        )
    )
    assert told == []


def test_enrolment_of_another_account_is_not_ours() -> None:
    told = hub.read(
        source(HUB, list_enrollment_statuses={"items": [{"accountId": "444455556666", "status": "Active"}]})
    )
    assert [(line.kind, line.code) for line in told] == [("instruction", "not-enrolled")]


def test_pages_without_end_are_left_after_some() -> None:
    row = {"estimatedMonthlySavings": 1.0, "resourceArn": "arn:x", "currencyCode": "USD"}
    endless = source(
        HUB,
        list_enrollment_statuses={"items": [{"status": "Active"}]},
        list_recommendations={"items": [row], "nextToken": "again"},
        list_recommendation_summaries={"estimatedTotalDedupedSavings": 5.0, "currencyCode": "USD"},
    )
    told = hub.read(endless)
    assert endless.clients.asked.count("list_recommendations") == 5  # type: ignore[attr-defined]
    assert told[-1].data["cut"] is True


def test_optimizer_rows_without_options_get_no_line() -> None:
    told = optimizer.read(
        source(
            OPTIMIZER,
            get_enrollment_status={"status": "Active"},
            get_ec2_instance_recommendations={"instanceRecommendations": [{}, {"recommendationOptions": []}]},
            get_idle_recommendations={"idleRecommendations": [{}]},
        ),
        ["us-east-1"],
    )
    assert told == []


def test_optimizer_takes_the_first_choice_at_the_accounts_own_prices() -> None:
    def saving(value: float) -> dict[str, Any]:
        return {"estimatedMonthlySavings": {"currency": "USD", "value": value}}

    options = [
        {"rank": 2, "savingsOpportunity": saving(90), "instanceType": "t3.nano"},
        {
            "rank": 1,
            "savingsOpportunity": saving(40),
            "savingsOpportunityAfterDiscounts": saving(25),
            "instanceType": "m5.large",
        },
    ]
    row = {"instanceArn": "arn:aws:ec2:us-east-1:1:instance/i-1", "recommendationOptions": options}
    told = optimizer.read(
        source(
            OPTIMIZER,
            get_enrollment_status={"status": "Active"},
            get_ec2_instance_recommendations={"instanceRecommendations": [row]},
        ),
        ["us-east-1"],
    )
    assert [(line.kind, line.savings, line.data["discount"]) for line in told] == [
        ("recommendation", Decimal(25), "after"),
        ("total", Decimal(25), "after"),
    ]
    assert told[0].data["recommended"] == "m5.large"


def test_optimizer_is_asked_in_so_many_regions_and_no_more() -> None:
    asked = source(OPTIMIZER, get_enrollment_status={"status": "Active"})
    optimizer.read(asked, [f"eu-west-{number}" for number in range(20)])
    assert asked.clients.asked.count("get_enrollment_status") == 8  # type: ignore[attr-defined]


def test_region_that_is_not_enrolled_is_told_once() -> None:
    told = optimizer.read(
        source(OPTIMIZER, get_enrollment_status={"status": "Inactive"}), ["us-east-1", "eu-west-1"]
    )
    assert [line.code for line in told] == ["not-enrolled"]


@pytest.mark.parametrize(
    ("shown", "savings"),
    [
        ("$1,800.00", Decimal("1800.0000")),
        ("18.5", Decimal("18.5000")),
        ("$ 3", Decimal("3.0000")),
    ],
)
def test_price_of_a_resource_is_read_from_its_table(shown: str, savings: Decimal) -> None:
    check = {"arn": "arn:aws:trustedadvisor::1:recommendation/1", "status": "warning", "source": "ta_check"}
    resource = {"awsResourceId": "lb-1", "regionCode": "us-east-1", "status": "warning"}
    told = advisor.read(
        source(
            ADVISOR,
            list_recommendations={"recommendationSummaries": [check]},
            list_recommendation_resources={
                "recommendationResourceSummaries": [
                    resource | {"metadata": {"Estimated Monthly Savings": shown}}
                ]
            },
        ),
        set(),
        (),
    )
    assert [line.savings for line in told] == [savings, savings]


def test_advice_without_a_name_or_resources_gets_no_line() -> None:
    told = advisor.read(
        source(
            ADVISOR,
            list_recommendations={
                "recommendationSummaries": [{}, {"status": "warning", "arn": "arn:x", "source": "ta_check"}]
            },
            list_recommendation_resources={"recommendationResourceSummaries": [{}]},
        ),
        set(),
        (),
    )
    assert told == []


def test_months_without_groups_are_no_spend() -> None:
    told = explorer.read(
        source(EXPLORER, get_cost_and_usage={"ResultsByTime": [{}, {"Groups": []}]}),
        date(2026, 10, 1),
        date(2026, 11, 5),
    )
    assert told == []


def test_group_without_a_price_counts_nothing() -> None:
    month = {"TimePeriod": {"Start": "2026-10-01"}, "Groups": [{"Keys": ["AWS Lambda"]}, {}]}
    told = explorer.read(
        source(EXPLORER, get_cost_and_usage={"ResultsByTime": [month]}), date(2026, 10, 1), date(2026, 11, 5)
    )
    assert [(line.code, line.data["amount"]) for line in told] == [("2026-10", "0")]


@pytest.mark.parametrize(
    ("month_on", "before", "after"),
    [
        (date(2026, 1, 1), date(2025, 11, 1), date(2026, 2, 1)),
        (date(2024, 3, 1), date(2024, 1, 1), date(2024, 4, 1)),
        (date(2026, 12, 1), date(2026, 10, 1), date(2027, 1, 1)),
    ],
)
def test_months_go_back_and_on(month_on: date, before: date, after: date) -> None:
    assert (explorer.months_before(month_on, 2), explorer.month_after(month_on)) == (before, after)
