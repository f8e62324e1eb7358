"""Threading behind a next server that gives our letters identifiers of its own, as Amazon SES does."""

from __future__ import annotations

import email
from collections.abc import Iterator

import pytest

from gateway import services as wiring
from gateway.settings import Settings
from gateway.store.queries import facts
from gateway.tickets import handling
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import Desk
from tests.letters import LI, drain, smtp
from tests.sink import Mail, Sink

NAMES = [f"0102018f2b7a6c1d-3f0e8a52-000{number}-000000" for number in range(9)]


@pytest.fixture
def renaming(database_settings: Settings) -> Iterator[Desk]:
    """A desk whose next server is told to rename what it takes."""
    settled = database_settings.model_copy(update={"relay_rewrites_message_id": "amazonses.com"})
    services = wiring.build(settled)
    yield Desk(services)
    services.engine.dispose()


def opened(desk: Desk, sink: Sink) -> Mail:
    """A ticket's reply as the next server took it; it called the acknowledgement NAMES[0], the reply NAMES[1]."""
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail(), authentication=PASSED)
    sink.next("dot", *(f"250 Ok {name}" for name in NAMES))
    drain(desk, smtp(sink.port))
    with desk.services.transaction() as session:
        handling.reply(session, desk.head, 1001, author=engineer, text="Which page?", at=desk.clock())
    drain(desk, smtp(sink.port))
    return next(mail for mail in sink.taken if b"Which page?" in mail.content)


def ticket_of(
    desk: Desk, answered: str, *, sender: str = "Li Na <li@harbour.example>", **fields: str
) -> int | None:
    mail = a_mail("The daily one.\n", sender=sender, subject="Re: pages", message_id="m2@harbour.example",
                  in_reply_to=answered, **fields)  # fmt: skip
    return desk.walk(mail).ticket_id


@pytest.mark.parametrize(
    "domain", ["email.amazonses.com", "eu-west-1.amazonses.com", "EU-WEST-1.AmazonSES.com"]
)
@pytest.mark.parametrize("letter", [0, 1], ids=["acknowledgement", "reply"])
def test_answer_to_the_new_name_of_a_letter_finds_its_ticket(
    renaming: Desk, domain: str, letter: int
) -> None:
    with Sink() as sink:
        opened(renaming, sink)
    assert ticket_of(renaming, f"{NAMES[letter]}@{domain}") == 1001
    assert [message.held for message in renaming.messages(1001)][-1] is False


def test_answer_that_lists_our_references_finds_the_ticket_without_any_new_name(renaming: Desk) -> None:
    with Sink() as sink:
        reply = opened(renaming, sink)
    kept = email.message_from_bytes(reply.content)["References"].split()
    assert f"<{reply.message_id}>" in kept
    mail = a_mail("The daily one.\n", subject="Re: pages", message_id="m2@harbour.example",
                  References=" ".join([*kept, "<another@email.amazonses.com>"]),
                  In_Reply_To="<another@email.amazonses.com>")  # fmt: skip
    assert renaming.walk(mail).ticket_id == 1001


def test_answer_to_the_signed_address_finds_the_ticket_without_any_identifier(renaming: Desk) -> None:
    with Sink() as sink:
        reply = opened(renaming, sink)
    to = " ".join(email.message_from_bytes(reply.content)["Reply-To"].split())
    mail = a_mail("The daily one.\n", to=to, subject="Re: pages", message_id="m2@harbour.example")
    assert renaming.walk(mail).ticket_id == 1001


@pytest.mark.parametrize(
    "answered",
    [
        f"{NAMES[5]}@email.amazonses.com",
        f"{NAMES[1]}@email.amazonses.com.evil.example",
        f"{NAMES[1]}@evilamazonses.com",
        "Ok@email.amazonses.com",
        "%@email.amazonses.com",
    ],
)
def test_other_names_open_a_ticket_of_their_own(renaming: Desk, answered: str) -> None:
    with Sink() as sink:
        opened(renaming, sink)
    assert ticket_of(renaming, answered) == 1002


def test_new_name_of_somebody_elses_letter_opens_a_ticket_of_its_own(renaming: Desk) -> None:
    with Sink() as sink:
        opened(renaming, sink)
    assert ticket_of(renaming, f"{NAMES[1]}@email.amazonses.com", sender="eve@evil.example") == 1002


def test_new_name_means_nothing_where_the_next_server_keeps_ours(desk: Desk) -> None:
    with Sink() as sink:
        reply = opened(desk, sink)
    assert f"<{reply.message_id}>" not in email.message_from_bytes(reply.content)["References"].split()
    assert ticket_of(desk, f"{NAMES[1]}@email.amazonses.com") == 1002


def test_letter_keeps_the_name_it_has_here(renaming: Desk) -> None:
    with Sink() as sink:
        reply = opened(renaming, sink)
    (row,) = renaming.letters("reply")
    assert (row.message_id, row.results[LI]) == (reply.message_id, f"250 Ok {NAMES[1]}")


# Reports that know only the new name.


def a_report(identifier: str, to: str = LI) -> bytes:
    """A delivery status notification about a mail that its server knows under another name."""
    report = f"Reporting-MTA: dns; a8-1.smtp-out.amazonses.com\r\n\r\nFinal-Recipient: rfc822; {to}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\r\n"
    return (
        "From: MAILER-DAEMON@amazonses.com\r\nTo: support@desk.example\r\nSubject: Delivery Status Notification\r\n"
        "Message-ID: <dsn1@amazonses.com>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nAn error occurred.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\n{report}"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{identifier}>\r\nSubject: Re\r\n\r\n\r\n--b--\r\n"
    ).encode()


def test_report_that_names_the_new_name_is_tied_to_its_letter(renaming: Desk) -> None:
    with Sink() as sink:
        opened(renaming, sink)
    delivery = renaming.walk(a_report(f"{NAMES[1]}@email.amazonses.com"), reverse_path="")
    assert (delivery.disposition, delivery.ticket_id) == ("record-bounce", 1001)
    (letter,) = renaming.letters("reply")
    assert (letter.relayed_id, letter.state) == (NAMES[1], "failed")


@pytest.mark.parametrize(
    ("identifier", "to"),
    [
        (f"{NAMES[5]}@email.amazonses.com", LI),
        (f"{NAMES[1]}@email.amazonses.com", "somebody@else.example"),
        ("@email.amazonses.com", LI),
        ("Ok@email.amazonses.com", LI),
    ],
)
def test_report_that_names_nothing_of_ours_does_nothing(renaming: Desk, identifier: str, to: str) -> None:
    with Sink() as sink:
        opened(renaming, sink)
    delivery = renaming.walk(a_report(identifier, to), reverse_path="")
    assert delivery.ticket_id is None
    assert [letter.state for letter in renaming.letters("reply")] == ["sent"]


def test_names_are_found_by_their_index(renaming: Desk) -> None:
    if renaming.services.engine.dialect.name != "sqlite":
        pytest.skip("an empty table is read whole by PostgreSQL, index or not")
    asked = facts._RELAYED_AS.params(names=[NAMES[1]], letters=["reply"], author=LI)
    with renaming.services.reading() as session:
        text = asked.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all()
    assert "ix_outbox_relayed_id" in str(plan)
