"""Lanes on which letters are sent: one as a rule, a further one where a lane waits too long for an answer.

A next server may take ten minutes to answer (RFC 5321 §4.5.3.2). Meanwhile the letters to other destinations go on
in another lane, over another connection; those to the same destination stay behind the one that waits.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from gateway.store.outbox import Claimed
from gateway.transport import Transport

MOST: Final = 8
PATIENCE_SECONDS: Final = 5.0
_log = logging.getLogger(__name__)


class Batch:
    """Letters claimed together, handed out one by one to the lanes that work on them."""

    def __init__(self, letters: Sequence[Claimed], lanes: Lanes | None = None) -> None:
        self._left = list(letters)
        self._lanes = lanes
        self._lock = threading.Lock()
        self.ids = [letter.id for letter in letters]
        self.fault: BaseException | None = None

    def next(self, busy_with: str = "") -> Claimed | None:
        """The next letter, none to a destination that another lane waits for; None where nothing is left to do."""
        with self._lock:
            elsewhere = self._lanes.waited_for(but=busy_with) if self._lanes else frozenset()
            for index, letter in enumerate(self._left):
                if letter.destination not in elsewhere:
                    return self._left.pop(index)
            return None

    def rest(self) -> list[Claimed]:
        """What nobody will send now, taken away."""
        with self._lock:
            left, self._left = self._left, []
            return left

    def waits(self) -> bool:
        """Whether a letter is left that a further lane could take."""
        with self._lock:
            elsewhere = self._lanes.waited_for() if self._lanes else frozenset()
            return any(letter.destination not in elsewhere for letter in self._left)


Work = Callable[[Batch, Transport, Callable[[str], None]], None]
"""Sends letters of a batch over a transport, and says to which destination the next one goes."""


class Lanes:
    """The lanes of one process. `make` opens a further way to the next server."""

    def __init__(self, make: Callable[[], Transport], *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._make, self._patience = make, patience_seconds
        self._changed = threading.Condition()
        self._spare: list[Transport] = []
        self._under_way: dict[int, tuple[str, float]] = {}
        self._names = 0

    def waited_for(self, *, but: str = "") -> frozenset[str]:
        """The destinations some lane has waited for too long."""
        with self._changed:
            since = time.monotonic() - self._patience
            return frozenset(
                destination
                for destination, began in self._under_way.values()
                if began <= since and destination and destination != but
            )

    def all_wait(self) -> bool:
        """Whether no further lane may be opened."""
        with self._changed:
            return len(self._under_way) >= MOST

    def run(self, batch: Batch, work: Work) -> list[Claimed]:
        """Work on a batch until it is done, or only lanes that wait are left with it; the letters no lane will take.

        Errors: what a lane heard from the database.
        """
        mine: list[int] = []
        while batch.waits() and not self.all_wait():
            mine.append(self._open(batch, work))
            self._wait(mine)
            if batch.fault is not None:
                raise batch.fault
        with self._changed:
            return [] if any(each in self._under_way for each in mine) else batch.rest()

    def _open(self, batch: Batch, work: Work) -> int:
        with self._changed:
            self._names += 1
            name = self._names
            self._under_way[name] = ("", time.monotonic())
            transport = self._spare.pop() if self._spare else None
        threading.Thread(
            target=self._lane, args=[name, batch, transport or self._make(), work], daemon=True, name="lane"
        ).start()
        return name

    def _lane(self, name: int, batch: Batch, transport: Transport, work: Work) -> None:
        def on(destination: str) -> None:
            with self._changed:
                self._under_way[name] = (destination, time.monotonic())

        whole = False
        try:
            work(batch, transport, on)
            whole = True
        except SQLAlchemyError as fault:
            batch.fault = fault
            _log.warning("a lane ended: %s", type(fault).__name__)
        finally:
            if not whole:
                transport.close()
            with self._changed:
                del self._under_way[name]
                self._spare.append(transport)
                self._changed.notify_all()

    def _wait(self, mine: Sequence[int]) -> None:
        """Until none of these lanes works, or each that does has waited too long."""
        with self._changed:
            while going := [self._under_way[each] for each in mine if each in self._under_way]:
                left = max(began for _, began in going) + self._patience - time.monotonic()
                if left <= 0:
                    return
                self._changed.wait(left)
