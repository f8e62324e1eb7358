"""The evidence sheet of a ticket: what a customer needs to reckon both clocks again by hand. Pure.

Source: promises P1, P11 and P12 (contract clauses 2.1, 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Final

from gateway.domain import sla
from gateway.domain.counting import Counting, Reason
from gateway.domain.exclusions import Exclusion, Proof, exclusions
from gateway.domain.lifecycle import Event, EventKind, Status
from gateway.domain.sla import Clock, Decision, Standing
from gateway.domain.terms import Priority, Target, Terms


@unique
class Cause(StrEnum):
    """What set a due instant or moved it."""

    OPENING = "opening"
    PRIORITY = "priority"
    PLANNED = "planned"
    WAIT = "wait"
    EXCLUSION = "exclusion"
    LATE_EXCLUSION = "late-exclusion"
    EXCLUSION_ENDED = "exclusion-ended"
    STRIKE = "strike"
    REFUSAL = "refusal"


@unique
class Outcome(StrEnum):
    """How one target stands. `closed`: the ticket was closed before the target was met or missed."""

    RUNNING = "running"
    RESTING = "resting"
    MET = "met"
    BREACHED = "breached"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of time that counts, or does not because of one exclusion.

    Shape: `total` is the counted time from the target's beginning to its end; `exclusion` is the id, None where the
    time counts; where exclusions overlap, the time stands under the one that began first.
    """

    start: datetime
    end: datetime
    total: timedelta
    exclusion: str | None = None
    reason: Reason | None = None
    author: str | None = None
    proof: Proof | None = None

    @property
    def counts(self) -> bool:
        """Whether its time counts."""
        return self.exclusion is None


@dataclass(frozen=True, slots=True)
class Move:
    """A change of a due instant.

    Shape: `seq` is the entry of the log that moved it (counted from 1); `what` the new priority, the new date of the
    work in ISO 8601, the exclusion's id, or the message whose refusal undid an answer; `before` is None for the
    opening, which set it.
    """

    cause: Cause
    at: datetime
    recorded_at: datetime
    by: str
    seq: int
    what: str
    before: datetime | None
    after: datetime


