"""Improvement advice: stated rules over the figures of a month, each with what it rests on. Pure.

Each rule's docstring states it as reports print it. A figure exactly at its threshold meets it.

Source: promise P10.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum, unique
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from gateway.domain.terms import Priority, Target

MOST: Final = 6
"""How many pieces of advice a report gives."""
PROMISED: Final = Fraction(999, 1000)
"""Source: promise P2."""
NIGHT: Final = (22, 8)
"""Units: from this local hour up to that one."""
LEAST_BREACHES: Final = 4
NIGHT_SHARE, WEEKEND_SHARE, TARGET_SHARE = Fraction(3, 5), Fraction(1, 2), Fraction(3, 4)
THEME_COUNT, THEME_SHARE, MOST_THEMES = 5, Fraction(3, 10), 2
LEAST_ANSWERS, LATE_TENTHS, NEAR_SHARE = 10, 3, Fraction(1, 10)
BACKLOG_RISE, BACKLOG_SHARE = 5, Fraction(1, 4)
REOPENED_COUNT, REOPENED_SHARE = 3, Fraction(1, 10)
HEALTH_COUNT: Final = 3
WAITED_TICKETS, WAITED_SHARE = 5, Fraction(2, 5)
RESOLVED_COUNT, RESOLVED_SHARE = 10, Fraction(4, 5)
SAVINGS: Final = Decimal(100)
SAVINGS_MONTHS: Final = 2
_MOMENT: Final = timedelta(microseconds=1)


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

Units: `count`, `of`, `before`, `after`, `tickets` and the `months` of savings are whole numbers; `share`, `promised`
and `shares` are texts of fractions; `down` is minutes; `waited` and `counted` are seconds; the `months` of attainment
are texts like "2026-10", the oldest first, as are its `shares`; `target` is first-response or resolution; `savings`
is a month's, decimal text.
"""


@dataclass(frozen=True, slots=True)
class Breach:
    """A target that was missed. Shape: `weekday` (Monday 0) and `hour` are local ones of its due instant."""

    priority: str
    target: str
    weekday: int
    hour: int


@dataclass(frozen=True, slots=True)
class Theme:
    """What tickets were about, with how many of each priority were."""

    service: str
    symptom: str
    by_priority: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Saving:
    """A stored recommendation. Shape: `months` is how many months one after the other it stands by now."""

    source: str
    currency: str
    savings: Decimal
    months: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at.

    Shape: `opened` is tickets by priority; `attainment` (month, share), the oldest first, the report's own last, None
    where nothing was decided; `response_shares` as on `figures.Report`; `backlog` is open before and after;
    `resolved_by` counts resolved tickets by engineer; `health` names the AWS service of each Health event that was a
    fault of AWS; `waited` and `counted` are time waiting for the customer on `waiting` tickets, and service time of
    the resolved ones.
    """

    breaches: Sequence[Breach] = ()
    available: Fraction | None = None
    down: int = 0
    attainment: Sequence[tuple[str, Fraction | None]] = ()
    opened: Mapping[str, int] = field(default_factory=dict)
    themes: Sequence[Theme] = ()
    response_shares: Sequence[int] = ()
    backlog: tuple[int, int] = (0, 0)
    resolved: int = 0
    reopened: int = 0
    resolved_by: Sequence[int] = ()
    health: Sequence[str] = ()
    waiting: int = 0
    waited: timedelta = timedelta()
    counted: timedelta = timedelta()
    savings: Sequence[Saving] = ()


Found = Iterator[dict[str, Any]]


def advice(facts: Facts) -> list[tuple[Rule, dict[str, Any]]]:
    """What the rules find, the weightiest first, at most `MOST`."""
    found = [(rule, figures) for rule in Rule for figures in RULES[rule](facts)]
    return found[:MOST]


def _critical_breached(facts: Facts) -> Found:
    """A target of a Critical ticket was missed."""
    count = sum(each.priority == Priority.CRITICAL for each in facts.breaches)
    if count:
        yield {"count": count, "of": len(facts.breaches)}


def _availability_missed(facts: Facts) -> Found:
    """The platform was available for less than 99.9 % of the month's measured minutes."""
    if facts.available is not None and facts.available < PROMISED:
        yield {"share": str(facts.available), "promised": str(PROMISED), "down": facts.down}


def _attainment_falling(facts: Facts) -> Found:
    """SLA attainment fell two months in a row; months in which nothing was decided are no such months."""
    last = facts.attainment[-3:]
    shares = [share for _, share in last if share is not None]
    if len(shares) == 3 and shares[0] > shares[1] > shares[2]:
        yield {"months": [month for month, _ in last], "shares": [str(each) for each in shares]}


def _breaches_at_night(facts: Facts) -> Found:
    """At least 60 % of the missed targets, and at least 4, fell due between 22:00 and 08:00 local time."""
    begins, ends = NIGHT
    count = sum(each.hour >= begins or each.hour < ends for each in facts.breaches)
    for told in _part(count, len(facts.breaches), NIGHT_SHARE, LEAST_BREACHES):
        yield {**told, "from_hour": begins, "until_hour": ends}


def _breaches_at_weekends(facts: Facts) -> Found:
    """At least 50 % of the missed targets, and at least 4, fell due on a Saturday or Sunday local time."""
    count = sum(each.weekday >= 5 for each in facts.breaches)
    yield from _part(count, len(facts.breaches), WEEKEND_SHARE, LEAST_BREACHES)


