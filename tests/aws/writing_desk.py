"""A desk whose writes to AWS go to the double, on a clock that passes at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gateway.aws import clients as desk_clients
from gateway.aws import streams
from gateway.aws.cases import writing
from gateway.aws.clients import AwsClients, Identity
from gateway.aws.parts import Clients, Parts
from gateway.aws.turns import Turns, Work, Writing
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.store import leases
from gateway.store.models import AwsCase, AwsWrite, Customer, Engineer, Ticket, WriteState
from gateway.tickets import casework, intake
from gateway.tickets.case_drafts import CaseDraft
from tests.aws.accounts import an_account, parts_of, settle_in
from tests.aws.fake import FakeAws
from tests.aws.speaking import unhurried
from tests.builders import an_engineer
from tests.databases import SECRET, Desk

SERVICE = ("amazon-elastic-compute-cloud-linux", "other")
UNDECIDED = (WriteState.QUEUED, WriteState.SENDING, WriteState.UNKNOWN)
EXTERNAL_ID = "s3cret"


def account_id(number: int) -> str:
    """The number of one of many accounts."""
    return f"2{number:011d}"


def a_draft(account: str, **changes: Any) -> CaseDraft:
    chosen: dict[str, Any] = {
        "account_id": account, "service": SERVICE[0], "category": SERVICE[1], "severity": "high", "language": "en",
        "subject": "Instances unreachable", "body": "All instances of the shop are unreachable.",
    }  # fmt: skip
    return CaseDraft(**(chosen | changes))


@contextmanager
def impatient(seconds: float = 0.4) -> Iterator[None]:
    """The clients' patience in tenths of a second, so that silence passes quickly."""
    options = (desk_clients._ONCE, desk_clients._READS)
    before = [each.read_timeout for each in options]
    try:
        for each in options:
            each.read_timeout = seconds
        yield
    finally:
        for each, value in zip(options, before, strict=True):
            each.read_timeout = value


class WritingDesk:
    """A desk with an engineer and accounts, one ticket in each."""

    def __init__(self, desk: Desk, aws: FakeAws, accounts: int = 1, clients: Clients | None = None) -> None:
        self.desk, self.aws = desk, aws
        self.clients = clients or AwsClients(Identity({}, https_only=False), desk.clock, unhurried())
        self.engineer = an_engineer()
        desk.add(self.engineer)
        self.accounts = [account_id(number) for number in range(accounts)]
        for each in self.accounts:
            aws.account(each, external_id=EXTERNAL_ID)
        settle_in(
            desk,
            *(an_account(each, severities=["low", "normal", "high", "urgent"]) for each in self.accounts),
        )
        self.tickets = [self._ticket(number) for number in range(accounts)]

    def _ticket(self, number: int) -> int:
        """A ticket of somebody of their own, so that no brake on letters matters."""
        who = Mailbox("Li Na", f"li{number}@harbour.example")
        with self.desk.services.transaction() as session:
            customer = session.scalars(sa.select(Customer.id)).one()
            asked = intake.Request(customer, who, "Shop is down", "Down.", Priority.HIGH)
            engineer = session.get_one(Engineer, self.engineer.id)
            return intake.open_by_hand(
                session, self.desk.head, asked, author=engineer, at=self.desk.clock()
            ).id

    def do(self, verb: Any, *given: Any, **how: Any) -> Any:
        """One verb in a transaction of its own."""
        with self.desk.services.transaction() as session:
            engineer = session.get_one(Engineer, self.engineer.id)
            return verb(session, self.desk.head, *given, author=engineer, **how, at=self.desk.clock())

    def open_cases(self, **changes: Any) -> list[int]:
        """A case on each ticket, each in its own account; the ids of the writes."""
        return [
            self.do(casework.open_case, ticket, draft=a_draft(account, **changes))
            for ticket, account in zip(self.tickets, self.accounts, strict=True)
        ]

    def answer_cases(self, text: str = "It is still down.") -> list[int]:
        """Words on the first case of each ticket; the ids of the writes."""
        return [
            self.do(casework.answer_case, ticket, case=self.cases(ticket)[0].id, text=text)
            for ticket in self.tickets
        ]

    def cases(self, ticket: int = 0) -> Sequence[AwsCase]:
        with self.desk.services.reading() as session:
            found = sa.select(AwsCase).order_by(AwsCase.id)
            return session.scalars(found.where(AwsCase.ticket_id == ticket) if ticket else found).all()

    def writes(self) -> Sequence[AwsWrite]:
        with self.desk.services.reading() as session:
            return session.scalars(sa.select(AwsWrite).order_by(AwsWrite.id)).all()

    def ticket(self, number: int) -> Ticket:
        with self.desk.services.reading() as session:
            return session.get_one(Ticket, number)

    def step(self, owner: str = "") -> None:
        """Everything that is due now, many accounts at a time; `owner` stands for another process."""
        parts = parts_of(self.desk, self.clients)
        taking = Turns(replace(parts, owner=owner or parts.owner), Work({}, writing.write), SECRET)
        with ThreadPoolExecutor(8) as pool:
            while claimed := self._claimed(taking.parts):
                list(pool.map(taking.take, claimed))

    def _claimed(self, parts: Parts) -> list[Writing]:
        at = parts.now()
        with parts.transaction() as session:
            held = leases.claim(session, streams.CLAIM_WRITES, owner=parts.owner, at=at, limit=1000)
            rows = session.scalars(sa.select(AwsWrite).where(AwsWrite.id.in_(held))).all()
            return [Writing(row.id, held[row.id], row.account_id) for row in rows]

    def settle(self, *, most: int = 40) -> None:
        """Rounds until nothing is undecided, with the clock moved to what is due next; leases end meanwhile."""
        for _ in range(most):
            self.step()
            waiting = [each for each in self.writes() if each.state in UNDECIDED]
            if not waiting:
                return
            self.end_leases()
            now = self.desk.clock.at
            later = [each.due_at for each in waiting if each.due_at > now]
            self.desk.clock.at = min(later, default=now + timedelta(seconds=1))
        raise AssertionError([(each.id, each.state, each.fault) for each in waiting])

    def stop_leases(self) -> None:
        """As if no time passed for the leases that are held."""
        with self.desk.services.transaction() as session:
            held = sa.update(AwsWrite).where(AwsWrite.lease_until.is_not(None))
            session.execute(held.values(lease_until=datetime(2100, 1, 1, tzinfo=UTC)))

    def end_leases(self) -> None:
        """As if the twelve seconds of a lease had passed."""
        with self.desk.services.transaction() as session:
            session.execute(sa.update(AwsWrite).values(lease_until=None))

    def bodies(self, account: str) -> list[str]:
        """Everything AWS was told in an account, in its order."""
        with self.aws.lock:
            return [said.body for case in self.aws.cases.values() if case.account == account
                    for said in case.communications]  # fmt: skip
