"""From accepted mail to filed ticket to acknowledgement handed on: time, and the processor time of all together."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable

from bench import client
from bench.results import Table, told
from bench.stack import Stack, cpu_of, replayed, sink, warm
from bench.stream import STREAMS, Mail, Stream
from bench.yard import Yard

WORKERS = ("mail1", "mail2")
FORCED_RINGS = 3
Figures = dict[str, list[float]]


def run(yard: Yard) -> list[Table]:
    """One table for each stream."""
    return [_stream(yard, kind) for kind in STREAMS]


def _stream(yard: Yard, kind: str) -> Table:
    count, rounds = (100, 2) if yard.quick else (200, 4)
    measured: dict[str, Figures] = {}
    note = ""
    for name, url in yard.databases():
        folder = yard.fresh()
        folder.mkdir()
        with sink(folder) as relay:
            stack = Stack(folder / "data", url, relay.port)
            try:
                stack.start_all(mail_workers=2)
                stream = Stream(kind)
                threads = warm(stack, stream, 80)
                figures = measured.setdefault(name, defaultdict(list))
                for _ in range(rounds):
                    for workers in (1, 2):
                        note = _round(yard, stack, stream.batch(count, threads), figures, workers)
            finally:
                stack.close()
    return _table(kind, note, measured)


def _round(yard: Yard, stack: Stack, batch: list[Mail], figures: Figures, workers: int) -> str:
    """Accept a backlog, file it, hand its letters on, one after the other, so that each is seen alone."""
    stack.pause(*WORKERS, "out")
    began = costs(yard, stack)
    client.send(stack.smtp_port, batch)
    accepted = costs(yard, stack)
    stack.resume(*WORKERS[:workers])
    seconds = _until(stack, "mail", lambda: stack.waiting()[0] == 0)
    filed = costs(yard, stack)
    stack.resume("out")
    relaying = _until(stack, "out", lambda: stack.waiting()[1] == 0)
    ended = costs(yard, stack)
    stack.resume(*WORKERS)
    figures[f"rate{workers}"].append(len(batch) / seconds)
    figures["relay rate"].append(len(batch) / relaying)
    for what, first, last in (("accept", began, accepted), ("file", accepted, filed), ("relay", filed, ended),
                              ("all", began, ended)):  # fmt: skip
        spent = {name: (last[name] - first[name]) / len(batch) * 1000 for name in last}
        server = spent.pop("database")
        figures[f"{what}{workers}"].append(sum(spent.values()))
        figures[f"{what} database{workers}"].append(server)
    return replayed(batch)


def costs(yard: Yard, stack: Stack) -> dict[str, float]:
    """Seconds of processor time so far, the database's server apart."""
    server = (
        yard.postgres.process if yard.postgres and stack.services.engine.dialect.name != "sqlite" else None
    )
    return stack.cpu() | {"database": cpu_of(server) if server else 0.0}


def _until(stack: Stack, queue: str, done: Callable[[], bool]) -> float:
    """Seconds until it is done, while the bell rings ten times a second, as it does where mail keeps coming.

    The first rings come even where the bell is up: a worker held still may have taken the job of the last one.
    """
    began, rung, rings = time.monotonic(), 0.0, 0

    def look() -> bool:
        nonlocal rung, rings
        if time.monotonic() - rung > 0.1:
            stack.ring(queue, anew=rings < FORCED_RINGS)
            rung, rings = time.monotonic(), rings + 1
        return done()

    stack.wait(f"the queue {queue}", look)
    return time.monotonic() - began


def _table(kind: str, note: str, measured: dict[str, Figures]) -> Table:
    table = Table(
        f"From mail to ticket and acknowledgement, {kind} stream",
        f"Each round {note}, half of them to a signed address, half by Message-ID alone; accepted while workers are "
        "held, then filed, then relayed. CPU is user and system time of `smtp`, workers, their parse "
        "children, `out`, `clock` and Redis together; that of PostgreSQL's server stands apart.",
        ("", *measured, "goal"),
    )
    rows: list[tuple[str, Callable[[Figures], str], str]] = [
        ("filed a second, one worker", lambda each: told(each["rate1"], 0, best="max"), ""),
        ("filed a second, two workers", lambda each: told(each["rate2"], 0, best="max"), ""),
        ("two workers against one", lambda each: told(_ratios(each), 2, best="max"), "≥ 1.6 on PostgreSQL"),
        ("CPU ms a mail, accepting", lambda each: told(each["accept1"], 2), ""),
        ("CPU ms a mail, filing", lambda each: told(each["file1"], 2), ""),
        ("CPU ms a mail, relaying", lambda each: told(each["relay1"], 2), ""),
        ("**CPU ms a mail, all together**", lambda each: f"**{told(each['all1'], 2)}**", "≤ 8"),
        ("the same with two workers", lambda each: told(each["all2"], 2), ""),
        ("CPU ms a mail, database server", lambda each: told(each["all database1"], 2), ""),
    ]
    for what, cell, goal in rows:
        table.add(what, *(cell(each) for each in measured.values()), goal)
    return table


def _ratios(figures: Figures) -> list[float]:
    return [two / one for one, two in zip(figures["rate1"], figures["rate2"], strict=True)]
