"""The real processes of one installation on a database of its own, started as the Procfile starts them."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import psutil
import sqlalchemy as sa
from redis.exceptions import RedisError

from bench import client
from bench.stream import CUSTOMERS, SUPPORT, Mail, Stream, Thread
from gateway import queues, secrets
from gateway import services as wiring
from gateway.settings import Settings
from gateway.store import migrations
from gateway.store.models import (
    Contact,
    Contract,
    Customer,
    CustomerDomain,
    Delivery,
    Engineer,
    Outbox,
    Ticket,
)

SECRET = "a secret of the bench, longer than thirty-two characters"
PASSWORD = "a password of the bench"
LOGIN = "chen@desk.example"
HERE = {"PYTHONPATH": str(Path(__file__).resolve().parents[1])}
PATIENCE_SECONDS = 180.0
LOOK_SECONDS = 0.04


class Stack:
    """One installation: start and stop its processes, watch its tables, count what it costs."""

    def __init__(self, folder: Path, database_url: str, relay_port: int, **settings: object) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.smtp_port, self.web_port = free_port(), free_port()
        own = {
            "data_dir": folder, "support_address": SUPPORT, "secret_key": SECRET, "check_authentication": False,
            "smtp_listen": f"127.0.0.1:{self.smtp_port}", "web_listen": f"127.0.0.1:{self.web_port}",
            "relay_url": f"smtp://127.0.0.1:{relay_port}", "relay_helo": "desk.example", "log_level": "WARNING",
            "probe": False,
        }  # fmt: skip
        told = {**own, **({"database_url": database_url} if database_url else {}), **settings}
        self.environment = {f"HELPDESK_{name.upper()}": str(value) for name, value in told.items()} | HERE
        self.services = wiring.build(Settings(_env_file=None, **told))  # type: ignore[arg-type, call-arg]
        self.processes: dict[str, psutil.Popen] = {}
        migrations.upgrade(self.services.engine)
        with self.services.transaction() as session:
            session.add_all(estate())

    def start(self, **commands: Sequence[str]) -> None:
        """Start processes: name → arguments of `helpdesk`."""
        with (self.folder / "log").open("ab") as log:
            for name, command in commands.items():
                self.processes[name] = psutil.Popen(
                    [sys.executable, "-m", "gateway.cli", *command],
                    env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                )  # fmt: skip

    def start_all(self, *, mail_workers: int = 1) -> None:
        """Everything but the pages, ready for mail."""
        self.start(redis=["redis"])
        self.wait("Redis", lambda: self.ring("slow"))
        workers = {f"mail{number}": ["worker", "mail"] for number in range(1, mail_workers + 1)}
        self.start(smtp=["smtp"], clock=["clock"], out=["worker", "out"], **workers)
        self.wait("the door", lambda: listening(self.smtp_port))

    def close(self) -> None:
        """End every process, Redis last."""
        for name, process in sorted(self.processes.items(), key=lambda each: each[0] == "redis"):
            self.resume(name)
            with contextlib.suppress(psutil.NoSuchProcess):
                process.terminate()
                with contextlib.suppress(psutil.TimeoutExpired):
                    process.wait(20)
                process.kill()
        self.services.engine.dispose()

    def pause(self, *names: str) -> None:
        """Hold processes still."""
        for name in names:
            self.processes[name].send_signal(signal.SIGSTOP)

    def resume(self, *names: str) -> None:
        """Let them go on."""
        for name in names:
            with contextlib.suppress(psutil.NoSuchProcess):
                self.processes[name].send_signal(signal.SIGCONT)

    def ring(self, queue: str, *, anew: bool = False) -> bool:
        """Ring as the door does, or `anew` even where the bell is up; whether Redis is there."""
        try:
            connection = self.services.connect()
            if anew:
                connection.delete(queues.bell_key(queue))
            queues.ring(connection, queue)
        except (OSError, RedisError):
            return False
        return True

    def cpu(self) -> dict[str, float]:
        """Seconds of processor time by process, with its children, living and past."""
        return {name: cpu_of(process) for name, process in self.processes.items()}

    def waiting(self) -> tuple[int, int]:
        """Deliveries not yet filed and letters not yet handed on."""
        with self.services.reading() as session:
            count = sa.select(sa.func.count())
            filing = session.execute(count.where(Delivery.state == "received")).scalar_one()
            sending = session.execute(count.where(Outbox.state.in_(("pending", "sending")))).scalar_one()
        return filing, sending

    def wait(self, what: str, found: Callable[[], object]) -> None:
        """Return once it is so. Errors: RuntimeError after a long time, or where a process has died."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not found():
            dead = [name for name, process in self.processes.items() if process.poll() is not None]
            if dead or time.monotonic() > deadline:
                log = (self.folder / "log").read_text("utf-8", "replace")[-3000:]
                raise RuntimeError(f"waited in vain for {what}; ended: {dead}\n{log}")
            time.sleep(LOOK_SECONDS)

    def settle(self) -> None:
        """Wait until every mail is filed and every letter handed on."""
        self.wait("all work to end", lambda: self.waiting() == (0, 0))

    def threads(self) -> list[Thread]:
        """Tickets that replies may answer."""
        wanted = sa.select(Ticket.id, Ticket.subject, Ticket.requester_email, Outbox.message_id).where(
            Outbox.ticket_id == Ticket.id, Outbox.letter == "acknowledgement"
        )
        local, _, domain = SUPPORT.partition("@")
        with self.services.reading() as session:
            return [
                Thread(
                    row.id,
                    row.requester_email,
                       f"{local}+{secrets.reply_detail(SECRET, row.id)}@{domain}", row.message_id)
                for row in session.execute(wanted)
            ]  # fmt: skip


