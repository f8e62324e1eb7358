"""What `helpdesk check` says of AWS accounts."""

from __future__ import annotations

from gateway.operations import checking_aws
from tests.aws.accounts import ONE, TWO, an_account, settle_in
from tests.databases import Desk


def told(desk: Desk) -> list[tuple[str, str]]:
    with desk.services.reading() as session:
        return [(level, what) for level, what, _ in checking_aws.findings(session, desk.clock.at)]


def test_accounts_that_are_well_are_counted(desk: Desk) -> None:
    settle_in(desk, an_account(ONE), an_account(TWO))
    assert told(desk) == [("ok", "2 AWS accounts are read")]


def test_account_in_trouble_is_named_with_its_code(desk: Desk) -> None:
    settle_in(desk, an_account(ONE, state="role-broken", state_code="AccessDenied"), an_account(TWO))
    assert told(desk) == [
        ("wrong", f"the AWS account {ONE} is role-broken (AccessDenied)"),
        ("ok", "1 AWS accounts are read"),
    ]


def test_account_that_is_not_read_is_named(desk: Desk) -> None:
    settle_in(desk, an_account(ONE))
    desk.clock.pass_(minutes=13)
    assert told(desk) == [("wrong", f"the AWS account {ONE} has not been read for 12 minutes")]


def test_nothing_is_said_where_no_account_has_a_role(desk: Desk) -> None:
    settle_in(desk, an_account(ONE, role_arn=""))
    assert told(desk) == []
