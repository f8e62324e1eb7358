"""Which part of a maintenance window does not count for a customer, and when a window begins. Pure.

Source: promises P8 and P11 (contract clauses 2.5, 4.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


class NoSuchTime(ValueError):
    """A time of day that a zone's clocks skip on that day."""


class TwiceThatNight(ValueError):
    """A time of day that a zone's clocks show twice on that day."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, its beginning included. Shape: UTC, whatever zone it was made in."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        # Python subtracts instants of one zone by their clock faces; elapsed time is asked for here.
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))

    def within(self, other: Span) -> Span | None:
        """The part of both, if any.

        >>> hour = [datetime(2026, 5, 4, count, tzinfo=UTC) for count in range(5)]
        >>> Span(hour[0], hour[2]).within(Span(hour[1], hour[4])) == Span(hour[1], hour[2])
        True
        """
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


@dataclass(frozen=True, slots=True)
class Announcement:
    """A plan of a window as one customer was told it.

    Shape: `accepted_at` is when the next mail server first accepted the letter for any of the customer's agreed
    contacts, None where it accepted none; `needed` is how long ahead the contract wants to know; a plan called off
    has no window.
    """

    window: Span | None
    accepted_at: datetime | None
    needed: timedelta
    emergency: bool = False


def in_time(begins_at: datetime, known_at: datetime, needed: timedelta) -> bool:
    """Whether a window is known as long ahead as agreed, in elapsed time; exactly that long is long enough.

    >>> begins, day = datetime(2026, 5, 4, 10, tzinfo=UTC), timedelta(days=1)
    >>> in_time(begins, begins - 2 * day, 2 * day), in_time(begins, begins - 2 * day + day / 86400, 2 * day)
    (True, False)
    """
    return begins_at.astimezone(UTC) - known_at.astimezone(UTC) >= needed


def counting(
    told: Sequence[Announcement], *, started_at: datetime | None = None, ended_at: datetime | None = None
) -> tuple[Span, ...]:
    """The stretches of a window that pause a customer's targets, in order.

    Each plan keeps what it shares with the ones before it that counted; what it adds counts only where its own
    notice came in time before the added part. Work that begins late or ends early counts from or until then, an
    overrun never.
    Source: P11. Reading: a plan that moves or shortens a window is held against us also where its letter did not
    arrive.
    """
    good: list[Span] = []
    for plan in told:
        if plan.window is None:
            good = []
            continue
        kept = [part for each in good if (part := each.within(plan.window))]
        good = _joined([*kept, *(each for each in _gaps(plan.window, kept) if _known(plan, each.start))])
    begun = [Span(max(each.start, started_at), each.end) if started_at else each for each in good]
    ended = [Span(each.start, min(each.end, ended_at)) if ended_at else each for each in begun]
    return tuple(each for each in ended if each.start < each.end)


def instant(face: datetime, zone: str) -> datetime:
    """The instant at which the clocks of a zone show a date and time.

    Errors: NoSuchTime, TwiceThatNight, both where clocks are changed; KeyError for an unknown zone.

    >>> instant(datetime(2026, 3, 29, 3, 0), "Europe/Berlin")
    datetime.datetime(2026, 3, 29, 1, 0, tzinfo=datetime.timezone.utc)
    """
    here = ZoneInfo(zone)
    found = {face.replace(tzinfo=here, fold=fold).astimezone(UTC) for fold in (0, 1)}
    real = [each for each in found if each.astimezone(here).replace(tzinfo=None) == face]
    if not real:
        raise NoSuchTime(
            f"{face:%H:%M} does not exist in {zone} on {face:%Y-%m-%d}: the clocks are put forward"
        )
    if len(real) > 1:
        raise TwiceThatNight(f"{face:%H:%M} comes twice in {zone} on {face:%Y-%m-%d}: enter it in UTC")
    return real[0]


def _known(plan: Announcement, begins_at: datetime) -> bool:
    """Whether a plan was known in time before a part of it. What is called an emergency never was."""
    if plan.emergency or plan.accepted_at is None:
        return False
    return in_time(begins_at, plan.accepted_at, plan.needed)


def _gaps(window: Span, taken: Iterable[Span]) -> Iterator[Span]:
    """The stretches of a window that are not taken."""
    at = window.start
    for each in sorted(taken, key=lambda span: span.start):
        if at < each.start:
            yield Span(at, each.start)
        at = max(at, each.end)
    if at < window.end:
        yield Span(at, window.end)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Stretches in order, those that touch made one."""
    made: list[Span] = []
    for each in sorted(spans, key=lambda span: span.start):
        if made and each.start <= made[-1].end:
            made[-1] = Span(made[-1].start, max(made[-1].end, each.end))
        else:
            made.append(each)
    return made
