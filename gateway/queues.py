"""Names of the queues, and the doorbell that wakes their workers.

A job carries no arguments and names no row: it says only that work of its kind may be due. The database is the
truth, so a lost ring costs time (the ticker rings again) and a doubled one costs a look.

Whoever can write to Redis can write jobs, and RQ would import and call any function a job names, even with the
JSON serializer. `DoorbellJob` therefore runs nothing outside `JOBS`, without arguments, callbacks or webhooks.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from redis import Redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry
from rq.job import Job
from rq.queue import Queue
from rq.serializers import JSONSerializer

MAIL = "mail"
OUT = "out"
SLOW = "slow"
AWS = "aws"

JOBS: Mapping[str, str] = MappingProxyType(
    {
        MAIL: "workers.jobs.drain_mail",
        OUT: "workers.jobs.drain_out",
        SLOW: "workers.jobs.drain_slow",
        AWS: "workers.jobs.drain_aws",
    }
)
"""Queue → the dotted name of its one job."""

TIMEOUT_SECONDS: Mapping[str, int] = MappingProxyType({MAIL: 60, OUT: 900, SLOW: 900, AWS: 900})
BELL_SECONDS = 10
JOB_TTL_SECONDS = 120
FAILURE_TTL_SECONDS = 60


class Refused(Exception):
    """A job named something that no job of ours names."""


class DoorbellJob(Job):  # type: ignore[misc]  # rq carries no types
    """An RQ job that can only be one of `JOBS`."""

    @property
    def func(self) -> Any:
        """The function to call. Errors: `Refused` for anything but an entry point of ours without arguments."""
        if self.func_name not in JOBS.values() or self.instance is not None or self.args or self.kwargs:
            raise Refused(f"job {self.id} names something that is no job of ours")
        return super().func

    @property
    def success_callback(self) -> None:
        """None: RQ would import and call whatever the job names."""
        return

    @property
    def failure_callback(self) -> None:
        """None, as `success_callback`."""
        return

    @property
    def stopped_callback(self) -> None:
        """None, as `success_callback`."""
        return

    def send_webhooks(self, *arguments: Any, **keywords: Any) -> None:
        """Call nobody: RQ would post to whatever address the job names."""

    def delete(
        self, pipeline: Any = None, remove_from_queue: bool = True, delete_dependents: bool = False
    ) -> None:
        """Remove the job's keys: a doorbell has no dependents, groups or results, which RQ would look for."""
        if remove_from_queue:
            super().delete(pipeline, remove_from_queue, delete_dependents)
        else:
            (self.connection if pipeline is None else pipeline).delete(self.key, self.execution_registry.key)

    def perform(self) -> Any:
        """Take the bell down, then work: whoever rings from now on gets a further job."""
        self.connection.delete(bell_key(self.origin))
        return super().perform()


def connect(url: str, *, seconds: float = 1.0) -> Redis:
    """A client that fails soon: the ticker and the database make up for a Redis that is away.

    Units: `seconds` to wait for an answer, tried twice; a hung Redis must not hold up a door.
    """
    retry = Retry(ConstantBackoff(0.05), 1)
    return Redis.from_url(url, socket_timeout=seconds, socket_connect_timeout=min(seconds, 2.0), retry=retry)


def bell_key(queue: str) -> str:
    """Where it is noted that a job already waits in this queue."""
    return f"helpdesk:bell:{queue}"


def ring(connection: Redis, queue: str) -> bool:
    """Wake a worker of this queue; False where a job already waits. Errors: `redis.RedisError`.

    Ring after the commit, never before: a job that finds nothing has used up the bell.
    """
    if not connection.set(bell_key(queue), 1, nx=True, ex=BELL_SECONDS):
        return False
    rq_queue(connection, queue).enqueue_call(
        JOBS[queue],
        timeout=TIMEOUT_SECONDS[queue],
        result_ttl=0,
        ttl=JOB_TTL_SECONDS,
        failure_ttl=FAILURE_TTL_SECONDS,
    )
    return True


def rq_queue(connection: Redis, queue: str) -> Queue:
    """RQ's view of a queue, with our serializer and our job class."""
    return Queue(queue, connection=connection, serializer=JSONSerializer, job_class=DoorbellJob)
