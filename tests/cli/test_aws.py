"""`helpdesk aws`: what must be allowed and whether it is, by the exit code too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.cli import aws as cli
from tests.aws.accounts import ONE, an_account, settle_in
from tests.aws.fake import FakeAws
from tests.aws.speaking import clients_of
from tests.cli.conftest import Call
from tests.databases import SECRET, Desk


@pytest.fixture
def settled(desk: Desk, aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeAws:
    aws.account(ONE, external_id="s3cret")
    settle_in(desk, an_account(ONE))
    clients_of(aws, monkeypatch, tmp_path)
    monkeypatch.setenv("HELPDESK_SECRET_KEY", SECRET)
    return aws


def test_check_of_an_account_that_allows_all_is_a_success(settled: FakeAws, call: Call) -> None:
    told = call(cli.command, "check", "1111-2222-3333", "--json")
    assert told.exit_code == 0, told.output
    assert {each["missing"] for each in json.loads(told.output)[ONE]} == {False}


def test_check_names_what_is_missing_and_fails(settled: FakeAws, call: Call) -> None:
    settled.account(ONE, denied=["support:ResolveCase"])
    told = call(cli.command, "check", ONE)
    assert told.exit_code == 1
    assert f"{ONE}  denied        support:ResolveCase  AccessDeniedException" in told.output.splitlines()


def test_own_side_is_printed_as_a_template(settled: FakeAws, call: Call) -> None:
    told = call(cli.command, "hub", "aws", "--template")
    assert told.exit_code == 0, told.output
    made = json.loads(told.output)["Resources"]
    assert made["BusPolicy"]["Properties"]["Statement"]["Principal"] == {"AWS": [ONE]}


def test_policy_names_our_own_identity_as_aws_knows_it(settled: FakeAws, call: Call) -> None:
    told = call(cli.command, "policy", ONE)
    assert told.exit_code == 0, told.output
    (statement,) = json.loads(told.output)["trust"]["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::999988887777:user/hub"}
