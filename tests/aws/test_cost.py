"""A month's cost advice: what each source says of an account, what a silent one leaves behind, and its resumption."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gateway import i18n
from gateway.aws import streams
from gateway.aws.clients import AwsClients, Identity
from gateway.aws.cost import reading, words
from gateway.aws.faults import Fault, Kind
from gateway.aws.pacing import Pace
from gateway.aws.parts import Account, Parts
from gateway.store.models import AwsAccount, CostLine, CostRound, Customer, Stream
from gateway.store.queries import cost
from gateway.store.queries.cost import Advice, Line
from tests.aws.accounts import an_account, drain, rounds_of
from tests.aws.fake import FakeAws
from tests.aws.fixtures import environment
from tests.databases import Desk

ONE, TWO, CHINA = "111122223333", "444455556666", "777788889999"
NOVEMBER_5 = datetime(2026, 11, 5, 8, 0, tzinfo=UTC)
OCTOBER = date(2026, 10, 1)
COSTLY = ("GetCostAndUsage", "GetCostForecast")


class Advised:
    """A customer's accounts, at AWS and at the desk."""

    def __init__(self, desk: Desk, aws: FakeAws, parts: Parts) -> None:
        self.desk, self.aws, self.parts = desk, aws, parts

    def account(self, account_id: str, partition: str = "aws", **values: Any) -> Account:
        """An account the desk may read; `regions` are declared, the rest is how AWS knows it."""
        regions = values.pop("regions", ())
        role = self.aws.account(account_id, partition=partition, **values).role_arn
        self.desk.add(
            AwsAccount(account_id=account_id, customer_id=1, partition=partition, role_arn=role, state="ok")
        )
        return Account(account_id, 1, partition, role, "", regions=tuple(regions))

    def read(self, account: Account) -> datetime:
        """Read it; when it is due again."""
        return reading.read(self.parts, account, None).next_at

    def advice(self, month_on: date = OCTOBER) -> Advice:
        with self.desk.services.reading() as session:
            told = cost.advice(session, 1, month_on)
        assert told is not None
        return told

    def instructions(self) -> list[tuple[str, str]]:
        return sorted((line.source, line.code) for line in self.advice().instructions)


@pytest.fixture
def advised(desk: Desk, aws: FakeAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Advised]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment(aws, tmp_path).items():
        monkeypatch.setenv(name, value)
    desk.clock.at = NOVEMBER_5
    aws.clock = desk.clock
    desk.add(Customer(id=1, reference="harbour", name="Harbour Trading"))
    clients = AwsClients(
        Identity({"aws": "default", "aws-cn": "china"}, https_only=False),
        desk.clock,
        Pace(sleep=lambda seconds: None),
    )
    services = desk.services
    yield Advised(
        desk,
        aws,
        Parts(services.transaction, services.reading, desk.head, services.blobs, clients, "test", desk.clock),
    )


def names(lines: list[Line] | Any) -> list[str]:
    return [line.resource.rpartition("/")[2] for line in lines]


def flagged(*resources: str, saving: float = 18.5, region: str = "us-east-1") -> list[dict[str, Any]]:
    return [{"resource": each, "region": region, "saving": saving} for each in resources]


# Cost Optimization Hub.


def test_recommendation_of_the_hub_is_kept_with_all_it_says(advised: Advised) -> None:
    account = advised.account(ONE)
    advised.aws.recommendation(ONE, resource="i-1", saving=25.5, action="Stop")
    advised.read(account)
    (line,) = advised.advice().recommendations
    assert (line.source, line.code, line.region) == ("cost-optimization-hub", "Stop", "us-east-1")
    assert line.resource == f"arn:aws:ec2:us-east-1:{ONE}:instance/i-1"
    assert (line.savings, line.currency) == (Decimal("25.5000"), "USD")
    assert line.data == {
        "discount": "before",
        "lookback_days": 14,
        "refreshed_at": "2026-11-01T06:00:00+00:00",
        "type": "Ec2Instance",
        "current": "m5.xlarge",
        "recommended": "m5.large",
        "effort": "Low",
        "restart": True,
        "rollback": True,
        "percent": 40.0,
        "origin": "ComputeOptimizer",
    }


