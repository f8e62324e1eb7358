"""The contract's figures as values: targets, ladder, periods, credit bands. Standard library only.

Source: contract clauses 2.1, 2.3, 4.2 (promises P1, P4, P5, P12).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final


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
