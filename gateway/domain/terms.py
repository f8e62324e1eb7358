"""The contract's figures as values: targets, ladder, periods, credit bands. Standard library only.

Source: contract clauses 2.1, 2.3, 2.5, 4.2 (promises P1, P4, P5, P8, P12).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum, unique
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final


@unique
class Priority(StrEnum):
    """The contract's four levels, most pressing first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for Critical up to 3 for Low.

        >>> Priority.CRITICAL.rank < Priority.LOW.rank
        True
        """
        return list(Priority).index(self)


@unique
class Service(StrEnum):
    """The contract's six services (clause 1)."""

    ACCOUNT = "account-management"
    SUPPORT = "technical-support"
    HEALTH = "health-response"
    CASES = "support-cases"
    ARCHITECTURE = "architecture-advice"
    COST = "cost-optimisation"


@unique
class Target(StrEnum):
    """What a clock runs towards."""

    FIRST_RESPONSE = "first-response"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class Targets:
    """Both targets of one priority. Units: counted service time, 7×24."""

    first_response: timedelta
    resolution: timedelta

    def of(self, target: Target) -> timedelta:
        """The duration promised for one target."""
        return self.first_response if target is Target.FIRST_RESPONSE else self.resolution


def _default_targets() -> MappingProxyType[Priority, Targets]:
    return MappingProxyType(
        {
            Priority.CRITICAL: Targets(timedelta(minutes=15), timedelta(hours=4)),
            Priority.HIGH: Targets(timedelta(hours=1), timedelta(hours=8)),
            Priority.MEDIUM: Targets(timedelta(hours=4), timedelta(hours=24)),
            Priority.LOW: Targets(timedelta(hours=24), timedelta(hours=72)),
        }
    )


def _default_progress() -> MappingProxyType[Priority, timedelta]:
    hours = {Priority.CRITICAL: 1, Priority.HIGH: 4, Priority.MEDIUM: 24, Priority.LOW: 72}
    return MappingProxyType({level: timedelta(hours=count) for level, count in hours.items()})


@unique
class Audience(StrEnum):
    """Whom a rung of the ladder tells (P5)."""

    ASSIGNEE = "assignee"
    ON_CALL = "on-call"
    LEAD = "lead"
    CUSTOMER = "customer"
    MANAGEMENT = "management"


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder. Units: `percent` of the counted time from opening to the due instant."""

    percent: int
    tells: tuple[Audience, ...]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How long silence on a resolution lasts before the reminder, and before the ticket closes (P4)."""

    remind_after: timedelta = timedelta(hours=24)
    close_after: timedelta = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Band:
    """A step of the credit table: from this attainment on, this discount. Units: shares of 1, exact."""

    at_least: Fraction
    discount: Fraction


LADDER: Final = (
    Rung(50, (Audience.ASSIGNEE,)),
    Rung(75, (Audience.ON_CALL,)),
    Rung(90, (Audience.LEAD, Audience.CUSTOMER)),
    Rung(100, (Audience.MANAGEMENT,)),
)
BANDS: Final = (
    Band(Fraction(99, 100), Fraction(0)),
    Band(Fraction(95, 100), Fraction(5, 100)),
    Band(Fraction(90, 100), Fraction(10, 100)),
    Band(Fraction(0), Fraction(15, 100)),
)

AWS_READ_WITHIN: Final = timedelta(minutes=10)
"""How long what AWS says of a case or an event stays unread at most (P6)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The figures one contract version promises.

    Shape: `ladder` rises; `bands` fall and end at 0.

    >>> Terms().targets[Priority.CRITICAL].first_response
    datetime.timedelta(seconds=900)
    """

    targets: MappingProxyType[Priority, Targets] = field(default_factory=_default_targets)
    progress: MappingProxyType[Priority, timedelta] = field(default_factory=_default_progress)
    ladder: tuple[Rung, ...] = LADDER
    confirmation: Confirmation = Confirmation()
    bands: tuple[Band, ...] = BANDS
    maintenance_notice: timedelta = timedelta(hours=48)

    def rung(self, percent: int) -> Rung:
        """The step of the ladder at a percentage; one that the terms no longer have tells the people it told."""
        found = next((rung for rung in self.ladder if rung.percent == percent), None)
        return found or Rung(percent, _usual(percent))

    def rung_after(self, percent: int) -> Rung | None:
        """The next step up the ladder."""
        return next((rung for rung in self.ladder if rung.percent > percent), None)


DEFAULT_TERMS: Final = Terms()


class BadTerms(ValueError):
    """Terms of a contract that make no sense."""


