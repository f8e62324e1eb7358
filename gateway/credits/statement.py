"""A contract's months as its statement lists them: frozen ones as they count now, and those still running."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from gateway.credits.deals import Deal, deal, reckoned
from gateway.domain import agreed_dates
from gateway.domain.agreed_dates import Month
from gateway.domain.credits import Account, Attainment
from gateway.store.models import CreditCorrection, CreditMonth, LedgerEntry
from gateway.store.queries import attainment, ledger


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One month. Shape: `frozen` is as it was frozen and `now` with its corrections; a running one has only `now`.

    Units: sums in smallest units, of which 10 to the power of `exponent` make the main unit of the currency.
    """

    month: Month
    currency: str
    exponent: int
    now: Account
    frozen: Account | None
    frozen_at: datetime | None
    violated: Sequence[tuple[int, str]]
    corrections: Sequence[CreditCorrection]
    disputes: Sequence[int]


@dataclass(frozen=True, slots=True)
class Statement:
    """A contract's months, the newest first, and its ledger, the oldest first."""

    number: str
    customer_id: int
    months: Sequence[MonthLine]
    entries: Sequence[LedgerEntry]


def statement(session: Session, number: str, *, at: datetime) -> Statement:
    """The statement of a contract as known at an instant. Errors: NotFound."""
    found = deal(session, number)
    rows = ledger.months(session, number)
    told = _Told(
        violated=ledger.violated(session, [row.id for row in rows]),
        corrections=_by_month(ledger.corrections(session, number)),
        disputes={agreed_dates.month_of(day): ids for day, ids in ledger.disputes(session, number).items()},
    )
    lines = [_frozen(row, told) for row in rows]
    lines += [_running(session, found, month, told, at=at) for month in _unfrozen(found, rows, at)]
    lines.sort(key=lambda line: line.month, reverse=True)
    return Statement(number, found.customer_id, lines, ledger.entries(session, number))


@dataclass(frozen=True, slots=True)
class _Told:
    violated: dict[int, list[tuple[int, str]]]
    corrections: dict[int, list[CreditCorrection]]
    disputes: dict[Month, list[int]]


def _by_month(rows: Sequence[CreditCorrection]) -> dict[int, list[CreditCorrection]]:
    found: dict[int, list[CreditCorrection]] = {}
    for row in rows:
        found.setdefault(row.month_id, []).append(row)
    return found


def _frozen(row: CreditMonth, told: _Told) -> MonthLine:
    month = agreed_dates.month_of(row.first_on)
    return MonthLine(
        month=month,
        currency=row.currency,
        exponent=row.exponent,
        now=reckoned(row, Attainment(row.kept_now, row.decided_now)),
        frozen=reckoned(row, Attainment(row.kept, row.decided)),
        frozen_at=row.frozen_at,
        violated=told.violated.get(row.id, ()),
        corrections=told.corrections.get(row.id, ()),
        disputes=told.disputes.get(month, ()),
    )


def _running(session: Session, found: Deal, month: Month, told: _Told, *, at: datetime) -> MonthLine:
    row, window = found.row(month, at), found.window(month)
    placements = attainment.violated(session, window, at)
    return MonthLine(
        month=month,
        currency=row.currency,
        exponent=row.exponent,
        now=reckoned(row, attainment.running(session, window, at)),
        frozen=None,
        frozen_at=None,
        violated=placements,
        corrections=(),
        disputes=told.disputes.get(month, ()),
    )


def _unfrozen(found: Deal, rows: Sequence[CreditMonth], at: datetime) -> list[Month]:
    """Months begun and not frozen that the contract covers."""
    frozen, last = {row.first_on for row in rows}, found.month_at(at)
    months, month = [], found.first_month
    while month <= last:
        if month.first not in frozen and found.covers(month):
            months.append(month)
        month = month.next
    return months
