"""Runs the programs of one installation in the foreground: restarts what dies, drains in order.

Own code, since no kept library does these few things and no more: honcho stops everything when one program ends;
supervisor and circus want a configuration file and daemon of their own, drain all programs at once or in start
order, and leave them running when they are killed themselves. This one has one thread, no sockets and no state,
and also works as process 1 of a container: it waits for processes that others left behind.
"""

from __future__ import annotations

import contextlib
import gc
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from gateway.runtime.forking import SIGNALS, STOP_SIGNALS, Command, become

FIRST_DELAY = 0.2
LONGEST_DELAY = 10.0
STEADY_SECONDS = 30.0
SAME_SIGNAL_SECONDS = 1.0
LINE_BYTES = 16 * 1024


@dataclass(frozen=True)
class Program:
    """One program to keep running: a command line, or a function to run in a fork.

    Units: `drain_seconds` after SIGTERM it is killed. Shape: at the end lower stages stop first, each stage at once.
    """

    name: str
    command: Command
    stage: int = 0
    drain_seconds: float = 10.0


def run(programs: Sequence[Program], *, write: Callable[[bytes], object] | None = None) -> None:
    """Run the programs until SIGTERM, SIGINT or SIGHUP, then drain them; a second signal kills them.

    Their output goes to `write` (default: standard output) line by line, each with its program's name before it.
    """
    _Supervisor(programs, write or _write_out).run()


def next_delay(previous: float, ran_seconds: float) -> float:
    """Seconds to wait before a restart, from the last wait (0 for none) and how long the program ran.

    >>> [next_delay(0, 1), next_delay(0.2, 1), next_delay(8, 1), next_delay(8, 31)]
    [0.2, 0.4, 10.0, 0.2]
    """
    if previous == 0 or ran_seconds >= STEADY_SECONDS:
        return FIRST_DELAY
    return min(previous * 2, LONGEST_DELAY)


@dataclass
class _Kept:
    """A program and how it stands."""

    program: Program
    pid: int = 0
    pipe: int = -1
    rest: bytes = b""
    started: float = 0.0
    delay: float = 0.0
    start_at: float = field(default_factory=time.monotonic)
    kill_at: float | None = None


class _Supervisor:
    def __init__(self, programs: Sequence[Program], write: Callable[[bytes], object]) -> None:
        self._kept = [_Kept(program) for program in programs]
        self._width = max(len(program.name) for program in programs)
        self._write = write
        self._selector = selectors.DefaultSelector()
        self._sockets: tuple[int, ...] = ()
        self._told_at: float | None = None
        self._hurry = False

    def run(self) -> None:
        gc.collect()
        gc.freeze()  # a collection in a fork would write to, and so copy, all shared memory
        with self._listening():
            while self._told_at is None:
                for kept in self._kept:
                    if not kept.pid and kept.start_at <= time.monotonic():
                        self._start(kept)
                self._turn([kept.start_at for kept in self._kept if not kept.pid])
            for stage in sorted({kept.program.stage for kept in self._kept}):
                self._drain([kept for kept in self._kept if kept.program.stage == stage])

    def _drain(self, stage: Sequence[_Kept]) -> None:
        """Ask the programs of one stage to end, and return when they have; kill those that overstay."""
        for kept in stage:
            if kept.pid:
                kept.kill_at = time.monotonic() + kept.program.drain_seconds
                os.kill(kept.pid, signal.SIGTERM)
        while running := [kept for kept in stage if kept.pid]:
            for kept in running:
                if self._hurry or (kept.kill_at is not None and kept.kill_at <= time.monotonic()):
                    self._say(kept, b"does not end: killed")
                    kept.kill_at = None
                    _kill_group(kept.pid)
            self._turn([kept.kill_at for kept in running if kept.kill_at is not None])

    def _start(self, kept: _Kept) -> None:
        ours, theirs = os.pipe()
        sys.stdout.flush()
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        parent, kept.pid = os.getpid(), os.fork()
        if kept.pid == 0:
            for descriptor in (ours, self._selector.fileno(), *self._sockets, *self._pipes()):
                os.close(descriptor)
            become(kept.program.name, kept.program.command, output=theirs, parent=parent)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        os.close(theirs)
        os.set_blocking(ours, False)
        kept.started, kept.pipe, kept.rest = time.monotonic(), ours, b""
        self._selector.register(ours, selectors.EVENT_READ, kept)

    def _pipes(self) -> list[int]:
        return [kept.pipe for kept in self._kept if kept.pipe >= 0]

    def _turn(self, until: Sequence[float]) -> None:
        """Wait for output, a signal or the earliest of these instants, and take note."""
        timeout = max(0.0, min(until) - time.monotonic()) if until else None
        for key, _ in self._selector.select(timeout):
            if isinstance(key.data, _Kept):
                self._relay(key.data)
            else:
                self._heard(key.data.recv(4096))
        self._reap()

    def _heard(self, numbers: bytes) -> None:
        """Note a wish to stop; another within a second is the same wish, sent to a whole group of processes."""
        if any(number in STOP_SIGNALS for number in numbers):
            self._hurry = self._told_at is not None and time.monotonic() > self._told_at + SAME_SIGNAL_SECONDS
            self._told_at = self._told_at or time.monotonic()

    def _reap(self) -> None:
        """Note every process that has ended, ours or left to us by others."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for kept in self._kept:
                if kept.pid == pid:
                    self._ended(kept, os.waitstatus_to_exitcode(status))

    def _ended(self, kept: _Kept, code: int) -> None:
        _kill_group(kept.pid)
        self._relay(kept)
        if kept.rest:
            self._say(kept, kept.rest)
        if kept.pipe >= 0:
            self._close(kept)
        kept.pid, kept.rest = 0, b""
        kept.delay = next_delay(kept.delay, time.monotonic() - kept.started)
        kept.start_at = time.monotonic() + kept.delay
        how = f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
        self._say(kept, how.encode() + (b"" if self._told_at else f", again in {kept.delay:g} s".encode()))

    def _relay(self, kept: _Kept) -> None:
        """Pass on what the program has written, by whole lines; a line without end is cut."""
        while kept.pipe >= 0:
            try:
                data = os.read(kept.pipe, 64 * 1024)
            except BlockingIOError:
                return
            if not data:
                self._close(kept)
            *lines, kept.rest = (kept.rest + data).split(b"\n")
            for line in lines:
                self._say(kept, line)
            if len(kept.rest) > LINE_BYTES:
                self._say(kept, kept.rest)
                kept.rest = b""

    def _close(self, kept: _Kept) -> None:
        self._selector.unregister(kept.pipe)
        os.close(kept.pipe)
        kept.pipe = -1

    def _say(self, kept: _Kept, line: bytes) -> None:
        self._write(b"%s | %s\n" % (kept.program.name.ljust(self._width).encode(), line.rstrip(b"\r")))

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        """Let signals wake the loop, in the order they come."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        self._sockets = (ours.fileno(), theirs.fileno())
        before = [signal.signal(number, lambda *_: None) for number in SIGNALS]
        earlier = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        self._selector.register(ours, selectors.EVENT_READ, ours)
        try:
            yield
        finally:
            signal.set_wakeup_fd(earlier)
            for number, handler in zip(SIGNALS, before, strict=True):
                signal.signal(number, handler)
            self._selector.close()
            ours.close()
            theirs.close()


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _write_out(data: bytes) -> None:
    with contextlib.suppress(OSError):  # a terminal that has gone is no reason to stop
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
