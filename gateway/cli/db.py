"""`helpdesk db`: the schema of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, OperationalError

from gateway.cli import entry
from gateway.store import migrations, session, upgrade_lock


@click.group("db")
def command() -> None:
    """The schema of the database."""


@command.command("upgrade")
def upgrade() -> None:
    """Bring the schema to this code's revision; waits where somebody else is doing so."""
    with _engine() as engine, upgrade_lock.held(engine):
        before = migrations.current(engine)
        migrations.upgrade(engine)
        after = migrations.current(engine)
        click.echo(f"schema at {after}" + (f" (was {before or 'empty'})" if before != after else ""))


@command.command("current")
def current() -> None:
    """Print the schema's revision, and this code's where they differ."""
    with _engine() as engine:
        here, head = migrations.current(engine), migrations.head()
        click.echo(
            f"schema at {here or 'none'}"
            + (f", this code needs {head}: helpdesk db upgrade" if here != head else "")
        )


@contextmanager
def _engine() -> Iterator[Engine]:
    settings = entry.prepare("db")
    if settings.database.startswith("sqlite"):
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        engine = session.engine(settings.database, pool_size=2)
    except ArgumentError:
        raise click.ClickException("HELPDESK_DATABASE_URL is no database address.") from None
    try:
        yield engine
    except OperationalError as fault:
        told = str(fault.orig).strip().partition("\n")[0][:200]
        raise click.ClickException(f"The database does not answer: {told}") from None
    except CommandError as fault:
        raise click.ClickException(f"The schema is not one this code knows: {fault}") from None
    finally:
        engine.dispose()
