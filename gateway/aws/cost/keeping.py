"""Rounds and lines of cost advice in the database: opened, replaced source by source, finished."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.aws.cost.lines import Line, tail
from gateway.store.models import (
    AccountState,
    AwsAccount,
    CostKind,
    CostLine,
    CostRound,
    CostSource,
    either,
    table,
)

_rounds, _lines, _accounts = table(CostRound).c, table(CostLine).c, table(AwsAccount).c
_OPEN: Final = either(
    lambda insert: insert(table(CostRound)).on_conflict_do_nothing(index_elements=["customer_id", "month_on"])
)
_SINCE: Final = "since/"
_READ: Final = (AccountState.OK, AccountState.NO_PLAN, AccountState.UNCHECKED)


@dataclass(frozen=True, slots=True)
class Round:
    """A round as one account meets it. Shape: `sources` are those already read; `since` the day of the first try."""

    id: int
    finished: bool
    sources: frozenset[CostSource]
    since: date


def opened(session: Session, account_id: str, customer_id: int, *, month_on: date, at: datetime) -> Round:
    """The month's round of a customer, made where there was none."""
    values: dict[str, Any] = {
        "customer_id": customer_id, "month_on": month_on, "started_at": at, "done": [],
    }  # fmt: skip
    session.execute(_OPEN[session.get_bind().dialect.name], values)
    row = session.scalars(
        sa.select(CostRound)
        .where(_rounds.customer_id == customer_id, _rounds.month_on == month_on)
        .with_for_update()
    ).one()
    if account_id in row.done:
        return Round(row.id, finished=True, sources=frozenset(), since=at.date())
    begun = [each for each in row.done if each.startswith(f"{account_id}/{_SINCE}")]
    if not begun:
        begun = [f"{account_id}/{_SINCE}{at.date().isoformat()}"]
        row.done = sorted({*row.done, *begun})
    sources = frozenset(each for each in CostSource if _mark(account_id, each) in row.done)
    return Round(row.id, finished=False, sources=sources, since=date.fromisoformat(begun[0][-10:]))


def keep(
    session: Session, round_id: int, account_id: str, *, source: CostSource, lines: Sequence[Line]
) -> None:
    """Store what a source said of an account, in place of what it said before."""
    row = _locked(session, round_id)
    session.execute(
        sa.delete(table(CostLine)).where(
            _lines.round_id == round_id, _lines.account_id == account_id, _lines.source == str(source)
        )
    )
    if lines:
        session.execute(table(CostLine).insert(), [_row(round_id, account_id, line) for line in lines])
    row.done = sorted({*row.done, _mark(account_id, source)})


def _row(round_id: int, account_id: str, line: Line) -> dict[str, Any]:
    told = asdict(line) | {"source": str(line.source), "kind": str(line.kind)}
    return {"round_id": round_id, "account_id": account_id, **told}


def finish(session: Session, round_id: int, account_id: str, at: datetime) -> None:
    """Note that an account has been read; with the customer's last one the round is finished."""
    row = _locked(session, round_id)
    row.done = sorted({each for each in row.done if not each.startswith(f"{account_id}/")} | {account_id})
    if row.finished_at is None and not _left(session, row):
        row.finished_at = at


def _left(session: Session, row: CostRound) -> bool:
    """Whether an account that can be read has not been."""
    wanted = sa.select(_accounts.account_id).where(
        _accounts.customer_id == row.customer_id,
        _accounts.role_arn != "",
        _accounts.state.in_([str(each) for each in _READ]),
    )
    return bool(set(session.scalars(wanted)) - set(row.done))


def named(session: Session, round_id: int, account_id: str) -> Collection[tuple[str, str]]:
    """The resources of an account that other sources than Trusted Advisor recommend something for."""
    wanted = sa.select(_lines.region, _lines.resource).where(
        _lines.round_id == round_id,
        _lines.account_id == account_id,
        _lines.kind == str(CostKind.RECOMMENDATION),
        _lines.source != str(CostSource.ADVISOR),
    )
    return {(region, tail(resource)) for region, resource in session.execute(wanted)}


def silent(session: Session, round_id: int, account_id: str, source: CostSource) -> bool:
    """Whether a source said what it would need, rather than what it knows."""
    wanted = sa.select(_lines.data).where(
        _lines.round_id == round_id,
        _lines.account_id == account_id,
        _lines.source == str(source),
        _lines.kind == str(CostKind.INSTRUCTION),
    )
    return any(not data.get("partial") for data in session.scalars(wanted))


def regions(session: Session, round_id: int, account_id: str) -> list[str]:
    """The regions an account spent something in, the dearest of the newest month first; none where nobody knows."""
    wanted = (
        sa.select(_lines.data)
        .where(
            _lines.round_id == round_id,
            _lines.account_id == account_id,
            _lines.kind == str(CostKind.SPEND),
        )
        .order_by(_lines.code.desc())
    )
    newest: dict[str, Any] = session.scalars(wanted.limit(1)).first() or {}
    spent = [str(name) for name, value in newest.get("regions", ()) if Decimal(value) > 0]
    return [name for name in spent if "-" in name]


def _locked(session: Session, round_id: int) -> CostRound:
    return session.get_one(CostRound, round_id, with_for_update=True, populate_existing=True)


def _mark(account_id: str, source: CostSource) -> str:
    return f"{account_id}/{source}"
