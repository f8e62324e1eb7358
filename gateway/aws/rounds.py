"""Rounds: due streams are read and due writes sent, many accounts at a time, one account one thing after another.

A row is claimed in a short transaction, AWS is spoken to outside of any, and what became of it is noted in a further
one, if the row is still ours.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.aws import turns
from gateway.aws.parts import Parts
from gateway.aws.streams import CLAIM_STREAMS, CLAIM_WRITES, Claimed
from gateway.aws.turns import Turns, Work, Writing
from gateway.store import leases
from gateway.store.models import AwsStream, AwsWrite, Stream
from gateway.store.queries import aws_streams
from gateway.store.session import SessionFactory, reading

THREADS: Final = 12
AT_HAND: Final = 3 * THREADS
LOOK_SECONDS: Final = 0.25
One = Claimed | Writing


@dataclass(frozen=True)
class Rounds:
    """The loop over accounts, wired once per process.

    Shape: `parts` and `work` are asked for when there is something to do, since boto3 is heavy; `key` unseals
    external ids.
    """

    parts: Callable[[], Parts]
    sessions: SessionFactory
    now: Callable[[], datetime]
    key: str
    work: Callable[[], Work] = turns.work
    threads: int = THREADS

    def drain(self, until: datetime) -> bool:
        """Do what is due until nothing is left or the time is over; whether work is left."""
        with reading(self.sessions) as session:
            if not aws_streams.due(session, self.now()):
                return False
        parts, hand = self.parts(), _Hand()
        with (
            leases.Keeper(self.sessions, AwsStream, hand.stream_ids, parts.owner),
            leases.Keeper(self.sessions, AwsWrite, hand.write_ids, parts.owner),
            ThreadPoolExecutor(self.threads, thread_name_prefix="aws") as pool,
        ):
            return self._drain(hand, pool, Turns(parts, self.work(), self.key), until)

    def _drain(self, hand: _Hand, pool: ThreadPoolExecutor, taking: Turns, until: datetime) -> bool:
        while taking.parts.now() < until:
            _claim(hand, taking)
            if not hand.waiting and not hand.running:
                return False
            _begin(hand, pool, taking)
            _settle(hand)
        while hand.waiting or hand.running:
            _begin(hand, pool, taking)
            _settle(hand)
        return True


@dataclass
class _Hand:
    """What a round holds: rows by account that wait for their turn, turns that run, and leases to keep."""

    queues: dict[str, deque[One]] = field(default_factory=dict)
    running: dict[Future[None], One] = field(default_factory=dict)
    stream_ids: list[int] = field(default_factory=list)
    write_ids: list[int] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        return sum(len(each) for each in self.queues.values())

    def take_up(self, one: One) -> None:
        self.queues.setdefault(one.account_id, deque()).append(one)
        (self.stream_ids if isinstance(one, Claimed) else self.write_ids).append(one.id)

    def put_down(self, one: One) -> None:
        (self.stream_ids if isinstance(one, Claimed) else self.write_ids).remove(one.id)

    def next_ones(self) -> Iterator[One]:
        """The first row of each account that has nothing running."""
        busy = {each.account_id for each in self.running.values()}
        for account_id in [each for each in self.queues if each not in busy]:
            yield self.queues[account_id].popleft()
            if not self.queues[account_id]:
                del self.queues[account_id]


def _claim(hand: _Hand, taking: Turns) -> None:
    """Take up as many due rows as there is room for."""
    room = AT_HAND - hand.waiting - len(hand.running)
    if room <= 0:
        return
    parts, kinds = taking.parts, [str(each) for each in taking.work.reads]
    at = parts.now()
    with parts.transaction() as session:
        if taking.work.write is not None:
            for one in _writes(session, parts, at, room):
                hand.take_up(one)
        for each in _streams(session, parts, at, (room, kinds)):
            hand.take_up(each)


def _writes(session: Session, parts: Parts, at: datetime, room: int) -> list[Writing]:
    claimed = leases.claim(session, CLAIM_WRITES, owner=parts.owner, at=at, limit=room)
    rows = session.execute(sa.select(AwsWrite.id, AwsWrite.account_id).where(AwsWrite.id.in_(claimed)))
    whose = {row_id: account_id for row_id, account_id in rows}
    return [Writing(row_id, fence, whose[row_id]) for row_id, fence in claimed.items()]


def _streams(session: Session, parts: Parts, at: datetime, most: tuple[int, list[str]]) -> list[Claimed]:
    claimed = leases.claim(session, CLAIM_STREAMS, owner=parts.owner, at=at, limit=most[0], kinds=most[1])
    rows = session.scalars(sa.select(AwsStream).where(AwsStream.id.in_(claimed)).order_by(AwsStream.due_at))
    return [
        Claimed(row.id, claimed[row.id], row.account_id, Stream(row.what), row.watermark, row.due_at)
        for row in rows
    ]


def _begin(hand: _Hand, pool: ThreadPoolExecutor, taking: Turns) -> None:
    for one in hand.next_ones():
        hand.running[pool.submit(taking.take, one)] = one


def _settle(hand: _Hand) -> None:
    """Wait for turns to end, not for long: meanwhile others may have fallen due."""
    done, _ = wait(hand.running, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
    for each in done:
        hand.put_down(hand.running.pop(each))
        each.result()
