"""`helpdesk engineer`: who may log in, from the machine itself, where the page is out of reach."""

from __future__ import annotations

import click

from gateway import clock
from gateway.cli import desk
from gateway.operations import access, access_factors, access_people
from gateway.operations.access_people import By
from gateway.services import Services
from gateway.store.models import Engineer
from gateway.store.queries import people


@click.group("engineer")
def command() -> None:
    """Engineers: who may log in, and with what."""


@command.command("list")
def show() -> None:
    """List engineers with role, second factor and sessions."""
    with desk.opened("engineer") as services, services.reading() as session:
        for each in people.everybody(session):
            factor = "second factor" if access_factors.has_factor(session, each.id) else "no second factor"
            state = "" if each.active else ", left"
            sessions = len(people.logins(session, each.id))
            click.echo(f"{each.email}  {each.role}{state}, {factor}, {sessions} sessions")


@command.command("reset-factor")
@click.argument("email")
def reset_factor(email: str) -> None:
    """Take away a lost second factor, and sign its owner out."""
    with desk.opened("engineer") as services:
        engineer = _named(services, email)
        with services.transaction() as session:
            had = access_people.reset_factor(session, engineer.id, by=_by())
    click.echo("second factor removed, all sessions ended" if had else "there was none; all sessions ended")


@command.command("sign-out")
@click.argument("email")
def sign_out(email: str) -> None:
    """End every session of an engineer."""
    with desk.opened("engineer") as services:
        engineer = _named(services, email)
        with services.transaction() as session:
            ended = access_people.end_sessions(session, engineer.id, by=_by())
    click.echo(f"{ended} sessions ended")


@command.command("password")
@click.argument("email")
@click.password_option(help="Asked for where it is not given; better so, since others may see a command.")
def password(email: str, password: str) -> None:
    """Give an engineer a new password, and sign them out."""
    with desk.opened("engineer") as services:
        engineer = _named(services, email)
        try:
            with services.transaction() as session:
                access_people.set_password(session, engineer.id, password, by=_by())
        except access.WeakPassword as weak:
            raise click.ClickException(f"{weak}.") from None
    click.echo("password changed, all sessions ended")


def _named(services: Services, email: str) -> Engineer:
    with services.reading() as session:
        engineer = people.engineer_named(session, email)
        if engineer is None:
            raise click.ClickException(f"No engineer who works here has the address {email}.")
        session.expunge(engineer)
    return engineer


def _by() -> By:
    return By("cli", clock.now())
