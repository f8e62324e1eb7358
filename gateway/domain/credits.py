"""Decided tickets → attainment → band → service credit. Pure, and exact to the smallest unit of the currency.

A ticket is decided once (`sla.decided`): violated, at the due instant of its first violated target; otherwise kept,
when it closes. It counts in the month of that instant, in the contract's zone. Attainment is kept ÷ decided, an exact
fraction; with none decided it is 1. The first band whose lower bound the attainment reaches gives the discount. The
fee of a month is the sum over its days of the fee of the version in effect that day ÷ the days of the month; a day
the contract does not cover adds nothing. Credit = discount × that fee, rounded once, at the end, half up. Printed
percentages are rounded down.

Source: promise P12 (contract clause 4.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, unique
from fractions import Fraction
from typing import Final, Protocol

from gateway.domain.agreed_dates import Dated, Month, in_effect
from gateway.domain.terms import Band

_HUNDREDTHS: Final = 10_000


@unique
class Outcome(StrEnum):
    """How a ticket counts in a month. `absent` is a ticket that does not count there."""

    KEPT = "kept"
    VIOLATED = "violated"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Attainment:
    """How many of the decided tickets were kept."""

    kept: int
    decided: int

    @property
    def share(self) -> Fraction:
        """Kept ÷ decided, exactly; 1 where none was decided."""
        return Fraction(self.kept, self.decided) if self.decided else Fraction(1)

    @property
    def violated(self) -> int:
        """How many were not kept."""
        return self.decided - self.kept


def attainment(outcomes: Iterable[Outcome]) -> Attainment:
    """The attainment of some tickets; those that are absent do not count.

    >>> attainment([Outcome.KEPT, Outcome.VIOLATED, Outcome.ABSENT]).share
    Fraction(1, 2)
    """
    counted = [each for each in outcomes if each is not Outcome.ABSENT]
    return Attainment(counted.count(Outcome.KEPT), len(counted))


def discount(share: Fraction, bands: Sequence[Band]) -> Fraction:
    """The discount of the first band whose lower bound is reached.

    >>> from gateway.domain.terms import BANDS
    >>> [str(discount(Fraction(text), BANDS)) for text in ("99/100", "98999/100000", "95/100", "0")]
    ['0', '1/20', '1/20', '3/20']
    """
    return next(band.discount for band in bands if share >= band.at_least)


class Priced(Dated, Protocol):
    """A version of a contract with its fee. Units: the currency's main unit, each month."""

    @property
    def monthly_fee(self) -> Decimal:
        """What a whole month costs."""


def fee(versions: Sequence[Priced], month: Month, exponent: int) -> Fraction:
    """The fee of a month, prorated by day, exactly.

    Units: the currency's smallest unit, of which 10 to the power of `exponent` make the main unit (ISO 4217).
    """
    days = month.days
    total = Fraction(0)
    for day in days:
        version = in_effect(versions, day)
        total += Fraction(version.monthly_fee) if version is not None else 0
    return Fraction(total * 10**exponent, len(days))


def half_up(exact: Fraction) -> int:
    """A sum in whole smallest units, rounded half up.

    >>> half_up(Fraction(5, 2)), half_up(Fraction(7, 3)), half_up(Fraction(0))
    (3, 2, 0)
    """
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


@dataclass(frozen=True, slots=True)
class Account:
    """A month reckoned up. Units: `fee` in smallest units, exact; `amount` in whole smallest units."""

    attainment: Attainment
    discount: Fraction
    fee: Fraction
    amount: int


def reckon(counted: Attainment, bands: Sequence[Band], month_fee: Fraction) -> Account:
    """The credit of a month.

    >>> from gateway.domain.terms import BANDS
    >>> reckon(Attainment(97, 100), BANDS, Fraction(1_000_000)).amount
    50000
    """
    share = discount(counted.share, bands)
    return Account(counted, share, month_fee, half_up(share * month_fee))


def printed(share: Fraction) -> str:
    """A share in percent with two decimals, rounded down, so that 98.999 % never reads as 99.

    >>> printed(Fraction(98999, 100000)), printed(Fraction(1)), printed(Fraction(2, 3))
    ('98.99', '100.00', '66.66')
    """
    hundredths = share.numerator * _HUNDREDTHS // share.denominator
    return f"{hundredths // 100}.{hundredths % 100:02d}"


_WEIGHT: Final = {Outcome.VIOLATED: 0, Outcome.ABSENT: 1, Outcome.KEPT: 2}


def favours_customer(was: Outcome, becomes: Outcome) -> bool:
    """Whether a change can only lower the attainment, and so only raise the credit (P10).

    >>> favours_customer(Outcome.KEPT, Outcome.VIOLATED), favours_customer(Outcome.VIOLATED, Outcome.ABSENT)
    (True, False)
    """
    return _WEIGHT[becomes] < _WEIGHT[was]
