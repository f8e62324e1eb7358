"""`helpdesk demo`: the whole stack, a sample company, and three mails walked through it before your eyes."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import click

from gateway import clock, secrets
from gateway.cli import entry, samples, up
from gateway.operations import importing
from gateway.runtime import forking
from gateway.services import Services, build
from gateway.settings import Settings

COMPANY: Final = Path(__file__).resolve().parents[2] / "templates" / "demo" / "company.yaml"
PATIENCE_SECONDS: Final = 60.0
Found = TypeVar("Found")


@click.command()
@click.option("--once", is_flag=True, help="Walk the sample mails, then stop instead of running on.")
def demo(once: bool) -> None:
    """Run the whole stack on embedded defaults with a sample company and sample mail."""
    settings = entry.prepare("demo")
    _refuse_busy_ports(settings)
    _say("Preparing the database", settings.data_dir)
    up.upgrade(settings)
    services = build(settings)
    password = secrets.random_token(10)
    logins = importing.import_sample(services, COMPANY, password, at=clock.now())
    signal.signal(signal.SIGTERM, _interrupt)
    stack = subprocess.Popen(
        [sys.executable, "-m", "gateway.cli", "up"], start_new_session=True, preexec_fn=_end_with_parent
    )
    try:
        _wait(
            "the doors and pages",
            stack,
            lambda: _listening(settings.smtp_listen) and _listening(settings.web_listen),
        )
        _walk(services, stack)
        _tell(settings, logins, password)
        if not once:
            stack.wait()
    except KeyboardInterrupt:
        _say("Stopping", "what runs is finished first")
    finally:
        _stop(stack)
        services.engine.dispose()


def _walk(services: Services, stack: subprocess.Popen[bytes]) -> None:
    """Send each sample mail over SMTP and print what becomes of it."""
    settings = services.settings
    tickets: list[int] = []
    for number, sample in enumerate(samples.SAMPLES, start=1):
        to = samples.reply_address(services, tickets[0]) if sample.answers_first else settings.support_address
        click.echo(f"\nMail {number} of {len(samples.SAMPLES)}: {sample.sender}: “{sample.subject}”")
        answer, message_id = samples.send(settings, sample, to)
        click.echo(f"  door      {answer}")
        told = _wait("the mail to be filed", stack, partial(samples.became, services, message_id))
        tickets.append(told.ticket_id)
        for name, line in told.steps:
            click.echo(f"  {name:<9} {line}")


def _tell(settings: Settings, logins: list[str], password: str) -> None:
    click.echo("\nEverything runs.")
    click.echo(f"  Pages   {settings.web_base}/")
    click.echo(f"  API     {settings.web_base}/api/v1/openapi.json")
    click.echo(f"  SMTP    {settings.smtp_listen}, mail to {settings.support_address}")
    if not settings.relay_url.get_secret_value():
        click.echo(f"  Letters are kept, not sent (no relay): {settings.web_base}/outbox?state=kept")
    click.echo(f"  Logins  {', '.join(logins)}")
    click.echo(f"          password {password} (made for this run)")
    click.echo("Ctrl-C stops everything.")


def _wait(what: str, stack: subprocess.Popen[bytes], found: Callable[[], Found | None]) -> Found:
    """What `found` finds at last. Errors: click.ClickException where the stack ended or the patience does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if stack.poll() is not None:
            raise click.ClickException("the stack ended; its lines above say why")
        if answer := found():
            return answer
        time.sleep(0.1)
    raise click.ClickException(f"waited a minute in vain for {what}")


def _refuse_busy_ports(settings: Settings) -> None:
    for listen in (settings.smtp_listen, settings.web_listen):
        if _listening(listen):
            raise click.ClickException(
                f"something listens on {listen} already; stop it or set another address"
            )


def _listening(listen: str) -> bool:
    host, _, port = listen.rpartition(":")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host.strip("[]"), int(port))) == 0


def _stop(stack: subprocess.Popen[bytes]) -> None:
    if stack.poll() is None:
        os.killpg(stack.pid, signal.SIGTERM)
        try:
            stack.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(stack.pid, signal.SIGKILL)


def _interrupt(*_: object) -> None:
    """SIGTERM ends the demo as Ctrl-C does: the stack is stopped in order."""
    raise KeyboardInterrupt


def _end_with_parent() -> None:
    """The stack drains even where this process is killed outright."""
    ctypes.CDLL(None).prctl(forking.PR_SET_PDEATHSIG, signal.SIGTERM)


def _say(what: str, detail: object) -> None:
    click.echo(f"{what}: {detail}")
