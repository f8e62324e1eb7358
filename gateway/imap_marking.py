"""What is done on the server with a mail that is durable here: moved, flagged, or deleted; never anybody else's."""

from __future__ import annotations

import imaplib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog

from gateway.imap_wire import Connection, safe, safe_flag
from gateway.store.models import After

_DELETED: Final = "\\Deleted"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Marking:
    """What to do. Shape: `target` is a folder or a flag."""

    after: After
    target: str = ""

    @property
    def empties(self) -> bool:
        """Whether what was taken leaves the folder."""
        return self.after is not After.FLAG


def mark(connection: Connection, uids: Sequence[int], marking: Marking) -> bool:
    """Mark mails; whether they had to be left in the folder, marked as deleted.

    Without UIDPLUS nothing is expunged: a plain EXPUNGE would take what others marked, too (RFC 4315 §2.1). Mails
    that are gone already are passed over by the server.
    """
    with connection.within():
        if marking.after is After.FLAG:
            connection.add_flags(list(uids), [safe_flag(marking.target)], silent=True)
            return False
        if marking.after is After.MOVE:
            folder = safe(marking.target)
            if connection.has_capability("MOVE"):
                _into(connection, uids, folder, "move")
                return False
            _into(connection, uids, folder, "copy")
        connection.add_flags(list(uids), [_DELETED], silent=True)
        if connection.has_capability("UIDPLUS"):
            connection.uid_expunge(list(uids))
            return False
        return True


def _into(connection: Connection, uids: Sequence[int], folder: str, way: str) -> None:
    """Move or copy, making the folder where it is missing."""
    act = connection.move if way == "move" else connection.copy
    try:
        act(list(uids), folder)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        with suppress(imaplib.IMAP4.error):  # it may be there, and the first refusal meant something else
            connection.create_folder(folder)
            log.info("folder_made", folder=folder)
        act(list(uids), folder)
