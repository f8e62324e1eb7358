"""What people look at and decide about beside AWS: accounts with their streams, what waits, Health events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from gateway.store.models import (
    AwsAccount,
    AwsCase,
    AwsStream,
    AwsWrite,
    Customer,
    HealthEvent,
    HealthImpact,
    HealthTicket,
    Ticket,
)
from gateway.store.models.ticket import LIVE_STATUSES
from gateway.store.queries.listing import FOR_A_PERSON, BadCursor

_LARGEST_KEY: Final = 2**62


def write(session: Session, key: int) -> AwsWrite | None:
    """One write to AWS."""
    return session.get(AwsWrite, key) if 0 < key < _LARGEST_KEY else None


def codes_used(session: Session) -> Sequence[tuple[str, str]]:
    """Pairs of service and category that cases were opened with, which AWS therefore knows."""
    rows = sa.select(AwsCase.service, AwsCase.category).where(AwsCase.service != "").distinct()
    return [
        (row.service, row.category)
        for row in session.execute(rows.order_by("service", "category").limit(200))
    ]


def undecided_writes(session: Session, *, limit: int = 100) -> Sequence[tuple[AwsWrite, Ticket]]:
    """Writes to AWS that wait for a person, with their tickets, the oldest first."""
    found = (
        sa.select(AwsWrite, Ticket)
        .join(Ticket, Ticket.id == AwsWrite.ticket_id)
        .where(AwsWrite.state.in_(FOR_A_PERSON))
        .order_by(AwsWrite.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(found)]


def proposals(session: Session, *, limit: int = 100) -> Sequence[Ticket]:
    """Live tickets that the desk proposes to resolve, with their customers, the oldest first."""
    found = sa.select(Ticket).where(Ticket.proposal != "", sa.text(LIVE_STATUSES)).order_by(Ticket.id)
    return session.scalars(found.options(joinedload(Ticket.customer)).limit(limit)).all()


def accounts(session: Session, *, customer_id: int | None = None) -> Sequence[AwsAccount]:
    """The accounts of one customer, or of all, by number."""
    found = sa.select(AwsAccount).order_by(AwsAccount.account_id)
    if customer_id is not None:
        found = found.where(AwsAccount.customer_id == customer_id)
    return session.scalars(found).all()


def accounts_by_customer(session: Session) -> list[tuple[Customer, list[AwsAccount]]]:
    """Every customer that has accounts, with them, by name."""
    owned: dict[int, list[AwsAccount]] = {}
    for each in accounts(session):
        owned.setdefault(each.customer_id, []).append(each)
    found = sa.select(Customer).where(Customer.id.in_(owned)).order_by(Customer.name, Customer.id)
    return [(row, owned[row.id]) for row in session.scalars(found)]


def streams(session: Session) -> dict[str, list[AwsStream]]:
    """What is read of each account, by account."""
    found: dict[str, list[AwsStream]] = {}
    for each in session.scalars(sa.select(AwsStream).order_by(AwsStream.account_id, AwsStream.id)):
        found.setdefault(each.account_id, []).append(each)
    return found


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which Health events are asked for. Shape: an empty part means any."""

    customer_id: int | None = None
    status: str = ""
    service: str = ""


def health_events(
    session: Session, wanted: EventFilter, *, cursor: str = "", limit: int = 50
) -> tuple[Sequence[HealthEvent], str]:
    """Health events, the newest first, and what opens the next page. Errors: BadCursor."""
    found = sa.select(HealthEvent)
    if wanted.status:
        found = found.where(HealthEvent.status == wanted.status)
    if wanted.service:
        found = found.where(HealthEvent.service == wanted.service)
    if wanted.customer_id is not None:
        met = sa.select(HealthTicket.event_id).where(HealthTicket.customer_id == wanted.customer_id)
        found = found.where(HealthEvent.id.in_(met))
    if cursor:
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 18):
            raise BadCursor("unknown cursor")
        found = found.where(HealthEvent.id < int(cursor))
    rows = session.scalars(found.order_by(HealthEvent.id.desc()).limit(limit + 1)).all()
    return rows[:limit], str(rows[limit - 1].id) if len(rows) > limit else ""


def health_services(session: Session) -> Sequence[str]:
    """The services that Health events were about."""
    return session.scalars(sa.select(HealthEvent.service).distinct().order_by(HealthEvent.service)).all()


def health_event(session: Session, key: int) -> HealthEvent | None:
    """One Health event."""
    return session.get(HealthEvent, key) if 0 < key < _LARGEST_KEY else None


@dataclass(frozen=True, slots=True)
class Touched:
    """What an event means for one account."""

    impact: HealthImpact
    account: AwsAccount


def impacts(
    session: Session, event_ids: Iterable[int], *, customer_id: int | None = None
) -> dict[int, list[Touched]]:
    """What events mean for accounts, of one customer or of all, by event."""
    found = (
        sa.select(HealthImpact, AwsAccount)
        .join(AwsAccount, AwsAccount.account_id == HealthImpact.account_id)
        .where(HealthImpact.event_id.in_(list(event_ids)))
        .order_by(HealthImpact.event_id, HealthImpact.account_id)
    )
    if customer_id is not None:
        found = found.where(AwsAccount.customer_id == customer_id)
    by_event: dict[int, list[Touched]] = {}
    for impact, account in session.execute(found):
        by_event.setdefault(impact.event_id, []).append(Touched(impact, account))
    return by_event


def tickets_named(session: Session, numbers: Iterable[int]) -> Sequence[Ticket]:
    """Some tickets by their numbers."""
    return session.scalars(sa.select(Ticket).where(Ticket.id.in_(list(numbers))).order_by(Ticket.id)).all()


@dataclass(frozen=True, slots=True)
class Meeting:
    """An event as one customer meets it; `ticket` is None where it is only listed."""

    row: HealthTicket
    customer: Customer
    ticket: Ticket | None


def met_by(session: Session, event_ids: Iterable[int]) -> dict[int, list[Meeting]]:
    """Which customers meet these events, with their tickets, by event and by name."""
    found = (
        sa.select(HealthTicket, Customer, Ticket)
        .join(Customer, Customer.id == HealthTicket.customer_id)
        .outerjoin(Ticket, Ticket.id == HealthTicket.ticket_id)
        .where(HealthTicket.event_id.in_(list(event_ids)))
        .order_by(Customer.name, HealthTicket.id)
    )
    by_event: dict[int, list[Meeting]] = {}
    for row, customer, ticket in session.execute(found):
        by_event.setdefault(row.event_id, []).append(Meeting(row, customer, ticket))
    return by_event
