"""AWS accounts in an import file: how each is reached, what is wrong with a role, what is sealed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
import yaml

from gateway import secrets
from gateway.aws import accounts
from gateway.operations import exporting, importing
from gateway.operations.yaml_tree import Unreadable
from gateway.store.models import AwsAccount, AwsStream
from tests.databases import SECRET, Desk

HEAD = "customers:\n- reference: harbour\n  name: Harbourline\n  aws_accounts:\n"
ONE = "111122223333"
NAMED = HEAD + f"  - account_id: '{ONE}'\n    role: HelpdeskGateway\n"
CHINESE = HEAD + (
    "  - account_id: '777788889999'\n    role: arn:aws-cn:iam::777788889999:role/HelpdeskGateway\n"
    "    external_id: given-by-hand\n"
)


def imported(desk: Desk, file: str) -> list[str]:
    draft = importing.read(file.encode())
    with desk.services.transaction() as session:
        return importing.apply(session, draft, {}, at=desk.clock.at, key=SECRET).lines


def account(desk: Desk, number: str = ONE) -> AwsAccount:
    with desk.services.reading() as session:
        return session.get_one(AwsAccount, number)


def external_id(row: AwsAccount) -> str:
    return secrets.unseal(SECRET, accounts.purpose(row.account_id), row.external_id)


def faults(file: str) -> list[tuple[int, str]]:
    return [(each.line, each.text) for each in importing.read(file.encode()).findings.faults]


def test_name_of_a_role_becomes_its_arn_in_the_accounts_partition(desk: Desk) -> None:
    imported(desk, NAMED)
    assert account(desk).role_arn == f"arn:aws:iam::{ONE}:role/HelpdeskGateway"


def test_arn_says_the_partition(desk: Desk) -> None:
    imported(desk, CHINESE)
    assert account(desk, "777788889999").partition == "aws-cn"


def test_external_id_that_is_not_given_is_random_and_sealed(desk: Desk) -> None:
    imported(desk, NAMED)
    row = account(desk)
    assert len(external_id(row)) == 32 and external_id(row) not in row.external_id


def test_external_id_that_is_given_is_sealed(desk: Desk) -> None:
    imported(desk, CHINESE)
    row = account(desk, "777788889999")
    assert external_id(row) == "given-by-hand" and "given-by-hand" not in row.external_id


def test_second_import_changes_nothing(desk: Desk) -> None:
    imported(desk, NAMED)
    before = account(desk).external_id
    assert imported(desk, NAMED) == [] and account(desk).external_id == before


def test_account_with_a_role_is_read_and_one_without_is_not(desk: Desk) -> None:
    imported(desk, NAMED + "  - account_id: '444455556666'\n")
    with desk.services.reading() as session:
        rows = session.execute(sa.select(AwsStream.account_id, AwsStream.what))
        assert sorted((number, what) for number, what in rows) == [
            (ONE, what) for what in ("cases", "cost", "health", "probe")
        ]


def test_export_has_the_role_and_not_the_external_id(desk: Desk) -> None:
    imported(desk, CHINESE)
    with desk.services.reading() as session:
        told = exporting.export(session)
    assert yaml.safe_load(told)["customers"][0]["aws_accounts"] == [
        {"account_id": "777788889999", "name": "", "environment": "production", "partition": "aws-cn",
         "role": "arn:aws-cn:iam::777788889999:role/HelpdeskGateway"}
    ]  # fmt: skip
    assert imported(desk, told) == []


def test_person_may_say_that_an_account_is_suspended_and_take_it_back(desk: Desk) -> None:
    imported(desk, NAMED + "    suspended: true\n")
    row = account(desk)
    assert (row.state, row.state_code) == ("suspended", "by-hand")
    imported(desk, NAMED + "    suspended: false\n")
    assert account(desk).state == "unchecked"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("role: arn:aws:iam::444455556666:role/X", "role: belongs to the account 444455556666"),
        (
            "role: arn:aws-cn:iam::111122223333:role/X\n    partition: aws",
            "role: stands in aws-cn, the account in aws",
        ),
        ("partition: aws-cn\n    regions: [us-east-1]", "regions: us-east-1 is not in aws-cn"),
        (
            "partition: aws-cn\n    view: organization",
            "view: Health has no view of an organization in aws-cn",
        ),
    ],
)
def test_wrong_role_or_region_is_told_with_its_line(written: str, said: str) -> None:
    found = faults(HEAD + f"  - account_id: '{ONE}'\n    {written}\n")
    assert [text for _, text in found] == [said] and found[0][0] in (6, 7)


def test_arn_of_something_else_is_no_role() -> None:
    (fault,) = faults(HEAD + f"  - account_id: '{ONE}'\n    role: arn:aws:iam::{ONE}:user/jane\n")
    assert fault[0] == 6 and "arn:aws:iam::ACCOUNT:role/NAME" in fault[1]


def test_nothing_is_imported_where_a_role_is_wrong(desk: Desk) -> None:
    with pytest.raises(Unreadable):
        imported(desk, HEAD + f"  - account_id: '{ONE}'\n    role: arn:aws:iam::444455556666:role/X\n")
    with desk.services.reading() as session:
        assert session.scalars(sa.select(AwsAccount)).all() == []
