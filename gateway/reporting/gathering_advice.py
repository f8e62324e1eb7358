"""The improvement advice of a finished report: its figures as the rules look at them (P10)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from gateway import i18n
from gateway.domain import health_services, improvement
from gateway.domain.counting import Reason
from gateway.domain.improvement import Facts
from gateway.reporting.figures import Advice, MonthPoint, Report

_FAULT = "issue"


def advice(report: Report) -> tuple[Advice, ...]:
    """The advice that a report's figures give, the weightiest first, at most `improvement.MOST` pieces."""
    return tuple(Advice(rule, figures) for rule, figures in improvement.advice(facts(report)))


def facts(report: Report) -> Facts:
    """A report's figures as the rules look at them."""
    waits = [each for each in report.excluded if each.reason == Reason.CUSTOMER]
    available, resolution = report.availability, report.resolution
    return Facts(
        breaches=_breaches(report),
        available=available.share if available else None,
        down=available.down if available else 0,
        attainment=[_month(each) for each in report.trend],
        opened={each.priority: each.opened for each in report.volumes},
        themes=[improvement.Theme(each.service, each.symptom, each.by_priority) for each in report.themes],
        response_shares=report.response_shares,
        backlog=_backlog(report),
        resolved=sum(each.resolved for each in report.volumes),
        reopened=report.reopened,
        resolved_by=report.resolved_by,
        health=[health_services.code(each.service) for each in report.health if each.category == _FAULT],
        waiting=len({each.ticket_id for each in waits}),
        waited=sum((each.length for each in waits), timedelta()),
        counted=(resolution.mean or timedelta()) * resolution.count,
        savings=_savings(report),
    )


def _breaches(report: Report) -> list[improvement.Breach]:
    zone = i18n.time_zone(report.about.zone)
    found = []
    for each in report.breaches:
        local = each.due_at.astimezone(zone)
        found.append(improvement.Breach(each.priority, each.target, local.weekday(), local.hour))
    return found


def _month(point: MonthPoint) -> tuple[str, Fraction | None]:
    return f"{point.first_on:%Y-%m}", Fraction(point.kept, point.decided) if point.decided else None


def _backlog(report: Report) -> tuple[int, int]:
    """How many tickets were open before the first day and after the last."""
    if not report.days:
        return (0, 0)
    first = report.days[0]
    return first.open_at_end - first.opened + first.closed, report.days[-1].open_at_end


def _savings(report: Report) -> list[improvement.Saving]:
    return [
        improvement.Saving(each.source, each.currency, Decimal(each.savings), int(each.data.get("months", 1)))
        for each in (report.cost.savings if report.cost else ())
    ]
