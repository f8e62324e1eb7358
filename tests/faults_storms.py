"""Storms: one sender, or a whole domain, floods a running installation while others' mail goes on being ticketed."""

from __future__ import annotations

import smtplib
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

import sqlalchemy as sa

from gateway.store.models import ContentDigest, Delivery, DeliveryState, Outbox, OutboxState, Ticket
from tests.builders import a_mail
from tests.databases import settings_for
from tests.faults_desk import Options
from tests.installation import Installation
from tests.sink import Sink

ACKNOWLEDGEMENTS: Final = 5
OTHERS_P95_SECONDS: Final = 10.0
CLIENTS: Final = 4
PATIENCE_SECONDS: Final = 1800.0
ALARM: Final = (
    "Disk {percent}% full on web-{host} at 10:{minute:02}.\nSee https://monitor.flood.example/{number}\n"
)
NEWS: Final = "Your offer number {number} expires today. Answer now.\n"


@dataclass(frozen=True, slots=True)
class Storm:
    """One kind: whose mail, how it says what it is, and what it repeats."""

    name: str
    mail: Callable[[Random, int], tuple[str, bytes]]


@dataclass
class Found:
    """What became of one storm, and of the others' mail during it."""

    fault: str
    mails: int = 0
    accepted: int = 0
    accepted_a_second: float = 0.0
    filed_within_seconds: float = 0.0
    tickets: int = 0
    acknowledgements: int = 0
    others: int = 0
    others_p95_seconds: float = 0.0
    others_longest_seconds: float = 0.0
    lost: int = 0
    wrong: list[str] = field(default_factory=list)


def _alarm(random: Random, number: int) -> tuple[str, bytes]:
    sender = "monitor@flood.example"
    text = ALARM.format(
        percent=random.randrange(80, 100), host=random.randrange(500), minute=number % 60, number=number
    )
    return sender, a_mail(text, subject=f"ALARM {number}: disk full", sender=f"Monitor <{sender}>",
                          message_id=f"s{number}@flood.example", Auto_Submitted="auto-generated")  # fmt: skip


def _scripted(random: Random, number: int) -> tuple[str, bytes]:
    sender = "offers@flood.example"
    return sender, a_mail(NEWS.format(number=number), subject=f"Offer {number}", sender=f"Offers <{sender}>",
                          message_id=f"s{number}@flood.example")  # fmt: skip


def _anything(random: Random, number: int) -> tuple[str, bytes]:
    sender = "monitor@flood.example"
    words = " ".join("".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(40))
    return sender, a_mail(f"{words}\n", subject=words[:40], sender=f"Monitor <{sender}>",
                          message_id=f"s{number}@flood.example", Auto_Submitted="auto-generated")  # fmt: skip


def _domain(random: Random, number: int) -> tuple[str, bytes]:
    sender = f"web{random.randrange(400)}@flood.example"
    return sender, a_mail(ALARM.format(percent=90, host=number, minute=number % 60, number=number),
                          subject=f"Disk full on {sender}", sender=sender,
                          message_id=f"s{number}@flood.example", Auto_Submitted="auto-generated")  # fmt: skip


STORMS: Final = (
    Storm("one sender, near-identical automatic mail", _alarm),
    Storm("one sender, near-identical mail that looks written by hand", _scripted),
    Storm("one sender, automatic mail that is never the same", _anything),
    Storm("a domain of 400 senders, automatic mail", _domain),
)


class Sending:
    """Clients that hand over mails one after another on kept sessions; what was answered 250 is counted."""

    def __init__(
        self, installation: Installation, mails: Iterator[tuple[str, bytes]], clients: int, pause: float
    ) -> None:
        self._installation, self._mails, self._pause = installation, mails, pause
        self._lock = threading.Lock()
        self.accepted = 0
        self.stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(clients)]
        for each in self._threads:
            each.start()

    def join(self) -> None:
        """Wait until all are handed over."""
        for each in self._threads:
            each.join(PATIENCE_SECONDS)

    def _run(self) -> None:
        with self._installation.smtp() as session:
            while not self.stop.is_set() and (mail := self._next()) is not None:
                while not self._taken(session, *mail):
                    self.stop.wait(0.5)
                with self._lock:
                    self.accepted += 1
                self.stop.wait(self._pause)

    def _next(self) -> tuple[str, bytes] | None:
        with self._lock:
            return next(self._mails, None)

    @staticmethod
    def _taken(session: smtplib.SMTP, sender: str, raw: bytes) -> bool:
        try:
            session.sendmail(sender, ["support@desk.example"], raw)
        except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as fault:
            if not 400 <= fault.smtp_code < 500:
                raise
            return False
        return True


