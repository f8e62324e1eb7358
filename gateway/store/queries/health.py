"""AWS Health events: what is stored of them, whom they touch, and the tickets they have."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.impact import Affected, Event, Request
from gateway.domain.lifecycle import Kind
from gateway.store.models import (
    AccountState,
    Appointment,
    AwsAccount,
    AwsStream,
    Contact,
    Customer,
    HealthEvent,
    HealthImpact,
    HealthTicket,
    Stream,
    Ticket,
    either,
    table,
)
from gateway.store.models.ticket import LIVE_STATUSES
from gateway.store.queries.notices import Reachable

PRODUCTION: Final = "production"
FOLLOW: Final = "health-follow"
"""What the appointments of words that wait are called; their key is `EVENT:CUSTOMER`, as `12:3`."""
_rows = table(HealthTicket).c
_MEET: Final = either(
    lambda insert: insert(table(HealthTicket)).on_conflict_do_nothing(
        index_elements=["event_id", "customer_id"]
    )
)


@dataclass(frozen=True, slots=True)
class Known:
    """An account whose Health may be read through another one. Shape: `role` says whether it is read by itself."""

    account_id: str
    customer_id: int
    regions: tuple[str, ...]
    services: tuple[str, ...]
    role: bool


@dataclass(frozen=True, slots=True)
class Met:
    """An event as a customer meets it."""

    event: HealthEvent
    row: HealthTicket


def event_of(row: HealthEvent) -> Event:
    """A stored event as the domain sees it."""
    return Event(
        arn=row.arn, service=row.service, type_code=row.type_code, category=row.category, scope=row.scope,
        status=row.status, region=row.region, zone=row.zone, starts_at=row.starts_at, ends_at=row.ends_at,
        updated_at=row.updated_at, description=row.description, actionability=row.actionability,
        personas=tuple(row.personas),
    )  # fmt: skip


def affected(session: Session, event_id: int, customer_id: int) -> list[Affected]:
    """The accounts of a customer that an event touches or touched, by number."""
    found = (
        sa.select(HealthImpact, AwsAccount)
        .join(AwsAccount, AwsAccount.account_id == HealthImpact.account_id)
        .where(HealthImpact.event_id == event_id, AwsAccount.customer_id == customer_id)
        .order_by(HealthImpact.account_id)
    )
    return [_affected(row, account) for row, account in session.execute(found)]


def affected_of(session: Session, event_ids: Collection[int]) -> dict[tuple[int, int], list[Affected]]:
    """The accounts that some events touch or touched, by event and active customer."""
    wanted = (
        sa.select(HealthImpact, AwsAccount)
        .join(AwsAccount, AwsAccount.account_id == HealthImpact.account_id)
        .join(Customer, Customer.id == AwsAccount.customer_id)
        .where(HealthImpact.event_id.in_(event_ids), Customer.active)
    )
    found: dict[tuple[int, int], list[Affected]] = {}
    for row, account in session.execute(wanted.order_by(HealthImpact.account_id)):
        found.setdefault((row.event_id, account.customer_id), []).append(_affected(row, account))
    return found


def impacts(session: Session, event_ids: Collection[int]) -> dict[int, list[HealthImpact]]:
    """What some events mean for which accounts, by event."""
    found: dict[int, list[HealthImpact]] = {}
    wanted = sa.select(HealthImpact).where(HealthImpact.event_id.in_(event_ids))
    for row in session.scalars(wanted.order_by(HealthImpact.account_id)):
        found.setdefault(row.event_id, []).append(row)
    return found


def by_arn(session: Session, arns: Collection[str]) -> dict[str, HealthEvent]:
    """Stored events by name."""
    rows = session.scalars(sa.select(HealthEvent).where(HealthEvent.arn.in_(arns)))
    return {row.arn: row for row in rows}


def open_for(session: Session, account_ids: Collection[str]) -> Sequence[tuple[str, str]]:
    """Events that are not over, with those of some accounts that they name."""
    found = (
        sa.select(HealthEvent.arn, HealthImpact.account_id)
        .join(HealthImpact, HealthImpact.event_id == HealthEvent.id)
        .where(HealthImpact.account_id.in_(account_ids), ~HealthImpact.gone, HealthEvent.status != "closed")
        .order_by(HealthEvent.arn, HealthImpact.account_id)
    )
    return [(arn, account_id) for arn, account_id in session.execute(found)]


def known_accounts(session: Session, partition: str, account_ids: Collection[str]) -> list[Known]:
    """The accounts of active customers among some numbers, by number."""
    found = (
        sa.select(AwsAccount)
        .join(Customer, Customer.id == AwsAccount.customer_id)
        .where(Customer.active, AwsAccount.partition == partition, AwsAccount.account_id.in_(account_ids))
    )
    return [_known(row) for row in session.scalars(found.order_by(AwsAccount.account_id))]


def siblings(session: Session, partition: str, customer_id: int) -> list[Known]:
    """The accounts of an active customer in a partition, by number."""
    found = (
        sa.select(AwsAccount)
        .join(Customer, Customer.id == AwsAccount.customer_id)
        .where(Customer.active, AwsAccount.partition == partition, AwsAccount.customer_id == customer_id)
    )
    return [_known(row) for row in session.scalars(found.order_by(AwsAccount.account_id))]


def unread(session: Session, customer_id: int, partition: str, since: datetime) -> list[str]:
    """The accounts of a customer whose Health is read, and was not since an instant, by number."""
    found = (
        sa.select(AwsStream.account_id, AwsAccount.capabilities)
        .join(AwsAccount, AwsAccount.account_id == AwsStream.account_id)
        .where(
            AwsAccount.customer_id == customer_id,
            AwsAccount.partition == partition,
            AwsAccount.role_arn != "",
            AwsAccount.state == AccountState.OK,
            AwsStream.what == Stream.HEALTH,
            AwsStream.failures == 0,
            sa.or_(AwsStream.read_at.is_(None), AwsStream.read_at < since),
        )
        .order_by(AwsStream.account_id)
    )
    return [
        account_id for account_id, told in session.execute(found) if told.get(Stream.HEALTH) in (None, "ok")
    ]


def waiting(session: Session, customer_ids: Collection[int]) -> dict[int, HealthEvent]:
    """Events of which some customers are still to be told something, by number."""
    keys = session.scalars(sa.select(Appointment.key).where(Appointment.what == FOLLOW))
    pairs = [key.partition(":") for key in keys]
    ids = {int(event_id) for event_id, _, customer_id in pairs if int(customer_id) in customer_ids}
    rows = session.scalars(sa.select(HealthEvent).where(HealthEvent.id.in_(ids))) if ids else ()
    return {row.id: row for row in rows}


def meet(session: Session, event_id: int, customer_id: int) -> HealthTicket:
    """The one row in which a customer meets an event, made where there is none, locked until the transaction ends."""
    values = {"event_id": event_id, "customer_id": customer_id, "state": "listed", "told_hash": ""}
    session.execute(_MEET[session.get_bind().dialect.name], values)
    wanted = sa.select(HealthTicket).where(_rows.event_id == event_id, _rows.customer_id == customer_id)
    locked = wanted.with_for_update().execution_options(populate_existing=True)
    return session.scalars(locked).one()


def customers_met(session: Session, event_ids: Collection[int]) -> list[HealthTicket]:
    """Every active customer's row of some events, by event."""
    found = (
        sa.select(HealthTicket)
        .join(Customer, Customer.id == HealthTicket.customer_id)
        .where(_rows.event_id.in_(event_ids), Customer.active)
    )
    return list(session.scalars(found.order_by(_rows.event_id, _rows.customer_id)))


