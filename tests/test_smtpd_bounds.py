"""The SMTP door under hostile bytes: memory, chunk borders, random talk, and what each ended session gives back."""

from __future__ import annotations

import asyncio
import random
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from gateway import smtp_path
from gateway.inbound.receive import Intake
from gateway.settings import Settings
from gateway.smtp_data import Body, Lines
from gateway.smtp_limits import Door, Gate, Patience, client_key
from gateway.smtp_session import Session
from tests.smtp_door import Client, RunningDoor, Store, recipients

SERVER = textwrap.dedent("""
    import asyncio
    from gateway import smtpd
    from gateway.inbound.receive import Intake, Recipient
    from gateway.settings import Settings

    async def main():
        with Intake(lambda batch: ["x"] * len(batch), lambda: None) as intake:
            await smtpd.serve(
                Settings(_env_file=None, smtp_listen="127.0.0.1:0"),
                intake,
                recipients=lambda address: Recipient.OURS,
                ready=lambda bound: print("port", bound["smtp"][1], flush=True),
                stop=asyncio.Event(),
            )

    asyncio.run(main())
""")

octets = st.lists(st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"a", b"\r\n.", b"\x00", b"\xe9"])).map(
    b"".join
)


def peak_rss_bytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
@pytest.mark.parametrize("start", ["DATA", "NOOP "])
def test_endless_line_costs_at_most_50_mb_of_memory(start: str) -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        port = next(int(line.split()[1]) for line in server.stdout if line.startswith("port "))
        with Client(("127.0.0.1", port)) as client:
            client.reply()
            for command in ("EHLO client.example", "MAIL FROM:<a@b.example>", "RCPT TO:<s@desk.example>"):
                client.say(command)
            before = peak_rss_bytes(server.pid)
            client.send(start.encode() + (b"\r\n" if start == "DATA" else b""))
            try:
                for _ in range(200):
                    client.send(b"x" * 1_000_000)
            except OSError:
                pass
            assert peak_rss_bytes(server.pid) - before <= 50 * 1024 * 1024
    finally:
        server.kill()
        server.wait(10)
        server.stdout.close()


@given(octets, st.lists(st.integers(1, 7), max_size=60))
def test_text_is_the_same_however_the_network_cuts_it(text: bytes, cuts: list[int]) -> None:
    wire = text.replace(b"\r\n.", b"\r\n..")
    wire = (b"." + wire if wire.startswith(b".") else wire) + b"\r\n.\r\nQUIT\r\n"
    body, rest, at = Body(limit=10_000), None, 0
    for size in [*cuts, len(wire)]:
        chunk = wire[at : at + size]
        at += size
        rest = body.feed(chunk)
        if rest is not None:
            break
    assert body.text() == text + b"\r\n"
    assert (rest or b"") + wire[at:] == b"QUIT\r\n"


@given(octets)
def test_text_ends_exactly_at_the_first_crlf_dot_crlf(text: bytes) -> None:
    body = Body(limit=10_000)
    rest = body.feed(text)
    end = (b"\r\n" + text).find(b"\r\n.\r\n")
    assert rest == (None if end < 0 else (b"\r\n" + text)[end + 5 :])


@given(octets, st.integers(0, 40))
def test_dropped_text_still_finds_its_end(text: bytes, limit: int) -> None:
    whole, small = Body(limit=10_000), Body(limit=limit)
    expected = whole.feed(text + b"\r\n.\r\nrest")
    got = None
    for octet in text + b"\r\n.\r\nrest":
        got = small.feed(bytes([octet])) if got is None else got + bytes([octet])
    assert got == expected
    assert small.held_bytes <= limit + 20


@given(octets, st.lists(st.integers(1, 7), max_size=40))
def test_command_lines_are_the_same_however_the_network_cuts_them(talk: bytes, cuts: list[int]) -> None:
    def taken(chunks: list[bytes]) -> list[tuple[bytes, bytes]]:
        lines, got = Lines(), []
        for chunk in chunks:
            lines.feed(chunk)
            while (line := lines.take()) is not None:
                got.append(line)
        return got

    chunks, at = [], 0
    for size in [*cuts, len(talk) + 1]:
        chunks.append(talk[at : at + size])
        at += size
    assert taken(chunks) == taken([talk])


@given(st.binary(max_size=600), st.booleans())
def test_paths_are_read_or_refused_but_never_fail(argument: bytes, utf8: bool) -> None:
    found = smtp_path.split(b"FROM:<" + argument + b">", b"FROM", b"501 x\r\n")
    if isinstance(found, smtp_path.Argument):
        address = smtp_path.address(found.path, utf8=utf8, malformed=b"501 x\r\n")
        assert isinstance(address, bytes) or (address.isprintable() and address.encode() == found.path)


WORDS = [
    b"EHLO x", b"HELO x", b"MAIL FROM:<a@b.example>", b"MAIL FROM:<>", b"RCPT TO:<support@desk.example>", b"DATA",
    b".", b"RSET", b"NOOP", b"VRFY x", b"STARTTLS", b"AUTH LOGIN", b"BDAT 3", b"\x00", b"\xff\xfe", b"<", b">", b"x" * 3000,
]  # fmt: skip


