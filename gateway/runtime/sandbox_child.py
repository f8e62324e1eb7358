"""The child's side of `sandbox`: limits itself, imports the target once, answers frames until its pipe ends.

Imports as little as it can, since everything here is paid again after every bomb.
Shape: request = 8 bytes of length, payload. Answer = 1 byte of status, 8 bytes of length, body; the first
answer, empty, says that the child is ready.
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable
from importlib import import_module

REQUEST = struct.Struct("!Q")
ANSWER = struct.Struct("!BQ")
OK, FAILED = 0, 1
PIPE_CHUNK_BYTES = 1 << 20
BYTES_PER_SECOND = 10_000_000
"""What every call reads at least: a large payload has as much more time."""


def main(target: str, seconds: float, memory_bytes: int) -> None:
    """Serve `target` on the standard streams until they close."""
    source, sink = _take_streams()
    _limit(memory_bytes)
    module, _, name = target.partition(":")
    function: Callable[[bytes], bytes] = getattr(import_module(module), name)
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _write(sink, OK, b"")
    while (payload := _read(source)) is not None:
        # Were the parent gone, nobody else would end a call that never returns.
        signal.setitimer(signal.ITIMER_REAL, seconds + len(payload) / BYTES_PER_SECOND + 1)
        status, body = _answer(function, payload)
        del payload
        signal.setitimer(signal.ITIMER_REAL, 0)
        _write(sink, status, body)
        if status == FAILED:
            return


def _take_streams() -> tuple[int, int]:
    """The two pipes, moved away from where a print or an input() of the target would reach them."""
    source, sink = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    os.close(null)
    return source, sink


def _limit(memory_bytes: int) -> None:
    """Bound memory, forbid core dumps and files, and offer this process first where memory ends."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "wb", buffering=0) as score:  # noqa: PTH123
        score.write(b"1000")


def _answer(function: Callable[[bytes], bytes], payload: bytes) -> tuple[int, bytes]:
    try:
        return OK, function(payload)
    except BaseException as fault:  # noqa: BLE001  whatever the target does, the parent hears of it
        return FAILED, type(fault).__name__.encode()


def _read(source: int) -> bytes | None:
    """The next payload, or None where the parent has closed its end."""
    header = _exactly(source, REQUEST.size)
    return None if header is None else _exactly(source, REQUEST.unpack(header)[0])


def _exactly(source: int, size: int) -> bytes | None:
    parts = []
    while size:
        part = os.read(source, min(size, PIPE_CHUNK_BYTES))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _write(sink: int, status: int, body: bytes) -> None:
    head = ANSWER.pack(status, len(body))
    done = os.writev(sink, [head, body]) - len(head)
    rest = memoryview(body)
    while done < len(body):
        done += os.write(sink, rest[done : done + PIPE_CHUNK_BYTES])


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
