"""The daily reports of many customers that fall due at the same evening, made by two workers."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bench import reports
from bench.results import Table
from bench.stack import Stack
from bench.yard import Yard
from gateway import services as wiring
from gateway.reporting import schedule
from gateway.reporting.posting import Posting
from gateway.services import Services
from gateway.settings import Settings
from gateway.store.models import Contact, Contract, Customer, Outbox, StoredReport, Ticket, TicketEvent, table

CUSTOMERS = 500
TICKETS = 40
"""Of each customer, in the weeks before."""
WORKERS = 2
BEGINS_AT = datetime(2026, 3, 20, tzinfo=UTC)
EVENING = datetime(2026, 3, 20, 10, tzinfo=UTC)


def run(yard: Yard) -> list[Table]:
    """One table."""
    count = 50 if yard.quick else CUSTOMERS
    found = [_measured(yard, url, count) for _, url in yard.databases()]
    result = Table(
        "Daily reports due at the same evening",
        f"{count} customers with {TICKETS} tickets each, one contact who gets the report. Noted at their "
        f"appointments by one process; figures gathered, letters drawn and put by {WORKERS} workers, their start "
        "included.",
        ("seconds", "SQLite", "PostgreSQL", "goal"),
    )
    for name, goal in (("noted", ""), ("made and put", ""), ("in all", "≤ 60 s for 500")):
        cells = [f"{each[name]:.1f}" for each in found]
        result.add(name, *cells, *[""] * (2 - len(cells)), goal)
    return [result]


def _measured(yard: Yard, url: str, count: int) -> dict[str, float]:
    stack = Stack(yard.fresh(), url, relay_port=9)
    try:
        _fill(stack.services, count)
        began = time.perf_counter()
        _note_all(stack.services, count)
        noted = time.perf_counter() - began
        command = [sys.executable, "-m", "bench.reports_due"]
        workers = [subprocess.Popen(command, env=stack.environment) for _ in range(WORKERS)]
        if any(worker.wait() for worker in workers):
            raise RuntimeError("a worker failed")
        made = time.perf_counter() - began - noted
        _check(stack.services, count)
        return {"noted": noted, "made and put": made, "in all": noted + made}
    finally:
        stack.close()


def work() -> None:
    """What one worker does until nothing is left."""
    services = wiring.build(Settings(_env_file=None))  # type: ignore[call-arg]
    posting = Posting(services.sessions, services.transaction, services.reading, services.letterhead,
                      services.owner, lambda: EVENING)  # fmt: skip
    while posting.drain(EVENING + timedelta(seconds=5)):
        pass


def _note_all(services: Services, count: int) -> None:
    for number in range(count):
        with services.transaction() as session:
            schedule.keep(session, services.letterhead, _number(number), EVENING)


def _check(services: Services, count: int) -> None:
    with services.reading() as session:
        stored = session.scalar(sa.select(sa.func.count()).where(StoredReport.posted_at.is_not(None)))
        put = session.scalar(sa.select(sa.func.count()).where(Outbox.letter == "report-daily"))
    if (stored, put) != (count, count):
        raise RuntimeError(f"{stored} reports were made and {put} letters put, of {count}")


def _number(customer: int) -> str:
    return f"DUE-{customer:04d}"


def _fill(services: Services, count: int) -> None:
    with services.transaction() as session:
        rows = []
        for number in range(count):
            contract = Contract(number=_number(number), version=1, starts_on=date(2026, 1, 1), ends_on=None,
                                time_zone="Asia/Shanghai", language="zh", currency="CNY", monthly_fee=1,
                                terms={})  # fmt: skip
            contact = Contact(email=f"head@c{number}.example", name="Head", role="manager")
            rows.append(Customer(reference=f"due-{number}", name=f"Customer {number}", language="zh",
                                 time_zone="Asia/Shanghai", contacts=[contact], contracts=[contract]))  # fmt: skip
        session.add_all(rows)
        session.flush()
        lives = [life for place, row in enumerate(rows) for life in _lives(row.id, place)]
        session.execute(table(Ticket).insert(), [ticket for ticket, _ in lives])
        session.execute(table(TicketEvent).insert(), [entry for _, log in lives for entry in log])
        for number in range(count):
            schedule.schedule(session, _number(number), at=BEGINS_AT)


def _lives(customer_id: int, place: int) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    first = place * TICKETS + 1
    return [reports.life(customer_id, number) for number in range(first, first + TICKETS)]


if __name__ == "__main__":
    work()