def requests(session: Session, customer_id: int) -> list[Request]:
    """The customer's own incidents that live, as far as they may be about an event, by number."""
    live = _incidents(customer_id).where(sa.text(LIVE_STATUSES))
    return [_request(row) for row in session.scalars(live.order_by(Ticket.id))]


def requests_during(session: Session, customer_id: int, start: datetime, end: datetime) -> list[Request]:
    """The customer's own incidents that lived at some time between two instants, by number."""
    found = _incidents(customer_id).where(
        Ticket.opened_at < end,
        sa.or_(Ticket.resolved_at.is_(None), Ticket.resolved_at > start),
        sa.or_(Ticket.closed_at.is_(None), Ticket.closed_at > start),
    )
    return [_request(row) for row in session.scalars(found.order_by(Ticket.id))]


def contacts(session: Session, customer_id: int) -> list[Reachable]:
    """The people of a customer, by address."""
    found = sa.select(Contact.id, Contact.customer_id, Contact.name, Contact.email, Contact.language)
    return [
        Reachable(*row)
        for row in session.execute(found.where(Contact.customer_id == customer_id).order_by(Contact.email))
    ]


def of_customer(
    session: Session, customer_id: int, *, since: datetime | None = None, limit: int = 100
) -> list[Met]:
    """The events a customer meets, those that last first, then the newest; listed ones too."""
    found = (
        sa.select(HealthEvent, HealthTicket)
        .join(HealthTicket, HealthTicket.event_id == HealthEvent.id)
        .where(HealthTicket.customer_id == customer_id)
        .order_by(HealthEvent.status == "closed", HealthEvent.updated_at.desc(), HealthEvent.id.desc())
        .limit(limit)
    )
    if since is not None:
        found = found.where(sa.or_(HealthEvent.status != "closed", HealthEvent.updated_at >= since))
    return [Met(event, row) for event, row in session.execute(found)]


def of_ticket(session: Session, ticket_id: int) -> Met | None:
    """The event a ticket is about; None where it is about none."""
    found = (
        sa.select(HealthEvent, HealthTicket)
        .join(HealthTicket, HealthTicket.event_id == HealthEvent.id)
        .where(HealthTicket.ticket_id == ticket_id)
    )
    row = session.execute(found).first()
    return Met(row[0], row[1]) if row else None


def tickets_of_event(session: Session, event_id: int) -> Sequence[Ticket]:
    """The tickets of an event, one for each customer who has one, by number."""
    found = sa.select(Ticket).join(HealthTicket, HealthTicket.ticket_id == Ticket.id)
    return session.scalars(found.where(HealthTicket.event_id == event_id).order_by(Ticket.id)).all()


def event(session: Session, event_id: int) -> HealthEvent | None:
    """One event."""
    return session.get(HealthEvent, event_id)


def _incidents(customer_id: int) -> sa.Select[Ticket]:
    return sa.select(Ticket).where(
        Ticket.customer_id == customer_id,
        Ticket.origin == "customer",
        Ticket.kind == Kind.INCIDENT,
        Ticket.discounted == "",
    )


def _request(row: Ticket) -> Request:
    return Request(
        ticket_id=row.id, opened_at=row.opened_at, ended_at=row.resolved_at or row.closed_at,
        account_id=row.aws_account_id or "", region=row.aws_region, services=tuple(row.aws_services),
    )  # fmt: skip


def _affected(row: HealthImpact, account: AwsAccount) -> Affected:
    return Affected(
        account_id=row.account_id,
        name=account.name,
        production=account.environment == PRODUCTION,
        entities=tuple((str(value), str(state)) for value, state in row.entities),
        gone=row.gone,
    )


def _known(row: AwsAccount) -> Known:
    return Known(row.account_id, row.customer_id, tuple(row.regions), tuple(row.services), bool(row.role_arn))