def agreed(overrides: Mapping[str, Any]) -> Terms:
    """The default terms with what a contract says differently.

    Shape: `{"targets": {"critical": {"first_response_minutes": 15, "resolution_minutes": 240}},
    "progress_minutes": {"critical": 60}, "ladder": [50, {"percent": 75, "tells": ["on-call", "lead"]}, 100],
    "confirmation_hours": {"remind": 24, "close": 72}, "maintenance_notice_hours": 48,
    "bands": [{"at_least": "99", "discount": "0"}, {"at_least": "0", "discount": "5"}]}`, each part optional; bands
    in percent, as decimal texts or numbers.
    Errors: BadTerms.

    >>> agreed({"targets": {"low": {"first_response_minutes": 60}}}).targets[Priority.LOW].first_response
    datetime.timedelta(seconds=3600)
    """
    if unknown := set(overrides) - _PARTS:
        raise BadTerms(f"unknown terms: {', '.join(sorted(unknown))}")
    targets, progress = dict(DEFAULT_TERMS.targets), dict(DEFAULT_TERMS.progress)
    for level, figures in overrides.get("targets", {}).items():
        known = targets[_level(level)]
        targets[_level(level)] = Targets(
            _minutes(figures.get("first_response_minutes"), known.first_response),
            _minutes(figures.get("resolution_minutes"), known.resolution),
        )
    for level, minutes in overrides.get("progress_minutes", {}).items():
        progress[_level(level)] = _minutes(minutes, timedelta())
    return Terms(
        targets=MappingProxyType(targets),
        progress=MappingProxyType(progress),
        ladder=_ladder(overrides["ladder"]) if "ladder" in overrides else LADDER,
        confirmation=_confirmation(overrides.get("confirmation_hours", {})),
        bands=_bands(overrides["bands"]) if "bands" in overrides else BANDS,
        maintenance_notice=_hours(
            overrides.get("maintenance_notice_hours"), DEFAULT_TERMS.maintenance_notice
        ),
    )


_PARTS: Final = frozenset(
    {"targets", "progress_minutes", "ladder", "confirmation_hours", "bands", "maintenance_notice_hours"}
)


def _usual(percent: int) -> tuple[Audience, ...]:
    """Whom a step told that says only its percentage: those of the default ladder's last step not above it."""
    below = [rung for rung in LADDER if rung.percent <= percent]
    return (below or LADDER[:1])[-1].tells


def _ladder(steps: Any) -> tuple[Rung, ...]:
    if not isinstance(steps, list | tuple) or not steps:
        raise BadTerms("the ladder is a rising list of whole percentages from 1 to 100")
    ladder = tuple(_step(step) for step in steps)
    percents = [rung.percent for rung in ladder]
    if percents != sorted(set(percents)):
        raise BadTerms("the ladder is a rising list of whole percentages from 1 to 100")
    return ladder


def _step(step: Any) -> Rung:
    told = step if isinstance(step, Mapping) else {"percent": step}
    percent = told.get("percent")
    if not isinstance(percent, int) or isinstance(percent, bool) or not 0 < percent <= 100:
        raise BadTerms("the ladder is a rising list of whole percentages from 1 to 100")
    if "tells" not in told:
        return Rung(percent, _usual(percent))
    try:
        tells = tuple(Audience(each) for each in told["tells"])
    except ValueError:
        raise BadTerms(f"a step of the ladder tells {', '.join(Audience)}, nobody else") from None
    if not tells:
        raise BadTerms("a step of the ladder tells somebody")
    return Rung(percent, tells)


def _confirmation(hours: Mapping[str, Any]) -> Confirmation:
    usual = DEFAULT_TERMS.confirmation
    made = Confirmation(
        _hours(hours.get("remind"), usual.remind_after), _hours(hours.get("close"), usual.close_after)
    )
    if made.remind_after >= made.close_after:
        raise BadTerms("the reminder comes before the closing")
    return made


def _bands(bands: Any) -> tuple[Band, ...]:
    if not isinstance(bands, list | tuple) or not bands:
        raise BadTerms("the bands are a list")
    made = tuple(Band(_share(band.get("at_least")), _share(band.get("discount"))) for band in bands)
    falls = all(one.at_least > next_.at_least for one, next_ in pairwise(made))
    rises = all(one.discount <= next_.discount for one, next_ in pairwise(made))
    if not falls or not rises or made[-1].at_least:
        raise BadTerms("the bands fall in attainment down to 0, and their discounts do not fall")
    return made


def _share(percent: Any) -> Fraction:
    try:
        share = Fraction(str(percent)) / 100
    except (ValueError, ZeroDivisionError):
        raise BadTerms(f"a percentage is a number from 0 to 100, not {percent!r}") from None
    if not 0 <= share <= 1:
        raise BadTerms(f"a percentage is a number from 0 to 100, not {percent!r}")
    return share


def _level(name: str) -> Priority:
    try:
        return Priority(name)
    except ValueError:
        raise BadTerms(f"no priority is called {name!r}") from None


def _minutes(value: Any, otherwise: timedelta) -> timedelta:
    if value is None:
        return otherwise
    if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
        raise BadTerms(f"minutes must be a number above 0, not {value!r}")
    return timedelta(minutes=value)


def _hours(value: Any, otherwise: timedelta) -> timedelta:
    if value is None:
        return otherwise
    if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
        raise BadTerms(f"hours must be a number above 0, not {value!r}")
    return timedelta(hours=value)
