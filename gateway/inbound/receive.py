"""Taking responsibility for mail: nothing is answered 250 before its raw bytes and deliveries are durable.

Mails that arrive together share one commit, so that a flush of the disk does not cost each of them its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique
from typing import Self

import structlog

from gateway.mail.trust import UNCHECKED, Authentication

BATCH_COUNT = 64
BATCH_BYTES = 32 * 1024 * 1024
WAITING_COUNT = 1000
WAITING_BYTES = 256 * 1024 * 1024
GATHER_SECONDS = 0.0005
ALONE_SECONDS = 10.0
RING_PAUSE = 0.02

log = structlog.get_logger(__name__)


@unique
class Recipient(StrEnum):
    """Whether a forward-path is one of ours, as the door is told; `UNSURE` is answered as a temporary fault."""

    OURS = "ours"
    UNKNOWN = "unknown"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One mail as a door heard it, before any reading.

    Shape: `reverse_path` and `forward_paths` are literal addresses without angle brackets, the null reverse-path is
    empty; `door` is smtp, lmtp, imap or import; `tls` the protocol version or empty; `due_at` is when it is to be
    judged, at once where it says nothing.
    Source: RFC 5321 §4.1.1 (envelope).
    """

    raw: bytes
    reverse_path: str
    forward_paths: tuple[str, ...]
    accepted_at: datetime
    door: str = "smtp"
    peer: str = ""
    helo: str = ""
    tls: str = ""
    authentication: Authentication = UNCHECKED
    due_at: datetime | None = None


class NotDurable(Exception):
    """The mail was not taken; whoever has it must try again later."""


class StorageFull(NotDurable):
    """The mail was not taken because the disk is full."""


CommitBatch = Callable[[Sequence[Arrival]], Sequence[str]]


@dataclass(slots=True, eq=False)
class _Waiting:
    """A mail that somebody waits for: a coroutine of `loop`, or a thread."""

    arrival: Arrival
    thread: Future[str] = field(default_factory=Future)
    loop: asyncio.AbstractEventLoop | None = None
    coroutine: asyncio.Future[str] | None = None


Outcome = tuple[_Waiting, str | NotDurable]


