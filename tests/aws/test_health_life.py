"""The life of AWS Health events from AWS's wire to the letters, for three customers of whom one is not touched."""

from __future__ import annotations

import threading
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
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
from tests.aws.speaking import clients_of, unhurried
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


@pytest.fixture
def life(desk: Desk, aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Life:
    aws.clock = desk.clock = Ticking()
    return Life(desk, aws, clients_of(aws, monkeypatch, tmp_path, pace=unhurried()))


HARBOURS, ORCHARDS = "it@harbour.example", "it@orchard.example"


def both(letter: str) -> list[tuple[str, str]]:
    return [(letter, HARBOURS), (letter, ORCHARDS)]


def impaired(**more: list[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    return {HARBOUR: [("i-0abc", "IMPAIRED")], ORCHARD: [("i-0def", "IMPAIRED")]} | more


BETTER = impaired(**{HARBOUR: [("i-0abc", "UNIMPAIRED")]})
WIDER = BETTER | {WAREHOUSE: [("i-0fed", "IMPAIRED"), ("i-0bad", "UNKNOWN")]}
WELL = {account: [(value, "RESOLVED") for value, _ in told] for account, told in WIDER.items()}
AGAIN = LAST + "\n\n[12:00] Errors rise again."
CHANGES: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    ("AWS says more", {"description": SECOND}, both("health-changed")),
    ("nothing changes", {}, []),
    ("a resource recovers", {"accounts": BETTER}, [("health-changed", HARBOURS)]),
    ("only blanks change", {"description": SECOND.replace("\n\n", "\n \n"), "bump": False}, []),
    ("AWS says it in other order", {"accounts": dict(reversed(BETTER.items())), "zone": "eu-west-1a"}, []),
    ("an account is added", {"accounts": WIDER, "bump": False}, [("health-changed", HARBOURS)]),
    ("it is over", {"accounts": WELL, "description": LAST, "status": "closed"}, both("health-closed")),
    ("it goes on", {"accounts": WIDER, "description": AGAIN, "status": "open"}, both("health-changed")),
]


def test_event_is_followed_from_its_opening_to_its_second_life(life: Life) -> None:
    arn = life.event(accounts=impaired())
    life.look()
    life.look()
    assert life.letters() == both("health-opened")
    harbour, orchard = life.ticket_of("harbour").id, life.ticket_of("orchard").id
    for what, change, letters in CHANGES:
        if what == "it goes on":
            assert {life.ticket(each).proposal for each in (harbour, orchard)} == {"aws-health-closed"}
            life.resolve(orchard)
        life.update(arn, **change)
        life.look()
        life.look()
        assert (what, life.letters()) == (what, letters)
    assert (life.ticket(orchard).status, life.ticket(harbour).proposal) == ("open", "")
    assert {each.id for each in life.desk.tickets()} == {harbour, orchard}
    assert life.log(harbour) == ["opened", "changed", "changed", "changed", "closed", "reopened"]
    assert life.log(orchard) == ["opened", "changed", "closed", "reopened"]
    told = AGAIN.split("\n\n")
    assert (life.said(harbour), life.said(orchard)) == (told, told)
    assert life.row_of("elsewhere", arn) is None


def test_each_customer_is_written_to_in_their_language_and_only_of_their_own(life: Life) -> None:
    life.event(accounts=impaired())
    life.look()
    english, chinese = life.texts("health-opened")
    assert "AWS reports an event that affects you." in english
    assert (
        "Your accounts: harbour 1111 (111122223333)\nResources: 1 impaired\nNamed by AWS: i-0abc (Impaired)"
        in english
    )
    assert (
        "涉及账号：orchard 5555 (555566667777)\n资源状态：1 个受影响\nAWS 所列资源：i-0def (受影响)"
        in chinese
    )
    assert FIRST in english and FIRST in chinese
    assert "i-0def" not in english and "i-0abc" not in chinese


def test_letter_of_a_change_tells_what_is_new_and_nothing_else_of_awss_words(life: Life) -> None:
    arn = life.event(accounts=impaired())
    life.look()
    life.update(arn, description=SECOND, accounts=impaired(**{WAREHOUSE: []}))
    life.look()
    english, chinese = life.texts("health-changed")
    assert "Now affected too: harbour 4444 (444455556666)" in english
    for text in (english, chinese):
        assert "[09:30] We have found the cause." in text and FIRST not in text


def test_account_that_aws_names_no_more_is_told_and_noted(life: Life) -> None:
    arn = life.event(accounts=impaired(**{WAREHOUSE: []}))
    life.look()
    life.letters()
    life.update(arn, accounts=impaired())
    life.look()
    life.look()
    assert life.letters() == [("health-changed", HARBOURS)]
    ticket = life.ticket_of("harbour").id
    assert life.entries(ticket)[-1]["gone"] == [WAREHOUSE]
    assert life.entries(ticket)[-1]["accounts"] == [HARBOUR]


def test_event_that_names_none_of_a_customers_accounts_any_more_is_over_for_them(life: Life) -> None:
    arn = life.event(accounts=impaired())
    life.look()
    life.letters()
    life.update(arn, accounts={ORCHARD: [("i-0def", "IMPAIRED")]})
    life.look()
    assert life.letters() == [("health-closed", HARBOURS)]
    assert "AWS no longer names your accounts in this event." in life.texts("health-closed")[0]
    assert life.ticket_of("harbour").proposal == "aws-health-closed"
    assert life.row_of("orchard", arn).state == "open"
