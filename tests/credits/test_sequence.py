"""Several contracts of one customer part the tickets among them by the instant that decides each."""

from __future__ import annotations

from datetime import date

import pytest

from gateway import credits
from gateway.domain.agreed_dates import named
from gateway.domain.terms import Service
from gateway.mail.message import Mailbox
from gateway.store.models import Contract, CreditMonth, Ticket
from gateway.tickets import NotFound, Refused
from tests.credits.desk import NUMBER, Books, utc
from tests.databases import Desk


def second_contract(books: Books, **changes: object) -> None:
    told = {"customer_id": books.customer_id, "number": "NEXT", "version": 1, "starts_on": date(2026, 3, 16),
            "time_zone": "Asia/Singapore", "language": "en", "currency": "SGD", "monthly_fee": 31_000, "terms": {}}  # fmt: skip
    books.desk.add(Contract(**(told | changes)))


def test_month_of_two_contracts_is_parted_at_the_second_ones_first_midnight(desk: Desk) -> None:
    books = Books(desk, ends_on=date(2026, 3, 15))
    second_contract(books)
    books.open("2026-03-14T05:00")  # due on the 15th
    books.open("2026-03-15T05:00")  # due on the 16th, opened under the first contract
    at = "2026-04-02T01:00"
    first, then = books.freeze("2026-03", at=at), books.freeze("2026-03", at=at, number="NEXT")
    assert (first.decided, first.fee) == (1, str(15_000_000) + "/31")
    assert (then.decided, then.fee) == (1, "1600000")
    assert books.ledger() == [("credit", "payout", 72_581), ("credit", "2026-04", 240_000)]


def test_ticket_decided_between_two_contracts_counts_with_the_first_which_costs_nothing_then(
    desk: Desk,
) -> None:
    books = Books(desk, ends_on=date(2026, 2, 28))
    second_contract(books)
    books.open("2026-03-10T05:00")
    row = books.freeze("2026-03", at="2026-04-02T01:00")
    assert (row.decided, row.fee, row.amount) == (1, "0", 0)
    assert books.freeze("2026-03", at="2026-04-02T01:00", number="NEXT").decided == 0


def test_ticket_decided_before_any_contract_counts_nowhere(desk: Desk) -> None:
    books = Books(desk, starts_on=date(2026, 3, 16))
    books.open("2026-03-10T05:00")
    assert books.freeze("2026-03", at="2026-04-02T01:00").decided == 0


def test_dispute_opens_a_ticket_about_account_management(desk: Desk) -> None:
    books = Books(desk)
    books.freeze("2026-03", at="2026-04-02T01:00")
    with books.changing() as session:
        ticket = credits.dispute(
            session, books.head, NUMBER, named("2026-03"), author=books.engineer,
            requester=Mailbox("Li Na", "li@harbour.example"), text="HD-1 was late.", at=utc("2026-04-03T01:00"),
        )  # fmt: skip
        number = ticket.id
    row = books.ticket(number)
    assert (row.service, row.kind, row.customer_id) == (Service.ACCOUNT, "request", books.customer_id)
    with desk.services.reading() as session:
        months = credits.statement(session, NUMBER, at=utc("2026-04-03T01:00")).months
    assert [list(line.disputes) for line in months if line.month == named("2026-03")] == [[number]]


@pytest.mark.parametrize(("month", "text"), [("2026-03", " "), ("2025-12", "why"), ("2026-05", "why")])
def test_dispute_without_text_or_of_a_month_that_is_none_is_refused(
    desk: Desk, month: str, text: str
) -> None:
    books = Books(desk)
    with pytest.raises(Refused), books.changing() as session:
        credits.dispute(session, books.head, NUMBER, named(month), author=books.engineer,
                        requester=Mailbox("Li Na", "li@harbour.example"), text=text, at=utc("2026-04-03T01:00"))  # fmt: skip
    assert books.rows(Ticket) == []


def test_statement_lists_frozen_and_running_months(desk: Desk) -> None:
    books = Books(desk)
    books.open("2026-03-10T05:00")
    books.freeze("2026-02", at="2026-03-02T01:00")
    with desk.services.reading() as session:
        found = credits.statement(session, NUMBER, at=utc("2026-04-01T00:00"))
    assert [(str(line.month), line.frozen is not None, line.now.amount) for line in found.months] == [
        ("2026-04", False, 0),
        ("2026-03", False, 150_000),
        ("2026-02", True, 0),
        ("2026-01", True, 0),
    ]
    assert len(books.rows(CreditMonth)) == 2


def test_statement_of_no_contract_is_refused(desk: Desk) -> None:
    with desk.services.reading() as session, pytest.raises(NotFound):
        credits.statement(session, "NONE", at=utc("2026-04-01T00:00"))
