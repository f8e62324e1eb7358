"""What EventBridge puts on our queues: it hastens streams, and nothing else."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.aws import events, listening
from gateway.aws.clients import AwsClients, Identity
from gateway.aws.events import Coalescing, Fate
from gateway.aws.faults import Fault, Kind
from gateway.aws.listening import Listener, Queue
from gateway.store.models import AwsSeen, AwsStream, Stream
from tests.aws.accounts import ONE, TWO, an_account, parts_of, settle_in, stream_of
from tests.aws.queues import Queues, health_event, support_event
from tests.databases import MONDAY, Desk

ARN = "arn:aws:health:eu-west-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/1"
CASE = f"case-{ONE}-muen-2026-a1b2c3"


class Listening:
    """A desk with two accounts whose streams are due in an hour, and a listener on a queue of moto's."""

    def __init__(self, desk: Desk, queues: Queues, clients: AwsClients) -> None:
        self.desk, self.queues = desk, queues
        settle_in(desk, an_account(ONE), an_account(TWO, view="organization"))
        self.later = desk.clock.at + timedelta(hours=1)
        self.put_off()
        self.url = queues.make(visibility_seconds=0)
        self.queue = Queue("aws", self.url)
        self.listener = Listener(parts_of(desk, clients), [self.queue], wait_seconds=1)

    def put_off(self, **values: Any) -> None:
        with self.desk.services.transaction() as session:
            session.execute(sa.update(AwsStream).values(**({"due_at": self.later} | values)))

    def hear(self, *told: dict[str, Any] | str) -> Counter[Fate]:
        """Put these on the queue, and take what is there."""
        for each in told:
            self.queues.put(self.url, each)
        found: Counter[Fate] = Counter()
        while sum(found.values()) < len(told):
            found += self.listener.take(self.queue)
        return found

    def due(self, what: Stream, account_id: str = ONE) -> timedelta:
        return stream_of(self.desk, what, account_id).due_at - self.desk.clock.at


