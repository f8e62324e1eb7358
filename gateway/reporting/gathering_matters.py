"""What a report tells beside times and targets: themes, AWS, cost advice, and advice drawn from all of it (P10)."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from gateway.domain.periods import Kind
from gateway.reporting import gathering_advice, gathering_aws, gathering_cost, gathering_themes
from gateway.reporting.figures import Report
from gateway.store.queries import reporting_work
from gateway.store.queries.attainment import Window


def with_matters(session: Session, report: Report, window: Window) -> Report:
    """A weekly or monthly report, finished otherwise, with what it tells of the matters themselves.

    Shape: cost advice and improvement advice belong to the month; the customer is the window's.
    """
    health, more_events = gathering_aws.health(session, window)
    cases, more_cases = gathering_aws.cases(session, window)
    more = {name: count for name, count in (("health", more_events), ("cases", more_cases)) if count}
    report = replace(
        report,
        themes=gathering_themes.themes(session, window, at=report.about.as_of),
        health=health,
        cases=cases,
        left_out=report.left_out | more,
    )
    return _of_month(session, report, window) if report.about.kind is Kind.MONTHLY else report


def _of_month(session: Session, report: Report, window: Window) -> Report:
    report = replace(
        report,
        cost=gathering_cost.cost(session, window.customer_id, report.about.first_on),
        reopened=reporting_work.reopened(session, window),
        resolved_by=tuple(reporting_work.resolvers(session, window)),
    )
    return replace(report, advice=gathering_advice.advice(report))
