"""The figures of the provider's own report across customers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy.orm import Session

from gateway import i18n
from gateway.domain import agreed_dates
from gateway.domain.periods import Period
from gateway.domain.terms import Priority
from gateway.operations import availability
from gateway.reporting import gathering_customers, gathering_people
from gateway.reporting.figures import MOST_LINES, About, Day, Volume
from gateway.reporting.management_figures import Management
from gateway.store.queries import evidence, listing, reporting_management
from gateway.store.queries.reporting_management import Load
from gateway.tickets import Refused


@dataclass(frozen=True, slots=True)
class _Flow:
    """When tickets were opened and closed, in quarters of an hour."""

    opened: Mapping[datetime, int]
    closed: Mapping[datetime, int]


def gather(session: Session, period: Period, *, provider: str, zone: str, at: datetime) -> Management:
    """The figures of a month across customers, as known at an instant.

    Shape: a month that is not over is told of as far as it is; what is open, undecided, held and ahead is so now.
    Errors: Refused for a month that has not begun.
    """
    about = _about(period, provider, zone, at)
    place, since, until = i18n.time_zone(zone), about.since, about.until
    load = reporting_management.load(session, since, until)
    flow = _Flow(
        reporting_management.quarters(session, since, until, closed=False),
        reporting_management.quarters(session, since, until, closed=True),
    )
    missed = reporting_management.missed_counts(session, since, until, at)
    customers = gathering_customers.lines(session, about, load, _by(missed, 0))
    breaches = gathering_customers.breaches(session, about)
    left_out = {"customers": len(customers), "breaches": sum(missed.values()) - len(breaches) + MOST_LINES}
    gaps_past, gaps_ahead = gathering_people.gaps(session, since, until, at)
    return Management(
        about=about,
        customers=customers[:MOST_LINES],
        volumes=_volumes(load),
        days=_days(flow, sum(each.before for each in load), about, place),
        heat=_heat(flow, place),
        engineers=gathering_people.lines(session, about, _by(missed, 1)),
        gaps_past=gaps_past,
        gaps_ahead=gaps_ahead,
        breaches=breaches,
        availability=availability.of_month(session, agreed_dates.month_of(period.first), place, at),
        undecided=evidence.count_undecided(session),
        held_mail=listing.count_held(session),
        left_out={name: count - MOST_LINES for name, count in left_out.items() if count > MOST_LINES},
    )


def _about(period: Period, provider: str, zone: str, at: datetime) -> About:
    place = i18n.time_zone(zone)
    since = agreed_dates.midnight(period.first, place)
    until = agreed_dates.midnight(period.last + timedelta(days=1), place)
    if at <= since:
        raise Refused("this period has not begun")
    return About(
        kind=period.kind,
        number="",
        customer_id=None,
        customer="",
        provider=provider,
        zone=zone,
        first_on=period.first,
        last_on=period.last,
        since=since,
        until=min(until, at),
        as_of=at,
    )


def _by(missed: Mapping[tuple[int, int | None], int], part: int) -> Counter[int | None]:
    """Missed targets by customer (0) or by engineer (1)."""
    found: Counter[int | None] = Counter()
    for key, count in missed.items():
        found[key[part]] += count
    return found


def _volumes(load: Sequence[Load]) -> tuple[Volume, ...]:
    return tuple(
        Volume(
            level,
            sum(each.opened for each in load if each.priority == level),
            sum(each.resolved for each in load if each.priority == level),
            sum(each.closed for each in load if each.priority == level),
            sum(each.open_at_end for each in load if each.priority == level),
        )
        for level in Priority
    )


def _days(flow: _Flow, before: int, about: About, zone: tzinfo) -> tuple[Day, ...]:
    """The backlog day by day, as far as the time has passed."""
    opened, closed = _daily(flow.opened, zone), _daily(flow.closed, zone)
    last = (about.until - timedelta(microseconds=1)).astimezone(zone).date()
    found, still, day = [], before, about.first_on
    while day <= last:
        still += opened[day] - closed[day]
        found.append(Day(day, opened[day], closed[day], still))
        day += timedelta(days=1)
    return tuple(found)


def _daily(quarters: Mapping[datetime, int], zone: tzinfo) -> Counter[date]:
    found: Counter[date] = Counter()
    for begins, count in quarters.items():
        found[begins.astimezone(zone).date()] += count
    return found


def _heat(flow: _Flow, zone: tzinfo) -> tuple[tuple[int, ...], ...]:
    heat = [[0] * 24 for _ in range(7)]
    for begins, count in flow.opened.items():
        local = begins.astimezone(zone)
        heat[local.weekday()][local.hour] += count
    return tuple(tuple(each) for each in heat)
