"""The facts of a contract as tests tell them, with every default term."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from gateway.domain.terms import Priority, Targets, Terms
from gateway.mail.markup import to_text
from gateway.reporting import contract
from gateway.reporting.contract_facts import Facts, Promised, Provider, Reports
from gateway.reporting.contract_people import Account, Person, Shift

LANGUAGES = ("en", "zh")
PROVIDER = Provider(
    "Northquay Cloud", "+65 5550 0100", "support@northquay.example", "https://desk.northquay.example", "HD"
)


def facts(**changes: Any) -> Facts:
    """The contract of a school in Beijing with Northquay Cloud."""
    manager = Person("王芳", "wang.fang@qinghe.example", "manager", "+86 10 5550 0101", "zh")
    made = Facts(
        provider=PROVIDER, customer="青禾教育", reference="qinghe", number="NQ-2026-021", version=1, replaces=0,
        starts_on=date(2026, 1, 1), ends_on=date(2027, 12, 31), effective_on=date(2026, 1, 1), zone="Asia/Shanghai",
        language="zh", currency="CNY", fee=Fraction(38_000), terms=Terms(), promised=Promised(),
        reports=Reports(country="CN", recipients=(manager,)), as_of=datetime(2026, 5, 9, 17, tzinfo=UTC),
        contacts=(manager, Person("李雷", "li.lei@qinghe.example", "own")),
        leads=(Person("郭平", "guo.ping@northquay.example", "lead"),),
        management=(Person("赵敏", "zhao.min@northquay.example", "manager"),),
        shifts=(
            Shift("cloud", "day", tuple(range(7)), "08:00", "20:00", "Asia/Shanghai", "weekly", "works", "",
                  date(2026, 1, 5), None, ("Chen Wei", "林悦")),
            Shift("cloud", "night", (0, 1, 2, 3, 4), "20:00", "08:00", "Asia/Shanghai", "daily", "rests", "cn",
                  date(2026, 1, 5), None, ("郭平",)),
        ),
        accounts=(Account("111122223333", "Production", "production", ("cn-north-1",), ("ec2",)),),
    )  # fmt: skip
    return replace(made, **changes)


def with_terms(**changes: Any) -> Facts:
    """The same contract under other terms."""
    return facts(terms=replace(Terms(), **changes))


def with_target(level: Priority, **changes: Any) -> Facts:
    """The same contract with another target of one priority."""
    targets: dict[Priority, Targets] = dict(Terms().targets)
    targets[level] = replace(targets[level], **changes)
    return with_terms(targets=MappingProxyType(targets))


def text(made: Facts, language: str, *parts: str) -> str:
    """What the contract says, or some parts of it, as plain text."""
    said = contract.documents(made, language)
    colon = "：" if language == "zh" else ": "
    return "\n".join(to_text(said[part].blocks, colon) for part in parts or contract.PARTS)
