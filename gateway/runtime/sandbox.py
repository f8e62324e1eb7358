"""Runs one function on untrusted bytes in a reusable child process, under limits of time and memory.

The child is a fresh interpreter, never a fork of a parent that may have threads. It serves many calls and is
replaced after a fault, after `CALLS` calls, or when it has grown; the replacement starts at once, while its
parent goes on. It sees no environment, writes no files, prints nowhere, and ends with its parent: its pipe
closes, or its own alarm rings one second after the limit.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from gateway.runtime.sandbox_child import ANSWER, BYTES_PER_SECOND, OK, PIPE_CHUNK_BYTES, REQUEST

CALLS = 2000
LOOK_EVERY = 16  # looking costs 0.2 ms; the limit itself is the kernel's
START_SECONDS = 30.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class TimedOut(Exception):
    """The call took longer than allowed; its child was killed."""


class Crashed(Exception):
    """The child died or the function raised; the argument names the exception, signal or exit code."""


class Sandbox:
    """A place to run `module:function(bytes) -> bytes`; one caller at a time, others wait.

    Units: `seconds` of wall time for one call, and one second more for each 10 MB of its payload; `memory_bytes` of
    address space for the child.
    """

    def __init__(self, target: str, *, seconds: float, memory_bytes: int) -> None:
        self._target = target
        self._seconds = seconds
        self._memory_bytes = memory_bytes
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def warm(self) -> None:
        """Start the child already, so that the first call finds it ready; does not wait for it."""
        with self._lock:
            self._ensure()

    def call(self, payload: bytes) -> bytes:
        """What the function answers to `payload`. Errors: `TimedOut`, `Crashed`."""
        with self._lock:
            child = self._ensure()
            try:
                child.wait_until_ready()
                answer = child.exchange(payload, self._seconds)
            except BaseException:
                self._replace()
                raise
            if child.is_tired():
                self._replace()
            return answer

    def close(self) -> None:
        """End the child. A later call starts another."""
        with self._lock:
            if self._child is not None and self._child.owner == os.getpid():
                self._child.kill()
            self._child = None

    def _ensure(self) -> _Child:
        child = self._child
        if child is None or child.owner != os.getpid() or child.is_dead():
            child = self._start()
        return child

    def _replace(self) -> None:
        if self._child is not None:
            self._child.kill()
        self._start()

    def _start(self) -> _Child:
        self._child = _Child(self._target, self._seconds, self._memory_bytes)
        return self._child


class _Child:
    """One child process and the two pipes to it."""

    def __init__(self, target: str, seconds: float, memory_bytes: int) -> None:
        module = "gateway.runtime.sandbox_child"
        self.owner = os.getpid()
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, target, str(seconds), str(memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            process_group=0,
            env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PYTHONUTF8": "1"},
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        for pipe in (self._in, self._out):
            os.set_blocking(pipe, False)
            with contextlib.suppress(OSError):  # a user's pipes may be bounded; the small ones work too
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_CHUNK_BYTES)
        self._ready = False
        self._calls = 0
        self._memory_bytes = memory_bytes

    def is_dead(self) -> bool:
        return self._process.poll() is not None

    def wait_until_ready(self) -> None:
        if not self._ready:
            self._receive(time.monotonic() + START_SECONDS)
            self._ready = True

    def exchange(self, payload: bytes, seconds: float) -> bytes:
        deadline = time.monotonic() + seconds + len(payload) / BYTES_PER_SECOND
        self._calls += 1
        self._send(payload, deadline)
        return self._receive(deadline)

    def is_tired(self) -> bool:
        """Whether this child has served long enough, or keeps half of its memory between calls."""
        if self._calls >= CALLS:
            return True
        if self._calls % LOOK_EVERY != 1:
            return False
        try:
            resident = int(Path(f"/proc/{self._process.pid}/statm").read_bytes().split()[1])
        except OSError:
            return True
        return resident * PAGE_BYTES > self._memory_bytes // 2

    def kill(self) -> None:
        """End the child with whatever it started, and wait for it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):
                pipe.close()

    def _send(self, payload: bytes, deadline: float) -> None:
        head = REQUEST.pack(len(payload))
        done = -len(head)
        rest = memoryview(payload)
        while done < len(payload):
            parts = (memoryview(head)[done:], rest) if done < 0 else (rest[done : done + PIPE_CHUNK_BYTES],)
            try:
                done += os.writev(self._in, parts)
            except BlockingIOError:
                self._wait(self._in, select.POLLOUT, deadline)
            except BrokenPipeError:
                raise Crashed(self._epitaph()) from None

    def _receive(self, deadline: float) -> bytes:
        data = self._read(deadline)
        while len(data) < ANSWER.size:
            data += self._read(deadline)
        status, size = ANSWER.unpack_from(data)
        if size > self._memory_bytes:
            raise Crashed("answer too large")
        parts, missing = [data[ANSWER.size :]], size + ANSWER.size - len(data)
        while missing > 0:
            parts.append(self._read(deadline))
            missing -= len(parts[-1])
        body = b"".join(parts)
        if status != OK:
            raise Crashed(body.decode(errors="replace"))
        return body

    def _read(self, deadline: float) -> bytes:
        while True:
            self._wait(self._out, select.POLLIN, deadline)
            try:
                part = os.read(self._out, PIPE_CHUNK_BYTES)
            except BlockingIOError:
                continue
            if not part:
                raise Crashed(self._epitaph())
            return part

    def _wait(self, pipe: int, event: int, deadline: float) -> None:
        """Return when the pipe is ready or broken. Errors: `TimedOut` at the deadline."""
        poller = select.poll()
        poller.register(pipe, event)
        left = deadline - time.monotonic()
        if left <= 0 or not poller.poll(left * 1000):
            raise TimedOut

    def _epitaph(self) -> str:
        """Why the child is gone, in a word or two."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        code = self._process.returncode
        if code is None:
            return "pipe closed"
        return signal.Signals(-code).name if code < 0 else f"exit {code}"
