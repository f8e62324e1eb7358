"""`helpdesk import`: customers, contracts, contacts, engineers and teams from a YAML file."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

import click

from gateway import clock
from gateway.cli import desk
from gateway.operations import auditing, importing, pruning
from gateway.operations.estate_writing import Summary
from gateway.operations.yaml_tree import LARGEST_BYTES, Unreadable
from gateway.services import Services


@click.command("import")
@click.argument("file", metavar="FILE.yaml", type=click.File("rb"))
@click.option("--prune", is_flag=True, help="Show what the file does not name any more.")
@click.option("--yes", is_flag=True, help="With --prune: remove or deactivate it.")
@click.option("--dry-run", is_flag=True, help="Check and show everything, change nothing.")
def command(file: BinaryIO, prune: bool, yes: bool, dry_run: bool) -> None:
    """Make the desk what FILE.yaml declares: all of it or, where anything is wrong, nothing.

    What the file does not name is left alone. Running it again changes nothing.
    """
    content = file.read(LARGEST_BYTES + 1)
    try:
        with desk.opened("import") as services:
            summary, gone = run(services, content, prune=prune, really=yes, dry_run=dry_run)
    except Unreadable as unreadable:
        for fault in unreadable.faults:
            click.echo(f"{file.name}:{fault.line}: {fault.text}", err=True)
        raise click.ClickException(
            f"{_count(len(unreadable.faults), 'fault')}; nothing was imported"
        ) from None
    _tell(summary, gone, pruned=yes and not dry_run)
    if dry_run:
        click.echo("dry run: nothing was changed")


class _DryRun(Exception):
    """Ends a transaction without committing it."""


def run(
    services: Services,
    content: bytes,
    *,
    prune: bool = False,
    really: bool = False,
    dry_run: bool = False,
    at: datetime | None = None,
) -> tuple[Summary, list[str]]:
    """What changed, and what the file does not name any more. Errors: Unreadable with every fault."""
    draft = importing.read(content)
    with services.reading() as session:
        hashes = importing.hashed(session, draft)
    try:
        with services.transaction() as session:
            key = services.settings.secret_key.get_secret_value()
            summary = importing.apply(session, draft, hashes, at=at or clock.now(), key=key)
            gone = []
            if prune:
                gone = pruning.prune(session, draft.file, importing.current(session), really=really)
            if dry_run:
                raise _DryRun
            told = {
                "added": summary.added.total(),
                "changed": summary.changed.total(),
                "ended": len(gone) * really,
            }
            auditing.note(session, actor="cli", act="import.applied", data=told, at=at or clock.now())
    except _DryRun:
        pass
    return summary, gone


def _tell(summary: Summary, gone: list[str], *, pruned: bool) -> None:
    for line in summary.lines:
        click.echo(line)
    for line in gone:
        click.echo(f"pruned: {line}" if pruned else f"would prune: {line}")
    if gone and not pruned:
        click.echo("pass --prune --yes to do so")
    counts = (("added", summary.added), ("changed", summary.changed), ("unchanged", summary.unchanged))
    click.echo(", ".join(f"{counter.total()} {name}" for name, counter in counts))


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
