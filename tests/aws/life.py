"""A desk that watches AWS Health for three customers, on AWS's own wire."""

from __future__ import annotations

import threading
from datetime import datetime
from email import message_from_bytes, policy
from typing import Any

import sqlalchemy as sa

from gateway.aws import streams
from gateway.aws.clients import AwsClients
from gateway.aws.health import polling
from gateway.domain.lifecycle import Status
from gateway.store.models import (
    Contact,
    Customer,
    Engineer,
    HealthEvent,
    HealthTicket,
    Outbox,
    Stream,
    Ticket,
)
from gateway.tickets import handling
from tests.aws.accounts import an_account, drain, rounds_of
from tests.aws.fake import FakeAws
from tests.builders import an_engineer
from tests.databases import Clock, Desk

HARBOUR, WAREHOUSE, ORCHARD, ELSEWHERE = "111122223333", "444455556666", "555566667777", "666677778888"
FIRST = "[09:00] We are investigating increased error rates."
SECOND = FIRST + "\n\n[09:30] We have found the cause."
LAST = SECOND + "\n\n[11:00] The issue is resolved."


def a_company(reference: str, language: str, *accounts: str, **footprint: Any) -> Customer:
    """A customer with one contact who reads a language, and its accounts."""
    made = Customer(
        reference=reference, name=reference.title(), language=language, time_zone="UTC", active=True
    )
    made.contacts = [Contact(email=f"it@{reference}.example", name=reference, language=language, phone="")]
    made.accounts = [an_account(number, name=f"{reference} {number[:4]}", **footprint) for number in accounts]
    return made


class Ticking(Clock):
    """A clock on which no two looks are at the same instant, as on any real one."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()

    def __call__(self) -> datetime:
        with self.lock:
            return self.pass_(milliseconds=1)


class Life:
    """A desk that watches three customers: one of two accounts in English, one in Chinese, one elsewhere."""

    def __init__(self, desk: Desk, aws: FakeAws, clients: AwsClients) -> None:
        self.desk, self.aws, self.clients = desk, aws, clients
        footprint = {"regions": ["eu-west-1"], "services": ["ec2"]}
        desk.add(
            an_engineer(),
            a_company("harbour", "en", HARBOUR, WAREHOUSE, **footprint),
            a_company("orchard", "zh", ORCHARD, **footprint),
            a_company("elsewhere", "en", ELSEWHERE, regions=["us-east-1"], services=["s3"]),
        )
        for number in (HARBOUR, WAREHOUSE, ORCHARD, ELSEWHERE):
            aws.account(number, external_id="s3cret")
        self.rounds = rounds_of(desk, clients, {Stream.HEALTH: polling.read})
        with desk.services.transaction() as session:
            streams.keep_in_step(session, desk.clock.at)

    def look(self, *numbers: str) -> None:
        """A round over these accounts, or all of them; one that finds something has the others looked at."""
        with self.desk.services.transaction() as session:
            for number in numbers or (HARBOUR, WAREHOUSE, ORCHARD, ELSEWHERE):
                streams.poke(session, number, Stream.HEALTH, self.desk.clock.at)
        assert not drain(self.desk, self.rounds)

    def event(self, **values: Any) -> str:
        chosen = {"region": "eu-west-1", "description": FIRST, "started_at": self.desk.clock.at} | values
        return self.aws.event(**chosen)

    def update(self, arn: str, **values: Any) -> None:
        self.aws.update_event(arn, updated_at=self.desk.clock.pass_(minutes=5), **values)

    def letters(self) -> list[tuple[str, str]]:
        """The customers' letters since the last time somebody asked: which, to whom."""
        told = [
            (each.letter, each.recipients[0])
            for each in self.desk.letters()
            if each.letter.startswith("health-")
        ]
        new, self.told = told[getattr(self, "seen", 0) :], told
        self.seen = len(told)
        return sorted(new)

    def log(self, ticket_id: int) -> list[str]:
        return [str(each.data["what"]) for each in self.desk.events(ticket_id) if each.kind == "aws-health"]

    def ticket_of(self, reference: str) -> Ticket:
        with self.desk.services.reading() as session:
            wanted = (
                sa.select(Ticket)
                .join(Customer)
                .where(Customer.reference == reference)
                .order_by(Ticket.id.desc())
            )
            return session.scalars(wanted).first()

    def ticket(self, ticket_id: int) -> Ticket:
        with self.desk.services.reading() as session:
            return session.get_one(Ticket, ticket_id)

    def entries(self, ticket_id: int) -> list[dict[str, Any]]:
        return [each.data for each in self.desk.events(ticket_id) if each.kind == "aws-health"]

    def said(self, ticket_id: int) -> list[str]:
        """AWS's words on a ticket."""
        return [each.text for each in self.desk.messages(ticket_id) if each.direction == "from-aws"]

    def texts(self, letter: str) -> list[str]:
        """What letters of a name say, by reader."""
        return [text_of(each) for each in sorted(self.desk.letters(letter), key=lambda one: one.recipients)]

    def row_of(self, reference: str, arn: str) -> HealthTicket | None:
        with self.desk.services.reading() as session:
            return session.scalars(
                sa.select(HealthTicket)
                .join(HealthEvent, HealthEvent.id == HealthTicket.event_id)
                .join(Customer, Customer.id == HealthTicket.customer_id)
                .where(HealthEvent.arn == arn, Customer.reference == reference)
            ).first()

    def row_count(self, rows: type[Any]) -> int:
        with self.desk.services.reading() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(rows)) or 0

    def assign(self, ticket_id: int) -> None:
        with self.desk.services.transaction() as session:
            author = session.scalars(sa.select(Engineer)).first()
            handling.assign(
                session, self.desk.head, ticket_id, author=author, assignee_id=author.id, at=self.desk.clock()
            )

    def close(self, ticket_id: int) -> None:
        with self.desk.services.transaction() as session:
            author = session.scalars(sa.select(Engineer)).first()
            handling.change_status(
                session, self.desk.head, ticket_id, author=author, status=Status.CLOSED, text="Nothing left to do.",
                at=self.desk.clock(),
            )  # fmt: skip

    def resolve(self, ticket_id: int) -> None:
        with self.desk.services.transaction() as session:
            author = session.scalars(sa.select(Engineer)).first()
            handling.change_status(
                session, self.desk.head, ticket_id, author=author, status=Status.RESOLVED, text="All is well.",
                at=self.desk.clock(),
            )  # fmt: skip


def text_of(letter: Outbox) -> str:
    body = message_from_bytes(letter.content, policy=policy.default).get_body(("plain",))
    assert body is not None
    return body.get_content().replace("\r\n", "\n")