@pytest.fixture
def heard(desk: Desk, queues: Queues, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Listening:
    for name, value in queues.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAHUBOFAWS00000000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    return Listening(desk, queues, AwsClients(Identity({}, https_only=False), desk.clock))


def test_word_about_health_has_the_accounts_health_looked_at_now(heard: Listening) -> None:
    assert heard.hear(health_event(ONE, ARN, MONDAY)) == {Fate.TAKEN: 1}
    assert heard.due(Stream.HEALTH) == timedelta()
    assert heard.due(Stream.CASES) == heard.due(Stream.HEALTH, TWO) == timedelta(hours=1)
    assert heard.queues.left(heard.url) == 0


def test_word_about_a_case_has_the_accounts_cases_looked_at_now(heard: Listening) -> None:
    assert heard.hear(support_event(ONE, CASE)) == {Fate.TAKEN: 1}
    assert heard.due(Stream.CASES) == timedelta()
    assert heard.due(Stream.HEALTH) == timedelta(hours=1)


def test_copy_from_a_backup_region_and_one_delivered_again_do_nothing(heard: Listening) -> None:
    told = health_event(ONE, ARN, MONDAY)
    copy = told | {"id": "another", "region": "us-west-2", "detail": told["detail"] | {"backupEvent": "true"}}
    assert heard.hear(told) == {Fate.TAKEN: 1}
    heard.desk.clock.pass_(minutes=1)
    heard.put_off()
    assert heard.hear(copy, told) == {Fate.AGAIN: 2}
    assert heard.due(Stream.HEALTH) == timedelta(minutes=59)
    assert heard.queues.left(heard.url) == 0


def test_words_that_arrive_out_of_order_are_each_taken_once(heard: Listening) -> None:
    first = health_event(ONE, ARN, MONDAY, communicationId="a-1")
    second = health_event(ONE, ARN, MONDAY + timedelta(minutes=5), communicationId="b-1")
    assert heard.hear(second, first, second) == {Fate.TAKEN: 2, Fate.AGAIN: 1}


def test_words_within_five_seconds_have_a_stream_looked_at_once_more_at_their_end(heard: Listening) -> None:
    heard.hear(support_event(ONE, CASE))
    heard.put_off(lease_until=heard.later)  # it is being read
    heard.desk.clock.pass_(seconds=2)
    heard.hear(support_event(ONE, CASE), support_event(ONE, CASE))
    assert heard.due(Stream.CASES) == timedelta(seconds=3)


@pytest.mark.parametrize(
    ("told", "fate"),
    [
        (health_event("999900001111", ARN, MONDAY), Fate.UNKNOWN_ACCOUNT),
        (health_event(ONE, ARN.replace("aws:", "aws-cn:", 1), MONDAY), Fate.MISMATCH),
        (health_event(ONE, ARN, MONDAY, affectedAccount=TWO), Fate.MISMATCH),
        (health_event(ONE, ARN, MONDAY) | {"source": "custom.health"}, Fate.OTHER_SOURCE),
        (support_event(TWO, CASE), Fate.MISMATCH),
        (support_event(ONE, "case-999900001111-muen-2026-a1"), Fate.UNKNOWN_ACCOUNT),
    ],
)
def test_word_that_is_not_about_an_account_of_ours_is_dropped(
    heard: Listening, told: dict[str, Any], fate: Fate
) -> None:
    assert heard.hear(told) == {fate: 1}
    assert heard.listener.counts == {fate: 1}
    assert {heard.due(what, each) for what in (Stream.CASES, Stream.HEALTH) for each in (ONE, TWO)} == {
        timedelta(hours=1)
    }
    assert heard.queues.left(heard.url) == 0


def test_organization_speaks_for_its_members(heard: Listening) -> None:
    assert heard.hear(health_event(TWO, ARN, MONDAY, affectedAccount=ONE)) == {Fate.TAKEN: 1}
    assert heard.due(Stream.HEALTH) == timedelta()


def test_organization_is_looked_at_where_its_member_has_no_role(heard: Listening) -> None:
    with heard.desk.services.transaction() as session:
        session.execute(sa.delete(AwsStream).where(AwsStream.account_id == ONE))
    assert heard.hear(health_event(TWO, ARN, MONDAY, affectedAccount=ONE)) == {Fate.TAKEN: 1}
    assert heard.due(Stream.HEALTH, TWO) == timedelta()


@pytest.mark.parametrize("told", ["", "no json", "[1]", "[" * 100_000, '{"source": "aws.health"}',
                                  json.dumps({"source": "aws.health", "account": ONE, "detail": {"eventArn": 7}}),
                                  json.dumps(health_event("1111\x002222", ARN, MONDAY)),
                                  json.dumps(health_event(ONE, ARN, MONDAY, affectedAccount="\ud800"))])  # fmt: skip
def test_malformed_message_is_left_to_the_queue(heard: Listening, told: str) -> None:
    if not told:
        told = " "
    assert heard.hear(told) == {Fate.MALFORMED: 1}
    assert heard.queues.left(heard.url) == 1


def test_message_is_deleted_only_after_the_commit(heard: Listening) -> None:
    heard.queues.put(heard.url, support_event(ONE, CASE))
    dying = replace(heard.listener, parts=replace(heard.listener.parts, transaction=_breaking(heard.desk)))
    dying._forgotten_at = 1e12
    with pytest.raises(sa.exc.OperationalError):
        dying.take(heard.queue)
    assert heard.due(Stream.CASES) == timedelta(hours=1)
    assert heard.hear() == Counter()
    assert heard.listener.take(heard.queue) == {Fate.TAKEN: 1}
    assert heard.due(Stream.CASES) <= events.COALESCED
    assert heard.queues.left(heard.url) == 0


def _breaking(desk: Desk) -> Callable[[], Any]:
    from contextlib import contextmanager

    @contextmanager
    def transaction() -> Any:
        with desk.services.reading() as session:
            yield session
            raise sa.exc.OperationalError("commit", {}, Exception("the database went away"))

    return transaction


def test_queue_that_cannot_be_reached_is_tried_again_and_stops_nothing(heard: Listening) -> None:
    stop = threading.Event()

    class Away:
        def hub_call(self, *_: object, **__: object) -> dict[str, Any]:
            stop.set()
            raise Fault(Kind.MISSING, "QueueDoesNotExist")

    parts = replace(heard.listener.parts, clients=Away())
    [thread] = Listener(parts, [heard.queue]).start(stop)
    thread.join(10)
    assert not thread.is_alive()


def test_words_are_forgotten_when_no_queue_can_bring_them_again(heard: Listening) -> None:
    heard.hear(support_event(ONE, CASE))
    for days, left in ((14, 1), (2, 0)):
        heard.desk.clock.pass_(days=days)
        with heard.desk.services.transaction() as session:
            events.forget(session, heard.desk.clock.at)
            assert session.scalar(sa.select(sa.func.count()).select_from(AwsSeen)) == left


def test_coalescing_lets_the_first_word_through_at_once() -> None:
    coalescing = Coalescing()
    seconds = [
        coalescing.due_at(ONE, Stream.CASES, MONDAY + timedelta(seconds=each)) - MONDAY
        for each in (0, 1, 4, 6)
    ]
    assert [each.total_seconds() for each in seconds] == [0, 5, 5, 6]


@pytest.mark.parametrize(
    "named", ["https://sqs.us-east-1.amazonaws.com/9/q", "aws-us-gov=https://q", "aws=ftp://q"]
)
def test_setting_that_names_no_queue_is_refused(named: str) -> None:
    with pytest.raises(ValueError, match="named as"):
        listening.queues_of(named)
