"""What an import file declares becomes so, whole or not at all, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gateway import secrets
from gateway.cli.importing import run
from gateway.operations import access, exporting
from gateway.operations.estate_writing import Summary
from gateway.operations.yaml_tree import Unreadable
from gateway.store.models import (
    AwsAccount,
    Contact,
    Contract,
    Customer,
    CustomerDomain,
    Engineer,
    Row,
    Team,
    WebSession,
)
from tests.builders import a_mail
from tests.databases import MONDAY, Desk

ACME = """\
customers:
  - reference: acme
    name: 青禾教育
    language: zh-Hans
    time_zone: Asia/Shanghai
    domains: [acme.example, Acme.例子.example]
    contacts:
      - {email: Ann@ACME.example, name: Ann, phone: +86 138 0000 0000}
    contracts:
      - number: 2026-001
        starts_on: 2026-01-01
        ends_on: 2026-12-31
        currency: CNY
        monthly_fee: 38000.50
        terms: {targets: {critical: {resolution_minutes: 120}}, ladder: [40, 100]}
    aws_accounts:
      - {account_id: 012345678901, name: Main, environment: staging}
engineers:
  - {email: chen@desk.example, name: Chen Wei, role: lead, skills: [vpc, rds], password: correct horse battery}
  - {email: zhao@desk.example, name: 赵敏}
teams:
  - {name: cloud, members: [chen@desk.example]}
