"""Whatever lost its doorbell runs again: within 15 seconds of a kill, 30 of a flush."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import clock, queues
from gateway.queues import MAIL, SLOW
from tests.redis_server import RedisServer, wait_for
from tests.workers.desk import Desk
from tests.workers.processes import start_worker
from workers.ticker import Wiring, run


@pytest.fixture
def desk(tmp_path: Path, own_redis_server: RedisServer) -> Desk:
    return Desk(tmp_path / "desk.db", own_redis_server.url)


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[bytes]]]:
    running: list[subprocess.Popen[bytes]] = []
    yield running
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture
def clock_process(desk: Desk) -> Iterator[None]:
    """A running ticker that leads."""
    wiring = Wiring(
        hold=lambda: 1,
        release=lambda: None,
        due=desk.due,
        next_at=lambda: None,
        connect=lambda: queues.connect(desk.address, seconds=1),
        drains=[desk.alarms.drain, desk.inbound.drain, desk.relay.drain],
        now=clock.now,
    )
    stop = threading.Event()
    thread = threading.Thread(target=run, args=[wiring, stop])
    thread.start()
    yield
    stop.set()
    thread.join(timeout=30)


@pytest.mark.parametrize(("queue", "kind"), [(MAIL, "inbound"), (SLOW, "slow")])
def test_work_of_a_killed_worker_is_done_by_the_next_within_fifteen_seconds(
    desk: Desk, clock_process: None, processes: list[subprocess.Popen[bytes]], queue: str, kind: str
) -> None:
    number = desk.put(kind, "hang")
    processes.append(start_worker(desk, queue))
    wait_for(lambda: desk.started(number) == 1)
    processes[0].kill()
    processes.append(start_worker(desk, queue))
    wait_for(lambda: desk.undone() == 0, seconds=15)
    assert desk.started(number) == 2


def test_work_rung_for_before_redis_was_flushed_is_done(
    desk: Desk, clock_process: None, own_redis_server: RedisServer, processes: list[subprocess.Popen[bytes]]
) -> None:
    for _ in range(20):
        desk.put("inbound")
    client = own_redis_server.connect()
    queues.ring(client, MAIL)
    client.flushall()
    processes.append(start_worker(desk, MAIL))
    wait_for(lambda: desk.undone() == 0, seconds=30)


def test_idle_worker_is_woken_after_redis_was_flushed(
    desk: Desk, clock_process: None, own_redis_server: RedisServer, processes: list[subprocess.Popen[bytes]]
) -> None:
    processes.append(start_worker(desk, MAIL))
    client = own_redis_server.connect()
    wait_for(lambda: client.scard("rq:workers") == 1)
    client.flushall()
    desk.put("inbound")
    wait_for(lambda: desk.undone() == 0, seconds=30)


def test_work_is_done_while_redis_is_gone(
    desk: Desk, clock_process: None, own_redis_server: RedisServer
) -> None:
    own_redis_server.kill()
    for kind in ("alarms", "inbound", "relay"):
        desk.put(kind)
    wait_for(lambda: desk.undone() == 0, seconds=30)


def test_worker_goes_on_after_redis_came_back_empty(
    desk: Desk, clock_process: None, own_redis_server: RedisServer, processes: list[subprocess.Popen[bytes]]
) -> None:
    processes.append(start_worker(desk, SLOW))
    own_redis_server.kill()
    for file in (own_redis_server.settings.data_dir / "redis" / "appendonlydir").iterdir():
        file.unlink()
    own_redis_server.start()
    desk.put("slow")
    wait_for(lambda: desk.undone() == 0, seconds=30)
