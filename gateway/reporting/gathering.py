"""The figures of a customer's reports, gathered from what is known at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from sqlalchemy.orm import Session

from gateway import i18n
from gateway.credits import compliance
from gateway.credits.deals import Deal, deal
from gateway.domain import agreed_dates
from gateway.domain.periods import Kind, Period
from gateway.domain.reporting_times import DAILY_HOUR
from gateway.operations import availability
from gateway.reporting import (
    gathering_lists,
    gathering_matters,
    gathering_months,
    gathering_tickets,
    gathering_violations,
)
from gateway.reporting.figures import About, Report
from gateway.reporting.gathering_tickets import Numbers
from gateway.reporting.gathering_violations import Untimed
from gateway.store.models import Customer
from gateway.store.queries import attainment
from gateway.store.queries.attainment import Figures, Window
from gateway.tickets import Refused


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which report of which contract.

    Shape: `since` is, of a daily report, where the time of the one before ended, by default 18:00 of the day before
    `period.last`; of a monthly report, when the one before was produced: what was corrected from then on is told,
    by default from the freezing of the month before to the freezing of this one.
    """

    kind: Kind
    period: Period
    number: str
    provider: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Ground:
    """What every part of a report is gathered from."""

    session: Session
    wanted: Wanted
    deal: Deal
    window: Window
    zone: tzinfo
    about: About
    untimed: Untimed
    numbers: Numbers


def gather(session: Session, wanted: Wanted, *, at: datetime) -> Report:
    """The figures of a daily, weekly or monthly report of a contract as known at an instant.

    Shape: a period that is not over is told of as far as it is.
    Errors: NotFound for a contract there is none of; Refused for a period that has not begun, or of which nothing is
    the contract's.
    """
    ground = _ground(session, wanted, at)
    if wanted.kind is Kind.DAILY:
        return _daily(ground)
    report = _weekly(ground) if wanted.kind is Kind.WEEKLY else _monthly(ground)
    return gathering_matters.with_matters(session, report, ground.window)


def _ground(session: Session, wanted: Wanted, at: datetime) -> _Ground:
    found = deal(session, wanted.number)
    version = found.version(agreed_dates.month_of(wanted.period.last))
    zone = i18n.time_zone(version.time_zone)
    window = _window(found, wanted, zone, at)
    untimed = gathering_violations.untimed(session, window)
    customer = session.get_one(Customer, found.customer_id)
    about = About(
        kind=wanted.kind,
        number=found.number,
        customer_id=found.customer_id,
        customer=customer.name,
        provider=wanted.provider,
        zone=version.time_zone,
        first_on=wanted.period.first,
        last_on=wanted.period.last,
        since=window.since,
        until=window.until,
        as_of=at,
    )
    numbers = gathering_tickets.numbers(session, window, zone, untimed.rests)
    return _Ground(session, wanted, found, window, zone, about, untimed, numbers)


def _window(found: Deal, wanted: Wanted, zone: tzinfo, at: datetime) -> Window:
    """The time covered: that of the period which the contract owns, as far as it has passed."""
    begins, ends = _times(wanted, zone)
    since = max(begins, found.begins_at)
    until = min(ends, found.next_at or ends)
    if until <= since:
        raise Refused("nothing of this period is the contract's")
    if at <= since:
        raise Refused("this period has not begun")
    return Window(found.customer_id, since, min(until, at))


def _times(wanted: Wanted, zone: tzinfo) -> tuple[datetime, datetime]:
    first, last = wanted.period.first, wanted.period.last
    if wanted.kind is Kind.DAILY:
        before = agreed_dates.hour_of(last - timedelta(days=1), DAILY_HOUR, zone)
        return wanted.since or before, agreed_dates.hour_of(last, DAILY_HOUR, zone)
    return agreed_dates.midnight(first, zone), agreed_dates.midnight(last + timedelta(days=1), zone)


def _daily(ground: _Ground) -> Report:
    """Everything handled since the one before, and what is open."""
    report = _common(ground, _decided(ground))
    handled, more = gathering_lists.handled(ground.session, ground.window)
    report = _left_out(replace(report, handled=handled), "handled", more)
    return _with_open(report, ground)


def _weekly(ground: _Ground) -> Report:
    """Statistics, attainment and main problems of a week."""
    return _with_open(_pictured(_common(ground, _decided(ground)), ground), ground)


def _monthly(ground: _Ground) -> Report:
    """A month as it counts for the credit, with the trend, corrections of earlier months, and availability."""
    session, found, at = ground.session, ground.deal, ground.about.as_of
    month = agreed_dates.month_of(ground.wanted.period.first)
    counted = compliance.of_contract(session, found, month, at)
    report = _pictured(_common(ground, counted.priorities), ground)
    corrections, more = gathering_months.corrections(
        session, found.number, month, since=ground.wanted.since, at=at
    )
    report = replace(
        report,
        about=replace(report.about, frozen=counted.frozen_at is not None),
        trend=gathering_months.trend(session, found, counted, ground.numbers, at=at),
        credit=gathering_months.credit(session, found, counted),
        corrections=corrections,
        availability=availability.of_month(session, month, ground.zone, at),
    )
    return _left_out(report, "corrections", more)


def _decided(ground: _Ground) -> Sequence[Figures]:
    return attainment.figures(ground.session, ground.window, ground.about.as_of)


def _common(ground: _Ground, decided: Sequence[Figures]) -> Report:
    """What reports of every kind tell."""
    session, numbers, at = ground.session, ground.numbers, ground.about.as_of
    breaches, more = gathering_violations.breaches(
        session, ground.window, ground.untimed.rests, zone=ground.about.zone, at=at
    )
    report = Report(
        about=ground.about,
        levels=numbers.levels(decided),
        volumes=numbers.volumes,
        first_response=numbers.first_response,
        resolution=numbers.resolution,
        breaches=breaches,
        excluded=ground.untimed.lines,
    )
    return _left_out(_left_out(report, "breaches", more), "excluded", ground.untimed.more)


def _pictured(report: Report, ground: _Ground) -> Report:
    numbers = ground.numbers
    return replace(report, days=numbers.days, response_shares=numbers.response_shares, heat=numbers.heat)


def _with_open(report: Report, ground: _Ground) -> Report:
    listed = gathering_lists.open_at_end(ground.session, ground.window)
    return _left_out(replace(report, open=listed), "open", ground.numbers.open_at_end - len(listed))


def _left_out(report: Report, name: str, more: int) -> Report:
    return replace(report, left_out=report.left_out | {name: more}) if more > 0 else report
