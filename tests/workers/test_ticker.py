"""The clock process rings for what is due, leads alone, and outlives both the database and Redis."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from gateway import queues
from gateway.queues import MAIL, OUT
from gateway.runtime.valkey import NotRunning
from tests.redis_server import RedisServer, wait_for
from workers.ticker import Ticker, Wiring, run

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Surroundings:
    """A database, a clock and urgent work, all in a test's hands."""

    def __init__(self, address: str = "") -> None:
        self.address = address
        self.waiting: Mapping[str, int] = {}
        self.next_at: datetime | None = None
        self.fence: int | None = 1
        self.database_is_down = False
        self.seconds = 0.0
        self.held = 0
        self.released = 0
        self.drained: list[str] = []

    def wiring(self) -> Wiring:
        return Wiring(
            hold=self._hold,
            release=self._release,
            due=lambda: self.waiting,
            next_at=lambda: self.next_at,
            connect=self._connect,
            drains=[self._drain("alarms"), self._drain("mail"), self._drain("out")],
            now=lambda: NOON + timedelta(seconds=self.seconds),
            monotonic=lambda: self.seconds,
        )

    def _hold(self) -> int | None:
        if self.database_is_down:
            raise OSError("the database is down")
        self.held += 1
        return self.fence

    def _release(self) -> None:
        self.released += 1

    def _connect(self) -> Redis:
        if not self.address:
            raise NotRunning("no Redis here")
        return queues.connect(self.address, seconds=1)

    def _drain(self, name: str) -> Callable[[datetime], bool]:
        def drain(until: datetime) -> bool:
            self.drained.append(name)
            return False

        return drain


@pytest.fixture
def around(redis_server: RedisServer, redis: Redis) -> Surroundings:
    return Surroundings(redis_server.url)


@contextmanager
def ticking(around: Surroundings) -> Iterator[Ticker]:
    ticker = Ticker(around.wiring())
    yield ticker
    ticker.close()


def jobs_in(redis: Redis, queue: str) -> int:
    return int(redis.llen(f"rq:queue:{queue}"))


def test_queue_with_due_work_is_rung(around: Surroundings, redis: Redis) -> None:
    around.waiting = {MAIL: 3, OUT: 0}
    with ticking(around) as ticker:
        ticker.tick()
    assert [jobs_in(redis, MAIL), jobs_in(redis, OUT)] == [1, 0]


def test_due_work_is_rung_again_after_redis_was_flushed(around: Surroundings, redis: Redis) -> None:
    around.waiting = {MAIL: 1}
    with ticking(around) as ticker:
        ticker.tick()
        redis.flushall()
        ticker.tick()
    assert jobs_in(redis, MAIL) == 1


def test_standby_rings_for_nothing(around: Surroundings, redis: Redis) -> None:
    around.waiting, around.fence = {MAIL: 1}, None
    with ticking(around) as ticker:
        assert ticker.tick() == 1.0
    assert jobs_in(redis, MAIL) == 0


def test_standby_asks_at_every_tick_and_takes_over(around: Surroundings, redis: Redis) -> None:
    around.waiting, around.fence = {MAIL: 1}, None
    with ticking(around) as ticker:
        ticker.tick()
        around.fence = 2
        ticker.tick()
    assert jobs_in(redis, MAIL) == 1


def test_leader_that_lost_the_lease_rings_no_more(around: Surroundings, redis: Redis) -> None:
    around.waiting = {MAIL: 1}
    with ticking(around) as ticker:
        ticker.tick()
        redis.flushall()
        around.fence, around.seconds = None, 2.0
        ticker.tick()
    assert jobs_in(redis, MAIL) == 0


def test_lease_is_prolonged_every_other_second_only(around: Surroundings) -> None:
    with ticking(around) as ticker:
        for around.seconds in (0.0, 0.5, 1.0, 1.5, 2.0):
            ticker.tick()
    assert around.held == 2


def test_lease_is_given_up_at_the_end(around: Surroundings) -> None:
    with ticking(around) as ticker:
        ticker.tick()
    assert around.released == 1


def test_lease_of_another_is_not_given_up(around: Surroundings) -> None:
    around.fence = None
    with ticking(around) as ticker:
        ticker.tick()
    assert around.released == 0


