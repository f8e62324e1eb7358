"""A contract, or the provider itself, as reports see it: when they are due, and what time each is about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway import i18n
from gateway.credits import deals
from gateway.domain import agreed_dates, reporting_times
from gateway.domain.periods import Kind, Period
from gateway.domain.reporting_times import Course
from gateway.reporting import calendars
from gateway.store import reports
from gateway.store.models import Contract, ReportPlan
from gateway.store.reports import Wanted
from gateway.tickets.letterhead import Letterhead

LONGEST_DAY: Final = timedelta(days=31)
"""What a daily report covers at most. One that was not wanted for longer begins like the first one."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose reports. Shape: `number` and `customer_id` are empty of the provider's own."""

    number: str
    customer_id: int | None
    plan: ReportPlan
    times: Course

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The reports that are made by themselves. A month's figures are stored whether or not they are mailed."""
        if self.number == reports.MANAGEMENT:
            return (Kind.MANAGEMENT,)
        daily = (Kind.DAILY,) if self.plan.daily else ()
        weekly = (Kind.WEEKLY,) if self.plan.weekly else ()
        return (*daily, *weekly, Kind.MONTHLY)


def course_of(session: Session, head: Letterhead, number: str) -> Owner:
    """The course of a contract's reports, or of the provider's own where the number is empty. Errors: NotFound."""
    plan = reports.plan_of(session, number)
    if number == reports.MANAGEMENT:
        zone = i18n.time_zone(head.zone)
        own = Course(date.min.replace(year=2000), reporting_times.always, lambda _: zone)
        return Owner(number, None, plan, own)
    found = deals.deal(session, number)

    def version(day: date) -> Contract:
        return agreed_dates.version_on(found.versions, day) or found.versions[-1]

    def working(day: date) -> bool:
        return calendars.working_days(plan.holidays, version(day).time_zone)(day)

    course = Course(
        begins_on=min(each.starts_on for each in found.versions),
        covers=lambda day: agreed_dates.in_effect(found.versions, day) is not None,
        zone=lambda day: i18n.time_zone(version(day).time_zone),
        working=working,
        monthly_day=plan.monthly_day,
    )
    return Owner(number, found.customer_id, plan, course)


def wanted(session: Session, owner: Owner, period: Period) -> Wanted:
    """The report of a period to be: with the time it covers, exactly."""
    until = owner.times.until(period)
    previous = None
    if period.kind is Kind.DAILY:
        previous = reports.previous_until(session, owner.number, until)
        if previous is not None and previous < until - LONGEST_DAY:
            previous = None
    since = owner.times.since(period, previous)
    if period.kind is Kind.DAILY:
        period = replace(period, first=since.astimezone(owner.times.zone_of(period)).date())
    return Wanted(owner.number, owner.customer_id, period, since, until)
