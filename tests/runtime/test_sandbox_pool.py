"""Many payloads through several sandboxes."""

from __future__ import annotations

import threading

from gateway.runtime.sandbox import Crashed, TimedOut
from gateway.runtime.sandbox_pool import answers


class Echo:
    """Answers with the payload, or with what the payload names."""

    def __init__(self) -> None:
        self.calls: list[bytes] = []

    def call(self, payload: bytes) -> bytes:
        self.calls.append(payload)
        if payload == b"late":
            raise TimedOut
        if payload == b"bad":
            raise Crashed("MemoryError")
        return payload.upper()


class Rendezvous(Echo):
    """Answers only while another one is being called too."""

    def __init__(self, barrier: threading.Barrier) -> None:
        super().__init__()
        self.barrier = barrier

    def call(self, payload: bytes) -> bytes:
        self.barrier.wait(10)
        return super().call(payload)


def test_answers_come_in_the_order_of_the_payloads() -> None:
    payloads = [(number, b"%d" % number) for number in range(50)]
    assert list(answers(payloads, [Echo(), Echo()], alone=3)) == payloads


def test_fault_stands_in_the_place_of_its_answer_and_the_rest_goes_on() -> None:
    found = [each for _, each in answers([("a", b"late"), ("b", b"bad"), ("c", b"ok")], [Echo()])]
    assert isinstance(found[0], TimedOut)
    assert isinstance(found[1], Crashed)
    assert found[2] == b"OK"


def test_few_payloads_start_only_the_first_sandbox() -> None:
    first, second = Echo(), Echo()
    list(answers([(number, b"x") for number in range(20)], [first, second], alone=20))
    assert (len(first.calls), len(second.calls)) == (20, 0)


def test_many_payloads_are_answered_side_by_side() -> None:
    barrier = threading.Barrier(2)
    payloads = [(number, b"x") for number in range(4)]
    assert len(list(answers(payloads, [Rendezvous(barrier), Rendezvous(barrier)], alone=0))) == 4


def test_payloads_are_not_all_read_ahead() -> None:
    taken = []

    def payloads():  # type: ignore[no-untyped-def]
        for number in range(1000):
            taken.append(number)
            yield number, b"x"

    next(answers(payloads(), [Echo()]))
    assert len(taken) < 10
