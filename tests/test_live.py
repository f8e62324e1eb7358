"""Who hears that a ticket changed: what one browser has still to hear stays bounded, and Redis may come and go."""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway import live
from gateway.runtime.valkey import NotRunning
from gateway.store import session as sessions
from tests.web.live import PATIENCE, Redises
from tests.web.test_server import free_port


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redises]:
    made = Redises(tmp_path, free_port())
    made.start()
    yield made
    made.kill()


@pytest.fixture
def hub(redis: Redises) -> Iterator[live.Hub]:
    made = live.Hub(lambda: redis.url, most=2)
    yield made
    made.close()


def joined(hub: live.Hub, only: int | None = None) -> live.Ear:
    ear = hub.join(only)
    assert ear is not None
    return ear


def hears(ear: live.Ear, wanted: Callable[[live.News], bool]) -> live.News:
    """The first news that is wanted."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        news = ear.take()
        if wanted(news):
            return news
        select.select([ear], [], [], 1.0)
    raise AssertionError("nothing of the kind was heard")


def test_change_is_heard_by_every_ear(hub: live.Hub, redis: Redises) -> None:
    ears = [joined(hub), joined(hub)]
    for ear in ears:
        hears(ear, lambda news: news.live is True)
    with redis.client() as client:
        live.publish(client, [15, 12, 15])
    assert [hears(ear, lambda news: bool(news.numbers)).numbers for ear in ears] == [(12, 15), (12, 15)]


def test_hub_takes_no_more_than_it_may(hub: live.Hub) -> None:
    first = joined(hub)
    joined(hub)
    assert hub.join() is None
    hub.leave(first)
    assert hub.join() is not None


def test_ears_are_told_that_redis_went_and_came_back(hub: live.Hub, redis: Redises) -> None:
    ear = joined(hub)
    hears(ear, lambda news: news.live is True)
    redis.kill()
    hears(ear, lambda news: news.live is False)
    redis.start()
    hears(ear, lambda news: news.live is True)


def test_hub_waits_for_a_redis_that_never_ran() -> None:
    def nowhere() -> str:
        raise NotRunning("none here")

    hub = live.Hub(nowhere, most=1)
    assert hears(joined(hub), lambda news: news.live is not None).live is False
    hub.close()


def test_closing_the_hub_ends_every_ear(hub: live.Hub) -> None:
    ear = joined(hub)
    hub.close()
    assert ear.take().over
    assert hub.join() is None


def test_slow_browser_hears_anything_in_place_of_too_many_numbers() -> None:
    ear = live.Ear(None, live=True)
    for number in range(live.MOST_NUMBERS + 1):
        ear.tell(frozenset({number}))
    news = ear.take()
    assert (news.anything, news.numbers) == (True, ())
    assert not ear.take().anything
    ear.close()


def test_ear_of_one_ticket_hears_of_that_alone() -> None:
    ear = live.Ear(7, live=True)
    ear.tell(frozenset({8, 9}))
    assert select.select([ear], [], [], 0) == ([], [], [])
    ear.tell(frozenset({7, 8}))
    assert ear.take().numbers == (7,)
    ear.close()


def test_closed_ear_takes_no_word_and_no_descriptor() -> None:
    ear = live.Ear(None, live=True)
    ear.close()
    ear.tell(frozenset({1}))
    ear.close()
    assert ear.fileno() == -1


@pytest.mark.parametrize("word", [b"", b"1;2", b"x", "１".encode(), b"1," * 5000, b"-1", b"9" * 19])
def test_word_of_somebody_else_stands_for_anything(word: bytes) -> None:
    assert live.heard(word) is None


def test_one_publish_tells_all_tickets_of_a_transaction(tmp_path: Path) -> None:
    engine = sessions.engine(f"sqlite:///{tmp_path}/x.db")
    told: list[set[int]] = []
    with sessions.transaction(
        sessions.factory(engine), lambda _rings, tickets: told.append(tickets)
    ) as session:
        for number in (3, 1, 3):
            sessions.want_tell(session, number)
    assert told == [{1, 3}]
    engine.dispose()


def test_transaction_that_fails_tells_nothing(tmp_path: Path) -> None:
    engine = sessions.engine(f"sqlite:///{tmp_path}/x.db")
    told: list[set[int]] = []
    with (
        pytest.raises(ZeroDivisionError),
        sessions.transaction(
            sessions.factory(engine), lambda _rings, tickets: told.append(tickets)
        ) as session,
    ):
        sessions.want_tell(session, 1)
        raise ZeroDivisionError
    assert told == []
    engine.dispose()
