"""What customers are asked to allow: no more than is used, and a template that CloudFormation takes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.aws import permissions, policies
from tests.aws.fake import FakeAws
from tests.aws.speaking import clients_of, spoken, unhurried

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
    file = tmp_path / "role.json"
    file.write_text(json.dumps(policies.template(account, HUB.format(partition), read_only=read_only)))
    linter = [str(Path(sys.executable).parent / "cfn-lint"), "--regions", region, "--template", str(file)]
    run = subprocess.run(linter, capture_output=True, text=True, timeout=120, check=False)
    assert (run.stdout, run.stderr, run.returncode) == ("", "", 0)


def test_every_permission_is_tried_and_nothing_is_written(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    aws.account("111122223333", external_id="s3cret")
    clients = clients_of(aws, monkeypatch, tmp_path, pace=unhurried())
    trials = permissions.tried(clients, spoken())
    assert [each for each in trials if each.missing] == []
    assert "support:CreateCase" in {each.action for each in trials if each.outcome == "ok"}
    assert aws.ids() == []


def test_missing_action_is_named(aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    aws.account(
        "111122223333", external_id="s3cret", denied=["support:CreateCase", "health:DescribeEventDetails"]
    )
    clients = clients_of(aws, monkeypatch, tmp_path, pace=unhurried())
    missing = [each.action for each in permissions.tried(clients, spoken()) if each.missing]
    assert missing == ["support:CreateCase", "health:DescribeEventDetails"]
