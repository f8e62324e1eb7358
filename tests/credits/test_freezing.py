"""Months of a contract are frozen once, in order, with the credit that the contract promises (P10, P12)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from gateway import credits
from gateway.domain.agreed_dates import named
from gateway.domain.lifecycle import EventKind
from gateway.store import appointments
from gateway.store.models import CreditMonth, Ticket
from gateway.tickets import Refused
from gateway.tickets.log import Entry
from tests.credits.desk import NUMBER, Books, utc
from tests.databases import Desk

FREEZE = "2026-04-02T01:00"  # 09:00 in Singapore


def test_frozen_month_holds_its_decided_tickets_and_the_credit(desk: Desk) -> None:
    books = Books(desk)
    for day in range(1, 20):
        books.kept(f"2026-03-{day:02d}T05:00")
    late = books.open("2026-03-20T05:00")  # nobody answers: violated on the 21st
    row = books.freeze("2026-03", at=FREEZE)
    assert (row.kept, row.decided, row.amount) == (19, 20, 50_000)  # 95 %: 5 % of SGD 10,000.00
    assert (row.starts_at, row.ends_at) == (utc("2026-02-28T16:00"), utc("2026-03-31T16:00"))
    assert books.ledger() == [("credit", "2026-04", 50_000)]
    with desk.services.reading() as session:
        line = credits.statement(session, NUMBER, at=utc(FREEZE)).months
    assert [each.violated for each in line if each.month == named("2026-03")] == [[(late, "Report")]]


def test_month_with_nothing_decided_is_frozen_at_full_attainment(desk: Desk) -> None:
    books = Books(desk)
    row = books.freeze("2026-01", at="2026-02-02T01:00")
    assert (row.kept, row.decided, row.amount) == (0, 0, 0)
    assert books.ledger() == []


def test_frozen_month_is_frozen_once(desk: Desk) -> None:
    books = Books(desk)
    books.open("2026-03-20T05:00")
    first = books.freeze("2026-03", at=FREEZE)
    again = books.freeze("2026-03", at="2026-04-03T01:00")
    assert (again.id, again.frozen_at) == (first.id, first.frozen_at)
    assert len(books.ledger()) == 1


def test_freezing_catches_up_the_months_before(desk: Desk) -> None:
    books = Books(desk)
    books.open("2026-01-20T05:00")
    books.freeze("2026-03", at=FREEZE)
    assert [(row.first_on.month, row.decided) for row in books.rows(CreditMonth)] == [(1, 1), (2, 0), (3, 0)]
    assert books.ledger() == [("credit", "2026-02", 150_000)]


def test_month_that_has_not_ended_in_the_contracts_zone_is_refused(desk: Desk) -> None:
    books = Books(desk)
    with pytest.raises(Refused):
        books.freeze("2026-03", at="2026-03-31T15:59:59")
    assert books.freeze("2026-03", at="2026-03-31T16:00") is not None


def test_month_before_the_contract_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused):
        Books(desk).freeze("2025-12", at=FREEZE)


def test_violation_counts_in_the_month_of_its_due_instant_not_of_the_closing(desk: Desk) -> None:
    books = Books(desk)
    number = books.open("2026-03-30T15:00")  # first response due on the 31st 15:00 UTC: 23:00 in Singapore
    books.close(number, "2026-04-05T00:00")
    books.freeze("2026-04", at="2026-05-02T01:00")
    assert [(row.first_on.month, row.kept, row.decided) for row in books.rows(CreditMonth)[2:]] == [
        (3, 0, 1),
        (4, 0, 0),
    ]


def test_violation_at_the_first_instant_of_a_month_counts_in_it(desk: Desk) -> None:
    books = Books(desk)
    books.open("2026-03-30T16:00")  # due exactly at midnight of 1 April in Singapore
    books.freeze("2026-04", at="2026-05-02T01:00")
    assert [(row.first_on.month, row.decided) for row in books.rows(CreditMonth)[2:]] == [(3, 0), (4, 1)]


def test_month_edges_are_new_yorks_where_the_contract_says_so(desk: Desk) -> None:
    books = Books(desk, time_zone="America/New_York")
    books.open(
        "2026-03-31T03:59:59.999999"
    )  # due in the last microsecond of March, 04:00 UTC after the change
    books.open("2026-03-31T04:00")
    books.freeze("2026-04", at="2026-05-02T13:00")
    assert [(row.first_on.month, row.decided) for row in books.rows(CreditMonth)[2:]] == [(3, 1), (4, 1)]


def test_open_ticket_within_its_targets_counts_nowhere_yet(desk: Desk) -> None:
    books = Books(desk)
    books.open("2026-03-31T10:00")
    assert books.freeze("2026-03", at="2026-03-31T20:00").decided == 0


@pytest.mark.parametrize(
    ("origin", "discounted"),
    [("probe", ""), ("health", ""), ("notice", ""), ("ourselves", ""), ("customer", "spam"), ("customer", "merged"),
     ("customer", "withdrawn")],
)  # fmt: skip
def test_what_is_no_request_of_the_customer_does_not_count(desk: Desk, origin: str, discounted: str) -> None:
    books = Books(desk)
    number = books.kept("2026-03-10T05:00")
    with books.changing() as session:
        row = session.get_one(Ticket, number)
        row.origin, row.discounted = origin, discounted
    assert books.freeze("2026-03", at=FREEZE).decided == 0


def test_ticket_withdrawn_only_after_its_violation_counts(desk: Desk) -> None:
    books = Books(desk)
    before, after = books.open("2026-03-10T05:00"), books.open("2026-03-10T05:00")
    for number, at in ((before, "2026-03-10T06:00"), (after, "2026-03-12T06:00")):
        books.log(number, Entry(EventKind.MARKED, utc(at), "customer", {"as": "withdrawn"}), at=at)
        with books.changing() as session:
            session.get_one(Ticket, number).discounted = "withdrawn"
    row = books.freeze("2026-03", at=FREEZE)
    assert (row.kept, row.decided) == (0, 1)


def test_contract_that_begins_mid_month_is_reckoned_by_its_days(desk: Desk) -> None:
    books = Books(desk, starts_on=date(2026, 3, 17))
    books.open("2026-03-20T05:00")
    row = books.freeze("2026-03", at=FREEZE)
    assert (row.fee, row.amount) == ("15000000/31", 72_581)  # 15 % of 15/31 of SGD 10,000.00: 725.806…


def test_credit_of_an_ended_contract_is_paid_out(desk: Desk) -> None:
    books = Books(desk, ends_on=date(2026, 3, 31))
    books.open("2026-03-20T05:00")
    books.freeze("2026-03", at=FREEZE)
    assert books.ledger() == [("credit", "payout", 150_000)]


def test_month_after_the_end_in_which_nothing_is_decided_is_no_month(desk: Desk) -> None:
    books = Books(desk, ends_on=date(2026, 2, 28))
    assert books.freeze("2026-03", at=FREEZE) is None
    assert len(books.rows(CreditMonth)) == 2


def test_contracts_bands_and_currency_decide(desk: Desk) -> None:
    terms = {"bands": [{"at_least": "100", "discount": "0"}, {"at_least": "0", "discount": "33.3"}]}
    books = Books(desk, terms=terms, currency="JPY", monthly_fee=1001)
    books.open("2026-03-20T05:00")
    row = books.freeze("2026-03", at=FREEZE)
    assert (row.fee, row.exponent, row.amount) == ("1001", 0, 333)


def test_appointment_freezes_on_the_second_at_nine_and_tells_the_next(desk: Desk) -> None:
    books = Books(desk)
    with books.changing() as session:
        credits.schedule(session, NUMBER)
        assert appointments.due_at(session, credits.APPOINTMENT, NUMBER) == utc("2026-02-02T01:00")
    with books.changing() as session:
        early = credits.keep(session, books.head, NUMBER, utc("2026-02-02T00:59"))
    assert (early, books.rows(CreditMonth)) == (utc("2026-02-02T01:00"), [])
    with books.changing() as session:
        later = credits.keep(session, books.head, NUMBER, utc("2026-05-20T01:00"))
    assert later == utc("2026-06-02T01:00")
    assert [row.first_on.month for row in books.rows(CreditMonth)] == [1, 2, 3, 4]


def test_appointment_of_a_contract_that_is_gone_ends(desk: Desk) -> None:
    books = Books(desk)
    with books.changing() as session:
        assert credits.keep(session, books.head, "NONE", utc(FREEZE)) is None


def test_scheduling_again_leaves_the_appointment_where_it_is(desk: Desk) -> None:
    books = Books(desk)
    books.freeze("2026-03", at=FREEZE)
    for _ in range(2):
        with books.changing() as session:
            credits.schedule(session, NUMBER)
            assert appointments.due_at(session, credits.APPOINTMENT, NUMBER) == utc("2026-05-02T01:00")


def test_two_processes_freeze_a_month_once(desk: Desk) -> None:
    books = Books(desk)
    books.open("2026-03-20T05:00")
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda _: books.freeze("2026-03", at=FREEZE).id, range(4)))
    assert len(set(rows)) == 1
    assert books.ledger() == [("credit", "2026-04", 150_000)]
    assert len(books.rows(CreditMonth)) == 3
