"""A month's cost advice for one customer, as the report and the page show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store.models import AccountState, AwsAccount, CostKind, CostLine, CostRound, table

MOST: Final = 2000
"""Recommendations shown of one month, the largest savings first."""
_rounds, _lines, _accounts = table(CostRound).c, table(CostLine).c, table(AwsAccount).c


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the advice.

    Shape: `savings` a month in `currency`; `data` as the source told it: discount (before, after, unknown),
    lookback_days, refreshed_at, type, current, recommended, effort, restart, rollback, percent, origin, name, name_zh
    for recommendations; amount, services, estimated for spend; amount, from, until for a forecast; action (the IAM
    permission) and aws (its error code) for an instruction.
    """

    account_id: str
    source: str
    kind: str
    code: str
    resource: str
    region: str
    savings: Decimal | None
    currency: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Total:
    """What one source's recommendations save a month over all accounts; never to be added to another's."""

    source: str
    currency: str
    discount: str
    savings: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Unread:
    """An account the round does not cover. Shape: `why` is no-role, pending, or the account's state."""

    account_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Advice:
    """A round: what each source said of each account, and which accounts it does not cover.

    Shape: `more` recommendations that save less were left out.
    """

    month_on: date
    finished_at: datetime | None
    names: Mapping[str, str]
    recommendations: Sequence[Line]
    totals: Sequence[Total]
    spend: Sequence[Line]
    forecasts: Sequence[Line]
    instructions: Sequence[Line]
    unread: Sequence[Unread]
    more: int = 0


def months(session: Session, customer_id: int) -> list[date]:
    """The months there is advice for, the newest first."""
    wanted = (
        sa.select(_rounds.month_on)
        .where(_rounds.customer_id == customer_id)
        .order_by(_rounds.month_on.desc())
    )
    return list(session.scalars(wanted))


def advice(session: Session, customer_id: int, month_on: date) -> Advice | None:
    """The advice of a month, recommendations that save most first; None where nothing was ever asked."""
    round_ = session.scalars(
        sa.select(CostRound).where(_rounds.customer_id == customer_id, _rounds.month_on == month_on)
    ).one_or_none()
    if round_ is None:
        return None
    lines = [_line(row) for row in session.execute(_of_round(round_.id))]
    recommended = _of(lines, CostKind.RECOMMENDATION)
    accounts = session.execute(
        sa.select(_accounts.account_id, _accounts.name, _accounts.role_arn, _accounts.state)
        .where(_accounts.customer_id == customer_id)
        .order_by(_accounts.account_id)
    ).all()
    return Advice(
        month_on=round_.month_on,
        finished_at=round_.finished_at,
        names={row.account_id: row.name for row in accounts},
        recommendations=recommended[:MOST],
        totals=_totals(_of(lines, CostKind.TOTAL)),
        spend=_of(lines, CostKind.SPEND),
        forecasts=_of(lines, CostKind.FORECAST),
        instructions=_of(lines, CostKind.INSTRUCTION),
        unread=[Unread(row.account_id, _why(row)) for row in accounts if row.account_id not in round_.done],
        more=len(recommended[MOST:]),
    )


def _of_round(round_id: int) -> sa.Select[Any]:
    by_currency_and_savings = (_lines.currency, _lines.savings.desc(), _lines.account_id, _lines.id)
    return (
        sa.select(
            _lines.account_id, _lines.source, _lines.kind, _lines.code, _lines.resource, _lines.region,
            _lines.savings, _lines.currency, _lines.data,
        )
        .where(_lines.round_id == round_id)
        .order_by(*by_currency_and_savings)
    )  # fmt: skip


def _line(row: Any) -> Line:
    return Line(
        row.account_id, row.source, row.kind, row.code, row.resource, row.region, _exact(row.savings),
        row.currency, row.data,
    )  # fmt: skip


def _exact(savings: Any) -> Decimal | None:
    """Four decimals on both databases: SQLite keeps numbers, PostgreSQL their decimals."""
    return None if savings is None else Decimal(str(savings)).quantize(Decimal("0.0001"))


def _of(lines: Sequence[Line], kind: CostKind) -> list[Line]:
    return [line for line in lines if line.kind == kind]


def _totals(lines: Sequence[Line]) -> list[Total]:
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    counts: dict[tuple[str, str, str], int] = defaultdict(int)
    for line in lines:
        key = (line.source, line.currency, str(line.data.get("discount", "unknown")))
        sums[key] += line.savings or 0
        counts[key] += int(line.data.get("count", 0))
    return [Total(*key, sums[key], counts[key]) for key in sorted(sums)]


def _why(row: Any) -> str:
    if not row.role_arn:
        return "no-role"
    known = row.state not in (AccountState.OK, AccountState.NO_PLAN, AccountState.UNCHECKED)
    return str(row.state) if known else "pending"
