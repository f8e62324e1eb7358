"""`helpdesk up`: every process of one installation in the foreground."""

from __future__ import annotations

import subprocess
import sys

import click

from gateway.cli import entry
from gateway.runtime import supervisor
from gateway.runtime.supervisor import Program
from gateway.settings import Settings


def programs(settings: Settings) -> list[Program]:
    """What `up` runs. At the end the doors close first, Redis last."""
    listed = [
        Program("smtp", _command("smtp"), stage=0, drain_seconds=30),
        Program("web", _command("web"), stage=0),
        Program("clock", _command("clock"), stage=1),
        Program("mail", _command("worker", "mail"), stage=1),
        Program("out", _command("worker", "out"), stage=1, drain_seconds=30),
        Program("slow", _command("worker", "slow"), stage=1),
    ]
    if not settings.redis:
        listed.insert(0, Program("redis", _command("redis"), stage=2))
    return listed


@click.command()
def up() -> None:
    """Bring the schema up to date, then run everything; what dies is restarted, Ctrl-C drains."""
    settings = entry.prepare("up")
    upgrade(settings)
    supervisor.run(programs(settings))


def upgrade(settings: Settings) -> None:
    """Bring the schema to this code's revision, in a process of its own: the supervisor stays small.

    Errors: click.ClickException.
    """
    if subprocess.run(_command("db", "upgrade"), check=False).returncode:
        raise click.ClickException("the schema could not be brought up to date; the lines above say why")


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "gateway.cli", *words]
