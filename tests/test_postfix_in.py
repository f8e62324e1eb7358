"""A real Postfix in front of the doors: one ticket for each mail, waits and refusals where they belong."""

from __future__ import annotations

import email
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.inbound.receive import StorageFull
from tests.builders import a_customer, a_mail
from tests.databases import SUPPORT, Desk
from tests.postfix import HOSTNAME, verdict
from tests.postfix_desk import OTHERS, Door, House, behind
from tests.postgres import Postgres
from tests.redis_server import wait_for

pytestmark = pytest.mark.timeout(120)
BOTH_DOORS = pytest.mark.parametrize("door", ["lmtp", "smtp"])
ON_SQLITE = pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)
PASSES = verdict(
    "harbour.example", "spf=pass smtp.mailfrom=harbour.example; dmarc=pass header.from=harbour.example"
)


@BOTH_DOORS
def test_mail_sent_to_postfix_becomes_one_ticket_with_its_envelope(desk: Desk, door: Door) -> None:
    desk.add(a_customer())
    with behind(desk, door, PASSES) as house:
        house.postfix.send(a_mail(), to=["Support+abc@Desk.example"])
        (delivery,) = house.file()
        house.postfix.wait_until_empty()
    assert (delivery.door, delivery.peer, delivery.helo) == (door, "127.0.0.1", HOSTNAME)
    assert (delivery.reverse_path, delivery.forward_path) == (
        "li@harbour.example",
        "Support+abc@Desk.example",
    )
    assert [(each.subject, each.requester_email) for each in desk.tickets()] == [
        ("Report page slow", "li@harbour.example")
    ]


@ON_SQLITE
@BOTH_DOORS
def test_verdicts_of_the_trusted_hop_are_believed(desk: Desk, door: Door) -> None:
    desk.add(a_customer())
    with behind(desk, door, PASSES) as house:
        house.postfix.send(a_mail())
        (delivery,) = house.file()
    assert delivery.authentication["dmarc"] == "pass"
    assert delivery.authentication["source"] == HOSTNAME


@ON_SQLITE
def test_verdicts_that_others_write_in_the_name_of_the_hop_mean_nothing(desk: Desk) -> None:
    forged = a_mail(Authentication_Results=f"{HOSTNAME}; dmarc=pass header.from=harbour.example")
    with behind(desk, "lmtp") as house:
        house.postfix.send(forged)
        (delivery,) = house.file()
    assert (delivery.authentication["dmarc"], delivery.authentication["source"]) == ("unknown", HOSTNAME)


@ON_SQLITE
def test_verdicts_of_a_hop_nobody_trusts_mean_nothing(desk: Desk) -> None:
    with behind(desk, "lmtp", PASSES, hops=False) as house:
        house.postfix.send(a_mail())
        (delivery,) = house.file()
    assert delivery.authentication["dmarc"] != "pass"
    assert delivery.authentication["source"] in ("", "door")


@ON_SQLITE
@BOTH_DOORS
def test_null_reverse_path_comes_through_as_null(desk: Desk, door: Door) -> None:
    with behind(desk, door) as house:
        house.postfix.send(a_mail(Auto_Submitted="auto-replied"), reverse_path="")
        (delivery,) = house.file()
    assert delivery.reverse_path == ""


@ON_SQLITE
@BOTH_DOORS
def test_addresses_in_utf_8_come_through(desk: Desk, door: Door) -> None:
    raw = a_mail(sender="x@y.example").replace(
        b"From: x@y.example", "From: 李娜 <李娜@港口.example>".encode()
    )
    with behind(desk, door) as house:
        house.postfix.send(raw, reverse_path="李娜@港口.example", options=["SMTPUTF8", "BODY=8BITMIME"])
        (delivery,) = house.file()
    assert delivery.reverse_path == "李娜@港口.example"
    assert [each.requester_email for each in desk.tickets()] == ["李娜@xn--6orv52d.example"]


# What does not fit now.


@BOTH_DOORS
def test_full_disk_leaves_the_mail_with_postfix_and_a_flush_brings_it_once(desk: Desk, door: Door) -> None:
    with behind(desk, door) as house:
        house.free_bytes = 1000
        house.postfix.send(a_mail())
        (reason,) = house.postfix.wait_until_deferred()
        assert "452 4.3.1 not enough storage" in reason
        house.free_bytes = 10**12
        comes_once(house)


@ON_SQLITE
@BOTH_DOORS
def test_disk_that_fills_during_the_commit_leaves_the_mail_with_postfix(desk: Desk, door: Door) -> None:
    with behind(desk, door) as house:
        house.kept.fault = StorageFull()
        house.postfix.send(a_mail())
        (reason,) = house.postfix.wait_until_deferred()
        assert "452 4.3.1" in reason and "end of DATA" in reason
        house.kept.fault = None
        comes_once(house)


@BOTH_DOORS
def test_database_that_is_down_leaves_the_mail_with_postfix(
    desk: Desk, door: Door, request: pytest.FixtureRequest
) -> None:
    with behind(desk, door) as house:
        with database_down(desk, request):
            house.postfix.send(a_mail())
            (reason,) = house.postfix.wait_until_deferred()
        assert "451 4.3.0 temporary fault" in reason
        comes_once(house)


@ON_SQLITE
def test_answer_that_postfix_never_hears_brings_the_mail_twice_and_one_ticket(desk: Desk) -> None:
    with behind(desk, "lmtp", "lmtp_data_done_timeout = 5s") as house:
        house.kept.after = house.postfix.wait_until_deferred
        house.postfix.send(a_mail())
        (reason,) = house.postfix.wait_until_deferred()
        assert "timed out while sending end of data" in reason
        house.kept.after = None
        house.postfix.flush()
        house.postfix.wait_until_empty()
        house.file(2)
    assert [each.rule for each in house.deliveries()][1] == "duplicate"
    assert (len(desk.tickets()), len(desk.letters("acknowledgement"))) == (1, 1)