def test_random_talk_gets_only_well_formed_replies_and_no_fault() -> None:
    rng = random.Random(5)
    with capture_logs() as logs, RunningDoor(settings={"smtp_max_bytes": 10_000}) as door:
        for _ in range(150):
            talk = b"".join(
                rng.choice(WORDS) + rng.choice([b"\r\n", b"\r\n", b"\n", b"\r", b" "]) for _ in range(30)
            )
            with door.connect() as client:
                client.reply()
                try:
                    client.send(talk)
                    client.socket.shutdown(1)
                except OSError:
                    continue
                for line in client.rest().splitlines():
                    assert re.fullmatch(rb"[2345]\d\d[ -][ -~]*", line), line
        with door.envelope() as client:
            assert client.data(b"still here").startswith("250")
    assert [log for log in logs if log["log_level"] == "error"] == []


def test_fault_is_logged_once_with_its_session_and_tells_the_client_nothing() -> None:
    with capture_logs() as logs, RunningDoor() as door, door.session() as client:
        client.say("MAIL FROM:<a@client.example>")
        assert "hunter2" not in client.say("RCPT TO:<fault@desk.example>")
    faults = [log for log in logs if log["log_level"] == "error"]
    assert [(log["event"], log["peer"], log["helo"]) for log in faults] == [
        ("session_fault", "127.0.0.1", "client.example")
    ]


def with_door(talk: Callable[[Client], Any], **changed: Any) -> Any:
    """What `talk` gives, held with a session of a door built by hand."""

    async def run() -> Any:
        with Intake(Store().commit_batch, lambda: None) as intake:
            door = Door(
                **{
                    "settings": Settings(_env_file=None),
                    "hostname": "mx.desk.example",
                    "intake": intake,
                    "recipients": recipients,
                    "gate": Gate(total=10, per_client=10, body_bytes=100_000),
                    **changed,
                }
            )
            server = await asyncio.get_running_loop().create_server(lambda: Session(door), "127.0.0.1", 0)
            try:
                return await asyncio.to_thread(held, server.sockets[0].getsockname()[:2])
            finally:
                server.close()

    def held(address: tuple[str, int]) -> Any:
        with Client(address) as client:
            return talk(client)

    return asyncio.run(run())


def test_memory_for_texts_is_bounded_with_a_temporary_refusal_and_given_back() -> None:
    def talk(client: Client) -> list[str]:
        client.reply()
        client.say("EHLO client.example")
        replies = []
        for size in (90_000, 300_000, 90_000, 90_000):
            client.say("MAIL FROM:<>")
            client.say("RCPT TO:<support@desk.example>")
            replies.append(client.data(b"x" * size)[:9])
        return replies

    assert with_door(talk) == ["250 2.0.0", "452 4.3.1", "250 2.0.0", "250 2.0.0"]


def test_talk_before_the_greeting_is_dropped() -> None:
    def talk(client: Client) -> bytes:
        client.send(b"EHLO early.example\r\n")
        return client.rest()

    assert with_door(talk, greeting_seconds=30.0) == b"554 5.5.0 talking out of turn\r\n"


def test_backlog_of_the_intake_is_told_at_mail() -> None:
    class Full(Intake):
        full = True  # type: ignore[assignment]

    def talk(client: Client) -> str:
        client.reply()
        client.say("EHLO client.example")
        return client.say("MAIL FROM:<>")

    assert with_door(talk, intake=Full(Store().commit_batch, lambda: None)).startswith("451 4.3.2")


def test_connections_of_one_ipv6_network_count_as_one_client() -> None:
    assert client_key("2001:db8::1") == client_key("2001:db8::2") != client_key("2001:db8:0:1::1")


def test_gate_gives_connections_back() -> None:
    gate = Gate(total=3, per_client=2, body_bytes=10)
    assert [gate.enter("a"), gate.enter("a"), gate.enter("a"), gate.enter("b"), gate.enter("c")] == [
        True, True, False, True, False,
    ]  # fmt: skip
    gate.leave("a")
    assert gate.enter("c")


def test_commands_are_awaited_ten_seconds_under_stress_and_300_otherwise() -> None:
    patience = Patience(Settings(_env_file=None))
    patience.moved(1000.0)
    assert not patience.over(1300.0, stressed=False)
    assert patience.over(1300.1, stressed=False)
    assert not patience.over(1010.0, stressed=True)
    assert patience.over(1010.1, stressed=True)


def test_text_has_a_total_time_and_is_not_hurried_by_stress() -> None:
    patience = Patience(Settings(_env_file=None))
    patience.text_begins(1000.0)
    for now in (1290.0, 1580.0):
        patience.moved(now)
        assert not patience.over(now + 15, stressed=True)
    assert patience.over(1600.1, stressed=False)


def test_gate_is_stressed_when_four_fifths_are_taken() -> None:
    gate = Gate(total=5, per_client=5, body_bytes=10)
    seen = []
    for _ in range(5):
        gate.enter("a")
        seen.append(gate.stressed)
    assert seen == [False, False, False, False, True]
