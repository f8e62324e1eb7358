"""A whole installation in real processes: `helpdesk up` on free ports, with a relay to a sink of the test."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self
from urllib.request import Request, urlopen

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from gateway import clock, services
from gateway.operations import access
from gateway.services import Services
from gateway.settings import Settings
from gateway.store.models import Delivery, DeliveryState, Engineer, Outbox, Role, Ticket
from tests.builders import a_customer, a_mail, an_engineer
from tests.databases import settings_for
from tests.postgres import Postgres
from tests.redis_server import wait_for
from tests.sink import Sink

START = """
import ctypes, signal
ctypes.CDLL(None).prctl(1, signal.SIGKILL)
from gateway.cli import main
main(["up"])
"""
NAMES = ("smtp", "imap", "web", "clock", "mail", "out", "slow", "redis")


class Installation:
    """One `helpdesk up` and its sink; its rows are looked at through services of the test's own."""

    def __init__(self, settings: Settings, sink: Sink) -> None:
        self.sink = sink
        self.smtp_port, self.web_port = free_ports(2)
        self.settings = settings.model_copy(
            update={
                "smtp_listen": f"127.0.0.1:{self.smtp_port}",
                "web_listen": f"127.0.0.1:{self.web_port}",
                "base_url": f"http://127.0.0.1:{self.web_port}",
            }
        )
        self.log = settings.data_dir / "up.log"
        self.services: Services = services.build(self.settings)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        with self.services.transaction() as session:
            session.add_all([a_customer(), an_engineer()])
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.services.engine.dispose()

    def start(self) -> None:
        """Start everything and return when doors and pages listen."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", START], cwd=self.settings.data_dir, env=self._environment(),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        wait_for(lambda: self.listens(self.smtp_port) and self.listens(self.web_port), 60)

    @contextlib.contextmanager
    def beside(self, *command: str) -> Iterator[subprocess.Popen[bytes]]:
        """One more process of the installation, as on a second machine, ended at the end."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "gateway.cli", *command], cwd=self.settings.data_dir,
                env=self._environment() | {"PYTHONPATH": str(Path(__file__).parents[1])},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.wait(10)

    def stop(self) -> None:
        """Ask it to drain and end."""
        if self._process is None:
            return
        session = self._process.pid
        self._process.terminate()
        try:
            self._process.wait(40)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._process = None
        wait_for(lambda: not members(session), 10)

    def kill_all(self) -> None:
        """End the supervisor at once; everything it ran must end with it."""
        assert self._process is not None
        session = self._process.pid
        self._process.kill()
        self._process.wait(10)
        self._process = None
        wait_for(lambda: not members(session), 10)

    def pid(self, name: str) -> int | None:
        """The process of one program, where it runs now."""
        assert self._process is not None
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, ValueError, IndexError):
                status = (folder / "stat").read_text()
                comm = status[status.index("(") + 1 : status.rindex(")")]
                parent = int(status[status.rindex(")") + 2 :].split()[1])
                if parent == self._process.pid and _is(comm, name):
                    return int(folder.name)
        return None

    def signal(self, name: str, number: int = signal.SIGKILL) -> bool:
        """Send a signal to one program; whether it ran."""
        pid = self.pid(name)
        if pid is None:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        return True

    def listens(self, port: int) -> bool:
        """Whether somebody listens on a port."""
        assert self._process is not None and self._process.poll() is None, self.log.read_text()[-4000:]
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def post(self, path: str, told: dict[str, object]) -> tuple[int, dict[str, Any]]:
        """Status and JSON of a request to the API, with a token of the engineer's."""
        with self.services.transaction() as session:
            engineer = session.scalars(sa.select(Engineer)).one()
            token = access.make_token(session, engineer=engineer, role=Role.ENGINEER, at=clock.now())
        asked = Request(
            f"{self.settings.base_url}/api/v1{path}",
            json.dumps(told).encode(),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urlopen(asked, timeout=30) as answer:
            return answer.status, json.load(answer)

    def smtp(self) -> smtplib.SMTP:
        """A session with the door."""
        return smtplib.SMTP("127.0.0.1", self.smtp_port, local_hostname="client.example", timeout=60)

    def send(
        self, raw: bytes, *, to: str = "support@desk.example", reverse_path: str = "li@harbour.example"
    ) -> int:
        """The door's answer to one mail in a session of its own."""
        try:
            with self.smtp() as session:
                session.sendmail(reverse_path, [to], raw)
                return 250
        except smtplib.SMTPDataError as fault:
            return fault.smtp_code
        except smtplib.SMTPRecipientsRefused as fault:
            return next(iter(fault.recipients.values()))[0]
        except smtplib.SMTPSenderRefused as fault:
            return fault.smtp_code

    def count(
        self, rows: type[Delivery] | type[Ticket] | type[Outbox], *where: sa.ColumnElement[bool]
    ) -> int:
        """How many rows there are."""
        with self.services.reading() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(rows).where(*where)) or 0

    def unfiled(self) -> int:
        """Deliveries that nobody has judged yet."""
        return self.count(Delivery, Delivery.state == DeliveryState.RECEIVED)

    def unsent(self) -> int:
        """Letters that have not ended."""
        return self.count(Outbox, Outbox.state.in_(["pending", "sending"]))

    def tail(self) -> str:
        """The end of what the processes said."""
        return self.log.read_text(errors="replace")[-6000:]

    def _environment(self) -> dict[str, str]:
        settings = self.settings
        told = {
            "DATA_DIR": str(settings.data_dir),
            "DATABASE_URL": settings.database_url.get_secret_value(),
            "REDIS_URL": settings.redis,
            "SMTP_LISTEN": settings.smtp_listen,
            "WEB_LISTEN": settings.web_listen,
            "BASE_URL": settings.base_url,
            "RELAY_URL": self.sink.url,
            "SUPPORT_ADDRESS": settings.support_address,
            "SECRET_KEY": settings.secret_key.get_secret_value(),
            "PROVIDER_NAME": settings.provider_name,
            "CHECK_AUTHENTICATION": "false",
            "PROBE": "false",
            "LOG_LEVEL": "WARNING",
        }
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}  # noqa: TID251
        return inherited | {f"HELPDESK_{name}": value for name, value in told.items()}


