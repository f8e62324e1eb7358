"""Which of the contract's six services a request asks for, and whether it is an incident. Pure.

Source: contract clause 1 (promise P3).
"""

from __future__ import annotations

from typing import Final

from gateway.domain.lifecycle import Kind
from gateway.domain.terms import Priority, Service

_WORDS: Final[tuple[tuple[Service, tuple[str, ...]], ...]] = (
    (Service.CASES, ("support case", "aws case", "support center case", "提 case", "开 case", "开case", "支持案例")),
    (Service.HEALTH, ("health event", "health dashboard", "aws health", "健康事件", "健康仪表")),
    (Service.COST, ("cost", "invoice", "billing", "bill ", "savings plan", "reserved instance", "budget", "账单",
                    "費用", "费用", "成本", "发票", "帳單", "预算")),
    (Service.ARCHITECTURE, ("architecture", "well-architected", "best practice", "design review", "架构", "架構",
                            "最佳实践", "选型")),
    (Service.ACCOUNT, ("iam user", "mfa", "permission", "new account", "access key", "sso", "identity center",
                       "organizations", "root user", "权限", "權限", "账号", "帳號", "账户", "开通", "子账号")),
)  # fmt: skip
_CHANGE: Final = (
    "change request",
    "please deploy",
    "maintenance window",
    "变更",
    "變更",
    "上线计划",
    "升级计划",
)
_LIMIT: Final = 4_000


def service(subject: str, text: str) -> Service:
    """The service the words name; technical support where none is named.

    >>> service("Question about our bill for May", "")
    <Service.COST: 'cost-optimisation'>
    """
    words = f"{subject}\n{text}"[:_LIMIT].lower()
    return next((found for found, names in _WORDS if any(name in words for name in names)), Service.SUPPORT)


def kind(subject: str, text: str, priority: Priority) -> Kind:
    """An incident where something is broken, a change where one is asked for, else a request."""
    words = f"{subject}\n{text}"[:_LIMIT].lower()
    if priority is not Priority.LOW:
        return Kind.INCIDENT
    return Kind.CHANGE if any(name in words for name in _CHANGE) else Kind.REQUEST