def comes_once(house: House) -> None:
    """After a flush the mail is one delivery and one ticket, and Postfix told its sender nothing."""
    house.postfix.flush()
    house.file()
    house.postfix.wait_until_empty()
    assert (len(house.deliveries()), len(house.desk.tickets()), house.sink.heard) == (1, 1, [])


@contextmanager
def database_down(desk: Desk, request: pytest.FixtureRequest) -> Iterator[None]:
    """PostgreSQL refuses everybody; SQLite's file is held by somebody else for longer than anybody waits."""
    engine = desk.services.engine
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "checkout")
        def on_checkout(connection: Any, *_: object) -> None:
            connection.execute("PRAGMA busy_timeout=200")

        with engine.connect() as other:
            other.exec_driver_sql("SELECT 1")  # the connection's own BEGIN IMMEDIATE holds the lock
            yield
            other.rollback()
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = str(engine.url.database)
    postgres.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
    postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    try:
        yield
    finally:
        postgres.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')


# Recipients.


@ON_SQLITE
@BOTH_DOORS
def test_unknown_recipient_is_returned_by_postfix_and_never_by_us(desk: Desk, door: Door) -> None:
    with behind(desk, door) as house:
        house.postfix.send(a_mail(), to=["nobody@desk.example"])
        wait_for(lambda: house.sink.taken, 20)
        (bounce,) = house.sink.taken
    assert (bounce.reverse_path, bounce.recipients) == ("", ["li@harbour.example"])
    assert b"550 5.1.1 no such address here" in bounce.content.replace(b"\r\n    ", b" ")
    assert (
        email.message_from_bytes(bounce.content)["From"] == f"Mail Delivery System <MAILER-DAEMON@{HOSTNAME}>"
    )
    assert (house.deliveries(), desk.letters()) == ([], [])


@ON_SQLITE
@BOTH_DOORS
def test_each_recipient_gets_their_own_verdict(desk: Desk, door: Door) -> None:
    with behind(desk, door) as house:
        house.postfix.send(a_mail(), to=["nobody@desk.example", SUPPORT, "gone@desk.example", OTHERS[0]])
        wait_for(lambda: house.sink.taken, 20)
        house.file(2)
        house.postfix.wait_until_empty()
        (bounce,) = house.sink.taken
    assert sorted(each.forward_path for each in house.deliveries()) == sorted([SUPPORT, OTHERS[0]])
    refused = email.message_from_bytes(bounce.content).get_payload()[1].as_string()
    assert refused.count("Action: failed") == 2
    assert SUPPORT not in refused.partition("\n\n")[2]
    assert len(desk.tickets()) == 1


@ON_SQLITE
@BOTH_DOORS
def test_mail_to_thirty_recipients_is_one_ticket(desk: Desk, door: Door) -> None:
    with behind(desk, door) as house:
        house.postfix.send(a_mail(), to=OTHERS[1:31])
        house.file(30)
        house.postfix.wait_until_empty()
    assert sorted(each.forward_path for each in house.deliveries()) == sorted(OTHERS[1:31])
    assert len({each.arrival for each in house.deliveries()}) == 1
    assert (len(desk.tickets()), len(desk.letters("acknowledgement"))) == (1, 1)


@ON_SQLITE
@BOTH_DOORS
def test_guessed_recipients_hold_up_no_mail_that_has_one_of_ours_among_them(desk: Desk, door: Door) -> None:
    with behind(desk, door) as house:
        for number in range(4):
            guessed = [f"guess{number}x{each}@desk.example" for each in range(45)]
            house.postfix.send(a_mail(message_id=f"g{number}@harbour.example"), to=[*guessed, SUPPORT])
        house.file(4)
        house.postfix.wait_until_empty()
    assert len(house.deliveries()) == 4


@BOTH_DOORS
def test_mail_of_thirty_megabytes_comes_through_whole(desk: Desk, door: Door) -> None:
    line = b"0123456789" * 7 + b"\r\n"
    raw = a_mail() + line * (30 * 1024 * 1024 // len(line))
    with behind(desk, door) as house:
        house.postfix.send(raw)
        (delivery,) = house.file()
        with desk.services.reading() as session:
            stored = desk.services.blobs.get(session, delivery.blob_key)
    assert stored.endswith(raw)
    assert len(desk.tickets()) == 1


@ON_SQLITE
@BOTH_DOORS
def test_mail_beyond_our_limit_is_returned_by_postfix(desk: Desk, door: Door) -> None:
    line = b"0123456789" * 7 + b"\r\n"
    with behind(desk, door) as house:
        house.postfix.send(a_mail() + line * (36 * 1024 * 1024 // len(line)))
        wait_for(lambda: house.sink.taken, 30)
        house.postfix.wait_until_empty()
    assert house.sink.taken[0].recipients == ["li@harbour.example"]
    assert house.deliveries() == []


@ON_SQLITE
@BOTH_DOORS
def test_two_hundred_mails_at_once_become_two_hundred_tickets(desk: Desk, door: Door) -> None:
    desk.add(a_customer())
    with behind(desk, door) as house:
        for number in range(200):
            house.postfix.send(a_mail(subject=f"Request {number}", message_id=f"b{number}@harbour.example"))
        house.file(200)
        house.postfix.wait_until_empty(60)
    assert len(house.deliveries()) == len({each.message_id for each in house.deliveries()}) == 200
    assert len({each.subject for each in desk.tickets()}) == 200
