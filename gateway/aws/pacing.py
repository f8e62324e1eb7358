"""How fast an account may be spoken to: a bucket for each, so that AWS's limit is never reached.

AWS allows 5 calls of Support a second for one account. Two a second with a reserve of three are at most five within
any one second, and half a second of the network's delay does not make them six.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

RATE: Final = 2.0
BURST: Final = 3
ORGANIZATION_RATE: Final = 1.0
_MOST: Final = 4096


class Pace:
    """Buckets by key, for all threads of a process; those not used for the longest time are forgotten."""

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._monotonic, self._sleep = monotonic, sleep
        self._lock = threading.Lock()
        self._next: OrderedDict[str, float] = OrderedDict()

    def wait(self, key: str, rate: float = RATE, burst: int = BURST) -> None:
        """Come back when the next call may go out; each caller has its turn, in the order they came."""
        seconds = self._turn(key, rate, burst)
        if seconds > 0:
            self._sleep(seconds)

    def _turn(self, key: str, rate: float, burst: int) -> float:
        """Seconds until this caller's turn (the generic cell rate algorithm, ITU-T I.371)."""
        with self._lock:
            now = self._monotonic()
            theoretical = max(self._next.pop(key, now), now)
            self._next[key] = theoretical + 1 / rate
            while len(self._next) > _MOST:
                self._next.popitem(last=False)
            return theoretical - (burst - 1) / rate - now
