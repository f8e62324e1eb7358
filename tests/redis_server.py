"""A real Redis for the tests: our embedded Valkey, started as in production, one per test session."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from gateway import queues
from gateway.runtime import valkey
from gateway.settings import Settings

ROOT = Path(valkey.__file__).parents[2]
SERVE = """
import ctypes, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)
from gateway.runtime import valkey
from gateway.settings import Settings
valkey.serve(Settings(data_dir=sys.argv[1], redis_url=""))
"""


class RedisServer:
    """A server of one data folder that a test can stop, kill and start again."""

    def __init__(self, data_dir: Path) -> None:
        self.settings = Settings(data_dir=data_dir, redis_url="")
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The server's address."""
        return valkey.address(self.settings)

    def connect(self) -> Redis:
        """A client as ours are."""
        return queues.connect(self.url)

    def start(self) -> None:
        """Start the server and return when it answers."""
        command = [sys.executable, "-c", SERVE, str(self.settings.data_dir)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, process_group=0)
        wait_for(self.answers)

    def answers(self) -> bool:
        """Whether the server answers now."""
        try:
            return valkey.answers(self.url)
        except valkey.NotRunning:
            return False

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End the server and wait for its end."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(timeout=10)
            self.process = None


def wait_for(condition: object, seconds: float = 30.0) -> None:
    """Return as soon as `condition()` is true; fail after `seconds`."""
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {seconds} s: {condition}")
        time.sleep(0.02)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """The session's server; a test that stops it takes `own_redis_server` instead."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def own_redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A server of this test's own, running, to be stopped and started at will."""
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def redis(redis_server: RedisServer) -> Iterator[Redis]:
    """A client of the session's server, which is empty at the start of each test."""
    with redis_server.connect() as client:
        client.flushall()
        yield client
