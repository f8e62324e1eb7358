"""Open tickets by the ten thousand, written past the verbs but with the very log, columns and alarms verbs leave."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain import alarms, sla
from gateway.domain.lifecycle import EventKind, Kind, Status
from gateway.domain.terms import DEFAULT_TERMS, Priority, Service
from gateway.services import Services
from gateway.store.models import Alarm, Contract, Engineer, Ticket, table
from gateway.tickets import log, planning
from gateway.tickets.log import Entry

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Opening:
    """When a ticket was opened, and with which priority."""

    at: datetime
    priority: Priority


def fill(services: Services, openings: Iterable[Opening]) -> int:
    """Open tickets for the bench's customers in turn, all assigned to its engineer; how many."""
    count = 0
    with services.reading() as session:
        contracts = session.execute(sa.select(Contract.customer_id, Contract.id).order_by(Contract.id)).all()
        engineer = session.execute(sa.select(sa.func.max(Engineer.id))).scalar_one()
        first = (session.execute(sa.select(sa.func.max(Ticket.id))).scalar_one() or 1000) + 1
    turns = itertools.cycle([tuple(each) for each in contracts])
    for batch in _batches(openings):
        with services.transaction() as session:
            _write(
                session,
                [
                    _row(first + count + number, each, next(turns), engineer)
                    for number, each in enumerate(batch)
                ],
            )
        count += len(batch)
    _settle(services)
    return count


def _row(ticket_id: int, opening: Opening, party: tuple[int, int], engineer: int) -> dict[str, Any]:
    return {
        "id": ticket_id,
        "customer_id": party[0],
        "contract_id": party[1],
        "queue": "main",
        "subject": f"Report {ticket_id} does not load",
        "service": Service.SUPPORT,
        "kind": Kind.INCIDENT,
        "status": Status.NEW,
        "priority": opening.priority,
        "language": "en",
        "requester_email": "head@client1.example",
        "requester_name": "Head",
        "assignee_id": engineer,
        "opened_at": opening.at,
        "changed_at": opening.at,
        "priority_evidence": [],
        "claimed_escalation": False,
        "asked_escalation": False,
        "origin": "customer",
        "discounted": "",
        "aws_region": "",
        "aws_services": [],
    }


def _write(session: Session, rows: list[dict[str, Any]]) -> None:
    """The rows with their cached columns, the opening in each log, the alarms."""
    entries = [
        Entry(EventKind.OPENED, row["opened_at"], "customer",
              {"priority": str(row["priority"]), "service": row["service"], "kind": row["kind"], "queue": "main"})
        for row in rows
    ]  # fmt: skip
    planned = []
    for row, entry in zip(rows, entries, strict=True):
        events = log.as_events([entry], entry.at)
        standing = sla.standing(events, DEFAULT_TERMS)
        row |= planning.cached(standing)
        plans = alarms.plans(events, standing, DEFAULT_TERMS)
        planned += [planning.alarm_row(row["id"], plan) for plan in plans]
    session.execute(table(Ticket).insert(), rows)
    for row, entry in zip(rows, entries, strict=True):
        log.begin(session, row["id"], [entry], recorded_at=entry.at)
    session.execute(table(Alarm).insert(), planned)


def _settle(services: Services) -> None:
    """What a database that has run for a while knows about itself."""
    with services.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))
        if connection.dialect.name == "postgresql":
            longest = sa.select(sa.func.max(table(Ticket).c.id)).scalar_subquery()
            connection.execute(sa.select(sa.func.setval(sa.text("'ticket_id_seq'"), longest)))


def _batches(openings: Iterable[Opening]) -> Iterator[list[Opening]]:
    source = iter(openings)
    while batch := list(itertools.islice(source, BATCH)):
        yield batch
