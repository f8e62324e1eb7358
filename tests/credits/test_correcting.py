"""What changes after a month was frozen is corrected there: for the customer at once, against them by a manager."""

from __future__ import annotations

import pytest

from gateway import credits
from gateway.domain import sla
from gateway.domain.credits import Outcome
from gateway.domain.terms import DEFAULT_TERMS
from gateway.store.models import CreditMonth, LedgerEntry, Ticket
from gateway.store.queries import attainment
from gateway.tickets import NotFound, Refused, log
from tests.credits.desk import Books, utc
from tests.databases import Desk

MARCH, APRIL, MAY = "2026-04-02T01:00", "2026-05-02T01:00", "2026-06-02T01:00"


def struck_in_april(books: Books) -> int:
    """A ticket kept in March only by an exclusion, which is struck once March is frozen."""
    number = books.open("2026-03-10T05:00")
    books.exclude(number, "2026-03-10T06:00", "2026-03-14T06:00", at="2026-03-10T07:00")
    books.close(number, "2026-03-14T05:00")
    books.freeze("2026-03", at=MARCH)
    books.strike(number, at="2026-04-10T00:00")
    return number


def excluded_in_april(books: Books) -> int:
    """A ticket violated and closed in March; a late exclusion shows that it was kept."""
    number = books.open("2026-03-10T05:00")
    books.close(number, "2026-03-14T05:00")
    books.freeze("2026-03", at=MARCH)
    books.exclude(number, "2026-03-10T06:00", "2026-03-14T04:00", at="2026-04-10T00:00")
    return number


def test_kept_ticket_that_is_violated_now_raises_the_credit_of_its_month(desk: Desk) -> None:
    books = Books(desk)
    number = struck_in_april(books)
    assert books.month("2026-03").amount == 0
    books.freeze("2026-04", at=APRIL)
    row = books.month("2026-03")
    assert (row.kept, row.decided, row.amount) == (1, 1, 0)  # as frozen
    assert (row.kept_now, row.decided_now, row.amount_now) == (0, 1, 150_000)
    assert books.corrections() == [(number, "kept", "violated", "applied")]
    assert books.ledger() == [("correction", "2026-05", 150_000)]
    [entry] = books.rows(LedgerEntry)
    assert entry.figures["before"] == {"kept": 1, "decided": 1, "discount": "0", "amount": 0}
    assert entry.figures["after"] == {"kept": 0, "decided": 1, "discount": "3/20", "amount": 150_000}


def test_corrected_ticket_counts_once(desk: Desk) -> None:
    books = Books(desk)
    struck_in_april(books)
    for month, at in (("2026-04", APRIL), ("2026-05", MAY)):
        books.freeze(month, at=at)
    assert [(row.first_on.month, row.decided_now) for row in books.rows(CreditMonth)] == [
        (1, 0),
        (2, 0),
        (3, 1),
        (4, 0),
        (5, 0),
    ]
    assert len(books.ledger()) == len(books.corrections()) == 1


def test_change_against_the_customer_waits_for_a_manager(desk: Desk) -> None:
    books = Books(desk)
    number = excluded_in_april(books)
    books.freeze("2026-04", at=APRIL)
    assert books.corrections() == [(number, "violated", "kept", "proposed")]
    assert books.month("2026-03").amount_now == 150_000
    assert books.ledger() == [("credit", "2026-04", 150_000)]


def test_manager_approves_and_the_credit_is_taken_back(desk: Desk) -> None:
    books = Books(desk)
    number = excluded_in_april(books)
    books.freeze("2026-04", at=APRIL)
    books.approve(1, at="2026-05-05T00:00")
    assert books.corrections() == [(number, "violated", "kept", "approved")]
    row = books.month("2026-03")
    assert (row.amount, row.kept_now, row.decided_now, row.amount_now) == (150_000, 1, 1, 0)
    assert books.ledger() == [("credit", "2026-04", 150_000), ("correction", "2026-06", -150_000)]
    assert books.rows(LedgerEntry)[-1].author == f"engineer:{books.manager.id}"


def test_nobody_below_a_manager_approves(desk: Desk) -> None:
    books = Books(desk)
    excluded_in_april(books)
    books.freeze("2026-04", at=APRIL)
    with pytest.raises(Refused):
        books.approve(1, at="2026-05-05T00:00", author=books.engineer)
    assert books.ledger() == [("credit", "2026-04", 150_000)]


def test_correction_is_approved_once(desk: Desk) -> None:
    books = Books(desk)
    excluded_in_april(books)
    books.freeze("2026-04", at=APRIL)
    books.approve(1, at="2026-05-05T00:00")
    with pytest.raises(Refused):
        books.approve(1, at="2026-05-06T00:00")
    with pytest.raises(NotFound):
        books.approve(99, at="2026-05-06T00:00")


def test_declined_correction_is_not_proposed_again(desk: Desk) -> None:
    books = Books(desk)
    number = excluded_in_april(books)
    books.freeze("2026-04", at=APRIL)
    with books.changing() as session:
        credits.decline(session, 1, author=books.manager, at=utc("2026-05-03T00:00"))
    books.freeze("2026-05", at=MAY)
    assert books.corrections() == [(number, "violated", "kept", "declined")]


def test_proposal_that_the_log_no_longer_bears_out_is_withdrawn(desk: Desk) -> None:
    books = Books(desk)
    number = excluded_in_april(books)
    books.freeze("2026-04", at=APRIL)
    books.strike(number, at="2026-05-03T00:00")
    with pytest.raises(Refused):
        books.approve(1, at="2026-05-05T00:00")
    books.freeze("2026-05", at=MAY)
    assert books.corrections() == [(number, "violated", "kept", "withdrawn")]
    assert books.month("2026-03").amount_now == 150_000


