"""The figures of a report: one typed value, gathered once, kept as JSON, drawn in every form.

Shape: numbers, codes, names and instants, never sentences; everything msgspec can write and read back unchanged.
Units: durations are counted service time unless said otherwise; sums are whole smallest units of the currency, of
which 10 to the power of `exponent` make the main unit; shares are exact fractions as texts, like "61/64".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from gateway.domain.availability import Measure
from gateway.domain.periods import Kind, Period

MOST_LINES: Final = 500
"""How many lines a list of a report holds; what was left out is counted beside it."""


@dataclass(frozen=True, slots=True)
class About:
    """Whose report, about what, as known when.

    Shape: `number` is the contract's, empty in management's report, as are `customer_id` and `customer`; the time
    covered is from `since` on, before `until`; `as_of` is the instant the figures were gathered for; `frozen` says
    that the month's tickets and credit are frozen.
    """

    kind: Kind
    number: str
    customer_id: int | None
    customer: str
    provider: str
    zone: str
    first_on: date
    last_on: date
    since: datetime
    until: datetime
    as_of: datetime
    frozen: bool = False

    @property
    def period(self) -> Period:
        """The days it is about."""
        return Period(self.kind, self.first_on, self.last_on)


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took, over `count` tickets; None where there were none. `p90` is the nearest rank."""

    count: int = 0
    mean: timedelta | None = None
    median: timedelta | None = None
    p90: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """The tickets of one priority that were decided in the time covered, and how both targets went.

    Shape: `first_response` and `resolution` are of tickets first answered, and resolved, in the time covered.
    """

    priority: str
    decided: int = 0
    kept: int = 0
    first_met: int = 0
    first_late: int = 0
    resolution_met: int = 0
    resolution_late: int = 0
    first_response: Times = Times()
    resolution: Times = Times()


@dataclass(frozen=True, slots=True)
class Volume:
    """How many tickets of one priority were opened, resolved and closed in the time covered, and open at its end."""

    priority: str
    opened: int = 0
    resolved: int = 0
    closed: int = 0
    open_at_end: int = 0


@dataclass(frozen=True, slots=True)
class MonthPoint:
    """A month of the trend, as it counts now. Shape: `credit` is a sum; `frozen` False while the month runs."""

    first_on: date
    kept: int
    decided: int
    first_response: timedelta | None
    resolution: timedelta | None
    credit: int
    frozen: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the backlog: opened and closed on it, open at its end."""

    on: date
    opened: int
    closed: int
    open_at_end: int


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket in a list. Shape: `did` are codes of what happened in the time covered, in this order: opened,
    answered, resolved, reopened, closed; `next_due_at` is None where its clocks rest; `waits` is its status.
    """

    ticket_id: int
    subject: str
    priority: str
    status: str
    opened_at: datetime
    assignee: str = ""
    next_due_at: datetime | None = None
    did: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Breach:
    """A target that was missed. Shape: `target` is first-response or resolution; `met_at` is None while unmet.

    Units: `promised` and `late` are counted service time.
    """

    ticket_id: int
    subject: str
    priority: str
    target: str
    promised: timedelta
    due_at: datetime
    met_at: datetime | None
    late: timedelta


@dataclass(frozen=True, slots=True)
class Excluded:
    """Time that did not count. Shape: `reason` as in `domain.counting.Reason`; `ends_at` is None while it lasts;
    `length` is the part within the time covered; `proof` is a kind of `domain.exclusions.Proof` with `reference`;
    `by` is "system", or the name of the person who entered it.
    """

    ticket_id: int
    subject: str
    reason: str
    begins_at: datetime
    ends_at: datetime | None
    length: timedelta
    proof: str = ""
    reference: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Theme:
    """What tickets were about. Shape: `service` is an AWS service's code or empty; `symptom` a code of
    `domain.themes`; `breached` of them were violated; `examples` are ticket numbers, at most 3.
    """

    service: str
    symptom: str
    count: int
    by_priority: dict[str, int] = field(default_factory=dict)
    breached: int = 0
    examples: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class HealthLine:
    """An AWS Health event that concerned the customer. Shape: `status` is open, upcoming or closed."""

    service: str
    region: str
    code: str
    category: str
    status: str
    starts_at: datetime | None
    ends_at: datetime | None
    accounts: int
    entities: int
    ticket_id: int | None