class Sink:
    """The next server in a process of its own, and its notes."""

    def __init__(self, folder: Path) -> None:
        self._notes = folder / "relayed"
        self.process, self.port = start_server("bench.relay_sink", str(self._notes))

    def relayed(self) -> dict[str, float]:
        """Answered Message-ID → the instant its letter came first. Units: seconds of the monotonic clock."""
        found: dict[str, float] = {}
        for line in self._notes.read_text().splitlines():
            stamp, _, answered = line.partition(" ")
            found.setdefault(answered, float(stamp))
        return found


@contextlib.contextmanager
def sink(folder: Path) -> Iterator[Sink]:
    """A next server, ended at the end."""
    made = Sink(folder)
    try:
        yield made
    finally:
        made.process.kill()


def warm(stack: Stack, stream: Stream, count: int) -> list[Thread]:
    """Walk some new mails through a fresh stack; the tickets they opened."""
    client.send(stack.smtp_port, stream.batch(count))
    stack.settle()
    return stack.threads()


def replayed(mails: Sequence[Mail]) -> str:
    """What a batch is made of, for the table's notes."""
    sizes = sorted(len(each.raw) for each in mails)
    share = sum(each.reply for each in mails) / len(mails)
    return (
        f"{len(mails)} mails, median {sizes[len(sizes) // 2] / 1000:.1f} KB, "
        f"mean {sum(sizes) / len(sizes) / 1000:.0f} KB, {share:.0%} replies"
    )


def estate() -> list[object]:
    """Customers with domains, contacts and contracts; an engineer and a manager."""
    zones = (("en", "Asia/Singapore"), ("zh", "Asia/Shanghai"))
    found: list[object] = []
    for number in range(CUSTOMERS):
        language, zone = zones[number % 2]
        customer = Customer(
            reference=f"c{number}", name=f"Client {number}", language=language, time_zone=zone, active=True
        )
        customer.domains = [CustomerDomain(domain=f"client{number}.example")]
        customer.contacts = [
            Contact(email=f"head@client{number}.example", name="Head", language="", phone="")
        ]
        customer.contracts = [
            Contract(number=f"NQ-{number}", version=1, starts_on=date(2026, 1, 1), ends_on=None, time_zone=zone,
                     language=language, currency="SGD", monthly_fee=10_000, terms={})
        ]  # fmt: skip
        found.append(customer)
    people = (("Chen Wei", LOGIN, "manager"), ("Li Na", "li@desk.example", "engineer"))
    for name, email, role in people:
        found.append(
            Engineer(email=email, name=name, role=role, password_hash=secrets.hash_password(PASSWORD),
                     language="en", time_zone="UTC", skills=[], active=True)
        )  # fmt: skip
    return found


def start_server(*command: str) -> tuple[psutil.Popen, int]:
    """A module of the bench as a process that prints its port."""
    process = psutil.Popen([sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True)
    return process, int(process.stdout.readline())


def cpu_of(process: psutil.Process) -> float:
    """Seconds of processor time of a process with its children, living and past."""
    total = 0.0
    for each in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def disk_folder() -> Path:
    """A folder on a disk, since flushes are measured: /var/tmp is never in memory."""
    return Path("/var/tmp") if os.access("/var/tmp", os.W_OK) else Path.cwd()
