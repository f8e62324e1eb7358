"""A contract with all its versions, and what it says about one month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from fractions import Fraction
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import i18n
from gateway.domain import agreed_dates, credits
from gateway.domain.agreed_dates import Month
from gateway.domain.reporting_times import MONTHLY_DAY
from gateway.domain.terms import Band, agreed
from gateway.store import reports
from gateway.store.models import Contract, CreditMonth
from gateway.store.queries import agreements
from gateway.store.queries.attainment import Window
from gateway.tickets import NotFound

FROZEN_AT: Final = 9


@dataclass(frozen=True, slots=True)
class Deal:
    """A contract.

    Shape: `versions` is not empty; `next_at` is when the customer's next contract begins; `freezes_on` is the day of
    a month on which the month before is frozen, the one its monthly report is sent on.
    """

    number: str
    customer_id: int
    versions: Sequence[Contract]
    next_at: datetime | None
    freezes_on: int = MONTHLY_DAY

    @property
    def begins_at(self) -> datetime:
        """The contract's first midnight."""
        return begins_at(self.versions)

    @property
    def first_month(self) -> Month:
        """The month in which it begins."""
        return agreed_dates.month_of(min(each.starts_on for each in self.versions))

    def covers(self, month: Month) -> bool:
        """Whether any day of a month lies within the contract."""
        return self._covered(month) is not None

    def version(self, month: Month) -> Contract:
        """The version whose bands, zone and currency count in a month."""
        day = self._covered(month) or month.days[-1]
        return agreed_dates.version_on(self.versions, day) or self.versions[-1]

    def zone(self, month: Month) -> tzinfo:
        """The zone in which a month is counted."""
        return i18n.time_zone(self.version(month).time_zone)

    def freezes_at(self, month: Month) -> datetime:
        """When a month is frozen."""
        day = month.next.first.replace(day=self.freezes_on)
        return agreed_dates.hour_of(day, FROZEN_AT, self.zone(month))

    def month_at(self, at: datetime) -> Month:
        """The month an instant lies in."""
        rough = agreed_dates.month_of(at.date())
        return agreed_dates.month_at(at, self.zone(rough))

    def window(self, month: Month) -> Window:
        """The part of a month that this contract owns; empty where another one does."""
        zone = self.zone(month)
        since = max(month.begins(zone), self.begins_at)
        until = month.ends(zone)
        return Window(self.customer_id, since, max(since, min(until, self.next_at or until)))

    def bands(self, month: Month) -> tuple[Band, ...]:
        """The credit table of a month."""
        return agreed(self.version(month).terms).bands

    def fee(self, month: Month) -> Fraction:
        """The fee of a month in smallest units, exactly."""
        return credits.fee(self.versions, month, i18n.exponent(self.version(month).currency))

    def row(self, month: Month, at: datetime) -> CreditMonth:
        """A month as it will be frozen, before anything was counted."""
        version, window = self.version(month), self.window(month)
        return CreditMonth(
            contract_number=self.number,
            customer_id=self.customer_id,
            first_on=month.first,
            starts_at=window.since,
            ends_at=window.until,
            time_zone=version.time_zone,
            currency=version.currency,
            exponent=i18n.exponent(version.currency),
            fee=str(self.fee(month)),
            bands=[[str(band.at_least), str(band.discount)] for band in self.bands(month)],
            frozen_at=at,
            kept=0, decided=0, amount=0, kept_now=0, decided_now=0, amount_now=0,
        )  # fmt: skip

    def due_on(self, month: Month) -> date | None:
        """The month whose fee a credit lowers, by its first day; None where it is paid out."""
        return month.first if self.covers(month) else None

    def _covered(self, month: Month) -> date | None:
        """The last day of a month within the contract."""
        days = (day for day in reversed(month.days) if agreed_dates.in_effect(self.versions, day))
        return next(days, None)


def deal(session: Session, number: str, *, locked: bool = False) -> Deal:
    """The contract of a number; `locked`, nobody else freezes or corrects its months meanwhile.

    Tickets are opened under it all the same: the lock is not one that their reference to it waits for.
    Errors: NotFound.
    """
    if locked:
        rows = sa.select(Contract.id).where(Contract.number == number).order_by(Contract.id)
        session.execute(rows.with_for_update(key_share=True)).all()
    versions = agreements.versions_of(session, number)
    if not versions:
        raise NotFound(f"there is no contract {number}")
    customer_id, begins = versions[0].customer_id, begins_at(versions)
    others = agreements.contracts_of(session, customer_id)
    starts = [begins_at(each) for name, each in others.items() if name != number]
    later = [start for start in starts if start > begins]
    freezes_on = reports.plan_of(session, number).monthly_day
    return Deal(number, customer_id, versions, min(later, default=None), freezes_on)


def begins_at(versions: Sequence[Contract]) -> datetime:
    """The first midnight of a contract, in the zone of its first version."""
    first = min(versions, key=lambda each: (each.starts_on, each.version))
    return agreed_dates.midnight(first.starts_on, i18n.time_zone(first.time_zone))


def bands_of(row: CreditMonth) -> tuple[Band, ...]:
    """The credit table that a month was frozen with."""
    return tuple(Band(Fraction(at_least), Fraction(discount)) for at_least, discount in row.bands)


def reckoned(row: CreditMonth, counted: credits.Attainment) -> credits.Account:
    """A frozen month reckoned up for an attainment."""
    return credits.reckon(counted, bands_of(row), Fraction(row.fee))
