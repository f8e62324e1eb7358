"""`helpdesk imap`: the process that reads mailboxes."""

from __future__ import annotations

import shutil
import signal
import threading
from typing import TYPE_CHECKING

import click

from gateway import clock
from gateway.cli import entry
from gateway.services import Services

if TYPE_CHECKING:
    from gateway import imap


@click.command()
def command() -> None:
    """Read the mailboxes of the import file over IMAP until told to stop."""
    settings = entry.prepare("imap")
    services = entry.ready(settings)
    from gateway import imap

    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    imap.serve(wiring(services), stop)


def wiring(services: Services) -> imap.Wiring:
    """The door's parts out of a process's services."""
    from gateway import imap
    from gateway.imap_taking import Desk
    from gateway.imap_tokens import Purse

    settings = services.settings

    def room() -> bool:
        return shutil.disk_usage(settings.data_dir).free >= 1.5 * settings.smtp_max_bytes

    return imap.Wiring(
        sessions=services.sessions,
        reading=services.reading,
        transaction=services.transaction,
        desk=Desk(
            services.transaction, services.reading, services.blobs, clock.now, settings.smtp_max_bytes, room
        ),
        purse=Purse(
            services.transaction, services.reading, settings.secret_key.get_secret_value(), clock.now
        ),
        owner=services.owner,
        own_addresses=settings.own_addresses,
    )
