"""What a ticket will owe somebody, and when, as its log tells it now. Pure.

Source: promises P1, P4 and P5 (contract clauses 2.1, 2.3.2, 2.3.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Final

from gateway.domain import sla
from gateway.domain.counting import Counting
from gateway.domain.exclusions import replies
from gateway.domain.lifecycle import LIVE, Event, EventKind, Status
from gateway.domain.sla import Standing
from gateway.domain.terms import Target, Terms

LEAST_WAIT: Final = timedelta(minutes=2)
"""How long a rung may at least be acknowledged before it is passed on (P5)."""


@unique
class Owed(StrEnum):
    """What is owed."""

    RUNG = "rung"
    PASS_ON = "pass-on"  # noqa: S105  no password
    PROGRESS = "progress"
    REMINDER = "reminder"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Plan:
    """One thing owed at an instant. Shape: `target` and `percent` name the rung, else None and 0."""

    owed: Owed
    at: datetime
    target: Target | None = None
    percent: int = 0


_CHANGES: Final = frozenset(
    {
        EventKind.OPENED,
        EventKind.PRIORITY,
        EventKind.STATUS,
        EventKind.REPLY_REFUSED,
        EventKind.EXCLUDED,
        EventKind.EXCLUSION_ENDED,
        EventKind.EXCLUSION_STRUCK,
    }
)


def plans(events: Sequence[Event], state: Standing, terms: Terms) -> list[Plan]:
    """Everything still owed, by instant.

    Each rung speaks once; of rungs that a change leaves in the past only the highest unsent one speaks (P1). A rung
    that is merely late speaks, also where a higher one has overtaken it. A ticket that is neither resolved nor closed
    owes progress, also while its clocks rest; a resolved one owes the reminder and the closing once its letter was
    delivered (P4).
    """
    if state.status is Status.CLOSED:
        return []
    told = _told(events)
    ladder = sla.rungs(state, terms, known_at=told.grew_at)
    found = [*_still_to_speak(ladder, told), *_to_pass_on(told, state, terms)]
    if state.status is Status.RESOLVED:
        found += _silence(told, terms)
    else:
        spoken_to = max(at for at in (state.opened_at, told.progress_at, *_written(events)) if at is not None)
        found.append(Plan(Owed.PROGRESS, spoken_to + terms.progress[state.priority]))
    return sorted(found, key=lambda plan: (plan.at, plan.owed, plan.target or "", plan.percent))


@dataclass(slots=True)
class _Spoken:
    """The highest rung of a target that has spoken."""

    percent: int
    at: datetime
    answered: bool = False


@dataclass(slots=True)
class _Told:
    """What the log says was done.

    Shape: `said` are the rungs that spoke, `spoken` the highest of each target; `progress_at` is the last progress
    report or reopening; the rest is of the standing resolution.
    """

    grew_at: datetime
    changed_at: datetime
    said: set[tuple[str, int]] = field(default_factory=set)
    spoken: dict[str, _Spoken] = field(default_factory=dict)
    progress_at: datetime | None = None
    resolution: object = None
    delivered_at: datetime | None = None
    reminded: bool = False


def _told(events: Sequence[Event]) -> _Told:
    told, before = _Told(events[0].recorded_at, events[0].recorded_at), Status.NEW
    planned = None
    for event in events:
        kind = event.kind
        told.grew_at = max(told.grew_at, event.recorded_at)
        dated = sla.planned_at(event)
        if kind in _CHANGES or (dated is not None and dated != planned):
            told.changed_at = max(told.changed_at, event.recorded_at)
        planned = dated or planned
        if kind is EventKind.STATUS:
            after = Status(str(event.data["to"]))
            _moved(told, event, before, after)
            before = after
        elif kind is EventKind.PROGRESS:
            # Told late, the next one is due a period after it was told: nobody wants a burst of them.
            told.progress_at = max(event.at, event.recorded_at, told.progress_at or event.at)
        elif kind in _OF_THE_LADDER:
            _climbed(told, event)
        elif kind in _OF_A_RESOLUTION:
            _delivered(told, event)
    return told


_OF_THE_LADDER: Final = frozenset({EventKind.ALARM, EventKind.PASSED_ON, EventKind.ACKNOWLEDGED})
_OF_A_RESOLUTION: Final = frozenset(
    {EventKind.RESOLUTION_DELIVERED, EventKind.REMINDED, EventKind.REPLY_REFUSED}
)


def _moved(told: _Told, event: Event, before: Status, after: Status) -> None:
    if after is Status.RESOLVED:
        told.resolution, told.delivered_at, told.reminded = event.data.get("message"), None, False
    elif before is Status.RESOLVED and after in LIVE:
        told.progress_at = max(event.at, told.progress_at or event.at)


def _climbed(told: _Told, event: Event) -> None:
    """An acknowledgement answers all that spoke before it in the log; a pass-on is made once for a rung (P5)."""
    spoken = told.spoken
    if event.kind is EventKind.ACKNOWLEDGED:
        for rung in spoken.values():
            rung.answered = True
        return
    target, percent = str(event.data["target"]), int(str(event.data["percent"]))
    rung_or_none = spoken.get(target)
    if event.kind is EventKind.ALARM:
        told.said.add((target, percent))
    if event.kind is EventKind.ALARM and (rung_or_none is None or rung_or_none.percent < percent):
        spoken[target] = _Spoken(percent, event.at)
    elif event.kind is EventKind.PASSED_ON and rung_or_none and rung_or_none.percent == percent:
        rung_or_none.answered = True


def _delivered(told: _Told, event: Event) -> None:
    """Silence counts from the first acceptance of the standing resolution's letter that was not returned since."""
    if event.kind is EventKind.REMINDED:
        told.reminded = True
    elif told.resolution is None or event.data.get("message") == told.resolution:
        accepted = event.kind is EventKind.RESOLUTION_DELIVERED
        told.delivered_at = (told.delivered_at or event.at) if accepted else None


