"""A real Postfix as the next hop: letters arrive as they were written, and its reports come home to their letter."""

from __future__ import annotations

from datetime import timedelta

import dkim
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from gateway import clock
from gateway.domain.terms import Priority
from gateway.mail import signing
from gateway.mail.message import Mailbox
from gateway.relay import Relay
from gateway.store.models import MailReport, Outbox, Suppression
from gateway.tickets import handling, intake
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import Desk
from tests.letters import LI, smtp
from tests.postfix_desk import House, behind
from tests.redis_server import wait_for
from tests.sink import Mail, Sink

pytestmark = pytest.mark.timeout(120)
ON_SQLITE = pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)
UTF8 = ("SIZE 50000000", "8BITMIME", "SMTPUTF8")
KEY = signing.Key("desk.example", "s1", generate_private_key(65537, 2048))
FIGURES = (
    "Figures of the month, line {}: 数据 and ümlauts, and a rather long tail so that lines must be folded.\n"
)


def send(house: House) -> None:
    """Hand everything that is due to Postfix, signed."""
    desk = house.desk
    desk.clock.at = clock.now()
    services = desk.services
    relay = Relay(services.sessions, services.transaction, smtp(house.postfix.port), desk.head, "out", 5, desk.clock,
                  signing.Signer([KEY]))  # fmt: skip
    relay.drain(desk.clock.at + timedelta(seconds=20))


def written_to(desk: Desk, address: str = LI, text: str = "Which page?\n") -> Outbox:
    """An engineer's letter to somebody who asked, not yet sent."""
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.clock.at = clock.now() - timedelta(minutes=1)
    request = intake.Request(None, Mailbox("Li Na", address), "Slow", "It is slow.", Priority.LOW)
    with desk.services.transaction() as session:
        ticket = intake.open_by_hand(session, desk.head, request, author=engineer, at=desk.clock())
        handling.reply(session, desk.head, ticket.id, author=engineer, text=text, at=desk.clock())
        session.execute(sa.update(Outbox).where(Outbox.letter != "reply").values(state="cancelled"))
    return desk.letters("reply")[0]


def arrived(sink: Sink, letter: Outbox) -> Mail:
    """The letter as the last server took it."""
    wait_for(lambda: letter.message_id in [mail.message_id for mail in sink.taken], 20)
    (mail,) = [mail for mail in sink.taken if mail.message_id == letter.message_id]
    return mail


def row(desk: Desk, letter: Outbox) -> Outbox:
    with desk.services.reading() as session:
        return session.get_one(Outbox, letter.id)


def published(name: bytes, timeout: float = 5) -> bytes:
    assert name == b"s1._domainkey.desk.example."
    return KEY.record.encode()


def test_letter_arrives_behind_postfix_as_it_was_written(desk: Desk) -> None:
    letter = written_to(desk, text="".join(FIGURES.format(number) for number in range(50)) + ".\n..\n")
    with behind(desk, "lmtp") as house:
        send(house)
        mail = arrived(house.sink, letter)
    assert (mail.reverse_path, mail.recipients) == (letter.reverse_path, [LI])
    assert mail.content.endswith(letter.content)
    assert row(desk, letter).state == "sent"
    assert row(desk, letter).results[LI].startswith("250 2.0.0 Ok: queued as ")


@ON_SQLITE
def test_signature_is_still_valid_behind_postfix(desk: Desk) -> None:
    letter = written_to(desk, text="".join(FIGURES.format(number) for number in range(50)))
    with behind(desk, "lmtp") as house:
        send(house)
        mail = arrived(house.sink, letter)
    assert dkim.verify(mail.content, dnsfunc=published)


@ON_SQLITE
def test_signature_is_still_valid_where_only_7_bits_get_through(desk: Desk) -> None:
    letter = written_to(desk, text=FIGURES)
    with behind(desk, "lmtp", sink=Sink(extensions=("SIZE 50000000",))) as house:
        send(house)
        mail = arrived(house.sink, letter)
    assert mail.content.isascii()
    assert dkim.verify(mail.content, dnsfunc=published)


@ON_SQLITE
def test_address_in_utf_8_is_reached_through_postfix(desk: Desk) -> None:
    letter = written_to(desk, "李娜@harbour.example")
    with behind(desk, "lmtp", sink=Sink(extensions=UTF8)) as house:
        send(house)
        mail = arrived(house.sink, letter)
    assert mail.recipients == ["李娜@harbour.example"]
    assert "\r\nTo: Li Na <李娜@harbour.example>\r\n".encode() in mail.content
    assert dkim.verify(mail.content, dnsfunc=published)


