"""What has spoken on a ticket and waits for somebody to say that they have seen it. Pure.

Source: promise P5 (contract clause 2.3.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.domain.lifecycle import Event, EventKind, Status
from gateway.domain.sla import Standing
from gateway.domain.terms import Priority, Target

LETTERS: Final = ("engineer-alarm", "engineer-new", "engineer-asked")
"""The letters to engineers that call: answering one acknowledges."""
_CALLS: Final = (EventKind.ALARM, EventKind.PASSED_ON, EventKind.ESCALATION_ASKED)
_PRESSING: Final = (EventKind.OPENED, EventKind.PRIORITY)


@dataclass(frozen=True, slots=True)
class Call:
    """Something that called for people.

    Shape: `kind` is alarm, passed-on, escalation-asked, or opened and priority for a ticket that opened as or became
    Critical; `told` are engineers, empty where the log does not name them.
    """

    kind: EventKind
    at: datetime
    recorded_at: datetime
    target: Target | None = None
    percent: int = 0
    told: tuple[int, ...] = ()


def calls(events: Sequence[Event]) -> list[Call]:
    """Everything that called for people, oldest first."""
    return [_call(event) for event in events if _calls(event)]


def unacknowledged(events: Sequence[Event], standing: Standing) -> list[Call]:
    """What still waits for an acknowledgement: nothing that came before the last one, and no target decided since.

    Whoever acknowledges by mail has seen what had spoken when they wrote, not what spoke while their mail was under
    way.
    """
    if standing.status is Status.CLOSED:
        return []
    waiting: list[Call] = []
    for event in events:
        if event.kind is EventKind.ACKNOWLEDGED:
            waiting = [call for call in waiting if call.recorded_at > event.at]
        elif _calls(event):
            waiting.append(_call(event))
    return [call for call in waiting if call.target is None or standing.clock(call.target).met_at is None]


def _calls(event: Event) -> bool:
    critical = event.kind in _PRESSING and event.data.get("priority") == Priority.CRITICAL
    return critical or event.kind in _CALLS


def _call(event: Event) -> Call:
    target, told = event.data.get("target"), event.data.get("told")
    return Call(
        kind=event.kind,
        at=event.at,
        recorded_at=event.recorded_at,
        target=Target(str(target)) if target else None,
        percent=int(str(event.data.get("percent", 0))),
        told=tuple(int(each) for each in told) if isinstance(told, list | tuple) else (),
    )
