"""All figures of a report as CSV: a section after the other, each with its heads in English and Chinese.

Shape: the first cell of every line names its section, so that a section can be filtered; codes of the desk are
said in both languages where it has words for them. Units: service time in minutes, sums in the currency's main
unit, shares in percent rounded down as the credit is reckoned, instants in the report's time zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from gateway import i18n
from gateway.domain.credits import printed
from gateway.reporting import cells, customer_columns, management_columns
from gateway.reporting.columns import Code
from gateway.reporting.figures import About, Report
from gateway.reporting.management_figures import Management

_WEEKDAYS: Final = (
    "Monday / 周一", "Tuesday / 周二", "Wednesday / 周三", "Thursday / 周四",
    "Friday / 周五", "Saturday / 周六", "Sunday / 周日",
)  # fmt: skip


def csv(told: Report | Management) -> bytes:
    """Its figures as a file that a spreadsheet opens, nothing in it a formula."""
    return cells.content(_lines(told))


def _lines(told: Report | Management) -> Iterator[cells.Line]:
    zone = told.about.zone
    yield from _about(told.about)
    if isinstance(told, Report):
        yield from _totals(told)
    lists = customer_columns.SECTIONS if isinstance(told, Report) else management_columns.SECTIONS
    for section in lists:
        found = section.rows(told)
        if found:
            yield []
            yield [section.name, *(column.head for column in section.columns)]
            for row in found:
                yield [section.name, *(_cell(column.value(row), zone) for column in section.columns)]
    yield from _heat(told.heat)
    if told.left_out:
        name = "Left out / 未列出"
        yield []
        yield [name, "List / 列表", "Lines / 行数"]
        yield from ([name, which, count] for which, count in sorted(told.left_out.items()))


def _about(about: About) -> Iterator[cells.Line]:
    name = "Report / 报告"
    facts: list[tuple[str, object]] = [
        ("Kind / 种类", str(about.kind)), ("Period / 期间", str(about.period)),
        ("Contract / 合同", about.number), ("Customer / 客户", about.customer), ("Provider / 服务方", about.provider),
        ("Time zone / 时区", about.zone), ("From / 起", about.since), ("Before / 止（不含）", about.until),
        ("Figures as of / 数据截至", about.as_of), ("Frozen / 已冻结", "yes / 是" if about.frozen else "no / 否"),
    ]  # fmt: skip
    yield from ([name, head, _cell(value, about.zone)] for head, value in facts)


def _totals(report: Report) -> Iterator[cells.Line]:
    name = "Figures / 要点"
    share = report.availability.share if report.availability else None
    facts: list[tuple[str, object]] = [
        ("Decided / 已判定", report.decided), ("Kept / 达标", report.kept),
        ("Attainment (%) / 达成率（%）", report.attainment),
        ("First response, mean (min) / 首次响应平均（分钟）", report.first_response.mean),
        ("First response, median (min) / 首次响应中位数（分钟）", report.first_response.median),
        ("First response, p90 (min) / 首次响应 p90（分钟）", report.first_response.p90),
        ("Resolution, mean (min) / 解决平均（分钟）", report.resolution.mean),
        ("Resolution, median (min) / 解决中位数（分钟）", report.resolution.median),
        ("Resolution, p90 (min) / 解决 p90（分钟）", report.resolution.p90),
        ("Platform available (%) / 平台可用性（%）", share),
    ]  # fmt: skip
    yield []
    yield from ([name, head, _cell(value, report.about.zone)] for head, value in facts)
    if any(report.response_shares):
        name = "First responses by share of target / 首次响应用时占时限"
        heads = [*(f"{tenth * 10}–{tenth * 10 + 10} %" for tenth in range(10)), "late / 超时"]
        yield []
        yield [name, *heads]
        yield [name, *report.response_shares]


def _heat(heat: Sequence[Sequence[int]]) -> Iterator[cells.Line]:
    if not any(map(any, heat)):
        return
    name = "Opened by weekday and hour / 新建：星期 × 小时"
    yield []
    yield [name, "Weekday / 星期", *(f"{hour:02d}" for hour in range(24))]
    yield from ([name, day, *row] for day, row in zip(_WEEKDAYS, heat, strict=False))


_WRITTEN: Final[dict[type, Callable[[Any, str], object]]] = {
    timedelta: lambda value, _: (Decimal(value // timedelta(seconds=1)) / 60).quantize(Decimal("0.01")),
    datetime: lambda value, zone: f"{value.astimezone(i18n.time_zone(zone)):%Y-%m-%d %H:%M:%S}",
    Fraction: lambda value, _: Decimal(printed(value)),
    Code: lambda value, _: value.said(),
}


def _cell(value: object, zone: str) -> object:
    write = _WRITTEN.get(type(value))
    if write is not None:
        return write(value, zone)
    return "" if value is None else value