@dataclass(frozen=True, slots=True)
class CaseLine:
    """An AWS Support case opened, or open, in the time covered."""

    display_id: str
    account_id: str
    account: str
    subject: str
    severity: str
    status: str
    opened_at: datetime
    resolved_at: datetime | None
    ticket_id: int | None


@dataclass(frozen=True, slots=True)
class Correction:
    """A change of an earlier month that was settled, or proposed, in the time covered (P10).

    Shape: outcomes as `domain.credits.Outcome`; `verdict` as `store.models.Verdict`; `amount` is the ledger's
    difference, 0 while proposed.
    """

    first_on: date
    ticket_id: int
    was: str
    becomes: str
    verdict: str
    amount: int


@dataclass(frozen=True, slots=True)
class Credit:
    """The month reckoned up (P12). Shape: `bands` are (at least, discount) as texts of fractions, falling;
    `fee` is an exact sum as text of a fraction; `due_on` the first day of the month whose fee it lowers, None where
    it is paid out.
    """

    currency: str
    exponent: int
    fee: str
    discount: str
    amount: int
    bands: tuple[tuple[str, str], ...]
    due_on: date | None
    disputes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Saving:
    """A line of the stored cost advice. Shape: `savings` a month, as decimal text; `data` of `queries.cost.Line`."""

    account_id: str
    account: str
    source: str
    code: str
    resource: str
    region: str
    savings: str
    currency: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CostTotal:
    """What one source's recommendations save a month; never to be added to another's."""

    source: str
    currency: str
    discount: str
    savings: str
    count: int


@dataclass(frozen=True, slots=True)
class Cost:
    """The stored cost advice of a month. Shape: `unread` are accounts it does not cover, (account, why)."""

    month_on: date
    refreshed_at: datetime | None
    savings: tuple[Saving, ...] = ()
    totals: tuple[CostTotal, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Advice:
    """A piece of improvement advice, derived by a stated rule. Shape: `rule` is a code of `domain.improvement`;
    `figures` are what it rests on, by name; durations in seconds, shares as texts of fractions.
    """

    rule: str
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of a report for a customer. Shape: parts a kind does not tell of stay empty.

    `response_shares` counts first answers by share of their target: ten tenths up to 100 %, then late (11 numbers);
    `heat` counts openings by weekday (Monday first) and hour in the report's zone (7 rows of 24); `left_out` says
    how many lines each list had more than `MOST_LINES`, by the list's name; `reopened` counts how often a resolved
    ticket came back, `resolved_by` the resolved tickets of each engineer, without names, the most first.
    """

    about: About
    levels: tuple[Level, ...] = ()
    volumes: tuple[Volume, ...] = ()
    first_response: Times = Times()
    resolution: Times = Times()
    trend: tuple[MonthPoint, ...] = ()
    days: tuple[Day, ...] = ()
    response_shares: tuple[int, ...] = ()
    heat: tuple[tuple[int, ...], ...] = ()
    handled: tuple[TicketLine, ...] = ()
    open: tuple[TicketLine, ...] = ()
    breaches: tuple[Breach, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    themes: tuple[Theme, ...] = ()
    availability: Measure | None = None
    health: tuple[HealthLine, ...] = ()
    cases: tuple[CaseLine, ...] = ()
    credit: Credit | None = None
    corrections: tuple[Correction, ...] = ()
    cost: Cost | None = None
    advice: tuple[Advice, ...] = ()
    left_out: dict[str, int] = field(default_factory=dict)
    reopened: int = 0
    resolved_by: tuple[int, ...] = ()

    @property
    def kept(self) -> int:
        """How many decided tickets were kept."""
        return sum(each.kept for each in self.levels)

    @property
    def decided(self) -> int:
        """How many tickets were decided."""
        return sum(each.decided for each in self.levels)

    @property
    def attainment(self) -> Fraction:
        """Kept ÷ decided, exactly; 1 where none was decided (P12)."""
        return Fraction(self.kept, self.decided) if self.decided else Fraction(1)
