"""How a target's clock is drawn: a word, a shape and a bar, never colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from gateway.domain.counting import Counting
from gateway.domain.lifecycle import Status
from gateway.domain.sla import Clock, Interval, Standing
from gateway.domain.terms import Target
from gateway.store.models import Ticket
from web import codes, exclusion_words
from web.visit import Reader

_ICONS: Final = {"hot": "clock", "late": "warn", "rest": "pause", "done": "check", "shut": "lock"}


@dataclass(frozen=True, slots=True)
class Due:
    """One clock as it is drawn.

    Shape: `state` is a class of the style sheet (ok, warm, hot, late, rest, done); `used` and `grey` are percent of
    the target: how much is used up, and which parts did not count, as (start, width); `runs` is from when to when
    a running clock counts, so that the page can tick it by itself.
    """

    name: str
    state: str
    icon: str
    words: str
    used: int
    grey: tuple[tuple[int, int], ...] = ()
    detail: str = ""
    runs: tuple[datetime, datetime] | None = None

    @property
    def runs_ms(self) -> tuple[int, int] | None:
        """`runs` in milliseconds, as browsers count."""
        return (millis(self.runs[0]), millis(self.runs[1])) if self.runs else None


def millis(at: datetime) -> int:
    """An instant as browsers count it."""
    return int(at.timestamp() * 1000)


def next_target(ticket: Ticket, now: datetime, reader: Reader, rest: Interval | None = None) -> Due:
    """The clock that matters next on a ticket, as its row remembers it; `rest` is what it rests for, if it does."""
    if ticket.resolved_at is not None or ticket.status == Status.CLOSED:
        return _over(ticket, reader)
    first = ticket.first_response_at is None and ticket.first_response_due_at <= ticket.resolution_due_at
    target = Target.FIRST_RESPONSE if first else Target.RESOLUTION
    due_at = ticket.first_response_due_at if first else ticket.resolution_due_at
    begins = ticket.opened_at if first else _begins(ticket)
    name = reader.say(codes.TARGETS[target])
    if rest is not None and rest.start <= due_at:
        used = share(begins, due_at, rest.start)
        return Due(name, "rest", "pause", reader.say("Paused"), used)
    used = share(begins, due_at, now)
    state = _running(used, now > due_at)
    left = reader.left(due_at - now)
    return Due(name, state, _ICONS.get(state, ""), left, used, runs=(begins, due_at))


def of_standing(state: Standing, target: Target, now: datetime, reader: Reader) -> Due:
    """One clock of a ticket as its whole log tells it: met, late, closed, resting or running."""
    clock, due = state.clock(target), reader.instant(state.clock(target).due_at)
    if clock.met_at is not None:
        return _met(state, clock, reader)
    if clock.closed_at is not None:
        return _closed(state, clock, reader)
    if clock.rests_since is not None and clock.rests_since <= now and clock.breached_at(now) is None:
        return _resting(state, clock, now, reader)
    used = share(state.begins(target), clock.due_at, now)
    drawn = _running(used, clock.breached_at(now) is not None)
    detail = reader.say("Due %(due)s.", due=due) + _excluded_words(state.ended, reader)
    left = reader.left(clock.due_at - now)
    made = _drawn(state, clock, now, reader, drawn=drawn, words=left, used=used, detail=detail)
    return replace(made, runs=(state.begins(target), clock.due_at))


def _met(state: Standing, clock: Clock, reader: Reader) -> Due:
    """Met, in time or too late; of both the counted time is told."""
    met_at, time = clock.met_at or clock.due_at, Counting(state.ended)
    late = clock.breached_at(met_at) is not None
    took = reader.duration(time.between(state.begins(clock.target), met_at))
    words = (
        reader.left(-time.between(clock.due_at, met_at)) if late else reader.say("Met in %(time)s", time=took)
    )
    detail = reader.say(
        "Due %(due)s, met %(met)s.", due=reader.instant(clock.due_at), met=reader.instant(met_at)
    ) + _excluded_words(state.ended, reader, until=met_at)
    used = share(state.begins(clock.target), clock.due_at, met_at)
    drawn = "late" if late else "done"
    return _drawn(state, clock, met_at, reader, drawn=drawn, words=words, used=used, detail=detail)


def _closed(state: Standing, clock: Clock, reader: Reader) -> Due:
    """Not met when the ticket was closed, which stopped the clock."""
    closed_at = clock.closed_at or clock.due_at
    late = clock.breached_at(closed_at) is not None
    told = {"due": reader.instant(clock.due_at), "closed": reader.instant(closed_at)}
    detail = reader.say("Due %(due)s, not met when the ticket was closed %(closed)s.", **told)
    words = reader.say("Stopped")
    if late:
        words = reader.left(-Counting(state.ended).between(clock.due_at, closed_at))
    used = share(state.begins(clock.target), clock.due_at, closed_at)
    drawn = "late" if late else "shut"
    return _drawn(state, clock, closed_at, reader, drawn=drawn, words=words, used=used, detail=detail)


def _resting(state: Standing, clock: Clock, now: datetime, reader: Reader) -> Due:
    """Not running now: since when, why, and how much is left once it runs again."""
    rest = state.excluded[-1]
    left = Counting(state.ended).between(rest.start, clock.due_at)
    detail = reader.say(
        "%(why)s since %(since)s, not counted. Once it ends, %(time)s are left.",
        why=reader.say(exclusion_words.REASONS[rest.reason]),
        since=reader.instant(rest.start),
        time=reader.duration(left),
    )
    used = share(state.begins(clock.target), clock.due_at, rest.start)
    words = reader.say("Paused")
    return _drawn(state, clock, now, reader, drawn="rest", words=words, used=used, detail=detail)


def _drawn(state: Standing, clock: Clock, until: datetime, reader: Reader, *, drawn: str, words: str, used: int,
           detail: str) -> Due:  # fmt: skip
    name, grey = reader.say(codes.TARGETS[clock.target]), _grey(state, clock, until)
    css = "rest" if drawn == "shut" else drawn
    return Due(name, css, _ICONS.get(drawn, ""), words, used, grey, detail)


def _over(ticket: Ticket, reader: Reader) -> Due:
    """A ticket that is resolved or closed, as its row remembers it."""
    name, label = reader.say(codes.TARGETS[Target.RESOLUTION]), reader.label(ticket.status)
    if ticket.resolved_at is None:
        return Due(name, "rest", "lock", label, 100)
    late = ticket.resolved_at > ticket.resolution_due_at
    used = share(_begins(ticket), ticket.resolution_due_at, ticket.resolved_at)
    if late:
        words = reader.left(ticket.resolution_due_at - ticket.resolved_at)
        return Due(name, "late", "warn", words, used)
    return Due(name, "done", "check", label, used)


def _begins(ticket: Ticket) -> datetime:
    """From when the time of its resolution counts, as its row remembers it: of planned work from its date."""
    return max(ticket.opened_at, ticket.planned_at) if ticket.planned_at else ticket.opened_at


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
        begin = share(state.begins(clock.target), clock.due_at, interval.start)
        width = share(state.begins(clock.target), clock.due_at, min(interval.end or now, now)) - begin
        if width > 0:
            parts.append((begin, width))
    return tuple(parts)


def _excluded_words(excluded: Sequence[Interval], reader: Reader, until: datetime | None = None) -> str:
    ends = [(each.start, min(each.end, until or each.end)) for each in excluded if each.end]
    total = sum((end - start for start, end in ends if end > start), timedelta())
    if not total:
        return ""
    return " " + reader.say("Grey: %(time)s not counted.", time=reader.duration(total))
