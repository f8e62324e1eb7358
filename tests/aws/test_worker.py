"""The process that works on AWS accounts, as the Procfile starts it: real Redis, real database, the double of AWS."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from redis import Redis

from gateway import clock, queues
from gateway.store.models import AwsStream, Stream
from gateway.store.queries import due
from tests.aws.accounts import ONE, account_of, an_account, settle_in, stream_of
from tests.aws.fake import FakeAws
from tests.aws.fixtures import environment
from tests.databases import SECRET, SUPPORT, Desk
from tests.redis_server import RedisServer, wait_for

ROOT = Path(__file__).parents[2]


@pytest.fixture
def worker(
    desk: Desk, aws: FakeAws, redis_server: RedisServer, tmp_path: Path
) -> Iterator[subprocess.Popen[bytes]]:
    settings = desk.services.settings
    told = {
        "DATA_DIR": settings.data_dir, "DATABASE_URL": settings.database, "REDIS_URL": redis_server.url,
        "SECRET_KEY": SECRET, "SUPPORT_ADDRESS": SUPPORT, "AWS_CN_PROFILE": "china",
    }  # fmt: skip
    variables = {f"HELPDESK_{name}": str(value) for name, value in told.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway.cli", "worker", "aws"],
        cwd=ROOT,
        env={**os.environ, **environment(aws, tmp_path), **variables},  # noqa: TID251  the environment of a process of ours
    )
    yield process
    process.kill()
    process.wait(10)


def test_worker_reads_what_is_due_when_it_is_rung_for(
    desk: Desk, aws: FakeAws, redis: Redis, worker: subprocess.Popen[bytes]
) -> None:
    aws.account(ONE, external_id="s3cret")
    desk.clock.at = clock.now() - timedelta(minutes=5)
    settle_in(desk, an_account(ONE, state="unchecked", told=""))
    with desk.services.reading() as session:
        assert due.due_queues(session, clock.now())[queues.AWS] == 1
    queues.ring(redis, queues.AWS)
    wait_for(lambda: account_of(desk).state == "ok", 30)
    wait_for(lambda: stream_of(desk, Stream.CASES).read_at is not None, 30)
    with desk.services.reading() as session:
        assert session.scalar(sa.select(sa.func.max(AwsStream.failures))) == 0


def test_worker_ends_politely(worker: subprocess.Popen[bytes], redis: Redis) -> None:
    wait_for(lambda: redis.keys("rq:worker:*"), 30)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
