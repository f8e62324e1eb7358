"""Clocks folded from a ticket's log: when each target is due, whether it was met, what did not count. Pure.

Source: promises P1, P5, P11 and P12 (contract clauses 2.1, 2.3.3, 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from gateway.domain.counting import Counting, Interval, Reason, add_counted, counted, merged
from gateway.domain.exclusions import exclusions, replies
from gateway.domain.lifecycle import Event, EventKind, Status
from gateway.domain.terms import Priority, Target, Terms

__all__ = [
    "Clock", "Decision", "Interval", "Reason", "Rung", "Standing", "add_counted", "counted", "decided",
    "planned_at", "rungs", "speaks", "standing", "violated_at",
]  # fmt: skip

_DATED: Final = (EventKind.OPENED, EventKind.AWS_HEALTH)


@dataclass(frozen=True, slots=True)
class Clock:
    """One target of one ticket. `breached_at`, where set, equals the due instant of the breach.

    Shape: `rests_since` is set while an interval that does not count has begun and not ended; `closed_at` from the
    closing on, which decides whatever was not (P12); `begins_at` where its time begins after the opening, since the
    work is planned for then.
    """

    target: Target
    due_at: datetime
    met_at: datetime | None = None
    rests_since: datetime | None = None
    closed_at: datetime | None = None
    begins_at: datetime | None = None

    def breached_at(self, now: datetime) -> datetime | None:
        """The due instant where the target was missed by then; met exactly at its due instant is met."""
        ends = min(each for each in (now, self.met_at, self.closed_at) if each is not None)
        return self.due_at if self.overdue(ends) else None

    def overdue(self, at: datetime) -> bool:
        """Whether the due instant has passed by then and the clock did not rest before it."""
        return at > self.due_at and (self.rests_since is None or self.rests_since >= self.due_at)


@dataclass(frozen=True, slots=True)
class Standing:
    """Both clocks and what was excluded, as the log tells it now.

    Shape: `excluded` is apart and in order, only its last may still be open; `ended` is the same without those still
    open, from which due instants are reckoned.
    """

    opened_at: datetime
    priority: Priority
    status: Status
    first_response: Clock
    resolution: Clock
    excluded: tuple[Interval, ...]
    ended: tuple[Interval, ...] = ()

    @property
    def closed_at(self) -> datetime | None:
        """When the ticket was closed."""
        return self.resolution.closed_at

    def clock(self, target: Target) -> Clock:
        """The clock of one target."""
        return self.first_response if target is Target.FIRST_RESPONSE else self.resolution

    def begins(self, target: Target) -> datetime:
        """From when the time of one target counts."""
        return self.clock(target).begins_at or self.opened_at


@dataclass(frozen=True, slots=True)
class Decision:
    """How a ticket counts for the credits, once and for all that is known now, and at which instant (P12)."""

    kept: bool
    at: datetime


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
    told = _told(events)
    counting = [one.interval for one in exclusions(events) if one.counts]
    excluded = merged(counting)
    resting = bool(excluded) and excluded[-1].end is None
    ended = merged(each for each in counting if each.end is not None) if resting else excluded
    time, rests_since = Counting(ended), excluded[-1].start if resting else None
    clocks = {
        target: _clock(told, terms, time, Clock(target, told.opened_at, met_at, rests_since, told.closed_at))
        for target, met_at in told.met.items()
    }
    return Standing(
        opened_at=told.opened_at,
        priority=told.priority,
        status=told.status,
        first_response=clocks[Target.FIRST_RESPONSE],
        resolution=clocks[Target.RESOLUTION],
        excluded=excluded,
        ended=ended,
    )


def violated_at(state: Standing, now: datetime) -> datetime | None:
    """The due instant of the first violated target, or None while none is (P11, P12)."""
    breaches = (state.clock(target).breached_at(now) for target in Target)
    return min((at for at in breaches if at is not None), default=None)


def decided(state: Standing, now: datetime) -> Decision | None:
    """How the ticket counts: violated at the due instant of its first violated target, else kept when it closes."""
    if (at := violated_at(state, now)) is not None:
        return Decision(kept=False, at=at)
    return Decision(kept=True, at=state.closed_at) if state.closed_at is not None else None


def rungs(state: Standing, terms: Terms, *, known_at: datetime | None = None) -> list[Rung]:
    """Every rung of the ladder of each undecided target, by instant; none while the clock rests.

    A percentage is of the counted time from a target's beginning to its due instant (P5). A resolved ticket whose
    only answer was refused still owes a first response.
    Shape: `known_at` is when the log last grew; a rest or an answer that begins to count after it stops no rung that
    comes before.
    """
    planned, time = [], Counting(state.ended)
    for target in Target:
        clock, begins = state.clock(target), state.begins(target)
        whole = time.between(begins, clock.due_at)
        for step in terms.ladder:
            at = time.after(begins, whole * step.percent / 100)
            if speaks(state, clock, at, known_at=known_at):
                planned.append(Rung(target, step.percent, at))
    return sorted(planned, key=lambda rung: (rung.at, rung.target, rung.percent))


def speaks(state: Standing, clock: Clock, at: datetime, *, known_at: datetime | None) -> bool:
    """Whether the ladder of a target speaks at an instant: the target undecided, its clock running, as known."""
    rests_since, met_at = clock.rests_since, clock.met_at
    if state.status is Status.CLOSED:
        return False
    if rests_since is not None and (known_at is None or rests_since <= known_at or at > rests_since):
        return False
    return met_at is None or (known_at is not None and known_at < met_at and at < met_at)


@dataclass(frozen=True, slots=True)
class _Change:
    """What may move a due instant: another priority, or another date of the work; the other is None."""

    at: datetime
    level: Priority | None = None
    planned_at: datetime | None = None


@dataclass(slots=True)
class _Told:
    """What the entries say, before any reckoning. Shape: `level` and `planned_at` are those of the opening."""

    opened_at: datetime
    level: Priority
    planned_at: datetime | None = None
    changes: list[_Change] = field(default_factory=list)
    priority: Priority = Priority.LOW
    status: Status = Status.NEW
    met: dict[Target, datetime | None] = field(default_factory=dict)
    closed_at: datetime | None = None


def planned_at(event: Event) -> datetime | None:
    """The date of the work, where an entry tells one: the opening does, and news of the change from AWS."""
    told = event.data.get("planned") if event.kind in _DATED else None
    return datetime.fromisoformat(str(told)) if told else None


def _told(events: Sequence[Event]) -> _Told:
    """Resolved by the last resolution that nothing voided. Closing a live ticket by hand resolves nothing: no person
    wrote the text that resolving needs (P1); it only decides what is not violated by then (P12).
    """
    opened, resolved_at = events[0], None
    level, planned = Priority(str(opened.data["priority"])), planned_at(opened)
    told = _Told(opened.at, level, planned, priority=level)
    for event in events[1:]:
        if event.kind is EventKind.PRIORITY:
            told.priority = Priority(str(event.data["priority"]))
            told.changes.append(_Change(event.at, told.priority))
        elif (date := planned_at(event)) is not None and date != planned:
            planned = date
            told.changes.append(_Change(event.at, planned_at=date))
        elif event.kind is EventKind.STATUS:
            told.status = Status(str(event.data["to"]))
            if told.status is Status.RESOLVED:
                resolved_at = event.at
            elif told.status is Status.CLOSED:
                told.closed_at = told.closed_at or event.at
            else:
                resolved_at = None
    answered = (at for at in replies(events).values() if at is not None)
    told.met = {Target.FIRST_RESPONSE: min(answered, default=None), Target.RESOLUTION: resolved_at}
    return told


def _clock(told: _Told, terms: Terms, time: Counting, clock: Clock) -> Clock:
    """The clock with its due instant moved by every change of priority or date that found it undecided (P1).

    A due instant that a raised priority brought near stays where a lowering would bring it nearer still: lowering
    never makes a target due sooner. The resolution of planned work is promised from the planned date on, or from when
    the date was told where that is later; of answering, the date changes nothing.
    """
    target, level = clock.target, told.level
    dated = target is Target.RESOLUTION
    begins = max(told.opened_at, told.planned_at) if dated and told.planned_at else told.opened_at
    due_at = time.after(begins, terms.targets[level].of(target))
    for change in told.changes:
        overdue = Clock(target, due_at, rests_since=clock.rests_since).overdue(change.at)
        if overdue or (clock.met_at is not None and clock.met_at <= change.at):
            break
        if change.planned_at is not None and dated:
            begins = max(change.planned_at, change.at)
            due_at = time.after(begins, terms.targets[level].of(target))
        elif change.level is not None:
            promised = terms.targets[change.level].of(target)
            if change.level.rank < level.rank:
                due_at = min(due_at, time.after(max(begins, change.at), promised))
            elif change.level.rank > level.rank:
                due_at = max(due_at, time.after(begins, promised))
            level = change.level
    return replace(clock, due_at=due_at, begins_at=begins if begins != told.opened_at else None)
