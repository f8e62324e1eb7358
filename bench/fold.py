"""What it costs to fold the log of a busy ticket into its clocks, and what it owes."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median

from bench.results import Table
from bench.yard import Yard
from gateway.domain import alarms, sla
from gateway.domain.lifecycle import Event, EventKind
from gateway.domain.terms import DEFAULT_TERMS

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ROUNDS = 50


def run(yard: Yard) -> list[Table]:
    """One table."""
    table = Table(
        "Folding a ticket's log",
        "Pure code, one process. The log alternates answers, questions and what the customer says to them, notes, "
        "exclusions and changes of priority, and ends open.",
        ("entries", "clocks", "what is still owed"),
    )
    for count in (50, 500, 5000):
        events = history(count)
        state = sla.standing(events, DEFAULT_TERMS)
        folding = _cost(lambda events=events: sla.standing(events, DEFAULT_TERMS))  # type: ignore[misc]
        owing = _cost(lambda events=events, state=state: alarms.plans(events, state, DEFAULT_TERMS))  # type: ignore[misc]
        table.add(str(count), f"{folding * 1000:.2f} ms", f"{owing * 1000:.2f} ms")
    return [table]


def history(count: int) -> list[Event]:
    """A log of so many entries, a minute apart."""
    told = {"priority": "low", "service": "technical-support", "kind": "incident", "queue": "main"}
    events = [Event(EventKind.OPENED, MONDAY, MONDAY, "customer", told)]
    while len(events) < count:
        turn = len(events) // 8
        events += _turn(turn, MONDAY + timedelta(minutes=len(events)))
    return events[:count]


def _turn(turn: int, at: datetime) -> list[Event]:
    waiting = {"from": "open", "to": "waiting-customer", "cause": "reply", "message": turn}
    back = {"from": "waiting-customer", "to": "open", "cause": "customer"}
    levels = ("low", "medium")
    excluded = {
        "id": f"x{turn + 1}", "start": at.isoformat(), "end": (at + timedelta(minutes=3)).isoformat(),
        "reason": "third-party", "proof": {"kind": "case", "reference": "1"},
    }  # fmt: skip
    steps: list[tuple[EventKind, dict[str, object]]] = [
        (EventKind.NOTE, {"message": turn}),
        (EventKind.REPLY, {"message": turn}),
        (EventKind.STATUS, waiting),
        (EventKind.CUSTOMER_MESSAGE, {"message": turn, "intent": "report"}),
        (EventKind.STATUS, back),
        (EventKind.EXCLUDED, excluded),
        (EventKind.PRIORITY, {"priority": levels[(turn + 1) % 2], "from": levels[turn % 2]}),
        (EventKind.PROGRESS, {"next_at": at.isoformat()}),
    ]
    return [
        Event(kind, at + timedelta(minutes=place), at + timedelta(minutes=place), "engineer:1", data)
        for place, (kind, data) in enumerate(steps)
    ]


def _cost(act: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return median(taken)