def test_resource_is_recommended_once_and_the_total_is_the_one_aws_counts(advised: Advised) -> None:
    account = advised.account(ONE, savings_mode="AfterDiscounts")
    advised.aws.recommendation(ONE, resource="i-1", saving=10.0)
    advised.aws.recommendation(ONE, resource="i-1", saving=25.5, action="Stop")
    advised.aws.recommendation(ONE, resource="i-2", saving=4.5)
    advised.read(account)
    advice = advised.advice()
    assert names(advice.recommendations) == ["i-1", "i-2"]
    (total,) = advice.totals
    assert (total.source, total.currency, total.discount) == ("cost-optimization-hub", "USD", "after")
    assert total.savings == Decimal("30.0000")


def test_only_the_largest_savings_get_a_line_and_all_are_in_the_total(advised: Advised) -> None:
    account = advised.account(ONE)
    for number in range(1050):
        advised.aws.recommendation(ONE, resource=f"i-{number}", saving=1.0 + number)
    advised.read(account)
    advice = advised.advice()
    assert len(advice.recommendations) == 1000
    assert names(advice.recommendations)[:2] == ["i-1049", "i-1048"]
    assert advice.totals[0].savings == Decimal(sum(1 + number for number in range(1050)))
    assert advice.totals[0].count == 1050


# Trusted Advisor beside the hub.


def test_advisor_adds_what_the_hub_does_not_name(advised: Advised) -> None:
    account = advised.account(ONE)
    advised.aws.recommendation(ONE, resource="i-1", saving=25.5)
    advised.aws.recommendation(ONE, "trustedadvisor", resources=flagged("i-1", "lb-1", "lb-2"))
    advised.read(account)
    advice = advised.advice()
    assert sorted(names(advice.recommendations)) == ["i-1", "lb-1", "lb-2"]
    assert {(total.source, total.savings) for total in advice.totals} == {
        ("cost-optimization-hub", Decimal("25.5000")),
        ("trustedadvisor", Decimal("37.0000")),
    }


def test_same_name_in_another_region_is_another_resource(advised: Advised) -> None:
    account = advised.account(ONE)
    advised.aws.recommendation(ONE, resource="orders", region="eu-west-1")
    advised.aws.recommendation(ONE, "trustedadvisor", resources=flagged("orders"))
    advised.read(account)
    assert [line.region for line in advised.advice().recommendations if line.source == "trustedadvisor"] == [
        "us-east-1"
    ]


@pytest.mark.parametrize("origin", ["cost_optimization_hub", "compute_optimizer", "cost_explorer"])
def test_advice_that_repeats_the_hub_is_left_out(advised: Advised, origin: str) -> None:
    account = advised.account(ONE)
    advised.aws.recommendation(ONE, "trustedadvisor", origin=origin, resources=flagged("lb-1"))
    advised.read(account)
    assert advised.advice().recommendations == []


def test_advice_on_reservations_stands_where_there_is_no_hub(advised: Advised) -> None:
    account = advised.account(ONE, enrolled=["ce", "compute-optimizer"])
    advised.aws.recommendation(ONE, "trustedadvisor", origin="cost_explorer", resources=flagged("sp-1"))
    advised.read(account)
    assert names(advised.advice().recommendations) == ["sp-1"]


def test_resource_a_person_excluded_at_aws_is_left_out(advised: Advised) -> None:
    account = advised.account(ONE)
    excluded = [flagged("lb-1")[0] | {"exclusion": "excluded"}, *flagged("lb-2")]
    advised.aws.recommendation(ONE, "trustedadvisor", resources=excluded)
    advised.read(account)
    assert names(advised.advice().recommendations) == ["lb-2"]


def test_advice_without_prices_for_its_resources_is_one_line(advised: Advised) -> None:
    account = advised.account(ONE)
    unpriced = [each | {"metadata": {"Estimated Monthly Savings": "unknown"}} for each in flagged("a", "b")]
    advised.aws.recommendation(ONE, "trustedadvisor", resources=unpriced, saving=99.0)
    advised.read(account)
    (line,) = advised.advice().recommendations
    assert (line.resource, line.savings, line.data["count"]) == ("", Decimal("99.0000"), 2)


# Compute Optimizer where the hub is silent.


def test_optimizer_is_not_asked_where_the_hub_speaks(advised: Advised) -> None:
    account = advised.account(ONE)
    advised.aws.recommendation(ONE, "compute-optimizer", resource="i-9")
    advised.read(account)
    assert advised.advice().recommendations == []
    assert "GetEC2InstanceRecommendations" not in advised.aws.counts()


