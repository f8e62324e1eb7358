"""One look at a folder: what is new gets a fate, what is durable is marked on the server, what failed waits its turn.

The order is the promise: a mail is stored and committed, then moved, flagged or deleted. What was cut off in between
is found again by its row, and what was done twice is recognised.
"""

from __future__ import annotations

import imaplib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from gateway import imap_mail, imap_marking
from gateway.imap_mail import Box
from gateway.imap_marking import Marking
from gateway.imap_wire import Connection, Fault, Fetched, TooMuch, chunks
from gateway.inbound.pacing import Pace
from gateway.inbound.receive import Arrival
from gateway.store import mailboxes
from gateway.store.blobs import Blobs
from gateway.store.mailboxes import Seen
from gateway.store.models import Fate

ROUND: Final = 100
BATCH: Final = 16
BATCH_BYTES: Final = 4 * 1024 * 1024
HEADER_BYTES: Final = 64 * 1024
CUT, WRONG, ENOUGH = 1, 4, 12
"""What a broken connection and a wrong answer weigh, and how much makes a mail unfetchable."""
_HASTY: Final = 3
_AGAIN: Final = timedelta(seconds=30)
LONGEST_SECONDS: Final = 60.0
"""How long one fetch may hold the mailbox up, whatever it brings: the mails behind it are due within a minute."""
_SLOWEST_BYTES_PER_SECOND: Final = 512 * 1024
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """What taking mail needs of the rest."""

    transaction: Callable[[], AbstractContextManager[Session]]
    reading: Callable[[], AbstractContextManager[Session]]
    blobs: Blobs
    now: Callable[[], datetime]
    max_bytes: int
    room: Callable[[], bool] = lambda: True
    pace: Pace = field(default_factory=Pace)


