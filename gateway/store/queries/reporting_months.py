"""Months of a contract one beside the other: how long answers and resolutions took, and what was corrected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

from gateway.store.models import CreditCorrection, CreditMonth, LedgerEntry, Ticket, table
from gateway.store.models.columns import Instant
from gateway.store.queries.attainment import Window
from gateway.store.queries.reporting import IN_PLAY, SINCE, TIMED, UNTIL, told

_tickets = table(Ticket).c


class _Microseconds(FunctionElement[int]):
    """The whole microseconds from one instant to another, exactly."""

    type = sa.BigInteger()
    inherit_cache = True


@compiles(_Microseconds, "sqlite")
def _sqlite_microseconds(element: _Microseconds, compiler: SQLCompiler, **_: Any) -> str:
    start, end = (compiler.process(each) for each in element.clauses)
    return f"({end} - {start})"


@compiles(_Microseconds, "postgresql")
def _postgresql_microseconds(element: _Microseconds, compiler: SQLCompiler, **_: Any) -> str:
    start, end = (compiler.process(each) for each in element.clauses)
    return f"CAST(EXTRACT(EPOCH FROM ({end} - {start})) * 1000000 AS BIGINT)"


@dataclass(frozen=True, slots=True)
class Sum:
    """How long some tickets took together, all time counted."""

    count: int
    length: timedelta


def sums(session: Session, window: Window, ends: Sequence[datetime], *, resolved: bool) -> dict[int, Sum]:
    """How long first answers, or resolutions, took in each stretch of a window, by its place.

    Shape: `ends` are the ends of all stretches but the last one, rising.
    """
    met = _tickets.resolved_at if resolved else _tickets.first_response_at
    bounds = [sa.bindparam(f"end{place}", type_=Instant()) for place in range(len(ends))]
    cases = [(met < bound, sa.literal(place)) for place, bound in enumerate(bounds)]
    place: Any = sa.case(*cases, else_=sa.literal(len(ends))) if cases else sa.literal(0)
    wanted = (
        sa.select(place.label("place"), sa.func.count(), sa.func.sum(_Microseconds(_tickets.opened_at, met)))
        .where(IN_PLAY, TIMED, met >= SINCE, met < UNTIL)
        .group_by(sa.text("place") if cases else sa.text("1"))
    )
    values = told(window) | {f"end{place}": end for place, end in enumerate(ends)}
    rows = session.execute(wanted, values)
    return {row[0]: Sum(row[1], timedelta(microseconds=int(row[2]))) for row in rows}


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction with the month it is about. Shape: outcomes and verdict as on `CreditCorrection`."""

    month_id: int
    first_on: date
    ticket_id: int
    was: str
    becomes: str
    verdict: str
    found_at: datetime
    settled_at: datetime | None


def corrected(
    session: Session, number: str, *, before: date, since: datetime | None, until: datetime
) -> list[Corrected]:
    """Corrections of months before a day, found or settled after an instant and until another, the oldest first."""
    found_at, settled_at = CreditCorrection.found_at, CreditCorrection.settled_at
    found, settled = [found_at <= until], [settled_at <= until]
    if since is not None:
        found.append(found_at > since)
        settled.append(settled_at > since)
    wanted = (
        sa.select(
            CreditMonth.id, CreditMonth.first_on, CreditCorrection.ticket_id, CreditCorrection.was,
            CreditCorrection.becomes, CreditCorrection.verdict, found_at, settled_at,
        )
        .join(CreditMonth, CreditMonth.id == CreditCorrection.month_id)
        .where(
            CreditMonth.contract_number == number,
            CreditMonth.first_on < before,
            sa.or_(sa.and_(*found), sa.and_(*settled)),
        )
        .order_by(CreditMonth.first_on, CreditCorrection.id)
    )  # fmt: skip
    return [Corrected(*row) for row in session.execute(wanted)]


def differences(session: Session, month_ids: Iterable[int]) -> dict[tuple[int, datetime], int]:
    """What corrections entered in the ledger, by month and instant. Units: the currency's smallest unit."""
    wanted = (
        sa.select(LedgerEntry.month_id, LedgerEntry.entered_at, sa.func.sum(LedgerEntry.amount))
        .where(LedgerEntry.month_id.in_(set(month_ids)), LedgerEntry.kind == "correction")
        .group_by(LedgerEntry.month_id, LedgerEntry.entered_at)
    )
    return {(row[0], row[1]): int(row[2]) for row in session.execute(wanted)}
