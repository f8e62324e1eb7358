"""How a customer's months stand by priority and target: the figures of statement, report and dashboard alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from gateway import i18n
from gateway.credits.deals import Deal, bands_of, deal, reckoned
from gateway.domain import agreed_dates
from gateway.domain.agreed_dates import Month
from gateway.domain.credits import Account, Attainment
from gateway.domain.terms import BANDS, Band, Priority
from gateway.store.models import CreditMonth, LedgerEntry
from gateway.store.queries import attainment, ledger
from gateway.store.queries.attainment import Figures, Window


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """A month. Shape: `account` is None without a contract; `frozen_at` is None while the month runs or waits.

    Units: the account's sums in smallest units, of which 10 to the power of `exponent` make the main unit.
    """

    month: Month
    attainment: Attainment
    priorities: Sequence[Figures]
    contract: str = ""
    account: Account | None = None
    currency: str = ""
    exponent: int = 0
    frozen_at: datetime | None = None
    bands: Sequence[Band] = BANDS


@dataclass(frozen=True, slots=True)
class Agreed:
    """A contract's newest frozen months without their priorities, and its newest entries, newest first.

    Shape: by the first day of a month: `violated` tickets with subjects, those `corrected`, tickets of `disputes`;
    `running` is the first day of the month at hand.
    """

    number: str
    running: date
    months: Sequence[MonthFigures]
    violated: Mapping[date, Sequence[tuple[int, str]]]
    corrected: frozenset[date]
    disputes: Mapping[date, Sequence[int]]
    entries: Sequence[LedgerEntry]


def agreed(session: Session, number: str, *, most: int, at: datetime) -> Agreed:
    """What a contract's ledger says of its newest months. Errors: NotFound."""
    rows = list(reversed(ledger.months(session, number)))[:most]
    firsts = {row.id: row.first_on for row in rows}
    violated = ledger.violated(session, list(firsts))
    corrected = (each.month_id for each in ledger.corrections(session, number))
    return Agreed(
        number=number,
        running=deal(session, number).month_at(at).first,
        months=[kept(row) for row in rows],
        violated={firsts[key]: told for key, told in violated.items()},
        corrected=frozenset(firsts[key] for key in corrected if key in firsts),
        disputes=ledger.disputes(session, number),
        entries=list(reversed(ledger.entries(session, number)))[:most],
    )


def of_contract(session: Session, found: Deal, month: Month, at: datetime) -> MonthFigures:
    """A month of a contract: as frozen, with its corrections; one that is not frozen, as known at an instant."""
    row = next((each for each in ledger.months(session, found.number) if each.first_on == month.first), None)
    if row is not None:
        return of_frozen(session, row, at)
    priorities = attainment.running_figures(session, found.window(month), at)
    return _figures(found.row(month, at), _whole(priorities), priorities, frozen=False)


def of_frozen(session: Session, row: CreditMonth, at: datetime) -> MonthFigures:
    """A month as it was frozen, with its corrections."""
    counted = Attainment(row.kept_now, row.decided_now)
    return _figures(row, counted, attainment.placed_figures(session, row.id, at), frozen=True)


def kept(row: CreditMonth) -> MonthFigures:
    """The same without its priorities, for which no ticket is looked at."""
    return _figures(row, Attainment(row.kept_now, row.decided_now), (), frozen=True)


def recent(session: Session, customer_id: int, *, number: str, zone: str, at: datetime) -> list[MonthFigures]:
    """The month at hand and the one before, as far as the contract has them; without one, in the zone given."""
    if number:
        found = deal(session, number)
        month = found.month_at(at)
        months = [each for each in (month, month.previous) if each >= found.first_month]
        return [of_contract(session, found, each, at) for each in months]
    place = i18n.time_zone(zone)
    month = agreed_dates.month_at(at, place)
    made = []
    for each in (month, month.previous):
        window = Window(customer_id, each.begins(place), each.ends(place))
        priorities = attainment.figures(session, window, at)
        made.append(MonthFigures(each, _whole(priorities), _ranked(priorities)))
    return made


def _figures(
    row: CreditMonth, counted: Attainment, priorities: Sequence[Figures], *, frozen: bool
) -> MonthFigures:
    return MonthFigures(
        month=agreed_dates.month_of(row.first_on),
        attainment=counted,
        priorities=_ranked(priorities),
        contract=row.contract_number,
        account=reckoned(row, counted),
        currency=row.currency,
        exponent=row.exponent,
        frozen_at=row.frozen_at if frozen else None,
        bands=bands_of(row),
    )


def _whole(priorities: Sequence[Figures]) -> Attainment:
    return Attainment(sum(each.kept for each in priorities), sum(each.decided for each in priorities))


def _ranked(priorities: Sequence[Figures]) -> Sequence[Figures]:
    return sorted(priorities, key=lambda each: Priority(each.priority).rank)
