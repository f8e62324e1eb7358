"""Our RQ workers: they run nothing but our own jobs, and a killed one is noticed within 15 seconds.

Stock RQ takes 400 to 805 s to notice, since an idle worker blocks for 405 s and jobs are trusted for their timeout.
Here every worker blocks for 5 s at most and, busy or not, renews all it holds in Redis every few seconds, for 12 s.
Commands over Redis (`rq` can stop or kill workers that way) are not listened to.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from redis.exceptions import RedisError
from rq import worker_registration
from rq.exceptions import StopRequested
from rq.job import Job
from rq.queue import Queue
from rq.serializers import JSONSerializer
from rq.utils import now
from rq.worker import SimpleWorker, Worker

from gateway import queues
from gateway.queues import DoorbellJob
from gateway.runtime.valkey import NotRunning
from workers import jobs

LIFE_SECONDS = 12
BEAT_SECONDS = 4
BLOCK_SECONDS = 5
RETRY_SECONDS = 1.0
REPORTED_FAILURE = 3  # in a row; the first ones are those of a Redis that is just being started
FORKED = frozenset({queues.SLOW})
PR_SET_PDEATHSIG = 1

log = logging.getLogger(__name__)


class _ShortLived:
    """What both kinds of worker change of RQ's: times, and what they listen to."""

    log_result_lifespan = False
    max_connection_wait_time = 2.0
    told: threading.Event | None = None
    """Set when this worker is told to stop, so that nobody starts another in its place."""
    _beat_again_at = 0.0

    @property
    def dequeue_timeout(self) -> int:
        """Seconds to block for a job; below every socket timeout in use."""
        return BLOCK_SECONDS

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        """Seconds for which a running job is believed without another heartbeat."""
        return LIFE_SECONDS

    def heartbeat(self: Any, timeout: int | None = None, pipeline: Any = None) -> None:
        """Tell that this worker lives, in full, so that it is known again after Redis was flushed.

        RQ asks for this five times a job; once in two seconds is enough.
        """
        if time.monotonic() < self._beat_again_at:
            return
        self._beat_again_at = time.monotonic() + BEAT_SECONDS / 2
        self.last_heartbeat = now()
        target = self.connection.pipeline() if pipeline is None else pipeline
        target.hset(self.key, mapping=self.serialize())
        target.expire(self.key, LIFE_SECONDS)
        target.expire(self.executions_key, LIFE_SECONDS)
        worker_registration.register(self, target)
        if pipeline is None:
            target.execute()

    def request_stop(self: Any, signum: int, frame: Any) -> None:
        """The handler of SIGTERM and SIGINT; see RQ."""
        if self.told is not None:
            self.told.set()
        super().request_stop(signum, frame)  # type: ignore[misc]  # of RQ's BaseWorker

    def set_shutdown_requested_date(self) -> None:
        """Tell nobody: a signal's handler must not need Redis in the middle of a job."""

    def teardown(self: Any) -> None:
        """Sign off; where Redis is away, what it knows of this worker ends by itself."""
        try:
            super().teardown()  # type: ignore[misc]
        except (RedisError, OSError):
            log.warning("Redis is away: this worker ends without signing off")

    def subscribe(self) -> None:
        """Listen to no commands."""

    def unsubscribe(self) -> None:
        """Nothing to end."""

    def clean_group_registries(self) -> None:
        """Nothing to clean: we use no groups."""


class MailWorker(_ShortLived, SimpleWorker):  # type: ignore[misc]  # rq carries no types
    """Runs short jobs in its own process; a thread of it keeps them believed while they run."""

    def work(self, *arguments: Any, **keywords: Any) -> bool:
        """Work until told to stop; see RQ."""
        ended = threading.Event()
        beating = threading.Thread(target=self._beat, args=[ended], name="heartbeat", daemon=True)
        beating.start()
        try:
            return bool(super().work(*arguments, **keywords))
        finally:
            ended.set()
            beating.join()

    def _beat(self, ended: threading.Event) -> None:
        while not ended.wait(BEAT_SECONDS):
            for execution in list(self.executions.values()):
                try:
                    self.maintain_heartbeats(execution.job, execution)
                except (RedisError, OSError):
                    log.warning("heartbeat not sent: Redis is away")


class SlowWorker(_ShortLived, Worker):  # type: ignore[misc]  # rq carries no types
    """Runs each job in a fork of itself, for work that is heavy or may crash; the fork ends with its parent."""

    _parent = 0

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        """Fork; see RQ."""
        self._parent = os.getpid()
        super().fork_work_horse(job, queue)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """The fork's work; see RQ. A parent that ended before the fork could ask to end with it is noticed."""
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != self._parent:
            os._exit(1)
        super().main_work_horse(job, queue)


def run(names: Sequence[str], services: Callable[[], jobs.Drains], address: Callable[[], str]) -> None:
    """Work on these queues until SIGTERM (the job at hand is finished) or a second one (it is not).

    `services` is called in the process that runs the jobs: here at once, or in each fork anew, so that no
    connection is shared with a fork. `address` is asked again after every loss of Redis.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop_before_work)  # until RQ installs its own
    jobs.use(services)
    told, failures = threading.Event(), 0
    try:
        if not FORKED.intersection(names):
            services()
        while not told.is_set():
            try:
                worker = make(names, address())
                worker.told, failures = told, 0
                worker.work(logging_level="WARNING")
            except (RedisError, OSError, NotRunning) as fault:
                failures += 1
                if failures == REPORTED_FAILURE:
                    log.warning("Redis is away, trying on: %s", fault)
            if not told.is_set():
                time.sleep(RETRY_SECONDS)
    except StopRequested:
        return


def _stop_before_work(*_: object) -> None:
    raise StopRequested


def make(names: Sequence[str], address: str) -> MailWorker | SlowWorker:
    """A worker for these queues, of the kind they need, connected to Redis. Errors: `redis.RedisError`."""
    kind = SlowWorker if FORKED.intersection(names) else MailWorker
    return kind(
        list(names),
        connection=queues.connect(address),
        serializer=JSONSerializer,
        job_class=DoorbellJob,
        job_monitoring_interval=BEAT_SECONDS,
        log_job_description=False,
    )
