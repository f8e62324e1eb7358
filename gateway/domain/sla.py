"""Clocks folded from a ticket's log: when each target is due, whether it was met, what did not count. Pure.

Source: promises P1, P5 and P11 (contract clauses 2.1, 2.3.3, 4.1, 4.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Final

from gateway.domain.lifecycle import Event, EventKind, Status
from gateway.domain.terms import Priority, Target, Terms

_ENDED: Final = (Status.RESOLVED, Status.CLOSED)


@unique
class Reason(StrEnum):
    """Why time does not count (P11)."""

    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time that does not count. `end` is None while it lasts."""

    start: datetime
    end: datetime | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Clock:
    """One target of one ticket. `breached_at`, where set, equals the due instant of the breach.

    Shape: `rests_since` is set while an interval that does not count has begun and not ended, and from the closing
    on, which decides whatever was not (P12).
    """

    target: Target
    due_at: datetime
    met_at: datetime | None = None
    rests_since: datetime | None = None

    def breached_at(self, now: datetime) -> datetime | None:
        """The due instant where the target was missed by then; met exactly at its due instant is met."""
        seen = self.met_at or min(now, self.rests_since or now)
        return self.due_at if seen > self.due_at else None


@dataclass(frozen=True, slots=True)
class Standing:
    """Both clocks and what was excluded, as the log tells it now."""

    opened_at: datetime
    priority: Priority
    status: Status
    first_response: Clock
    resolution: Clock
    excluded: tuple[Interval, ...]

    def clock(self, target: Target) -> Clock:
        """The clock of one target."""
        return self.first_response if target is Target.FIRST_RESPONSE else self.resolution


@dataclass(frozen=True, slots=True)
class Rung:
    """An alarm to plan: this percent of a target is used up at that instant."""

    target: Target
    percent: int
    at: datetime


def standing(events: Sequence[Event], terms: Terms) -> Standing:
    """What the whole log says about both targets.

    Errors: ValueError where the log does not begin with `opened`.
    """
    if not events or events[0].kind is not EventKind.OPENED:
        raise ValueError("a ticket's log begins with its opening")
    excluded = tuple(_merged(_exclusions(events)))
    clocks = {target: _clock(events, terms, target, excluded) for target in Target}
    return Standing(
        opened_at=events[0].at,
        priority=_priorities(events)[-1][1],
        status=_status(events),
        first_response=clocks[Target.FIRST_RESPONSE],
        resolution=clocks[Target.RESOLUTION],
        excluded=excluded,
    )


def add_counted(start: datetime, amount: timedelta, excluded: Iterable[Interval]) -> datetime:
    """The instant at which `amount` of counted time has passed since `start`.

    An interval still open counts from its beginning as if it ended where the walk would end: what is waiting now is
    not yet known, so the due instant moves on only when the wait is over.
    """
    due = start + amount
    for interval in excluded:
        if interval.end is None or interval.end <= start:
            continue
        begin = max(interval.start, start)
        if begin >= due:
            break
        due += interval.end - begin
    return due


def counted(start: datetime, end: datetime, excluded: Iterable[Interval]) -> timedelta:
    """The time between two instants that counts."""
    total = end - start
    for interval in excluded:
        overlap = min(interval.end or end, end) - max(interval.start, start)
        total -= max(overlap, timedelta())
    return max(total, timedelta())


def rungs(state: Standing, terms: Terms) -> list[Rung]:
    """Every rung of the ladder of each undecided target, by instant; none while the clock rests.

    A percentage is of the counted time from opening to the due instant (P5).
    """
    if state.status in _ENDED or _resting(state.excluded):
        return []
    planned = []
    for target in Target:
        clock = state.clock(target)
        if clock.met_at is None:
            whole = counted(state.opened_at, clock.due_at, state.excluded)
            planned += [
                Rung(
                    target,
                    step.percent,
                    add_counted(state.opened_at, whole * step.percent / 100, state.excluded),
                )
                for step in terms.ladder
            ]
    return sorted(planned, key=lambda rung: (rung.at, rung.target, rung.percent))


