"""The lists of a customer's report as figures: which columns each has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from gateway.domain.credits import half_up
from gateway.reporting.columns import (
    BREACHES,
    DAYS,
    DECIDED,
    LINE,
    PRIORITY,
    SUBJECT,
    TICKET,
    VOLUMES,
    Code,
    Column,
    Section,
    code,
    joined,
    money,
    plain,
    share,
)
from gateway.reporting.figures import Cost, Credit, Report


def _times(english: str, chinese: str, name: str) -> tuple[Column, ...]:
    return (
        plain(f"{english}, count / {chinese}件数", f"{name}.count"),
        plain(f"{english}, mean (min) / {chinese}平均（分钟）", f"{name}.mean"),
        plain(f"{english}, median (min) / {chinese}中位数（分钟）", f"{name}.median"),
        plain(f"{english}, p90 (min) / {chinese} p90（分钟）", f"{name}.p90"),
    )


def _account(row: Any) -> str:
    """An account's number as AWS shows it: a spreadsheet would make one bare number of it, without leading zeros."""
    number = str(row.account_id)
    return f"{number[:4]}-{number[4:8]}-{number[8:]}" if number.isdecimal() and len(number) == 12 else number


def _credits(told: Report) -> Sequence[Credit]:
    return () if told.credit is None else (told.credit,)


def _bands(told: Report) -> Sequence[tuple[str, str]]:
    return () if told.credit is None else told.credit.bands


def _of_cost(name: str) -> Callable[[Report], Sequence[Any]]:
    def rows(told: Report) -> Sequence[Any]:
        found: Cost | None = told.cost
        return () if found is None else getattr(found, name)

    return rows


def _months(told: Report) -> Sequence[tuple[Any, Decimal | None]]:
    """Each month with its credit, which only whoever may see money gets."""
    exponent = None if told.credit is None else told.credit.exponent
    return [(each, None if exponent is None else money(each.credit, exponent)) for each in told.trend]


def _corrections(told: Report) -> Sequence[tuple[Any, Decimal | None]]:
    exponent = None if told.credit is None else told.credit.exponent
    return [(each, None if exponent is None else money(each.amount, exponent)) for each in told.corrections]


def _first(head: str, name: str, kind: Callable[[str, str], Column] = plain) -> Column:
    inner = kind(head, name)
    return Column(head, lambda row: inner.value(row[0]))


