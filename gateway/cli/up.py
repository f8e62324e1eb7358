"""`helpdesk up`: every process of one installation in the foreground.

The processes are forks of a supervisor that has loaded their modules, so that they share most of their memory.
"""

from __future__ import annotations

import gc
import importlib
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Final

import click

from gateway.cli import entry
from gateway.runtime import supervisor
from gateway.runtime.supervisor import Program
from gateway.settings import Settings

_SHARED: Final = ("gateway.cli.processes", "gateway.services", "gateway.smtpd", "workers.worker", "workers.ticker",
                  "web", "web.server", "gateway.dns", "gateway.mail.authenticate", "gateway.imap")  # fmt: skip


def programs(settings: Settings) -> list[Program]:
    """What `up` runs. At the end the doors close first, Redis last."""
    listed = [
        Program("smtp", _program("smtp"), stage=0, drain_seconds=30),
        Program("imap", _program("imap"), stage=0, drain_seconds=20),
        Program("web", _program("web"), stage=0),
        Program("clock", _program("clock"), stage=1),
        Program("mail", _program("worker", "mail"), stage=1),
        Program("out", _program("worker", "out"), stage=1, drain_seconds=30),
        Program("slow", _program("worker", "slow"), stage=1),
        Program("aws", _program("worker", "aws"), stage=1, drain_seconds=30),
    ]
    if not settings.redis:
        listed.insert(0, Program("redis", _program("redis"), stage=2))
    return listed


@click.command()
def up() -> None:
    """Bring the schema up to date, then run everything; what dies is restarted, Ctrl-C drains."""
    settings = entry.prepare("up")
    upgrade(settings)
    _preload()
    supervisor.run(programs(settings))


def upgrade(settings: Settings) -> None:
    """Bring the schema to this code's revision, in a process of its own: the supervisor stays small.

    Errors: click.ClickException.
    """
    if subprocess.run([sys.executable, "-m", "gateway.cli", "db", "upgrade"], check=False).returncode:
        raise click.ClickException("the schema could not be brought up to date; the lines above say why")


def _program(*words: str) -> Callable[[], object]:
    """A subcommand, run in a fork of this process."""
    from gateway.cli import main

    return partial(main, list(words), prog_name="helpdesk")


def _preload() -> None:
    """Load what the processes need before they are forked; nothing here opens a connection or starts a thread."""
    for name in _SHARED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
