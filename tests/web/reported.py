"""Reports with literal figures, and desks on which they were produced."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import msgspec

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
from gateway.store.models import Contract, Customer, StoredReport
from tests.web.desk import Desk

NUMBER = "NQ-2026-014"
SINCE, UNTIL = datetime(2026, 9, 30, 16, tzinfo=UTC), datetime(2026, 10, 31, 16, tzinfo=UTC)
PRODUCED = datetime(2026, 11, 2, 1, tzinfo=UTC)
FEE, CREDIT = "USD 86,000.00", "USD 4,300.00"
"""What only managers may read, as it is printed."""
_HOUR = timedelta(hours=1)


def times(count: int, hours: int) -> Times:
    """Times around a number of hours."""
    return Times(count, hours * _HOUR, hours * _HOUR - timedelta(minutes=12), 2 * hours * _HOUR)


def report(
    kind: Kind = Kind.MONTHLY, *, customer_id: int = 1, customer: str = "Harbourline Logistics"
) -> Report:
    """A report of October 2026 with something in every part."""
    about = About(kind, NUMBER, customer_id, customer, "Northquay Cloud", "Asia/Shanghai", date(2026, 10, 1),
                  date(2026, 10, 31), SINCE, UNTIL, PRODUCED, frozen=kind is Kind.MONTHLY)  # fmt: skip
    levels = (
        Level("critical", 2, 1, 2, 0, 1, 1, times(2, 1), times(2, 4)),
        Level("high", 14, 13, 14, 0, 13, 1, times(14, 1), times(14, 7)),
        Level("medium", 30, 29, 29, 1, 30, 0, times(30, 3), times(30, 20)),
        Level("low", 18, 18, 18, 0, 18, 0, times(18, 9), times(18, 50)),
    )
    volumes = (
        Volume("critical", 2, 2, 2, 0), Volume("high", 15, 14, 13, 2), Volume("medium", 31, 30, 30, 3),
        Volume("low", 19, 18, 18, 1),
    )  # fmt: skip
    days = tuple(Day(date(2026, 10, day), day % 4, day % 3, 2 + day % 5) for day in range(1, 32))
    trend = tuple(
        MonthPoint(
            date(2026, month, 1),
            60 - month,
            62 - month,
            _HOUR,
            9 * _HOUR,
            430_000 if month == 10 else 0,
            True,
        )
        for month in range(5, 11)
    )
    heat = tuple(tuple((day * hour) % 5 if 8 <= hour <= 18 else 0 for hour in range(24)) for day in range(7))
    return Report(
        about=about, levels=levels, volumes=volumes, first_response=times(64, 2), resolution=times(64, 18), trend=trend,
        days=days, response_shares=(5, 9, 12, 11, 9, 7, 4, 3, 2, 1, 1), heat=heat, handled=_lines(), open=_lines(),
        breaches=_breaches(), excluded=_excluded(), themes=_themes(), availability=Measure(44_600, 12, 60, 0),
        health=_health(), cases=_cases(),
        credit=Credit("USD", 2, "8600000", "1/20", 430_000, (("99/100", "0"), ("19/20", "1/20"), ("9/10", "1/10"),
                      ("0", "3/20")), date(2026, 11, 1)),
        corrections=(Correction(date(2026, 8, 1), 1007, "violated", "kept", "applied", -43_000),),
        cost=_cost(), advice=_advice(),
        left_out={"excluded": 3},
    )  # fmt: skip


def management() -> Management:
    """Management's report of October 2026."""
    about = About(Kind.MANAGEMENT, "", None, "", "Northquay Cloud", "Asia/Shanghai", date(2026, 10, 1),
                  date(2026, 10, 31), SINCE, UNTIL, PRODUCED)  # fmt: skip
    whole = report()
    line = CustomerLine(1, "Harbourline Logistics", NUMBER, 67, 6, 61, 64, 3, "USD", 2, "1/20", 430_000, True)
    return Management(
        about=about, customers=(line,), volumes=whole.volumes, days=whole.days, heat=whole.heat,
        engineers=(EngineerLine(1, "Chen Wei", 4, 31, 29, 80, 2, timedelta(hours=168)),),
        gaps_past=(), gaps_ahead=(Gap("First line", UNTIL, UNTIL + 2 * _HOUR),), breaches=whole.breaches,
        availability=whole.availability, undecided=1, held_mail=2,
    )  # fmt: skip


def stored(figures: Report | Management) -> StoredReport:
    """The row of a report as it was produced."""
    about = figures.about
    return StoredReport(
        kind=about.kind, contract_number=about.number, customer_id=about.customer_id, first_on=about.first_on,
        last_on=about.last_on, since=about.since, until=about.until, produced_at=PRODUCED,
        figures=msgspec.json.encode(figures).decode(),
    )  # fmt: skip


