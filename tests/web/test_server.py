"""The web under its real server, started as a process of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from pathlib import Path
from gateway import services
from gateway.store import migrations
from tests.web.desk import settings
from web import server
migrations.upgrade(services.build(settings(Path(sys.argv[1]))).engine)
server.run(lambda: services.build(settings(Path(sys.argv[1]))), sys.argv[2])
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def body_of(address: str) -> str:
    """What the server answers, once it does."""
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError:
            raise
        except OSError:
            assert time.monotonic() < deadline, "the web did not start"
            time.sleep(0.05)


def test_server_answers_and_ends_when_told(tmp_path: Path) -> None:
    listen = f"127.0.0.1:{free_port()}"
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path), listen], cwd=ROOT)
    try:
        assert body_of(f"http://{listen}/healthz") == "ok\n"
        assert '"status":"ready"' in body_of(f"http://{listen}/readyz").replace(" ", "")
        assert "Sign in" in body_of(f"http://{listen}/")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
