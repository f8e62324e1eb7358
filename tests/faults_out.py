"""K11: a next server that misbehaves in every way, at every stage, for every class of letter.

Wrong is what was lost, sent twice without leave, tried too often, or held others up.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from gateway import transport
from gateway.relay import Circuits, Lanes, Relay
from gateway.store import outbox
from gateway.store.models import Outbox, Promise
from tests.databases import Desk
from tests.faults_desk import Options, desks
from tests.letters import entry, put, row, smtp
from tests.sink import DROP, GARBAGE, HANG, Sink, certificate

MAILS: Final = 20
STAGES: Final = ("greeting", "ehlo", "mail", "rcpt", "data", "dot")
TEMPORARY: Final = ("421 4.3.2 closing", "450 4.2.0 busy", "451 4.3.0 later", "452 4.3.1 no room")
PERMANENT: Final = ("550 5.7.1 no", "554 5.0.0 never")
SILENT: Final = (DROP, GARBAGE, HANG)
FIRST_HOUR: Final = 6
SOON_SECONDS: Final = 30.0


@dataclass
class Found:
    """What became of one fault's letters."""

    fault: str
    states: dict[str, dict[str, int]] = field(default_factory=dict)
    tries_in_the_first_hour: int = 0
    shortest_gap_seconds: float = 0.0
    copies: int = 0
    others_p95_seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


def faults() -> list[tuple[str, str]]:
    """Every stage and answer."""
    return [(stage, answer) for stage in STAGES for answer in (*TEMPORARY, *PERMANENT, *SILENT)]


@contextmanager
def impatient(seconds: float = 0.3) -> Iterator[None]:
    """The transport's patience in tenths of a second, so that ten minutes of silence pass quickly."""
    names = ("CONNECT_SECONDS", "COMMAND_SECONDS", "TRANSFER_SECONDS")
    before = {name: getattr(transport, name) for name in names}
    try:
        for name in names:
            setattr(transport, name, seconds)
        yield
    finally:
        for name, value in before.items():
            setattr(transport, name, value)


def try_fault(desk: Desk, stage: str, answer: str, *, mails: int = MAILS, hours: float = 1.0) -> Found:
    """Letters of each class while a server always answers so at a stage, watched for a while of its clock."""
    found = Found(f"{stage}: {answer}")
    letters = {
        promise: put(desk, *(entry(f"{promise}-{number}", promise) for number in range(mails)))
        for promise in Promise
    }
    tries: dict[int, list[datetime]] = {each: [] for ids in letters.values() for each in ids}
    with Sink() as sink, impatient():
        sink.always[stage] = answer
        circuits = Circuits()
        end = desk.clock.at + timedelta(hours=hours)
        while desk.clock.at <= end:
            before = _attempts(desk)
            _drain(desk, sink, circuits)
            for each, attempts in _attempts(desk).items():
                if attempts > before[each]:
                    tries[each].append(desk.clock.at)
            desk.clock.pass_(minutes=1)
        _judge(desk, found, sink, letters, tries)
    return found


def _attempts(desk: Desk) -> dict[int, int]:
    with desk.services.reading() as rows:
        return {row_id: attempts for row_id, attempts in rows.execute(sa.select(Outbox.id, Outbox.attempts))}


def _drain(desk: Desk, sink: Sink, circuits: Circuits) -> None:
    relay = Relay(desk.services.sessions, desk.services.transaction, smtp(sink.port), desk.head, "faults", 100,
                  desk.clock, circuits=circuits)  # fmt: skip
    while relay.drain(desk.clock.at + timedelta(seconds=5)):
        pass


