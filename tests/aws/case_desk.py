"""A desk whose customer has an account at the double of AWS, with a ticket; its cases are read by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.aws.cases import reading, writing
from gateway.aws.clients import AwsClients, Identity
from gateway.aws.parts import Account, Clients, Parts, Reading
from gateway.aws.rounds import Rounds
from gateway.aws.turns import Work
from gateway.domain.lifecycle import EventKind
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.mail.trust import Authentication
from gateway.store.models import (
    AwsAccount,
    AwsAttachment,
    AwsCase,
    AwsCommunication,
    AwsWrite,
    Engineer,
    Message,
    Outbox,
    Stream,
    Ticket,
    TicketEvent,
)
from gateway.tickets import case_following, handling
from gateway.tickets.intake import Request, open_by_hand
from tests.aws.accounts import an_account
from tests.aws.fake import FakeAws
from tests.aws.fixtures import environment
from tests.aws.server import serving
from tests.aws.speaking import PROFILES, unhurried
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import SECRET, Desk

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/HelpdeskGateway"
LI = "li@harbour.example"
US = "HelpdeskGateway (Role) <root@harbour.example>"


class CaseDesk:
    """A desk, AWS, and one account between them, all on the desk's clock."""

    def __init__(self, desk: Desk, aws: FakeAws, clients: Clients, *, language: str = "en") -> None:
        self.desk, self.aws, self.clients = desk, aws, clients
        services = desk.services
        self.parts = Parts(services.transaction, services.reading, desk.head, services.blobs, clients, "test",
                           desk.clock)  # fmt: skip
        customer = a_customer(language=language)
        customer.contracts[0].language = language
        self.engineer: Engineer = an_engineer(language=language)
        desk.add(customer, self.engineer)
        self.language = language
        desk.add(an_account(ACCOUNT, customer_id=customer.id, severities=["low", "normal", "high"]))
        self.customer_id = customer.id
        self.account = Account(ACCOUNT, customer.id, "aws", ROLE, "s3cret")
        self.ticket_id = self.ticket()

    def ticket(self, subject: str = "Instances unreachable") -> int:
        """A ticket of the customer's, assigned to the engineer; letters about its opening are put away."""
        request = Request(
            self.customer_id, Mailbox("Li Na", "li@harbour.example"), subject, "None answers.", Priority.HIGH
        )
        with self.desk.services.transaction() as session:
            ticket = open_by_hand(
                session, self.desk.head, request, author=self.engineer, at=self.desk.clock.at
            )
            if ticket.assignee_id is None:
                handling.assign(session, self.desk.head, ticket.id, author=self.engineer,
                                assignee_id=self.engineer.id, at=self.desk.clock.at)  # fmt: skip
        self.forget_letters()
        return ticket.id

    def adopt(self, reference: str, ticket_id: int = 0) -> int:
        with self.desk.services.transaction() as session:
            return case_following.adopt(
                session, self.desk.head, ticket_id or self.ticket_id, author=self.engineer, account_id=ACCOUNT,
                case_ref=reference, at=self.desk.clock.at,
            )  # fmt: skip

    def followed(self, **values: Any) -> str:
        """A case made in the console, adopted and read; its identifier."""
        case_id = self.aws.case(ACCOUNT, **values)
        self.desk.clock.pass_(seconds=1)
        self.read()
        self.adopt(case_id)
        self.desk.clock.pass_(seconds=1)
        self.read()
        self.forget_letters()
        return case_id

    def read(self, minutes: float = 0) -> Reading:
        """Read the account's cases, some minutes later."""
        self.desk.clock.pass_(minutes=minutes)
        return reading.read(self.parts, self.account, None)

    def do(self, verb: Any, **how: Any) -> Any:
        """One verb on the ticket, by the engineer, now."""
        with self.desk.services.transaction() as session:
            return verb(
                session, self.desk.head, self.ticket_id, author=self.engineer, **how, at=self.desk.clock.at
            )

    def send(self) -> None:
        """Send what is to be written, once the undo time is over, and read what is due."""
        self.desk.clock.pass_(seconds=30)
        work = Work({Stream.CASES: reading.read}, writing.write)
        services = self.desk.services
        rounds = Rounds(
            lambda: self.parts, services.sessions, self.desk.clock, SECRET, lambda: work, threads=2
        )
        rounds.drain(self.desk.clock.at + timedelta(seconds=30))

    def customer_writes(self, text: str, *, authentication: Authentication = PASSED, **fields: str) -> int:
        """Li Na answers the newest letter as a mail program does; the row of the ticket's newest message."""
        letter = next(row for row in reversed(self.letters()) if row.first_recipient == LI)
        to = self.desk.head.reply_address(self.ticket_id)
        at = self.desk.clock.pass_(seconds=10)
        named = {"subject": f"Re: {letter.subject}", "message_id": f"m{at.timestamp()}@harbour.example",
                 "in_reply_to": letter.message_id}  # fmt: skip
        self.desk.walk(a_mail(text, to=to, **(named | fields)), to=to, authentication=authentication)
        return int(self.rows(Message, Message.ticket_id == self.ticket_id)[-1].id)

    # What there is.

    def rows(self, kind: type[Any], *where: Any) -> list[Any]:
        with self.desk.services.reading() as session:
            return list(session.scalars(sa.select(kind).where(*where).order_by(kind.id)))

    def case(self) -> AwsCase:
        (row,) = self.rows(AwsCase)
        return row

    def now(self, ticket_id: int = 0) -> Ticket:
        with self.desk.services.reading() as session:
            return session.get_one(Ticket, ticket_id or self.ticket_id)

    def said(self) -> list[AwsCommunication]:
        return self.rows(AwsCommunication)

    def files(self) -> list[AwsAttachment]:
        return self.rows(AwsAttachment)

    def writes(self) -> list[AwsWrite]:
        return self.rows(AwsWrite)

    def shown(self, ticket_id: int = 0) -> list[tuple[str, str]]:
        """Direction and text of a ticket's messages but the first, in their order."""
        found = self.rows(Message, Message.ticket_id == (ticket_id or self.ticket_id))
        return [(row.direction, row.text) for row in found[1:]]

    def log(self, ticket_id: int = 0) -> list[tuple[str, str]]:
        """What the log says of AWS and of proposals: kind and what."""
        kinds = (EventKind.AWS_CASE, EventKind.AWS_MESSAGE, EventKind.RESOLUTION_PROPOSED,
                 EventKind.RESOLUTION_DECLINED)  # fmt: skip
        found = self.rows(TicketEvent, TicketEvent.ticket_id == (ticket_id or self.ticket_id))
        return [
            (row.kind, str(row.data.get("what") or row.data.get("cause")))
            for row in found
            if row.kind in kinds
        ]

    def letters(self) -> list[Outbox]:
        """Letters since they were last put away."""
        return [row for row in self.rows(Outbox) if row.id > self._seen]

    def told(self) -> list[tuple[str, str]]:
        """Letter and first reader of the letters since they were last put away."""
        return [(row.letter, row.first_recipient) for row in self.letters()]

    def forget_letters(self) -> None:
        self._seen = max((row.id for row in self.rows(Outbox)), default=0)


