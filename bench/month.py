"""The figures and the freezing of a month of very many tickets of one contract."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bench.results import Table
from bench.stack import Stack
from bench.yard import Yard
from gateway import credits
from gateway.domain.agreed_dates import Month
from gateway.services import Services
from gateway.store.models import Contract, Customer, Ticket, table
from gateway.store.queries import attainment

COUNT = 100_000
BATCH = 5000
NUMBER = "MONTH-1"
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
FROZEN_AT = datetime(2026, 4, 2, 1, tzinfo=UTC)
WINDOW = (datetime(2026, 2, 28, 16, tzinfo=UTC), datetime(2026, 3, 31, 16, tzinfo=UTC))


def run(yard: Yard) -> list[Table]:
    """One table."""
    count = 10_000 if yard.quick else COUNT
    found = [_measured(yard, url, count) for _, url in yard.databases()]
    result = Table(
        "A month of very many tickets",
        f"{count:,} tickets of one contract, 3 % of them late, all closed within the month. Decided from the cached "
        "columns; the next month's freezing compares every frozen ticket with what is known then.",
        ("seconds", "SQLite", "PostgreSQL", "goal"),
    )
    goals = ("≤ 5 s", "", "", "")
    for name, goal in zip(found[0], goals, strict=True):
        cells = [f"{each[name]:.2f}" for each in found]
        result.add(name, *cells, *[""] * (2 - len(cells)), goal)
    return [result]


def _measured(yard: Yard, url: str, count: int) -> dict[str, float]:
    stack = Stack(yard.fresh(), url, relay_port=9)
    services = stack.services
    try:
        customer_id = _fill(services, count)
        window = attainment.Window(customer_id, *WINDOW)
        with services.reading() as session:
            return {
                "attainment": _cost(lambda: attainment.running(session, window, FROZEN_AT)),
                "figures by priority": _cost(lambda: attainment.figures(session, window, FROZEN_AT)),
                "freezing": _cost(lambda: _freeze(services, Month(2026, 3), FROZEN_AT)),
                "freezing the next": _cost(
                    lambda: _freeze(services, Month(2026, 4), FROZEN_AT + timedelta(days=31))
                ),
            }
    finally:
        stack.close()


def _freeze(services: Services, month: Month, at: datetime) -> None:
    with services.transaction() as session:
        credits.freeze(session, services.letterhead, NUMBER, month, at=at)


def _fill(services: Services, count: int) -> int:
    """A customer with a contract and so many tickets; the customer."""
    with services.transaction() as session:
        customer_id = signed(session, NUMBER)
        rows = list(_tickets(customer_id, count))
        for start in range(0, count, BATCH):
            session.execute(table(Ticket).insert(), rows[start : start + BATCH])
    return customer_id


def signed(session: Session, number: str) -> int:
    """A customer with a contract from March on; the customer."""
    zone = "Asia/Shanghai"
    customer = Customer(reference="month", name="Month", language="en", time_zone=zone)
    customer.contracts = [
        Contract(number=number, version=1, starts_on=date(2026, 3, 1), ends_on=None, time_zone=zone,
                 language="en", currency="CNY", monthly_fee=38_000, terms={})
    ]  # fmt: skip
    session.add(customer)
    session.flush()
    return customer.id


def _tickets(customer_id: int, count: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(1)
    hour = timedelta(hours=1)
    for number in range(count):
        at = MARCH + timedelta(days=28 * chance.random())
        met = at + (30 if chance.random() < 0.03 else 1) * hour
        yield {
            "customer_id": customer_id, "queue": "main", "subject": f"Request {number}",
            "service": "technical-support", "kind": "incident", "status": "closed", "priority": "low",
            "language": "en", "requester_email": "head@month.example", "requester_name": "", "opened_at": at,
            "changed_at": at + 40 * hour, "first_response_due_at": at + 24 * hour,
            "resolution_due_at": at + 72 * hour, "next_due_at": at + 72 * hour, "first_response_at": met,
            "resolved_at": met, "closed_at": at + 40 * hour, "rests_since": None, "priority_evidence": [],
            "claimed_escalation": False, "asked_escalation": False, "origin": "customer", "discounted": "",
            "aws_region": "", "aws_services": [],
        }  # fmt: skip


def _cost(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
