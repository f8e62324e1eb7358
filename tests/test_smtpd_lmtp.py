"""The LMTP door, spoken raw: smtplib reads only one reply where LMTP gives several."""

from __future__ import annotations

import errno
from collections.abc import Iterator

import pytest

from tests.smtp_door import RunningDoor, Store


@pytest.fixture
def door() -> Iterator[RunningDoor]:
    with RunningDoor(settings={"lmtp_listen": "127.0.0.1:0", "smtp_max_bytes": 1000}) as running:
        yield running


def test_greeting_says_lmtp(door: RunningDoor) -> None:
    with door.connect("lmtp") as client:
        assert client.reply() == "220 mx.desk.example LMTP ready"


@pytest.mark.parametrize("hello", ["EHLO client.example", "HELO client.example"])
def test_only_lhlo_greets(door: RunningDoor, hello: str) -> None:
    with door.connect("lmtp") as client:
        client.reply()
        assert client.say(hello).startswith("500 5.5.1")
        assert client.say("LHLO client.example").startswith("250")


def test_smtp_door_does_not_know_lhlo(door: RunningDoor) -> None:
    with door.connect() as client:
        client.reply()
        assert client.say("LHLO client.example").startswith("500 5.5.1")


def test_each_accepted_recipient_gets_its_own_reply_also_equal_ones(door: RunningDoor) -> None:
    with door.envelope("lmtp") as client:
        client.say("RCPT TO:<nobody@desk.example>")
        client.say("RCPT TO:<desk@desk.example>")
        client.say("RCPT TO:<support@desk.example>")
        client.say("DATA")
        client.send(b"x\r\n.\r\nNOOP\r\n")
        assert [client.reply() for _ in range(4)] == ["250 2.0.0 accepted as D1"] * 3 + ["250 2.0.0 ok"]
    assert door.store.arrivals[0].forward_paths == ("support@desk.example", "desk@desk.example")
    assert door.store.arrivals[0].door == "lmtp"


def test_no_accepted_recipient_is_503(door: RunningDoor) -> None:
    with door.session("lmtp") as client:
        client.say("MAIL FROM:<a@client.example>")
        client.say("RCPT TO:<nobody@desk.example>")
        assert client.say("DATA").startswith("503 5.5.1")


def test_too_big_mail_is_refused_once_for_each_recipient(door: RunningDoor) -> None:
    with door.envelope("lmtp") as client:
        client.say("RCPT TO:<desk@desk.example>")
        client.say("DATA")
        client.send(b"x" * 1500 + b"\r\n.\r\nNOOP\r\n")
        assert [client.reply()[:3] for _ in range(3)] == ["552", "552", "250"]


def test_failed_commit_is_told_to_each_recipient() -> None:
    store = Store()
    store.fault = OSError(errno.ENOSPC, "full")
    with (
        RunningDoor(store=store, settings={"lmtp_listen": "127.0.0.1:0"}) as door,
        door.envelope("lmtp") as client,
    ):
        client.say("RCPT TO:<desk@desk.example>")
        client.say("DATA")
        client.send(b"x\r\n.\r\n")
        assert [client.reply()[:9] for _ in range(2)] == ["452 4.3.1"] * 2
