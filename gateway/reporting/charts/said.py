"""The words of charts in both languages, and how figures stand in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from gateway.domain.credits import printed
from gateway.domain.terms import DEFAULT_TERMS
from gateway.reporting.figures import Report

Step = tuple[Fraction, Fraction]
"""A step of the credit table: from which share on, and the discount there."""

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "all": ("All", "合计"),
    "attainment": ("Attainment by priority", "各优先级达成率"),
    "response": ("First responses by share of their target", "首次响应用时占时限的比例"),
    "response-axis": (
        "Share of the target used, in percent; tickets above the bars",
        "首次响应用时占时限的百分比（%），柱上为件数",
    ),
    "late": ("late", "超时"),
    "trend": ("Attainment over the months", "各月达成率"),
    "no-credit": ("no credit", "不抵扣"),
    "credit": ("{} credit", "抵扣 {}"),
    "running": ("not frozen", "未冻结"),
    "volume": ("Tickets by priority", "各优先级工单数"),
    "opened": ("Opened", "新建"),
    "resolved": ("Resolved", "已解决"),
    "closed": ("Closed", "已关闭"),
    "open-at-end": ("Open at the end", "期末未关闭"),
    "backlog": ("Tickets by day", "每日工单数"),
    "open-by-day": ("Open at the end of the day", "当日结束时未关闭"),
    "opened-by-day": ("Opened", "新建"),
    "closed-by-day": ("Closed", "关闭"),
    "heat": ("Tickets opened by weekday and hour", "新建工单：星期 × 小时"),
    "tickets": ("{} tickets", "{} 件"),
    "busiest": ("busiest: {} at {}:00 with {}", "{} {} 点最多，{} 件"),
    "none-blank": ("A blank cell is 0.", "空格为 0。"),
    "late-count": ("{} late", "{} 件超时"),
    "most-open": ("most open: {} on {}", "未关闭最多 {} 件（{}）"),
}  # fmt: skip
_DAYS: Final = (
    ("Mon", "周一"), ("Tue", "周二"), ("Wed", "周三"), ("Thu", "周四"),
    ("Fri", "周五"), ("Sat", "周六"), ("Sun", "周日"),
)  # fmt: skip
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def word(code: str, language: str) -> str:
    """The word for a code of charts."""
    return _WORDS[code][language == "zh"]


def weekday(place: int, language: str) -> str:
    """A day of the week, Monday being 0."""
    return _DAYS[place][language == "zh"]


def month(first_on: date, language: str) -> str:
    """A month below its point."""
    return f"{first_on.month} 月" if language == "zh" else _MONTHS[first_on.month - 1]


def day(on: date, language: str) -> str:
    """A day with its month.

    >>> day(date(2026, 10, 5), "en"), day(date(2026, 10, 5), "zh")
    ('5 Oct', '10 月 5 日')
    """
    return f"{on.month} 月 {on.day} 日" if language == "zh" else f"{on.day} {_MONTHS[on.month - 1]}"


def percent(share: Fraction) -> str:
    """A share as everywhere: two decimals, rounded down.

    >>> percent(Fraction(61, 64))
    '95.31 %'
    """
    return f"{printed(share)} %"


def short(share: Fraction) -> str:
    """A bound or a discount, without decimals it does not need.

    >>> short(Fraction(99, 100)), short(Fraction(995, 1000))
    ('99 %', '99.5 %')
    """
    return f"{printed(share).rstrip('0').rstrip('.')} %"


def steps(report: Report) -> tuple[Step, ...]:
    """The credit table the attainment is measured by, falling; the usual one where the report has none."""
    if report.credit is not None and report.credit.bands:
        return tuple((Fraction(low), Fraction(discount)) for low, discount in report.credit.bands)
    return tuple((band.at_least, band.discount) for band in DEFAULT_TERMS.bands)


def bounds(table: Sequence[Step]) -> list[Fraction]:
    """The lines of a credit table, highest first; 0 is none."""
    return [low for low, _ in table if low > 0]


def told(code: str, parts: Iterable[str], language: str) -> str:
    """What a chart shows, in one line."""
    between = "，" if language == "zh" else ", "
    colon = "：" if language == "zh" else ": "
    return f"{word(code, language).rstrip('：:')}{colon}{between.join(parts)}"
