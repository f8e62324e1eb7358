"""What a ticket will owe somebody, and when, as its log tells it now. Pure.

Source: promises P1, P4 and P5 (contract clauses 2.1, 2.3.2, 2.3.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import Final

from gateway.domain import sla
from gateway.domain.lifecycle import Event, EventKind
from gateway.domain.sla import Standing
from gateway.domain.terms import Target, Terms


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
    that is merely late speaks.
    """
    return _still_to_speak(sla.rungs(state, terms), _spoken(events), _changed_at(events))


def _changed_at(events: Sequence[Event]) -> datetime:
    """When the last thing was entered that moves a clock."""
    return max(event.recorded_at for event in events if event.kind in _CHANGES)


def _spoken(events: Sequence[Event]) -> dict[str, int]:
    """Target → the highest rung that has spoken."""
    highest: dict[str, int] = {}
    for event in events:
        if event.kind is EventKind.ALARM:
            target, percent = str(event.data["target"]), int(str(event.data["percent"]))
            highest[target] = max(percent, highest.get(target, 0))
    return highest


def _still_to_speak(rungs: Sequence[sla.Rung], spoken: dict[str, int], changed_at: datetime) -> list[Plan]:
    kept = []
    for rung in rungs:
        passed_by = any(
            other.target is rung.target and other.percent > rung.percent and other.at <= changed_at
            for other in rungs
        )
        if rung.percent > spoken.get(rung.target, 0) and not passed_by:
            kept.append(Plan(Owed.RUNG, rung.at, rung.target, rung.percent))
    return kept
