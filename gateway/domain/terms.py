"""The contract's figures as values: targets, ladder, periods, credit bands. Standard library only.

Source: contract clauses 2.1, 2.3, 4.2 (promises P1, P4, P5, P12).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum, unique
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


@dataclass(frozen=True, slots=True)
class Terms:
    """The figures one contract version promises.

    Units: `ladder` in percent of the counted time of a target.

    >>> Terms().targets[Priority.CRITICAL].first_response
    datetime.timedelta(seconds=900)
    """

    targets: MappingProxyType[Priority, Targets] = field(default_factory=_default_targets)
    progress: MappingProxyType[Priority, timedelta] = field(default_factory=_default_progress)
    ladder: tuple[int, ...] = (50, 75, 90, 100)


DEFAULT_TERMS: Final = Terms()


class BadTerms(ValueError):
    """Terms of a contract that make no sense."""


def agreed(overrides: Mapping[str, Any]) -> Terms:
    """The default terms with what a contract says differently.

    Shape: `{"targets": {"critical": {"first_response_minutes": 15, "resolution_minutes": 240}},
    "progress_minutes": {"critical": 60}, "ladder": [50, 75, 90, 100]}`, each part optional.
    Errors: BadTerms.

    >>> agreed({"targets": {"low": {"first_response_minutes": 60}}}).targets[Priority.LOW].first_response
    datetime.timedelta(seconds=3600)
    """
    if unknown := set(overrides) - {"targets", "progress_minutes", "ladder"}:
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
    ladder = tuple(overrides.get("ladder", DEFAULT_TERMS.ladder))
    whole = all(isinstance(rung, int) and 0 < rung <= 100 for rung in ladder)
    if not whole or list(ladder) != sorted(set(ladder)):
        raise BadTerms("the ladder is a rising list of whole percentages from 1 to 100")
    return Terms(MappingProxyType(targets), MappingProxyType(progress), ladder)


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
