"""Taking responsibility: group commit, its isolation of bad mail, its bounds and its bell."""

from __future__ import annotations

import asyncio
import errno
import sqlite3
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from gateway.inbound import receive
from gateway.inbound.receive import Arrival, Intake, NotDurable, StorageFull
from tests.smtp_door import Store, until


def mail(raw: bytes = b"x") -> Arrival:
    return Arrival(
        raw=raw,
        reverse_path="a@client.example",
        forward_paths=("support@desk.example",),
        accepted_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def nothing() -> None:
    """A bell nobody hears."""


async def outcomes(intake: Intake, mails: Sequence[Arrival]) -> list[object]:
    return await asyncio.gather(*(intake.accept(each) for each in mails), return_exceptions=True)


def test_thread_gets_the_identifier_of_its_mail() -> None:
    with Intake(Store().commit_batch, nothing) as intake:
        assert [intake.take(mail()), intake.take(mail())] == ["D1", "D2"]


def test_coroutines_get_the_identifier_of_their_own_mail() -> None:
    with Intake(lambda batch: [arrival.raw.decode() for arrival in batch], nothing) as intake:
        got = asyncio.run(outcomes(intake, [mail(b"a"), mail(b"b"), mail(b"c")]))
    assert got == ["a", "b", "c"]


def test_mails_that_wait_share_one_commit() -> None:
    store = Store()
    store.gate = threading.Event()

    async def run(intake: Intake) -> None:
        first = asyncio.create_task(intake.accept(mail()))
        await asyncio.to_thread(store.begun.wait, 10)
        others = [asyncio.create_task(intake.accept(mail())) for _ in range(20)]
        await asyncio.sleep(0)
        assert store.gate is not None
        store.gate.set()
        await asyncio.gather(first, *others)

    with Intake(store.commit_batch, nothing) as intake:
        asyncio.run(run(intake))
    assert store.batches == [1, 20]


def test_batch_is_bounded_in_count_and_size() -> None:
    store = Store()
    store.gate = threading.Event()
    big = receive.BATCH_BYTES // 2

    async def run(intake: Intake) -> None:
        first = asyncio.create_task(intake.accept(mail()))
        await asyncio.to_thread(store.begun.wait, 10)
        small = [asyncio.create_task(intake.accept(mail())) for _ in range(receive.BATCH_COUNT + 1)]
        await asyncio.sleep(0)
        large = [asyncio.create_task(intake.accept(mail(bytes(big)))) for _ in range(3)]
        await asyncio.sleep(0)
        assert store.gate is not None
        store.gate.set()
        await asyncio.gather(first, *small, *large)

    with Intake(store.commit_batch, nothing) as intake:
        asyncio.run(run(intake))
    assert store.batches == [1, receive.BATCH_COUNT, 3, 1]


def test_one_poisonous_mail_does_not_refuse_its_neighbours() -> None:
    store = Store()
    store.gate = threading.Event()

    def commit(batch: Sequence[Arrival]) -> list[str]:
        stored = store.commit_batch(batch) if all(b"poison" not in each.raw for each in batch) else None
        if stored is None:
            raise ValueError("lone surrogate")
        return stored

    async def run(intake: Intake) -> list[object]:
        first = asyncio.create_task(intake.accept(mail()))
        await asyncio.to_thread(store.begun.wait, 10)
        rest = asyncio.create_task(outcomes(intake, [mail(), mail(b"poison"), mail()]))
        for _ in range(3):
            await asyncio.sleep(0)
        assert store.gate is not None
        store.gate.set()
        await first
        return await rest

    with Intake(commit, nothing) as intake:
        got = asyncio.run(run(intake))
    assert [type(each) for each in got] == [str, NotDurable, str]


def test_failing_mail_is_tried_no_more_than_once_alone() -> None:
    tried: list[int] = []

    def commit(batch: Sequence[Arrival]) -> list[str]:
        tried.append(len(batch))
        raise RuntimeError("down")

    with Intake(commit, nothing) as intake, pytest.raises(NotDurable):
        intake.take(mail())
    assert tried == [1]


def test_refusal_carries_no_detail_of_the_fault() -> None:
    store = Store()
    store.fault = RuntimeError("db password=hunter2 is down")
    with Intake(store.commit_batch, nothing) as intake, pytest.raises(NotDurable) as refused:
        intake.take(mail())
    assert str(refused.value) == ""


def sqlite_full() -> Exception:
    """What SQLite says when its disk is full."""
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA max_page_count=1")
    try:
        connection.executescript("CREATE TABLE a (b); CREATE TABLE c (d);")
    except sqlite3.Error as fault:
        return fault
    finally:
        connection.close()
    raise AssertionError("not full")


@pytest.mark.parametrize(
    "fault", [OSError(errno.ENOSPC, "full"), OSError(errno.EDQUOT, "quota"), sqlite_full(), StorageFull()]
)
def test_full_storage_is_told_apart(fault: Exception) -> None:
    store = Store()
    store.fault = RuntimeError("wrapped")
    store.fault.__cause__ = fault
    with Intake(store.commit_batch, nothing) as intake, pytest.raises(StorageFull):
        intake.take(mail())


def test_wrong_number_of_identifiers_is_a_fault() -> None:
    with Intake(lambda batch: [], nothing) as intake, pytest.raises(NotDurable):
        intake.take(mail())


def test_bell_rings_after_the_mail_is_durable_and_the_door_was_told() -> None:
    rung = threading.Event()
    with Intake(Store().commit_batch, rung.set) as intake:
        intake.take(mail())
        assert rung.wait(10)


def test_failing_bell_harms_nothing() -> None:
    def broken() -> None:
        raise ConnectionError("redis is gone")

    with Intake(Store().commit_batch, broken) as intake:
        assert [intake.take(mail()) for _ in range(3)] == ["D1", "D2", "D3"]


def test_hanging_bell_holds_up_no_mail() -> None:
    hanging = threading.Event()
    intake = Intake(Store().commit_batch, lambda: hanging.wait(30))
    assert [intake.take(mail()) for _ in range(3)] == ["D1", "D2", "D3"]
    hanging.set()
    intake.close()


def test_mails_that_come_while_the_bell_rings_share_the_next_ring() -> None:
    rung: list[int] = []
    answered = threading.Event()

    def ring() -> None:
        rung.append(len(store.arrivals))
        answered.wait(10)

    store = Store()
    with Intake(store.commit_batch, ring) as intake:
        intake.take(mail())
        assert until(lambda: rung == [1])
        for _ in range(50):
            intake.take(mail())
        answered.set()
        assert until(lambda: rung == [1, 51])


def test_commit_that_hangs_is_given_up() -> None:
    store = Store()
    store.gate = threading.Event()
    intake = Intake(store.commit_batch, nothing, patience_seconds=0.05)
    with pytest.raises(NotDurable):
        intake.take(mail())
    with pytest.raises(NotDurable):
        asyncio.run(intake.accept(mail()))
    store.gate.set()
    intake.close()


def test_backlog_is_bounded() -> None:
    store = Store()
    store.gate = threading.Event()
    intake = Intake(store.commit_batch, nothing)

    async def run() -> list[object]:
        waiting = [asyncio.create_task(intake.accept(mail())) for _ in range(receive.WAITING_COUNT + 5)]
        await asyncio.sleep(0)
        assert intake.full
        assert store.gate is not None
        store.gate.set()
        return await asyncio.gather(*waiting, return_exceptions=True)

    got = asyncio.run(run())
    intake.close()
    assert [type(each) for each in got].count(NotDurable) == 5
    assert not intake.full


def test_large_mails_fill_the_backlog_sooner() -> None:
    store = Store()
    store.gate = threading.Event()
    intake = Intake(store.commit_batch, nothing)
    raw = bytes(receive.WAITING_BYTES // 4)

    async def run() -> None:
        waiting = [asyncio.create_task(intake.accept(mail(raw))) for _ in range(4)]
        await asyncio.sleep(0)
        assert intake.full
        assert store.gate is not None
        store.gate.set()
        await asyncio.gather(*waiting)

    asyncio.run(run())
    intake.close()
    assert not intake.full


def test_coroutine_that_gives_up_does_not_withdraw_its_mail() -> None:
    store = Store()
    store.gate = threading.Event()

    async def run(intake: Intake) -> None:
        task = asyncio.create_task(intake.accept(mail(b"kept")))
        await asyncio.to_thread(store.begun.wait, 10)
        task.cancel()
        assert store.gate is not None
        store.gate.set()

    with Intake(store.commit_batch, nothing) as intake:
        asyncio.run(run(intake))
    assert [arrival.raw for arrival in store.arrivals] == [b"kept"]


def test_closing_commits_what_waits_and_rings() -> None:
    store, rung = Store(), threading.Event()
    store.gate = threading.Event()
    intake = Intake(store.commit_batch, rung.set)
    taker = threading.Thread(target=intake.take, args=(mail(),))
    taker.start()
    assert store.begun.wait(10)
    store.gate.set()
    intake.close()
    taker.join(10)
    assert (len(store.arrivals), rung.is_set()) == (1, True)


def test_closed_intake_takes_nothing() -> None:
    intake = Intake(Store().commit_batch, nothing)
    intake.close()
    with pytest.raises(NotDurable):
        intake.take(mail())