def test_optimizer_speaks_where_the_hub_is_not_enrolled(advised: Advised) -> None:
    account = advised.account(ONE, enrolled=["ce", "compute-optimizer"], regions=["us-east-1", "eu-west-1"])
    for kind, resource in (("ec2", "i-1"), ("ebs", "vol-1"), ("rds", "orders"), ("lambda", "resize")):
        advised.aws.recommendation(ONE, "compute-optimizer", kind=kind, resource=resource, saving=10.0)
    advised.aws.recommendation(ONE, "compute-optimizer", resource="i-2", region="eu-west-1", saving=5.0)
    advised.read(account)
    advice = advised.advice()
    assert sorted((line.data["type"], line.region) for line in advice.recommendations) == [
        ("EbsVolume", "us-east-1"),
        ("Ec2Instance", "eu-west-1"),
        ("Ec2Instance", "us-east-1"),
        ("LambdaFunction", "us-east-1"),
        ("RdsDbInstance", "us-east-1"),
    ]
    assert [(total.source, total.savings) for total in advice.totals] == [
        ("compute-optimizer", Decimal("45.0000"))
    ]
    assert advised.instructions() == [("cost-optimization-hub", "not-enrolled")]


def test_optimizer_is_asked_where_the_account_spends(advised: Advised) -> None:
    account = advised.account(ONE, enrolled=["ce", "compute-optimizer"])
    advised.aws.spend(ONE, "2026-10", 100, region="ap-southeast-1")
    advised.aws.spend(ONE, "2026-10", 3, region="global")
    advised.aws.recommendation(ONE, "compute-optimizer", resource="i-1", region="ap-southeast-1")
    advised.read(account)
    assert names(advised.advice().recommendations) == ["i-1"]
    asked = {said.region for said in advised.aws.calls("GetIdleRecommendations")}
    assert asked == {"ap-southeast-1"}


def test_resource_that_is_idle_and_too_large_gets_its_better_advice(advised: Advised) -> None:
    account = advised.account(ONE, enrolled=["ce", "compute-optimizer"], regions=["us-east-1"])
    advised.aws.recommendation(ONE, "compute-optimizer", kind="ebs", resource="vol-1", saving=4.0)
    advised.aws.recommendation(ONE, "compute-optimizer", kind="idle", resource="vol-1", saving=9.0)
    advised.read(account)
    (line,) = advised.advice().recommendations
    assert (line.code, line.savings) == ("Delete", Decimal("9.0000"))


def test_advice_that_saves_nothing_gets_no_line(advised: Advised) -> None:
    account = advised.account(ONE, enrolled=["compute-optimizer"], regions=["us-east-1"])
    advised.aws.recommendation(ONE, "compute-optimizer", resource="i-1", saving=0.0)
    advised.aws.recommendation(ONE, "compute-optimizer", resource="i-2", saving=-3.0)
    advised.read(account)
    assert advised.advice().recommendations == []


# China.


def test_china_has_the_optimizer_of_both_regions_and_spend_in_yuan(advised: Advised) -> None:
    account = advised.account(CHINA, partition="aws-cn")
    advised.aws.recommendation(CHINA, "compute-optimizer", resource="i-1", region="cn-north-1", saving=70)
    advised.aws.recommendation(CHINA, "compute-optimizer", resource="i-2", region="cn-northwest-1", saving=30)
    advised.aws.spend(CHINA, "2026-10", 500.5, region="cn-north-1")
    advised.read(account)
    advice = advised.advice()
    assert [(line.savings, line.currency) for line in advice.recommendations] == [
        (Decimal("70.0000"), "CNY"),
        (Decimal("30.0000"), "CNY"),
    ]
    assert [(line.code, line.data["amount"], line.currency) for line in advice.spend] == [
        ("2026-10", "500.5000", "CNY")
    ]
    assert advised.aws.nowhere == []
    assert advice.instructions == []


# Cost Explorer.


def test_spend_of_three_months_by_service_and_a_forecast(advised: Advised) -> None:
    account = advised.account(ONE)
    for month, amount in (("2026-07", 1), ("2026-08", 80), ("2026-09", 90), ("2026-10", 100.25)):
        advised.aws.spend(ONE, month, amount)
    advised.aws.spend(ONE, "2026-10", 20, service="AWS Lambda")
    advised.read(account)
    advice = advised.advice()
    assert [(line.code, line.data["amount"]) for line in advice.spend] == [
        ("2026-08", "80.0000"),
        ("2026-09", "90.0000"),
        ("2026-10", "120.2500"),
    ]
    assert advice.spend[-1].data["services"] == [
        ["Amazon Elastic Compute Cloud - Compute", "100.2500"],
        ["AWS Lambda", "20.0000"],
    ]
    assert advice.spend[-1].data["regions"] == [["us-east-1", "120.2500"]]
    assert sum(advised.aws.counts()[operation] for operation in COSTLY) == 2
    (forecast,) = advice.forecasts
    assert (forecast.code, forecast.data["from"], forecast.data["until"]) == (
        "2026-11",
        "2026-11-05",
        "2026-12-01",
    )