SECTIONS: Final = (
    Section(
        "Levels / 各优先级",
        lambda told: told.levels,
        (
            PRIORITY,
            *DECIDED,
            plain("First response met / 首次响应达标", "first_met"),
            plain("First response late / 首次响应超时", "first_late"),
            plain("Resolution met / 解决达标", "resolution_met"),
            plain("Resolution late / 解决超时", "resolution_late"),
            *_times("First response", "首次响应", "first_response"),
            *_times("Resolution", "解决", "resolution"),
        ),
    ),
    VOLUMES,
    Section(
        "Months / 各月",
        _months,
        (
            _first("Month / 月份", "first_on"),
            Column("Decided / 已判定", lambda row: row[0].decided),
            _first("Kept / 达标", "kept"),
            Column("Attainment (%) / 达成率（%）", lambda row: share(row[0])),
            _first("First response, mean (min) / 首次响应平均（分钟）", "first_response"),
            _first("Resolution, mean (min) / 解决平均（分钟）", "resolution"),
            Column("Credit / 抵扣", lambda row: row[1]),
            Column("Frozen / 已冻结", lambda row: "yes / 是" if row[0].frozen else "no / 否"),
        ),
    ),
    DAYS,
    BREACHES,
    Section(
        "Excluded time / 不计入的时间",
        lambda told: told.excluded,
        (
            TICKET,
            SUBJECT,
            code("Reason / 原因", "reason"),
            plain("From / 起", "begins_at"),
            plain("Until / 止", "ends_at"),
            plain("Length (min) / 时长（分钟）", "length"),
            plain("Proof / 证明", "proof"),
            plain("Reference / 编号", "reference"),
            plain("By / 录入", "by"),
        ),
    ),
    Section(
        "Handled / 处理过的工单",
        lambda told: told.handled,
        (*LINE, Column("What happened / 进展", lambda row: ", ".join(Code(each).said() for each in row.did))),
    ),
    Section("Open / 未关闭的工单", lambda told: told.open, LINE),
    Section(
        "Themes / 主要问题",
        lambda told: told.themes,
        (
            plain("Service / 服务", "service"),
            code("Symptom / 现象", "symptom"),
            plain("Tickets / 件数", "count"),
            plain("Violated / 违约", "breached"),
            joined("Examples / 示例", "examples"),
        ),
    ),
    Section(
        "Availability (min) / 可用性（分钟）",
        lambda told: () if told.availability is None else (told.availability,),
        (
            plain("Up / 可用", "up"),
            plain("Down / 不可用", "down"),
            plain("Maintenance / 维护", "maintenance"),
            plain("Unmeasured / 未测", "unmeasured"),
        ),
    ),
    Section(
        "AWS events / AWS 事件",
        lambda told: told.health,
        (
            plain("Service / 服务", "service"),
            plain("Region / 区域", "region"),
            plain("Event / 事件", "code"),
            plain("Category / 类别", "category"),
            plain("Status / 状态", "status"),
            plain("From / 起", "starts_at"),
            plain("Until / 止", "ends_at"),
            plain("Accounts / 账户数", "accounts"),
            plain("Resources / 资源数", "entities"),
            TICKET,
        ),
    ),
    Section(
        "AWS cases / AWS Case",
        lambda told: told.cases,
        (
            plain("Case", "display_id"),
            Column("Account / 账户", _account),
            plain("Name / 名称", "account"),
            SUBJECT,
            plain("Severity / 严重程度", "severity"),
            plain("Status / 状态", "status"),
            plain("Opened / 新建于", "opened_at"),
            plain("Resolved / 解决于", "resolved_at"),
            TICKET,
        ),
    ),
    Section(
        "Credit / 抵扣",
        _credits,
        (
            plain("Currency / 货币", "currency"),
            Column("Fee / 服务费", lambda row: money(half_up(Fraction(row.fee)), row.exponent)),
            Column("Discount (%) / 抵扣比例（%）", lambda row: Fraction(row.discount)),
            Column("Credit / 抵扣金额", lambda row: money(row.amount, row.exponent)),
            plain("Lowers the fee of / 计入账单", "due_on"),
            joined("Disputed tickets / 有异议的工单", "disputes"),
        ),
    ),
    Section(
        "Credit table / 抵扣区间",
        _bands,
        (
            Column("Attainment at least (%) / 达成率不低于（%）", lambda row: Fraction(row[0])),
            Column("Discount (%) / 抵扣比例（%）", lambda row: Fraction(row[1])),
        ),
    ),
    Section(
        "Corrections / 更正",
        _corrections,
        (
            _first("Month / 月份", "first_on"),
            _first("Ticket / 工单", "ticket_id"),
            _first("Was / 原为", "was", code),
            _first("Becomes / 改为", "becomes", code),
            _first("Decision / 决定", "verdict", code),
            Column("Difference / 差额", lambda row: row[1]),
        ),
    ),
    Section(
        "Cost advice / 成本建议",
        _of_cost("savings"),
        (
            Column("Account / 账户", _account),
            plain("Name / 名称", "account"),
            plain("Source / 来源", "source"),
            plain("Recommendation / 建议", "code"),
            plain("Resource / 资源", "resource"),
            plain("Region / 区域", "region"),
            Column("Saves a month / 每月节省", lambda row: Decimal(row.savings)),
            plain("Currency / 货币", "currency"),
        ),
    ),
    Section(
        "Cost totals / 成本合计",
        _of_cost("totals"),
        (
            plain("Source / 来源", "source"),
            plain("Count / 条数", "count"),
            Column("Saves a month / 每月节省", lambda row: Decimal(row.savings)),
            plain("Currency / 货币", "currency"),
        ),
    ),
    Section(
        "Improvement advice / 改进建议",
        lambda told: told.advice,
        (
            plain("Rule / 规则", "rule"),
            Column(
                "Figures / 依据", lambda row: "; ".join(f"{name}={row.figures[name]}" for name in row.figures)
            ),
        ),
    ),
)