"""


def bring(desk: Desk, text: str, **how: bool) -> Summary:
    return run(desk.services, text.encode(), **how)[0]


def faults_of(desk: Desk, text: str) -> list[tuple[int, str]]:
    with pytest.raises(Unreadable) as raised:
        bring(desk, text)
    return [(fault.line, fault.text) for fault in raised.value.faults]


def rows(desk: Desk, kind: type[Row]) -> list[Row]:
    with desk.services.reading() as session:
        return list(session.scalars(sa.select(kind).order_by(*sa.inspect(kind).primary_key)))


def one(desk: Desk, kind: type[Row]) -> Row:
    [found] = rows(desk, kind)
    return found


def exported(desk: Desk, **how: bool) -> str:
    with desk.services.reading() as session:
        return exporting.export(session, **how)


def test_everything_in_the_file_is_added(desk: Desk) -> None:
    assert dict(bring(desk, ACME).added) == {
        "customer": 1,
        "domain": 2,
        "contact": 1,
        "contract": 1,
        "AWS account": 1,
        "engineer": 2,
        "team": 1,
    }


def test_same_file_again_changes_nothing(desk: Desk) -> None:
    bring(desk, ACME)
    again = bring(desk, ACME)
    assert again.nothing
    assert again.unchanged.total() == 9


def test_import_of_an_export_changes_nothing(desk: Desk) -> None:
    bring(desk, ACME)
    first = exported(desk, with_hashes=True)
    assert bring(desk, first).nothing
    assert exported(desk, with_hashes=True) == first


def test_export_alone_rebuilds_the_same_desk(desk: Desk) -> None:
    bring(desk, ACME)
    first = exported(desk, with_hashes=True)
    with desk.services.transaction() as session:
        for kind in (Team, Engineer, Customer):
            for row in session.scalars(sa.select(kind)):
                session.delete(row)
    bring(desk, first)
    assert exported(desk, with_hashes=True) == first


def test_export_holds_no_hash_unless_asked(desk: Desk) -> None:
    bring(desk, ACME)
    assert "argon2" not in exported(desk)
    assert "argon2" in exported(desk, with_hashes=True)


def test_addresses_and_domains_are_kept_in_comparable_form(desk: Desk) -> None:
    bring(desk, ACME)
    assert one(desk, Contact).email == "ann@acme.example"
    assert {row.domain for row in rows(desk, CustomerDomain)} == {
        "acme.example",
        "acme.xn--fsqu00a.example",
    }


def test_contract_takes_what_it_leaves_out_from_its_customer(desk: Desk) -> None:
    bring(desk, ACME)
    contract = one(desk, Contract)
    assert (contract.number, contract.time_zone, contract.language) == (
        "2026-001",
        "Asia/Shanghai",
        "zh-Hans",
    )


def test_leading_zero_of_an_account_stays(desk: Desk) -> None:
    bring(desk, ACME)
    assert one(desk, AwsAccount).account_id == "012345678901"


def test_password_lets_in_and_is_stored_hashed(desk: Desk) -> None:
    bring(desk, ACME)
    stored = rows(desk, Engineer)[0].password_hash
    assert stored.startswith("$argon2id$")
    assert secrets.verify_password(stored, "correct horse battery")


def test_unchanged_password_is_not_hashed_anew(desk: Desk) -> None:
    bring(desk, ACME)
    before = rows(desk, Engineer)[0].password_hash
    bring(desk, ACME)
    assert rows(desk, Engineer)[0].password_hash == before


def test_new_password_ends_the_engineers_sessions(desk: Desk) -> None:
    bring(desk, ACME)
    engineer = rows(desk, Engineer)[0]
    desk.add(
        WebSession(
            token_digest="x", engineer_id=engineer.id, created_at=MONDAY, seen_at=MONDAY, ends_at=MONDAY
        )
    )
    summary = bring(desk, ACME.replace("correct horse battery", "another long password"))
    assert summary.lines == ["changed engineer chen@desk.example: password"]
    assert rows(desk, WebSession) == []


def test_password_is_in_no_line_of_the_summary(desk: Desk) -> None:
    assert not any("correct horse" in line for line in bring(desk, ACME).lines)


def test_changed_field_is_named(desk: Desk) -> None:
    bring(desk, ACME)
    assert bring(desk, ACME.replace("Asia/Shanghai", "Asia/Tokyo")).lines == [
        "changed customer acme: time_zone"
    ]


def test_absent_field_stays_as_it_is(desk: Desk) -> None:
    bring(desk, ACME)
    bring(desk, "customers: [{reference: acme, name: Acme}]")
    assert one(desk, Customer).time_zone == "Asia/Shanghai"
    assert one(desk, Contact).name == "Ann"


def test_unused_version_of_a_contract_is_changed_in_place(desk: Desk) -> None:
    bring(desk, ACME)
    bring(desk, ACME.replace("38000.50", "40000"))
    assert [(row.version, float(row.monthly_fee)) for row in rows(desk, Contract)] == [(1, 40000)]


def test_used_version_of_a_contract_is_kept_and_the_next_made(desk: Desk) -> None:
    bring(desk, ACME)
    desk.walk(a_mail(sender="ann@acme.example"), reverse_path="ann@acme.example")
    summary = bring(desk, ACME.replace("38000.50", "40000"))
    assert summary.lines == ["changed contract 2026-001: monthly_fee, now version 2"]
    first, second = rows(desk, Contract)
    assert (first.version, float(first.monthly_fee), first.terms) == (1, 38000.5, second.terms)
    assert (second.version, float(second.monthly_fee)) == (2, 40000)


def test_used_contract_that_is_unchanged_makes_no_version(desk: Desk) -> None:
    bring(desk, ACME)
    desk.walk(a_mail(sender="ann@acme.example"), reverse_path="ann@acme.example")
    assert bring(desk, ACME).nothing


def test_one_fault_keeps_everything_out(desk: Desk) -> None:
    assert faults_of(desk, ACME.replace("role: lead", "role: boss"))
    assert rows(desk, Customer) == []


def test_every_fault_is_told_with_its_line(desk: Desk) -> None:
    text = """\
customers:
  - reference: acme
    nmae: Acme
    time_zone: Asia/Shangai
    domains: [gmail.com]
    contacts: [{email: nobody}]
    contracts: [{number: A, starts_on: 2026-13-01}]
engineers:
  - {email: x@desk.example, name: X, password: short}
