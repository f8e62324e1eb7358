"""The tickets of a stretch of time in numbers: volumes, backlog, openings by hour, times; one pass over all."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy.orm import Session

from gateway.domain import agreed_dates, distribution
from gateway.domain.terms import Priority
from gateway.reporting.figures import Day, Level, Times, Volume
from gateway.reporting.gathering_violations import Rests
from gateway.store.queries import reporting
from gateway.store.queries.attainment import Figures, Window


@dataclass(frozen=True, slots=True)
class Numbers:
    """The tickets of a window. Shape: `answered` and `solved` are counted times in rising order, by priority."""

    volumes: tuple[Volume, ...]
    days: tuple[Day, ...]
    heat: tuple[tuple[int, ...], ...]
    response_shares: tuple[int, ...]
    answered: Mapping[Priority, Sequence[timedelta]]
    solved: Mapping[Priority, Sequence[timedelta]]

    @property
    def open_at_end(self) -> int:
        """How many were open at the window's end."""
        return sum(each.open_at_end for each in self.volumes)

    @property
    def first_response(self) -> Times:
        """How long first answers took, over all priorities."""
        return _times(sorted(length for each in self.answered.values() for length in each))

    @property
    def resolution(self) -> Times:
        """How long resolutions took, over all priorities."""
        return _times(sorted(length for each in self.solved.values() for length in each))

    def levels(self, decided: Sequence[Figures]) -> tuple[Level, ...]:
        """Every priority with its decided tickets and its times."""
        by_priority = {each.priority: each for each in decided}
        nothing = Figures("", 0, 0, 0, 0, 0, 0)
        return tuple(self._level(level, by_priority.get(level, nothing)) for level in Priority)

    def _level(self, level: Priority, counted: Figures) -> Level:
        return Level(
            priority=level,
            decided=counted.decided,
            kept=counted.kept,
            first_met=counted.first_met,
            first_late=counted.first_late,
            resolution_met=counted.resolution_met,
            resolution_late=counted.resolution_late,
            first_response=_times(self.answered[level]),
            resolution=_times(self.solved[level]),
        )


def numbers(session: Session, window: Window, zone: tzinfo, rests: Rests) -> Numbers:
    """The tickets of a window counted."""
    walk = _Walk(window, zone, rests)
    for row in reporting.lives(session, window):
        walk.see(row)
    return walk.told()


def _times(ordered: Sequence[timedelta]) -> Times:
    return Times(
        count=len(ordered),
        mean=distribution.mean(ordered),
        median=distribution.median(ordered),
        p90=distribution.nearest_rank(ordered, 90),
    )


class _Walk:
    """What was counted so far."""

    def __init__(self, window: Window, zone: tzinfo, rests: Rests) -> None:
        self._since, self._until = window.since, window.until
        self._zone, self._rests = zone, rests
        self._days = _days(window, zone)
        self._levels = {str(level): level for level in Priority}
        self._volumes = {level: Counter[str]() for level in Priority}
        self._opened, self._closed = [0] * len(self._days), [0] * len(self._days)
        self._heat = [[0] * 24 for _ in range(7)]
        self._shares = [0] * (distribution.TENTHS + 1)
        self._answered: dict[Priority, list[timedelta]] = {level: [] for level in Priority}
        self._solved: dict[Priority, list[timedelta]] = {level: [] for level in Priority}
        self._before = 0  # how many were open when the window began

    def see(self, row: Any) -> None:
        """One ticket that was there in the window."""
        level = self._levels[row.priority]
        volume, opened_at, closed_at = self._volumes[level], row.opened_at, row.closed_at
        if opened_at >= self._since:
            volume["opened"] += 1
            self._open(opened_at)
        else:
            self._before += 1
        if closed_at is not None and closed_at < self._until:
            volume["closed"] += 1
            self._closed[bisect_right(self._days, closed_at) - 1] += 1
        else:
            volume["open"] += 1
        solved = self._within(row.resolved_at)
        volume["resolved"] += solved
        if row.timed:
            if self._within(row.first_response_at):
                self._answer(row, level)
            if solved:
                used = self._rests.counted(row.id, opened_at, row.resolved_at)
                self._solved[level].append(used)

    def told(self) -> Numbers:
        """Everything that was counted."""
        return Numbers(
            volumes=tuple(
                Volume(level, each["opened"], each["resolved"], each["closed"], each["open"])
                for level, each in self._volumes.items()
            ),
            days=tuple(self._backlog()),
            heat=tuple(tuple(each) for each in self._heat),
            response_shares=tuple(self._shares),
            answered={level: sorted(each) for level, each in self._answered.items()},
            solved={level: sorted(each) for level, each in self._solved.items()},
        )

    def _within(self, at: datetime | None) -> bool:
        return at is not None and self._since <= at < self._until

    def _open(self, at: datetime) -> None:
        local = at.astimezone(self._zone)
        self._heat[local.weekday()][local.hour] += 1
        self._opened[bisect_right(self._days, at) - 1] += 1

    def _answer(self, row: Any, level: Priority) -> None:
        used = self._rests.counted(row.id, row.opened_at, row.first_response_at)
        self._answered[level].append(used)
        self._shares[self._share(row, used)] += 1

    def _share(self, row: Any, used: timedelta) -> int:
        """In which tenth of its target a first answer came, or that it was late; met exactly when due is met."""
        due_at = row.first_response_due_at
        if row.first_response_at > due_at and (row.rests_since is None or row.rests_since >= due_at):
            return distribution.LATE
        return distribution.tenth(used, self._rests.allowed(row.id, row.opened_at, due_at))

    def _backlog(self) -> list[Day]:
        found, still = [], self._before
        for begins, opened, closed in zip(self._days, self._opened, self._closed, strict=True):
            still += opened - closed
            found.append(Day(begins.astimezone(self._zone).date(), opened, closed, still))
        return found


def _days(window: Window, zone: tzinfo) -> list[datetime]:
    """The instants at which the days of a window begin, the first one where the window does."""
    found, day = [window.since], window.since.astimezone(zone).date()
    while True:
        day += timedelta(days=1)
        begins = agreed_dates.midnight(day, zone)
        if begins >= window.until:
            return found if window.since < window.until else []
        found.append(begins)
