"""Contents that wait for the scanner: each asked about once, after its mail was filed, and never before it.

No transaction waits for the scanner. While it is away it is left alone for a while by every process, and what could
not be scanned stays what it is: not scanned.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway.scanner import Away, Scanner, Unsure, Verdict
from gateway.store import leases, scans
from gateway.store.blobs import Blobs, Missing
from gateway.store.models import Scan, ScanState
from gateway.store.session import SessionFactory
from gateway.tickets import scanned
from gateway.tickets.letterhead import Letterhead

BATCH: Final = 8
REST: Final = timedelta(seconds=30)
"""How long a scanner that does not answer is left alone."""
ATTEMPTS: Final = 10
"""How often a content is asked about of which the scanner cannot tell."""
_LONGEST_WAIT: Final = timedelta(minutes=15)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Scanning:
    """The loop over what waits, wired once per process; without a scanner everything waits."""

    sessions: SessionFactory
    transaction: Callable[[], AbstractContextManager[Session]]
    blobs: Blobs
    scanner: Scanner | None
    head: Letterhead
    owner: str
    now: Callable[[], datetime]

    def drain(self, until: datetime) -> bool:
        """Scan what waits until nothing is left, the time is over or the scanner is away; whether work is left."""
        while self.scanner is not None and self.now() < until:
            claimed = self._claim()
            if not claimed:
                return False
            with leases.Keeper(self.sessions, Scan, [row.id for row, _ in claimed], self.owner):
                if not self._judge_all(claimed, until):
                    return False
        return self.scanner is not None

    def _claim(self) -> list[tuple[Scan, int]]:
        with self.transaction() as session:
            if scans.resting(session):
                return []
            fences = leases.claim(session, scans.CLAIM, owner=self.owner, at=self.now(), limit=BATCH)
            rows = scans.wanted(session, list(fences))
            session.expunge_all()
        return [(row, fences[row.id]) for row in rows]

    def _judge_all(self, claimed: Sequence[tuple[Scan, int]], until: datetime) -> bool:
        """Whether the scanner answered; what was not tried is given back."""
        for number, (row, fence) in enumerate(claimed):
            over = number > 0 and self.now() >= until
            if over or not self._judge(row, fence):
                rest = [each.id for each, _ in claimed[number if over else number + 1 :]]
                with self.transaction() as session:
                    scans.give_back(session, rest)
                return over
        return True

    def _judge(self, row: Scan, fence: int) -> bool:
        if row.state == ScanState.NOT_SCANNED:
            try:
                verdict = self._verdict(row.blob_key)
            except Unsure as fault:
                if row.attempts < ATTEMPTS:
                    self._postpone(row, fence, fault)
                    return True
                verdict = Verdict(refused=str(fault))
            except Away as fault:
                self._postpone(row, fence, fault)
                scans.rest(self.sessions, self.owner, REST)
                return False
            if not self._decided(row.id, fence, verdict):
                return True  # somebody else has it by now
        for ticket_id, message_id, attachment_id, name in self._carriers(row.blob_key):
            with self.transaction() as session:
                found = scans.infected(session, [row.blob_key]).get(row.blob_key)
                if found is not None:
                    scanned.note(session, self.head, ticket_id, attachment_id=attachment_id, message_id=message_id,
                                 words=f"{name}: {found}", at=self.now())  # fmt: skip
                scanned.settle(session, self.head, message_id, at=self.now())
        with self.transaction() as session:
            scans.told(session, row.id)
        return True

    def _verdict(self, key: str) -> Verdict:
        """What the scanner says. Errors: Away."""
        assert self.scanner is not None
        with self.transaction() as session:
            small = self.blobs.get_small(session, [key])
        try:
            content = small[key] if key in small else self.blobs.get_large(key)
        except Missing:
            return Verdict(refused="the content is missing")
        return self.scanner.scan(content) if content else Verdict()

    def _decided(self, scan_id: int, fence: int, verdict: Verdict) -> bool:
        """Enter a verdict; it stays due until its tickets know."""
        state = (
            ScanState.INFECTED if verdict.found else ScanState.FAILED if verdict.refused else ScanState.CLEAN
        )
        with self.transaction() as session:
            if not leases.held(session, Scan, scan_id, fence):
                return False
            scans.decide(
                session, scan_id, state=state, at=self.now(), signature=verdict.found, error=verdict.refused
            )
        if verdict.found:
            _log.warning("the scanner found %s", verdict.found)
        return True

    def _carriers(self, key: str) -> Sequence[tuple[int, int, int, str]]:
        with self.transaction() as session:
            return scans.carriers(session, key)

    def _postpone(self, row: Scan, fence: int, fault: Away) -> None:
        _log.warning("no verdict from the scanner: %s", fault)
        wait = min(REST * 2 ** min(row.attempts, 10), _LONGEST_WAIT)
        with self.transaction() as session:
            if leases.held(session, Scan, row.id, fence):
                scans.postpone(session, row.id, self.now() + wait, error=str(fault))
