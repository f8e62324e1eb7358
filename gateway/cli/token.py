"""`helpdesk token`: bearer tokens for the API."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from gateway import clock
from gateway.cli import desk
from gateway.operations import access, access_people, auditing
from gateway.operations.access_people import By
from gateway.store.models import Role
from gateway.store.queries import people


@click.group("token")
def command() -> None:
    """Bearer tokens for the API. A token speaks for an engineer."""


@command.command("create")
@click.option("--email", required=True, metavar="E", help="Whose token it is.")
@click.option("--role", required=True, type=click.Choice([each.value for each in Role]))
@click.option(
    "--days", type=click.IntRange(1, 3650), help="How long it is good; without, until it is revoked."
)
def create(email: str, role: str, days: int | None) -> None:
    """Print a new token. It is stored hashed, so nobody can show it again."""
    lifetime = timedelta(days=days) if days else None
    with desk.opened("token") as services, services.transaction() as session:
        engineer = people.engineer_named(session, email)
        if engineer is None:
            raise click.ClickException(f"No engineer who works here has the address {email}.")
        try:
            token = access.make_token(
                session, engineer=engineer, role=Role(role), at=clock.now(), lifetime=lifetime
            )
            told = {"role": role, "days": days}
            about = f"engineer:{engineer.id}"
            auditing.note(session, actor="cli", act="token.made", about=about, data=told, at=clock.now())
        except ValueError as fault:
            raise click.ClickException(f"{fault}.") from None
    click.echo(token)
    click.echo("Keep it now: it is not shown again.", err=True)


@command.command("list")
def show() -> None:
    """List tokens by number, never by their content."""
    with desk.opened("token") as services, services.reading() as session:
        for token, engineer in people.tokens(session):
            ends = f"until {_day(token.ends_at)}" if token.ends_at else "without end"
            used = f"last used {_day(token.seen_at)}" if token.seen_at else "never used"
            made = f"made {_day(token.created_at)}"
            click.echo(f"{token.id}  {engineer.email}  {token.role}  {made}, {ends}, {used}")


@command.command("revoke")
@click.argument("token_id", metavar="ID", type=click.IntRange(min=1))
def revoke(token_id: int) -> None:
    """End a token by its number from `list`."""
    with desk.opened("token") as services, services.transaction() as session:
        found = access_people.revoke_token(session, token_id, by=By("cli", clock.now()))
    if not found:
        raise click.ClickException(f"There is no token {token_id}.")
    click.echo(f"token {token_id} ended")


def _day(instant: datetime) -> str:
    return instant.date().isoformat()
