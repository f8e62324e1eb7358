"""The embedded Redis is private, survives, and is one to a folder."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError, ConnectionError

from gateway.runtime import valkey
from gateway.settings import Settings
from tests.redis_server import ROOT, SERVE, RedisServer, wait_for


def test_configured_address_is_used_as_it_is() -> None:
    assert (
        valkey.address(Settings(redis_url="redis://elsewhere.example:6380/2"))
        == "redis://elsewhere.example:6380/2"
    )


def test_short_folder_is_served_on_a_private_unix_socket(own_redis_server: RedisServer) -> None:
    path = Path(urlsplit(own_redis_server.url).path)
    assert stat.S_ISSOCK(path.stat().st_mode)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert own_redis_server.connect().ping()


@pytest.fixture
def deep_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path / ("long name/" * 9) / 'quoted "folder"')
    server.start()
    yield server
    server.kill()


def test_deep_folder_is_served_on_loopback_behind_a_password(deep_server: RedisServer) -> None:
    url = urlsplit(deep_server.url)
    assert (url.scheme, url.hostname) == ("redis", "127.0.0.1")
    with pytest.raises(AuthenticationError):
        Redis(port=url.port or 0).ping()
    assert deep_server.connect().ping()


def test_loopback_address_is_readable_by_its_owner_only(deep_server: RedisServer) -> None:
    mode = (deep_server.settings.data_dir / "redis" / "address").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_loopback_address_stays_the_same_over_a_restart(deep_server: RedisServer) -> None:
    before = deep_server.url
    deep_server.kill()
    deep_server.start()
    assert deep_server.url == before


def test_what_was_pushed_survives_a_kill(own_redis_server: RedisServer) -> None:
    own_redis_server.connect().rpush("list", *range(100))
    own_redis_server.kill()
    own_redis_server.start()
    assert own_redis_server.connect().llen("list") == 100


def test_server_that_cannot_read_its_data_soon_begins_without_it(own_redis_server: RedisServer) -> None:
    own_redis_server.connect().set("key", "value")
    own_redis_server.kill()
    folder = own_redis_server.settings.data_dir / "redis"
    for file in (folder / "appendonlydir").iterdir():
        file.write_bytes(b"no such format\n" * 20)
    for _ in range(4):
        process = start_second(own_redis_server)
        wait_for(lambda process=process: process.poll() is not None or own_redis_server.answers())
        if process.poll() is None:
            break
    assert own_redis_server.connect().dbsize() == 0
    assert (folder / "unreadable").is_dir()
    process.kill()
    process.wait()


def test_data_is_kept_over_restarts_that_are_far_apart(own_redis_server: RedisServer) -> None:
    own_redis_server.connect().set("key", "value")
    for _ in range(4):
        own_redis_server.kill()
        os.utime(own_redis_server.settings.data_dir / "redis" / "starts", (0, 0))
        own_redis_server.start()
    assert own_redis_server.connect().get("key") == b"value"


def test_server_never_evicts(redis: Redis) -> None:
    assert redis.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_asking_for_a_server_that_does_not_run_says_what_to_start(tmp_path: Path) -> None:
    with pytest.raises(valkey.NotRunning, match="helpdesk up"):
        valkey.require(Settings(data_dir=tmp_path, redis_url=""))


def test_asking_for_a_running_server_gives_its_address(redis_server: RedisServer) -> None:
    assert valkey.require(redis_server.settings) == redis_server.url


def test_server_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    script = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {SERVE!r}, {str(tmp_path)!r}])
sys.stdin.read()
"""
    server = RedisServer(tmp_path)
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, cwd=ROOT) as parent:
        wait_for(server.answers)
        parent.kill()
    wait_for(lambda: not server.answers())


def pid_of(server: RedisServer) -> int:
    """Who holds the folder; 0 in the moment between taking the lock and writing the number."""
    return int((server.settings.data_dir / "redis" / "lock").read_text() or 0)


def start_second(server: RedisServer) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SERVE, str(server.settings.data_dir)], cwd=ROOT)


def test_second_server_waits_while_the_first_answers_and_then_takes_over(
    own_redis_server: RedisServer,
) -> None:
    first = own_redis_server.process
    assert first is not None
    with start_second(own_redis_server) as second:
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(timeout=1)
        assert pid_of(own_redis_server) == first.pid
        own_redis_server.kill()
        wait_for(lambda: pid_of(own_redis_server) == second.pid and own_redis_server.answers())
        second.kill()


def test_second_server_told_to_stop_leaves_the_first_running(own_redis_server: RedisServer) -> None:
    with start_second(own_redis_server) as second:
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(timeout=1)
        second.terminate()
        assert second.wait(timeout=10) in (
            0,
            -signal.SIGTERM,
        )  # the latter where it was told while still starting
    assert own_redis_server.answers()


def test_server_that_holds_the_folder_but_does_not_answer_is_ended(own_redis_server: RedisServer) -> None:
    hung = own_redis_server.process
    assert hung is not None
    os.kill(hung.pid, signal.SIGSTOP)
    with start_second(own_redis_server) as second:
        wait_for(lambda: pid_of(own_redis_server) == second.pid and own_redis_server.answers())
        second.kill()
    assert hung.wait(timeout=10) == -signal.SIGKILL


def test_client_of_ours_gives_up_soon_on_a_server_that_is_away(own_redis_server: RedisServer) -> None:
    client = own_redis_server.connect()
    own_redis_server.kill()
    with pytest.raises(ConnectionError):
        client.ping()
