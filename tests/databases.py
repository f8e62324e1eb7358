"""A desk on a real database, SQLite and PostgreSQL in turn: migrated, empty, with services wired as in production."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway import clock as wall
from gateway import services as wiring
from gateway.inbound.pipeline import Pipeline
from gateway.inbound.receive import Arrival
from gateway.mail.reader import read_frame
from gateway.mail.trust import UNCHECKED, Authentication
from gateway.relay import Relay
from gateway.services import Services
from gateway.settings import Settings
from gateway.store import deliveries, migrations, session
from gateway.store.models import Delivery, Message, Outbox, Ticket, TicketEvent
from tests.postgres import Postgres

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SUPPORT = "support@desk.example"
SECRET = "a secret of the tests that is longer than thirty-two"


class InProcess:
    """The reader without a child, where a test is about something else."""

    def call(self, payload: bytes) -> bytes:
        return read_frame(payload)


class Clock:
    """A clock that a test moves by hand."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **length: float) -> datetime:
        self.at += timedelta(**length)
        return self.at


class Desk:
    """A desk to test on: mail in, tickets and letters out."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.clock = Clock()
        self.head = services.letterhead
        self.pipeline = Pipeline(
            services.sessions, services.transaction, services.blobs, InProcess(), services.desk, services.letterhead,
            services.owner, self.clock,
        )  # fmt: skip

    def with_desk(self, **changes: object) -> Desk:
        """The same desk, judging under other settings."""
        other = Desk(self.services)
        other.clock = self.clock
        other.pipeline = replace(self.pipeline, desk=replace(self.pipeline.desk, **changes), now=self.clock)
        return other

    def receive(self, raw: bytes, *, to: str = SUPPORT, reverse_path: str = "li@harbour.example",
                authentication: Authentication = UNCHECKED, door: str = "smtp") -> int:  # fmt: skip
        """Take responsibility for a mail as a door does; the delivery's id."""
        arrival = Arrival(
            raw, reverse_path, (to,), self.clock.at, door, "192.0.2.1", "mx.example", "", authentication
        )
        with self.services.transaction() as session:
            deliveries.accept(session, self.services.blobs, [arrival])
            return session.execute(sa.select(sa.func.max(Delivery.id))).scalar_one()

    def file(self) -> None:
        """Judge everything that waits."""
        while self.pipeline.drain(self.clock.at + timedelta(seconds=5)):
            pass

    def walk(self, raw: bytes, **how: object) -> Delivery:
        """Receive and judge one mail; its delivery."""
        delivery_id = self.receive(raw, **how)  # type: ignore[arg-type]
        self.file()
        with self.services.reading() as session:
            return session.get_one(Delivery, delivery_id)

    def index(self) -> None:
        """Tell search of everything that changed."""
        while self.services.indexing.drain(wall.now() + timedelta(seconds=5)):
            pass

    def relay(self, transport: object) -> Relay:
        """A relay over a transport of the test."""
        return Relay(
            self.services.sessions,
            self.services.transaction,
            transport,
            self.head,
            "test-relay",
            5,
            self.clock,
        )  # type: ignore[arg-type]

    def tickets(self) -> list[Ticket]:
        with self.services.reading() as session:
            return list(session.scalars(sa.select(Ticket).order_by(Ticket.id)))

    def messages(self, ticket_id: int) -> list[Message]:
        with self.services.reading() as session:
            return list(
                session.scalars(sa.select(Message).where(Message.ticket_id == ticket_id).order_by(Message.id))
            )

    def letters(self, letter: str = "") -> list[Outbox]:
        with self.services.reading() as session:
            wanted = sa.select(Outbox).order_by(Outbox.id)
            return list(session.scalars(wanted.where(Outbox.letter == letter) if letter else wanted))

    def events(self, ticket_id: int) -> list[TicketEvent]:
        with self.services.reading() as session:
            wanted = (
                sa.select(TicketEvent).where(TicketEvent.ticket_id == ticket_id).order_by(TicketEvent.seq)
            )
            return list(session.scalars(wanted))

    def add(self, *rows: object) -> None:
        with self.services.transaction() as session:
            session.add_all(rows)


def settings_for(folder: Path, database_url: str = "") -> Settings:
    return Settings(
        _env_file=None, data_dir=folder, database_url=database_url, support_address=SUPPORT, secret_key=SECRET,
        base_url="http://desk.example:8000", provider_name="Northquay Cloud", provider_phone="+65 5550 0100",
    )  # fmt: skip


def _migrate(url: str) -> None:
    engine = session.engine(url)
    migrations.upgrade(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "helpdesk.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an empty, migrated database of this test's own, on each database in turn."""
    folder = tmp_path / "data"
    folder.mkdir()
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "helpdesk.db")
        yield settings_for(folder)
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    with postgres.database(postgres.template("migrated", _migrate)) as url:
        yield settings_for(folder, url)


@pytest.fixture
def desk(database_settings: Settings) -> Iterator[Desk]:
    """A desk on each database in turn."""
    services = wiring.build(database_settings)
    yield Desk(services)
    services.engine.dispose()
