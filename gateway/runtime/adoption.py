"""One server to a folder: the lock that the server itself holds, and what to do about one that already runs.

The lock belongs to a descriptor that survives `exec`, so it ends with the server, however that ends. (The package
filelock cannot do that: its lock is meant to end with the Python process that took it.)
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

START_SECONDS = 2.0
END_SECONDS = 5.0
GIVE_UP_SECONDS = 20.0


class Locked(Exception):
    """The folder stays locked by a process that is not ours to end; the argument is a sentence for people."""


def take(path: Path, answers: Callable[[], bool]) -> int:
    """An inheritable descriptor that holds the lock `path` and names this process in it.

    A server that holds it and answers is accompanied until it ends; one that does not answer is ended.
    Errors: `Locked`; `SystemExit` where this process was told to stop while it accompanied another.
    """
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while not _try(lock):
        pid = int(os.pread(lock, 20, 0) or 0)
        if _soon(answers):
            _accompany(path, pid, answers)
            deadline = time.monotonic() + GIVE_UP_SECONDS
        elif time.monotonic() > deadline:
            raise Locked(f"{path} is held by process {pid}, which does not answer and cannot be ended")
        elif _holds(path, pid):
            _end(pid)
        time.sleep(0.1)
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    os.set_inheritable(lock, True)
    return lock


def _try(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _soon(answers: Callable[[], bool]) -> bool:
    """Whether the holder answers; a moment is granted to one that is just starting."""
    deadline = time.monotonic() + START_SECONDS
    while not (answered := answers()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return answered


def _accompany(path: Path, pid: int, answers: Callable[[], bool]) -> None:
    """Stay while the adopted server answers; told to stop, end it too if nobody else looks after it."""
    told = threading.Event()
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, lambda *_: told.set()) for number in numbers]
    while answers():
        if told.wait(0.5):
            if _holds(path, pid) and _parent(pid) == 1:
                _end(pid)
            raise SystemExit(0)
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def _holds(path: Path, pid: int) -> bool:
    """Whether the process has the lock open, and is not a later process of the same number."""
    with contextlib.suppress(OSError):
        return any(entry.samefile(path) for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.exists())
    return False


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _end(pid: int) -> None:
    """End a process, first politely."""
    with contextlib.suppress(ProcessLookupError):
        process = os.pidfd_open(pid)
        for number in (signal.SIGTERM, signal.SIGKILL):
            signal.pidfd_send_signal(process, number)
            if select.select([process], [], [], END_SECONDS)[0]:
                break
        os.close(process)
