"""One mailbox read for as long as it is wanted: connect, look, wait for news, and again after any fault.

Nothing that a server does ends the thread: it is noted on the mailbox, and tried again after a pause that grows up
to half a minute, or up to five for a sign-in that is refused, so that nobody is locked out.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import SystemRandom
from typing import Final

import structlog
from imapclient.exceptions import LoginError

from gateway import imap_oauth
from gateway.imap_mail import Box
from gateway.imap_marking import Marking
from gateway.imap_taking import Desk, Folder
from gateway.imap_tokens import NoSecret, Purse
from gateway.imap_wire import Connection, Place
from gateway.store import mailboxes
from gateway.store.models import After, MailSource, SignIn

LONGEST_PAUSE: Final = 30.0
LONGEST_PAUSE_REFUSED: Final = 300.0
IDLE_SECONDS: Final = 240.0
WHOLE_SECONDS: Final = 3600.0
_random: Final = SystemRandom()
log = structlog.get_logger(__name__)


class SignInRefused(Exception):
    """The server, or the provider of tokens, does not let us in."""


@dataclass(frozen=True, slots=True)
class Source:
    """A mailbox as it is set: when this changes, it is read anew."""

    id: int
    name: str
    place: Place
    user: str
    address: str
    folders: tuple[str, ...]
    marking: Marking
    sign_in: SignIn
    authserv_id: str
    poll_seconds: float
    sealed: str = field(default="", repr=False)


def source_of(row: MailSource) -> Source:
    """A mailbox's settings, out of its row."""
    return Source(
        row.id, row.name, Place(row.host, row.port, row.ca_file, row.plain), row.user, row.address,
        tuple(row.folders), Marking(After(row.after), row.target), SignIn(row.sign_in), row.authserv_id,
        float(row.poll_seconds), row.secret,
    )  # fmt: skip


class Reader:
    """Reads one mailbox in a thread of its own until `stop`."""

    def __init__(self, source: Source, desk: Desk, purse: Purse, own_addresses: frozenset[str]) -> None:
        self.source = source
        self._desk, self._purse, self._own = desk, purse, own_addresses
        self._stop = threading.Event()
        self._connection: Connection | None = None
        self._failures = 0
        self._looked_whole = -WHOLE_SECONDS
        self._told_at: datetime | None = None
        self._token_until: datetime | None = None
        self._thread = threading.Thread(target=self.run, name=f"imap-{source.name}"[:15], daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end: a mail that is being stored is stored, whatever waits for the server is cut off."""
        self._stop.set()
        if connection := self._connection:
            connection.cut()

    def join(self, seconds: float) -> None:
        """Wait for the end."""
        self._thread.join(seconds)

    @property
    def alive(self) -> bool:
        """Whether it still reads."""
        return self._thread.is_alive()

    def run(self) -> None:
        """Read until told to stop."""
        while not self._stop.is_set():
            try:
                self.session()
            except Exception as fault:  # noqa: BLE001  it is told on the mailbox, and reading goes on
                if not self._stop.is_set():
                    self._failed(fault)

    def session(self) -> None:
        """One connection: sign in, then look and wait until it is time for another. Errors: anything."""
        connection = Connection(self.source.place)
        self._connection = connection
        try:
            if self._stop.is_set():
                return
            self.sign_in(connection)
            looks, whole = 0, True
            while not self._stop.is_set() and not self._token_ends():
                self.look(connection, whole=whole)
                self._failures, looks = 0, looks + 1
                whole = self._wait(connection)
        finally:
            self._connection = None
            connection.leave()

    def look(self, connection: Connection, *, whole: bool) -> None:
        """Take what is new in every folder, and note that it went well."""
        box = Box(self.source.address, self._own, self.source.place.host, self.source.authserv_id,
                  connection.tls_version)  # fmt: skip
        refused = ""
        for name in self.source.folders:
            folder = Folder(self._desk, connection, box, self.source.id, name, self.source.marking,
                            self._stop.is_set)  # fmt: skip
            folder.look(whole=whole)
            refused = refused or folder.refused
        if not self._desk.room():
            raise OSError("the disk is nearly full: mail stays in the mailbox")
        with self._desk.transaction() as session:
            mailboxes.fetched(session, self.source.id, self._desk.now(), fault=refused)
        if whole:
            self._looked_whole = time.monotonic()

    def _wait(self, connection: Connection) -> bool:
        """Wait until there may be news; whether the next look has to compare everything again."""
        if not connection.news():
            if connection.has_capability("IDLE"):
                several = len(self.source.folders) > 1
                connection.wait(self.source.poll_seconds if several else IDLE_SECONDS)
            else:
                self._stop.wait(self.source.poll_seconds)
        return time.monotonic() - self._looked_whole >= WHOLE_SECONDS

    def sign_in(self, connection: Connection) -> None:
        """Sign in as the mailbox is set. Errors: SignInRefused."""
        try:
            if self.source.sign_in is SignIn.PASSWORD:
                with self._desk.reading() as session:
                    row = session.get_one(MailSource, self.source.id)
                connection.sign_in(self.source.user, self._purse.password(row))
            else:
                self._sign_in_with_token(connection)
        except (LoginError, NoSecret, imap_oauth.Refused) as fault:
            raise SignInRefused(str(fault)) from None

    def _sign_in_with_token(self, connection: Connection) -> None:
        """A token that the server does not take is not tried twice: the next connection asks for a fresh one."""
        token, self._token_until = self._purse.token(self.source.id, fresh=self._failures > 0)
        connection.sign_in_with_token(self.source.user, token)

    def _token_ends(self) -> bool:
        """Whether the token ends so soon that another connection with a fresh one is due."""
        soon = self._desk.now() + timedelta(seconds=IDLE_SECONDS + 30)
        return self._token_until is not None and self._token_until <= soon

    # Faults.

    def _failed(self, fault: Exception) -> None:
        self._failures += 1
        refused = isinstance(fault, SignInRefused)
        pause = pause_after(self._failures, LONGEST_PAUSE_REFUSED if refused else LONGEST_PAUSE)
        words = f"{'sign-in refused' if refused else type(fault).__name__}: {fault}".replace("\n", " ")[:300]
        log.warning("mailbox_failed", mailbox=self.source.name, fault=words, pause=round(pause, 1))
        try:
            with self._desk.transaction() as session:
                mailboxes.failed(session, self.source.id, self._desk.now(), fault=words)
        except Exception:
            log.exception("mailbox_fault_not_noted", mailbox=self.source.name)
        self._stop.wait(pause)


def pause_after(failures: int, longest: float) -> float:
    """Seconds to wait after so many failures in a row: doubled each time up to the longest, and scattered.

    >>> 0.5 <= pause_after(1, 30) <= 1 and 15 <= pause_after(99, 30) <= 30
    True
    """
    return min(2.0 ** min(failures - 1, 20), longest) * _random.uniform(0.5, 1.0)


def end(readers: Sequence[Reader], seconds: float) -> None:
    """Stop readers and wait for them together for so long."""
    for each in readers:
        each.stop()
    until = time.monotonic() + seconds
    for each in readers:
        each.join(max(0.0, until - time.monotonic()))
