"""A finished report's figures as the rules of advice look at them, and a month's report with its matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import msgspec
import pytest

from gateway.domain.availability import Measure
from gateway.domain.improvement import FIGURES, Rule
from gateway.domain.periods import Kind
from gateway.domain.terms import Priority
from gateway.domain.themes import Symptom
from gateway.reporting.figures import (
    About,
    Breach,
    Cost,
    Day,
    Excluded,
    HealthLine,
    MonthPoint,
    Report,
    Saving,
    Theme,
    Times,
    Volume,
)
from gateway.reporting.gathering_advice import advice, facts
from tests.databases import Desk
from tests.reporting.gathered import House

HOUR = timedelta(hours=1)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 10, day, hour, tzinfo=UTC)


EMPTY = Report(
    About(Kind.MONTHLY, "NQ-1", 1, "Harbourline", "Northquay", "Asia/Shanghai", date(2026, 10, 1), date(2026, 10, 31),
          datetime(2026, 9, 30, 16, tzinfo=UTC), datetime(2026, 10, 31, 16, tzinfo=UTC), at(31, 20)),
)  # fmt: skip


def an_event(service: str, category: str = "issue") -> HealthLine:
    return HealthLine(service, "eu-west-1", "AWS_ISSUE", category, "closed", at(5, 1), at(5, 2), 1, 2, None)


def excluded(ticket_id: int, reason: str, hours: int) -> Excluded:
    return Excluded(ticket_id, "Slow", reason, at(1, 1), None, hours * HOUR)


def test_an_empty_month_gives_no_advice() -> None:
    assert advice(EMPTY) == ()


def test_due_instants_are_looked_at_in_the_reports_zone() -> None:
    breach = Breach(7, "Slow", "high", "resolution", 8 * HOUR, at(9, 23), None, HOUR)
    (seen,) = facts(replace(EMPTY, breaches=(breach,))).breaches
    assert (seen.weekday, seen.hour) == (5, 7)


def test_a_month_in_which_nothing_was_decided_has_no_share() -> None:
    trend = tuple(
        MonthPoint(date(2026, month, 1), kept, decided, None, None, 0, frozen=True)
        for month, kept, decided in ((9, 0, 0), (10, 3, 4))
    )
    assert facts(replace(EMPTY, trend=trend)).attainment == [("2026-09", None), ("2026-10", Fraction(3, 4))]


def test_the_backlog_is_that_before_the_first_day_and_after_the_last() -> None:
    days = (Day(date(2026, 10, 1), 3, 1, 12), Day(date(2026, 10, 2), 5, 0, 17))
    assert facts(replace(EMPTY, days=days)).backlog == (10, 17)


def test_only_waiting_for_the_customer_is_waiting_and_a_ticket_counts_once() -> None:
    lines = (excluded(7, "customer", 3), excluded(7, "customer", 4), excluded(8, "aws", 50))
    seen = facts(replace(EMPTY, excluded=lines, resolution=Times(4, 2 * HOUR)))
    assert (seen.waiting, seen.waited, seen.counted) == (1, 7 * HOUR, 8 * HOUR)


def test_only_issues_are_faults_of_aws_and_services_are_told_by_their_codes() -> None:
    events = (an_event("ELASTICLOADBALANCING"), an_event("RDS", "scheduledChange"))
    assert facts(replace(EMPTY, health=events)).health == ["elb"]


def test_availability_is_looked_at_without_maintenance() -> None:
    seen = facts(replace(EMPTY, availability=Measure(up=998, down=2, maintenance=500, unmeasured=9)))
    assert (seen.available, seen.down) == (Fraction(499, 500), 2)


def test_a_recommendation_without_months_stands_for_one() -> None:
    line = Saving(
        "111122223333", "Production", "trustedadvisor", "code", "i-1", "eu-west-1", "12.5000", "USD"
    )
    (seen,) = facts(replace(EMPTY, cost=Cost(date(2026, 10, 1), None, (line,)))).savings
    assert (str(seen.savings), seen.months) == ("12.5000", 1)


def test_a_theme_of_a_priority_becomes_advice_with_its_figures() -> None:
    themes = (Theme("rds", "failover", 6, {"high": 6}, 2, (1, 2, 3)),)
    (told,) = advice(replace(EMPTY, themes=themes, volumes=(Volume("high", opened=15),)))
    assert told.rule == "theme-share"
    assert told.figures == {
        "priority": "high", "service": "rds", "symptom": "failover", "count": 6, "of": 15, "share": "2/5",
    }  # fmt: skip


@pytest.fixture
def house(desk: Desk) -> House:
    return House(desk)


def a_bad_month(house: House) -> Report:
    for day in range(3, 9):
        house.open(f"2026-03-0{day}T00:00", Priority.CRITICAL, "RDS failover")
    return house.month("2026-03", "2026-04-02T01:00")


def test_a_months_report_tells_its_themes(house: House) -> None:
    (theme,) = a_bad_month(house).themes
    assert (theme.service, theme.symptom, theme.count, theme.breached) == ("rds", Symptom.FAILOVER, 6, 6)


def test_a_months_report_gives_advice_with_the_figures_of_each_rule(house: House) -> None:
    told = a_bad_month(house).advice
    assert [each.rule for each in told] == [Rule.CRITICAL_BREACHED, Rule.THEME_SHARE, Rule.BACKLOG_GROWING]
    assert all(set(each.figures) == set(FIGURES[Rule(each.rule)]) for each in told)


def test_a_months_report_is_the_same_after_it_was_stored(house: House) -> None:
    report = a_bad_month(house)
    assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report


def test_a_weeks_report_tells_themes_and_gives_no_advice(house: House) -> None:
    for day in range(3, 9):
        house.open(f"2026-03-0{day}T00:00", Priority.CRITICAL, "RDS failover")
    report = house.week("2026-W10", "2026-03-09T01:00")
    assert ([each.count for each in report.themes], report.advice, report.cost) == ([6], (), None)


def test_a_days_report_tells_no_themes(house: House) -> None:
    house.open("2026-03-03T00:00", Priority.CRITICAL, "RDS failover")
    assert house.day("2026-03-03", "2026-03-03T12:00").themes == ()


def test_a_months_report_counts_returns_and_resolutions(house: House) -> None:
    number = house.open("2026-03-03T00:00")
    house.resolve(number, "2026-03-03T01:00")
    house.says(number, "2026-03-03T02:00")
    report = house.month("2026-03", "2026-04-02T01:00")
    assert (report.reopened, report.resolved_by) == (1, ())