def test_violation_withdrawn_from_an_open_ticket_leaves_its_month_and_counts_when_decided(desk: Desk) -> None:
    books = Books(desk)
    number = books.open("2026-03-31T05:00")
    books.freeze("2026-04", at=APRIL)  # violated on 1 April
    books.exclude(number, "2026-03-31T06:00", "2026-05-20T00:00", at="2026-05-20T00:00")
    books.close(number, "2026-05-20T10:00")
    books.freeze("2026-05", at=MAY)
    assert books.corrections() == [(number, "violated", "absent", "proposed")]
    assert books.month("2026-05").decided_now == 0  # not twice: it still counts in April
    books.approve(1, at="2026-06-03T00:00")
    assert (books.month("2026-04").kept_now, books.month("2026-04").decided_now) == (0, 0)
    assert (books.month("2026-05").kept_now, books.month("2026-05").decided_now) == (1, 1)


def test_open_ticket_whose_violation_falls_away_is_counted_later_once_a_manager_approved(desk: Desk) -> None:
    books = Books(desk)
    number = books.open("2026-03-31T05:00")
    books.freeze("2026-04", at=APRIL)
    books.exclude(number, "2026-03-31T06:00", "2026-06-01T20:00", at="2026-06-01T20:00")
    books.freeze("2026-05", at=MAY)
    assert books.corrections() == [(number, "violated", "absent", "proposed")]
    books.approve(1, at="2026-06-02T02:00")
    assert books.month("2026-04").decided_now == 0
    books.close(number, "2026-06-02T03:00")
    assert (books.freeze("2026-06", at="2026-07-02T01:00").kept, books.month("2026-06").decided) == (1, 1)
    assert books.month("2026-04").decided_now == 0


def test_ticket_that_turns_out_violated_in_a_frozen_month_counts_there(desk: Desk) -> None:
    books = Books(desk)
    number = books.open("2026-03-30T05:00")
    books.exclude(number, "2026-03-30T06:00", "2026-04-20T06:00", at="2026-03-30T07:00")
    books.freeze("2026-03", at=MARCH)
    books.strike(number, at="2026-04-10T00:00")  # so it was due on 31 March
    books.freeze("2026-04", at=APRIL)
    assert books.corrections() == [(number, "absent", "violated", "applied")]
    assert (books.month("2026-03").decided, books.month("2026-03").decided_now) == (0, 1)
    assert books.month("2026-04").decided == 0
    assert books.ledger() == [("correction", "2026-05", 150_000)]


def test_kept_ticket_found_late_in_a_frozen_month_waits_for_a_manager(desk: Desk) -> None:
    books = Books(desk)
    books.freeze("2026-03", at=MARCH)
    number = books.kept("2026-03-10T05:00")  # entered late
    books.freeze("2026-04", at=APRIL)
    assert books.corrections() == [(number, "absent", "kept", "proposed")]
    assert books.month("2026-03").decided_now == books.month("2026-04").decided == 0
    books.approve(1, at="2026-05-05T00:00")
    assert (books.month("2026-03").kept_now, books.month("2026-03").decided_now) == (1, 1)


def test_ticket_marked_as_spam_after_the_freeze_lowers_the_attainment_at_once_or_waits(desk: Desk) -> None:
    books = Books(desk)
    kept, late = books.kept("2026-03-10T05:00"), books.open("2026-03-10T05:00")
    books.freeze("2026-03", at=MARCH)
    with books.changing() as session:
        for number in (kept, late):
            session.get_one(Ticket, number).discounted = "spam"
    books.freeze("2026-04", at=APRIL)
    assert sorted(books.corrections()) == [
        (kept, "kept", "absent", "applied"),
        (late, "violated", "absent", "proposed"),
    ]


def test_stale_columns_are_folded_anew_before_anything_is_corrected(desk: Desk) -> None:
    books = Books(desk)
    number = books.kept("2026-03-10T05:00")
    books.freeze("2026-03", at=MARCH)
    with books.changing() as session:
        session.get_one(Ticket, number).resolution_due_at = utc("2026-03-10T05:01")
    books.freeze("2026-04", at=APRIL)
    assert books.corrections() == []
    assert books.ticket(number).resolution_due_at == utc("2026-03-13T05:00")


def test_columns_say_of_every_ticket_what_its_log_says(desk: Desk) -> None:
    books = Books(desk)
    kept, late = books.kept("2026-03-01T05:00"), books.open("2026-03-01T05:00")
    paused, overdue = books.open("2026-03-01T05:00"), books.open("2026-03-01T05:00")
    books.exclude(paused, "2026-03-01T06:00", "2026-03-20T00:00", at="2026-03-01T07:00")
    books.close(overdue, "2026-03-06T05:00")
    struck = books.open("2026-03-01T05:00")
    books.exclude(struck, "2026-03-01T06:00", "2026-03-20T00:00", at="2026-03-01T07:00")
    books.strike(struck, at="2026-03-02T00:00")
    told = {}
    for at in ("2026-03-01T05:00", "2026-03-02T05:00", "2026-03-02T05:00:00.000001", "2026-03-25T00:00"):
        with desk.services.reading() as session:
            for number in (kept, late, paused, overdue, struck):
                state = sla.standing(log.events(session, number), DEFAULT_TERMS)
                outcome, since = attainment.stands(session, number, utc(at))
                decided = sla.decided(state, utc(at))
                folded = Outcome.ABSENT if not decided else Outcome.KEPT if decided.kept else Outcome.VIOLATED
                told[number, at] = outcome
                assert (outcome, since) == (folded, decided.at if decided else None), (number, at)
    assert set(told.values()) == set(Outcome)
