"""`helpdesk export`: the desk as the YAML that `helpdesk import` reads."""

from __future__ import annotations

import click

from gateway.cli import desk
from gateway.operations import exporting


@click.command("export")
@click.option(
    "--with-hashes", is_flag=True, help="With password hashes; keep such a file like the passwords."
)
def command(with_hashes: bool) -> None:
    """Print customers, contracts (their latest versions), contacts, engineers and teams, without secrets."""
    with desk.opened("export") as services, services.reading() as session:
        click.echo(exporting.export(session, with_hashes=with_hashes), nl=False)