def test_cost_explorer_is_called_seldom_however_much_there_is(advised: Advised) -> None:
    account = advised.account(ONE)
    advised.aws.setup(groups_per_page=2)
    for number in range(40):
        advised.aws.spend(ONE, "2026-10", 1, service=f"Service {number}")
    advised.read(account)
    assert sum(advised.aws.counts()[operation] for operation in COSTLY) == 5
    assert advised.advice().spend[0].data["cut"] is True


def test_spend_stands_where_regions_cannot_be_grouped(advised: Advised) -> None:
    account = advised.account(ONE)
    advised.aws.spend(ONE, "2026-10", 10)
    advised.aws.setup(groups_by=["SERVICE"])
    advised.read(account)
    (line,) = advised.advice().spend
    assert (line.data["amount"], line.data["regions"]) == ("10.0000", [])


def test_account_without_history_has_no_forecast_and_no_instruction(advised: Advised) -> None:
    advised.read(advised.account(ONE))
    advice = advised.advice()
    assert (advice.spend, advice.forecasts, advice.instructions) == ([], [], [])


# What a silent source leaves behind.


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"plan": None}, [("trustedadvisor", "no-plan")]),
        (
            {"enrolled": []},
            [
                ("ce", "not-enrolled"),
                ("compute-optimizer", "not-enrolled"),
                ("cost-optimization-hub", "not-enrolled"),
            ],
        ),
        ({"denied": ["ce:GetCostAndUsage"]}, [("ce", "denied")]),
        ({"denied": ["ce:GetCostForecast"]}, [("ce", "denied")]),
        (
            {"denied": ["cost-optimization-hub:ListRecommendations"]},
            [("cost-optimization-hub", "denied")],
        ),
        (
            {"denied": ["cost-optimization-hub:ListRecommendationSummaries"]},
            [("cost-optimization-hub", "denied")],
        ),
        (
            {"enrolled": ["compute-optimizer"], "denied": ["compute-optimizer:GetIdleRecommendations"]},
            [
                ("ce", "not-enrolled"),
                ("compute-optimizer", "denied"),
                ("cost-optimization-hub", "not-enrolled"),
            ],
        ),
    ],
)
def test_refusal_is_a_line_and_not_a_failure(
    advised: Advised, values: dict[str, Any], told: list[tuple[str, str]]
) -> None:
    advised.read(advised.account(ONE, **values))
    assert advised.instructions() == told
    assert advised.advice().finished_at == NOVEMBER_5


def test_instruction_names_the_permission_that_is_missing(advised: Advised) -> None:
    account = advised.account(
        ONE, enrolled=["compute-optimizer"], denied=["compute-optimizer:GetEC2InstanceRecommendations"]
    )
    advised.read(account)
    line = next(each for each in advised.advice().instructions if each.code == "denied")
    assert line.data["action"] == "compute-optimizer:GetEC2InstanceRecommendations"
    said = words.instruction(line.source, line.code, line.account_id, data=line.data, language="en")
    assert "lacks the permission compute-optimizer:GetEC2InstanceRecommendations" in said


def test_hub_whose_total_is_not_ours_to_ask_still_speaks_for_its_resources(advised: Advised) -> None:
    account = advised.account(ONE, denied=["cost-optimization-hub:ListRecommendationSummaries"])
    advised.aws.recommendation(ONE, resource="i-1")
    advised.aws.recommendation(ONE, "compute-optimizer", resource="i-9")
    advised.read(account)
    assert names(advised.advice().recommendations) == ["i-1"]
    assert advised.advice().totals == []


def test_discounts_are_unknown_where_preferences_are_not_ours_to_see(advised: Advised) -> None:
    account = advised.account(ONE, denied=["cost-optimization-hub:GetPreferences"])
    advised.aws.recommendation(ONE, resource="i-1")
    advised.read(account)
    assert advised.advice().recommendations[0].data["discount"] == "unknown"
    assert advised.advice().instructions == []


# Trying again.


