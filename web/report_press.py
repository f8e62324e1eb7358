"""PDFs of reports, drawn on demand: a few at once, and each once while it is kept in this process's memory.

Drawing takes half a second and lets other threads run meanwhile. Nothing is kept in the database: the figures are,
and the same figures draw the same pages.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

AT_ONCE: Final = 2
PATIENCE_SECONDS: Final = 4.0
MOST_BYTES: Final = 16_000_000


class Busy(Exception):
    """As many are drawn as may be, and none was finished in time."""


class Press:
    """Draws documents, at most `at_once` of them beside each other, and keeps the last ones drawn."""

    def __init__(
        self,
        *,
        at_once: int = AT_ONCE,
        patience_seconds: float = PATIENCE_SECONDS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._turns = threading.BoundedSemaphore(at_once)
        self._patience, self._most = patience_seconds, most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()

    def drawn(self, key: Hashable, draw: Callable[[], bytes]) -> bytes:
        """The document of a key, drawn unless it is kept. Errors: Busy."""
        found = self._found(key)
        if found is not None:
            return found
        if not self._turns.acquire(timeout=self._patience):
            raise Busy
        try:
            found = self._found(key)  # somebody may have drawn the same meanwhile
            if found is None:
                found = draw()
                self._keep(key, found)
        finally:
            self._turns.release()
        return found

    def _found(self, key: Hashable) -> bytes | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: Hashable, content: bytes) -> None:
        with self._lock:
            self._kept[key] = content
            while self._kept and sum(map(len, self._kept.values())) > self._most:
                self._kept.popitem(last=False)
