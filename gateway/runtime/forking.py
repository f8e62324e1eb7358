"""The child's side of `supervisor`: what a fork does between its birth and its program."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import NoReturn

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
SIGNALS = (*STOP_SIGNALS, signal.SIGCHLD)
Command = Sequence[str] | Callable[[], object]

_libc = ctypes.CDLL(None, use_errno=True)


def become(name: str, command: Command, *, output: int, parent: int) -> NoReturn:
    """Turn this fork into the program, in a process group of its own, so that Ctrl-C reaches only the supervisor.

    It writes to the descriptor `output`, and ends when the process `parent` does. `SIGNALS` are blocked on entry,
    since their handlers here would still tell the supervisor.
    """
    os.setpgid(0, 0)
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    _libc.prctl(PR_SET_NAME, f"helpdesk-{name}".encode())
    signal.set_wakeup_fd(-1)
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    null = os.open(os.devnull, os.O_RDONLY)
    for descriptor, stream in ((null, 0), (output, 1), (output, 2)):
        os.dup2(descriptor, stream)
    os.close(null)
    os.close(output)
    if os.getppid() != parent:
        os._exit(1)
    os._exit(_outcome(command))


def _outcome(command: Command) -> int:
    """The exit code of the command, which replaces this process, or of the function."""
    try:
        if not callable(command):
            signal.signal(
                signal.SIGPIPE, signal.SIG_DFL
            )  # Python ignores it, and programs would inherit that
            os.execvp(command[0], list(command))  # noqa: S606  no shell wanted
        command()
        return 0
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001  this is where an interpreter would print it and end
        traceback.print_exc()
        return 1
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
