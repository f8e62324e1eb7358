"""Who is on call, against a naive walk through the minutes of the weeks in which clocks change.

The walk reads a wall clock in the rule's zone. Where that clock is turned back it is taken to stand still until it
shows a time it had not shown before, so that no shift begins or ends twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from gateway.domain import rota
from gateway.domain.rota import Absence, OnHolidays, Override, Rota, Rotation, Rule

ROTAS = 8
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

WEEKS = [
    ("Europe/Berlin", datetime(2026, 3, 27, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 23, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 6, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 10, 30, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 3, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 2, tzinfo=UTC)),
    ("Asia/Shanghai", datetime(2026, 3, 27, tzinfo=UTC)),
]
LASTS = timedelta(days=4)
TIMES = [
    time(0),
    time(1, 30),
    time(2),
    time(2, 15),
    time(2, 30),
    time(3),
    time(8),
    time(17, 45),
    time(23, 59),
]


def _minutes(start: datetime) -> Iterator[datetime]:
    at = start
    while at < start + LASTS:
        yield at
        at += MINUTE


def _wall_clock(zone: ZoneInfo, start: datetime) -> dict[datetime, datetime]:
    """What the wall clock shows at each minute, standing still where it was turned back."""
    at, readings = start - DAY, {}
    shown = at.replace(tzinfo=None) - DAY
    while at < start + LASTS:
        shown = max(shown, at.astimezone(zone).replace(tzinfo=None))
        readings[at] = shown
        at += MINUTE
    return readings


def _on_shift(rule: Rule, shown: datetime) -> int | None:
    """Whose shift of a rule it is when the wall clock shows this."""
    for day in (shown.date() - DAY, shown.date()):
        last = day + DAY if rule.ends <= rule.starts else day
        if not datetime.combine(day, rule.starts) <= shown < datetime.combine(last, rule.ends):
            continue
        if (engineer := _whose_turn(rule, day)) is not None:
            return engineer
    return None


def _whose_turn(rule: Rule, day: date) -> int | None:
    free = day in rule.holidays
    if day.weekday() not in rule.weekdays or day < rule.first_on or day > (rule.last_on or day):
        return None
    if free and rule.on_holidays is OnHolidays.RESTS or not free and rule.on_holidays is OnHolidays.ONLY:
        return None
    turn, walked = 0, rule.first_on
    while walked < day:
        walked += DAY
        if rule.rotates is Rotation.WEEKLY:
            turn += (walked - rule.first_on).days % 7 == 0
        else:
            turn += (walked - DAY).weekday() in rule.weekdays
    return rule.engineers[turn % len(rule.engineers)]


def _walked(plan: Rota, start: datetime) -> dict[datetime, set[tuple[int, str]]]:
    """Who is on call at each minute, and for which team."""
    clocks = {
        rule.zone: _wall_clock(rule.zone, start) for rule in plan.rules if isinstance(rule.zone, ZoneInfo)
    }
    found = {}
    for at in _minutes(start):
        on = set()
        for rule in plan.rules:
            assert isinstance(rule.zone, ZoneInfo)
            engineer = _on_shift(rule, clocks[rule.zone][at])
            if engineer is not None:
                on.add((engineer, rule.team))
        leave, come = set(), set()  # a swap's halves take effect together
        for change in plan.overrides:
            if not change.start <= at < change.end:
                continue
            teams = {team for who, team in on if who == change.instead_of and change.team in ("", team)}
            leave |= {(change.instead_of, team) for team in teams}
            come |= {(change.engineer, team) for team in teams}
            if change.instead_of is None:
                come.add((change.engineer, change.team))
        on = (on - leave) | come
        # Whoever is gone or away leaves a gap that an override may fill, and moves nobody's turn.
        away = plan.gone | {each.engineer for each in plan.absences if each.start <= at < each.end}
        found[at] = {(who, team) for who, team in on if who not in away}
    return found


def _random_rota(chance: Random, zone: ZoneInfo, start: datetime) -> Rota:
    """Rules in the zone and in another; one override or one swap, so that none stands on another's shoulders."""

    def span() -> tuple[datetime, datetime]:
        begins = start + MINUTE * chance.randint(0, 4 * 1440)
        return begins, begins + MINUTE * chance.randint(1, 1440)

    rules = tuple(
        Rule(
            team=chance.choice(("first", "second")),
            name=f"rule {nth}",
            weekdays=frozenset(chance.sample(range(7), chance.choice((3, 7, 7)))),
            starts=chance.choice(TIMES),
            ends=chance.choice(TIMES),
            zone=chance.choice((zone, zone, ZoneInfo("Asia/Shanghai"))),
            engineers=tuple(chance.sample(range(1, 7), chance.randint(1, 4))),
            first_on=start.date() - DAY * chance.randint(-1, 20),
            last_on=chance.choice((None, None, start.date() + DAY * 2)),
            rotates=chance.choice(list(Rotation)),
            holidays=frozenset({start.date() + DAY * chance.randint(0, 4)}),
            on_holidays=chance.choice((OnHolidays.WORKS, OnHolidays.RESTS, OnHolidays.ONLY)),
        )
        for nth in range(chance.randint(1, 3))
    )  # fmt: skip
    begins, ends, one, other = *span(), *chance.sample(range(1, 7), 2)
    overrides = chance.choice(
        (
            (),
            (Override(one, begins, ends, team=chance.choice(("", "first"))),),
            (
                Override(
                    chance.randint(7, 8), begins, ends, instead_of=one, team=chance.choice(("", "first"))
                ),
            ),
            (Override(one, begins, ends, other, swap="1"), Override(other, begins, ends, one, swap="1")),
        )
    )
    absences = tuple(Absence(chance.randint(1, 8), *span()) for _ in range(chance.randint(0, 2)))
    gone = frozenset(chance.sample(range(1, 7), chance.choice((0, 0, 1))))
    return Rota(rules, overrides, absences, gone)


def _expanded(spans: Iterable[tuple[datetime, datetime]]) -> Iterator[datetime]:
    for start, end in spans:
        at = start
        while at < end:
            yield at
            at += MINUTE


@pytest.mark.parametrize(("zone", "start"), WEEKS)
def test_each_minute_around_a_change_of_clocks_has_the_engineers_of_the_naive_walk(
    zone: str, start: datetime
) -> None:
    chance = Random(f"{zone} {start}")
    for _ in range(ROTAS):
        plan = _random_rota(chance, ZoneInfo(zone), start)
        walked = _walked(plan, start)
        came: dict[datetime, set[tuple[int, str]]] = {at: set() for at in walked}
        for stretch in rota.shifts(plan, start, start + LASTS):
            for at in _expanded([(stretch.start, stretch.end)]):
                came[at].add((stretch.engineer, stretch.team))
        assert not [(plan, at, walked[at], came[at]) for at in walked if walked[at] != came[at]][:1]
        free = {at for at, on in walked.items() if not on}
        gaps = rota.gaps(plan, start, start + LASTS)
        assert set(_expanded((gap.start, gap.end) for gap in gaps)) == free, plan
        for at in chance.sample(sorted(walked), 20):
            assert {(each.engineer, each.team) for each in rota.on_call(plan, at)} == walked[at], (plan, at)
