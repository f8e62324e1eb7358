"""Rounds over many accounts: what is claimed, what becomes of it, and that nobody disturbs anybody."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.aws import streams
from gateway.aws.faults import Fault, Kind
from gateway.aws.parts import Account, Parts, Reading
from gateway.store.models import AwsStream, Stream
from tests.aws.accounts import (
    ONE,
    TWO,
    account_of,
    an_account,
    drain,
    rounds_of,
    settle_in,
    stream_of,
)  # fmt: skip
from tests.databases import Desk

HOUR = timedelta(hours=1)
NOBODY: Any = None


class Reader:
    """A reader that notes what it was asked for, and fails where it is told to."""

    def __init__(self, next_in: timedelta = timedelta(minutes=5), **faults: Exception) -> None:
        self.read: list[tuple[str, datetime | None]] = []
        self.faults, self.next_in = faults, next_in
        self.lock = threading.Lock()

    def __call__(self, parts: Parts, account: Account, watermark: datetime | None) -> Reading:
        with self.lock:
            self.read.append((account.account_id, watermark))
        if fault := self.faults.get(f"of_{account.account_id}"):
            raise fault
        return Reading(parts.now() + self.next_in, parts.now())

    @property
    def whom(self) -> list[str]:
        return sorted(account for account, _ in self.read)


@pytest.fixture
def due(desk: Desk) -> Desk:
    """A desk with two accounts all of whose streams are due."""
    settle_in(desk, an_account(ONE), an_account(TWO))
    desk.clock.pass_(days=3)
    return desk


def test_every_due_stream_is_read_once(due: Desk) -> None:
    cases, health = Reader(), Reader()
    rounds = rounds_of(due, NOBODY, {Stream.CASES: cases, Stream.HEALTH: health})
    assert drain(due, rounds) is False
    assert (cases.whom, health.whom) == ([ONE, TWO], [ONE, TWO])


def test_external_id_is_unsealed_for_the_reader(due: Desk) -> None:
    told = []
    drain(due, rounds_of(due, NOBODY, {Stream.CASES: lambda parts, account, _: told.append(account.external_id)
                                       or Reading(parts.now() + HOUR)}))  # fmt: skip
    assert told == ["s3cret", "s3cret"]


def test_stream_that_was_read_stands_at_its_watermark_until_it_is_due_again(due: Desk) -> None:
    drain(due, rounds_of(due, NOBODY, {Stream.HEALTH: Reader()}))
    row = stream_of(due, Stream.HEALTH)
    at = due.clock.at
    assert (row.read_at, row.watermark, row.due_at) == (at, at, at + timedelta(minutes=5))
    assert (row.failures, row.fault, row.lease_until) == (0, "", None)


def test_cases_are_read_again_within_ten_minutes_whatever_their_reader_says(due: Desk) -> None:
    drain(due, rounds_of(due, NOBODY, {Stream.CASES: Reader(HOUR)}))
    assert stream_of(due, Stream.CASES).due_at <= due.clock.at + timedelta(minutes=10)


def test_stream_without_a_reader_waits(due: Desk) -> None:
    drain(due, rounds_of(due, NOBODY, {Stream.CASES: Reader()}))
    assert stream_of(due, Stream.HEALTH).read_at is None


def test_fault_of_one_account_stops_no_other(due: Desk) -> None:
    cases = Reader(of_111122223333=ValueError("nobody thought of this"))
    drain(due, rounds_of(due, NOBODY, {Stream.CASES: cases}))
    assert stream_of(due, Stream.CASES, ONE).fault == "ValueError"
    assert stream_of(due, Stream.CASES, TWO).read_at == due.clock.at


def test_stream_that_fails_is_tried_again_soon_then_less_often_and_at_least_every_ten_minutes(
    due: Desk,
) -> None:
    rounds = rounds_of(
        due, NOBODY, {Stream.CASES: Reader(of_111122223333=Fault(Kind.THROTTLED, "Throttling"))}
    )
    waits = []
    for _ in range(9):
        drain(due, rounds)
        row = stream_of(due, Stream.CASES, ONE)
        waits.append((row.due_at - due.clock.at).total_seconds())
        due.clock.at = row.due_at
    assert waits[0] <= 15 and waits == sorted(waits) and 400 < waits[-1] <= 600
    assert account_of(due).state == "ok"


def test_refused_role_stops_the_account_until_the_next_probe(due: Desk) -> None:
    cases = Reader(of_111122223333=Fault(Kind.ROLE, "AccessDenied"))
    rounds = rounds_of(due, NOBODY, {Stream.CASES: cases, Stream.HEALTH: Reader()})
    drain(due, rounds)
    due.clock.pass_(hours=20)
    drain(due, rounds)
    assert cases.whom == [ONE, TWO, TWO]
    row = account_of(due)
    assert (row.state, row.state_code) == ("role-broken", "AccessDenied")


def test_account_without_a_plan_still_hears_of_its_cost(due: Desk) -> None:
    cost = Reader()
    rounds = rounds_of(
        due, NOBODY, {Stream.CASES: Reader(of_111122223333=Fault(Kind.NO_PLAN, "Subscription"))}
    )
    drain(due, rounds)
    drain(due, rounds_of(due, NOBODY, {Stream.COST: cost, Stream.HEALTH: Reader()}))
    assert cost.whom == [ONE, TWO]


def test_refusal_of_health_alone_leaves_cases_alone(due: Desk) -> None:
    cases, health = Reader(), Reader(of_111122223333=Fault(Kind.DENIED, "AccessDeniedException"))
    rounds = rounds_of(due, NOBODY, {Stream.CASES: cases, Stream.HEALTH: health})
    drain(due, rounds)
    due.clock.pass_(minutes=9)
    drain(due, rounds)
    row = account_of(due)
    assert (row.state, row.capabilities) == ("ok", {"health": "denied"})
    assert (cases.whom, health.whom) == ([ONE, ONE, TWO, TWO], [ONE, TWO, TWO])


def test_poke_during_a_read_makes_the_stream_due_again(due: Desk) -> None:
    poked = due.clock.at + timedelta(seconds=1)

    def read(parts: Parts, account: Account, _: datetime | None) -> Reading:
        with parts.transaction() as session:
            streams.poke(session, account.account_id, Stream.CASES, poked)
        return Reading(parts.now() + HOUR)

    drain(due, rounds_of(due, NOBODY, {Stream.CASES: read}))
    assert stream_of(due, Stream.CASES).due_at == poked


def test_row_that_another_process_took_over_is_left_to_it(due: Desk) -> None:
    def read(parts: Parts, account: Account, _: datetime | None) -> Reading:
        with parts.transaction() as session:
            session.execute(sa.update(AwsStream).values(fence=AwsStream.fence + 1, lease_owner="another"))
        return Reading(parts.now() + HOUR, parts.now())

    drain(due, rounds_of(due, NOBODY, {Stream.CASES: read}))
    assert stream_of(due, Stream.CASES, ONE).read_at is None


def test_account_that_another_process_works_on_is_left_to_it(due: Desk) -> None:
    with due.services.transaction() as session:
        session.execute(
            sa.update(AwsStream)
            .where(AwsStream.account_id == ONE, AwsStream.what == "health")
            .values(lease_owner="another", lease_until=datetime(2100, 1, 1, tzinfo=due.clock.at.tzinfo))
        )
    cases = Reader()
    drain(due, rounds_of(due, NOBODY, {Stream.CASES: cases}))
    assert cases.whom == [TWO]


def test_one_account_is_never_read_twice_at_the_same_time(due: Desk) -> None:
    at_work: list[str] = []
    crowded = []

    def read(parts: Parts, account: Account, _: datetime | None) -> Reading:
        crowded.extend(each for each in at_work if each == account.account_id)
        at_work.append(account.account_id)
        threading.Event().wait(0.05)
        at_work.remove(account.account_id)
        return Reading(parts.now() + HOUR)

    drain(due, rounds_of(due, NOBODY, dict.fromkeys(Stream, read)))
    assert crowded == []


def test_accounts_are_first_read_within_a_minute_and_not_all_at_once(desk: Desk) -> None:
    settle_in(desk, *(an_account(f"{number:012d}") for number in range(1, 101)))
    with desk.services.reading() as session:
        dues = list(session.scalars(sa.select(AwsStream.due_at).where(AwsStream.what == "cases")))
    seconds = sorted((each - desk.clock.at).total_seconds() for each in dues)
    assert 0 <= seconds[0] < 5 and 55 < seconds[-1] < 60 and len(set(seconds)) > 90


def test_account_whose_role_goes_loses_its_streams(due: Desk) -> None:
    with due.services.transaction() as session:
        row = session.get_one(type(account_of(due)), ONE)
        row.role_arn = ""
        streams.keep_in_step(session, due.clock.at)
    with due.services.reading() as session:
        assert set(session.scalars(sa.select(AwsStream.account_id))) == {TWO}
