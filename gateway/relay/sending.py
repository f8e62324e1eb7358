"""Drain the outbox through a transport, and note how each letter ended."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from gateway.relay.circuits import Circuits
from gateway.relay.lanes import Batch, Lanes
from gateway.store import leases, outbox
from gateway.store.models import Outbox, Promise
from gateway.store.outbox import Claimed, Ending
from gateway.store.session import SessionFactory
from gateway.tickets import returns
from gateway.tickets.letterhead import Letterhead
from gateway.transport import Reply, Transport, Unheard, Unreachable

BATCH: Final = 16
PAUSES: Final = (0.0, 0.5, 1.0, 2.0, 4.0, *(5.0 for _ in range(12)))
"""Seconds between attempts to note what became of a letter: far beyond a lease, since whoever has not claimed the
letter meanwhile still notes it in time.
"""
_BEHIND: Final = timedelta(minutes=1)
_CLOSING: Final = 421
Note = Callable[[Session], None]
_log = logging.getLogger(__name__)


def _as_it_is(content: bytes) -> bytes:
    return content


@dataclass(frozen=True, slots=True)
class Relay:
    """What sending needs, wired once per process. Without a transport letters are kept here to be looked at.

    Shape: `lanes` let letters pass those whose destination does not answer; without them all go over `transport`,
    one by one. `sign` makes the bytes that leave out of those that are stored, always the same ones.
    """

    sessions: SessionFactory
    transaction: Callable[[], AbstractContextManager[Session]]
    transport: Transport | None
    head: Letterhead
    owner: str
    per_destination: int
    now: Callable[[], datetime]
    sign: Callable[[bytes], bytes] = _as_it_is
    lanes: Lanes | None = None
    circuits: Circuits = field(default_factory=Circuits)
    pauses: Sequence[float] = PAUSES

    def drain(self, until: datetime) -> bool:
        """Send due letters until none is left or the time is over; whether work is left that could be done now."""
        while self.now() < until:
            if self.circuits.hop_until(self.now()) or (self.lanes and self.lanes.all_wait()):
                return False  # the clock rings again for what is due
            limit = 1 if self.circuits.probing() else BATCH
            claimed = self._claimed(limit)
            if not claimed:
                return False
            if self.transport is not None:
                self._send_all(claimed, self.transport)
            if len(claimed) < limit:
                return False  # whatever came meanwhile has rung anew
        return True

    def _claimed(self, limit: int) -> list[Claimed]:
        with self.transaction() as session:
            claimed = outbox.claim(
                session,
                owner=self.owner,
                at=self.now(),
                limit=limit,
                per_destination=self.per_destination,
            )
            if claimed and self.transport is None:
                for each in claimed:
                    outbox.kept(session, each, self.now())
        return claimed

    def _send_all(self, claimed: list[Claimed], transport: Transport) -> None:
        if self.lanes is None:
            self._work(Batch(claimed), transport, lambda _: None)
            return
        behind = self.lanes.run(Batch(claimed, self.lanes), self._work)
        if behind:
            with self.transaction() as session:
                for each in behind:
                    outbox.untried(session, each, self.now() + _BEHIND)

    def _work(self, batch: Batch, transport: Transport, on: Callable[[str], None]) -> None:
        """Send a batch's letters. How a letter ended is committed together with the next one's beginning, but at
        once where it would be sent again if that note were lost.
        """
        ended: Note | None = None
        destination = ""
        with leases.Keeper(self.sessions, Outbox, batch.ids, self.owner):
            while (each := batch.next(destination)) is not None:
                destination = each.destination
                on(destination)
                ended = self._try(each, transport, ended)
                if ended is not None and each.promise is Promise.AT_LEAST_ONCE:
                    self._noted(ended)
                    ended = None
            if ended is not None:
                self._noted(ended)

    def _noted(self, note: Note) -> None:
        """Commit what is known of letters that have left; a lost connection to the database is tried anew."""
        for pause in self.pauses:
            try:
                with self.transaction() as session:
                    note(session)
                return
            except OperationalError:
                time.sleep(pause)
        with self.transaction() as session:
            note(session)

    def _try(self, letter: Claimed, transport: Transport, before: Note | None) -> Note | None:
        """Send one letter, unless its destination is left alone."""
        until = self.circuits.until(letter.destination, self.now())
        if until is not None:
            return _both(before, lambda session: outbox.untried(session, letter, until))
        return self._send(letter, transport, before)

    def _send(self, letter: Claimed, transport: Transport, before: Note | None) -> Note | None:
        """Send one letter; what is to be noted about it, in the next commit."""
        try:
            content = self.sign(letter.content)
            answers = transport.offer(letter.reverse_path, letter.recipients, content)
        except Unreachable as fault:
            self.circuits.silent(letter.destination, self.now(), greeted=fault.greeted)
            return _both(before, self._deferred(letter, {}, str(fault), owed=letter.recipients))
        except Exception as fault:  # noqa: BLE001  whatever is wrong with one letter stops no other
            reason = _unexpected(letter, transport, fault)
            return _both(before, self._deferred(letter, {}, reason, owed=letter.recipients))
        self._heard(letter, answers)
        if not any(answer.accepted for answer in answers.values()):
            return _both(before, self._ended(letter, answers))
        if not self._begun(letter, transport, before):
            return None
        return self._transfer(letter, transport, content, answers)

    def _transfer(
        self, letter: Claimed, transport: Transport, content: bytes, answers: Mapping[str, Reply]
    ) -> Note:
        """The content, to those who were accepted; from here on a fault leaves the letter uncertain."""
        try:
            answer = transport.transfer(content)
        except Unheard as fault:
            self.circuits.silent(letter.destination, self.now(), greeted=True)
            reason = f"no answer after the content: {fault}"
            return lambda session: outbox.uncertain(session, letter, self.now(), reply=reason)
        except Exception as fault:  # noqa: BLE001  as above
            reason = _unexpected(letter, transport, fault)
            return lambda session: outbox.uncertain(session, letter, self.now(), reply=reason)
        told = {each: answer if first.accepted else first for each, first in answers.items()}
        self._heard(letter, told)
        return self._ended(letter, told)

    def _heard(self, letter: Claimed, answers: Mapping[str, Reply]) -> None:
        """Whoever answers is alive, but for a server that says it is closing (RFC 5321 §3.8)."""
        if any(answer.code == _CLOSING for answer in answers.values()):
            self.circuits.silent(letter.destination, self.now(), greeted=True)
        else:
            self.circuits.answered(letter.destination)

    def _begun(self, letter: Claimed, transport: Transport, before: Note | None) -> bool:
        """Note that the content is about to leave; False, and nothing does, where another process has the letter."""
        ours = False
        try:
            with self.transaction() as session:
                if before is not None:
                    before(session)
                ours = outbox.begin(session, letter)
        finally:
            if not ours:
                transport.close()
        return ours

    def _ended(self, letter: Claimed, answers: Mapping[str, Reply]) -> Note:
        """What the last answer for each recipient means."""
        results = {each: str(reply) for each, reply in answers.items()}
        owed = [each for each, reply in answers.items() if not reply.accepted and not reply.permanent]
        if owed:
            return self._deferred(letter, results, str(answers[owed[0]]), owed=owed)
        refusals = [str(reply) for reply in answers.values() if not reply.accepted]
        reply = refusals[0] if refusals else str(next(iter(answers.values())))

        def note(session: Session) -> None:
            end = outbox.ended(session, letter, self.now(), results=results, reply=reply)
            self._tell(session, letter, end, results)

        return note

    def _deferred(
        self, letter: Claimed, results: Mapping[str, str], reply: str, *, owed: Sequence[str]
    ) -> Note:
        def note(session: Session) -> None:
            end = outbox.deferred(session, letter, self.now(), owed=owed, results=results, reply=reply)
            self._tell(session, letter, end, results)

        return note

    def _tell(
        self, session: Session, letter: Claimed, end: Ending | None, results: Mapping[str, str]
    ) -> None:
        """Tell the letter's ticket. Where that fails for a reason of ours the letter's own row must still say how it
        ended: left as being sent, it would be sent again.
        """
        try:
            with session.begin_nested():
                self._told(session, letter, end, results)
        except OperationalError:
            raise  # the whole note is tried anew
        except Exception as fault:  # noqa: BLE001  a ticket that cannot be told makes no letter leave twice
            _log.error("letter %s ended, and its ticket could not be told", letter.id, exc_info=fault)

    def _told(
        self, session: Session, letter: Claimed, end: Ending | None, results: Mapping[str, str]
    ) -> None:
        """What a ticket cares about: that its resolution was accepted, that a letter was refused for good."""
        if accepted := [who for who, told in results.items() if told.startswith("2")]:
            returns.record_accepted(session, self.head, letter, accepted, at=self.now())
        if end in (Ending.PARTLY, Ending.FAILED):
            returns.letter_refused(session, self.head, letter.id, end=end, at=self.now())


def _unexpected(letter: Claimed, transport: Transport, fault: Exception) -> str:
    """The fault in the log, and as the row tells it; the connection is given up, as its state is unknown."""
    _log.error("letter %s could not be sent", letter.id, exc_info=fault)
    transport.close()
    return f"a fault of ours: {type(fault).__name__}"


def _both(first: Note | None, second: Note) -> Note:
    """Two notes for one commit."""
    if first is None:
        return second

    def note(session: Session) -> None:
        first(session)
        second(session)

    return note