@contextlib.contextmanager
def installed(
    database: str, request: pytest.FixtureRequest, folder: Path, *, redis_url: str = ""
) -> Iterator[Installation]:
    """A running installation on an empty `sqlite` or `postgresql` database, with an embedded or a given Redis."""
    with contextlib.ExitStack() as stack:
        url = ""
        if database == "postgresql":
            postgres: Postgres = request.getfixturevalue("postgres")
            url = stack.enter_context(postgres.database())
        sink = stack.enter_context(Sink())
        settings = settings_for(folder, url).model_copy(update={"redis_url": SecretStr(redis_url)})
        yield stack.enter_context(Installation(settings, sink))


class Load:
    """Clients that hand over mails one after another, each again until the door has answered 250.

    Every tenth mail is handed over twice, at about the same time, by two clients.
    """

    def __init__(
        self, installation: Installation, count: int, *, clients: int = 4, pause: float = 0.0
    ) -> None:
        self._installation, self._pause = installation, pause
        self.answers: list[int] = []
        self.given_up: list[int] = []
        self._numbers = iter([number for number in range(count) for _ in range(1 if number % 10 else 2)])
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(clients)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self._threads:
            thread.join(120)
        assert not any(thread.is_alive() for thread in self._threads)

    @property
    def running(self) -> bool:
        """Whether mails are still being handed over."""
        return any(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        while (number := self._next()) is not None:
            until = time.monotonic() + 60
            while not self._accepted(number):
                if time.monotonic() > until:
                    self.given_up.append(number)
                    break
                threading.Event().wait(0.05)
            threading.Event().wait(self._pause)

    def _next(self) -> int | None:
        with self._lock:
            return next(self._numbers, None)

    def _accepted(self, number: int) -> bool:
        sender = f"user{number}@harbour.example"
        raw = a_mail(f"Request number {number}.\n", sender=sender, message_id=f"load-{number}@harbour.example",
                     subject=f"Request {number}")  # fmt: skip
        try:
            answer = self._installation.send(raw, reverse_path=sender)
        except (OSError, smtplib.SMTPException):
            return False
        self.answers.append(answer)
        return answer == 250


def kills(seed: int, names: Sequence[str], count: int) -> Iterator[str]:
    """Which programs to kill, in an order that looks random and is the same each time."""
    chosen = random.Random(seed)
    rounds = [name for _ in range(-(-count // len(names))) for name in names][:count]
    chosen.shuffle(rounds)
    return iter(rounds)


def members(session: int) -> list[str]:
    """The processes of a session that live."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            status = (folder / "stat").read_text()
            state, _, _, belongs = status[status.rindex(")") + 2 :].split()[:4]
            if int(belongs) == session and state != "Z":
                found.append(status[: status.rindex(")") + 1])
    return found


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def until(condition: Callable[[], bool], seconds: float, installation: Installation) -> float:
    """Wait for a condition; how long it took. On failure the processes' own words are shown."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, installation.tail()
        threading.Event().wait(0.05)
    return time.monotonic() - began


def _is(comm: str, name: str) -> bool:
    return comm == f"helpdesk-{name}"[:15] or (name == "redis" and comm in {"valkey-server", "redis-server"})
