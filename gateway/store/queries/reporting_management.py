"""What management's report tells across customers: load, targets missed, attainment; no statement for each one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

from gateway.domain.credits import Attainment, Outcome
from gateway.domain.lifecycle import Event, EventKind
from gateway.domain.terms import Target
from gateway.store.models import CreditMonth, CreditTicket, Customer, Ticket, TicketEvent, in_words, table
from gateway.store.queries.attainment import COUNTS, FIRST_LATE, RESOLUTION_LATE, VIOLATED_AT
from gateway.store.queries.reporting import LISTED, SINCE, UNTIL

QUARTER: Final = timedelta(minutes=15)
"""Every zone's hours and days begin at a whole quarter of an hour."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_tickets, _log, _placed = table(Ticket).c, table(TicketEvent).c, table(CreditTicket).c
_near: Final = table(Ticket).alias("near").c
_CUSTOMERS: Final[sa.BindParameter[Any]] = sa.bindparam("customers", expanding=True)
_OURS: Final = sa.and_(_tickets.customer_id.is_not(None), LISTED)
_TARGETS: Final[tuple[tuple[Target, Any, Any, Any], ...]] = (
    (Target.FIRST_RESPONSE, _tickets.first_response_due_at, FIRST_LATE, _tickets.first_response_at),
    (Target.RESOLUTION, _tickets.resolution_due_at, RESOLUTION_LATE, _tickets.resolved_at),
)


class _Quarter(FunctionElement[int]):
    """How many quarters of an hour passed from 1970 to an instant."""

    type = sa.BigInteger()
    inherit_cache = True


@compiles(_Quarter, "sqlite")
def _sqlite_quarter(element: _Quarter, compiler: SQLCompiler, **_: Any) -> str:
    return f"({compiler.process(element.clauses)} / 900000000)"


@compiles(_Quarter, "postgresql")
def _postgresql_quarter(element: _Quarter, compiler: SQLCompiler, **_: Any) -> str:
    return f"CAST(FLOOR(EXTRACT(EPOCH FROM {compiler.process(element.clauses)}) / 900) AS BIGINT)"


@dataclass(frozen=True, slots=True)
class Load:
    """The tickets of one customer and priority. Shape: `before` were open when the time began."""

    customer_id: int
    priority: str
    opened: int
    resolved: int
    closed: int
    before: int
    open_at_end: int


@dataclass(frozen=True, slots=True)
class Missed:
    """A target that was missed, of whichever customer."""

    ticket_id: int
    subject: str
    priority: str
    customer_id: int
    contract_id: int | None
    due_at: datetime
    met_at: datetime | None
    closed_at: datetime | None
    target: Target


def load(session: Session, since: datetime, until: datetime) -> list[Load]:
    """The load of a stretch of time by customer and priority; strangers' tickets are nobody's."""
    opened_at, closed_at = _tickets.opened_at, _tickets.closed_at
    still = sa.or_(closed_at.is_(None), closed_at >= UNTIL)
    wanted = (
        sa.select(
            _tickets.customer_id,
            _tickets.priority,
            _sum(opened_at >= SINCE),
            _sum(sa.and_(_tickets.resolved_at >= SINCE, _tickets.resolved_at < UNTIL)),
            _sum(sa.and_(closed_at >= SINCE, closed_at < UNTIL)),
            _sum(opened_at < SINCE),
            _sum(still),
        )
        .where(_OURS, opened_at < UNTIL, sa.or_(closed_at.is_(None), closed_at >= SINCE))
        .group_by(_tickets.customer_id, _tickets.priority)
    )
    return [Load(*row) for row in session.execute(wanted, {"since": since, "until": until})]


def quarters(session: Session, since: datetime, until: datetime, *, closed: bool) -> dict[datetime, int]:
    """How many tickets were opened, or closed, in each quarter of an hour of a stretch of time, by its beginning."""
    at = _tickets.closed_at if closed else _tickets.opened_at
    place = _Quarter(at).label("place")
    wanted = sa.select(place, sa.func.count()).where(_OURS, at >= SINCE, at < UNTIL)
    rows = session.execute(wanted.group_by(sa.text("place")), {"since": since, "until": until})
    return {max(_EPOCH + row[0] * QUARTER, since): row[1] for row in rows}


