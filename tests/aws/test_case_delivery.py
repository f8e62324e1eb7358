"""From AWS's reply to the customer's mailbox: workers and ticker as the Procfile starts them, Redis, SQS, SMTP."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway import clock
from gateway.store.models import AwsCommunication, AwsStream, Stream
from tests.aws.accounts import ONE, an_account, settle_in, stream_of
from tests.aws.case_desk import follow
from tests.aws.fake import FakeAws
from tests.aws.fixtures import environment
from tests.aws.queues import Queues, support_event
from tests.aws.shared import ROOT
from tests.databases import SECRET, SUPPORT, Desk
from tests.redis_server import RedisServer, wait_for
from tests.sink import Sink

LI = "li@harbour.example"
PROMISED = 10.0
"""Seconds from EventBridge's word to the customer's mailbox."""


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as made:
        yield made


@pytest.fixture
def case_id(desk: Desk, aws: FakeAws) -> str:
    """A case on a ticket of Li Na's, in an account that is read for the first time as soon as somebody works."""
    aws.account(ONE, external_id="s3cret")
    desk.clock.at = clock.now() - timedelta(minutes=5)
    settle_in(desk, an_account(ONE))
    return follow(desk, aws, ONE)


@pytest.fixture
def queue(desk: Desk, aws: FakeAws, case_id: str, redis_server: RedisServer, sink: Sink, queues: Queues,
          tmp_path: Path) -> Iterator[str]:  # fmt: skip
    """The queue EventBridge fills, with the processes of a desk behind it that have read the account once."""
    url, settings = queues.make(), desk.services.settings
    told = {
        "DATA_DIR": settings.data_dir, "DATABASE_URL": settings.database, "REDIS_URL": redis_server.url,
        "SECRET_KEY": SECRET, "SUPPORT_ADDRESS": SUPPORT, "RELAY_URL": sink.url, "RELAY_HELO": "desk.example",
        "AWS_EVENTS_QUEUES": f"aws={url}",
    }  # fmt: skip
    variables = {f"HELPDESK_{name}": str(value) for name, value in told.items()}
    variables |= environment(aws, tmp_path) | queues.environment
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "gateway.cli", *command],
            cwd=ROOT,
            env={**os.environ, **variables},  # noqa: TID251
        )
        for command in (["worker", "aws"], ["worker", "out"], ["clock"])
    ]
    try:
        wait_for(lambda: stream_of(desk, Stream.CASES).read_at is not None, 60)
        wait_for(lambda: stream_of(desk, Stream.CASES).due_at > clock.now() + timedelta(minutes=5), 30)
        yield url
    finally:
        for each in running:
            each.kill()
        for each in running:
            each.wait(10)


def arrived(sink: Sink, text: str) -> list[list[str]]:
    """Who got mails that hold a text."""
    return [mail.recipients for mail in sink.taken if text.encode() in mail.content]


def test_reply_of_aws_is_in_the_mailbox_ten_seconds_after_its_event(
    aws: FakeAws, case_id: str, queue: str, queues: Queues, sink: Sink
) -> None:
    aws.aws_replies(case_id, "Please reboot i-0abc.", status="work-in-progress")
    queues.put(queue, support_event(ONE, case_id))
    wait_for(lambda: [LI] in arrived(sink, "Please reboot i-0abc."), PROMISED)
    wait_for(lambda: queues.left(queue) == 0, 30)
    queues.put(queue, support_event(ONE, case_id))
    wait_for(lambda: queues.left(queue) == 0, 30)
    assert arrived(sink, "Please reboot i-0abc.").count([LI]) == 1


def test_reply_of_aws_nobody_told_of_is_in_the_mailbox_after_the_next_poll(
    desk: Desk, aws: FakeAws, case_id: str, queue: str, sink: Sink
) -> None:
    assert stream_of(desk, Stream.CASES).due_at <= clock.now() + timedelta(minutes=10)
    aws.aws_replies(case_id, "Please reboot i-0abc.", status="work-in-progress")
    with desk.services.transaction() as session:
        session.execute(
            sa.update(AwsStream).where(AwsStream.what == str(Stream.CASES)).values(due_at=clock.now())
        )
    wait_for(lambda: [LI] in arrived(sink, "Please reboot i-0abc."), 30)
    with desk.services.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(AwsCommunication)) == 2
