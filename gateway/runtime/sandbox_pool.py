"""Runs many payloads through several sandboxes at once and gives the answers in the order of the payloads."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import LifoQueue
from typing import Final, Protocol, TypeVar

from gateway.runtime.sandbox import Crashed, TimedOut

ALONE: Final = 300
"""As many calls take about as long as another child needs to start, so the first one serves them alone."""

T = TypeVar("T")
Answer = bytes | TimedOut | Crashed


class Caller(Protocol):
    """A sandbox, as far as it is needed here."""

    def call(self, payload: bytes) -> bytes:
        """The answer. Errors: TimedOut, Crashed."""


def answers(
    payloads: Iterable[tuple[T, bytes]], sandboxes: Sequence[Caller], *, alone: int = ALONE
) -> Iterator[tuple[T, Answer]]:
    """Each payload's key with its answer, or with the fault that came instead; a few payloads are read ahead."""
    free: LifoQueue[Caller] = LifoQueue()
    free.put(sandboxes[0])

    def ask(payload: bytes) -> Answer:
        sandbox = free.get()
        try:
            return sandbox.call(payload)
        except (TimedOut, Crashed) as fault:
            return fault
        finally:
            free.put(sandbox)

    waiting: deque[tuple[T, Future[Answer]]] = deque()
    with ThreadPoolExecutor(len(sandboxes)) as pool:
        for count, (key, payload) in enumerate(payloads):
            if count == alone:
                for each in sandboxes[1:]:
                    free.put(each)
            waiting.append((key, pool.submit(ask, payload)))
            while len(waiting) > 2 * len(sandboxes):
                first, answer = waiting.popleft()
                yield first, answer.result()
        for key, answer in waiting:
            yield key, answer.result()