def _breaches_of_one_target(facts: Facts) -> Found:
    """At least 75 % of the missed targets, and at least 4, were first responses, or were resolutions."""
    for target in Target:
        count = sum(each.target == target for each in facts.breaches)
        for told in _part(count, len(facts.breaches), TARGET_SHARE, LEAST_BREACHES):
            yield {"target": str(target), **told}


def _theme_share(facts: Facts) -> Found:
    """At least 30 % of the tickets of one priority, and at least 5, were about the same thing (at most 2 told)."""
    found = []
    for level in Priority:
        of = facts.opened.get(level, 0)
        for theme in facts.themes:
            for told in _part(theme.by_priority.get(level, 0), of, THEME_SHARE, THEME_COUNT):
                named = {"priority": str(level), "service": theme.service, "symptom": theme.symptom}
                found.append(named | told)
    yield from sorted(found, key=lambda each: -int(each["count"]))[:MOST_THEMES]


def _answers_near_target(facts: Facts) -> Found:
    """At least 10 % of at least 10 first answers took more than 80 % of their target, late ones among them."""
    of = sum(facts.response_shares)
    count = sum(facts.response_shares[-LATE_TENTHS:])
    if of >= LEAST_ANSWERS:
        yield from _part(count, of, NEAR_SHARE, 1)


def _backlog_growing(facts: Facts) -> Found:
    """At the month's end at least 5 more tickets were open than at its beginning, and at least 25 % more."""
    before, after = facts.backlog
    share = Fraction(after - before, max(before, 1))
    if after - before >= BACKLOG_RISE and share >= BACKLOG_SHARE:
        yield {"before": before, "after": after, "share": str(share)}


def _reopened_often(facts: Facts) -> Found:
    """Resolved tickets were reopened at least 3 times, and at least 10 times for every 100 resolutions."""
    yield from _part(facts.reopened, facts.resolved, REOPENED_SHARE, REOPENED_COUNT)


def _health_repeated(facts: Facts) -> Found:
    """At least 3 AWS Health issues of the same service concerned the customer (the service with most is told)."""
    for service, count in sorted(Counter(facts.health).items(), key=lambda each: (-each[1], each[0]))[:1]:
        if count >= HEALTH_COUNT:
            yield {"service": service, "count": count}


def _waiting_for_customer(facts: Facts) -> Found:
    """Waiting for the customer, on at least 5 tickets, made up at least 40 % of it and the resolved tickets' time."""
    whole = facts.waited + facts.counted
    if (
        facts.waiting >= WAITED_TICKETS
        and whole
        and Fraction(facts.waited // _MOMENT, whole // _MOMENT) >= WAITED_SHARE
    ):
        yield {
            "tickets": facts.waiting,
            "waited": _seconds(facts.waited),
            "counted": _seconds(facts.counted),
            "share": str(Fraction(_seconds(facts.waited), max(_seconds(whole), 1))),
        }


def _one_engineer(facts: Facts) -> Found:
    """One engineer had at least 80 % of the resolved tickets, of at least 10."""
    of = sum(facts.resolved_by)
    if of >= RESOLVED_COUNT:
        yield from _part(max(facts.resolved_by), of, RESOLVED_SHARE, 1)


def _savings_not_taken(facts: Facts) -> Found:
    """One source's recommendations that stood in the month before too would save at least 100 a month together.

    Sources are never added up; the one that would save most is told.
    """
    standing: dict[tuple[str, str], list[Saving]] = {}
    for each in facts.savings:
        if each.months >= SAVINGS_MONTHS:
            standing.setdefault((each.source, each.currency), []).append(each)
    sums = {key: sum((each.savings for each in found), Decimal()) for key, found in standing.items()}
    for key in sorted(sums, key=lambda each: (-sums[each], each))[:1]:
        if sums[key] >= SAVINGS:
            yield {
                "source": key[0],
                "count": len(standing[key]),
                "savings": str(sums[key]),
                "currency": key[1],
                "months": max(each.months for each in standing[key]),
            }


def _part(count: int, of: int, share: Fraction, least: int) -> Found:
    """A count, where it is large enough by itself and as a share of a whole."""
    if of and count >= least and Fraction(count, of) >= share:
        yield {"count": count, "of": of, "share": str(Fraction(count, of))}


def _seconds(length: timedelta) -> int:
    return length // timedelta(seconds=1)


RULES: Final[Mapping[Rule, Callable[[Facts], Found]]] = MappingProxyType(
    {
        Rule.CRITICAL_BREACHED: _critical_breached,
        Rule.AVAILABILITY_MISSED: _availability_missed,
        Rule.ATTAINMENT_FALLING: _attainment_falling,
        Rule.BREACHES_AT_NIGHT: _breaches_at_night,
        Rule.BREACHES_AT_WEEKENDS: _breaches_at_weekends,
        Rule.BREACHES_OF_ONE_TARGET: _breaches_of_one_target,
        Rule.THEME_SHARE: _theme_share,
        Rule.ANSWERS_NEAR_TARGET: _answers_near_target,
        Rule.BACKLOG_GROWING: _backlog_growing,
        Rule.REOPENED_OFTEN: _reopened_often,
        Rule.HEALTH_REPEATED: _health_repeated,
        Rule.WAITING_FOR_CUSTOMER: _waiting_for_customer,
        Rule.ONE_ENGINEER: _one_engineer,
        Rule.SAVINGS_NOT_TAKEN: _savings_not_taken,
    }
)
"""Each rule as a function of the facts; its docstring states it."""
