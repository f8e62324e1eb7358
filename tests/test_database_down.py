"""The database is down, locked, read-only or full: the door answers 4xx only, and everything resumes by itself (K5, K6)."""

from __future__ import annotations

import itertools
import shutil
import smtplib
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from gateway import services
from gateway.inbound.receive import Arrival
from gateway.services import Services
from gateway.store import deliveries
from gateway.store.models import Delivery, Ticket
from tests.builders import a_mail
from tests.databases import settings_for
from tests.installation import Installation, installed, until
from tests.postgres import Postgres
from tests.smtp_door import RunningDoor

TEXT = b"Subject: Report\r\n\r\nThe report page is slow.\r\n"


# The door alone, on a real SQLite file.


@dataclass
class Store:
    """What the door commits to: a SQLite database that can be made unfit for writing."""

    services: Services
    pragmas: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        @sa.event.listens_for(self.services.engine, "checkout")
        def on_checkout(connection: Any, *_: object) -> None:
            for pragma in ["busy_timeout=100", *self.pragmas]:
                connection.execute(f"PRAGMA {pragma}")

    def commit_batch(self, arrivals: Sequence[Arrival]) -> Sequence[str]:
        with self.services.transaction() as session:
            return deliveries.accept(session, self.services.blobs, arrivals)

    def value(self, statement: str) -> object:
        with self.services.engine.connect() as connection:
            return connection.exec_driver_sql(statement).scalar_one()


@pytest.fixture(autouse=True, scope="module")
def plain_log() -> Iterator[None]:
    """Faults are logged in one line, as in production: the console's coloured traces take seconds."""
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    yield
    structlog.reset_defaults()


@pytest.fixture
def store(tmp_path: Path, sqlite_template: Path) -> Iterator[Store]:
    with stored(tmp_path, sqlite_template) as made:
        yield made


@contextmanager
def stored(folder: Path, template: Path) -> Iterator[Store]:
    shutil.copy(template, folder / "helpdesk.db")
    made = services.build(settings_for(folder))
    yield Store(made)
    made.engine.dispose()


def answer(door: RunningDoor, text: bytes = TEXT) -> str:
    with door.envelope() as client:
        return client.data(text)


def count(store: Store) -> int:
    with store.services.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Delivery)) or 0


def test_mail_is_put_off_while_sqlite_is_locked(store: Store) -> None:
    with RunningDoor(store=store) as door, store.services.engine.connect() as other:
        other.exec_driver_sql("SELECT 1")  # the connection's own BEGIN IMMEDIATE holds the lock
        assert answer(door).startswith("451 4.3.0")
        other.rollback()
        assert answer(door).startswith("250 ")
    assert count(store) == 1


def test_mail_is_put_off_while_sqlite_is_read_only(store: Store) -> None:
    with RunningDoor(store=store) as door:
        store.pragmas.append("query_only=ON")
        assert answer(door).startswith("451 4.3.0")
        store.pragmas[-1] = "query_only=OFF"
        assert answer(door).startswith("250 ")
    assert count(store) == 1


def test_mail_is_put_off_for_want_of_space_while_sqlite_is_full(store: Store) -> None:
    pages = store.value("PRAGMA page_count")
    with RunningDoor(store=store) as door:
        store.pragmas.append(f"max_page_count={pages}")
        assert answer(door, TEXT + b"x" * 50_000 + b"\r\n").startswith("452 4.3.1")
        store.pragmas[-1] = "max_page_count=1000000"
        assert answer(door).startswith("250 ")
    assert (count(store), store.value("PRAGMA integrity_check")) == (1, "ok")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small disk; a full SQLite file is tested above")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("octets", [50_000, 300_000])