@pytest.mark.parametrize(
    ("ahead", "wait"), [(None, 1.0), (5.0, 1.0), (0.25, 0.25), (0.0, 0.02), (-60.0, 0.02)]
)
def test_wait_ends_with_the_next_due_instant(around: Surroundings, ahead: float | None, wait: float) -> None:
    around.next_at = None if ahead is None else NOON + timedelta(seconds=ahead)
    with ticking(around) as ticker:
        assert ticker.tick() == wait


def test_ticker_waits_longer_while_the_database_is_down(around: Surroundings) -> None:
    around.database_is_down = True
    with ticking(around) as ticker:
        assert [ticker.tick() for _ in range(5)] == [1.0, 2.0, 4.0, 5.0, 5.0]


def test_database_that_is_down_is_reported_once(
    around: Surroundings, caplog: pytest.LogCaptureFixture
) -> None:
    around.database_is_down = True
    with caplog.at_level(logging.WARNING), ticking(around) as ticker:
        for _ in range(5):
            ticker.tick()
    assert [record.getMessage() for record in caplog.records] == ["the database does not answer; trying on"]


def test_ticker_rings_again_once_the_database_is_back(around: Surroundings, redis: Redis) -> None:
    around.waiting, around.database_is_down = {MAIL: 1}, True
    with ticking(around) as ticker:
        ticker.tick()
        around.database_is_down = False
        ticker.tick()
    assert jobs_in(redis, MAIL) == 1


def test_ticker_leaves_the_work_to_others_while_redis_is_away_for_a_moment() -> None:
    around = Surroundings()
    with ticking(around) as ticker:
        for around.seconds in (0.0, 2.0, 4.9):
            ticker.tick()
    assert around.drained == []


def test_ticker_does_the_urgent_work_while_redis_is_away() -> None:
    around = Surroundings()
    with ticking(around) as ticker:
        for around.seconds in (0.0, 5.0):
            ticker.tick()
    assert sorted(around.drained) == ["alarms", "mail", "out"]


def test_ticker_leaves_the_work_to_others_again_once_redis_is_back(
    around: Surroundings, redis: Redis
) -> None:
    address, around.address = around.address, ""
    with ticking(around) as ticker:
        for around.seconds in (0.0, 5.0):
            ticker.tick()
        around.address, around.seconds, around.waiting = address, 6.0, {MAIL: 1}
        ticker.tick()
    assert len(around.drained) == 3
    assert jobs_in(redis, MAIL) == 1


def test_slow_kind_of_work_delays_no_other_and_is_not_started_twice() -> None:
    around, go_on = Surroundings(), threading.Event()

    def slow(until: datetime) -> bool:
        around.drained.append("slow")
        return go_on.wait(30)

    wiring = around.wiring()
    ticker = Ticker(Wiring(**{**vars(wiring), "drains": [slow, *wiring.drains]}))
    for around.seconds in (0.0, 5.0, 6.0, 7.0):
        ticker.tick()
    go_on.set()
    ticker.close()
    assert around.drained.count("slow") == 1
    assert around.drained.count("alarms") >= 1


def test_failing_work_is_reported_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    around = Surroundings()
    failures = threading.Semaphore(0)

    def fail(until: datetime) -> bool:
        failures.release()
        raise RuntimeError("a fault of ours")

    ticker = Ticker(Wiring(**{**vars(around.wiring()), "drains": [fail]}))
    around.seconds = 5.0
    ticker.tick()
    assert failures.acquire(timeout=10)
    wait_for(lambda: ticker.tick() > 0 and failures.acquire(blocking=False), seconds=10)
    ticker.close()
    assert "work without Redis failed; trying again" in caplog.text


def test_content_of_redis_that_nobody_understands_stops_nothing(around: Surroundings, redis: Redis) -> None:
    redis.zadd("rq:wip:mail", {"no-composite-key": 1})
    redis.hset("rq:job:no-composite-key", mapping={"data": b"\xff", "status": "no such status"})
    around.waiting = {MAIL: 1}
    with ticking(around) as ticker:
        ticker.tick()
    assert jobs_in(redis, MAIL) == 1


def test_running_ticker_ends_when_told_to(around: Surroundings) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=run, args=[around.wiring(), stop])
    thread.start()
    stop.set()
    thread.join(timeout=10)
    assert not thread.is_alive()
