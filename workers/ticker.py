"""The `clock` process: once a second it rings for what the database says is due.

The database is asked, never Redis, so whatever lost its doorbell (Redis flushed or gone, a worker killed) is rung
for again at the next tick. One ticker leads at a time, by a lease in the database and by the database's time; two at
once, for a moment, would do no harm, since rings are coalesced and rows are leased one by one.
While Redis is away the leader does the urgent work itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from redis import Redis
from redis.exceptions import RedisError

from gateway import queues
from gateway.runtime.valkey import NotRunning
from workers import reaping

TICK_SECONDS = 1.0
LEASE_SECONDS = 6.0
RENEW_SECONDS = 2.0
REAP_SECONDS = 5.0
PATIENCE_SECONDS = 5.0
SLICE = timedelta(seconds=5)
LONGEST_BACKOFF_SECONDS = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wiring:
    """What the ticker asks of the rest.

    `hold` takes or prolongs the lease for `LEASE_SECONDS`, None while another leads. `due` counts due rows by queue,
    `next_at` names the next instant at which some will be. `drains` do the urgent work without Redis, in the order
    of their urgency, and are safe to run at the same time.
    """

    hold: Callable[[], int | None]
    release: Callable[[], None]
    due: Callable[[], Mapping[str, int]]
    next_at: Callable[[], datetime | None]
    connect: Callable[[], Redis]
    drains: Sequence[Callable[[datetime], bool]]
    now: Callable[[], datetime]
    monotonic: Callable[[], float] = time.monotonic


def run(wiring: Wiring, stop: threading.Event) -> None:
    """Tick until told to stop, whatever happens to the database or Redis."""
    ticker = Ticker(wiring)
    while not stop.wait(ticker.tick()):
        pass
    ticker.close()


class Ticker:
    """The state between two ticks."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._redis: Redis | None = None
        self._leads = False
        self._renew_at = self._reap_at = 0.0
        self._answered_at = wiring.monotonic()
        self._backoff = 0.0
        self._away = False
        self._threads = ThreadPoolExecutor(max_workers=max(1, len(wiring.drains)), thread_name_prefix="drain")
        self._running: dict[int, Future[None]] = {}

    def tick(self) -> float:
        """Do what is due now; the seconds to wait for the next tick."""
        try:
            if not self._lead():
                return TICK_SECONDS
            due = self._wiring.due()
            next_at = self._wiring.next_at()
        except Exception:  # noqa: BLE001  whatever the database's driver raises, the clock goes on
            return self._database_failed()
        if self._backoff:
            log.warning("the database answers again")
            self._backoff = 0.0
        self._ring([queue for queue, count in due.items() if count])
        return self._until(next_at)

    def close(self) -> None:
        """Finish what runs and let another ticker lead at once."""
        self._threads.shutdown()
        if self._leads:
            try:
                self._wiring.release()
            except Exception:  # noqa: BLE001  as above
                log.warning("the lease could not be given up; it ends by itself")

    def _lead(self) -> bool:
        """Whether this ticker leads, asking the database now and then only."""
        at = self._wiring.monotonic()
        if not self._leads or at >= self._renew_at:
            self._leads = False
            self._leads = self._wiring.hold() is not None
            self._renew_at = at + RENEW_SECONDS
        return self._leads

    def _database_failed(self) -> float:
        """Report the first failure in a row, and wait longer each time."""
        if not self._backoff:
            log.exception("the database does not answer; trying on")
        self._leads = False
        self._backoff = min(max(TICK_SECONDS, self._backoff * 2), LONGEST_BACKOFF_SECONDS)
        return self._backoff

    def _ring(self, due: Sequence[str]) -> None:
        """Ring for these queues; where Redis has been away for too long, do the urgent work here."""
        try:
            connection = self._connection()
            connection.ping()
            for queue in due:
                queues.ring(connection, queue)
            self._reap(connection)
        except (RedisError, OSError, NotRunning) as fault:
            self._redis = None
            if self._wiring.monotonic() - self._answered_at >= PATIENCE_SECONDS:
                self._work_alone(fault)
        else:
            if self._away:
                log.warning("Redis answers again")
            self._away = False
            self._answered_at = self._wiring.monotonic()

    def _connection(self) -> Redis:
        if self._redis is None:
            self._redis = self._wiring.connect()
        return self._redis

    def _reap(self, connection: Redis) -> None:
        if self._wiring.monotonic() >= self._reap_at:
            self._reap_at = self._wiring.monotonic() + REAP_SECONDS
            try:
                for queue in queues.JOBS:
                    reaping.reap(connection, queue)
            except RedisError:
                raise
            except Exception:
                log.exception("what killed workers left in Redis could not be cleared")

    def _work_alone(self, fault: Exception) -> None:
        """Start each kind of urgent work that does not run already; a slow one delays neither the others nor us."""
        if not self._away:
            log.warning("Redis is away, working without it: %s", fault)
        self._away = True
        for number, drain in enumerate(self._wiring.drains):
            running = self._running.get(number)
            if running is None or running.done():
                self._running[number] = self._threads.submit(_drain, drain, self._wiring.now() + SLICE)

    def _until(self, next_at: datetime | None) -> float:
        if next_at is None:
            return TICK_SECONDS
        return min(TICK_SECONDS, max(0.02, (next_at - self._wiring.now()).total_seconds()))


def _drain(drain: Callable[[datetime], bool], until: datetime) -> None:
    try:
        drain(until)
    except Exception:
        log.exception("work without Redis failed; trying again")