@pytest.mark.parametrize(
    ("kind", "operation"),
    [
        ("throttle", "ListEnrollmentStatuses"),
        ("500", "ListRecommendations"),
        ("drop", "ListRecommendationResources"),
    ],
)
def test_fault_that_may_pass_is_raised_and_the_next_try_goes_on_from_there(
    advised: Advised, kind: str, operation: str
) -> None:
    account = advised.account(ONE)
    advised.aws.spend(ONE, "2026-10", 10)
    advised.aws.recommendation(ONE, resource="i-1")
    advised.aws.recommendation(ONE, "trustedadvisor", resources=flagged("lb-1"))
    rule = advised.aws.fault(kind, operation=operation, times=None)
    with pytest.raises(Fault):
        advised.read(account)
    assert advised.advice().finished_at is None
    costly = [advised.aws.counts()[each] for each in COSTLY]
    rule.times = rule.fired
    advised.read(account)
    assert [advised.aws.counts()[each] for each in COSTLY] == costly
    assert sorted(names(advised.advice().recommendations)) == ["i-1", "lb-1"]
    assert advised.advice().finished_at == NOVEMBER_5


@pytest.mark.parametrize("kind", ["throttle", "drop"])
def test_cost_explorer_that_fails_holds_nothing_else_up_and_is_asked_again_in_hours(
    advised: Advised, kind: str
) -> None:
    account = advised.account(ONE)
    advised.aws.spend(ONE, "2026-10", 10)
    advised.aws.recommendation(ONE, resource="i-1")
    rule = advised.aws.fault(kind, service="ce", times=None)
    assert advised.read(account) == NOVEMBER_5 + timedelta(hours=6)
    assert names(advised.advice().recommendations) == ["i-1"]
    assert advised.advice().finished_at is None
    rule.times = rule.fired
    asked = advised.aws.counts()["ListRecommendations"]
    advised.read(account)
    assert advised.aws.counts()["ListRecommendations"] == asked
    assert len(advised.advice().spend) == 1
    assert advised.advice().finished_at == NOVEMBER_5


@pytest.mark.parametrize("source", ["ce", "cost-optimization-hub", "trustedadvisor"])
def test_source_that_fails_for_a_week_is_left_for_the_month(advised: Advised, source: str) -> None:
    account = advised.account(ONE)
    advised.aws.fault("500", service=source, times=None)
    with contextlib.suppress(Fault):
        advised.read(account)
    advised.desk.clock.pass_(days=6)
    with contextlib.suppress(Fault):
        advised.read(account)
    assert advised.advice().finished_at is None
    advised.desk.clock.pass_(days=1)
    assert advised.read(account) > NOVEMBER_5 + timedelta(days=27)
    assert (source, "no-answer") in advised.instructions()
    assert advised.advice().finished_at is not None


@pytest.mark.parametrize("operation", ["ListEnrollmentStatuses", "GetCostAndUsage"])
def test_answer_cut_short_is_no_answer(advised: Advised, operation: str) -> None:
    account = advised.account(ONE)
    advised.aws.spend(ONE, "2026-10", 10)
    advised.aws.recommendation(ONE, resource="i-1")
    advised.aws.fault("garbage", operation=operation)
    with contextlib.suppress(Fault):
        advised.read(account)
    assert advised.advice().finished_at is None
    advised.read(account)
    advice = advised.advice()
    assert (names(advice.recommendations), len(advice.spend), advice.instructions) == (["i-1"], 1, [])


def test_account_that_was_read_is_not_read_again_that_month(advised: Advised) -> None:
    account = advised.account(ONE)
    advised.aws.recommendation(ONE, resource="i-1")
    due = advised.read(account)
    advised.aws.forget_calls()
    assert advised.read(account) == due
    assert advised.aws.calls() == []
    assert len(advised.advice().recommendations) == 1


def test_next_month_has_a_round_of_its_own(advised: Advised) -> None:
    account = advised.account(ONE)
    due = advised.read(account)
    assert datetime(2026, 12, 3, tzinfo=UTC) <= due < datetime(2026, 12, 4, tzinfo=UTC)
    advised.desk.clock.at = due
    advised.read(account)
    with advised.desk.services.reading() as session:
        assert cost.months(session, 1) == [date(2026, 11, 1), OCTOBER]


def test_nothing_is_read_before_the_third_day(advised: Advised) -> None:
    account = advised.account(ONE)
    advised.desk.clock.at = datetime(2026, 11, 2, 23, 0, tzinfo=UTC)
    due = advised.read(account)
    assert datetime(2026, 11, 3, tzinfo=UTC) <= due < datetime(2026, 11, 4, tzinfo=UTC)
    assert advised.aws.calls() == []


