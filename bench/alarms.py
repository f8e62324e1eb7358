"""What alarms cost with very many open tickets, and how late they are."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import sqlalchemy as sa

from bench.crowd import Opening, fill
from bench.results import Table, percentile
from bench.stack import Stack, sink
from bench.yard import Yard
from gateway import clock
from gateway.domain.terms import DEFAULT_TERMS, Priority, Target
from gateway.store.models import TicketEvent
from gateway.store.queries import due

RATE = 10.0
LOOK_SECONDS = 0.01
LEAD_SECONDS = 12.0
ROUNDS = 200
HALF = DEFAULT_TERMS.targets[Priority.MEDIUM].of(Target.FIRST_RESPONSE) / 2


def run(yard: Yard) -> list[Table]:
    """One table."""
    table = Table(
        "Alarms of very many open tickets",
        f"Rungs of the ladder falling due {RATE:.0f} a second in a warm stack, each telling one engineer. Late is "
        "from the due instant until log entry and letter in the outbox are seen committed, looked for every 10 ms. "
        "A look is what the clock asks each second while nothing is due, the claim is a worker's that finds nothing.",
        ("open tickets", "", "SQLite", "PostgreSQL", "goal"),
    )
    for count in (1_000,) if yard.quick else (10_000, 100_000):
        found = [_measured(yard, url, count) for _, url in yard.databases()]
        goals = ("p99 ≤ 2 s", "≤ 35 s", "", "")
        for name, goal in zip(found[0], goals, strict=True):
            cells = [each[name] for each in found]
            table.add(f"{count:,}", name, *cells, *[""] * (2 - len(cells)), goal)
    return [table]


def _measured(yard: Yard, url: str, count: int) -> dict[str, str]:
    folder = yard.fresh()
    folder.mkdir()
    seconds = 10 if yard.quick else 30
    with sink(folder) as relay:
        stack = Stack(folder / "data", url, relay.port)
        try:
            now = clock.now()
            fill(stack.services, (Opening(now, Priority.LOW) for _ in range(count)))
            look, claim = _cost(stack, lambda: _look(stack)), _cost(stack, lambda: _claim(stack))
            stack.start_all()
            calm = _lateness(stack, seconds)
            flushed = _lateness(stack, seconds, at_half=lambda: stack.services.connect().flushall())
        finally:
            stack.close()
    return {
        "late, p50 / p99": f"{percentile(calm, 0.5) * 1000:.0f} / {percentile(calm, 0.99) * 1000:.0f} ms",
        "latest where Redis is flushed meanwhile": f"{max(flushed) * 1000:.0f} ms",
        "a look, CPU and waiting": f"{look * 1000:.2f} ms",
        "a claim that finds nothing": f"{claim * 1000:.2f} ms",
    }


def _lateness(stack: Stack, seconds: int, at_half: Callable[[], object] = lambda: None) -> list[float]:
    """Seconds each alarm was late, of those that fell due within some seconds from soon on."""
    count = int(RATE * seconds)
    first_at = clock.now() + timedelta(seconds=LEAD_SECONDS) - HALF
    openings = [
        Opening(first_at + timedelta(seconds=number / RATE), Priority.MEDIUM) for number in range(count)
    ]
    fill(stack.services, openings)
    half = openings[count // 2].at + HALF
    with _watching(stack) as late:
        while clock.now() < half:
            time.sleep(LOOK_SECONDS)
        at_half()
        stack.wait("every alarm", lambda: len(late) >= count)
    return late


@contextmanager
def _watching(stack: Stack) -> Iterator[list[float]]:
    """How late each alarm was that was logged meanwhile, as seen from outside."""
    late: list[float] = []
    done = threading.Event()
    wanted = sa.select(TicketEvent.id, TicketEvent.at).where(TicketEvent.kind == "alarm")

    def watch() -> None:
        seen: set[int] = set()
        with stack.services.reading() as session:
            after = session.execute(sa.select(sa.func.max(TicketEvent.id))).scalar_one()
        while not done.wait(LOOK_SECONDS):
            with stack.services.reading() as session:
                rows = session.execute(wanted.where(TicketEvent.id > after)).all()
            now = clock.now()
            late.extend((now - row.at).total_seconds() for row in rows if row.id not in seen)
            seen.update(row.id for row in rows)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield late
    finally:
        done.set()
        thread.join()


def _look(stack: Stack) -> None:
    now = clock.now()
    with stack.services.reading() as session:
        due.due_queues(session, now)
        due.next_at(session, now)


def _claim(stack: Stack) -> None:
    stack.services.alarms.drain(clock.now() + timedelta(seconds=1))


def _cost(stack: Stack, act: Callable[[], None]) -> float:
    """Seconds one act takes, the first left out."""
    act()
    began = time.perf_counter()
    for _ in range(ROUNDS):
        act()
    return (time.perf_counter() - began) / ROUNDS