def _others() -> Iterator[tuple[str, bytes]]:
    """Customers' mail, each a request of its own."""
    number = 0
    while True:
        sender = f"user{number}@harbour.example"
        yield sender, a_mail(f"Request {number} is about our invoice.\n", subject=f"Request {number}", sender=sender,
                             message_id=f"o{number}@harbour.example")  # fmt: skip
        number += 1


def try_storm(storm: Storm, *, mails: int, seed: int, others_pause: float) -> Found:
    """A storm on an installation of its own."""
    found, random = Found(storm.name, mails), Random(seed)
    with _installation() as installation:
        flood = iter([storm.mail(random, number) for number in range(mails)])
        began = time.monotonic()
        sending, others = (
            Sending(installation, flood, CLIENTS, 0.0),
            Sending(installation, _others(), 1, others_pause),
        )
        sending.join()
        found.accepted = sending.accepted
        found.accepted_a_second = round(mails / (time.monotonic() - began), 1)
        while installation.unfiled() and time.monotonic() - began < PATIENCE_SECONDS:
            time.sleep(0.2)
        others.stop.set()
        others.join()
        while installation.unfiled() and time.monotonic() - began < PATIENCE_SECONDS:
            time.sleep(0.2)
        found.filed_within_seconds = round(time.monotonic() - began, 1)
        found.others = others.accepted
        _judge(installation, found)
    return found


def _judge(installation: Installation, found: Found) -> None:
    flood, theirs = (
        Delivery.reverse_path.like("%@flood.example"),
        Delivery.reverse_path.like("%@harbour.example"),
    )
    done = sa.and_(Delivery.state == DeliveryState.DONE, Delivery.ticket_id.is_not(None))
    found.lost = found.accepted + found.others - installation.count(Delivery, done)
    found.tickets = installation.count(Ticket, Ticket.requester_email.like("%@flood.example"))
    sent = sa.and_(Outbox.letter == "acknowledgement", Outbox.state != OutboxState.CANCELLED)
    found.acknowledgements = installation.count(Outbox, sent, Outbox.first_recipient.like("%@flood.example"))
    waited = _waits(installation, theirs)
    found.others_longest_seconds = round(waited[-1], 2) if waited else -1.0
    found.others_p95_seconds = round(waited[int(len(waited) * 0.95) - 1], 2) if waited else -1.0
    opened = installation.count(Ticket, Ticket.requester_email.like("%@harbour.example"))
    digests = _count_digests(installation, flood)
    if found.lost or digests != found.accepted:
        found.wrong.append(f"{found.lost} accepted mails stand on no ticket; {digests} were entered")
    if found.acknowledgements > ACKNOWLEDGEMENTS:
        found.wrong.append(f"{found.acknowledgements} acknowledgements to the flood")
    if opened != found.others:
        found.wrong.append(f"{opened} tickets of {found.others} requests by others")
    if found.others_p95_seconds > OTHERS_P95_SECONDS:
        found.wrong.append(f"others waited {found.others_p95_seconds} s")


def _waits(installation: Installation, theirs: sa.ColumnElement[bool]) -> list[float]:
    """How long each of the others' mails took from 250 to its ticket, in order."""
    with installation.services.reading() as session:
        rows = session.execute(sa.select(Delivery.accepted_at, Delivery.processed_at).where(theirs)).all()
    return sorted((done - accepted).total_seconds() for accepted, done in rows if done is not None)


def _count_digests(installation: Installation, flood: sa.ColumnElement[bool]) -> int:
    with installation.services.reading() as session:
        entered = (
            sa.select(sa.func.count())
            .select_from(ContentDigest)
            .join(Delivery, Delivery.id == ContentDigest.delivery_id)
        )
        return session.scalar(entered.where(flood)) or 0


@contextmanager
def _installation() -> Iterator[Installation]:
    with (
        tempfile.TemporaryDirectory(prefix="storm-") as folder,
        Sink() as sink,
        Installation(settings_for(Path(folder)), sink) as installation,
    ):
        yield installation


def run(options: Options) -> Iterator[Found]:
    """Every storm: ten thousand mails while another mail comes each second, or a twentieth of that by default."""
    mails, pause = (10_000, 1.0) if options.full else (500, 0.2)
    for storm in STORMS:
        yield try_storm(storm, mails=mails, seed=options.seed, others_pause=pause)
