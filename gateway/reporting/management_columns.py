"""The lists of management's report as figures: which columns each has."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from gateway.reporting.columns import BREACHES, DAYS, DECIDED, VOLUMES, Column, Section, money, plain

SECTIONS: Final = (
    Section(
        "Customers / 客户",
        lambda told: told.customers,
        (
            plain("Customer / 客户", "customer"),
            plain("Contract / 合同", "number"),
            plain("Opened / 新建", "opened"),
            plain("Open at the end / 期末未关闭", "open_at_end"),
            *DECIDED,
            plain("Violated / 违约", "breached"),
            Column("Discount (%) / 抵扣比例（%）", lambda row: Fraction(row.discount or "0")),
            Column("Credit at risk / 可能抵扣", lambda row: money(row.at_risk, row.exponent)),
            plain("Currency / 货币", "currency"),
            Column("Frozen / 已冻结", lambda row: "yes / 是" if row.frozen else "no / 否"),
        ),
    ),
    VOLUMES,
    DAYS,
    Section(
        "Engineers / 工程师",
        lambda told: told.engineers,
        (
            plain("Name / 姓名", "name"),
            plain("Open now / 手上未关闭", "open_now"),
            plain("Assigned / 新分配", "assigned"),
            plain("Resolved / 已解决", "resolved"),
            plain("Replies / 回复", "replies"),
            plain("Violated / 违约", "breached"),
            plain("On call (min) / 值班（分钟）", "on_call"),
        ),
    ),
    Section(
        "Gaps in the rota / 值班空缺",
        lambda told: (*told.gaps_past, *told.gaps_ahead),
        (plain("Rota / 值班表", "duty"), plain("From / 起", "begins_at"), plain("Until / 止", "ends_at")),
    ),
    BREACHES,
    Section(
        "Not decided / 待处理",
        lambda told: (told,),
        (plain("Undecided / 未判定", "undecided"), plain("Held mail / 待审邮件", "held_mail")),
    ),
)
