"""The double of AWS and moto's queues as fixtures; what they need is imported when a test asks for them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.aws.control import RemoteAws
    from tests.aws.fake import FakeAws
    from tests.aws.queues import Queues

ROOT = Path(__file__).parents[2]


@pytest.fixture
def aws() -> Iterator[FakeAws]:
    """An empty AWS behind `aws.url`, in a thread."""
    from tests.aws.fake import FakeAws
    from tests.aws.server import serving

    with serving(FakeAws()) as fake:
        yield fake
    assert fake.broken == []


@pytest.fixture
def aws_process() -> Iterator[RemoteAws]:
    """An empty AWS in a process of its own, ordered about over HTTP."""
    from tests.aws.control import RemoteAws

    run = subprocess.Popen(
        [sys.executable, "-m", "tests.aws.server"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    try:
        yield RemoteAws(run.stdout.readline().strip())
    finally:
        run.kill()
        run.wait(10)
        run.stdout.close()


@pytest.fixture(scope="session")
def moto_server() -> Iterator[str]:
    """The address of moto's server: SQS, Organizations, S3; not Support, whose cases change at every look."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@pytest.fixture
def queues(moto_server: str) -> Queues:
    """SQS as EventBridge fills it: `queues.make()` is a queue's URL, `queues.put(url, event)` an event on it."""
    from tests.aws.queues import Queues

    return Queues(moto_server)
