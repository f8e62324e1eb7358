"""A PostgreSQL of the bench's own that flushes every commit, with the binaries that the tests find."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg

from tests import postgres as testing

OPTIONS = ("listen_addresses=", "fsync=on", "synchronous_commit=on", "shared_buffers=128MB", "timezone=UTC")


class Server:
    """A running server: addresses of databases, and what it costs."""

    def __init__(self, socket_folder: Path, process: psutil.Process) -> None:
        self._folder, self.process = socket_folder, process

    def url(self, name: str) -> str:
        """The address of a database, for SQLAlchemy."""
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"

    def create(self, name: str) -> str:
        """A fresh database; its address."""
        with psycopg.connect(host=str(self._folder), user="postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return self.url(name)

    def version(self) -> str:
        """What the server calls itself."""
        with psycopg.connect(host=str(self._folder), user="postgres") as connection:
            return f"{connection.info.server_version // 10000}.{connection.info.server_version % 10000}"


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Server | None]:
    """A server with its data under a folder, ended at the end; None where no binaries are to be had."""
    found = testing.find_binaries()
    if found is None:
        yield None
        return
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    binaries, data = testing.reachable(found, folder), folder / "data"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(data, testing.NOBODY, testing.NOBODY)
    initdb = [
        binaries / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    subprocess.run([*testing.as_nobody(), *initdb], check=True, capture_output=True, cwd="/")
    options = [part for option in OPTIONS for part in ("-c", option)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*testing.as_nobody(), binaries / "postgres", "-D", data, "-k", data, *options],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
        )  # fmt: skip
    try:
        testing.wait_until_ready(data, folder / "log")
        yield Server(data, psutil.Process(server.pid))
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()
