"""Months of one customer to freeze: tickets with literal instants in their cached columns, and their logs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import credits
from gateway.domain import agreed_dates
from gateway.domain.lifecycle import EventKind, Status
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.store.models import CreditCorrection, CreditMonth, Customer, Engineer, LedgerEntry, Ticket
from gateway.tickets import changes, intake
from gateway.tickets.changes import locked, status_entry
from gateway.tickets.log import Entry
from tests.builders import a_customer, an_engineer
from tests.databases import Desk

NUMBER = "NQ-2026-014"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Books:
    """A desk with a customer of Singapore, an engineer and a manager."""

    def __init__(self, desk: Desk, **contract: object) -> None:
        self.desk, self.head = desk, desk.head
        customer = a_customer()
        for name, value in contract.items():
            setattr(customer.contracts[0], name, value)
        self.engineer = an_engineer()
        self.manager = an_engineer("Zhao Min", role="manager")
        desk.add(customer, self.engineer, self.manager)
        self.customer_id = customer.id

    @contextmanager
    def changing(self) -> Iterator[Session]:
        with self.desk.services.transaction() as session:
            yield session

    def open(self, at: str, *, priority: Priority = Priority.LOW) -> int:
        """A ticket: by default a Low one, due after 24 and 72 h."""
        request = intake.Request(
            self.customer_id, Mailbox("Li", "li@harbour.example"), "Report", "slow", priority
        )
        with self.changing() as session:
            return intake.open_by_hand(session, self.head, request, author=self.engineer, at=utc(at)).id

    def log(self, number: int, *entries: Entry, at: str, status: Status | None = None) -> None:
        with self.changing() as session:
            ticket = locked(session, number)
            changes.finish(session, self.head, ticket, entries, status=status, at=utc(at))

    def kept(self, at: str) -> int:
        """A ticket opened, answered, resolved and closed within an hour."""
        number = self.open(at)
        self.close(number, at)
        return number

    def close(self, number: int, at: str) -> None:
        begin, by = utc(at), f"engineer:{self.engineer.id}"
        later = begin + timedelta(minutes=30)
        self.log(
            number,
            Entry(EventKind.REPLY, begin + timedelta(minutes=10), by, {"message": 1}),
            status_entry(Status.NEW, Status.RESOLVED, "reply", by=by, at=later, message_id=1),
            status_entry(Status.RESOLVED, Status.CLOSED, "confirmed", by="customer", at=later),
            at=later.replace(tzinfo=None).isoformat(),
            status=Status.CLOSED,
        )

    def exclude(self, number: int, start: str, end: str, *, at: str) -> None:
        data = {"id": "x1", "start": utc(start).isoformat(), "end": utc(end).isoformat(), "reason": "aws",
                "proof": {"kind": "health-event", "reference": "e-1"}}  # fmt: skip
        entry = Entry(EventKind.EXCLUDED, utc(start), f"engineer:{self.engineer.id}", data, words="outage")
        self.log(number, entry, at=at)

    def strike(self, number: int, *, at: str) -> None:
        entry = Entry(
            EventKind.EXCLUSION_STRUCK, utc(at), f"engineer:{self.manager.id}", {"id": "x1"}, words="no"
        )
        self.log(number, entry, at=at)

    def freeze(self, month: str, *, at: str, number: str = NUMBER) -> CreditMonth | None:
        with self.changing() as session:
            return credits.freeze(session, self.head, number, agreed_dates.named(month), at=utc(at))

    def approve(self, correction_id: int, *, at: str, author: Engineer | None = None) -> None:
        with self.changing() as session:
            credits.approve(session, correction_id, author=author or self.manager, at=utc(at))

    def rows(self, kind: type) -> list:
        with self.desk.services.reading() as session:
            return list(session.scalars(sa.select(kind).order_by(kind.id)))

    def month(self, month: str, number: str = NUMBER) -> CreditMonth:
        first = agreed_dates.named(month).first
        return next(
            row for row in self.rows(CreditMonth) if (row.contract_number, row.first_on) == (number, first)
        )

    def ledger(self) -> list[tuple[str, str, int]]:
        """Kind, month whose fee it lowers ("payout" where none), amount."""
        return [
            (row.kind, str(row.due_on)[:7] if row.due_on else "payout", row.amount)
            for row in self.rows(LedgerEntry)
        ]

    def corrections(self) -> list[tuple[int, str, str, str]]:
        return [(row.ticket_id, row.was, row.becomes, row.verdict) for row in self.rows(CreditCorrection)]

    def customer(self) -> Customer:
        return self.rows(Customer)[0]

    def ticket(self, number: int) -> Ticket:
        return next(row for row in self.rows(Ticket) if row.id == number)
