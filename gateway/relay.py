"""Drain the outbox through a transport, and note how each letter ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from gateway.store import leases, outbox
from gateway.store.models import Outbox, Promise
from gateway.store.outbox import Claimed, Ending
from gateway.store.session import SessionFactory
from gateway.tickets import returns
from gateway.tickets.letterhead import Letterhead
from gateway.transport import Reply, Transport, Unheard, Unreachable

BATCH: Final = 16
_PAUSES: Final = (0.0, 0.5, 1.0, 2.0, 4.0)  # seconds, together shorter than a lease
Note = Callable[[Session], None]


@dataclass(frozen=True, slots=True)
class Relay:
    """What sending needs, wired once per process. Without a transport letters are kept here to be looked at."""

    sessions: SessionFactory
    transaction: Callable[[], AbstractContextManager[Session]]
    transport: Transport | None
    head: Letterhead
    owner: str
    per_destination: int
    now: Callable[[], datetime]

    def drain(self, until: datetime) -> bool:
        """Send due letters until none is left or the time is over; whether work is left."""
        while self.now() < until:
            with self.transaction() as session:
                claimed = outbox.claim(
                    session,
                    owner=self.owner,
                    at=self.now(),
                    limit=BATCH,
                    per_destination=self.per_destination,
                )
                if claimed and self.transport is None:
                    for each in claimed:
                        outbox.kept(session, each, self.now())
            if not claimed:
                return False
            if self.transport is not None:
                with leases.Keeper(self.sessions, Outbox, [each.id for each in claimed], self.owner):
                    self._send_all(claimed, self.transport)
            if len(claimed) < BATCH:
                return False  # whatever came meanwhile has rung anew
        return True

    def _send_all(self, claimed: list[Claimed], transport: Transport) -> None:
        """Send a batch. How a letter ended is committed together with the next one's beginning, but at once where
        it would be sent again if that note were lost.
        """
        ended: Note | None = None
        for each in claimed:
            ended = self._send(each, transport, ended)
            if ended is not None and each.promise is Promise.AT_LEAST_ONCE:
                self._noted(ended)
                ended = None
        if ended is not None:
            self._noted(ended)

    def _noted(self, note: Note) -> None:
        """Commit what is known of letters that have left; a lost connection to the database is tried anew."""
        for pause in _PAUSES:
            try:
                with self.transaction() as session:
                    note(session)
                return
            except OperationalError:
                time.sleep(pause)
        with self.transaction() as session:
            note(session)

    def _send(self, letter: Claimed, transport: Transport, before: Note | None) -> Note | None:
        """Send one letter; what is to be noted about it, in the next commit."""
        try:
            answers = transport.offer(letter.reverse_path, letter.recipients, letter.content)
        except Unreachable as fault:
            return _both(before, self._deferred(letter, {}, str(fault), owed=letter.recipients))
        if not any(answer.accepted for answer in answers.values()):
            return _both(before, self._ended(letter, answers))
        if not self._begun(letter, transport, before):
            return None
        try:
            answer = transport.transfer(letter.content)
        except Unheard as fault:
            reason = f"no answer after the content: {fault}"
            return lambda session: outbox.uncertain(session, letter, self.now(), reply=reason)
        return self._ended(
            letter, {each: answer if first.accepted else first for each, first in answers.items()}
        )

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
        """What a ticket cares about: that its resolution was accepted, that a letter was refused for good."""
        if accepted := [who for who, told in results.items() if told.startswith("2")]:
            returns.record_accepted(session, self.head, letter, accepted, at=self.now())
        if end in (Ending.PARTLY, Ending.FAILED):
            returns.letter_refused(session, self.head, letter.id, end=end, at=self.now())


def _both(first: Note | None, second: Note) -> Note:
    """Two notes for one commit."""
    if first is None:
        return second

    def note(session: Session) -> None:
        first(session)
        second(session)

    return note
