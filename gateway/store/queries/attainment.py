"""Which tickets are decided, how and when, from the cached columns alone: no log is folded for a month's figures.

`_SEEN`, `_broken` and `VIOLATED_AT` say in SQL what `sla.Clock.breached_at` says of a fold; a test compares them.

Source: promise P12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.credits import Attainment, Outcome
from gateway.store.models import CreditMonth, CreditTicket, Ticket, TicketEvent, in_words, table
from gateway.store.models.columns import Instant

_tickets, _placed, _months, _log = (
    table(Ticket).c,
    table(CreditTicket).c,
    table(CreditMonth).c,
    table(TicketEvent).c,
)
_AT: Final = sa.bindparam("at", type_=Instant())
_SINCE: Final = sa.bindparam("since", type_=Instant())
_UNTIL: Final = sa.bindparam("until", type_=Instant())
_SEEN: Final = sa.case((_tickets.closed_at < _AT, _tickets.closed_at), else_=_AT)


def _broken(due: sa.ColumnElement[datetime], met: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The due instant of a target that was missed, else NULL; met exactly at it is met."""
    rests_before = sa.and_(_tickets.rests_since.is_not(None), _tickets.rests_since < due)
    ends = sa.case((met < _SEEN, met), else_=_SEEN)
    return sa.case((sa.and_(ends > due, ~rests_before), due))


FIRST_LATE: Final = _broken(_tickets.first_response_due_at, _tickets.first_response_at)
RESOLUTION_LATE: Final = _broken(_tickets.resolution_due_at, _tickets.resolved_at)
VIOLATED_AT: Final = sa.case(
    (RESOLUTION_LATE.is_(None), FIRST_LATE),
    (FIRST_LATE.is_(None), RESOLUTION_LATE),
    (FIRST_LATE < RESOLUTION_LATE, FIRST_LATE),
    else_=RESOLUTION_LATE,
)
_MARKED_AT: Final = (
    sa.select(sa.func.max(_log.at, type_=Instant()))
    .where(_log.ticket_id == _tickets.id, _log.kind == "marked")
    .scalar_subquery()
)
COUNTS: Final = sa.and_(
    _tickets.origin == "customer",
    sa.or_(
        _tickets.discounted == "",
        sa.and_(_tickets.discounted == "withdrawn", VIOLATED_AT < _MARKED_AT),  # withdrawn too late
    ),
)
_DECIDED_AT: Final = sa.func.coalesce(VIOLATED_AT, _tickets.closed_at, type_=Instant())
_OUTCOME: Final = sa.case((VIOLATED_AT.is_not(None), Outcome.VIOLATED), else_=Outcome.KEPT)
_IS_PLACED: Final = sa.exists().where(
    _placed.ticket_id == _tickets.id, _placed.now != in_words(Outcome.ABSENT)
)
_same = table(Ticket).alias("same").c
_NEAR: Final = _tickets.id.in_(  # whatever decides a ticket is one of these instants, and each has an index
    sa.union(
        *(
            sa.select(_same.id).where(
                _same.customer_id == sa.bindparam("customer_id"), each >= _SINCE, each < _UNTIL
            )
            for each in (_same.first_response_due_at, _same.resolution_due_at, _same.closed_at)
        )
    )
)
_FREE: Final = (
    _tickets.customer_id == sa.bindparam("customer_id"),
    _NEAR,
    COUNTS,
    _DECIDED_AT >= _SINCE,
    _DECIDED_AT < _UNTIL,
    ~_IS_PLACED,
)
_STRAYS: Final = sa.select(_tickets.id, _OUTCOME.label("outcome"), _DECIDED_AT.label("decided_at")).where(
    *_FREE
)
_PLACE: Final = (
    table(CreditTicket)
    .insert()
    .from_select(
        ["month_id", "ticket_id", "outcome", "now", "decided_at"],
        sa.select(
            sa.bindparam("month_id", type_=sa.BigInteger()), _tickets.id, _OUTCOME, _OUTCOME, _DECIDED_AT
        ).where(*_FREE),
    )
)
_STANDS: Final = sa.case(
    (sa.and_(COUNTS, VIOLATED_AT.is_not(None)), Outcome.VIOLATED),
    (sa.and_(COUNTS, _tickets.closed_at.is_not(None)), Outcome.KEPT),
    else_=Outcome.ABSENT,
)
_STANDS_HERE: Final = sa.case(  # decided at another instant than it was frozen at, it may be another month's
    (sa.and_(_months.starts_at <= _DECIDED_AT, _months.ends_at > _DECIDED_AT), _STANDS),
    else_=Outcome.ABSENT,
)
_CHANGED: Final = (
    sa.select(
        _placed.month_id, _placed.ticket_id, _placed.now, _STANDS_HERE.label("stands"), _placed.decided_at
    )
    .select_from(
        table(CreditTicket)
        .join(table(CreditMonth), _months.id == _placed.month_id)
        .join(table(Ticket), _tickets.id == _placed.ticket_id)
    )
    .where(
        _months.contract_number == sa.bindparam("number"),
        _placed.now != in_words(Outcome.ABSENT),
        _placed.now != _STANDS_HERE,
    )
    .order_by(_placed.month_id, _placed.ticket_id)
)
_ONE: Final = sa.select(_STANDS.label("stands"), _DECIDED_AT.label("decided_at")).where(
    _tickets.id == sa.bindparam("ticket_id")
)


