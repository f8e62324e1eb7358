"""`helpdesk mailbox`: how reading mailboxes goes, and the secrets they are read with."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime

import click
from sqlalchemy.orm import Session

from gateway import clock, imap_oauth, secrets
from gateway.cli import desk
from gateway.imap_oauth import DeviceCode, Refused
from gateway.imap_tokens import PURPOSE, NoSecret, Purse
from gateway.services import Services
from gateway.store import mailboxes
from gateway.store.models import MailSource, SignIn

LONGEST_SECRET = 10_000


@click.group("mailbox")
def command() -> None:
    """Mailboxes that are read over IMAP. They are declared in the import file, their secrets here."""


@command.command("list")
def show() -> None:
    """How reading each mailbox goes."""
    at = clock.now()
    with desk.opened("mailbox") as services, services.reading() as session:
        for row in mailboxes.everything(session):
            click.echo(f"{row.name}  {row.user} on {row.host}:{row.port}  {_state(row, at)}")
            for each in mailboxes.left(session, row.id):
                click.echo(f"  {each.folder} UID {each.uid}: {each.fate}: {each.reason}")


@command.command("secret")
@click.argument("name")
def secret(name: str) -> None:
    """Store the password of NAME, or its client's secret or private key, read from standard input or asked for."""
    _store(name, lambda row, sealed: setattr(row, "secret", sealed), "Password or client secret")


@command.command("refresh-token")
@click.argument("name")
def refresh_token(name: str) -> None:
    """Store a refresh token for NAME that was got elsewhere, read from standard input or asked for."""

    def write(row: MailSource, sealed: str) -> None:
        row.refresh_token, row.access_token, row.access_until = sealed, "", None

    _store(name, write, "Refresh token")


@command.command("authorize")
@click.argument("name")
def authorize(name: str) -> None:
    """Let a person allow the reading of NAME: they enter a code at the provider (OAuth's device flow)."""
    with desk.opened("mailbox") as services:
        purse = _purse(services)
        with services.reading() as session:
            row = _named(session, name)
        if row.sign_in != SignIn.DEVICE:
            raise click.ClickException(f"{name} signs in by {row.sign_in}, not by device.")
        try:
            of = purse.client(row)
            device = imap_oauth.ask_device(of)
            click.echo(f"Open {device.verification_uri} and enter the code {device.user_code}")
            got = _polled(of, device)
        except (Refused, NoSecret, OSError) as fault:
            raise click.ClickException(f"The provider gives no token: {fault}") from None
        if not got.refresh_token:
            raise click.ClickException("The provider gave no refresh token: the scope lacks offline access.")
        with services.transaction() as session:
            purse.keep(_named(session, name), got)
    click.echo(f"{name} is authorized")


@command.command("retry")
@click.argument("name")
def retry(name: str) -> None:
    """Try the mails of NAME once more that were too large or could not be fetched."""
    with desk.opened("mailbox") as services, services.transaction() as session:
        count = mailboxes.try_again(session, _named(session, name).id, clock.now())
    click.echo(f"{count} mails are tried again")


def _polled(of: imap_oauth.Client, device: DeviceCode) -> imap_oauth.Tokens:
    """The tokens, once the person has entered the code. Errors: Refused, OSError."""
    until = time.monotonic() + min(device.expires_in, 1800)
    while time.monotonic() < until:
        time.sleep(device.interval)
        if got := imap_oauth.poll_device(of, device, clock.now()):
            return got
    raise Refused("nobody entered the code in time")


def _store(name: str, write: Callable[[MailSource, str], None], what: str) -> None:
    given = click.prompt(what, hide_input=True) if sys.stdin.isatty() else sys.stdin.read(LONGEST_SECRET + 1)
    value = str(given).strip()
    if not value or len(value) > LONGEST_SECRET:
        raise click.ClickException(f"{what} has 1 to {LONGEST_SECRET} characters.")
    with desk.opened("mailbox") as services, services.transaction() as session:
        key = services.settings.secret_key.get_secret_value()
        write(_named(session, name), secrets.seal(key, PURPOSE, value))
    click.echo(f"stored, sealed with HELPDESK_SECRET_KEY, for {name}")


def _purse(services: Services) -> Purse:
    key = services.settings.secret_key.get_secret_value()
    return Purse(services.transaction, services.reading, key, clock.now)


def _named(session: Session, name: str) -> MailSource:
    row = mailboxes.named(session, name)
    if row is None:
        raise click.ClickException(f"There is no mailbox {name}; helpdesk import makes them.")
    return row


def _state(row: MailSource, at: datetime) -> str:
    if not row.active:
        return "not read"
    last = f"last read {row.fetched_at:%Y-%m-%d %H:%M:%S}Z" if row.fetched_at else "never read"
    return f"{last}; {row.fault}" if row.fault else last
