"""How many mails a second the door takes, durably, with the real store, against a bare aiosmtpd that flushes each."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import psutil

from bench import client
from bench.results import Table, percentile, told
from bench.stack import Stack, cpu_of, listening, replayed, start_server
from bench.stream import STREAMS, Mail, Stream
from bench.yard import Yard

CONNECTIONS = 8


def run(yard: Yard) -> list[Table]:
    """One table for each stream, and one with checked senders."""
    return [_stream(yard, kind) for kind in STREAMS] + [_checked(yard)]


def _stream(yard: Yard, kind: str) -> Table:
    count, rounds = (200, 2) if yard.quick else (500, 3)
    stream = Stream(kind)
    batches = [stream.batch(count) for _ in range(rounds)]
    rates: dict[str, list[float]] = {}
    waits: dict[str, list[float]] = {}
    cpu: dict[str, list[float]] = {}
    with _doors(yard) as doors:
        for port, _ in doors.values():
            client.send(port, stream.batch(50))
        for batch in batches:
            for name, (port, process) in doors.items():
                before = cpu_of(process)
                sent = client.send(port, batch, connections=CONNECTIONS)
                cpu.setdefault(name, []).append((cpu_of(process) - before) / count * 1000)
                rates.setdefault(name, []).append(count / _seconds(sent))
                waits.setdefault(name, []).extend(each.answered_at - each.ended_at for each in sent)
    return _table(kind, batches[0], rates, waits, cpu)


def _table(kind: str, batch: list[Mail], rates: dict[str, list[float]], waits: dict[str, list[float]],
           cpu: dict[str, list[float]]) -> Table:  # fmt: skip
    table = Table(
        f"Accepting mail over SMTP, {kind} stream",
        f"`helpdesk smtp` with its store, {CONNECTIONS} connections in lockstep, each round {replayed(batch)}; "
        "the sink is aiosmtpd writing and flushing one file a mail. Goal: ≥ 3 times the sink.",
        ("server", "mails/s", "times the sink", "CPU ms a mail", "250 after end of data, p50 / p99"),
    )
    for name, values in rates.items():
        ratios = [ours / theirs for ours, theirs in zip(values, rates["sink"], strict=True)]
        halves = f"{percentile(waits[name], 0.5) * 1000:.1f} / {percentile(waits[name], 0.99) * 1000:.1f} ms"
        table.add(name, told(values, 0, best="max"), told(ratios, 2, best="max"), told(cpu[name], 2), halves)
    return table


def _checked(yard: Yard) -> Table:
    """The door while it checks senders and no DNS answers."""
    table = Table(
        "Accepting mail while senders are checked and the DNS is out of reach",
        "SPF, DKIM and DMARC on, 8 connections, small stream, SQLite.",
        ("mails/s", "CPU ms a mail", "250 after end of data, p50 / p99"),
    )
    stack = Stack(yard.fresh(), "", 1, check_authentication=True)
    try:
        stack.start(smtp=["smtp"])
        _ready(stack)
        stream = Stream("small")
        client.send(stack.smtp_port, stream.batch(20))
        before, batch = cpu_of(stack.processes["smtp"]), stream.batch(100)
        sent = client.send(stack.smtp_port, batch)
        cost = (cpu_of(stack.processes["smtp"]) - before) / len(batch) * 1000
        waits = [each.answered_at - each.ended_at for each in sent]
        halves = f"{percentile(waits, 0.5) * 1000:.1f} / {percentile(waits, 0.99) * 1000:.1f} ms"
        table.add(f"{len(batch) / _seconds(sent):.0f}", f"{cost:.2f}", halves)
    finally:
        stack.close()
    return table


@contextlib.contextmanager
def _doors(yard: Yard) -> Iterator[dict[str, tuple[int, psutil.Process]]]:
    """Name → port and process of the sink and of a door on each database."""
    folder = yard.fresh()
    folder.mkdir()
    sink, port = start_server("bench.smtp_sink", str(folder))
    stacks = {name: Stack(yard.fresh(), url, 1) for name, url in yard.databases()}
    try:
        for stack in stacks.values():
            stack.start(smtp=["smtp"])
            _ready(stack)
        doors = {name: (stack.smtp_port, stack.processes["smtp"]) for name, stack in stacks.items()}
        yield {"sink": (port, sink)} | doors
    finally:
        sink.kill()
        for stack in stacks.values():
            stack.close()


def _ready(stack: Stack) -> None:
    stack.wait("the door", lambda: listening(stack.smtp_port))


def _seconds(sent: list[client.Sent]) -> float:
    return max(each.answered_at for each in sent) - min(each.ended_at for each in sent)