def _sum(condition: sa.ColumnElement[bool], name: str) -> sa.Label[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0)).label(name)


def _by_priority(kept: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(
        _tickets.priority,
        sa.func.count().label("decided"),
        _sum(kept, "kept"),
        _sum(FIRST_LATE.is_not(None), "first_late"),
        _sum(sa.and_(FIRST_LATE.is_(None), _tickets.first_response_at.is_not(None)), "first_met"),
        _sum(RESOLUTION_LATE.is_not(None), "resolution_late"),
        _sum(sa.and_(RESOLUTION_LATE.is_(None), _tickets.resolved_at.is_not(None)), "resolution_met"),
    ).group_by(_tickets.priority)


_FIGURES: Final = _by_priority(VIOLATED_AT.is_(None)).where(*_FREE[:-1])
_UNPLACED: Final = _by_priority(VIOLATED_AT.is_(None)).where(*_FREE)
_PLACED: Final = (
    _by_priority(_placed.now == in_words(Outcome.KEPT))
    .select_from(table(CreditTicket).join(table(Ticket), _tickets.id == _placed.ticket_id))
    .where(_placed.month_id == sa.bindparam("month_id"), _placed.now != in_words(Outcome.ABSENT))
)


@dataclass(frozen=True, slots=True)
class Placement:
    """A decided ticket: how, and when that was so."""

    ticket_id: int
    outcome: Outcome
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """A ticket that counts in a frozen month otherwise than its columns say now."""

    month_id: int
    ticket_id: int
    was: Outcome
    becomes: Outcome
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """The decided tickets of one priority in a stretch of time, as they stand now."""

    priority: str
    decided: int
    kept: int
    first_late: int
    first_met: int
    resolution_late: int
    resolution_met: int


@dataclass(frozen=True, slots=True)
class Window:
    """A customer's stretch of time: from `since` on, before `until`."""

    customer_id: int
    since: datetime
    until: datetime


def unplaced(session: Session, window: Window, at: datetime) -> list[Placement]:
    """Tickets decided in a window, as known at an instant, that count in no frozen month."""
    rows = session.execute(_STRAYS, _told(window, at))
    return [Placement(row.id, Outcome(row.outcome), row.decided_at) for row in rows]


def place(session: Session, month_id: int, window: Window, at: datetime) -> None:
    """Count every ticket decided in a window that counts nowhere yet in a frozen month."""
    session.execute(_PLACE, _told(window, at) | {"month_id": month_id})


def changed(session: Session, contract_number: str, at: datetime) -> list[Change]:
    """Tickets of a contract's frozen months that stand otherwise now than they count.

    Shape: one that another month decides by now stands as absent.
    """
    rows = session.execute(_CHANGED, {"number": contract_number, "at": at})
    return [
        Change(row.month_id, row.ticket_id, Outcome(row.now), Outcome(row.stands), row.decided_at)
        for row in rows
    ]


def stands(session: Session, ticket_id: int, at: datetime) -> tuple[Outcome, datetime | None]:
    """How one ticket stands now, and since when."""
    row = session.execute(_ONE, {"ticket_id": ticket_id, "at": at}).one()
    return Outcome(row.stands), row.decided_at


def tally(session: Session, month_id: int) -> Attainment:
    """How many tickets count in a frozen month after its corrections."""
    counted = sa.select(_placed.now, sa.func.count()).where(_placed.month_id == month_id)
    counts = {row[0]: row[1] for row in session.execute(counted.group_by(_placed.now))}
    kept = counts.get(Outcome.KEPT, 0)
    return Attainment(kept, kept + counts.get(Outcome.VIOLATED, 0))


def running(session: Session, window: Window, at: datetime) -> Attainment:
    """The attainment of a month that is not frozen yet."""
    counted = sa.select(sa.func.count(), _sum(VIOLATED_AT.is_(None), "kept")).where(*_FREE)
    row = session.execute(counted, _told(window, at)).one()
    return Attainment(row[1] or 0, row[0])


def violated(session: Session, window: Window, at: datetime) -> list[tuple[int, str]]:
    """The tickets violated in a window that is not frozen yet, each with its subject; at most 500."""
    wanted = sa.select(_tickets.id, _tickets.subject).where(*_FREE, VIOLATED_AT.is_not(None))
    rows = session.execute(wanted.order_by(_tickets.id).limit(500), _told(window, at))
    return [(row.id, row.subject) for row in rows]


def figures(session: Session, window: Window, at: datetime) -> Sequence[Figures]:
    """The decided tickets of a window by priority and target, as they stand now."""
    return [Figures(*row) for row in session.execute(_FIGURES, _told(window, at))]


def running_figures(session: Session, window: Window, at: datetime) -> Sequence[Figures]:
    """The same of those that count in no frozen month: together they are what `running` counts."""
    return [Figures(*row) for row in session.execute(_UNPLACED, _told(window, at))]


def placed_figures(session: Session, month_id: int, at: datetime) -> Sequence[Figures]:
    """The tickets that count in a frozen month by priority; kept as they count there, targets as they stand now."""
    return [Figures(*row) for row in session.execute(_PLACED, {"month_id": month_id, "at": at})]


def _told(window: Window, at: datetime) -> dict[str, Any]:
    return {"customer_id": window.customer_id, "since": window.since, "until": window.until, "at": at}
