"""Improvement advice: stated rules over the figures of a month, each with what it rests on. Pure.

Source: promise P10.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final


@unique
class Rule(StrEnum):
    """The rules, the weightiest first. A code is never renamed: stored reports hold it."""

    CRITICAL_BREACHED = "critical-breached"
    AVAILABILITY_MISSED = "availability-missed"
    ATTAINMENT_FALLING = "attainment-falling"
    BREACHES_AT_NIGHT = "breaches-at-night"
    BREACHES_AT_WEEKENDS = "breaches-at-weekends"
    BREACHES_OF_ONE_TARGET = "breaches-of-one-target"
    THEME_SHARE = "theme-share"
    ANSWERS_NEAR_TARGET = "answers-near-target"
    BACKLOG_GROWING = "backlog-growing"
    REOPENED_OFTEN = "reopened-often"
    HEALTH_REPEATED = "health-repeated"
    WAITING_FOR_CUSTOMER = "waiting-for-customer"
    ONE_ENGINEER = "one-engineer"
    SAVINGS_NOT_TAKEN = "savings-not-taken"


FIGURES: Final[Mapping[Rule, tuple[str, ...]]] = MappingProxyType(
    {
        Rule.CRITICAL_BREACHED: ("count", "of"),
        Rule.AVAILABILITY_MISSED: ("share", "promised", "down"),
        Rule.ATTAINMENT_FALLING: ("months", "shares"),
        Rule.BREACHES_AT_NIGHT: ("count", "of", "share", "from_hour", "until_hour"),
        Rule.BREACHES_AT_WEEKENDS: ("count", "of", "share"),
        Rule.BREACHES_OF_ONE_TARGET: ("target", "count", "of", "share"),
        Rule.THEME_SHARE: ("priority", "service", "symptom", "count", "of", "share"),
        Rule.ANSWERS_NEAR_TARGET: ("count", "of", "share"),
        Rule.BACKLOG_GROWING: ("before", "after", "share"),
        Rule.REOPENED_OFTEN: ("count", "of", "share"),
        Rule.HEALTH_REPEATED: ("service", "count"),
        Rule.WAITING_FOR_CUSTOMER: ("tickets", "waited", "counted", "share"),
        Rule.ONE_ENGINEER: ("count", "of", "share"),
        Rule.SAVINGS_NOT_TAKEN: ("source", "count", "savings", "currency", "months"),
    }
)
"""The names of the figures each rule rests on.

Units: `count`, `of`, `before`, `after`, `tickets`, `months` of savings are whole numbers; `share`, `promised` and
`shares` are texts of fractions; `down` is minutes; `waited` and `counted` are seconds; `months` of attainment are texts
like "2026-10", the oldest first, as are its `shares`; `target` is first-response or resolution; `savings` is a month's,
decimal text.
"""