@ON_SQLITE
def test_letters_of_one_connection_all_arrive(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.clock.at = clock.now() - timedelta(minutes=1)
    for number in range(40):
        desk.walk(a_mail(f"Request {number}.\n", sender=f"user{number}@harbour.example",
                         message_id=f"o{number}@harbour.example"), authentication=PASSED,
                  reverse_path=f"user{number}@harbour.example")  # fmt: skip
    letters = desk.letters("acknowledgement")
    with behind(desk, "lmtp") as house:
        send(house)
        wait_for(lambda: len(house.sink.taken) >= len(letters), 30)
        house.postfix.wait_until_empty()
    assert len(letters) == 40
    assert sorted(mail.message_id for mail in house.sink.taken) == sorted(each.message_id for each in letters)


# Reports.


def reports(desk: Desk) -> list[MailReport]:
    with desk.services.reading() as session:
        return list(session.scalars(sa.select(MailReport).order_by(MailReport.id)))


def suppressed(desk: Desk) -> list[tuple[str, str]]:
    with desk.services.reading() as session:
        return [(each.address, each.reason) for each in session.scalars(sa.select(Suppression))]


def returned(house: House, letter: Outbox) -> MailReport:
    """The report that Postfix made of a letter, as it came to our door and was understood."""
    send(house)
    (delivery,) = house.file()
    assert (delivery.rule, delivery.disposition, delivery.reverse_path) == ("bounce", "record-bounce", "")
    assert delivery.forward_path.lower() == letter.reverse_path
    (report,) = reports(house.desk)
    assert report.delivery_id == delivery.id
    return report


@pytest.mark.parametrize("door", ["lmtp", "smtp"])
def test_return_by_postfix_is_tied_to_its_letter_and_suppresses_the_address(desk: Desk, door: str) -> None:
    letter = written_to(desk)
    with behind(desk, door) as house:  # type: ignore[arg-type]
        house.sink.refused[LI] = "550 5.1.1 <li@harbour.example>: user unknown"
        report = returned(house, letter)
        before = len(house.sink.heard)
        send(house)
        house.postfix.wait_until_empty()
    assert (report.outbox_id, report.address, report.proof) == (letter.id, LI, "return-path")
    assert (report.action, report.status, report.hard) == ("failed", "5.1.1", True)
    assert "user unknown" in report.diagnostic
    assert suppressed(desk) == [(LI, "hard")]
    assert row(desk, letter).state == "failed"
    assert "reply-refused" in [event.kind for event in desk.events(letter.ticket_id or 0)]
    assert before == len(house.sink.heard) == 0
    assert len(desk.tickets()) == 1


@ON_SQLITE
def test_full_mailbox_is_noted_and_suppresses_nothing(desk: Desk) -> None:
    letter = written_to(desk)
    with behind(desk, "lmtp") as house:
        house.sink.refused[LI] = "552 5.2.2 mailbox full"
        report = returned(house, letter)
    assert (report.outbox_id, report.status, report.hard) == (letter.id, "5.2.2", False)
    assert suppressed(desk) == []


@ON_SQLITE
def test_delay_that_postfix_tells_of_is_shown_on_the_letter_and_changes_nothing(desk: Desk) -> None:
    letter = written_to(desk)
    with behind(desk, "lmtp", "delay_warning_time = 1s", "minimal_backoff_time = 1s",
                "queue_run_delay = 1s", "maximal_backoff_time = 1s") as house:  # fmt: skip
        house.sink.refused[LI] = "451 4.2.0 greylisted, come back"
        report = returned(house, letter)
    assert (report.outbox_id, report.action, report.status) == (letter.id, "delayed", "4.2.0")
    assert (row(desk, letter).state, suppressed(desk)) == ("sent", [])
    assert "greylisted" in row(desk, letter).last_reply


def test_address_in_utf_8_that_nobody_behind_postfix_takes_comes_home(desk: Desk) -> None:
    letter = written_to(desk, "李娜@harbour.example")
    with behind(desk, "lmtp") as house:
        report = returned(house, letter)
    assert (report.outbox_id, report.address, report.action) == (letter.id, "李娜@harbour.example", "failed")
    assert row(desk, letter).state == "failed"
