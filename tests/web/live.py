"""The desk under its real server, beside a real Redis that can be taken away, for tests of what is live."""

from __future__ import annotations

import contextlib
import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis import Redis

from gateway.runtime import valkey
from tests.web import desk as desks
from tests.web.desk import PASSWORD, Desk
from tests.web.test_server import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0
SERVER = """
import sys
from pathlib import Path
from gateway import services
from tests.web.desk import settings
from web import server
made = settings(Path(sys.argv[1]), redis_url=sys.argv[3])
server.run(lambda: services.build(made), sys.argv[2])
"""


@dataclass
class Redises:
    """One Redis at one place, which can be killed and come back."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.process = subprocess.Popen(
            [str(valkey.find_server()), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
             "--dir", str(self.folder)], stdout=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + PATIENCE
        while not valkey.answers(self.url):
            assert time.monotonic() < deadline, "Redis did not start"
            time.sleep(0.02)

    def client(self) -> Redis:
        """A connection to it."""
        return Redis.from_url(self.url)

    def kill(self) -> None:
        """Take it away."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@dataclass
class Served:
    """A desk whose pages a real server serves."""

    desk: Desk
    redis: Redises
    listen: str
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"http://{self.listen}"

    def cookie(self, email: str = "chen.wei@northquay.example") -> str:
        """The cookie of somebody signed in."""
        client = self.desk.client()
        desks.log_in(client, email)
        found = client.get_cookie("desk")
        assert found is not None
        return f"desk={found.value}"

    def listening(self, cookie: str, path: str = "/live") -> http.client.HTTPResponse:
        """A stream that somebody has opened."""
        connection = http.client.HTTPConnection(self.listen, timeout=PATIENCE)
        connection.request("GET", path, headers={"Cookie": cookie})
        return connection.getresponse()


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """The desk, its Redis and its server; all are ended at the end."""
    redis, listen = Redises(folder, free_port()), f"127.0.0.1:{free_port()}"
    made = desks.open_desk(folder, redis_url=redis.url)
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(folder), listen, redis.url], cwd=ROOT)
    try:
        redis.start()
        _await(listen, process)
        yield Served(made, redis, listen, process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        finally:
            process.kill()
            process.wait()
            redis.kill()
            made.services.engine.dispose()


def _await(listen: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server takes connections."""
    host, _, port = listen.partition(":")
    deadline = time.monotonic() + 3 * PATIENCE
    while True:
        with contextlib.suppress(OSError), socket.create_connection((host, int(port)), PATIENCE):
            return
        assert process.poll() is None and time.monotonic() < deadline, "the web did not start"
        time.sleep(0.05)


def sign_in(context: Any, address: str, email: str = "chen.wei@northquay.example") -> Any:
    """A page of somebody signed in, which notes what the browser complains about."""
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(address + "/login")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("main button.go, .door button.go")
    page.wait_for_selector("#main")
    return page
