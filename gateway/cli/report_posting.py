"""Reports posted from the command line: whatever is due now, or one of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import click

from gateway import clock
from gateway.reporting import schedule
from gateway.services import Services
from gateway.store import appointments, reports
from gateway.store.queries import stored_reports

_SLICE: Final = timedelta(seconds=2)


def post_due(services: Services) -> bool:
    """Note every report that is due, gather, draw and post; whether nothing is left. Tells its progress."""
    with services.reading() as session:
        owners = stored_reports.owners_due(session, clock.now())
    for number in owners:
        _note(services, number)
    total = _waiting(services)
    if not total:
        click.echo("Nothing is due.", err=True)
        return True
    click.echo(f"{total} due", err=True)
    return _drained(services, total) == 0


def send(services: Services, report_id: int) -> None:
    """Post a stored report to those who have not got it."""
    with services.transaction() as session:
        before = stored_reports.told(session, report_id)
        reports.ask(session, report_id, clock.now())
    _drained(services, 0)
    with services.reading() as session:
        after = stored_reports.told(session, report_id)
    for address in sorted(after - before):
        click.echo(f"posted to {address}", err=True)
    for address in sorted(before):
        click.echo(f"was posted to {address} before", err=True)
    if not after:
        raise click.ClickException(
            "Nobody gets it: the plan names no recipient, and no contact is a manager, or it was not posted in time."
        )


def _note(services: Services, number: str) -> None:
    """Note what is due of a contract, and when to look again."""
    with services.transaction() as session:
        then = schedule.keep(session, services.letterhead, number, clock.now())
        if then is None:
            appointments.cancel(session, schedule.APPOINTMENT, number)
        else:
            appointments.plan(session, schedule.APPOINTMENT, number, then)


def _drained(services: Services, total: int) -> int:
    """Work until nothing is left that may be worked on now; how many reports still wait."""
    working = True
    while working:
        working = services.reports.drain(clock.now() + _SLICE)
        left = _waiting(services)
        if total:
            click.echo(f"{max(0, total - left)} of {total} posted", err=True)
    return left


def _waiting(services: Services) -> int:
    with services.reading() as session:
        return stored_reports.waiting(session, clock.now())
