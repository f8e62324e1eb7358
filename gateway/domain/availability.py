"""Measured minutes → availability of a stretch of time. Pure.

A minute is up where all that was probed in it was completed, down where something was not, and unmeasured where
nothing probed; it counts in the stretch in which it begins. Availability is up ÷ (up + down), exactly; announced
maintenance and unmeasured minutes are in neither and are shown apart. Printed percentages are rounded down.

Source: promise P2 (contract clause 2.2). Reading: what nobody measured is never called up, and is not called down
either; a minute of announced maintenance does not count even where it was up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum, unique
from fractions import Fraction
from typing import Final

from gateway.domain.windows import Span

MINUTE: Final = timedelta(minutes=1)
PROMISED: Final = Fraction(999, 1000)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@unique
class Component(StrEnum):
    """What is measured. `platform` is the whole of P2: mail became a delivery and left again, the web answered."""

    PLATFORM = "platform"
    MAIL_IN = "mail-in"
    WORKERS = "workers"
    MAIL_OUT = "mail-out"
    WEB = "web"
    AWS_SYNC = "aws-sync"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Minutes in a row that were measured alike: from `since` on, before `until`."""

    since: datetime
    until: datetime
    up: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """A stretch of time in minutes."""

    up: int = 0
    down: int = 0
    maintenance: int = 0
    unmeasured: int = 0

    @property
    def share(self) -> Fraction | None:
        """Up ÷ (up + down), exactly; None where nothing counts."""
        counted = self.up + self.down
        return Fraction(self.up, counted) if counted else None


def minute_of(at: datetime) -> datetime:
    """The minute an instant lies in.

    >>> minute_of(datetime(2026, 3, 2, 1, 5, 59, tzinfo=UTC)).isoformat()
    '2026-03-02T01:05:00+00:00'
    """
    return _EPOCH + (at - _EPOCH) // MINUTE * MINUTE


def measure(stretches: Iterable[Stretch], span: Span, announced: Sequence[Span] = ()) -> Measure:
    """The minutes that begin in a span, by how they were measured.

    Shape: stretches do not overlap; `announced` are in order and do not touch, as `joined` gives them.

    >>> day = [datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in range(5)]
    >>> measure([Stretch(day[0], day[2], True), Stretch(day[2], day[3], False)], Span(day[0], day[4]))
    Measure(up=120, down=60, maintenance=0, unmeasured=60)
    """
    windows = [part for each in announced if (part := each.within(span))]
    maintenance = sum(_minutes(each.start, each.end) for each in windows)
    up = down = 0
    for each in stretches:
        part = Span(each.since, each.until).within(span)
        if part is None:
            continue
        counted = _minutes(part.start, part.end) - _shared(part, windows)
        up, down = (up + counted, down) if each.up else (up, down + counted)
    whole = _minutes(span.start, span.end)
    return Measure(up, down, maintenance, max(0, whole - up - down - maintenance))


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Stretches of time in order, those that touch made one."""
    made: list[Span] = []
    for each in sorted(spans, key=lambda span: span.start):
        if made and each.start <= made[-1].end:
            made[-1] = Span(made[-1].start, max(made[-1].end, each.end))
        else:
            made.append(each)
    return tuple(made)


def outages(stretches: Iterable[Stretch], announced: Sequence[Span] = ()) -> list[Span]:
    """When it was down outside of announced maintenance, in order; a gap that nobody measured ends an outage."""
    found = joined(Span(each.since, each.until) for each in stretches if not each.up)
    return [part for each in found for part in _outside(each, announced)]


def _outside(span: Span, windows: Sequence[Span]) -> list[Span]:
    left, at = [], span.start
    for each in windows:
        if (part := each.within(span)) is None:
            continue
        if at < part.start:
            left.append(Span(at, part.start))
        at = max(at, part.end)
    return [*left, Span(at, span.end)] if at < span.end else left


def _shared(part: Span, windows: Sequence[Span]) -> int:
    found = (each.within(part) for each in windows)
    return sum(_minutes(each.start, each.end) for each in found if each)


def _minutes(since: datetime, until: datetime) -> int:
    """How many minutes begin from an instant on and before another."""
    return max(0, _begun(until) - _begun(since))


def _begun(at: datetime) -> int:
    return -((_EPOCH - at) // MINUTE)
