"""What may be done in an account: each trouble is one clear state and one letter, and disturbs no other account."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway import clock
from gateway.appointments import Appointments
from gateway.aws import accounts, identities, probing, telling
from gateway.aws.clients import AwsClients, Identity
from gateway.aws.rounds import Rounds
from gateway.operations import checking_aws
from gateway.store.models import Stream
from tests.aws.accounts import ONE, TWO, account_of, an_account, drain, rounds_of, settle_in, stream_of
from tests.aws.fake import FakeAws
from tests.aws.speaking import PROFILES, clients_of, unhurried
from tests.builders import an_engineer
from tests.databases import Desk


@pytest.fixture
def rounds(desk: Desk, aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Rounds:
    """Two accounts that were never looked at, in an AWS where both are well."""
    for each in (ONE, TWO):
        aws.account(each, external_id="s3cret")
    settle_in(desk, an_account(ONE, state="unchecked", told=""), an_account(TWO, state="unchecked", told=""))
    desk.add(an_engineer("Chen Wei", role="lead"), an_engineer("Zhang Min", role="manager", language="zh"))
    clients: AwsClients = clients_of(aws, monkeypatch, tmp_path, pace=unhurried())
    return rounds_of(desk, clients, {Stream.PROBE: probing.read})


def fresh() -> AwsClients:
    """Clients that look for their credentials anew."""
    return AwsClients(Identity(PROFILES, https_only=False), clock.now, unhurried())


def probe(desk: Desk, rounds: Rounds, **later: float) -> None:
    """Probe what is due, then tell whoever is to be told."""
    desk.clock.pass_(**(later or {"hours": 1}))
    drain(desk, rounds)
    desk.clock.pass_(minutes=1)
    tell(desk)


def tell(desk: Desk) -> None:
    kept = {
        accounts.TELLING: telling.keep, identities.REFUSED: identities.keep, identities.BACK: identities.keep_back,
    }  # fmt: skip
    made = Appointments(desk.services.transaction, desk.head, "test", desk.clock, kept)
    made.drain(desk.clock.at + timedelta(seconds=5))


def subjects(desk: Desk) -> list[str]:
    return sorted(each.subject for each in desk.letters("engineer-aws-accounts"))


TROUBLES: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "wrong external id": ({"external_id": "another"}, ("role-broken", "AccessDenied")),
    "role gone": ({"role": "SomethingElse"}, ("role-broken", "AccessDenied")),
    "missing permission": (
        {"denied": ["support:DescribeSeverityLevels"]},
        ("role-broken", "AccessDeniedException"),
    ),
    "no plan": ({"plan": None}, ("no-plan", "SubscriptionRequiredException")),
}


def test_account_that_is_well_is_no_news(desk: Desk, rounds: Rounds) -> None:
    probe(desk, rounds)
    row = account_of(desk)
    assert (row.state, row.severities) == ("ok", ["low", "normal", "high", "urgent", "critical"])
    assert row.capabilities["health"] == row.capabilities["cost-optimization-hub"] == "ok"
    assert subjects(desk) == []


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_is_a_clear_state_and_one_letter_each(
    desk: Desk, rounds: Rounds, aws: FakeAws, trouble: str
) -> None:
    changes, expected = TROUBLES[trouble]
    aws.account(ONE, **changes)
    probe(desk, rounds)
    probe(desk, rounds, hours=24)
    row = account_of(desk)
    assert (row.state, row.state_code) == expected
    assert subjects(desk) == [f"AWS account {ONE} cannot be read", f"AWS 账号 {ONE} 无法读取"]
    assert account_of(desk, TWO).state == "ok"


def test_account_that_is_well_again_is_told_and_read(desk: Desk, rounds: Rounds, aws: FakeAws) -> None:
    aws.account(ONE, plan=None)
    probe(desk, rounds)
    aws.account(ONE, plan="business")
    probe(desk, rounds, hours=24)
    assert account_of(desk).severities == ["low", "normal", "high", "urgent"]
    assert f"AWS account {ONE} is read again" in subjects(desk)
    assert stream_of(desk, Stream.CASES).watched_since >= desk.clock.at - timedelta(minutes=2)


def test_credentials_that_stay_refused_are_the_roles_fault(desk: Desk, rounds: Rounds, aws: FakeAws) -> None:
    aws.fault("expired", account=ONE, service="support", times=None)
    probe(desk, rounds)
    assert (account_of(desk).state, account_of(desk).state_code) == ("role-broken", "ExpiredTokenException")
    assert account_of(desk, TWO).state == "ok"


def test_own_identity_that_is_refused_breaks_no_account(
    desk: Desk, rounds: Rounds, aws: FakeAws, tmp_path: Path
) -> None:
    (tmp_path / "aws-credentials").write_text("")
    probe(desk, rounds)
    assert {account_of(desk, each).state for each in (ONE, TWO)} == {"unchecked"}
    assert stream_of(desk, Stream.PROBE).due_at <= desk.clock.at
    assert subjects(desk) == []


def test_health_that_is_refused_is_named_and_the_rest_goes_on(
    desk: Desk, rounds: Rounds, aws: FakeAws
) -> None:
    aws.account(ONE, denied=["health:*"])
    probe(desk, rounds)
    assert (account_of(desk).state, account_of(desk).capabilities["health"]) == ("ok", "denied")
    assert f"AWS account {ONE} refuses a part" in subjects(desk)


def test_many_accounts_in_trouble_are_one_letter(desk: Desk, rounds: Rounds, aws: FakeAws) -> None:
    for each in (ONE, TWO):
        aws.account(each, plan=None)
    probe(desk, rounds)
    assert subjects(desk) == ["2 AWS accounts changed", "2 个 AWS 账号状态有变"]


def test_chinese_account_knows_what_its_partition_lacks(
    desk: Desk, aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    china = "777788889999"
    aws.account(china, partition="aws-cn", external_id="s3cret")
    settle_in(desk, an_account(china, partition="aws-cn", state="unchecked", told=""))
    clients = clients_of(aws, monkeypatch, tmp_path, pace=unhurried())
    probe(desk, rounds_of(desk, clients, {Stream.PROBE: probing.read}))
    row = account_of(desk, china)
    assert (row.state, row.capabilities["cost-optimization-hub"]) == ("ok", "absent")
    assert aws.nowhere == []


def test_suspended_account_is_told_once_and_disturbs_no_other(
    desk: Desk, rounds: Rounds, aws: FakeAws
) -> None:
    probe(desk, rounds)
    aws.account(ONE, suspended=True)
    probe(desk, rounds, hours=24)
    assert (account_of(desk).state, account_of(desk).state_code) == ("suspended", "AccountProblem")
    aws.expire_keys()
    for _ in range(2):  # from now on AWS only says that it does not give the role
        probe(desk, rounds, hours=24)
    assert account_of(desk).state == "suspended"
    assert subjects(desk) == [f"AWS account {ONE} cannot be read", f"AWS 账号 {ONE} 无法读取"]
    assert account_of(desk, TWO).state == "ok"
    assert stream_of(desk, Stream.PROBE, TWO).fault == ""


def test_account_that_is_no_longer_suspended_is_read_again(desk: Desk, rounds: Rounds, aws: FakeAws) -> None:
    probe(desk, rounds)
    aws.account(ONE, suspended=True)
    probe(desk, rounds, hours=24)
    aws.account(ONE, suspended=False)
    probe(desk, rounds, hours=24)
    assert account_of(desk).state == "ok"
    assert subjects(desk)[1:3] == [f"AWS account {ONE} is read again", f"AWS 账号 {ONE} 已恢复读取"]


def test_account_without_a_plan_is_still_asked_for_cost_advice(
    desk: Desk, rounds: Rounds, aws: FakeAws
) -> None:
    aws.account(ONE, plan=None, enrolled={"compute-optimizer"})
    probe(desk, rounds)
    assert account_of(desk).state == "no-plan"
    assert account_of(desk).capabilities == {
        "support": "no-plan", "health": "no-plan", "trustedadvisor": "no-plan",
        "cost-optimization-hub": "not-enrolled", "compute-optimizer": "ok",
    }  # fmt: skip


def test_advice_that_is_refused_where_there_is_a_plan_is_a_permission_that_lacks(
    desk: Desk, rounds: Rounds, aws: FakeAws
) -> None:
    aws.account(ONE, denied=["trustedadvisor:ListChecks"])
    probe(desk, rounds)
    assert (account_of(desk).state, account_of(desk).capabilities["trustedadvisor"]) == ("ok", "denied")
    assert f"AWS account {ONE} refuses a part" in subjects(desk)


def of_identity(desk: Desk) -> list[str]:
    return sorted(each.subject for each in desk.letters("engineer-aws-identity"))


def test_own_identity_that_is_refused_is_told_once_and_when_it_is_known_again(
    desk: Desk, rounds: Rounds, aws: FakeAws, tmp_path: Path
) -> None:
    file = tmp_path / "aws-credentials"
    known = file.read_text()
    file.write_text("")
    for _ in range(3):
        probe(desk, rounds)
    assert of_identity(desk) == ["AWS refuses our own identity in aws", "AWS 拒绝了我方在 aws 的身份"]
    with desk.services.reading() as session:
        found = checking_aws.findings(session, desk.clock.at)
    assert "AWS refuses our own identity in aws (NoCredentialsError)" in {told for _, told, _ in found}
    file.write_text(known)
    again = rounds_of(desk, fresh(), {Stream.PROBE: probing.read})
    probe(desk, again)
    probe(desk, again)
    assert of_identity(desk)[1:3] == [
        "AWS refuses our own identity in aws",
        "AWS 已重新接受我方在 aws 的身份",
    ]
    assert account_of(desk).state == "ok"
