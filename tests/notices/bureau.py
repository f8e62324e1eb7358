"""A desk with two customers, their accounts, and people who may announce; a next server that answers as told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import notices
from gateway.appointments import Appointments
from gateway.domain.scope import Scope
from gateway.domain.windows import Span
from gateway.notices import Content, Kind, Severity, delivery
from gateway.notices.delivery import Fate
from gateway.services import KEPT
from gateway.store.models import (
    Appointment,
    AwsAccount,
    Contact,
    Contract,
    Customer,
    CustomerDomain,
    Engineer,
    Notice,
    Outbox,
)
from gateway.store.queries import notices as rows
from gateway.transport import Reply
from tests.builders import a_customer, an_engineer
from tests.databases import Desk

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
START = MONDAY + timedelta(days=4)
END = START + timedelta(hours=4)
WINDOW = Span(START, END)
LI, WEBER, KRAUSE = "li@harbour.example", "weber@baltic.example", "krause@baltic.example"


class NextServer:
    """Takes everything but what it was told to refuse."""

    def __init__(self) -> None:
        self.refused: dict[str, Reply] = {}
        self.taken: list[bytes] = []

    def offer(self, reverse_path: str, recipients: Sequence[str], content: bytes) -> Mapping[str, Reply]:
        return {each: self.refused.get(each, Reply(250, "2.1.5 ok")) for each in recipients}

    def transfer(self, content: bytes) -> Reply:
        self.taken.append(content)
        return Reply(250, "2.0.0 taken")

    def close(self) -> None:
        pass


def baltic() -> Customer:
    """Baltic Freight of Berlin: a German account, two contacts, one of whom reads Chinese."""
    made = Customer(
        reference="baltic", name="Baltic Freight", language="en", time_zone="Europe/Berlin", active=True
    )
    made.domains = [CustomerDomain(domain="baltic.example")]
    made.contacts = [
        Contact(email=WEBER, name="Weber", language="", phone=""),
        Contact(email=KRAUSE, name="Krause", language="zh-Hans", phone=""),
    ]
    made.contracts = [
        Contract(number="NQ-2026-020", version=1, starts_on=date(2026, 1, 1), ends_on=None, time_zone="Europe/Berlin",
                 language="en", currency="EUR", monthly_fee=5_000, terms={"maintenance_notice_hours": 72})
    ]  # fmt: skip
    made.accounts = [
        AwsAccount(account_id="444455556666", name="main", regions=["eu-central-1"], services=["RDS"], tags={"env": "prod"})
    ]  # fmt: skip
    return made


def harbour() -> Customer:
    """Harbourline of Singapore: two accounts, one contact, 48 h of notice."""
    made = a_customer()
    made.accounts = [
        AwsAccount(account_id="111122223333", name="main", regions=["ap-southeast-1"], services=["RDS", "EC2"],
                   tags={"env": "prod"}),
        AwsAccount(account_id="111122224444", name="test", regions=["ap-southeast-1"], services=["EC2"],
                   tags={"env": "test"}),
    ]  # fmt: skip
    return made


class Bureau:
    """Both customers, a lead and an engineer; time as the test says."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.head = desk, desk.head
        self.lead = an_engineer("Guo Ping", role="lead")
        self.engineer = an_engineer()
        self.harbour, self.baltic = harbour(), baltic()
        desk.add(self.harbour, self.baltic, self.lead, self.engineer)
        self.server = NextServer()

    def at(self, at: datetime) -> Bureau:
        """The same bureau at another time."""
        self.desk.clock.at = at
        return self

    def transaction(self) -> AbstractContextManager[Session]:
        return self.desk.services.transaction()

    def draft(self, window: Span | None = WINDOW, *, kind: Kind = Kind.MAINTENANCE, author: Engineer | None = None,
              **scope: object) -> int:  # fmt: skip
        """A draft; its number."""
        tags = scope.pop("tags", {})
        content = Content(
            kind=kind,
            titles={"en": "Database servers move", "zh": "数据库服务器迁移"},
            texts={"en": "Each database restarts once.", "zh": "每个数据库会重启一次。"},
            scope=Scope(**{name: frozenset(value) for name, value in scope.items()}, tags=tags),  # type: ignore[arg-type, call-overload]
            window=window if kind is Kind.MAINTENANCE else None,
            zone="Asia/Singapore",
            severity=Severity.HIGH if kind is Kind.ADVISORY else None,
        )
        with self.transaction() as session:
            return notices.draft(session, content, author=author or self.engineer, at=self.desk.clock()).id

    def announce(self, notice_id: int, *, emergency: str = "", author: Engineer | None = None) -> None:
        with self.transaction() as session:
            notices.announce(session, self.head, notice_id, author=author or self.lead, emergency=emergency,
                             at=self.desk.clock())  # fmt: skip

    def change(self, notice_id: int, span: Span, **how: str) -> None:
        with self.transaction() as session:
            notices.change(session, self.head, notice_id, span, author=self.lead, at=self.desk.clock(), **how)

    def call_off(self, notice_id: int, words: str = "") -> None:
        with self.transaction() as session:
            notices.call_off(
                session, self.head, notice_id, author=self.lead, words=words, at=self.desk.clock()
            )

    def end(self, notice_id: int) -> None:
        with self.transaction() as session:
            notices.end(session, self.head, notice_id, author=self.lead, at=self.desk.clock())

    def keep_open(self, notice_id: int) -> None:
        with self.transaction() as session:
            notices.keep_open(session, notice_id, author=self.lead, at=self.desk.clock())

    def tick(self, owner: str = "ticker") -> None:
        """Keep what is due now."""
        made = Appointments(self.desk.services.transaction, self.head, owner, self.desk.clock, KEPT)
        while made.drain(self.desk.clock.at + timedelta(seconds=5)):
            pass

    def send(self) -> None:
        """Send what is due now."""
        self.desk.relay(self.server).drain(self.desk.clock.at + timedelta(seconds=5))

    def notice(self, notice_id: int) -> Notice:
        """A notice with everything that was told."""
        with self.desk.services.reading() as session:
            found = rows.whole(session, notice_id)
            assert found is not None
            session.expunge_all()
            return found

    def told(self) -> list[tuple[str, str]]:
        """Letter and recipient of everything put, in order."""
        return [(row.letter, row.first_recipient) for row in self.letters()]

    def steps(self) -> list[str]:
        """The letters put, each once, in order."""
        return list(dict.fromkeys(row.letter for row in self.letters()))

    def letters(self) -> list[Outbox]:
        return [row for row in self.desk.letters() if row.occasion.startswith("notice:")]

    def letter(self, name: str, to: str = LI) -> EmailMessage:
        """The last letter of a name to somebody."""
        row = [each for each in self.letters() if (each.letter, each.first_recipient) == (name, to)][-1]
        mail = message_from_bytes(row.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        return mail

    def text(self, name: str, to: str = LI) -> str:
        body = self.letter(name, to).get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    def counts(self, notice_id: int) -> dict[str, list[tuple[datetime, datetime]]]:
        """What does not count, by customer."""
        told = delivery.customers(self.notice(notice_id))
        return {each.name: [(span.start, span.end) for span in each.counts] for each in told}

    def fates(self, notice_id: int, step: int = 0) -> dict[str, Fate]:
        """What became of each letter of a step."""
        issue = self.notice(notice_id).issues[step]
        return {each.email: delivery.delivered(each).fate for each in issue.letters}

    def due(self) -> list[tuple[str, datetime]]:
        """The appointments of notices."""
        with self.desk.services.reading() as session:
            found = (
                sa.select(Appointment).where(Appointment.what.like("notice%")).order_by(Appointment.due_at)
            )
            return [(row.what, row.due_at) for row in session.scalars(found)]