def _written(events: Sequence[Event]) -> Iterable[datetime | None]:
    """When a person wrote to the customer; what was refused for good reached nobody."""
    return replies(events).values()


def _silence(told: _Told, terms: Terms) -> list[Plan]:
    if told.delivered_at is None:
        return []
    closing = Plan(Owed.CLOSING, told.delivered_at + terms.confirmation.close_after)
    reminder = Plan(Owed.REMINDER, told.delivered_at + terms.confirmation.remind_after)
    return [closing] if told.reminded else [reminder, closing]


def _still_to_speak(ladder: Sequence[sla.Rung], told: _Told) -> list[Plan]:
    kept = []
    for rung in ladder:
        passed_by = any(
            other.target is rung.target and other.percent > rung.percent and other.at <= told.changed_at
            for other in ladder
        )
        if (rung.target, rung.percent) not in told.said and not passed_by:
            kept.append(Plan(Owed.RUNG, rung.at, rung.target, rung.percent))
    return kept


def _to_pass_on(told: _Told, state: Standing, terms: Terms) -> list[Plan]:
    """The highest rung that spoke, where nobody acknowledged it, at half of the counted time to the next one (P5).

    Where the next rung comes sooner than that, or a change has left it in the past, its people hear of it anyway.
    """
    found, time = [], Counting(state.ended)
    for target in Target:
        spoken, clock = told.spoken.get(target), state.clock(target)
        above = terms.rung_after(spoken.percent) if spoken else None
        if spoken is None or spoken.answered or above is None:
            continue
        begins = state.begins(target)
        whole = time.between(begins, clock.due_at)
        next_at = time.after(begins, whole * above.percent / 100)
        half = time.after(begins, whole * (spoken.percent + above.percent) / 200)
        at = max(half, time.after(spoken.at, LEAST_WAIT))
        if told.changed_at < next_at > at and sla.speaks(state, clock, at, known_at=told.grew_at):
            found.append(Plan(Owed.PASS_ON, at, target, spoken.percent))
    return found
