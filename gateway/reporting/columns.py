"""Columns of figures with their heads in both languages, and the lists that every report has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter
from typing import Any, Final

from gateway import i18n

_CODES: Final = {
    "customer": ("waiting for the customer", "等待客户"),
    "aws": ("AWS platform fault", "AWS 平台故障"),
    "third-party": ("third party", "第三方"),
    "force-majeure": ("force majeure", "不可抗力"),
    "maintenance": ("planned maintenance", "计划维护"),
    "kept": ("kept", "达标"),
    "violated": ("violated", "违约"),
    "absent": ("not counted", "不计"),
    "opened": ("opened", "新建"),
    "answered": ("answered", "已答复"),
    "resolved": ("resolved", "已解决"),
    "reopened": ("reopened", "重新打开"),
    "closed": ("closed", "已关闭"),
}


@dataclass(frozen=True, slots=True)
class Code:
    """A code of the desk, to be said in both languages."""

    code: str

    def said(self) -> str:
        """Its words.

        >>> Code("critical").said(), Code("").said(), Code("rds").said()
        ('Critical / 紧急', '', 'rds')
        """
        if not self.code:
            return ""
        english, chinese = _CODES.get(self.code) or tuple(
            i18n.label(self.code, each) for each in ("en", "zh")
        )
        return english if english == chinese else f"{english} / {chinese}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, and what stands in it for a row."""

    head: str
    value: Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class Section:
    """A list of a report."""

    name: str
    rows: Callable[[Any], Sequence[Any]]
    columns: tuple[Column, ...]


def plain(head: str, name: str) -> Column:
    """A column with an attribute as it is."""
    return Column(head, attrgetter(name))


def code(head: str, name: str) -> Column:
    """A column with a code of the desk."""
    return Column(head, lambda row: Code(str(attrgetter(name)(row))))


def joined(head: str, name: str) -> Column:
    """A column with several values in one cell."""
    return Column(head, lambda row: " ".join(str(each) for each in attrgetter(name)(row)))


def share(row: Any) -> Fraction:
    """Kept ÷ decided of a row."""
    return Fraction(row.kept, row.decided) if row.decided else Fraction(1)


def money(units: int, exponent: int) -> Decimal:
    """A sum of smallest units in the main unit."""
    return Decimal(units).scaleb(-exponent)


TICKET: Final = plain("Ticket / 工单", "ticket_id")
SUBJECT: Final = plain("Subject / 主题", "subject")
PRIORITY: Final = code("Priority / 优先级", "priority")
DECIDED: Final = (
    plain("Decided / 已判定", "decided"),
    plain("Kept / 达标", "kept"),
    Column("Attainment (%) / 达成率（%）", share),
)
VOLUMES: Final = Section(
    "Volume / 工单数",
    lambda told: told.volumes,
    (
        PRIORITY,
        plain("Opened / 新建", "opened"),
        plain("Resolved / 已解决", "resolved"),
        plain("Closed / 已关闭", "closed"),
        plain("Open at the end / 期末未关闭", "open_at_end"),
    ),
)
DAYS: Final = Section(
    "Days / 每日",
    lambda told: told.days,
    (
        plain("Day / 日期", "on"),
        plain("Opened / 新建", "opened"),
        plain("Closed / 关闭", "closed"),
        plain("Open at the end / 当日结束未关闭", "open_at_end"),
    ),
)
BREACHES: Final = Section(
    "Breaches / 违约",
    lambda told: told.breaches,
    (
        TICKET,
        SUBJECT,
        PRIORITY,
        code("Target / 目标", "target"),
        plain("Promised (min) / 承诺（分钟）", "promised"),
        plain("Due / 应于", "due_at"),
        plain("Met / 实际", "met_at"),
        plain("Late (min) / 超时（分钟）", "late"),
    ),
)
LINE: Final = (
    TICKET,
    SUBJECT,
    PRIORITY,
    code("Status / 状态", "status"),
    plain("Opened / 新建于", "opened_at"),
    plain("Assignee / 负责人", "assignee"),
    plain("Next due / 下一时限", "next_due_at"),
)
