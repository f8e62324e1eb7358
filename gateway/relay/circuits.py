"""What is left alone after faults, and for how long: the next hop as a whole, and single destinations behind it.

Only silence counts as a fault: no connection, a connection cut, no answer in time, "421 closing". A server that
refuses one mailbox for now is alive, and must not make its neighbours wait.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

HOP_PAUSES: Final = tuple(timedelta(seconds=count) for count in (15, 30, 60, 120, 240, 300))
DESTINATION_PAUSES: Final = tuple(timedelta(minutes=count) for count in (5, 10, 20, 40, 60))
COHORT: Final = 2
"""How many faults in a row open a circuit."""
MAX_DESTINATIONS: Final = 10_000


@dataclass(slots=True)
class _Circuit:
    faults: int = 0
    opened: int = 0
    until: datetime | None = None

    def fault(self, at: datetime, pauses: tuple[timedelta, ...]) -> None:
        """One more in a row; after a pause a single one opens the circuit again, for longer."""
        self.faults += 1
        if self.faults >= COHORT and (self.until is None or at >= self.until):
            self.until = at + pauses[min(self.opened, len(pauses) - 1)]
            self.opened += 1


class Circuits:
    """The circuits of one process, shared by its lanes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hop = _Circuit()
        self._silent_with = ""
        self._destinations: dict[str, _Circuit] = {}

    def hop_until(self, at: datetime) -> datetime | None:
        """Until when the next hop is left alone; None where it is not."""
        with self._lock:
            until = self._hop.until
            return until if until is not None and at < until else None

    def probing(self) -> bool:
        """Whether the next letter is to find out if the next hop is back."""
        with self._lock:
            return self._hop.until is not None

    def until(self, destination: str, at: datetime) -> datetime | None:
        """Until when a destination, or the hop before it, is left alone; None where neither is."""
        with self._lock:
            one = self._destinations.get(destination)
            open_until = [each.until for each in (self._hop, one) if each and each.until and at < each.until]
            return max(open_until, default=None)

    def silent(self, destination: str, at: datetime, *, greeted: bool) -> None:
        """No answer. Where the hop had greeted, it is the destination's fault, until another one fails likewise."""
        with self._lock:
            if greeted:
                self._make_room()
                self._destinations.setdefault(destination, _Circuit()).fault(at, DESTINATION_PAUSES)
            if not greeted or self._silent_with not in ("", destination):
                self._hop.fault(at, HOP_PAUSES)
            self._silent_with = destination if greeted else self._silent_with

    def answered(self, destination: str) -> None:
        """The hop and the destination are alive."""
        with self._lock:
            if self._hop.faults or self._silent_with:
                self._hop, self._silent_with = _Circuit(), ""
            self._destinations.pop(destination, None)

    def _make_room(self) -> None:
        while len(self._destinations) >= MAX_DESTINATIONS:
            del self._destinations[next(iter(self._destinations))]
