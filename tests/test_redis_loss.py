"""Redis vanishes in every way while mail keeps arriving: intake goes on, and everything is filed in time (K4)."""

from __future__ import annotations

import itertools
import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from gateway.store.models import Ticket
from tests.builders import a_mail
from tests.installation import Installation, installed, until
from tests.redis_server import RedisServer

pytestmark = pytest.mark.timeout(180)
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    made = RedisServer(tmp_path_factory.mktemp("redis"))
    made.start()
    yield made
    made.kill()


@pytest.fixture(scope="module")
def installation(
    request: pytest.FixtureRequest, server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("installation")
    with installed("sqlite", request, folder, redis_url=server.url) as running:
        yield running


def arrive(installation: Installation, count: int, between: Callable[[], object] = lambda: None) -> int:
    """Hand over so many new mails, each answered 250 at the first try; how many tickets there are to be."""
    before = installation.count(Ticket) + installation.unfiled()
    with installation.smtp() as session:
        for number in itertools.islice(_numbers, count):
            sender = f"user{number}@harbour.example"
            raw = a_mail(f"Request {number}.\n", sender=sender, message_id=f"r{number}@harbour.example")
            assert session.sendmail(sender, ["support@desk.example"], raw) == {}
            between()
    return before + count


def filed_and_answered(installation: Installation, tickets: int, seconds: float) -> None:
    until(lambda: installation.count(Ticket) == tickets, seconds, installation)
    until(lambda: installation.unsent() == 0, 30, installation)
    assert installation.unfiled() == 0
    ids = [mail.message_id for mail in installation.sink.heard]
    assert len(ids) == len(set(ids))


def test_mail_is_filed_within_thirty_seconds_of_a_flush(
    installation: Installation, server: RedisServer
) -> None:
    client = server.connect()
    tickets = arrive(installation, 30, client.flushall)
    filed_and_answered(installation, tickets, 30)


def test_mail_is_filed_within_fifteen_seconds_of_a_kill_of_redis(
    installation: Installation, server: RedisServer
) -> None:
    def kill() -> None:
        if next(kills) % 10 == 5:
            server.kill()
            server.start()

    kills = itertools.count()
    tickets = arrive(installation, 30, kill)
    filed_and_answered(installation, tickets, 15)


def test_mail_is_filed_while_redis_is_gone(installation: Installation, server: RedisServer) -> None:
    server.kill()
    try:
        filed_and_answered(installation, arrive(installation, 20), 30)
    finally:
        server.start()
    filed_and_answered(installation, arrive(installation, 3), 15)


def test_mail_is_filed_while_redis_hangs(installation: Installation, server: RedisServer) -> None:
    assert server.process is not None
    server.process.send_signal(signal.SIGSTOP)
    try:
        filed_and_answered(installation, arrive(installation, 20), 30)
    finally:
        server.process.send_signal(signal.SIGCONT)
    filed_and_answered(installation, arrive(installation, 3), 15)


def test_mail_is_filed_while_redis_is_full(installation: Installation, server: RedisServer) -> None:
    client = server.connect()
    client.config_set("maxmemory", "1")
    try:
        filed_and_answered(installation, arrive(installation, 10), 30)
    finally:
        client.config_set("maxmemory", "0")
    filed_and_answered(installation, arrive(installation, 3), 15)


def test_door_answers_at_once_whatever_redis_does(installation: Installation, server: RedisServer) -> None:
    assert server.process is not None
    server.process.send_signal(signal.SIGSTOP)
    try:
        done = threading.Event()
        thread = threading.Thread(target=lambda: (arrive(installation, 5), done.set()))
        thread.start()
        assert done.wait(10)
        thread.join()
    finally:
        server.process.send_signal(signal.SIGCONT)
    until(lambda: installation.unfiled() == 0 and installation.unsent() == 0, 30, installation)
