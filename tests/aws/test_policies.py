"""What customers are asked to allow: no more than is used, and a template that CloudFormation takes."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name

from gateway.aws import hub_template, permissions, policies
from gateway.aws.clients import AwsClients
from gateway.aws.parts import Account
from gateway.aws.permissions import Wanted
from tests.aws.fake import FakeAws
from tests.aws.speaking import clients_of, spoken, unhurried

ROOT = Path(__file__).parents[2]
ONE, CHINA = "111122223333", "777788889999"
TODAY = date(2026, 11, 23)
PAYING = Wanted(TODAY, paid=True)
HUB = "arn:{}:iam::999988887777:role/helpdesk-gateway"
BOTH = pytest.mark.parametrize(("partition", "region"), [("aws", "us-east-1"), ("aws-cn", "cn-north-1")])


def actions(told: dict[str, list[dict[str, list[str]]]]) -> set[str]:
    return {action for each in told["Statement"] for action in each["Action"]}


def test_trust_asks_for_the_external_id() -> None:
    (statement,) = policies.trust(spoken(), HUB.format("aws"))["Statement"]
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "s3cret"}}
    assert statement["Principal"] == {"AWS": "arn:aws:iam::999988887777:role/helpdesk-gateway"}


def test_read_only_role_writes_nothing() -> None:
    allowed = actions(policies.permissions(spoken(), read_only=True))
    assert not allowed & set(policies.WRITING)


def test_china_is_not_asked_for_what_it_lacks() -> None:
    allowed = actions(policies.permissions(spoken(partition="aws-cn", view="organization")))
    assert not {
        each for each in allowed if each.startswith(("cost-optimization-hub:", "trustedadvisor:", "organ"))
    }
    assert "health:DescribeEventsForOrganization" not in allowed


def test_nothing_is_allowed_by_a_wildcard() -> None:
    assert not [each for each in actions(policies.permissions(spoken(view="organization"))) if "*" in each]


@BOTH
@pytest.mark.parametrize("read_only", [False, True])
def test_template_is_one_that_cloudformation_takes(
    tmp_path: Path, partition: str, region: str, *, read_only: bool
) -> None:
    account = spoken(partition=partition, view="organization" if partition == "aws" else "account")
    told = policies.template(account, HUB.format(partition), read_only=read_only)
    assert faults_in(told, tmp_path, region) == ""


def faults_in(template: dict[str, Any], folder: Path, region: str) -> str:
    """What cfn-lint says of a template."""
    file = folder / "template.json"
    file.write_text(json.dumps(template))
    linter = [str(Path(sys.executable).parent / "cfn-lint"), "--regions", region, "--template", str(file)]
    run = subprocess.run(linter, capture_output=True, text=True, timeout=120, check=False)
    return run.stdout + run.stderr + (f"exit {run.returncode}" if run.returncode else "")


@BOTH
@pytest.mark.parametrize("numbers", [[], ["111122223333", "444455556666"]])
def test_template_of_our_own_side_is_one_that_cloudformation_takes(
    tmp_path: Path, partition: str, region: str, numbers: list[str]
) -> None:
    roles = {each: f"arn:{partition}:iam::{each}:role/HelpdeskGateway" for each in numbers}
    assert faults_in(hub_template.template(partition, roles), tmp_path, region) == ""


def test_own_identity_may_assume_the_roles_it_knows_and_read_its_queue() -> None:
    roles = [f"arn:aws:iam::{each}:role/msp/Desk" for each in ("111122223333", "444455556666")]
    assume, listen = policies.hub("aws", roles)["Statement"]
    assert assume["Resource"] == ["arn:aws:iam::*:role/msp/Desk"]
    assert listen["Resource"] == "arn:aws:sqs:*:*:helpdesk-events"


def test_bus_takes_words_about_support_and_health_from_known_accounts_alone() -> None:
    made = hub_template.template("aws", {"111122223333": "arn:aws:iam::111122223333:role/Desk"})["Resources"]
    statement = made["BusPolicy"]["Properties"]["Statement"]
    assert statement["Principal"] == {"AWS": ["111122223333"]}
    assert statement["Condition"] == {"StringEquals": {"events:source": ["aws.support", "aws.health"]}}


def test_message_that_cannot_be_read_is_laid_aside_in_the_end() -> None:
    queue = hub_template.template("aws", {})["Resources"]["Queue"]["Properties"]
    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": ["LaidAside", "Arn"]}, "maxReceiveCount": 5,
    }  # fmt: skip


@pytest.fixture
def clients(aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AwsClients:
    aws.account(ONE, external_id="s3cret", organization="o-1", administrator=True)
    aws.account(CHINA, partition="aws-cn", external_id="s3cret")
    return clients_of(aws, monkeypatch, tmp_path, pace=unhurried())


ACCOUNTS: dict[str, Account] = {
    "alone": spoken(ONE), "organization": spoken(ONE, view="organization"), "china": spoken(CHINA, partition="aws-cn"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ACCOUNTS)
def test_every_action_of_the_policy_is_tried_and_nothing_is_written(
    aws: FakeAws, clients: AwsClients, kind: str
) -> None:
    account = ACCOUNTS[kind]
    trials = permissions.tried(clients, account, PAYING)
    assert [(each.action, each.outcome) for each in trials] == [
        (each, "ok")
        for statement in policies.permissions(account)["Statement"]
        for each in statement["Action"]
    ]
    assert {each.operation for each in aws.calls()} - {"AssumeRole"} == {
        each.action.partition(":")[2] for each in trials
    }
    assert (aws.ids(), aws.sets, aws.nowhere) == ([], {}, [])


@pytest.mark.parametrize("kind", ACCOUNTS)
def test_every_action_that_is_refused_is_named(aws: FakeAws, clients: AwsClients, kind: str) -> None:
    account = ACCOUNTS[kind]
    wanted = [
        each for each in actions(policies.permissions(account)) if each != "support:DescribeSeverityLevels"
    ]
    aws.account(account.account_id, denied=wanted)
    trials = permissions.tried(clients, account, PAYING)
    assert {each.action for each in trials if each.missing} == set(wanted)
    assert {each.outcome for each in trials if each.missing} == {"denied"}


def test_what_costs_money_is_tried_only_where_that_is_wanted(aws: FakeAws, clients: AwsClients) -> None:
    trials = permissions.tried(clients, spoken(), Wanted(TODAY))
    untried = {each.action: each.code for each in trials if each.outcome == "untried"}
    assert untried == dict.fromkeys(("ce:GetCostAndUsage", "ce:GetCostForecast"), "costs 0.01 USD: --all")
    assert [each for each in aws.calls() if each.service == "ce"] == []
    assert [each for each in trials if each.missing] == []


def test_role_that_only_reads_is_not_asked_to_write(aws: FakeAws, clients: AwsClients) -> None:
    aws.account(ONE, denied=policies.WRITING)
    trials = permissions.tried(clients, spoken(), Wanted(TODAY, read_only=True))
    assert [each for each in trials if each.missing] == []


def test_account_without_a_plan_is_asked_for_the_rest(aws: FakeAws, clients: AwsClients) -> None:
    aws.account(ONE, plan=None)
    trials = permissions.tried(clients, spoken(), Wanted(TODAY))
    closed = {each.action.partition(":")[0] for each in trials if each.outcome == "no-plan"}
    assert closed == {"support", "health", "trustedadvisor"}
    assert "cost-optimization-hub:ListRecommendations" in {
        each.action for each in trials if each.outcome == "ok"
    }


def test_own_identity_that_is_refused_is_not_held_against_the_account(
    clients: AwsClients, tmp_path: Path
) -> None:
    (tmp_path / "aws-credentials").write_text("")
    (trial,) = permissions.tried(clients, spoken(), Wanted(TODAY))
    assert (trial.action, trial.outcome, trial.missing) == ("our own identity", "refused", True)


def test_wrong_external_id_is_the_roles(clients: AwsClients) -> None:
    (trial,) = permissions.tried(clients, spoken(external_id="other"), Wanted(TODAY))
    assert (trial.action, trial.outcome, trial.code) == ("sts:AssumeRole", "denied", "AccessDenied")


@pytest.mark.parametrize("kind", ACCOUNTS)
def test_nothing_is_asked_for_that_nobody_calls(kind: str) -> None:
    called = "".join(
        file.read_text() for file in (ROOT / "gateway" / "aws").rglob("*.py") if file.stem != "permissions"
    )
    wanted = actions(policies.permissions(ACCOUNTS[kind]))
    operations = {each: xform_name(each.partition(":")[2]) for each in wanted}
    assert [each for each, operation in operations.items() if f'"{operation}"' not in called] == []