@dataclass(frozen=True, slots=True)
class Reckoning:
    """One target, as it can be reckoned again.

    Units: `promised` is the duration for the priority now; `allowed` is the counted time from `begins_at` (the
    opening, or the date that work is planned for) to `due_at`, which differs from it where the priority was raised;
    `used` is the sum of the counted stretches, which end where the target was met, the ticket closed, or now. What is
    used beyond `allowed` is too late.
    """

    target: Target
    outcome: Outcome
    promised: timedelta
    allowed: timedelta
    used: timedelta
    begins_at: datetime
    due_at: datetime
    met_at: datetime | None
    breached_at: datetime | None
    stretches: tuple[Stretch, ...]
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Both targets and every exclusion, struck and contested ones included, as known now."""

    opened_at: datetime
    now: datetime
    priority: Priority
    status: Status
    targets: tuple[Reckoning, ...]
    exclusions: tuple[Exclusion, ...]
    violated_at: datetime | None
    decided: Decision | None

    def of(self, target: Target) -> Reckoning:
        """The reckoning of one target."""
        return next(each for each in self.targets if each.target is target)


def sheet(events: Sequence[Event], terms: Terms, now: datetime) -> Sheet:
    """Everything that decided the ticket's clocks by now.

    Errors: ValueError where the log does not begin with `opened`.
    """
    state, found = sla.standing(events, terms), exclusions(events)
    moves = _moves(events, terms)
    return Sheet(
        opened_at=state.opened_at,
        now=now,
        priority=state.priority,
        status=state.status,
        targets=tuple(
            _reckoning(state, each, terms=terms, found=found, moves=moves[each], now=now) for each in Target
        ),
        exclusions=found,
        violated_at=sla.violated_at(state, now),
        decided=sla.decided(state, now),
    )


def _reckoning(state: Standing, target: Target, *, terms: Terms, found: Sequence[Exclusion], moves: Sequence[Move],
               now: datetime) -> Reckoning:  # fmt: skip
    clock, begins = state.clock(target), state.begins(target)
    until = max(begins, clock.met_at or clock.closed_at or now)
    stretches = tuple(_stretches(begins, until, found))
    return Reckoning(
        target=target,
        outcome=_outcome(clock, now),
        promised=terms.targets[state.priority].of(target),
        allowed=Counting(state.ended).between(begins, clock.due_at),
        used=stretches[-1].total if stretches else timedelta(),
        begins_at=begins,
        due_at=clock.due_at,
        met_at=clock.met_at,
        breached_at=clock.breached_at(now),
        stretches=stretches,
        moves=tuple(moves),
    )


def _outcome(clock: Clock, now: datetime) -> Outcome:
    if clock.breached_at(now) is not None:
        return Outcome.BREACHED
    if clock.met_at is not None:
        return Outcome.MET
    if clock.closed_at is not None:
        return Outcome.CLOSED
    resting = clock.rests_since is not None and clock.rests_since <= now
    return Outcome.RESTING if resting else Outcome.RUNNING


def _stretches(begins: datetime, until: datetime, found: Iterable[Exclusion]) -> Iterator[Stretch]:
    reached, total = begins, timedelta()
    for one in sorted((each for each in found if each.counts), key=lambda each: each.start):
        start, end = max(one.start, reached), min(one.end or until, until)
        if end <= start:
            continue
        if start > reached:
            total += start - reached
            yield Stretch(reached, start, total)
        yield Stretch(start, end, total, one.id, one.reason, one.author, one.proof)
        reached = end
    if until > reached:
        yield Stretch(reached, until, total + (until - reached))


_CAUSES: Final = {
    EventKind.PRIORITY: Cause.PRIORITY,
    EventKind.AWS_HEALTH: Cause.PLANNED,
    EventKind.STATUS: Cause.WAIT,
    EventKind.EXCLUDED: Cause.EXCLUSION,
    EventKind.EXCLUSION_ENDED: Cause.EXCLUSION_ENDED,
    EventKind.EXCLUSION_STRUCK: Cause.STRIKE,
    EventKind.REPLY_REFUSED: Cause.REFUSAL,
}
"""The entries that can move a due instant."""
_READ: Final = frozenset(_CAUSES) | {EventKind.OPENED, EventKind.REPLY}
_WAITED: Final = (Status.WAITING_CUSTOMER, Status.RESOLVED)


def _moves(events: Sequence[Event], terms: Terms) -> dict[Target, list[Move]]:
    """Each due instant as the log told it after every entry that could move it.

    Shape: folds what was read so far again for each of them, which a page that is asked for can afford and a verb
    could not. Of the changes of status only those that end a wait are among them.
    """
    moves: dict[Target, list[Move]] = {target: [] for target in Target}
    read: list[Event] = []
    status = Status.NEW
    for seq, event in enumerate(events, start=1):
        if event.kind not in _READ or (event.kind is EventKind.AWS_HEALTH and not event.data.get("planned")):
            continue
        read.append(event)
        before = status
        if event.kind is EventKind.STATUS:
            status = Status(str(event.data["to"]))
        still = event.kind is EventKind.STATUS and before not in _WAITED
        if still or event.kind is EventKind.REPLY:
            continue
        state = sla.standing(read, terms)
        for target, made in moves.items():
            old, new = made[-1].after if made else None, state.clock(target).due_at
            if old != new:
                made.append(_move(events, seq, old, new))
    return moves


def _move(events: Sequence[Event], seq: int, before: datetime | None, after: datetime) -> Move:
    event = events[seq - 1]
    cause, what = _CAUSES.get(event.kind, Cause.OPENING), str(event.data.get("priority", ""))
    if cause is Cause.PLANNED:
        what = str(event.data["planned"])
    elif cause not in (Cause.OPENING, Cause.PRIORITY):
        known, now_known = exclusions(events[: seq - 1]), exclusions(events[:seq])
        changed = next(
            (one for one in (*now_known, *known) if one not in known or one not in now_known), None
        )
        what = changed.id if changed else str(event.data.get("message", ""))
        late = changed is not None and changed.end is not None and changed.end < event.recorded_at
        cause = Cause.LATE_EXCLUSION if cause is Cause.EXCLUSION and late else cause
    return Move(cause, event.at, event.recorded_at, event.actor, seq, what, before, after)
