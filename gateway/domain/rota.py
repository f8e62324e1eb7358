"""Who is on call: recurring shifts, overrides, swaps, absences and holidays made into stretches of time. Pure.

Shifts stand in local time, everything that comes out is in UTC; `local_time` settles the nights on which clocks
change. Source: promises P2 and P3 (contract clauses 2.2, 2.3.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum, unique
from itertools import groupby, pairwise
from typing import Final

from gateway.domain.local_time import instant

HORIZON: Final = timedelta(days=14)
LONGEST: Final = timedelta(days=2)
"""No shift is longer: 24 local hours, and a change of clocks."""
_DAY: Final = timedelta(days=1)
_MOMENT: Final = timedelta(microseconds=1)


@unique
class Rotation(StrEnum):
    """When a rule's next engineer has their turn."""

    DAILY = "daily"
    WEEKLY = "weekly"


@unique
class OnHolidays(StrEnum):
    """What a rule does on the holidays of its calendar."""

    WORKS = "works"
    RESTS = "rests"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurring shift.

    Shape: `weekdays` are 0 for Monday to 6 and name the day a shift begins on; a shift whose end is not later than
    its start ends on the next day; `engineers` take turns, weeks are counted from `first_on`, days are those of
    `weekdays`, holidays too, so that a holiday moves nobody's turn.
    """

    team: str
    name: str
    weekdays: frozenset[int]
    starts: time
    ends: time
    zone: tzinfo
    engineers: tuple[int, ...]
    first_on: date
    last_on: date | None = None
    rotates: Rotation = Rotation.WEEKLY
    holidays: frozenset[date] = frozenset()
    on_holidays: OnHolidays = OnHolidays.WORKS


@dataclass(frozen=True, slots=True)
class Override:
    """An engineer on call for once: instead of somebody in all their shifts (of a team), or besides the others.

    Shape: overrides that share a `swap` take effect together.
    """

    engineer: int
    start: datetime
    end: datetime
    instead_of: int | None = None
    team: str = ""
    swap: str = ""


@dataclass(frozen=True, slots=True)
class Absence:
    """When an engineer is away, whatever rules and overrides say."""

    engineer: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Rota:
    """Everything that says who is on call. Shape: rules in order, the first on call first; `gone` have no turns."""

    rules: tuple[Rule, ...] = ()
    overrides: tuple[Override, ...] = ()
    absences: tuple[Absence, ...] = ()
    gone: frozenset[int] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether nobody ever said who is on call."""
        return not self.rules and not self.overrides


@dataclass(frozen=True, slots=True)
class Stretch:
    """One engineer on call from an instant up to, not including, another. Shape: `place` is the rule's."""

    engineer: int
    start: datetime
    end: datetime
    team: str = ""
    name: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """When nobody is on call."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Ending:
    """An engineer going off call."""

    engineer: int
    at: datetime


def on_call(rota: Rota, at: datetime) -> list[Stretch]:
    """Who is on call at an instant, in the rota's order."""
    return [each for each in _stretches(rota, at, at + _MOMENT) if each.start <= at < each.end]


def next_on_call(rota: Rota, at: datetime, *, within: timedelta = HORIZON) -> list[Stretch]:
    """Who comes on call next: the stretches of the first instant after this one at which somebody does.

    Going on without a break is no coming.
    """
    found = _stretches(rota, at, at + within)
    coming = [one for one in found if one.start > at and not _went_on(found, one)]
    first = min((one.start for one in coming), default=None)
    return [one for one in coming if one.start == first]


def shifts(rota: Rota, start: datetime, end: datetime) -> list[Stretch]:
    """Who is on call between two instants, cut to them, by beginning and the rota's order."""
    return [
        replace(each, start=max(each.start, start), end=min(each.end, end))
        for each in _stretches(rota, start, end)
    ]


def gaps(rota: Rota, start: datetime, end: datetime) -> list[Gap]:
    """When nobody is on call between two instants."""
    found, free_from = [], start
    for each in shifts(rota, start, end):
        if each.start > free_from:
            found.append(Gap(free_from, each.start))
        free_from = max(free_from, each.end)
    return [*found, Gap(free_from, end)] if free_from < end else found


def ends_between(rota: Rota, after: datetime, until: datetime) -> list[Ending]:
    """Who goes off call after one instant and not after the other; whoever goes straight on does not go off."""
    found = _stretches(rota, after, until + _MOMENT)
    endings = {
        Ending(one.engineer, one.end)
        for one in found
        if after < one.end <= until and not _goes_on(found, one)
    }
    return sorted(endings, key=lambda ending: (ending.at, ending.engineer))


