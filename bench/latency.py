"""How long a mail takes at a steady rate: to its 250, to its ticket, to its acknowledgement at the next server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from bench import client
from bench.results import Table, percentile
from bench.stack import Stack, replayed, sink, warm
from bench.stream import Stream
from bench.walk import costs
from bench.yard import Yard
from gateway.store.models import Delivery

RATE = 8.0
LOOK_SECONDS = 0.004
GOALS = {"250": "p50 ≤ 10 ms", "ticket committed": "", "acknowledgement relayed": "p50 ≤ 300 ms, p99 ≤ 2 s"}


def run(yard: Yard) -> list[Table]:
    """One table."""
    count, measured, costing, note = (60 if yard.quick else 160), {}, {}, ""
    for name, url in yard.databases():
        folder = yard.fresh()
        folder.mkdir()
        with sink(folder) as relay:
            stack = Stack(folder / "data", url, relay.port)
            try:
                stack.start_all()
                stream = Stream("mixed")
                threads = warm(stack, stream, 60)
                batch = stream.batch(count, threads)
                before = sum(costs(yard, stack).values())
                with _watching(stack) as filed:
                    sent = client.send(stack.smtp_port, batch, rate=RATE)
                    stack.settle()
                    time.sleep(LOOK_SECONDS * 4)
                costing[name] = (sum(costs(yard, stack).values()) - before) / count * 1000
                measured[name] = _waits(sent, filed, relay.relayed())
                note = replayed(batch)
            finally:
                stack.close()
    return [_table(note, measured, costing)]


def _waits(
    sent: list[client.Sent], filed: dict[str, float], relayed: dict[str, float]
) -> dict[str, list[float]]:
    """Seconds from each mail's last byte, by what came then."""
    ends = {each.mail.message_id: each.ended_at for each in sent}
    return {
        "250": [each.answered_at - each.ended_at for each in sent],
        "ticket committed": [filed[key] - end for key, end in ends.items()],
        "acknowledgement relayed": [relayed[key] - end for key, end in ends.items() if key in relayed],
    }


@contextmanager
def _watching(stack: Stack) -> Iterator[dict[str, float]]:
    """Message-ID → when its delivery was first seen done. Units: seconds of the monotonic clock."""
    seen: dict[str, float] = {}
    done = threading.Event()

    def watch() -> None:
        wanted = sa.select(Delivery.id, Delivery.message_id, Delivery.state).order_by(Delivery.id)
        with stack.services.reading() as session:
            after = session.execute(sa.select(sa.func.max(Delivery.id))).scalar_one() or 0
        while not done.wait(LOOK_SECONDS):
            with stack.services.reading() as session:
                rows = session.execute(wanted.where(Delivery.id > after)).all()
            at, waits = time.monotonic(), False
            for row in rows:
                waits |= row.state == "received"
                if row.state != "received":
                    seen.setdefault(row.message_id, at)
                    after = after if waits else row.id

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def _table(note: str, measured: dict[str, dict[str, list[float]]], costing: dict[str, float]) -> Table:
    table = Table(
        f"Waiting at {RATE:.0f} mails a second",
        f"Mixed stream, warm stack, one worker of each kind, {note}. From the last byte of the mail; p50 / p99. "
        "Tickets are looked for every 4 ms.",
        ("", *measured, "goal"),
    )
    for what, goal in GOALS.items():
        cells = [
            f"{percentile(each[what], 0.5) * 1000:.0f} / {percentile(each[what], 0.99) * 1000:.0f} ms"
            for each in measured.values()
        ]
        table.add(what, *cells, goal)
    spent = [f"{each:.1f}" for each in costing.values()]
    table.add("CPU ms a mail at this rate, database server included", *spent, "")
    return table