@pytest.mark.parametrize(
    ("values", "kind"), [({"trusted": False}, Kind.ROLE), ({"external_id": "other"}, Kind.ROLE)]
)
def test_role_that_does_not_let_us_in_is_a_fault_of_the_account(
    advised: Advised, values: dict[str, Any], kind: Kind
) -> None:
    account = advised.account(ONE, **values)
    with pytest.raises(Fault) as caught:
        advised.read(account)
    assert caught.value.kind is kind


# Several accounts.


def test_round_is_finished_with_the_last_account_that_can_be_read(advised: Advised) -> None:
    first, second = advised.account(ONE), advised.account(TWO)
    advised.desk.add(
        AwsAccount(account_id="000011112222", customer_id=1, state="unchecked"),
        AwsAccount(account_id="000033334444", customer_id=1, role_arn="arn:x", state="role-broken"),
    )
    advised.read(first)
    advice = advised.advice()
    assert advice.finished_at is None
    assert [(each.account_id, each.why) for each in advice.unread] == [
        ("000011112222", "no-role"),
        ("000033334444", "role-broken"),
        (TWO, "pending"),
    ]
    advised.read(second)
    assert advised.advice().finished_at == NOVEMBER_5


def test_many_accounts_of_a_customer_are_read_side_by_side(advised: Advised) -> None:
    numbers = [f"{100000000001 + number}" for number in range(8)]
    for number in numbers:
        advised.aws.account(number, external_id="s3cret")
        advised.aws.recommendation(number, resource="i-1", saving=10.0)
        advised.aws.spend(number, "2026-10", 5)
    advised.aws.account(numbers[0], plan=None)
    rows = [an_account(number, customer_id=1) for number in numbers]
    rows[0].state = "no-plan"
    advised.desk.add(*rows)
    with advised.desk.services.transaction() as session:
        streams.keep_in_step(session, NOVEMBER_5)
    advised.desk.clock.pass_(minutes=2)
    advised.aws.latency(0.01)
    drain(advised.desk, rounds_of(advised.desk, advised.parts.clients, {Stream.COST: reading.read}))
    advice = advised.advice()
    assert (len(advice.recommendations), len(advice.spend), advice.unread) == (8, 8, [])
    assert advice.finished_at is not None
    assert advised.instructions() == [("trustedadvisor", "no-plan")]


def test_totals_of_a_source_are_added_over_accounts_but_not_over_sources(advised: Advised) -> None:
    for account_id in (ONE, TWO):
        account = advised.account(account_id)
        advised.aws.recommendation(account_id, resource="i-1", saving=10.0)
        advised.aws.recommendation(account_id, "trustedadvisor", resources=flagged("lb-1", saving=3.0))
        advised.read(account)
    assert [(total.source, total.savings, total.count) for total in advised.advice().totals] == [
        ("cost-optimization-hub", Decimal("20.0000"), 2),
        ("trustedadvisor", Decimal("6.0000"), 2),
    ]


def test_of_very_many_recommendations_the_largest_are_told_and_the_rest_counted(advised: Advised) -> None:
    advised.desk.add(CostRound(id=1, customer_id=1, month_on=OCTOBER, started_at=NOVEMBER_5))
    given = {"round_id": 1, "account_id": ONE, "source": "cost-optimization-hub", "currency": "USD"}
    advised.desk.add(
        *[
            CostLine(kind="recommendation", resource=f"i-{number}", savings=Decimal(number), **given)
            for number in range(2003)
        ]
    )
    advice = advised.advice()
    assert (len(advice.recommendations), advice.more) == (2000, 3)
    assert advice.recommendations[-1].savings == Decimal("3.0000")


def test_customer_never_asked_about_has_no_advice(advised: Advised) -> None:
    with advised.desk.services.reading() as session:
        assert cost.advice(session, 1, OCTOBER) is None
        assert cost.months(session, 1) == []


# In words.


@pytest.mark.parametrize("code", sorted(words.INSTRUCTIONS))
def test_instruction_names_the_account_in_both_languages(code: str) -> None:
    data = {"action": "ce:GetCostAndUsage", "aws": "SomeException"}
    english, chinese = (
        words.instruction("ce", code, ONE, data=data, language=language) for language in ("en", "zh")
    )
    assert ONE in english and ONE in chinese
    assert english != chinese


def test_every_word_of_cost_advice_has_chinese() -> None:
    untold = [each for each in words.everything() if i18n.words("zh").gettext(each) == each]
    assert untold == []
