"""How a target's clock is drawn: a word, a shape and a bar, never colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.domain.lifecycle import Status
from gateway.domain.sla import Clock, Interval, Standing
from gateway.domain.terms import Target
from gateway.store.models import Ticket
from web import codes
from web.visit import Reader

_ICONS: Final = {"hot": "clock", "late": "warn", "rest": "pause", "done": "check", "missed": "warn"}


@dataclass(frozen=True, slots=True)
class Due:
    """One clock as it is drawn.

    Shape: `state` is a class of the style sheet (ok, warm, hot, late, rest, done); `used` and `grey` are percent of
    the target: how much is used up, and which parts did not count, as (start, width).
    """

    name: str
    state: str
    icon: str
    words: str
    used: int
    grey: tuple[tuple[int, int], ...] = ()
    detail: str = ""


def next_target(ticket: Ticket, now: datetime, reader: Reader) -> Due:
    """The clock that matters next on a ticket, as its row remembers it."""
    if ticket.resolved_at is not None:
        return Due(reader.say("Resolution"), "done", "check", reader.label(ticket.status), 100)
    first = ticket.first_response_at is None and ticket.first_response_due_at <= ticket.resolution_due_at
    target = Target.FIRST_RESPONSE if first else Target.RESOLUTION
    due_at = ticket.first_response_due_at if first else ticket.resolution_due_at
    used = share(ticket.opened_at, due_at, now)
    if ticket.status == Status.WAITING_CUSTOMER and not first:
        return Due(reader.say(codes.TARGETS[target]), "rest", "pause", reader.say("Paused"), used)
    state = _running(used, now > due_at)
    return Due(
        reader.say(codes.TARGETS[target]), state, _ICONS.get(state, ""), reader.left(due_at - now), used
    )


def of_standing(state: Standing, target: Target, now: datetime, reader: Reader) -> Due:
    """One clock of a ticket as its whole log tells it."""
    clock, name = state.clock(target), reader.say(codes.TARGETS[target])
    due = reader.instant(clock.due_at)
    grey = _grey(state, clock, now)
    if clock.met_at is not None:
        late = clock.breached_at(now) is not None
        took = reader.duration(clock.met_at - state.opened_at)
        words = reader.left(clock.due_at - clock.met_at) if late else reader.say("Met in %(time)s", time=took)
        detail = reader.say("Due %(due)s, met %(met)s.", due=due, met=reader.instant(clock.met_at))
        used = share(state.opened_at, clock.due_at, clock.met_at)
        return Due(name, *(("late", "warn") if late else ("done", "check")), words, used, grey, detail)
    used = share(state.opened_at, clock.due_at, now)
    if state.excluded and state.excluded[-1].end is None:
        since = reader.instant(state.excluded[-1].start)
        detail = reader.say("Waiting for the customer since %(since)s. Due %(due)s if they answered then.",
                            since=since, due=due)  # fmt: skip
        return Due(name, "rest", "pause", reader.say("Paused"), used, grey, detail)
    drawn = _running(used, now > clock.due_at)
    detail = reader.say("Due %(due)s.", due=due) + _excluded_words(state.excluded, reader)
    return Due(name, drawn, _ICONS.get(drawn, ""), reader.left(clock.due_at - now), used, grey, detail)


def share(start: datetime, end: datetime, now: datetime) -> int:
    """How much of a stretch of time has passed, in whole percent from 0 to 100."""
    whole = end - start
    if whole <= timedelta():
        return 100
    return max(0, min(100, int(100 * ((now - start) / whole))))


def _running(used: int, late: bool) -> str:
    if late:
        return "late"
    return "hot" if used >= 90 else "warm" if used >= 75 else "ok"


def _grey(state: Standing, clock: Clock, now: datetime) -> tuple[tuple[int, int], ...]:
    parts = []
    for interval in state.excluded:
        begin = share(state.opened_at, clock.due_at, interval.start)
        width = share(state.opened_at, clock.due_at, interval.end or now) - begin
        if width > 0:
            parts.append((begin, width))
    return tuple(parts)


def _excluded_words(excluded: Sequence[Interval], reader: Reader) -> str:
    total = sum((each.end - each.start for each in excluded if each.end), timedelta())
    if not total:
        return ""
    return " " + reader.say("Grey: %(time)s not counted.", time=reader.duration(total))
