"""The figures of the provider's own report across customers: one typed value, as `figures` holds a customer's.

Shape and units: as of `figures`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.domain.availability import Measure
from gateway.reporting.figures import About, Breach, Day, Volume


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A customer in management's report. Shape: `at_risk` is the credit owed if the month ended now, in the
    currency's smallest unit; `frozen` where it is final; `decided` 0 counts as 100 %.
    """

    customer_id: int
    customer: str
    number: str
    opened: int
    open_at_end: int
    kept: int
    decided: int
    breached: int
    currency: str
    exponent: int
    discount: str
    at_risk: int
    frozen: bool


@dataclass(frozen=True, slots=True)
class EngineerLine:
    """An engineer's load in the time covered. Units: `on_call` is elapsed time on duty."""

    engineer_id: int
    name: str
    open_now: int
    assigned: int
    resolved: int
    replies: int
    breached: int
    on_call: timedelta


@dataclass(frozen=True, slots=True)
class Gap:
    """Time without anybody on call. Shape: `duty` names the rota."""

    duty: str
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Management:
    """All figures of the provider's own report across customers."""

    about: About
    customers: tuple[CustomerLine, ...] = ()
    volumes: tuple[Volume, ...] = ()
    days: tuple[Day, ...] = ()
    heat: tuple[tuple[int, ...], ...] = ()
    engineers: tuple[EngineerLine, ...] = ()
    gaps_past: tuple[Gap, ...] = ()
    gaps_ahead: tuple[Gap, ...] = ()
    breaches: tuple[Breach, ...] = ()
    availability: Measure | None = None
    undecided: int = 0
    held_mail: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
