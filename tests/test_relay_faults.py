"""What a next server's faults do to others: nothing to other destinations, nothing to other letters (K11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from gateway.relay import Circuits, Relay
from gateway.relay.circuits import DESTINATION_PAUSES, HOP_PAUSES
from gateway.transport import Reply, Unheard, Unreachable
from tests import faults_out
from tests.databases import MONDAY, Desk
from tests.letters import entry, put, row
from tests.sink import DROP, GARBAGE


class Script:
    """A next server in memory: what it does to each destination, and how often it was asked."""

    def __init__(self, **does: object) -> None:
        self.does, self.asked = {f"{name}.example": each for name, each in does.items()}, list[str]()
        self.sent: list[bytes] = []

    def offer(self, reverse_path: str, recipients: Sequence[str], content: bytes) -> Mapping[str, Reply]:
        destination = recipients[0].rpartition("@")[2]
        self.asked.append(destination)
        found = self.does.get(destination, Reply(250, "ok"))
        if isinstance(found, BaseException) and not isinstance(found, Unheard):
            raise found
        return dict.fromkeys(recipients, Reply(250, "ok") if isinstance(found, Unheard) else found)  # type: ignore[arg-type]

    def transfer(self, content: bytes) -> Reply:
        found = self.does.get(self.asked[-1])
        if isinstance(found, Unheard):
            raise found
        self.sent.append(content)
        return Reply(250, "ok")

    def close(self) -> None:
        """Nothing to close."""


def relay(desk: Desk, way: object, **how: object) -> Relay:
    return Relay(desk.services.sessions, desk.services.transaction, way, desk.head, "r", 5, desk.clock, **how)  # type: ignore[arg-type]


def drain(desk: Desk, sending: Relay) -> None:
    while sending.drain(desk.clock.at + timedelta(seconds=5)):
        pass


def to(destination: str, *names: str) -> list[object]:
    return [entry(name, to=(f"a@{destination}.example",)) for name in names]


# One letter's fault.


@pytest.mark.parametrize(
    "fault", [ValueError("a line break"), UnicodeEncodeError("ascii", "x", 0, 1, "no"), KeyError()]
)
def test_letter_whose_fault_nobody_foresaw_stops_no_other(desk: Desk, fault: Exception) -> None:
    poison, sound = put(desk, *to("poison", "p"), *to("sound", "s"))  # type: ignore[arg-type]
    drain(desk, relay(desk, Script(poison=fault)))
    assert (row(desk, poison).state, row(desk, sound).state) == ("pending", "sent")
    assert row(desk, poison).last_reply == f"a fault of ours: {type(fault).__name__}"
    assert row(desk, poison).next_attempt_at == MONDAY + timedelta(minutes=5)


def test_letter_that_cannot_be_signed_stops_no_other(desk: Desk) -> None:
    poison, sound = put(desk, entry("p", body="poison"), entry("s"))

    def sign(content: bytes) -> bytes:
        if b"poison" in content:
            raise ValueError("unfit")
        return b"Signed: yes\r\n" + content

    script = Script()
    drain(desk, relay(desk, script, sign=sign))
    assert (row(desk, poison).state, row(desk, sound).state) == ("pending", "sent")
    assert script.sent == [b"Signed: yes\r\n" + row(desk, sound).content]


# What is left alone.


def test_silent_next_server_is_asked_twice_and_then_left_alone_for_a_growing_while(desk: Desk) -> None:
    put(desk, *(entry(f"n{number}", to=(f"a@d{number}.example",)) for number in range(30)))
    script = Script(**{f"d{number}": Unreachable("gone") for number in range(30)})
    sending = relay(desk, script)
    drain(desk, sending)
    assert len(script.asked) == 2

    seen = []
    for _ in range(40):
        before = len(script.asked)
        desk.clock.pass_(seconds=15)
        drain(desk, sending)
        seen.append(len(script.asked) - before)
    assert [index for index, asked in enumerate(seen) if asked] == [0, 2, 6, 14, 30]
    assert set(seen) == {0, 1}


def test_letters_that_waited_for_the_server_leave_at_once_when_it_is_back_and_no_try_was_spent(
    desk: Desk,
) -> None:
    ids = put(desk, *(entry(f"n{number}", to=(f"a@d{number}.example",)) for number in range(30)))
    script = Script(**{f"d{number}": Unreachable("gone") for number in range(30)})
    sending = relay(desk, script)
    drain(desk, sending)
    script.does.clear()
    desk.clock.pass_(seconds=15)
    drain(desk, sending)
    assert sum(row(desk, each).state == "sent" for each in ids) == 28
    assert {row(desk, each).attempts for each in ids} == {1}


def test_silent_destination_is_left_alone_and_the_others_are_served(desk: Desk) -> None:
    silent = put(desk, *to("silent", *(f"s{n}" for n in range(9))))  # type: ignore[arg-type]
    others = put(desk, *to("other", "o1", "o2"))  # type: ignore[arg-type]
    script = Script(silent=Unreachable("timed out", greeted=True))
    drain(desk, relay(desk, script))
    assert script.asked.count("silent.example") == 2
    assert {row(desk, each).state for each in others} == {"sent"}
    assert {row(desk, each).state for each in silent} == {"pending"}
    assert [row(desk, each).attempts for each in silent] == [1, 1, 0, 0, 0, 0, 0, 0, 0]


def test_full_mailbox_leaves_its_neighbours_alone(desk: Desk) -> None:
    script = Script(harbour=Reply(452, "4.2.2 full"))
    ids = put(desk, *to("harbour", *(f"s{n}" for n in range(9))))  # type: ignore[arg-type]
    drain(desk, relay(desk, script))
    assert len(script.asked) == len(ids)


def test_server_that_says_it_is_closing_counts_as_silent(desk: Desk) -> None:
    put(desk, *(entry(f"n{number}", to=(f"a@d{number}.example",)) for number in range(9)))
    script = Script(**{f"d{number}": Reply(421, "4.3.2 closing") for number in range(9)})
    drain(desk, relay(desk, script))
    assert len(script.asked) == 3


def test_pauses_grow_and_end_with_the_first_answer() -> None:
    circuits, at = Circuits(), MONDAY
    found = []
    for _ in range(8):
        while circuits.hop_until(at) is None:
            circuits.silent("a.example", at, greeted=False)
        until = circuits.hop_until(at)
        assert until is not None
        found.append(until - at)
        at = until
    assert found == [*HOP_PAUSES, HOP_PAUSES[-1], HOP_PAUSES[-1]]
    circuits.answered("a.example")
    assert circuits.hop_until(at) is None and not circuits.probing()


def test_pause_of_a_destination_is_no_pause_of_the_server() -> None:
    circuits = Circuits()
    for _ in range(4):
        circuits.silent("a.example", MONDAY, greeted=True)
    assert circuits.until("a.example", MONDAY) == MONDAY + DESTINATION_PAUSES[0]
    assert circuits.until("b.example", MONDAY) is None and circuits.hop_until(MONDAY) is None


# Faults of every kind, by the script that anyone can run.


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("greeting", "421 4.3.2 closing"),
        ("ehlo", "451 4.3.0 later"),
        ("mail", "452 4.3.1 no room"),
        ("rcpt", "450 4.2.0 busy"),
        ("data", "554 5.0.0 never"),
        ("dot", DROP),
        ("dot", "451 4.3.0 later"),
        ("rcpt", GARBAGE),
    ],
)
def test_fault_loses_nothing_and_tries_no_more_often_than_it_may(desk: Desk, stage: str, answer: str) -> None:
    found = faults_out.try_fault(desk, stage, answer, mails=2, hours=1.0)
    assert found.wrong == []
    assert found.tries_in_the_first_hour <= faults_out.FIRST_HOUR


@pytest.mark.parametrize("stage", ["rcpt", "dot"])
def test_destination_that_never_answers_delays_no_other(desk: Desk, stage: str) -> None:
    found = faults_out.try_neighbours(desk, stage, patience=0.2)
    assert found.wrong == []


def test_certificate_nobody_vouches_for_leaves_every_letter_waiting(desk: Desk) -> None:
    assert faults_out.try_bad_tls(desk).wrong == []
