"""How available the platform is and was, as its public page, the dashboard and the report say it (P2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum, unique
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain import agreed_dates
from gateway.domain.agreed_dates import Month
from gateway.domain.availability import Component, Measure, Stretch, measure, minute_of, outages
from gateway.domain.windows import Span
from gateway.notices import platform
from gateway.notices.platform import Window
from gateway.store import availability

DAYS: Final = 90
FRESH: Final = timedelta(minutes=3)
"""How old the last measured minute may be to say how it is now: a round may end 75 seconds after its minute began."""
_MOST_OUTAGES: Final = 20


@unique
class State(StrEnum):
    """How a component is now."""

    UP = "up"
    DOWN = "down"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Standing:
    """A component. Shape: `since` is when an outage began or measuring stopped; `days` are 90, today last."""

    component: Component
    state: State
    since: datetime | None
    days: Sequence[tuple[date, Measure]]
    month: Measure
    last_month: Measure


@dataclass(frozen=True, slots=True)
class Outage:
    """When the platform was down, which of its parts were, and whether it still is."""

    span: Span
    components: tuple[Component, ...]
    lasts: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything about availability at an instant, in one zone. Shape: outages are the newest first."""

    at: datetime
    month: Month
    components: Mapping[Component, Standing]
    windows: Sequence[Window]
    outages: Sequence[Outage]

    @property
    def measured(self) -> bool:
        """Whether anything was ever measured in the time that is shown."""
        return any(figures.up or figures.down for _, figures in self.components[Component.PLATFORM].days)


def overview(session: Session, zone: tzinfo, at: datetime) -> Overview:
    """What the ledger says at an instant; days and months are those of a zone."""
    month = agreed_dates.month_at(at, zone)
    today = at.astimezone(zone).date()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    since = min(agreed_dates.midnight(days[0], zone), month.previous.begins(zone))
    found = availability.stretches(session, since)
    windows = platform.windows(session, since)
    told = _Told(
        platform.announced(windows), any(each.planned.start <= at < each.planned.end for each in windows)
    )
    spans = [(day, _day(day, zone, at)) for day in days]
    components = {
        each: Standing(
            component=each,
            state=(now := _now(found[each], told, at))[0],
            since=now[1],
            days=[(day, _of_day(found[each], told, span)) for day, span in spans],
            month=measure(found[each], Span(month.begins(zone), _over(at)), told.announced),
            last_month=measure(found[each], Span(month.previous.begins(zone), month.begins(zone)), told.announced),
        )
        for each in Component
    }  # fmt: skip
    coming = [each for each in windows if each.planned.end > at]
    return Overview(at, month, components, coming, _outages(found, told, at))


def of_month(session: Session, month: Month, zone: tzinfo, at: datetime) -> Measure:
    """P2's figure of a month: the whole platform's minutes, up to now where the month still runs.

    Source: P2. Availability is `Measure.share`: up ÷ (up + down); minutes of announced maintenance are in
    `maintenance` and count as neither, minutes that nobody measured are in `unmeasured` and are never called up.
    """
    begins, ends = month.begins(zone), min(month.ends(zone), _over(at))
    found = availability.stretches(session, begins)[Component.PLATFORM]
    windows = platform.windows(session, begins)
    return measure(found, Span(begins, max(begins, ends)), platform.announced(windows))


@dataclass(frozen=True, slots=True)
class _Told:
    """Announced maintenance: the parts that do not count, and whether a window is open now."""

    announced: tuple[Span, ...]
    open: bool


def _day(day: date, zone: tzinfo, at: datetime) -> Span:
    """The minutes of a day that may be measured by now."""
    begins = agreed_dates.midnight(day, zone)
    ends = agreed_dates.midnight(day + timedelta(days=1), zone)
    return Span(begins, min(ends, max(begins, _over(at))))


def _of_day(found: Sequence[Stretch], told: _Told, span: Span) -> Measure:
    near = [each for each in found if each.until > span.start and each.since < span.end]
    return measure(near, span, told.announced)


def _over(at: datetime) -> datetime:
    """Up to where minutes may be measured: those under way are not missing yet."""
    return minute_of(at) - timedelta(minutes=1)


def _now(found: Sequence[Stretch], told: _Told, at: datetime) -> tuple[State, datetime | None]:
    last = found[-1] if found else None
    if last is None or last.until < minute_of(at) - FRESH:
        return State.UNKNOWN, last.until if last else None
    if last.up:
        return State.UP, None
    return (State.MAINTENANCE if told.open else State.DOWN), last.since


def _outages(found: Mapping[Component, Sequence[Stretch]], told: _Told, at: datetime) -> list[Outage]:
    whole = outages(found[Component.PLATFORM], told.announced)[-_MOST_OUTAGES:]
    parts = [each for each in Component if each is not Component.PLATFORM]
    down = {each: outages(found[each]) for each in parts}
    now = minute_of(at) - FRESH
    return [
        Outage(
            span,
            tuple(each for each in parts if any(one.within(span) for one in down[each])),
            span.end >= now,
        )
        for span in reversed(whole)
    ]
