"""Drain the outbox through a transport, and note how each letter ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from gateway.store import leases, outbox
from gateway.store.models import Outbox
from gateway.store.outbox import Claimed
from gateway.store.session import SessionFactory
from gateway.tickets import returns
from gateway.tickets.letterhead import Letterhead
from gateway.transport import Reply, Transport, Unheard, Unreachable

BATCH: Final = 16
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
        return True

    def _send_all(self, claimed: list[Claimed], transport: Transport) -> None:
        """Send a batch; how one letter ended is committed together with the next one's beginning."""
        ended: Note | None = None
        for each in claimed:
            ended = self._send(each, transport, ended)
        if ended is not None:
            with self.transaction() as session:
                ended(session)

    def _send(self, letter: Claimed, transport: Transport, before: Note | None) -> Note | None:
        """Send one letter; what is to be noted about it, in the next commit."""
        try:
            answers = transport.offer(letter.reverse_path, letter.recipients, letter.content)
        except Unreachable as fault:
            return _both(before, self._deferred(letter, {}, str(fault)))
        taken = [each for each, answer in answers.items() if answer.accepted]
        if not taken:
            return _both(before, self._refused(letter, answers))
        with self.transaction() as session:
            if before is not None:
                before(session)
            ours = outbox.begin(session, letter)
        if not ours:
            transport.close()
            return None
        try:
            answer = transport.transfer(letter.content)
        except Unheard as fault:
            reason = f"no answer after the content: {fault}"
            return lambda session: outbox.uncertain(session, letter, self.now(), reply=reason)
        return self._ended(letter, answers, answer)

    def _ended(self, letter: Claimed, answers: Mapping[str, Reply], answer: Reply) -> Note:
        """What the final answer means for each recipient."""
        final = {each: answer if first.accepted else first for each, first in answers.items()}
        results = {each: str(reply) for each, reply in final.items()}
        owed = [each for each, reply in final.items() if not reply.accepted and not reply.permanent]
        if owed:
            last = str(final[owed[0]])
            return self._deferred(letter, results, last, owed=owed)
        if any(reply.accepted for reply in final.values()):
            return lambda session: self._sent(session, letter, final)
        return self._refused(letter, final)

    def _sent(self, session: Session, letter: Claimed, final: Mapping[str, Reply]) -> None:
        refused = [f"{each}: {reply}" for each, reply in final.items() if not reply.accepted]
        reply = "; ".join(refused) or str(next(iter(final.values())))
        results = {each: str(answer) for each, answer in final.items()}
        outbox.sent(session, letter, self.now(), results=results, reply=reply)

    def _refused(self, letter: Claimed, answers: Mapping[str, Reply]) -> Note:
        """Nobody was accepted: try those again who may be later, else it failed."""
        results = {each: str(reply) for each, reply in answers.items()}
        owed = [each for each, reply in answers.items() if not reply.permanent]
        if owed:
            return self._deferred(letter, results, str(answers[owed[0]]), owed=owed)
        return lambda session: self._failed(session, letter, results, str(next(iter(answers.values()))))

    def _failed(self, session: Session, letter: Claimed, results: Mapping[str, str], reply: str) -> None:
        outbox.failed(session, letter, results=results, reply=reply)
        returns.letter_refused(session, self.head, letter.id, at=self.now())

    def _deferred(
        self, letter: Claimed, results: Mapping[str, str], reply: str, owed: list[str] | None = None
    ) -> Note:
        left = owed if owed is not None else list(letter.recipients)

        def note(session: Session) -> None:
            if not outbox.deferred(session, letter, self.now(), owed=left, results=results, reply=reply):
                returns.letter_refused(session, self.head, letter.id, at=self.now())

        return note


def _both(first: Note | None, second: Note) -> Note:
    """Two notes for one commit."""
    if first is None:
        return second

    def note(session: Session) -> None:
        first(session)
        second(session)

    return note
