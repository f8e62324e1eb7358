"""Calls in many accounts through few clients: identity, patience, and what a failure means."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway import clock
from gateway.aws.clients import AwsClients, Identity
from gateway.aws.faults import Kind
from tests.aws.fake import FakeAws
from tests.aws.fixtures import environment
from tests.aws.speaking import clients_of, fault_in, spoken, unhurried

ONE, TWO, CHINA = "111122223333", "444455556666", "777788889999"
CASE = {
    "subject": "Instance unreachable [HD-1]",
    "communicationBody": "It does not answer.",
    "serviceCode": "amazon-elastic-compute-cloud-linux",
    "categoryCode": "instance-issue",
    "severityCode": "high",
    "language": "en",
}


@pytest.fixture
def clients(aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AwsClients:
    aws.account(ONE, external_id="s3cret")
    return clients_of(aws, monkeypatch, tmp_path, pace=unhurried())


# Identity.


def test_call_is_made_as_the_account(aws: FakeAws, clients: AwsClients) -> None:
    assert clients.call(spoken(), "support", "describe_cases") == {"cases": []}
    assert [each.account for each in aws.calls("DescribeCases")] == [ONE]


def test_role_is_assumed_once_for_many_calls(aws: FakeAws, clients: AwsClients) -> None:
    for _ in range(3):
        clients.call(spoken(), "support", "describe_cases")
    assert len(aws.calls("AssumeRole")) == 1


def test_each_account_signs_with_its_own_credentials_whatever_the_thread(
    aws: FakeAws, clients: AwsClients
) -> None:
    ids = [f"{number:012d}" for number in range(1, 41)]
    for each in ids:
        aws.account(each, external_id="s3cret")
        aws.case(each, subject=f"of {each}")
    with ThreadPoolExecutor(8) as threads:
        told = threads.map(lambda each: clients.call(spoken(each), "support", "describe_cases"), ids * 2)
    assert [[case["subject"] for case in each["cases"]] for each in told] == [
        [f"of {each}"] for each in ids * 2
    ]


def test_chinese_account_is_reached_from_its_own_identity_in_its_own_region(
    aws: FakeAws, clients: AwsClients
) -> None:
    aws.account(CHINA, partition="aws-cn", external_id="s3cret")
    clients.call(spoken(CHINA, partition="aws-cn"), "support", "describe_cases")
    assert {(each.service, each.region) for each in aws.calls()} == {
        ("sts", "cn-north-1"), ("support", "cn-north-1"),
    }  # fmt: skip


def test_service_that_a_partition_lacks_is_asked_nowhere(aws: FakeAws, clients: AwsClients) -> None:
    china = spoken(CHINA, partition="aws-cn")
    fault = fault_in(clients.call, china, "cost-optimization-hub", "list_recommendations")
    assert (fault.kind, aws.calls(), aws.nowhere) == (Kind.ABSENT, [], [])


def test_wrong_external_id_is_the_fault_of_the_role(clients: AwsClients) -> None:
    fault = fault_in(clients.call, spoken(external_id="other"), "support", "describe_cases")
    assert (fault.kind, fault.code, fault.sent) == (Kind.ROLE, "AccessDenied", False)


def test_expired_credentials_are_renewed_without_a_word(aws: FakeAws, clients: AwsClients) -> None:
    clients.call(spoken(), "support", "describe_cases")
    aws.expire_keys(ONE)
    clients.call(spoken(), "support", "describe_cases")
    assert len(aws.calls("AssumeRole")) == 2


def test_credentials_are_renewed_five_minutes_before_they_end(aws: FakeAws, clients: AwsClients) -> None:
    aws.setup(session_seconds=299)
    for _ in range(2):
        clients.call(spoken(), "support", "describe_cases")
    assert len(aws.calls("AssumeRole")) == 2


def test_credentials_that_stay_refused_are_asked_for_twice_and_no_more(
    aws: FakeAws, clients: AwsClients
) -> None:
    aws.fault("expired", operation="DescribeCases", times=None)
    assert fault_in(clients.call, spoken(), "support", "describe_cases").kind is Kind.EXPIRED
    assert len(aws.calls("DescribeCases")) == 2


def test_own_identity_that_is_missing_is_no_fault_of_the_account(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clients = clients_of(aws, monkeypatch, tmp_path)
    (tmp_path / "aws-credentials").write_text("")
    assert fault_in(clients.call, spoken(), "support", "describe_cases").kind is Kind.HUB


def test_profile_nobody_wrote_is_a_fault_of_our_own_identity(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clients_of(aws, monkeypatch, tmp_path)
    clients = AwsClients(Identity({"aws": "nobody"}, https_only=False), clock.now)
    fault = fault_in(clients.call, spoken(), "support", "describe_cases")
    assert (fault.kind, fault.code) == (Kind.HUB, "ProfileNotFound")


def test_plain_endpoint_is_refused_in_production(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in environment(aws, tmp_path).items():
        monkeypatch.setenv(name, value)
    clients = AwsClients(Identity({}, https_only=True), clock.now)
    fault = fault_in(clients.call, spoken(), "support", "describe_cases")
    assert (fault.kind, fault.code, aws.calls()) == (Kind.HUB, "PlainEndpoint", [])


# What was asked, and how often.


def test_read_is_tried_three_times(aws: FakeAws, clients: AwsClients) -> None:
    aws.account(ONE, external_id="s3cret")
    aws.fault("500", operation="DescribeCases", times=None)
    fault = fault_in(clients.call, spoken(), "support", "describe_cases")
    assert (fault.kind, len(aws.calls("DescribeCases"))) == (Kind.LOST, 3)


def create(clients: AwsClients) -> Callable[[], object]:
    return lambda: clients.write(spoken(), "support", "create_case", **CASE)


@pytest.mark.parametrize("kind", ["500", "503", "drop", "garbage"])
def test_write_whose_answer_is_lost_is_sent_once_and_may_have_been_done(
    aws: FakeAws, clients: AwsClients, kind: str
) -> None:
    aws.fault(kind, when="after", operation="CreateCase", times=None)
    fault = fault_in(create(clients))
    assert (fault.kind, fault.sent, len(aws.calls("CreateCase")), len(aws.ids(ONE))) == (
        Kind.LOST,
        True,
        1,
        1,
    )


@pytest.mark.parametrize(("kind", "expected"), [("throttle", Kind.THROTTLED), ("denied", Kind.DENIED)])
def test_write_that_aws_turned_away_was_surely_not_done(
    aws: FakeAws, clients: AwsClients, kind: str, expected: Kind
) -> None:
    aws.fault(kind, operation="CreateCase", times=None)
    fault = fault_in(create(clients))
    assert (fault.kind, fault.sent, len(aws.calls("CreateCase"))) == (expected, False, 1)


def test_write_with_credentials_that_just_ended_is_made_with_new_ones(
    aws: FakeAws, clients: AwsClients
) -> None:
    clients.call(spoken(), "support", "describe_cases")
    aws.expire_keys(ONE)
    create(clients)()
    assert (len(aws.ids(ONE)), len(aws.calls("CreateCase"))) == (1, 2)


def test_account_without_a_plan_says_so(aws: FakeAws, clients: AwsClients) -> None:
    aws.account(ONE, plan=None)
    fault = fault_in(clients.call, spoken(), "support", "describe_cases")
    assert (fault.kind, fault.code, fault.sent) == (Kind.NO_PLAN, "SubscriptionRequiredException", False)


def test_dry_run_that_would_succeed_is_an_empty_answer(aws: FakeAws, clients: AwsClients) -> None:
    assert clients.write(spoken(), "support", "create_case", dryRun=True, **CASE) == {}
    assert aws.ids(ONE) == []


def test_text_that_is_too_short_is_refused_before_anything_is_sent(aws: FakeAws, clients: AwsClients) -> None:
    fault = fault_in(clients.write, spoken(), "support", "create_case", subject="only this")
    assert (fault.kind, fault.code, fault.sent) == (Kind.REFUSED, "ParamValidationError", False)
    assert aws.calls("CreateCase") == []


def test_server_that_cannot_be_reached_did_nothing(
    aws: FakeAws, clients: AwsClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SUPPORT", "http://127.0.0.1:9")
    fault = fault_in(create(clients))
    assert (fault.kind, fault.code, fault.sent) == (Kind.UNREACHED, "EndpointConnectionError", False)


def test_few_clients_serve_many_accounts(aws: FakeAws, clients: AwsClients) -> None:
    for number in range(1, 61):
        aws.account(f"{number:012d}", external_id="s3cret")
        clients.call(spoken(f"{number:012d}"), "support", "describe_cases")
    assert clients.made == 2


# Where Health is.


def test_health_is_looked_for_where_its_global_name_leads_once_it_does_not_answer(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    aws.account(ONE, external_id="s3cret")
    asked: list[str] = []

    def canonical(name: str) -> str:
        asked.append(name)
        return "health.us-east-2.amazonaws.com"

    clients = clients_of(aws, monkeypatch, tmp_path, pace=unhurried(), canonical=canonical)
    clients.call(spoken(), "health", "describe_events")
    assert asked == []
    aws.fault("500", service="health", times=3)
    assert fault_in(clients.call, spoken(), "health", "describe_events").kind is Kind.LOST
    clients.call(spoken(), "health", "describe_events")
    assert asked == ["global.health.amazonaws.com"]
    regions = [each.region for each in aws.calls("DescribeEvents")]
    assert regions == ["us-east-1"] * 4 + ["us-east-2"]


@pytest.mark.parametrize("told", ["health.eu-west-1.amazonaws.com", "elsewhere.example", ""])
def test_health_stays_where_it_is_when_its_name_leads_nowhere_we_know(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: str
) -> None:
    aws.account(ONE, external_id="s3cret")
    clients = clients_of(aws, monkeypatch, tmp_path, pace=unhurried(), canonical=lambda name: told)
    aws.fault("500", service="health", times=3)
    fault_in(clients.call, spoken(), "health", "describe_events")
    clients.call(spoken(), "health", "describe_events")
    assert {each.region for each in aws.calls("DescribeEvents")} == {"us-east-1"}


def test_name_that_cannot_be_resolved_costs_nothing_but_the_call(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    aws.account(ONE, external_id="s3cret")

    def canonical(name: str) -> str:
        raise OSError(name)

    clients = clients_of(aws, monkeypatch, tmp_path, pace=unhurried(), canonical=canonical)
    aws.fault("500", service="health", times=3)
    assert fault_in(clients.call, spoken(), "health", "describe_events").kind is Kind.LOST
    assert clients.call(spoken(), "health", "describe_events") == {"events": []}


def test_chinese_health_is_looked_for_by_its_own_name(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    aws.account(CHINA, partition="aws-cn", external_id="s3cret")
    names = {"global.health.amazonaws.com.cn": "health.cn-north-1.amazonaws.com.cn."}
    clients = clients_of(aws, monkeypatch, tmp_path, pace=unhurried(), canonical=names.__getitem__)
    china = spoken(CHINA, partition="aws-cn")
    aws.fault("500", service="health", times=3)
    fault_in(clients.call, china, "health", "describe_events")
    clients.call(china, "health", "describe_events")
    assert aws.calls("DescribeEvents")[-1].region == "cn-north-1"
