"""Workers run our jobs at once, end politely, and a killed one is soon noticed."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from rq import Worker
from rq.registry import StartedJobRegistry

from gateway import queues
from gateway.queues import MAIL, OUT, SLOW
from tests.redis_server import RedisServer, wait_for
from tests.workers.desk import Desk
from tests.workers.processes import start_worker
from workers import reaping, worker


@pytest.fixture
def desk(tmp_path: Path, redis_server: RedisServer) -> Desk:
    return Desk(tmp_path / "desk.db", redis_server.url)


@pytest.fixture
def own_desk(tmp_path: Path, own_redis_server: RedisServer) -> Desk:
    return Desk(tmp_path / "desk.db", own_redis_server.url)


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[bytes]]]:
    running: list[subprocess.Popen[bytes]] = []
    yield running
    for process in running:
        process.kill()
        process.wait()


def workers_of(redis: Redis, queue: str) -> int:
    return Worker.count(connection=redis, queue=queues.rq_queue(redis, queue))


def test_worker_does_what_it_is_rung_for(
    desk: Desk, redis: Redis, processes: list[subprocess.Popen[bytes]]
) -> None:
    desk.put("alarms")
    desk.put("inbound")
    processes.append(start_worker(desk, MAIL))
    queues.ring(redis, MAIL)
    wait_for(lambda: desk.undone() == 0)


def test_one_worker_serves_several_queues(
    desk: Desk, redis: Redis, processes: list[subprocess.Popen[bytes]]
) -> None:
    desk.put("inbound")
    desk.put("relay")
    processes.append(start_worker(desk, MAIL, OUT))
    queues.ring(redis, MAIL)
    queues.ring(redis, OUT)
    wait_for(lambda: desk.undone() == 0)


def test_slow_work_runs_in_a_fork(desk: Desk, redis: Redis, processes: list[subprocess.Popen[bytes]]) -> None:
    number = desk.put("slow")
    processes.append(start_worker(desk, SLOW))
    queues.ring(redis, SLOW)
    wait_for(lambda: desk.undone() == 0)
    with desk.connect() as database:
        (done_by,) = database.execute("SELECT done_by FROM work WHERE id = ?", [number]).fetchone()
    assert done_by != processes[0].pid


def test_finished_job_leaves_nothing_in_redis(
    desk: Desk, redis: Redis, processes: list[subprocess.Popen[bytes]]
) -> None:
    desk.put("inbound")
    processes.append(start_worker(desk, MAIL))
    queues.ring(redis, MAIL)
    wait_for(lambda: desk.undone() == 0 and not redis.keys("rq:job:*"))


@pytest.mark.parametrize("queue", [MAIL, SLOW])
def test_idle_worker_ends_at_once_when_told_to(
    desk: Desk, redis: Redis, processes: list[subprocess.Popen[bytes]], queue: str
) -> None:
    processes.append(start_worker(desk, queue))
    wait_for(lambda: workers_of(redis, queue) == 1)
    processes[0].terminate()
    assert processes[0].wait(timeout=10) == 0
    assert workers_of(redis, queue) == 0


def test_worker_told_to_stop_finishes_the_job_at_hand(
    desk: Desk, redis: Redis, processes: list[subprocess.Popen[bytes]]
) -> None:
    number = desk.put("inbound")
    with desk.connect() as database:
        database.execute("BEGIN IMMEDIATE")
        processes.append(start_worker(desk, MAIL))
        queues.ring(redis, MAIL)
        wait_for(lambda: redis.zcard("rq:wip:mail") == 1)
        processes[0].terminate()
        with pytest.raises(subprocess.TimeoutExpired):
            processes[0].wait(timeout=1)
        database.execute("COMMIT")
    assert processes[0].wait(timeout=10) == 0
    assert (desk.started(number), desk.undone()) == (1, 0)


@pytest.mark.parametrize(("queue", "kind"), [(MAIL, "inbound"), (SLOW, "slow")])
def test_busy_worker_is_believed_for_as_long_as_it_lives(
    desk: Desk, redis: Redis, processes: list[subprocess.Popen[bytes]], queue: str, kind: str
) -> None:
    desk.put(kind, "hang")
    processes.append(start_worker(desk, queue))
    queues.ring(redis, queue)
    wait_for(lambda: redis.zcard(f"rq:wip:{queue}") == 1)
    ((_, first),) = redis.zrange(f"rq:wip:{queue}", 0, -1, withscores=True)
    wait_for(lambda: redis.zrange(f"rq:wip:{queue}", 0, -1, withscores=True)[0][1] > first)


@pytest.mark.parametrize(("queue", "kind"), [(MAIL, "inbound"), (SLOW, "slow")])
def test_killed_worker_is_noticed_within_fifteen_seconds(
    desk: Desk, redis: Redis, processes: list[subprocess.Popen[bytes]], queue: str, kind: str
) -> None:
    desk.put(kind, "hang")
    processes.append(start_worker(desk, queue))
    queues.ring(redis, queue)
    wait_for(lambda: redis.zcard(f"rq:wip:{queue}") == 1)
    assert 0 < redis.ttl(str(redis.smembers("rq:workers").pop().decode())) <= 15
    processes[0].kill()

    def forgotten() -> bool:
        reaping.reap(redis, queue)
        return not redis.zcard(f"rq:wip:{queue}") and not workers_of(redis, queue)

    wait_for(forgotten, seconds=15)


def test_fork_of_a_killed_slow_worker_ends_too(
    desk: Desk, redis: Redis, processes: list[subprocess.Popen[bytes]]
) -> None:
    desk.put("slow", "hang")
    processes.append(start_worker(desk, SLOW))
    queues.ring(redis, SLOW)
    children = Path(f"/proc/{processes[0].pid}/task/{processes[0].pid}/children")
    wait_for(lambda: redis.zcard("rq:wip:slow") == 1 and children.read_text().strip())
    fork = os.pidfd_open(int(children.read_text()))
    processes[0].kill()
    assert select.select([fork], [], [], 10)[0]


def test_worker_goes_on_after_redis_was_restarted(
    own_desk: Desk, own_redis_server: RedisServer, processes: list[subprocess.Popen[bytes]]
) -> None:
    processes.append(start_worker(own_desk, MAIL))
    client = own_redis_server.connect()
    wait_for(lambda: workers_of(client, MAIL) == 1)
    own_redis_server.kill()
    own_redis_server.start()
    own_desk.put("inbound")
    queues.ring(own_redis_server.connect(), MAIL)
    wait_for(lambda: own_desk.undone() == 0)


def test_worker_started_before_redis_works_once_it_is_there(
    own_desk: Desk, own_redis_server: RedisServer, processes: list[subprocess.Popen[bytes]]
) -> None:
    own_redis_server.kill()
    processes.append(start_worker(own_desk, MAIL))
    with pytest.raises(subprocess.TimeoutExpired):
        processes[0].wait(timeout=2)
    own_redis_server.start()
    own_desk.put("inbound")
    queues.ring(own_redis_server.connect(), MAIL)
    wait_for(lambda: own_desk.undone() == 0)


def test_worker_without_redis_still_ends_when_told_to(
    own_desk: Desk, own_redis_server: RedisServer, processes: list[subprocess.Popen[bytes]]
) -> None:
    processes.append(start_worker(own_desk, MAIL))
    client = own_redis_server.connect()
    wait_for(lambda: workers_of(client, MAIL) == 1)
    own_redis_server.kill()
    processes[0].send_signal(signal.SIGTERM)
    assert processes[0].wait(timeout=20) == 0


def test_worker_is_known_again_after_redis_was_flushed(
    desk: Desk, redis: Redis, processes: list[subprocess.Popen[bytes]]
) -> None:
    processes.append(start_worker(desk, MAIL))
    wait_for(lambda: workers_of(redis, MAIL) == 1)
    redis.flushall()
    wait_for(lambda: workers_of(redis, MAIL) == 1)


def test_job_that_fails_does_not_end_its_worker(
    desk: Desk, redis: Redis, processes: list[subprocess.Popen[bytes]]
) -> None:
    processes.append(start_worker(desk, MAIL))
    queues.rq_queue(redis, MAIL).enqueue_call("os.system", args=["true"], failure_ttl=60)
    desk.put("inbound")
    queues.ring(redis, MAIL)
    wait_for(lambda: desk.undone() == 0)
    assert processes[0].poll() is None


def test_heavy_queues_get_a_worker_that_forks(redis_server: RedisServer) -> None:
    kinds = [type(worker.make([name], redis_server.url)).__name__ for name in (MAIL, OUT, SLOW)]
    assert kinds == ["MailWorker", "MailWorker", "SlowWorker"]


def test_job_stuck_between_queue_and_worker_is_dropped_at_the_second_look(redis: Redis) -> None:
    queues.ring(redis, MAIL)
    redis.lmove("rq:queue:mail", "rq:queue:mail:intermediate")
    reaping.reap(redis, MAIL)
    assert redis.llen("rq:queue:mail:intermediate") == 1
    for mark in redis.keys("rq:queue:mail:intermediate:first_seen:*"):
        redis.expire(mark, 10)
    reaping.reap(redis, MAIL)
    assert redis.llen("rq:queue:mail:intermediate") == 0
    assert not redis.keys("rq:job:*")


def test_job_that_has_begun_is_not_taken_for_stuck(redis: Redis) -> None:
    queues.ring(redis, MAIL)
    job_id = redis.lmove("rq:queue:mail", "rq:queue:mail:intermediate") or b""
    redis.zadd(
        StartedJobRegistry(MAIL, connection=redis).key, {job_id.decode() + ":execution": 2_000_000_000_0}
    )
    reaping.reap(redis, MAIL)
    assert redis.llen("rq:queue:mail:intermediate") == 1
    assert not redis.keys("rq:queue:mail:intermediate:first_seen:*")