class Intake:
    """Group commit: one writer thread stores everything that waits in one transaction.

    `commit_batch` stores all its arrivals or none and gives an identifier for each; it is called by one thread
    only. `ring` tells the workers, after the replies and in a thread of its own, so that its faults and its
    slowness stay there. `patience_seconds` is how long a door waits for a commit that hangs.
    Errors: `accept` and `take` raise `StorageFull` or `NotDurable`, nothing else.
    """

    def __init__(
        self, commit_batch: CommitBatch, ring: Callable[[], object], *, patience_seconds: float = 120.0
    ) -> None:
        self._commit_batch = commit_batch
        self._ring = ring
        self._patience_seconds = patience_seconds
        self._waiting: deque[_Waiting] = deque()
        self._count = self._bytes = 0  # waiting or being written
        self._expected = 1
        self._changed = threading.Condition()
        self._bell = threading.Event()
        self._closing = self._drained = False
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def full(self) -> bool:
        """Whether so much waits that doors should refuse for now."""
        return self._count >= WAITING_COUNT or self._bytes >= WAITING_BYTES

    async def accept(self, arrival: Arrival) -> str:
        """The identifier of a mail, once it is durable. A coroutine that gives up does not withdraw its mail."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(arrival, loop=loop, coroutine=loop.create_future())
        self._put(waiting)
        give_up: list[Outcome] = [(waiting, NotDurable())]
        late = loop.call_later(self._patience_seconds, _settle_here, give_up)
        assert waiting.coroutine is not None
        try:
            return await waiting.coroutine
        finally:
            late.cancel()

    def take(self, arrival: Arrival) -> str:
        """The same for a thread."""
        waiting = _Waiting(arrival)
        self._put(waiting)
        try:
            return waiting.thread.result(self._patience_seconds)
        except TimeoutError:
            raise NotDurable from None

    def close(self) -> None:
        """Commit what waits, ring once more, and take nothing after that; bounded by the patience."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if not self._threads:
            return
        writer, ringer = self._threads
        writer.join(self._patience_seconds)
        self._drained = True
        self._bell.set()
        ringer.join(2.0)

    def _put(self, waiting: _Waiting) -> None:
        with self._changed:
            if self._closing or self.full:
                raise NotDurable
            self._waiting.append(waiting)
            self._count += 1
            self._bytes += len(waiting.arrival.raw)
            if not self._threads:
                self._start()
            if len(self._waiting) == 1 or len(self._waiting) >= self._expected:
                self._changed.notify()

    def _start(self) -> None:
        for name, work in (("intake-writer", self._write), ("intake-ringer", self._ring_on)):
            thread = threading.Thread(target=work, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    # The writer's thread.

    def _write(self) -> None:
        while batch := self._next_batch():
            outcomes = self._commit(batch)
            with self._changed:
                self._count -= len(batch)
                self._bytes -= sum(len(waiting.arrival.raw) for waiting in batch)
            _settle(outcomes)
            self._bell.set()

    def _next_batch(self) -> list[_Waiting]:
        """Everything that waits, within the bounds of a batch; empty when there will be no more.

        Where the last batches were shared it waits a moment for as many again: a commit costs far more than that.
        """
        batch: list[_Waiting] = []
        size_bytes = 0
        with self._changed:
            while not self._waiting and not self._closing:
                self._changed.wait()
            if len(self._waiting) < self._expected and not self._closing:
                self._changed.wait(GATHER_SECONDS)
            while self._waiting and len(batch) < BATCH_COUNT and size_bytes < BATCH_BYTES:
                batch.append(self._waiting.popleft())
                size_bytes += len(batch[-1].arrival.raw)
            self._expected = max(len(batch), self._expected - 1, 1)
        return batch

    def _commit(self, batch: list[_Waiting]) -> list[Outcome]:
        """What became of each: after a failure each is tried alone once, so that one mail harms only itself."""
        try:
            return self._commit_once(batch)
        except Exception as fault:
            log.exception("commit_failed", count=len(batch))
            refusal = _refusal(fault)
        if len(batch) == 1:
            return [(batch[0], refusal)]
        until = time.monotonic() + ALONE_SECONDS
        return [self._commit_alone(waiting, until) for waiting in batch]

    def _commit_alone(self, waiting: _Waiting, until: float) -> Outcome:
        if time.monotonic() > until:
            return waiting, NotDurable()
        try:
            return self._commit_once([waiting])[0]
        except Exception as fault:
            log.exception("commit_failed", count=1, door=waiting.arrival.door, peer=waiting.arrival.peer)
            return waiting, _refusal(fault)

    def _commit_once(self, batch: list[_Waiting]) -> list[Outcome]:
        identifiers = self._commit_batch([waiting.arrival for waiting in batch])
        return list(zip(batch, identifiers, strict=True))

    # The ringer's thread.

    def _ring_on(self) -> None:
        while not self._drained:
            self._bell.wait()
            self._bell.clear()
            try:
                self._ring()
            except Exception:
                log.exception("ring_failed")
            time.sleep(RING_PAUSE)


def _settle(outcomes: list[Outcome]) -> None:
    """Wake everybody who waits; coroutines once a loop, since each wake-up costs a system call."""
    loops: dict[asyncio.AbstractEventLoop, list[Outcome]] = {}
    for waiting, outcome in outcomes:
        if waiting.loop is not None:
            loops.setdefault(waiting.loop, []).append((waiting, outcome))
        elif isinstance(outcome, NotDurable):
            waiting.thread.set_exception(outcome)
        else:
            waiting.thread.set_result(outcome)
    for loop, theirs in loops.items():
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            loop.call_soon_threadsafe(_settle_here, theirs)


def _settle_here(outcomes: list[Outcome]) -> None:
    for waiting, outcome in outcomes:
        future = waiting.coroutine
        if future is None or future.done():
            continue
        if isinstance(outcome, NotDurable):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


def _refusal(fault: BaseException) -> NotDurable:
    """Whether the fault, or what caused it, is a full disk."""
    cause: BaseException | None = fault
    for _ in range(8):
        if cause is None:
            break
        if (
            isinstance(cause, StorageFull)
            or getattr(cause, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
            or getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
            or getattr(cause, "sqlstate", None) == "53100"
        ):
            return StorageFull()
        cause = cause.__cause__ or cause.__context__
    return NotDurable()
