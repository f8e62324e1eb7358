"""A month's figures for charts and files, by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from gateway.domain.availability import Measure
from gateway.domain.periods import Kind
from gateway.reporting.figures import (
    About,
    Advice,
    Breach,
    CaseLine,
    Cost,
    Credit,
    Day,
    Level,
    MonthPoint,
    Report,
    Saving,
    Times,
    Volume,
)
from gateway.reporting.management_figures import Management

ABOUT = About(
    Kind.MONTHLY, "NQ-2026-014", 1, "Harbourline Logistics", "Northquay Cloud", "Asia/Shanghai",
    date(2026, 10, 1), date(2026, 10, 31), datetime(2026, 9, 30, 16, tzinfo=UTC),
    datetime(2026, 10, 31, 16, tzinfo=UTC), datetime(2026, 11, 2, 1, tzinfo=UTC), True,
)  # fmt: skip
LEVELS = (Level("critical", 4, 3), Level("high", 14, 13), Level("medium", 27, 26), Level("low", 19, 19))
VOLUMES = (
    Volume("critical", 4, 5, 6, 7), Volume("high", 15, 14, 13, 3),
    Volume("medium", 29, 27, 25, 8), Volume("low", 20, 19, 18, 1),
)  # fmt: skip
TREND = tuple(
    MonthPoint(date(2026, month, 1), kept, decided, None, None, 0, month < 10)
    for month, kept, decided in (
        (5, 61, 62),
        (6, 50, 50),
        (7, 67, 69),
        (8, 58, 59),
        (9, 62, 64),
        (10, 61, 64),
    )
)
SHARES = (14, 17, 11, 8, 6, 4, 2, 1, 3, 0, 5)
DAYS = tuple(
    Day(date(2026, 10, 1) + timedelta(place), place % 4, place % 3, 20 + place % 5) for place in range(31)
)
HEAT = tuple(
    tuple((day + hour) % 9 if 8 <= hour < 18 and day < 5 else 0 for hour in range(24)) for day in range(7)
)
BREACH = Breach(
    4611, "=HYPERLINK(\"http://bad.example\")", "critical", "resolution", timedelta(hours=4),
    datetime(2026, 10, 11, 23, 20, tzinfo=UTC), datetime(2026, 10, 11, 23, 32, tzinfo=UTC), timedelta(minutes=12),
)  # fmt: skip
CREDIT = Credit(
    "CNY", 2, "8600000", "1/20", 430000, (("99/100", "0"), ("19/20", "1/20"), ("9/10", "1/10"), ("0", "3/20")),
    date(2026, 11, 1), (4611,),
)  # fmt: skip


def a_month(**changes: Any) -> Report:
    """A month with figures for every chart."""
    parts: dict[str, Any] = {
        "about": ABOUT, "levels": LEVELS, "volumes": VOLUMES, "trend": TREND, "response_shares": SHARES,
        "days": DAYS, "heat": HEAT, "breaches": (BREACH,), "credit": CREDIT, "availability": Measure(44000, 13),
        "first_response": Times(64, timedelta(minutes=112), timedelta(minutes=48), timedelta(minutes=290)),
        "cases": (
            CaseLine("176318220", "012345678901", "Shop", "@SUM(A1)", "high", "resolved",
                     datetime(2026, 10, 3, 1, tzinfo=UTC), None, None),
        ),
        "cost": Cost(date(2026, 10, 1), None, (Saving("111122223333", "-1+1", "hub", "Stop", "i-1", "us-east-1",
                                                       "12.5", "USD"),)),
        "advice": (Advice("nights", {"share": "1/3"}),),
    }  # fmt: skip
    return Report(**(parts | changes))


def a_provider_month() -> Management:
    """Management's month with the same volumes, days and hours."""
    return Management(ABOUT, volumes=VOLUMES, days=DAYS, heat=HEAT)