def _judge(desk: Desk, found: Found, sink: Sink, letters: dict[Promise, list[int]],
           tries: dict[int, list[datetime]]) -> None:  # fmt: skip
    stage, _, answer = found.fault.partition(": ")
    for promise, ids in letters.items():
        found.states[promise] = dict(Counter(row(desk, each).state for each in ids))
        expected = expected_state(stage, answer, promise)
        if set(found.states[promise]) != {expected}:
            found.wrong.append(f"{promise}: {found.states[promise]}, expected {expected}")
    heard = Counter(mail.message_id for mail in sink.heard)
    found.copies = max(heard.values(), default=0)
    once = [name for name, count in heard.items() if count > 1 and not name.startswith(Promise.AT_LEAST_ONCE)]
    if once and answer in SILENT:
        found.wrong.append(f"sent twice: {once[:3]}")
    gaps = [
        (later - earlier).total_seconds()
        for each in tries.values()
        for earlier, later in zip(each, each[1:], strict=False)
    ]
    found.shortest_gap_seconds = min(gaps, default=0.0)
    found.tries_in_the_first_hour = max((len(each) for each in tries.values()), default=0)
    if gaps and min(gaps) < 300:  # noqa: PLR2004  five minutes
        found.wrong.append(f"tried again after {min(gaps):.0f} s")
    if found.tries_in_the_first_hour > FIRST_HOUR:
        found.wrong.append(f"{found.tries_in_the_first_hour} tries in the first hour")


def expected_state(stage: str, answer: str, promise: Promise) -> str:
    """How a letter stands after an hour of one fault."""
    uncertain = stage == "dot" and answer in SILENT
    if uncertain:
        return "pending" if promise is Promise.AT_LEAST_ONCE else "uncertain"
    refused = answer in PERMANENT and stage in ("mail", "rcpt", "data", "dot")
    return "failed" if refused else "pending"


def try_neighbours(desk: Desk, stage: str, *, patience: float = 0.5) -> Found:
    """One destination never answers; how long letters to twenty others take."""
    found = Found(f"one destination hangs at {stage}")
    with Sink() as sink:
        sink.hanging["silent.example"] = HANG if stage == "rcpt" else "dot"
        silent = put(desk, *(entry(f"s{n}", to=("a@silent.example",)) for n in range(MAILS)))
        others = put(desk, *(entry(f"o{n}", to=(f"a@other{n}.example",)) for n in range(MAILS)))
        lanes = Lanes(lambda: smtp(sink.port), patience_seconds=patience)
        relay = Relay(desk.services.sessions, desk.services.transaction, smtp(sink.port), desk.head, "faults", 100,
                      desk.clock, lanes=lanes)  # fmt: skip
        began, took = time.monotonic(), dict[int, float]()
        while len(took) < len(others) and time.monotonic() - began < 2 * SOON_SECONDS:
            relay.drain(desk.clock.at + timedelta(seconds=5))
            for each in others:
                if each not in took and row(desk, each).state == "sent":
                    took[each] = time.monotonic() - began
        found.others_p95_seconds = (
            round(sorted(took.values())[int(len(took) * 0.95) - 1], 2) if took else -1.0
        )
        if len(took) < len(others) or found.others_p95_seconds > SOON_SECONDS:
            found.wrong.append(f"{len(took)} of {len(others)} others were sent")
        if any(row(desk, each).state == "sent" for each in silent):
            found.wrong.append("a letter without an answer counts as sent")
    return found


def try_bad_tls(desk: Desk) -> Found:
    """A certificate nobody signed: nothing is said before it is refused."""
    found = Found("tls: unknown certificate")
    ids = put(desk, *(entry(f"t{number}") for number in range(MAILS)))
    with tempfile.TemporaryDirectory() as folder, impatient():
        context, _ = certificate(Path(folder))
        with Sink(tls=context, starttls=True) as sink:
            _drain_over(desk, smtp(sink.port))
            found.states["all"] = dict(Counter(row(desk, each).state for each in ids))
            said = [
                line for visit in sink.visits for _, line in visit.commands if line[:4] in ("MAIL", "AUTH")
            ]
            if sink.heard or said or set(found.states["all"]) != {"pending"}:
                found.wrong.append("something was said to a server nobody vouches for")
    return found


def _drain_over(desk: Desk, way: transport.Smtp) -> None:
    desk.relay(way).drain(desk.clock.at + outbox.LIFETIME)


def run(_: Options) -> Iterator[Found]:
    """Every fault on a desk of its own."""
    with desks() as fresh:
        for stage, answer in faults():
            with fresh() as desk:
                yield try_fault(desk, stage, answer)
        for stage in ("rcpt", "dot"):
            with fresh() as desk:
                yield try_neighbours(desk, stage)
        with fresh() as desk:
            yield try_bad_tls(desk)