def test_mail_is_put_off_for_want_of_space_while_the_disk_is_full(
    small_disk: Path, sqlite_template: Path, octets: int
) -> None:
    text = TEXT + b"".join(b"%075d\r\n" % number for number in range(octets // 77))
    with stored(small_disk, sqlite_template) as store, RunningDoor(store=store) as door:
        assert answer(door).startswith("250 ")
        filler = small_disk / "filler"
        fill(filler)
        answers = {answer(door, text)[:9] for _ in range(2)}
        filler.unlink()
        assert answers == {"452 4.3.1"}
        assert answer(door, text).startswith("250 ")
        assert (count(store), store.value("PRAGMA integrity_check")) == (2, "ok")
        assert list((small_disk / "blobs").rglob("*.tmp")) == []


def fill(path: Path) -> None:
    with suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 65536)
    with suppress(OSError), path.open("ab", buffering=0) as file:
        while True:
            file.write(b"\0")


# A whole installation on PostgreSQL.


@pytest.fixture(scope="module")
def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    with installed("postgresql", request, tmp_path_factory.mktemp("down")) as running:
        yield running


_numbers = itertools.count(1)


def send(installation: Installation) -> int:
    """The door's answer to a new mail; 421 where it closed the connection."""
    number = next(_numbers)
    sender = f"user{number}@harbour.example"
    raw = a_mail(f"Request {number}.\n", sender=sender, message_id=f"d{number}@harbour.example")
    try:
        return installation.send(raw, reverse_path=sender)
    except smtplib.SMTPServerDisconnected:
        return 421


def everything_is_done(installation: Installation, tickets: int) -> None:
    until(lambda: up(installation) and installation.unfiled() == installation.unsent() == 0, 30, installation)
    assert installation.count(Ticket) == tickets
    ids = [mail.message_id for mail in installation.sink.heard]
    assert len(ids) == len(set(ids)) == tickets


def up(installation: Installation) -> bool:
    try:
        installation.unfiled()
    except sa.exc.OperationalError:
        return False
    return True


def accepted(installation: Installation) -> int:
    until(lambda: up(installation), 30, installation)
    return installation.count(Delivery)


def name_of(installation: Installation) -> str:
    return str(installation.services.engine.url.database)


def kill_connections(installation: Installation, postgres: Postgres) -> None:
    postgres.execute(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name_of(installation)}'"
    )


@pytest.mark.timeout(180)
def test_mail_is_put_off_while_postgresql_is_down_and_taken_again_by_itself(
    installation: Installation, postgres: Postgres
) -> None:
    before = accepted(installation)
    assert send(installation) == 250
    postgres.execute(f'ALTER DATABASE "{name_of(installation)}" WITH ALLOW_CONNECTIONS false')
    kill_connections(installation, postgres)
    try:
        answers = {send(installation) for _ in range(10)}
        threading.Event().wait(2)
        answers |= {send(installation) for _ in range(5)}
    finally:
        postgres.execute(f'ALTER DATABASE "{name_of(installation)}" WITH ALLOW_CONNECTIONS true')
    assert answers == {451}
    until(lambda: send(installation) == 250, 30, installation)
    everything_is_done(installation, before + 2)


@pytest.mark.timeout(180)
def test_mail_is_put_off_while_postgresql_is_read_only(
    installation: Installation, postgres: Postgres
) -> None:
    before = accepted(installation)
    postgres.execute(f'ALTER DATABASE "{name_of(installation)}" SET default_transaction_read_only = on')
    kill_connections(installation, postgres)
    try:
        send(installation)  # finds out that its connection is gone
        answers = {send(installation) for _ in range(10)}
    finally:
        postgres.execute(f'ALTER DATABASE "{name_of(installation)}" RESET default_transaction_read_only')
        kill_connections(installation, postgres)
    assert answers == {451}
    until(lambda: send(installation) == 250, 30, installation)
    everything_is_done(installation, before + 1)


@pytest.mark.timeout(180)
def test_killed_connections_lose_nothing_and_refuse_nothing_for_good(
    installation: Installation, postgres: Postgres
) -> None:
    before = accepted(installation)
    answers = []
    for number in range(36):
        if number % 3 == 0:
            kill_connections(installation, postgres)
        answers.append(send(installation))
    assert set(answers) <= {250, 451, 421}
    taken = answers.count(250)
    assert taken > 10
    everything_is_done(installation, before + taken)