def missed_counts(
    session: Session, since: datetime, until: datetime, at: datetime
) -> dict[tuple[int, int | None], int]:
    """How many targets were missed, by customer and the engineer who has the ticket, due in a stretch of time."""
    found: dict[tuple[int, int | None], int] = {}
    told = {"since": since, "until": until, "at": at}
    for _, due, late, _ in _TARGETS:
        wanted = sa.select(_tickets.customer_id, _tickets.assignee_id, sa.func.count())
        rows = session.execute(
            wanted.where(*_late(due, late)).group_by(_tickets.customer_id, _tickets.assignee_id), told
        )
        for customer_id, assignee_id, count in rows:
            key = (customer_id, assignee_id)
            found[key] = found.get(key, 0) + count
    return found


def missed(session: Session, since: datetime, until: datetime, at: datetime, *, most: int) -> list[Missed]:
    """The first `most` targets missed in a stretch of time by their due instants."""
    found = []
    told = {"since": since, "until": until, "at": at}
    for target, due, late, met in _TARGETS:
        wanted = sa.select(
            _tickets.id, _tickets.subject, _tickets.priority, _tickets.customer_id, _tickets.contract_id, due, met,
            _tickets.closed_at,
        ).where(*_late(due, late))  # fmt: skip
        rows = session.execute(wanted.order_by(due, _tickets.id).limit(most), told)
        found += [Missed(*row, target) for row in rows]
    return sorted(found, key=lambda each: (each.due_at, each.ticket_id, each.target))[:most]


def logs(session: Session, ticket_ids: Collection[int]) -> dict[int, list[Event]]:
    """The whole logs of some tickets, in order."""
    wanted = sa.select(_log.ticket_id, _log.kind, _log.at, _log.recorded_at, _log.actor, _log.data)
    found: dict[int, list[Event]] = {}
    rows = session.execute(wanted.where(_log.ticket_id.in_(ticket_ids)).order_by(_log.ticket_id, _log.seq))
    for row in rows:
        entry = Event(EventKind(row.kind), row.at, row.recorded_at, row.actor, row.data)
        found.setdefault(row.ticket_id, []).append(entry)
    return found


def decided(
    session: Session, customer_ids: Collection[int], since: datetime, until: datetime, *, at: datetime
) -> dict[int, Attainment]:
    """How tickets of some customers were decided in a stretch of time, of those that count in no frozen month."""
    near = _tickets.id.in_(  # as in `attainment`, by the same indexes
        sa.union(
            *(
                sa.select(_near.id).where(_near.customer_id.in_(_CUSTOMERS), each >= SINCE, each < UNTIL)
                for each in (_near.first_response_due_at, _near.resolution_due_at, _near.closed_at)
            )
        )
    )
    decided_at = sa.func.coalesce(VIOLATED_AT, _tickets.closed_at, type_=_tickets.closed_at.type)
    placed = sa.exists().where(_placed.ticket_id == _tickets.id, _placed.now != in_words(Outcome.ABSENT))
    wanted = (
        sa.select(_tickets.customer_id, _sum(VIOLATED_AT.is_(None)), sa.func.count())
        .where(near, COUNTS, decided_at >= SINCE, decided_at < UNTIL, ~placed)
        .group_by(_tickets.customer_id)
    )
    told = {"customers": sorted(customer_ids), "since": since, "until": until, "at": at}
    return {row[0]: Attainment(row[1], row[2]) for row in session.execute(wanted, told)}


def frozen(session: Session, first_on: date) -> Sequence[CreditMonth]:
    """A month of every contract for which it is frozen."""
    wanted = sa.select(CreditMonth).where(CreditMonth.first_on == first_on)
    return session.scalars(wanted.order_by(CreditMonth.contract_number)).all()


def names(session: Session, customer_ids: Collection[int]) -> dict[int, str]:
    """The names of some customers."""
    rows = session.execute(sa.select(Customer.id, Customer.name).where(Customer.id.in_(customer_ids)))
    return {row.id: row.name for row in rows}


def _late(due: Any, late: Any) -> tuple[Any, ...]:
    return (_tickets.customer_id.is_not(None), due >= SINCE, due < UNTIL, late.is_not(None), COUNTS)


def _sum(condition: sa.ColumnElement[bool]) -> Any:
    return sa.func.sum(sa.case((condition, 1), else_=0), type_=sa.Integer())