mailboxs: []
"""
    assert faults_of(desk, text) == [
        (2, "a customer needs the field name"),
        (3, 'a customer has no field "nmae"; did you mean "name"?'),
        (
            4,
            'time_zone: "Asia/Shangai" is no time zone, as "Asia/Shanghai" is one; did you mean "Asia/Shanghai"?',
        ),
        (5, "gmail.com belongs to a mail provider: anybody there would count as this customer"),
        (6, 'email: "nobody" is no mail address: An email address must have an @-sign.'),
        (7, 'starts_on: "2026-13-01" is no date, as 2026-01-31 is one'),
        (9, "password: must have 12 to 256 characters"),
        (10, 'the file has no field "mailboxs"; did you mean "mailboxes"?'),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a", "the file is described by fields, not by a list"),
        ("customers: 3", "customers: must be a list of customers, not a single value"),
        ("customers: [3]", "a customer is described by fields, not by a single value"),
        ("teams: [{name: [a]}]", "name: must be a single value, not a list"),
        ('teams: [{name: "a\\0b"}]', "name: holds a character that cannot be shown on one line"),
        ("teams: [{name: ''}]", "name: must not be empty"),
        (f"teams: [{{name: {'x' * 101}}}]", "name: has 101 characters, at most 100 fit"),
        ("teams: [{name: a}, {name: a}]", "the team a stands twice (first in line 1)"),
        ("teams: [{name: a, members: [x@y.example]}]", "no engineer has the address x@y.example"),
        ("engineers: [{email: a@b.example, name: A, active: 1}]", "active: must be true or false"),
        ("engineers: [{email: a@b.example, name: A, language: klingon}]",
         'language: "klingon" is no language code, as en or zh-Hans is one'),
        ("engineers: [{email: a@b.example, name: A, password: aaaaaaaaaaaaaa}]",
         "password: repeats too few different characters"),
        ("engineers: [{email: a@b.example, name: A, password_hash: $argon2id$x}]",
         "password_hash: is no argon2 hash"),
        ("engineers: [{email: longer@b.example, name: A, password: Longer@b.example}]",
         "password: must not be the engineer's own name or address"),
    ],
)  # fmt: skip
def test_wrong_values_are_told_in_plain_words(desk: Desk, text: str, told: str) -> None:
    assert faults_of(desk, text) == [(1, told)]


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("terms: {ladder: [90, 50]}", "terms: the ladder is a rising list of whole percentages from 1 to 100"),
        ("terms: {targets: {low: {first_response_minutes: 0}}}",
         'first_response_minutes: "0" must be a number of minutes above 0 and at most 527040'),
        ("terms: {targets: {urgent: {}}}", 'targets has no field "urgent" (known are critical, high, medium, low)'),
        ("terms: 3", "terms: the terms is described by fields, not by a single value"),
        ("ends_on: 2025-01-01", "ends_on: the contract ends before it starts"),
        ("monthly_fee: -1", 'monthly_fee: "-1" is no amount, as 1200.50 is one'),
        ("currency: rmb", 'currency: "rmb" is no currency code, as CNY or USD is one'),
    ],
)  # fmt: skip
def test_wrong_contracts_are_told_in_plain_words(desk: Desk, part: str, told: str) -> None:
    text = (
        f"customers: [{{reference: a, name: A, contracts: [{{number: N, starts_on: 2026-01-01, {part}}}]}}]"
    )
    assert faults_of(desk, text) == [(1, told)]


def test_what_belongs_to_another_customer_is_refused(desk: Desk) -> None:
    bring(desk, ACME)
    text = """\
customers:
  - reference: other
    name: Other
    domains:
      - acme.example
    contacts:
      - email: ann@acme.example
    contracts:
      - {number: 2026-001, starts_on: 2026-01-01}
    aws_accounts:
      - account_id: "012345678901"
"""
    assert faults_of(desk, text) == [
        (5, "the domain acme.example belongs to the customer acme already"),
        (7, "the contact ann@acme.example belongs to the customer acme already"),
        (9, "the contract 2026-001 belongs to the customer acme already"),
        (11, "the AWS account 012345678901 belongs to the customer acme already"),
    ]


def test_same_contact_at_two_customers_of_the_file_is_refused(desk: Desk) -> None:
    text = """\
customers:
  - {reference: a, name: A, contacts: [{email: ann@a.example}]}
  - {reference: b, name: B, contacts: [{email: ANN@a.example}]}
