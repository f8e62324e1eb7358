"""A contract whose tickets live by the real verbs, and its reports gathered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy.orm import Session

from gateway import credits
from gateway.domain.agreed_dates import named as month_named
from gateway.domain.counting import Reason
from gateway.domain.exclusions import Proof
from gateway.domain.lifecycle import Status
from gateway.domain.periods import Kind, named
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.reporting.figures import Report
from gateway.reporting.gathering import Wanted, gather
from gateway.store.models import Contract
from gateway.tickets import closure, excluding, handling, intake, merging
from gateway.tickets.claims import Claim
from tests.builders import a_customer, an_engineer
from tests.databases import Desk

NUMBER = "NQ-2026-014"
LI = Mailbox("Li Na", "li@harbour.example")
DOCUMENT = Proof("document", "Report 4711")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


class House:
    """A desk with one customer under one contract, an engineer and a manager. Instants are texts, in UTC."""

    def __init__(self, desk: Desk, **contract: object) -> None:
        self.desk, self.head = desk, desk.head
        customer = a_customer()
        for name, value in contract.items():
            setattr(customer.contracts[0], name, value)
        self.chen = an_engineer()
        self.manager = an_engineer("Zhao Min", role="manager")
        desk.add(customer, self.chen, self.manager)
        self.customer_id = customer.id

    def also(self, **contract: object) -> None:
        """Another contract, or another version, of the same customer."""
        told: dict[str, object] = {
            "number": NUMBER, "version": 1, "starts_on": date(2026, 1, 1), "ends_on": None, "language": "en",
            "time_zone": "Asia/Singapore", "currency": "SGD", "monthly_fee": 10_000, "terms": {},
        }  # fmt: skip
        self.desk.add(Contract(customer_id=self.customer_id, **told | contract))

    @contextmanager
    def changing(self) -> Iterator[Session]:
        with self.desk.services.transaction() as session:
            yield session

    def do(self, verb: Callable[..., object], number: int, *, at: str, **how: object) -> object:
        with self.changing() as session:
            return verb(session, self.head, number, **{"author": self.chen, "at": utc(at)} | how)

    def open(self, at: str, priority: Priority = Priority.LOW, subject: str = "Report slow") -> int:
        """A ticket; a Low one is due after 24 and 72 hours."""
        request = intake.Request(self.customer_id, LI, subject, "Slow today.", priority)
        with self.changing() as session:
            return intake.open_by_hand(session, self.head, request, author=self.chen, at=utc(at)).id

    def reply(self, number: int, at: str, then: Status | None = None) -> None:
        self.do(handling.reply, number, at=at, text="We look into it.", then=then)

    def ask(self, number: int, at: str) -> None:
        self.reply(number, at, Status.WAITING_CUSTOMER)

    def resolve(self, number: int, at: str) -> None:
        self.reply(number, at, Status.RESOLVED)

    def confirm(self, number: int, at: str) -> None:
        with self.changing() as session:
            closure.confirm_by_link(session, self.head, number, person=LI, at=utc(at))

    def says(self, number: int, at: str, text: str = "It is still slow.") -> None:
        """The customer's answer; to a resolution, that it is not fixed."""
        with self.changing() as session:
            closure.not_fixed_by_link(session, self.head, number, person=LI, text=text, at=utc(at))

    def exclude(self, number: int, start: str, end: str | None, *, at: str) -> None:
        claim = Claim(
            Reason.THIRD_PARTY, utc(start), utc(end) if end else None, DOCUMENT, "The fibre was cut."
        )
        self.do(excluding.enter, number, at=at, claim=claim)

    def mark(self, number: int, at: str, as_: str) -> None:
        self.do(handling.mark, number, at=at, as_=as_, reason="So they say.")

    def merge(self, number: int, into: int, at: str) -> None:
        self.do(merging.merge, number, at=at, into=into)

    def life(self, opened: str, answered: str, resolved: str, closed: str = "", *,
             priority: Priority = Priority.LOW) -> int:  # fmt: skip
        """A ticket opened, answered, resolved and, where told, confirmed."""
        number = self.open(opened, priority)
        if answered != resolved:
            self.reply(number, answered)
        self.resolve(number, resolved)
        if closed:
            self.confirm(number, closed)
        return number

    def freeze(self, month: str, at: str) -> None:
        with self.changing() as session:
            credits.freeze(session, self.head, NUMBER, month_named(month), at=utc(at))

    def report(
        self, kind: Kind, period: str, at: str, *, number: str = NUMBER, since: str | None = None
    ) -> Report:
        wanted = Wanted(kind, named(kind, period), number, "Northquay Cloud", utc(since) if since else None)
        with self.desk.services.reading() as session:
            return gather(session, wanted, at=utc(at))

    def month(self, period: str, at: str, **how: str) -> Report:
        return self.report(Kind.MONTHLY, period, at, **how)

    def week(self, period: str, at: str, **how: str) -> Report:
        return self.report(Kind.WEEKLY, period, at, **how)

    def day(self, period: str, at: str, **how: str) -> Report:
        return self.report(Kind.DAILY, period, at, **how)
