"""250 comes after the flush, as the system calls show, and a database that does not flush is refused (K8)."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway import services
from gateway.settings import Settings
from gateway.store import session
from gateway.store.session import durability_fault
from tests.builders import a_mail
from tests.databases import SECRET, settings_for
from tests.installation import free_ports
from tests.redis_server import wait_for
from tests.smtp_door import Client

LARGE = b"x" * 70 + b"\r\n"


def test_sqlite_flushes_every_commit(tmp_path: Path) -> None:
    made = services.build(settings_for(tmp_path))
    assert durability_fault(made.sessions) == ""
    made.engine.dispose()


@pytest.mark.parametrize("level", ["NORMAL", "OFF"])
def test_sqlite_that_does_not_flush_is_told_apart(tmp_path: Path, level: str) -> None:
    made = services.build(settings_for(tmp_path))

    @sa.event.listens_for(made.engine, "checkout")
    def on_checkout(connection: object, *_: object) -> None:
        connection.execute(f"PRAGMA synchronous={level}")  # type: ignore[attr-defined]

    assert "does not flush" in durability_fault(made.sessions)
    made.engine.dispose()


def test_postgresql_that_does_not_flush_is_told_apart(postgres_url: str) -> None:
    engine = session.engine(postgres_url)
    found = durability_fault(session.factory(engine))
    assert "does not flush" in found and "fsync" in found  # the tests' own server runs without
    engine.dispose()


def environment(folder: Path, **settings: str) -> dict[str, str]:
    told = {"DATA_DIR": str(folder), "SECRET_KEY": SECRET, "SUPPORT_ADDRESS": "support@desk.example",
            "CHECK_AUTHENTICATION": "false", "LOG_LEVEL": "WARNING"} | settings  # fmt: skip
    return {"PATH": os.environ["PATH"]} | {f"HELPDESK_{name}": value for name, value in told.items()}  # noqa: TID251


@pytest.mark.parametrize("database_settings", ["postgresql"], indirect=True)
def test_production_refuses_a_database_that_does_not_flush(
    database_settings: Settings, tmp_path: Path
) -> None:
    url = database_settings.database
    told = environment(tmp_path, DATABASE_URL=url, ENVIRONMENT="production", BASE_URL="https://desk.example")
    command = [sys.executable, "-m", "gateway.cli", "smtp"]
    ended = subprocess.run(
        command, env=told, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert "does not flush commits" in ended.stderr
    assert url not in ended.stderr


@pytest.fixture
def traced(tmp_path: Path, sqlite_template: Path) -> Iterator[tuple[int, Path]]:
    """The port of a door in a process of its own, and the file of its system calls."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed: apt-get install strace")
    shutil.copy(sqlite_template, tmp_path / "helpdesk.db")
    (port,) = free_ports(1)
    calls = tmp_path / "calls"
    trace = [
        strace,
        "-f",
        "-y",
        "-s",
        "64",
        "-o",
        str(calls),
        "-e",
        "trace=fsync,fdatasync,sendto,recvfrom,rename",
    ]
    door = subprocess.Popen(
        [*trace, sys.executable, "-m", "gateway.cli", "smtp"], cwd=tmp_path, start_new_session=True,
        env=environment(tmp_path, SMTP_LISTEN=f"127.0.0.1:{port}"),
    )  # fmt: skip
    try:
        wait_for(lambda: door.poll() is not None or listens(port), 60)
        if door.poll() is not None:
            pytest.skip("this user may not trace processes")
        yield port, calls
    finally:
        if door.poll() is None:
            os.killpg(door.pid, signal.SIGTERM)
            door.wait(60)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.timeout(180)
def test_mail_is_flushed_between_its_final_dot_and_250(traced: tuple[int, Path]) -> None:
    port, calls = traced
    with Client(("127.0.0.1", port)) as client:
        client.reply()
        client.say("EHLO client.example")
        for number in range(20):
            text = a_mail(f"Number {number}.\n", message_id=f"m{number}@harbour.example")
            if number % 4 == 0:
                text += LARGE * 2000
            assert client.say("MAIL FROM:<li@harbour.example>").startswith("250 ")
            assert client.say("RCPT TO:<support@desk.example>").startswith("250 ")
            assert client.data(text).startswith("250 2.0.0 accepted")

    found = turns(calls.read_text())
    assert len(found) == 20
    for number, flushed in enumerate(found):
        assert any("helpdesk.db-wal" in each for each in flushed), (number, flushed)
        if number % 4 == 0:
            order = [each for each in flushed if "blobs" in each or "helpdesk.db-wal" in each]
            assert "blobs" in order[0] and "helpdesk.db-wal" in order[-1], order


def turns(calls: str) -> list[list[str]]:
    """For each mail what was flushed after the server had asked for it and before it said 250."""
    found: list[list[str]] = []
    flushed: list[str] | None = None
    for line in calls.splitlines():
        if "354 " in line and "sendto(" in line:
            flushed = []
        elif flushed is not None and re.search(r"(fsync|fdatasync)\(", line):
            flushed.append(line)
        elif flushed is not None and "250 2.0.0 accepted" in line:
            found.append(flushed)
            flushed = None
    return found