def produced(desk: Desk, *figures: Report | Management) -> list[int]:
    """Reports put beside each other as they were produced; their numbers."""
    rows_put = [stored(each) for each in figures]
    with desk.changing() as rows:
        rows.add_all(rows_put)
        rows.flush()
        return [row.id for row in rows_put]


def signed(desk: Desk, *, zone: str = "Asia/Shanghai", language: str = "zh") -> int:
    """Harbourline's contract for all of 2026; the customer's number."""
    with desk.changing() as rows:
        customer = rows.query(Customer).filter_by(reference="harbourline").one()
        rows.add(
            Contract(customer_id=customer.id, number=NUMBER, version=1, starts_on=date(2026, 1, 1), time_zone=zone,
                     language=language, currency="USD", monthly_fee=86_000, terms={})
        )  # fmt: skip
        return customer.id


def short(
    kind: Kind, last_on: date, *, customer_id: int = 1, customer: str = "Harbourline Logistics"
) -> Report:
    """A report of another period with nothing but its days."""
    first_on = last_on - timedelta(days=6) if kind is Kind.WEEKLY else last_on
    made = report(kind, customer_id=customer_id, customer=customer)
    return Report(about=replace(made.about, first_on=first_on, last_on=last_on))


def _advice() -> tuple[Advice, ...]:
    return (
        Advice("theme-share", {"of": 14, "count": 6, "share": "3/7", "priority": "high", "service": "rds",
                               "symptom": "failover"}),
        Advice("savings-not-taken", {"source": "cost-optimization-hub", "months": 3, "count": 1, "savings": "1240.00",
                                     "currency": "USD"}),
    )  # fmt: skip


def _lines() -> tuple[TicketLine, ...]:
    return (
        TicketLine(1001, "RDS 主实例切换后写入失败", "critical", "resolved", SINCE + 5 * _HOUR, "Chen Wei", None,
                   ("opened", "answered", "resolved")),
        TicketLine(1002, "Read replica of the order database lags behind by minutes", "high", "open", SINCE + 30 * _HOUR, "Lin Yue",
                   UNTIL + _HOUR, ("opened", "answered")),
    )  # fmt: skip


def _breaches() -> tuple[Breach, ...]:
    return (
        Breach(1001, "RDS 主实例切换后写入失败", "critical", "resolution", 4 * _HOUR, SINCE + 9 * _HOUR, SINCE + 10 * _HOUR,
               timedelta(minutes=12)),
        Breach(1003, "Log subscription fails", "medium", "first-response", 4 * _HOUR, SINCE + 80 * _HOUR, None, 3 * _HOUR),
    )  # fmt: skip


def _excluded() -> tuple[Excluded, ...]:
    return (
        Excluded(1002, "Read replica", "customer", SINCE + 31 * _HOUR, SINCE + 33 * _HOUR, 2 * _HOUR, "message", "3", "system"),
        Excluded(1001, "RDS 主实例切换后写入失败", "aws", SINCE + 6 * _HOUR, SINCE + 8 * _HOUR, 2 * _HOUR, "health-event",
                 "AWS_RDS_OPERATIONAL_ISSUE", "Chen Wei"),
    )  # fmt: skip


def _themes() -> tuple[Theme, ...]:
    return (
        Theme("rds", "failover", 6, {"critical": 1, "high": 5}, 2, (1001, 1002)),
        Theme("", "other", 3, {"low": 3}, 0, (1009,)),
    )


def _health() -> tuple[HealthLine, ...]:
    return (
        HealthLine("RDS", "ap-southeast-1", "AWS_RDS_OPERATIONAL_ISSUE", "issue", "closed", SINCE + 6 * _HOUR,
                   SINCE + 8 * _HOUR, 2, 14, 1001),
    )  # fmt: skip


def _cases() -> tuple[CaseLine, ...]:
    return (
        CaseLine("176318220", "111122223333", "production", "RDS failover takes long", "high", "resolved", SINCE + 7 * _HOUR,
                 SINCE + 50 * _HOUR, 1001),
    )  # fmt: skip


def _cost() -> Cost:
    saving = Saving(
        "111122223333",
        "production",
        "cost-optimization-hub",
        "PurchaseSavingsPlans",
        "",
        "",
        "1240.00",
        "USD",
    )
    total = CostTotal("cost-optimization-hub", "USD", "after", "1240.00", 1)
    return Cost(date(2026, 10, 1), PRODUCED, (saving,), (total,))
