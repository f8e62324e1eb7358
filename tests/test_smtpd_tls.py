"""STARTTLS at the SMTP door."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.smtp_door import RunningDoor, certificate, until


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return certificate(Path(tmp_path_factory.mktemp("tls")))


@pytest.fixture
def door(pem: tuple[str, str]) -> Iterator[RunningDoor]:
    settings = {"smtp_tls_cert": pem[0], "smtp_tls_key": pem[1], "smtp_max_connections": 3}
    with RunningDoor(settings=settings) as running:
        yield running


def trusting(pem: tuple[str, str]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=pem[0])


def test_mail_over_tls_keeps_its_version(door: RunningDoor, pem: tuple[str, str]) -> None:
    with door.session() as client:
        assert client.say("STARTTLS").startswith("220 2.0.0")
        client.wrap(trusting(pem))
        client.say("EHLO client.example")
        client.say("MAIL FROM:<a@client.example>")
        client.say("RCPT TO:<support@desk.example>")
        assert client.data(b"x" * 200_000).startswith("250")
        assert client.say("QUIT").startswith("221")
    assert (door.store.arrivals[0].tls, len(door.store.arrivals[0].raw)) == ("TLSv1.3", 200_002)


def test_tls_is_announced_only_until_it_is_on(door: RunningDoor, pem: tuple[str, str]) -> None:
    with door.connect() as client:
        client.reply()
        assert "250-STARTTLS" in client.say("EHLO client.example").split("\n")
        client.say("STARTTLS")
        client.wrap(trusting(pem))
        assert "STARTTLS" not in client.say("EHLO client.example")
        assert client.say("STARTTLS").startswith("503")


def test_hello_and_envelope_are_forgotten(door: RunningDoor, pem: tuple[str, str]) -> None:
    with door.envelope() as client:
        client.say("STARTTLS")
        client.wrap(trusting(pem))
        assert client.say("MAIL FROM:<a@client.example>").startswith("503")
        client.say("EHLO client.example")
        assert client.say("DATA").startswith("503")


def test_plaintext_sent_behind_starttls_is_dropped(door: RunningDoor, pem: tuple[str, str]) -> None:
    with door.session() as client:
        client.send(b"STARTTLS\r\nEHLO evil.example\r\nMAIL FROM:<evil@client.example>\r\n")
        assert client.reply().startswith("220")
        client.wrap(trusting(pem))
        assert client.say("NOOP") == "250 2.0.0 ok"
        assert client.say("RCPT TO:<support@desk.example>").startswith("503")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
def test_tls_older_than_1_2_is_refused(door: RunningDoor, pem: tuple[str, str]) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname = False
    old.verify_mode = ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with door.session() as client:
        client.say("STARTTLS")
        with pytest.raises((ssl.SSLError, ConnectionError)):
            client.wrap(old)


@pytest.mark.parametrize("garbage", [b"", b"\x16\x03\x01nonsense", b"EHLO x\r\n"])
def test_failed_handshakes_give_their_connections_back(door: RunningDoor, garbage: bytes) -> None:
    for _ in range(6):
        with door.session() as client:
            client.say("STARTTLS")
            client.send(garbage)

        def free() -> bool:
            with door.connect() as probe:
                return probe.reply().startswith("220")

        assert until(free)


def test_argument_to_starttls_is_refused(door: RunningDoor) -> None:
    with door.session() as client:
        assert client.say("STARTTLS now").startswith("501")
