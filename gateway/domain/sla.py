"""Clocks folded from a ticket's log: when each target is due, whether it was met, what did not count. Pure.

Source: promises P1, P5, P11 and P12 (contract clauses 2.1, 2.3.3, 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from gateway.domain.counting import Counting, Interval, Reason, add_counted, counted, merged
from gateway.domain.exclusions import exclusions, replies
from gateway.domain.lifecycle import Event, EventKind, Status
from gateway.domain.terms import Priority, Target, Terms

__all__ = [
    "Clock", "Decision", "Interval", "Reason", "Rung", "Standing", "add_counted", "counted", "decided", "rungs",
    "speaks", "standing", "violated_at",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clock:
    """One target of one ticket. `breached_at`, where set, equals the due instant of the breach.

    Shape: `rests_since` is set while an interval that does not count has begun and not ended; `closed_at` from the
    closing on, which decides whatever was not (P12).
    """

    target: Target
    due_at: datetime
    met_at: datetime | None = None
    rests_since: datetime | None = None
    closed_at: datetime | None = None

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
        priority=told.levels[-1][1],
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

    A percentage is of the counted time from opening to the due instant (P5). A resolved ticket whose only answer was
    refused still owes a first response.
    Shape: `known_at` is when the log last grew; a rest or an answer that begins to count after it stops no rung that
    comes before.
    """
    planned, time = [], Counting(state.ended)
    for target in Target:
        clock = state.clock(target)
        whole = time.between(state.opened_at, clock.due_at)
        for step in terms.ladder:
            at = time.after(state.opened_at, whole * step.percent / 100)
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


@dataclass(slots=True)
class _Told:
    """What the entries say, before any reckoning."""

    opened_at: datetime
    levels: list[tuple[datetime, Priority]] = field(default_factory=list)
    status: Status = Status.NEW
    met: dict[Target, datetime | None] = field(default_factory=dict)
    closed_at: datetime | None = None


def _told(events: Sequence[Event]) -> _Told:
    """Resolved by the last resolution that nothing voided. Closing a live ticket by hand resolves nothing: no person
    wrote the text that resolving needs (P1); it only decides what is not violated by then (P12).
    """
    told, resolved_at = _Told(events[0].at), None
    for event in events:
        if event.kind is EventKind.OPENED or event.kind is EventKind.PRIORITY:
            told.levels.append((event.at, Priority(str(event.data["priority"]))))
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
    """The clock with its due instant moved by every change of priority that found it undecided (P1).

    A due instant that a raised priority brought near stays where a lowering would bring it nearer still: lowering
    never makes a target due sooner.
    """
    target, met_at = clock.target, clock.met_at
    due_at = time.after(told.opened_at, terms.targets[told.levels[0][1]].of(target))
    for (_, before), (at, level) in pairwise(told.levels):
        overdue = Clock(target, due_at, rests_since=clock.rests_since).overdue(at)
        if overdue or (met_at is not None and met_at <= at):
            break
        if level.rank < before.rank:
            due_at = min(due_at, time.after(at, terms.targets[level].of(target)))
        elif level.rank > before.rank:
            due_at = max(due_at, time.after(told.opened_at, terms.targets[level].of(target)))
    return Clock(target, due_at, met_at, clock.rests_since, clock.closed_at)