@dataclass
class Folder:
    """A folder of an open connection. `refused` says why what is durable could not be marked, empty where it was."""

    desk: Desk
    connection: Connection
    box: Box
    source_id: int
    name: str
    marking: Marking
    stopping: Callable[[], bool] = lambda: False
    refused: str = field(default="", init=False)
    _id: int = field(default=0, init=False)

    def look(self, *, whole: bool) -> None:
        """Take everything that is due here. `whole` compares the folder with all that is known of it.

        Errors: what `Fault` names, and the database's; everything committed until then stays so.
        """
        validity, exists = self.connection.open_folder(self.name)
        self.connection.forget_news()
        with self.desk.transaction() as session:
            self._id, last = mailboxes.folder(session, self.source_id, self.name, uid_validity=validity)
        self._compare(exists, last, whole=whole)
        self._mark()
        while not self.stopping() and self.desk.room():
            with self.desk.reading() as session:
                due = mailboxes.due(session, self._id, self.desk.now(), limit=ROUND)
            if not due:
                return
            self._round(due)
            with self.desk.transaction() as session:
                mailboxes.fetched(session, self.source_id, self.desk.now(), fault=self.refused)

    def _compare(self, exists: int, last: int, *, whole: bool) -> None:
        """Give every UID that is new a row, and forget rows of mails that others removed."""
        here = self.connection.uids(exists, 0 if whole else last)
        with self.desk.reading() as session:
            known = mailboxes.unsettled(session, self._id)
        again = whole and self.marking.empties
        fresh = [uid for uid in here if uid not in known and (again or uid > last)]
        for some in chunks(fresh, 5000):
            with self.desk.transaction() as session:
                mailboxes.see(session, self._id, some, self.desk.now())
        if whole:
            self._forget(set(known) - set(here))

    def _forget(self, gone: set[int]) -> None:
        """Mails that are in the folder no more: somebody moved or removed them, or we did and were cut off."""
        for some in chunks(gone):
            log.info("mails_gone", folder=self.name, uids=some[:20], count=len(some))
            with self.desk.transaction() as session:
                mailboxes.settle(session, self._id, some)

    def _mark(self) -> None:
        """Mark what is durable; where the server refuses, say so and go on taking mail."""
        with self.desk.reading() as session:
            stored = mailboxes.pending(session, self._id) if not self.refused else []
        for some in chunks(stored, 200):
            try:
                left = imap_marking.mark(self.connection, some, self.marking)
            except imaplib.IMAP4.error as fault:
                if isinstance(fault, imaplib.IMAP4.abort):
                    raise
                self.refused = f"{self.marking.after} is refused: {fault}"
                log.warning("marking_refused", folder=self.name, uids=some[:20], reason=str(fault)[:200])
                return
            with self.desk.transaction() as session:
                mailboxes.settle(session, self._id, some, left=left)

    # Taking.

    def _round(self, due: Sequence[Seen]) -> None:
        sizes = self.connection.sizes([each.uid for each in due])
        if gone := {each.uid for each in due} - sizes.keys():
            self._without_size(gone)
        there = [each for each in due if each.uid in sizes]
        for batch in batches([each for each in there if sizes[each.uid] <= self.desk.max_bytes], sizes):
            if self.stopping():
                return
            self._take(batch, sum(sizes[each.uid] for each in batch))
            self._mark()
        for each in there:
            if sizes[each.uid] > self.desk.max_bytes:
                reason = f"{sizes[each.uid]} bytes, at most {self.desk.max_bytes} are taken"
                self._review(each.uid, Fate.TOO_LARGE, reason)

    def _without_size(self, uids: set[int]) -> None:
        """Mails that the server gives no size for: gone by now, or there and not to be had."""
        still = set(self.connection.uids_of(sorted(uids)))
        self._forget(uids - still)
        if still:
            self._blame(sorted(still), WRONG, "the server does not give it")

    def _take(self, batch: Sequence[Seen], size_bytes: int) -> None:
        uids = [each.uid for each in batch]
        seconds = min(20 + size_bytes / _SLOWEST_BYTES_PER_SECOND, LONGEST_SECONDS)
        try:
            found = self.connection.mails(uids, seconds=seconds, size_bytes=size_bytes)
        except Fault as fault:
            self._blame(uids, _weight(fault) if len(batch) == 1 else CUT, str(fault))
            if isinstance(fault, imaplib.IMAP4.abort | OSError):
                raise
            return  # the server answered no: the connection is good
        if missing := set(uids) - found.keys():
            self._without_size(missing)
        self._store(found)

    def _store(self, found: dict[int, Fetched]) -> None:
        at = self.desk.now()
        arrived = [imap_mail.arrival(self.box, each.raw, each.internal_date, at) for each in found.values()]
        mails = list(zip(found, self.desk.pace.spread(arrived, at), strict=True))
        for some in (mails, *([each] for each in mails if len(mails) > 1)):
            try:
                with self.desk.transaction() as session:
                    mailboxes.take(session, self.desk.blobs, self._id, some)
            except (DataError, IntegrityError, ValueError) as fault:  # what one mail holds cannot be stored
                log.exception("commit_failed", folder=self.name, uids=[uid for uid, _ in some])
                if len(some) == 1:
                    self._blame([some[0][0]], WRONG, f"it cannot be stored: {type(fault).__name__}")
            else:
                if len(some) == len(mails):
                    return

    # What fails.

    def _blame(self, uids: list[int], weight: int, reason: str) -> None:
        """Count failures; a mail that failed too often is put before a person, and the folder goes on."""
        at = self.desk.now()
        with self.desk.reading() as session:
            before = mailboxes.strikes(session, self._id, uids)
        for uid in uids:
            strikes = before.get(uid, 0) + weight
            log.warning("mail_failed", folder=self.name, uid=uid, strikes=strikes, reason=reason[:200])
            wait = timedelta() if strikes <= _HASTY else _AGAIN * min(strikes - _HASTY, 10)
            with self.desk.transaction() as session:
                mailboxes.strike(
                    session, self._id, [uid], weight=weight, next_try_at=at + wait, reason=reason
                )
                if strikes >= ENOUGH:
                    self._review_in(session, uid, Fate.UNFETCHABLE, reason=f"cannot be fetched: {reason}")

    def _review(self, uid: int, fate: Fate, reason: str) -> None:
        header = self.connection.header(uid, HEADER_BYTES)
        with self.desk.transaction() as session:
            self._review_in(session, uid, fate, reason=reason, header=header)

    def _review_in(
        self, session: Session, uid: int, fate: Fate, *, reason: str, header: Fetched | None = None
    ) -> None:
        log.warning("mail_left", folder=self.name, uid=uid, fate=str(fate), reason=reason[:200])
        where = f"UID {uid} in {self.name} of {self.box.address}"
        raw, at = (header.raw, header.internal_date) if header else (b"", None)
        kept: Arrival = imap_mail.arrival(self.box, raw, at, self.desk.now())
        mailboxes.leave_for_review(session, self.desk.blobs, self._id, uid, fate=fate, header=kept,
                                   reason=f"{where}: {reason}"[:1000], told=imap_mail.told(raw))  # fmt: skip


def batches(due: Sequence[Seen], sizes: dict[int, int]) -> Iterator[list[Seen]]:
    """Mails to fetch at once: bounded in number and size; one that failed before, or is large, alone."""
    batch: list[Seen] = []
    total = 0
    for each in due:
        alone = each.strikes > 0 or sizes[each.uid] > BATCH_BYTES
        if batch and (alone or len(batch) >= BATCH or total + sizes[each.uid] > BATCH_BYTES):
            yield batch
            batch, total = [], 0
        if alone:
            yield [each]
            continue
        batch.append(each)
        total += sizes[each.uid]
    if batch:
        yield batch


def _weight(fault: BaseException) -> int:
    """What a failure says of the mail itself: a broken connection little, an answer that makes no sense more."""
    broken = isinstance(fault, imaplib.IMAP4.abort | OSError) and not isinstance(fault, TooMuch)
    return CUT if broken else WRONG