def _goes_on(stretches: Iterable[Stretch], one: Stretch) -> bool:
    return any(each.engineer == one.engineer and each.start <= one.end < each.end for each in stretches)


def _went_on(stretches: Iterable[Stretch], one: Stretch) -> bool:
    return any(each.engineer == one.engineer and each.start < one.start <= each.end for each in stretches)


def _stretches(rota: Rota, start: datetime, end: datetime) -> list[Stretch]:
    """The stretches that touch [start, end), in full length."""
    found = [one for place, rule in enumerate(rota.rules) for one in _planned(rule, place, start, end)]
    for _, together in groupby(enumerate(rota.overrides), key=lambda pair: pair[1].swap or pair[0]):
        found = _overridden(found, [each for _, each in together], place=len(rota.rules))
    away = [*rota.absences]
    found = [piece for one in found if one.engineer not in rota.gone for piece in _present(one, away)]
    touching = (one for one in found if one.start < end and one.end > start)
    return sorted(touching, key=lambda one: (one.start, one.place, one.engineer))


def _planned(rule: Rule, place: int, start: datetime, end: datetime) -> Iterator[Stretch]:
    """A rule's stretches about a window, before anybody changed them."""
    day = max(rule.first_on, start.astimezone(rule.zone).date() - LONGEST)
    last = end.astimezone(rule.zone).date()
    last = last if rule.last_on is None else min(last, rule.last_on)
    while day <= last and rule.engineers:
        if _runs(rule, day):
            overnight = rule.ends <= rule.starts
            begins = instant(day, rule.starts, rule.zone)
            ends = instant(day + _DAY if overnight else day, rule.ends, rule.zone)
            if begins < ends:
                yield Stretch(_turn(rule, day), begins, ends, rule.team, rule.name, place)
        day += _DAY


def _runs(rule: Rule, day: date) -> bool:
    if day.weekday() not in rule.weekdays:
        return False
    if rule.on_holidays is OnHolidays.WORKS:
        return True
    return (day in rule.holidays) is (rule.on_holidays is OnHolidays.ONLY)


def _turn(rule: Rule, day: date) -> int:
    """Whose turn it is on a day."""
    weeks, rest = divmod((day - rule.first_on).days, 7)
    if rule.rotates is Rotation.WEEKLY:
        return rule.engineers[weeks % len(rule.engineers)]
    begun = sum((rule.first_on.weekday() + past) % 7 in rule.weekdays for past in range(rest))
    return rule.engineers[(weeks * len(rule.weekdays) + begun) % len(rule.engineers)]


def _overridden(found: Sequence[Stretch], together: Sequence[Override], *, place: int) -> list[Stretch]:
    """The stretches after overrides that take effect at the same time."""
    pieces = [piece for one in found for piece in _handed(one, together)]
    besides = (each for each in together if each.instead_of is None)
    return [
        *pieces,
        *(Stretch(each.engineer, each.start, each.end, each.team, "", place) for each in besides),
    ]


def _handed(one: Stretch, together: Sequence[Override]) -> Iterator[Stretch]:
    """One stretch cut where overrides begin and end, each piece with who has it then."""
    ours = [
        each
        for each in together
        if each.instead_of == one.engineer
        and each.team in ("", one.team)
        and each.start < one.end
        and each.end > one.start
    ]
    cuts = {max(one.start, each.start) for each in ours} | {min(one.end, each.end) for each in ours}
    for start, end in pairwise(sorted(cuts | {one.start, one.end})):
        taken = [each.engineer for each in ours if each.start <= start and end <= each.end]
        yield replace(one, start=start, end=end, engineer=taken[-1] if taken else one.engineer)


def _present(one: Stretch, absences: Iterable[Absence]) -> list[Stretch]:
    """What is left of a stretch when its engineer's absences are taken out."""
    left = [one]
    for away in absences:
        if away.engineer == one.engineer:
            left = [piece for each in left for piece in _without(each, away)]
    return left


def _without(one: Stretch, away: Absence) -> Iterator[Stretch]:
    if away.end <= one.start or away.start >= one.end:
        yield one
        return
    if one.start < away.start:
        yield replace(one, end=away.start)
    if away.end < one.end:
        yield replace(one, start=away.end)
