"""What happened: customers with contracts, tickets with acts. Plain values that know neither database nor domain.

Units: instants are aware UTC, whole seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def utc(text: str) -> datetime:
    """An instant in UTC, written like 2026-01-31T23:59."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str, zone: str) -> datetime:
    """An instant written as clocks of a zone show it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True)
class Agreed:
    """A contract. Units: `fee` in main units of a currency with 10 to the `exponent` smallest ones."""

    number: str
    starts_on: date
    ends_on: date | None
    currency: str
    exponent: int
    fee: int


@dataclass(frozen=True)
class House:
    """A customer: all contracts are of one zone."""

    key: str
    zone: str
    contracts: tuple[Agreed, ...]


@dataclass(frozen=True)
class Act:
    """Something done to a ticket at an instant.

    Shape: `what` is answer, ask, resolve, said (the customer wrote), confirm, not-fixed, reopen, close, priority,
    exclude, strike, spam, withdraw, merge; `start`, `end` and `reason` are of an exclusion, `name` that of the one
    struck; `level` of a priority, `into` the ticket it is merged into.
    """

    at: datetime
    what: str
    start: datetime | None = None
    end: datetime | None = None
    reason: str = ""
    name: str = ""
    level: str = ""
    into: Tale | None = None


@dataclass(eq=False)
class Tale:
    """A ticket's whole life. Shape: `origin` as the ticket's column says it; only "customer" ever counts."""

    house: House
    level: str
    opened: datetime
    origin: str = "customer"
    acts: list[Act] = field(default_factory=list)
    why: str = ""
    number: int = 0

    def then(self, what: str, at: datetime, **how: object) -> Tale:
        """The same ticket, with an act more."""
        self.acts.append(Act(at, what, **how))  # type: ignore[arg-type]
        return self

    def after(self, what: str, *, into: Tale | None = None, level: str = "", **length: float) -> Tale:
        """The same ticket, with an act some time after its opening."""
        return self.then(what, self.opened + timedelta(**length), into=into, level=level)


@dataclass(frozen=True)
class Edition:
    """A report as it was produced. Shape: `kind` is daily, weekly or monthly; `first` to `last` are its days."""

    house: House
    contract: Agreed
    kind: str
    first: date
    last: date
    since: datetime
    until: datetime
    at: datetime


@dataclass(frozen=True)
class Story:
    """Everything, in the order in which it happened; `approved` are instants at which a manager approves what is
    proposed to a contract.
    """

    houses: tuple[House, ...]
    tales: tuple[Tale, ...]
    editions: tuple[Edition, ...]
    approved: tuple[tuple[datetime, str], ...] = ()
