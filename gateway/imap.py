"""The IMAP door: every active mailbox is read by one process at a time, in a thread and a connection of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Final

import structlog
from sqlalchemy.orm import Session

from gateway import imap_reader, outages
from gateway.imap_reader import Reader, Source
from gateway.imap_taking import Desk
from gateway.imap_tokens import Purse
from gateway.store import leases, mailboxes
from gateway.store.session import SessionFactory

ROUND_SECONDS: Final = 2.0
LEASE_SECONDS: Final = 8.0
DRAIN_SECONDS: Final = 15.0
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the door needs, wired once per process."""

    sessions: SessionFactory
    reading: Callable[[], AbstractContextManager[Session]]
    transaction: Callable[[], AbstractContextManager[Session]]
    desk: Desk
    purse: Purse
    owner: str
    own_addresses: frozenset[str]


@dataclass
class Fleet:
    """The readers of one process."""

    wiring: Wiring
    readers: dict[int, Reader] = field(default_factory=dict)
    _held_at: dict[int, float] = field(default_factory=dict)

    def turn(self) -> None:
        """Read what is to be read: start, stop, and start anew what was set otherwise. Errors: the database's."""
        with self.wiring.reading() as session:
            wanted = {row.id: imap_reader.source_of(row) for row in mailboxes.active(session)}
        held = {each for each in wanted if self._hold(each)}
        for source_id in set(self.readers):
            reader = self.readers[source_id]
            if source_id not in held or reader.source != wanted[source_id] or not reader.alive:
                self._end([source_id])
        for source_id in held - set(self.readers):
            self._begin(wanted[source_id])

    def lost(self) -> None:
        """Stop what another process may read by now, as the lease could not be prolonged."""
        now = time.monotonic()
        self._end([each for each in self.readers if now - self._held_at.get(each, 0.0) > LEASE_SECONDS])

    def close(self) -> None:
        """Stop all readers, and let other processes go on at once."""
        ours = list(self.readers)
        self._end(ours)
        for source_id in ours:
            leases.release(self.wiring.sessions, _lease(source_id), self.wiring.owner)

    def _hold(self, source_id: int) -> bool:
        at = time.monotonic()
        held = leases.hold(self.wiring.sessions, _lease(source_id), self.wiring.owner, LEASE_SECONDS)
        if held is not None:
            self._held_at[source_id] = at
        return held is not None

    def _begin(self, source: Source) -> None:
        log.info("mailbox_read", mailbox=source.name, host=source.place.host, folders=list(source.folders))
        reader = Reader(source, self.wiring.desk, self.wiring.purse, self.wiring.own_addresses)
        self.readers[source.id] = reader
        reader.start()

    def _end(self, source_ids: list[int]) -> None:
        ended = [self.readers.pop(each) for each in source_ids]
        imap_reader.end(ended, DRAIN_SECONDS)


def serve(wiring: Wiring, stop: threading.Event) -> None:
    """Read mailboxes until told to stop; the database may be away for a while."""
    logging.getLogger("imapclient").setLevel(logging.WARNING)  # what it tells holds passwords
    fleet = Fleet(wiring)
    watched = False
    try:
        while not stop.is_set():
            try:
                if not watched:
                    with wiring.transaction() as session:
                        outages.watch(session, wiring.desk.now())
                    watched = True
                fleet.turn()
            except Exception:
                log.exception("mailboxes_not_looked_after")
                fleet.lost()
            stop.wait(ROUND_SECONDS)
    finally:
        fleet.close()


def _lease(source_id: int) -> str:
    return f"imap-{source_id}"
