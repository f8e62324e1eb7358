"""What goes wrong around a mail harms nobody else's, and the mail itself no longer than it must."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from gateway import review
from gateway.inbound.pipeline import Pipeline
from gateway.inbound.receive import Arrival
from gateway.mail.reader import read_frame
from gateway.runtime.sandbox import Crashed, TimedOut
from gateway.store import deliveries
from gateway.store.blobs import Blobs, Missing
from gateway.store.models import Delivery, DeliveryState, Outbox
from gateway.tickets import handling
from tests import letters
from tests.builders import a_customer, a_mail, an_engineer
from tests.databases import MONDAY, SUPPORT, Desk
from tests.killing import Killed, NextServer, Steps

SLICE = timedelta(seconds=5)
LARGE = "x" * 200_000


class Reader:
    """Reads, but meets a fault at mails that hold these words, as often as told."""

    def __init__(self, words: bytes, fault: BaseException, times: int = 1_000) -> None:
        self._words, self._fault, self.times = words, fault, times

    def call(self, payload: bytes) -> bytes:
        if self._words in payload and self.times:
            self.times -= 1
            raise self._fault
        return read_frame(payload)


class Place:
    """A place for large blobs that is away for some calls."""

    def __init__(self, fault: Exception, times: int) -> None:
        self.fault, self.times, self.kept = fault, times, dict[str, bytes]()

    def write(self, key: str, content: bytes) -> None:
        self._fail()
        self.kept[key] = content

    def read(self, key: str) -> bytes:
        self._fail()
        try:
            return self.kept[key]
        except KeyError:
            raise Missing(key) from None

    def _fail(self) -> None:
        if self.times:
            self.times -= 1
            raise self.fault


def pipeline(desk: Desk, **parts: object) -> Pipeline:
    return replace(desk.pipeline, now=desk.clock, **parts)  # type: ignore[arg-type]


def drain(made: Pipeline, desk: Desk) -> None:
    while made.drain(desk.clock.at + SLICE):
        pass


def states(desk: Desk) -> list[str]:
    with desk.services.reading() as session:
        return list(session.scalars(sa.select(Delivery.state).order_by(Delivery.id)))


def subjects(desk: Desk) -> set[str]:
    return {ticket.subject for ticket in desk.tickets()}


@pytest.mark.parametrize("fault", [Crashed("killed by signal 9"), TimedOut("5 s")])
def test_mail_whose_reading_fails_once_is_read_again(desk: Desk, fault: Exception) -> None:
    desk.receive(a_mail())
    made = pipeline(desk, reader=Reader(b"Report", fault, times=1))
    drain(made, desk)
    assert states(desk) == [DeliveryState.RECEIVED]
    desk.clock.pass_(seconds=10)
    drain(made, desk)
    assert states(desk) == [DeliveryState.DONE]


@pytest.mark.parametrize(
    ("fault", "tries"),
    [(Crashed("MemoryError"), 2), (TimedOut("5 s"), 2), (RuntimeError("a bug"), 3), (KeyError("x"), 3)],
)
def test_mail_that_always_fails_waits_for_a_person_after_a_few_tries(
    desk: Desk, fault: Exception, tries: int
) -> None:
    desk.receive(a_mail())
    reader = Reader(b"Report", fault)
    made = pipeline(desk, reader=reader)
    for _ in range(10):
        drain(made, desk)
        desk.clock.pass_(minutes=2)
    assert states(desk) == [DeliveryState.QUARANTINED]
    assert reader.times == 1_000 - tries


@pytest.mark.parametrize("fault", [Crashed("MemoryError"), RuntimeError("a bug")])
def test_mail_that_cannot_be_filed_does_not_stop_the_others(desk: Desk, fault: Exception) -> None:
    for number in range(5):
        desk.receive(a_mail(f"Text {number}.\n", subject=f"Subject {number}"))
    drain(pipeline(desk, reader=Reader(b"Text 0", fault)), desk)
    assert subjects(desk) == {f"Subject {number}" for number in range(1, 5)}


def test_quarantined_mail_is_whole_and_is_filed_when_it_is_judged_again(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(engineer)
    raw = a_mail()
    number = desk.receive(raw)
    made = pipeline(desk, reader=Reader(b"Report", RuntimeError("a bug")))
    for _ in range(4):
        drain(made, desk)
        desk.clock.pass_(minutes=2)
    with desk.services.transaction() as session:
        kept = desk.services.blobs.get(session, session.get_one(Delivery, number).blob_key)
        review.replay(session, number, author=engineer, at=desk.clock())
    desk.file()
    assert (kept, states(desk), len(desk.tickets())) == (raw, [DeliveryState.DONE], 1)
    assert desk.tickets()[0].opened_at == MONDAY


@pytest.mark.parametrize(
    "fault",
    [
        OSError(errno.ENOSPC, "no space left on device"),
        OSError(errno.EIO, "input/output error"),
        ConnectionResetError(),
    ],
)
def test_place_for_blobs_that_is_away_for_long_costs_no_mail_its_tries(desk: Desk, fault: Exception) -> None:
    place = Place(fault, times=0)
    with_attachment = EmailMessage()
    with_attachment["From"] = "Li Na <li@harbour.example>"
    with_attachment["Subject"] = "Trace"
    with_attachment.set_content("See the trace.\n")
    with_attachment.add_attachment(LARGE, filename="trace.txt")
    desk.receive(a_mail("Small.\n", subject="Small"))
    receive(desk, Blobs(place), with_attachment.as_bytes())
    made = pipeline(desk, blobs=Blobs(place))
    place.times = 1_000
    for _ in range(20):
        drain(made, desk)
        assert subjects(desk) == {"Small"}
        desk.clock.pass_(seconds=2)
    place.times = 0
    drain(made, desk)
    assert subjects(desk) == {"Small", "Trace"}


def test_mail_whose_bytes_are_gone_waits_for_a_person_and_stops_nobody(desk: Desk) -> None:
    place = Place(OSError(), times=0)
    receive(desk, Blobs(place), a_mail(LARGE, subject="Gone"))
    desk.receive(a_mail("Here.\n", subject="Here"))
    place.kept.clear()
    made = pipeline(desk, blobs=Blobs(place))
    for _ in range(4):
        drain(made, desk)
        desk.clock.pass_(minutes=2)
    assert subjects(desk) == {"Here"}
    assert states(desk) == [DeliveryState.QUARANTINED, DeliveryState.DONE]


def test_mail_that_kills_every_worker_is_put_before_a_person_and_its_neighbours_are_filed(desk: Desk) -> None:
    for number in range(5):
        desk.receive(a_mail(f"Text {number}.\n", subject=f"Subject {number}"))
    made = pipeline(desk, reader=Reader(b"Text 1", Killed("out of memory")))
    for _ in range(15):
        run_to_death(lambda: drain(made, desk))
        with desk.services.transaction() as session:
            session.execute(
                sa.update(Delivery).where(Delivery.lease_until.is_not(None)).values(lease_until=MONDAY)
            )
    assert subjects(desk) == {"Subject 0", "Subject 2", "Subject 3", "Subject 4"}
    assert states(desk)[1] == DeliveryState.QUARANTINED


def test_neighbours_of_a_mail_that_kills_its_worker_are_filed_by_the_second_worker(desk: Desk) -> None:
    for number in range(5):
        desk.receive(a_mail(f"Text {number}.\n", subject=f"Subject {number}"))
    made = pipeline(desk, reader=Reader(b"Text 0", Killed("out of memory")))
    for _ in range(3):
        run_to_death(lambda: drain(made, desk))
        with desk.services.transaction() as session:
            session.execute(
                sa.update(Delivery)
                .where(Delivery.id > 1, Delivery.lease_until.is_not(None))
                .values(lease_until=MONDAY)
            )
    assert subjects(desk) == {f"Subject {number}" for number in range(1, 5)}


def test_return_of_a_letter_that_is_still_being_sent_is_noted_when_that_has_ended(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail())
    with desk.services.transaction() as session:
        handling.reply(session, desk.head, 1001, author=engineer, text="Seen.", at=desk.clock())
    server = NextServer(Steps())

    class Returning(NextServer):
        """A server whose refusal comes back as mail before we have noted its 250."""

        def transfer(self, content: bytes) -> object:  # type: ignore[override]
            answer = super().transfer(content)
            (reply,) = desk.letters("reply")
            if content == reply.content:
                desk.receive(a_return(reply), to=reply.reverse_path, reverse_path="")
                desk.file()
            return answer

    letters.drain(desk, Returning(server.steps))
    desk.clock.pass_(seconds=5)
    desk.file()

    (reply,) = desk.letters("reply")
    assert (reply.state, desk.tickets()[0].first_response_at) == ("failed", None)
    assert "reply-refused" in [event.kind for event in desk.events(1001)]


def run_to_death(work: Callable[[], object]) -> None:
    try:
        work()
    except Killed:
        return


def receive(desk: Desk, blobs: Blobs, raw: bytes) -> None:
    with desk.services.transaction() as session:
        arrival = Arrival(raw, "li@harbour.example", (SUPPORT,), desk.clock())
        deliveries.accept(session, blobs, [arrival])


def a_return(letter: Outbox) -> bytes:
    report = EmailMessage()
    report["From"] = "MAILER-DAEMON@mx.harbour.example"
    report["To"] = letter.reverse_path
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Message-ID"] = "<dsn1@mx.harbour.example>"
    report["Auto-Submitted"] = "auto-replied"
    text = (
        "This is the mail system.\r\n",
        "Reporting-MTA: dns; mx.harbour.example\r\n\r\nFinal-Recipient: rfc822; li@harbour.example\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 unknown\r\n",
        f"Message-ID: <{letter.message_id}>\r\nSubject: {letter.subject}\r\n",
    )
    kinds = ("text/plain", "message/delivery-status", "text/rfc822-headers")
    parts = "".join(
        f"--b\r\nContent-Type: {kind}\r\n\r\n{part}\r\n" for kind, part in zip(kinds, text, strict=True)
    )
    head = report.as_bytes().replace(b"\n", b"\r\n").rstrip(b"\r\n")
    kind = (
        b'\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"'
    )
    return head + kind + b"\r\n\r\n" + parts.encode() + b"--b--\r\n"