"""
    assert faults_of(desk, text) == [(3, "the contact ann@a.example stands twice (first in line 2)")]


def test_aliases_that_multiply_are_refused(desk: Desk) -> None:
    contacts = ", ".join(f"{{email: c{n}@a.example}}" for n in range(1000))
    customers = ", ".join(f"{{reference: r{n}, name: N, contacts: *c}}" for n in range(400))
    text = f"customers: [{{reference: a, name: A, contacts: &c [{contacts}]}}, {customers}]"
    assert faults_of(desk, text) == [(1, "too many entries: aliases repeat one another")]


def test_what_the_file_does_not_name_is_left_alone(desk: Desk) -> None:
    bring(desk, ACME)
    bring(desk, "customers: []\nengineers: []\nteams: []\n")
    assert one(desk, Customer).active
    assert len(rows(desk, Engineer)) == 2


SHORTER = """\
customers:
  - {reference: acme, name: 青禾教育, domains: [acme.example], contacts: []}
engineers:
  - {email: zhao@desk.example, name: 赵敏}
teams:
  - {name: cloud, members: []}
"""
PRUNED = [
    "remove contact ann@acme.example of customer acme",
    "remove domain acme.xn--fsqu00a.example of customer acme",
    "deactivate engineer chen@desk.example",
    "remove chen@desk.example from team cloud",
]


def test_pruning_only_tells_what_it_would_do(desk: Desk) -> None:
    bring(desk, ACME)
    assert run(desk.services, SHORTER.encode(), prune=True)[1] == PRUNED
    assert one(desk, Contact).email == "ann@acme.example"
    assert all(each.active for each in rows(desk, Engineer))


def test_pruning_is_done_when_confirmed(desk: Desk) -> None:
    bring(desk, ACME)
    assert run(desk.services, SHORTER.encode(), prune=True, really=True)[1] == PRUNED
    assert rows(desk, Contact) == []
    assert [(each.email, each.active) for each in rows(desk, Engineer)] == [
        ("chen@desk.example", False),
        ("zhao@desk.example", True),
    ]
    assert run(desk.services, SHORTER.encode(), prune=True, really=True)[1] == []


def test_pruning_keeps_contracts_and_lists_the_file_does_not_have(desk: Desk) -> None:
    bring(desk, ACME)
    run(desk.services, b"customers: [{reference: acme, name: A}]", prune=True, really=True)
    assert len(rows(desk, Contract)) == len(rows(desk, Contact)) == 1
    assert all(each.active for each in rows(desk, Engineer))


def test_pruned_customer_is_deactivated_and_keeps_its_rows(desk: Desk) -> None:
    bring(desk, ACME)
    run(desk.services, b"customers: []", prune=True, really=True)
    assert not one(desk, Customer).active
    assert one(desk, Contact).email == "ann@acme.example"


def test_dry_run_changes_nothing(desk: Desk) -> None:
    assert bring(desk, ACME, dry_run=True).added["customer"] == 1
    assert rows(desk, Customer) == []


def test_engineer_who_lost_rank_is_signed_out(desk: Desk) -> None:
    bring(desk, ACME)
    engineer = rows(desk, Engineer)[0]
    with desk.services.transaction() as session:
        attempt = access.attempt(session, email=engineer.email, client="192.0.2.1", at=MONDAY)
        assert attempt is not None
        access.open_session(
            session, attempt_id=attempt, engineer_id=engineer.id, lifetime=access.IDLE, at=MONDAY
        )
    bring(desk, ACME.replace("role: lead", "role: engineer"))
    assert rows(desk, WebSession) == []


def test_naming_a_deactivated_engineer_brings_nobody_back_but_says_so(desk: Desk) -> None:
    bring(desk, ACME)
    run(desk.services, SHORTER.encode(), prune=True, really=True)
    engineers = "engineers: [{email: chen@desk.example, name: Chen Wei}]"
    assert bring(desk, engineers).lines == [
        "note: engineer chen@desk.example is inactive; `active: true` would change that"
    ]
