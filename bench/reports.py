"""The figures of reports about a month of very many tickets of one customer, gathered in a process of its own."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.month import signed
from bench.results import Table
from bench.stack import Stack
from bench.yard import Yard
from gateway import credits
from gateway import services as wiring
from gateway.domain.agreed_dates import Month
from gateway.domain.lifecycle import EventKind
from gateway.domain.periods import Kind, named
from gateway.domain.terms import DEFAULT_TERMS, Priority
from gateway.reporting import gathering
from gateway.services import Services
from gateway.settings import Settings
from gateway.store.models import Ticket, TicketEvent, table

COUNT = 100_000
BATCH = 5000
NUMBER = "REPORTS-1"
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
MADE_AT = datetime(2026, 4, 2, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
REPORTS = ((Kind.MONTHLY, "2026-03"), (Kind.WEEKLY, "2026-W12"), (Kind.DAILY, "2026-03-18"))


def run(yard: Yard) -> list[Table]:
    """One table."""
    count = 10_000 if yard.quick else COUNT
    found = [_measured(yard, url, count) for _, url in yard.databases()]
    result = Table(
        "Reports about very many tickets",
        f"{count:,} tickets of one contract opened in a month, with a log of 5 to 8 entries each: 3 % late, 10 % "
        "waited for the customer, 2 % had time excluded by a person. The figures of each report, the month frozen; "
        "the peak is of a process that gathers all three.",
        ("figures", "SQLite", "PostgreSQL", "goal"),
    )
    goals = {"monthly": "≤ 10 s with its forms", "peak": "≤ 500 MB"}
    for name in found[0]:
        unit = "MB" if name == "peak" else "s"
        cells = [f"{each[name]:.{0 if name == 'peak' else 2}f} {unit}" for each in found]
        result.add(name, *cells, *[""] * (2 - len(cells)), goals.get(name, ""))
    return [result]


def gathered() -> dict[str, float]:
    """How long each report's figures take, in seconds, and the most memory this process took, in MB."""
    services = wiring.build(Settings(_env_file=None))  # type: ignore[call-arg]
    found = {}
    for kind, period in REPORTS:
        wanted = gathering.Wanted(kind, named(kind, period), NUMBER, "Northquay Cloud")
        began = time.perf_counter()
        with services.reading() as session:
            report = gathering.gather(session, wanted, at=MADE_AT)
        found[str(kind)] = time.perf_counter() - began
        if not report.volumes:
            raise RuntimeError(f"the {kind} report tells of nothing")
    found["peak"] = _peak()
    return found


def _peak() -> float:
    """The most memory this process held, in MB; what getrusage says includes the parent's at the fork."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def _measured(yard: Yard, url: str, count: int) -> dict[str, float]:
    stack = Stack(yard.fresh(), url, relay_port=9)
    try:
        _fill(stack.services, count)
        with stack.services.transaction() as session:
            credits.freeze(session, stack.services.letterhead, NUMBER, Month(2026, 3), at=MADE_AT)
        with stack.services.engine.connect() as connection:  # as PostgreSQL does by itself within minutes
            connection.execute(sa.text("ANALYZE"))
            connection.commit()
        told = subprocess.run(
            [sys.executable, "-m", "bench.reports"], env=stack.environment, check=True, capture_output=True
        )
        return dict(json.loads(told.stdout))
    finally:
        stack.close()


def _fill(services: Services, count: int) -> None:
    with services.transaction() as session:
        customer_id = signed(session, NUMBER)
        made = [life(customer_id, number) for number in range(1, count + 1)]
        for start in range(0, count, BATCH):
            session.execute(table(Ticket).insert(), [ticket for ticket, _ in made[start : start + BATCH]])
            entries = [entry for _, log in made[start : start + BATCH] for entry in log]
            session.execute(table(TicketEvent).insert(), entries)


def life(customer_id: int, number: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A ticket and its log. Numbers begin far above what the estate may have."""
    chance = random.Random(number)
    level = chance.choices(list(Priority), (5, 20, 40, 35))[0]
    targets = DEFAULT_TERMS.targets[level]
    opened_at = MARCH + timedelta(days=28 * chance.random())
    answered_at = opened_at + targets.first_response * (1.5 if chance.random() < 0.03 else chance.random())
    rest = HOUR * 3 if (chosen := chance.random()) < 0.12 else timedelta()
    due_at = opened_at + targets.resolution + rest
    solved_at = max(answered_at + rest, opened_at + targets.resolution * chance.random() * 0.9 + rest)
    ticket = {
        "id": 1_000_000 + number, "customer_id": customer_id, "queue": "main", "subject": f"Request {number}",
        "service": "technical-support", "kind": "incident", "status": "closed", "priority": level,
        "language": "en", "requester_email": "head@month.example", "requester_name": "", "opened_at": opened_at,
        "changed_at": solved_at + HOUR, "first_response_due_at": opened_at + targets.first_response,
        "resolution_due_at": due_at, "next_due_at": due_at, "first_response_at": answered_at,
        "resolved_at": solved_at, "closed_at": solved_at + HOUR, "rests_since": None, "priority_evidence": [],
        "claimed_escalation": False, "asked_escalation": False, "origin": "customer", "discounted": "",
        "aws_region": "", "aws_services": [],
    }  # fmt: skip
    log = list(_log(opened_at, answered_at, solved_at, waits=chosen < 0.1, excluded=0.1 <= chosen < 0.12))
    fixed = {"ticket_id": ticket["id"], "words": None, "salt": None, "hash": "0" * 64}
    return ticket, [
        {"seq": seq, "kind": kind, "at": at, "recorded_at": at, "actor": actor, "data": data} | fixed
        for seq, (kind, at, actor, data) in enumerate(log, start=1)
    ]


def _log(
    opened_at: datetime, answered_at: datetime, solved_at: datetime, *, waits: bool, excluded: bool
) -> Iterator[tuple[EventKind, datetime, str, dict[str, Any]]]:
    yield EventKind.OPENED, opened_at, "customer", {"priority": "low"}
    yield EventKind.REPLY, answered_at, "engineer:1", {"message": 1}
    yield (
        EventKind.STATUS,
        answered_at,
        "engineer:1",
        _moved("new", "waiting-customer" if waits else "open", "reply"),
    )
    if waits:
        yield EventKind.CUSTOMER_MESSAGE, answered_at + 3 * HOUR, "customer", {"message": 2}
        yield (
            EventKind.STATUS,
            answered_at + 3 * HOUR,
            "customer",
            _moved("waiting-customer", "open", "customer"),
        )
    if excluded:
        data = {"id": "x1", "start": answered_at.isoformat(), "end": (answered_at + 3 * HOUR).isoformat(),
                "reason": "aws", "proof": {"kind": "health-event", "reference": "e-1"}}  # fmt: skip
        yield EventKind.EXCLUDED, solved_at, "engineer:1", data
    yield EventKind.REPLY, solved_at, "engineer:1", {"message": 3}
    yield EventKind.STATUS, solved_at, "engineer:1", _moved("open", "resolved", "reply")
    yield EventKind.STATUS, solved_at + HOUR, "customer", _moved("resolved", "closed", "confirmed")


def _moved(before: str, after: str, cause: str) -> dict[str, Any]:
    return {"from": before, "to": after, "cause": cause, "message": 1}


if __name__ == "__main__":
    print(json.dumps(gathered()))
