"""The doorbell wakes once, and a job can name nothing but our own entry points."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from rq import SimpleWorker
from rq.job import Job
from rq.queue import Queue
from rq.serializers import JSONSerializer

from gateway import queues
from gateway.queues import MAIL, OUT, DoorbellJob, Refused


def jobs_in(redis: Redis, queue: str) -> list[str]:
    return [job_id.decode() for job_id in redis.lrange(f"rq:queue:{queue}", 0, -1)]


def fetch(redis: Redis, job_id: str) -> DoorbellJob:
    return DoorbellJob.fetch(job_id, connection=redis, serializer=JSONSerializer)


def planted(redis: Redis, **fields: Any) -> DoorbellJob:
    """A job as somebody who can write to Redis would put it there."""
    queues.ring(redis, MAIL)
    (job_id,) = jobs_in(redis, MAIL)
    redis.hset(f"rq:job:{job_id}", mapping=fields)
    return fetch(redis, job_id)


def test_ring_puts_one_job_without_arguments_into_the_queue(redis: Redis) -> None:
    assert queues.ring(redis, MAIL)
    (job_id,) = jobs_in(redis, MAIL)
    job = fetch(redis, job_id)
    assert (job.func_name, list(job.args), job.kwargs) == ("workers.jobs.drain_mail", [], {})


def test_second_ring_before_the_job_starts_adds_none(redis: Redis) -> None:
    assert [queues.ring(redis, MAIL), queues.ring(redis, MAIL)] == [True, False]
    assert len(jobs_in(redis, MAIL)) == 1


def test_queues_ring_apart(redis: Redis) -> None:
    assert [queues.ring(redis, MAIL), queues.ring(redis, OUT)] == [True, True]


def test_bell_that_nobody_answers_can_be_rung_again_after_a_while(redis: Redis) -> None:
    queues.ring(redis, MAIL)
    assert 0 < redis.ttl(queues.bell_key(MAIL)) <= 10


def test_job_is_stored_as_json(redis: Redis) -> None:
    queues.ring(redis, MAIL)
    (job_id,) = jobs_in(redis, MAIL)
    stored = zlib.decompress(redis.hget(f"rq:job:{job_id}", "data") or b"")
    assert json.loads(stored)[0] == "workers.jobs.drain_mail"


def test_bell_is_down_while_the_job_works(redis: Redis) -> None:
    job = planted(redis, data=data("workers.jobs.drain_mail"))
    seen: list[int] = []

    class Looking(DoorbellJob):
        def _execute(self) -> None:
            seen.append(redis.exists(queues.bell_key(MAIL)))

    Looking.fetch(job.id, connection=redis, serializer=JSONSerializer).perform()
    assert seen == [0]


def data(name: str, *arguments: object, instance: object = None, **keywords: object) -> bytes:
    return zlib.compress(json.dumps([name, instance, arguments, keywords]).encode())


@pytest.mark.parametrize(
    "stored",
    [
        data("os.system", "true"),
        data("workers.jobs.drain_mail", "argument"),
        data("workers.jobs.drain_mail", key="argument"),
        data("join", ["a"], instance="separator"),
        data("workers.jobs.drain_mail.__globals__"),
        data("workers.jobs"),
    ],
)
def test_job_that_names_anything_else_is_refused(redis: Redis, stored: bytes) -> None:
    with pytest.raises(Refused):
        planted(redis, data=stored).perform()


def test_callbacks_that_a_job_names_are_ignored(redis: Redis) -> None:
    names = {f"{kind}_callback_name": "os.abort" for kind in ("success", "failure", "stopped")}
    job = planted(redis, **names)
    assert [job.success_callback, job.failure_callback, job.stopped_callback] == [None, None, None]


def test_planted_command_does_not_run_in_a_worker(redis: Redis, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    queue = Queue(MAIL, connection=redis, serializer=JSONSerializer)
    queue.enqueue("os.system", f"touch {trace}")
    worker = SimpleWorker([MAIL], connection=redis, serializer=JSONSerializer, job_class=DoorbellJob)
    assert worker.work(burst=True)
    assert not trace.exists()


def test_planted_command_would_run_without_our_job_class(redis: Redis, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    queue = Queue(MAIL, connection=redis, serializer=JSONSerializer)
    queue.enqueue("os.system", f"touch {trace}")
    SimpleWorker([MAIL], connection=redis, serializer=JSONSerializer, job_class=Job).work(burst=True)
    assert trace.exists()