@contextmanager
def case_desk_of(desk: Desk, monkeypatch: pytest.MonkeyPatch, folder: Path, **how: Any) -> Iterator[CaseDesk]:
    """A case desk and its AWS."""
    with serving(FakeAws(desk.clock)) as aws:
        aws.account(ACCOUNT, external_id="s3cret")
        for name, value in environment(aws, folder).items():
            monkeypatch.setenv(name, value)
        clients = AwsClients(Identity(PROFILES, https_only=False), desk.clock, pace=unhurried())
        yield CaseDesk(desk, aws, clients, **how)


def follow(desk: Desk, aws: FakeAws, account_id: str) -> str:
    """A case made in the console, on a ticket of Li Na's; its identifier. The account is there already."""
    case_id = aws.case(account_id)
    engineer = an_engineer()
    desk.add(engineer)
    with desk.services.transaction() as session:
        account = session.get_one(AwsAccount, account_id)
        request = Request(
            account.customer_id, Mailbox("Li Na", "li@harbour.example"), "Down", "Help.", Priority.HIGH
        )
        ticket = open_by_hand(session, desk.head, request, author=engineer, at=desk.clock.at)
        case_following.adopt(session, desk.head, ticket.id, author=engineer, account_id=account_id, case_ref=case_id,
                             at=desk.clock.at)  # fmt: skip
    return case_id


def texts(said: Sequence[tuple[str, str]]) -> list[str]:
    """The texts alone."""
    return [text for _, text in said]
