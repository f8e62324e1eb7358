"""What the sandbox's tests run in the child."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path


def echo(payload: bytes) -> bytes:
    return payload


def pid(payload: bytes) -> bytes:
    return str(os.getpid()).encode()


def act(payload: bytes) -> bytes:
    """Do what the payload names."""
    name, _, argument = payload.decode().partition(" ")
    actions = {
        "hang": lambda: time.sleep(3600),
        "spin": _spin,
        "eat": lambda: bytes(bytearray(1 << 40)),
        "die": lambda: os.kill(os.getpid(), signal.SIGSEGV),
        "exit": lambda: os._exit(3),
        "raise": lambda: {}["absent"],
        "print": _print,
        "write": lambda: _write(argument),
        "environment": lambda: Path("/proc/self/environ").read_bytes(),
        "limits": _limits,
        "keep": _keep,
        "child": lambda: _grandchild(),
        "pid": lambda: pid(b""),
    }
    return actions[name]() or b""


def _spin() -> bytes:
    while True:
        pass


def _print() -> bytes:
    os.write(1, b"noise on standard output")
    sys.stderr.write("noise on standard error")
    sys.stderr.flush()
    return b"quiet"


def _write(path: str) -> bytes:
    try:
        Path(path).write_bytes(b"x")
    except OSError:
        return b"refused"
    return b"written"


def _limits() -> bytes:
    import resource

    return repr(
        [resource.getrlimit(limit)[0] for limit in (resource.RLIMIT_AS, resource.RLIMIT_CORE)]
    ).encode()


KEPT: list[bytes] = []


def _keep() -> bytes:
    KEPT.append(b"x" * (70 << 20))
    return pid(b"")


def _grandchild() -> bytes:
    import subprocess

    process = subprocess.Popen(["sleep", "3600"])
    return str(process.pid).encode()
