"""Literal reports: a month of a customer with everything in it, an empty one, a week, a day, and management's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from gateway.domain.availability import Measure
from gateway.domain.periods import Kind
from gateway.reporting.figures import (
    About,
    Advice,
    Breach,
    CaseLine,
    Correction,
    Cost,
    CostTotal,
    Credit,
    Day,
    Excluded,
    HealthLine,
    Level,
    MonthPoint,
    Report,
    Saving,
    Theme,
    TicketLine,
    Times,
    Volume,
)
from gateway.reporting.management_figures import CustomerLine, EngineerLine, Gap, Management

BANDS = (("99/100", "0"), ("19/20", "1/20"), ("9/10", "1/10"), ("0", "3/20"))
PRIORITIES = ("critical", "high", "medium", "low")


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """An instant by the clock of Shanghai."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def times(count: int, mean: float, median: float, p90: float) -> Times:
    return Times(count, minutes(mean), minutes(median), minutes(p90))


OCTOBER = About(
    kind=Kind.MONTHLY,
    number="NQ-2026-014",
    customer_id=7,
    customer="港联物流",
    provider="北港云 Northquay Cloud",
    zone="Asia/Shanghai",
    first_on=date(2026, 10, 1),
    last_on=date(2026, 10, 31),
    since=at(10, 1, 0),
    until=at(11, 1, 0),
    as_of=at(11, 2, 9),
    frozen=True,
)
LEVELS = (
    Level("critical", 4, 3, 4, 0, 3, 1, times(4, 6, 6, 9), times(4, 161, 140, 252)),
    Level("high", 14, 13, 14, 0, 13, 1, times(14, 18, 15, 38), times(14, 292, 250, 460)),
    Level("medium", 27, 26, 26, 1, 27, 0, times(27, 66, 52, 160), times(27, 800, 710, 1265)),
    Level("low", 19, 19, 19, 0, 19, 0, times(19, 270, 220, 680), times(19, 1860, 1620, 3480)),
)
VOLUMES = (
    Volume("critical", 4, 4, 4, 0),
    Volume("high", 15, 14, 14, 2),
    Volume("medium", 28, 27, 27, 5),
    Volume("low", 20, 19, 19, 5),
)
TREND = tuple(
    MonthPoint(date(2026, month, 1), kept, decided, minutes(first), minutes(whole), credit, frozen=True)
    for month, kept, decided, first, whole, credit in (
        (5, 58, 58, 96, 905, 0),
        (6, 61, 61, 101, 940, 0),
        (7, 70, 71, 98, 912, 430_000),
        (8, 66, 66, 105, 931, 0),
        (9, 63, 65, 110, 955, 430_000),
        (10, 61, 64, 112, 963, 430_000),
    )
)
BREACHES = (
    Breach(
        4611, "订单库主实例切换后写入失败", "critical", "resolution", timedelta(hours=4),
        at(10, 12, 7, 20), at(10, 12, 7, 32), minutes(12),
    ),
    Breach(
        4655, "RDS 只读副本延迟", "high", "resolution", timedelta(hours=8),
        at(10, 21, 18, 5), at(10, 21, 19, 40), minutes(95),
    ),
    Breach(
        4672, "日志订阅失败", "medium", "first-response", timedelta(hours=4),
        at(10, 26, 2, 10), None, minutes(21),
    ),
)  # fmt: skip
EXCLUDED = (
    Excluded(
        4602, "VPN 无法连接", "customer", at(10, 9, 14, 10), at(10, 9, 16, 40), minutes(150),
        "message", "3", "system",
    ),
    Excluded(
        4630, "EBS 卷读写变慢", "aws", at(10, 16, 9, 5), at(10, 16, 11, 50), minutes(165),
        "health-event", "AWS_EBS_OPERATIONAL_ISSUE", "陈伟",
    ),
    Excluded(4648, "夜间任务失败", "maintenance", at(10, 31, 23), None, minutes(60), "notice", "12", "system"),
)  # fmt: skip
HEALTH = (
    HealthLine(
        "EBS", "us-east-1", "AWS_EBS_OPERATIONAL_ISSUE", "issue", "closed", at(10, 16, 9), at(10, 16, 11, 50),
        2, 14, 4630,
    ),
    HealthLine(
        "RDS", "cn-north-1", "AWS_RDS_MAINTENANCE_SCHEDULED", "scheduledChange", "upcoming", at(11, 20, 2), None,
        1, 3, None,
    ),
)  # fmt: skip
CASES = (
    CaseLine(
        "176318220", "111122223333", "prod", "RDS failover takes long", "urgent", "resolved",
        at(10, 12, 4), at(10, 19, 15, 30), 4611,
    ),
    CaseLine(
        "176319014", "444455556666", "", "vCPU quota", "low", "pending-customer-action", at(10, 28, 10), None, None
    ),
)  # fmt: skip
COST = Cost(
    month_on=date(2026, 10, 1),
    refreshed_at=at(10, 31, 3),
    savings=(
        Saving(
            "111122223333", "prod", "cost-optimization-hub", "PurchaseSavingsPlans", "", "", "1240.0000", "USD",
            {"discount": "after"},
        ),
        Saving(
            "111122223333", "prod", "compute-optimizer", "Rightsize", "i-0f3a9c21", "ap-southeast-1", "86.4010",
            "USD", {"current": "m5.2xlarge", "recommended": "m7g.xlarge"},
        ),
    ),
    totals=(
        CostTotal("cost-optimization-hub", "USD", "after", "1240.0000", 1),
        CostTotal("compute-optimizer", "USD", "before", "86.4010", 1),
    ),
    unread=(("444455556666", "no-role"),),
    more=3,
)  # fmt: skip
ADVICE = (
    Advice("critical-breached", {"count": 1, "of": 4}),
    Advice(
        "attainment-falling", {"months": ["2026-08", "2026-09", "2026-10"], "shares": ["1", "63/65", "61/64"]}
    ),
    Advice(
        "theme-share",
        {"priority": "high", "service": "rds", "symptom": "failover", "count": 6, "of": 14, "share": "3/7"},
    ),
    Advice(
        "savings-not-taken",
        {
            "source": "cost-optimization-hub",
            "count": 1,
            "savings": "1240.0000",
            "currency": "USD",
            "months": 3,
        },
    ),
)
MONTH = Report(
    about=OCTOBER,
    levels=LEVELS,
    volumes=VOLUMES,
    first_response=times(64, 112, 48, 290),
    resolution=times(64, 963, 680, 2280),
    trend=TREND,
    days=tuple(Day(date(2026, 10, day), day % 4, (day + 1) % 4, 8 + day % 5) for day in range(1, 32)),
    response_shares=(12, 11, 14, 12, 6, 4, 2, 1, 1, 0, 1),
    heat=tuple(tuple((row + hour) % 3 if 8 <= hour <= 18 else 0 for hour in range(24)) for row in range(7)),
    breaches=BREACHES,
    excluded=EXCLUDED,
    themes=(
        Theme("rds", "failover", 6, {"high": 6}, 2, (4611, 4655, 4660)),
        Theme("", "login", 4, {"low": 4}, 0, (4640,)),
    ),
    availability=Measure(44_567, 13, 60, 0),
    health=HEALTH,
    cases=CASES,
    credit=Credit("CNY", 2, "8600000", "1/20", 430_000, BANDS, date(2026, 11, 1), (4655,)),
    corrections=(
        Correction(date(2026, 9, 1), 4498, "violated", "kept", "proposed", 0),
        Correction(date(2026, 9, 1), 4500, "kept", "violated", "applied", 430_000),
    ),
    cost=COST,
    advice=ADVICE,
)
EMPTY_MONTH = Report(
    about=replace(
        OCTOBER, first_on=date(2026, 2, 1), last_on=date(2026, 2, 28), since=at(2, 1, 0), until=at(3, 1, 0)
    ),
    levels=tuple(Level(each) for each in PRIORITIES),
    volumes=tuple(Volume(each) for each in PRIORITIES),
    credit=Credit("CNY", 2, "12900000/7", "0", 0, BANDS, date(2026, 3, 1)),
    availability=Measure(0, 0, 0, 40_320),
)
LINES = (
    TicketLine(4611, "订单库主实例切换后写入失败", "critical", "resolved", at(10, 12, 3, 20), "陈伟", None,
               ("opened", "answered", "resolved")),
    TicketLine(4655, "RDS 只读副本延迟", "high", "open", at(10, 12, 10, 5), "", at(10, 12, 18, 5), ("opened",)),
)  # fmt: skip
WEEK = replace(
    MONTH,
    about=replace(
        OCTOBER, kind=Kind.WEEKLY, first_on=date(2026, 10, 12), last_on=date(2026, 10, 18), since=at(10, 12, 0),
        until=at(10, 19, 0), as_of=at(10, 19, 9), frozen=False,
    ),
    trend=(), credit=None, corrections=(), cost=None, advice=(), open=LINES[1:], handled=LINES,
)  # fmt: skip
DAY = Report(
    about=replace(
        OCTOBER, kind=Kind.DAILY, first_on=date(2026, 10, 10), last_on=date(2026, 10, 12), since=at(10, 9, 18),
        until=at(10, 12, 18), as_of=at(10, 12, 18), frozen=False,
    ),
    volumes=(Volume("critical", 1, 1, 0, 0), Volume("high", 1, 0, 0, 1)),
    handled=LINES,
    open=LINES[1:],
    breaches=BREACHES[:1],
    health=HEALTH[:1],
    cases=CASES[1:],
)  # fmt: skip
MANAGEMENT = Management(
    about=replace(OCTOBER, kind=Kind.MANAGEMENT, number="", customer_id=None, customer="", frozen=False),
    customers=(
        CustomerLine(7, "港联物流", "NQ-2026-014", 67, 12, 61, 64, 3, "CNY", 2, "1/20", 430_000, frozen=True),
        CustomerLine(8, "Harbour Retail", "NQ-2026-015", 5, 1, 5, 5, 0, "SGD", 2, "0", 0, frozen=False),
    ),
    volumes=VOLUMES,
    days=MONTH.days,
    heat=MONTH.heat,
    engineers=(
        EngineerLine(1, "陈伟", 7, 40, 38, 96, 2, timedelta(hours=220)),
        EngineerLine(2, "Ada Wong", 5, 32, 31, 71, 1, timedelta(hours=524)),
    ),
    gaps_past=(Gap("primary", at(10, 3, 2), at(10, 3, 4)),),
    gaps_ahead=(Gap("primary", at(11, 8, 8), at(11, 8, 20)),),
    breaches=BREACHES,
    availability=Measure(44_567, 13, 60, 0),
    undecided=4,
    held_mail=9,
)
