"""What the commands that work on the database begin with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import IntegrityError, OperationalError

from gateway.cli import entry
from gateway.services import Services


@contextmanager
def opened(name: str) -> Iterator[Services]:
    """The services of one command, closed at the end.

    Errors: click.ClickException with one plain sentence where the database does not answer, or changed meanwhile.
    """
    settings = entry.prepare(name)
    services: Services | None = None
    try:
        services = entry.ready(settings)
        yield services
    except OperationalError as fault:
        raise click.ClickException(f"The database does not answer: {first_line(fault)}") from None
    except IntegrityError as fault:
        raise click.ClickException(
            f"Somebody changed the same at the same time; run this again ({first_line(fault)})"
        ) from None
    finally:
        if services is not None:
            services.engine.dispose()


def first_line(fault: OperationalError | IntegrityError) -> str:
    """The driver's own first line, which names no password and no value."""
    return str(fault.orig).strip().partition("\n")[0][:200]
