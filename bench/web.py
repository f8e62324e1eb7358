"""How long the web's pages take with very many tickets, and whether depth or size make them slower."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from bench import search
from bench.results import Table, percentile
from bench.stack import Stack
from bench.yard import Yard
from gateway import clock, secrets
from gateway.domain.lifecycle import EventKind
from gateway.operations import access
from gateway.services import Services
from gateway.store.models import Contact, Contract, Engineer, Reach, Ticket, Visit, table
from gateway.store.queries import listing
from gateway.tickets import log
from gateway.tickets.log import Entry
from web import create_app

ROUNDS = 40
BATCH = 2000
GOALS = {"queue": "≤ 60", "ticket": "≤ 60", "search": "≤ 200", "dashboard": "≤ 100"}
WORDS = ("database", "迁移", "certificate expired", "负载均衡", "HD-1{n:03d}", "from:u{n}@c{n}.example")


def run(yard: Yard) -> list[Table]:
    """One table."""
    sizes = (200, 2000) if yard.quick else (yard.tickets // 10, yard.tickets)
    names = [name for name, _ in yard.databases()]
    found = {(name, size): _measured(yard, name, size) for name in names for size in sizes}
    result = Table(
        "Pages with very many tickets",
        f"p95 of {ROUNDS} requests in milliseconds, inside the application: from the request to its last byte, "
        "without the network. One in twenty tickets is open; a third of all belong to one customer, the rest to a "
        "hundred. Each request asks for another page, ticket or word.",
        ("p95 ms", *(f"{name} {size:,}" for name, size in found), "goal"),
    )
    for what in next(iter(found.values())):
        result.add(what, *(f"{each[what]:.1f}" for each in found.values()), GOALS[what.partition(",")[0]])
    return [result]


def _measured(yard: Yard, name: str, count: int) -> dict[str, float]:
    stack = Stack(yard.fresh(), dict(yard.databases())[name], relay_port=9)
    try:
        _fill(stack.services, count)
        client, visitor = _signed_in(stack.services), _visiting(stack.services)
        told = {what: _p95(client, pages) for what, pages in _walks(stack.services, count).items()}
        return told | {"dashboard, a third of all": _p95(visitor, ["/dashboard"] * ROUNDS)}
    finally:
        stack.close()


def _fill(services: Services, count: int) -> None:
    """The tickets of the search's bench with logs, a third of them one customer's, half of them somebody's."""
    search.fill(services, count)
    rows = table(Ticket).c
    with services.transaction() as session:
        one = session.scalar(sa.select(sa.func.min(Contract.customer_id)))
        whose = session.scalar(sa.select(sa.func.min(Engineer.id)))
        session.execute(sa.update(table(Ticket)).where(rows.id % 3 == 0).values(customer_id=one))
        session.execute(sa.update(table(Ticket)).where(rows.id % 2 == 0).values(assignee_id=whose))
    for start in range(1001, 1001 + count, BATCH):
        with services.transaction() as session:
            _logs(session, range(start, min(start + BATCH, 1001 + count)))
    while services.indexing.drain(clock.now() + timedelta(seconds=5)):
        pass
    search.settle(services)


def _logs(session: Any, numbers: Sequence[int]) -> None:
    for number in numbers:
        at = search.MARCH + timedelta(minutes=number)
        said = {"priority": "low", "service": "technical-support", "kind": "incident", "queue": "main"}
        log.begin(session, number, [Entry(EventKind.OPENED, at, "customer", said)], recorded_at=at)


def _signed_in(services: Services) -> FlaskClient:
    client = create_app(services).test_client()
    at = clock.now()
    with services.transaction() as session:
        whose = session.scalars(sa.select(Engineer).order_by(Engineer.id)).first()
        tried = access.attempt(session, email=whose.email, client="127.0.0.1", at=at)
        token = access.open_session(
            session, attempt_id=tried, engineer_id=whose.id, lifetime=timedelta(hours=1), at=at
        )
    client.set_cookie("desk", token)
    return client


def _visiting(services: Services) -> FlaskClient:
    """A manager of the customer who has a third of all tickets, in a browser."""
    client, token = create_app(services).test_client(), secrets.random_token(32)
    at = clock.now()
    with services.transaction() as session:
        one = session.scalar(sa.select(sa.func.min(Contract.customer_id)))
        whose = session.scalars(sa.select(Contact).where(Contact.customer_id == one)).first()
        whose.role = Reach.MANAGER
        ends_at = at + timedelta(hours=1)
        session.add(Visit(contact_id=whose.id, token_digest=secrets.digest(token), created_at=at, seen_at=at,
                          ends_at=ends_at, client="127.0.0.1", browser=""))  # fmt: skip
    client.set_cookie("visitor", token)
    return client


def _walks(services: Services, count: int) -> dict[str, Sequence[str]]:
    """What is asked for, by name: the addresses of each round."""
    rounds = range(ROUNDS)
    with services.reading() as session:
        open_cursors = _cursors(session, listing.TicketFilter(), count // 20)
        all_cursors = _cursors(session, listing.TicketFilter(status=listing.ALL), count)
        one = session.scalar(sa.select(sa.func.min(Contract.customer_id)))
    return {
        "queue, first page": ["/"] * ROUNDS,
        "queue, at any depth": [f"/?cursor={open_cursors[n % len(open_cursors)]}" for n in rounds],
        "queue, mine": ["/?assignee=me"] * ROUNDS,
        "queue, one customer's": [f"/?customer={one if n % 2 else search.FIRST + n}" for n in rounds],
        "queue, all tickets at any depth": [
            f"/?status=all&cursor={all_cursors[n % len(all_cursors)]}" for n in rounds
        ],
        "queue, all of one customer": [f"/?status=all&customer={one}"] * ROUNDS,
        "ticket": [f"/tickets/{1001 + count * n // ROUNDS}" for n in rounds],
        "search, any words": [f"/?status=all&q={WORDS[n % len(WORDS)].format(n=n)}" for n in rounds],
        "search, open tickets": [f"/?q={WORDS[n % 4]}" for n in rounds],
        "search, one customer's": [f"/?status=all&customer={one}&q={WORDS[n % 4]}" for n in rounds],
    }


def _cursors(session: Any, wanted: listing.TicketFilter, count: int) -> list[str]:
    """Cursors of some places down a list, the last one near its end."""
    found, cursor = [], ""
    for _ in range(5):
        cursor = listing.tickets(session, wanted, cursor=cursor, limit=max(1, count // 6)).cursor
        found.append(cursor)
        session.expunge_all()
    return found


def _p95(client: FlaskClient, addresses: Sequence[str]) -> float:
    taken = [_cost(lambda address=address: _page(client, address)) for address in addresses]  # type: ignore[misc]
    return percentile(taken[1:], 0.95) * 1000


def _page(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status}"
    assert answer.data


def _cost(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
