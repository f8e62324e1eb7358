"""Clears what killed workers leave in Redis. The work itself is not lost: its rows are due again in the database."""

from __future__ import annotations

from redis import Redis
from rq import worker_registration
from rq.queue import Queue
from rq.registry import FailedJobRegistry, StartedJobRegistry

from gateway import queues

STUCK_SECONDS = 15


def reap(connection: Redis, queue: str) -> None:
    """Drop abandoned jobs, jobs stuck between queue and worker, and workers that no longer live."""
    rq_queue = queues.rq_queue(connection, queue)
    for kind in (StartedJobRegistry, FailedJobRegistry):
        kind(queue=rq_queue, job_class=queues.DoorbellJob).cleanup()
    _drop_stuck(connection, rq_queue)
    worker_registration.clean_worker_registry(rq_queue)


def _drop_stuck(connection: Redis, queue: Queue) -> None:
    """Drop jobs that a worker took but never began: seen so by two passes at least `STUCK_SECONDS` apart."""
    between = queue.intermediate_queue
    for job_id in between.get_job_ids():
        mark = between.get_first_seen_key(job_id)
        begun = job_id in queue.started_job_registry
        if begun or connection.set(mark, 1, nx=True, ex=2 * STUCK_SECONDS):
            continue
        if connection.ttl(mark) <= STUCK_SECONDS:
            between.remove(job_id)
            connection.delete(mark, queues.DoorbellJob.key_for(job_id))