def _clock(events: Sequence[Event], terms: Terms, target: Target, excluded: Sequence[Interval]) -> Clock:
    met_at = _first_response_at(events) if target is Target.FIRST_RESPONSE else _resolved_at(events)
    opened_at, level = _priorities(events)[0]
    due_at = add_counted(opened_at, terms.targets[level].of(target), excluded)
    for at, changed in _priorities(events)[1:]:
        decided = (met_at is not None and met_at <= at) or due_at < at
        if not decided and changed.rank < level.rank:
            due_at = min(due_at, add_counted(at, terms.targets[changed].of(target), excluded))
        elif not decided and changed.rank > level.rank:
            due_at = max(due_at, add_counted(opened_at, terms.targets[changed].of(target), excluded))
        level = changed
    closed_at = next(
        (event.at for _, event in _status_changes(events) if _new_status(event) is Status.CLOSED), None
    )
    return Clock(target, due_at, met_at, excluded[-1].start if _resting(excluded) else closed_at)


def _priorities(events: Sequence[Event]) -> list[tuple[datetime, Priority]]:
    kinds = (EventKind.OPENED, EventKind.PRIORITY)
    return [(event.at, Priority(str(event.data["priority"]))) for event in events if event.kind in kinds]


def _replies(events: Sequence[Event]) -> dict[object, datetime | None]:
    """When each reply was committed for sending; None where the next server has refused it for good since."""
    told: dict[object, datetime | None] = {}
    for event in events:
        if event.kind is EventKind.REPLY:
            told[event.data["message"]] = told.get(event.data["message"]) or event.at
        elif event.kind is EventKind.REPLY_REFUSED:
            told[event.data["message"]] = None
    return told


def _first_response_at(events: Sequence[Event]) -> datetime | None:
    return min((at for at in _replies(events).values() if at is not None), default=None)


def _resolved_at(events: Sequence[Event]) -> datetime | None:
    """The last resolution that nothing voided; closing a live ticket by hand resolves it as well."""
    resolved: datetime | None = None
    for before, event in _status_changes(events):
        if before in _ENDED:
            resolved = None if _new_status(event) not in _ENDED else resolved
        elif _new_status(event) in _ENDED:
            resolved = event.at
    return resolved


def _exclusions(events: Sequence[Event]) -> list[Interval]:
    """Waiting for an answer we asked for, and for the word that it is not fixed (P11, P1).

    A question that was refused asked nobody. Whatever the customer says that reopens says that it is not fixed.
    """
    found: list[Interval] = []
    since: datetime | None = None
    replies = _replies(events)
    for before, event in _status_changes(events):
        status, cause = _new_status(event), event.data.get("cause")
        reopened = cause in ("not-fixed", "customer") and status not in _ENDED
        if since is not None and (before is Status.WAITING_CUSTOMER or reopened):
            found.append(Interval(since, max(since, event.at), Reason.CUSTOMER))
        asked = status is Status.RESOLVED or (status is Status.WAITING_CUSTOMER and cause == "reply")
        since = replies.get(event.data.get("message"), event.at) if asked else None
    if since is not None and _status(events) is Status.WAITING_CUSTOMER:
        found.append(Interval(since, None, Reason.CUSTOMER))
    return found


def _merged(intervals: Iterable[Interval]) -> Iterable[Interval]:
    """Overlapping intervals count once."""
    last: Interval | None = None
    for interval in sorted(intervals, key=lambda each: each.start):
        if last is not None and (last.end is None or interval.start <= last.end):
            open_end = last.end is None or interval.end is None
            last = replace(last, end=None if open_end else max(last.end, interval.end))  # type: ignore[type-var]
            continue
        if last is not None:
            yield last
        last = interval
    if last is not None:
        yield last


def _resting(excluded: Sequence[Interval]) -> bool:
    return bool(excluded) and excluded[-1].end is None


def _status_changes(events: Sequence[Event]) -> list[tuple[Status, Event]]:
    changes, before = [], Status.NEW
    for event in events:
        if event.kind is EventKind.STATUS:
            changes.append((before, event))
            before = _new_status(event)
    return changes


def _status(events: Sequence[Event]) -> Status:
    changes = _status_changes(events)
    return _new_status(changes[-1][1]) if changes else Status.NEW


def _new_status(event: Event) -> Status:
    return Status(str(event.data["to"]))
