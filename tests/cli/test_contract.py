"""`helpdesk contract`, and what `helpdesk check` says of customers without one."""

from __future__ import annotations

import time_machine

from gateway.cli import check, contract
from tests.builders import a_customer
from tests.cli.conftest import Call
from tests.credits.desk import NUMBER, Books
from tests.databases import Desk


@time_machine.travel("2026-05-10T00:00:00Z")
def test_contracts_are_listed_with_their_days_and_fee(call: Call, desk: Desk) -> None:
    Books(desk)
    assert call(contract.command, "list").stdout == (
        "NQ-2026-014  harbour  from 2026-01-01  SGD 10,000.00 a month  in effect\n"
    )


@time_machine.travel("2026-05-10T00:00:00Z")
def test_contract_is_shown_with_every_term_and_its_ledger(call: Call, desk: Desk) -> None:
    books = Books(desk, terms={"ladder": [60, {"percent": 100, "tells": ["lead", "management"]}]})
    books.open("2026-03-20T05:00")
    books.freeze("2026-03", at="2026-04-02T01:00")
    told = call(contract.command, "show", NUMBER).stdout
    for line in (
        "contract: NQ-2026-014, version 1 of 1, in effect",
        "valid: from 2026-01-01, days of Asia/Singapore",
        "monthly fee: SGD 10,000.00",
        "  critical: first response 15 min, resolution 4 h, progress report every 1 h",
        "  at 60 % of a target: assignee",
        "  at 100 % of a target: lead, management",
        "  confirmation: reminder after 24 h, closed after 72 h",
        "  attainment from 95.00 % on: discount 5.00 %",
        "  planned maintenance: announced 48 h ahead",
        "  2026-04-02  credit  SGD 1,500.00  deducted from the fee of 2026-04  (system)",
    ):
        assert line in told.splitlines()


@time_machine.travel("2026-05-10T00:00:00Z")
def test_statement_prints_each_month_with_what_violated_it(call: Call, desk: Desk) -> None:
    books = Books(desk)
    number = books.open("2026-03-20T05:00")
    books.freeze("2026-04", at="2026-05-02T01:00")
    told = call(contract.command, "statement", NUMBER, "--month", "2026-03").stdout
    assert told.splitlines() == [
        "2026-03  0 of 1 kept, attainment 0.00 %, discount 15.00 % of SGD 10,000.00: SGD 1,500.00"
        "  (frozen 2026-05-02 01:00 UTC)",
        f"  violated: HD-{number}  Report",
    ]
    whole = call(contract.command, "statement", NUMBER).stdout
    assert "2026-05  0 of 0 kept, attainment 100.00 %" in whole
    assert "(running)" in whole


def test_contract_or_month_that_is_none_is_told_plainly(call: Call, desk: Desk) -> None:
    Books(desk)
    for arguments, said in (
        (("show", "NONE"), "There is no contract NONE."),
        (("statement", NUMBER, "--month", "2026-13"), "'2026-13' is no month, as 2026-05 is one."),
        (("statement", NUMBER, "--month", "2025-12"), f"{NUMBER} has no such month."),
    ):
        result = call(contract.command, *arguments)
        assert (result.exit_code, said in result.stderr) == (1, True), result.stderr


def test_check_names_customers_without_a_valid_contract(call: Call, desk: Desk) -> None:
    bare = a_customer(reference="bare")
    bare.contracts, bare.domains, bare.contacts = [], [], []
    desk.add(a_customer(), bare)
    told = call(check.command).stdout
    assert "active customers without a valid contract (1): bare" in told


def test_check_is_content_where_every_customer_has_one(call: Call, desk: Desk) -> None:
    desk.add(a_customer())
    assert "every active customer has a valid contract" in call(check.command).stdout
