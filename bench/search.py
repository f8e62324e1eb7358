"""How long a search among very many tickets takes, what the index costs, and what a mail pays for it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.results import Table, percentile
from bench.stack import Stack
from bench.yard import Yard
from gateway import clock
from gateway.services import Services
from gateway.store import search
from gateway.store.models import Customer, Message, SearchDue, Ticket, table
from gateway.store.queries import listing

BATCH = 2000
FIRST = 1_000_001
MESSAGES = 3
ROUNDS = 30
MARKS = 1000
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
CHINESE = (
    "数据库 迁移 失败 实例 无法 启动 网络 延迟 报错 请 尽快 处理 机房 负载 均衡 证书 过期 账单 异常 备份 恢复 权限 "
    "控制台 登录 安全组 规则 流量 突增 磁盘 已满 日志 告警 生产 环境 测试 客户 订单 支付 页面 打开 缓慢"
)
ENGLISH = (
    "the database instance cannot start network latency error please check production test order payment page slow "
    "certificate expired backup restore permission console login security group rule traffic spike disk full alarm"
)
ASKED = (
    ("common word", "database"), ("two characters", "迁移"), ("four characters", "负载均衡"),
    ("two words", "证书 latency"),
    ("phrase", '"security group"'), ("beginning", "cert*"), ("rare word", "w77x"), ("number", "HD-1077"),
    ("writer", "from:u7@c7.example"), ("writer and word", "from:c7.example 告警"), ("one character", "库"),
    ("nothing", "nowhere"), ("word among open ones", "live:backup"), ("word of one customer", "customer:backup"),
)  # fmt: skip


def run(yard: Yard) -> list[Table]:
    """Two tables: searches by size, and what the index costs."""
    sizes = (200, 2000) if yard.quick else (yard.tickets // 10, yard.tickets)
    found = {
        name: [_measured(yard.fresh(), _another(yard, name), size) for size in sizes] for name in _names(yard)
    }
    heads = [f"{name} {size:,}" for name in found for size in sizes]
    searches = Table(
        "Searching among very many tickets",
        f"p95 of {ROUNDS} in milliseconds with another word or page each time: a page of 50 with "
        f"its count, as the queue asks. {MESSAGES} messages of 40 to 120 words for each ticket, half Chinese.",
        ("p95 ms", *heads, "goal"),
    )
    for asked, _ in ASKED:
        searches.add(
            asked, *(f"{each[asked]:.1f}" for sizes_of in found.values() for each in sizes_of), "≤ 200"
        )
    costs = Table("What the search index costs", "", ("", *heads, "goal"))
    for what, goal in (
        ("index ms a ticket", ""),
        ("index kB a ticket", ""),
        ("marks of a mail, ms", "≤ 0.3"),
    ):
        costs.add(what, *(f"{each[what]:.3f}" for sizes_of in found.values() for each in sizes_of), goal)
    return [searches, costs]


def _names(yard: Yard) -> list[str]:
    return ["SQLite", *(["PostgreSQL"] if yard.postgres else [])]


def _another(yard: Yard, name: str) -> str:
    return dict(yard.databases())[name]


def _measured(folder: Path, url: str, count: int) -> dict[str, float]:
    stack = Stack(folder, url, relay_port=9)
    services = stack.services
    try:
        fill(services, count)
        before, began = _size(services), time.perf_counter()
        while services.indexing.drain(clock.now() + timedelta(seconds=5)):
            pass
        taken = time.perf_counter() - began
        costs = {
            "index ms a ticket": taken * 1000 / count,
            "index kB a ticket": (_size(services) - before) / 1000 / count,
        }
        settle(services)
        searched = {what: _p95(services, typed, count) for what, typed in ASKED}
        return searched | costs | {"marks of a mail, ms": _marks(services)}
    finally:
        stack.close()


def fill(services: Services, count: int) -> None:
    """Tickets with messages, marked for the index but not in it yet."""
    with services.transaction() as session:
        session.add_all(
            Customer(id=FIRST + n, reference=f"search{n}", name=f"C{n}", language="zh", time_zone="UTC")
            for n in range(100)
        )
    for start in range(0, count, BATCH):
        numbers = range(1001 + start, 1001 + min(count, start + BATCH))
        with services.transaction() as session:
            session.execute(table(Ticket).insert(), [_ticket(number) for number in numbers])
            session.execute(table(Message).insert(), [row for number in numbers for row in _messages(number)])
            session.execute(table(SearchDue).delete())
    with services.transaction() as session:  # as the migration leaves it
        search.mark(session, range(1001, 1001 + count))


def _ticket(number: int) -> dict[str, Any]:
    chance = random.Random(number)
    at = MARCH + timedelta(minutes=number)
    live = chance.random() < 0.05
    return {
        "id": number, "customer_id": FIRST + number % 100, "queue": "main", "subject": _words(chance, 6),
        "service": "technical-support", "kind": "incident", "status": "open" if live else "closed", "priority": "low",
        "language": "zh", "requester_email": f"u{number % 50}@c{number % 100}.example",
        "requester_name": f"U {number % 50}", "opened_at": at, "changed_at": at,
        "first_response_due_at": at, "resolution_due_at": at, "next_due_at": at,
        "priority_evidence": [], "claimed_escalation": False, "asked_escalation": False, "origin": "customer",
        "discounted": "", "aws_region": "", "aws_services": [],
    }  # fmt: skip


def _messages(number: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(number)
    for turn in range(MESSAGES):
        text = f"{_words(chance, chance.randint(40, 120))} w{chance.randrange(5000)}x {chance.randrange(10**12):012}"
        yield {
            "ticket_id": number, "direction": ("inbound", "outbound", "note")[turn % 3], "at": MARCH, "text": text,
            "author_name": f"U {number % 50}", "author_email": f"u{number % 50}@c{number % 100}.example",
            "new_text": text, "subject": "", "language": "zh", "recipients": [], "message_id": "", "kind": "human",
            "authenticated": True, "authentication": {}, "held": False, "held_reason": "", "nature": [],
            "invitations": [],
        }  # fmt: skip


def _words(chance: random.Random, count: int) -> str:
    if chance.random() < 0.5:
        return "".join(
            chance.choice(CHINESE.split()) + ("，" if chance.random() < 0.2 else "") for _ in range(count)
        )
    return " ".join(chance.choices(ENGLISH.split(), k=count))


def settle(services: Services) -> None:
    """As the database would stand some minutes later."""
    with services.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if services.engine.dialect.name == "postgresql":
            connection.execute(sa.text("VACUUM ANALYZE"))


def _size(services: Services) -> int:
    with services.reading() as session:
        if services.engine.dialect.name == "sqlite":
            return session.execute(sa.text("SELECT page_count * 4096 FROM pragma_page_count()")).scalar_one()
        return session.execute(sa.text("SELECT pg_total_relation_size('search_index')")).scalar_one()


def _p95(services: Services, typed: str, count: int) -> float:
    taken = []
    for turn in range(ROUNDS):
        word = (
            typed.rpartition("live:")[2]
            .rpartition("customer:")[2]
            .replace("77", str(70 + turn))
            .replace("c7", f"c{turn}")
        )
        wanted = listing.TicketFilter(
            status=listing.LIVE if typed.startswith("live:") else listing.ALL, words=word,
            customer_id=FIRST + turn if typed.startswith("customer:") else None,
        )  # fmt: skip
        cursor = f"1.{1001 + count * turn // ROUNDS}" if turn % 3 == 2 else ""
        taken.append(_cost(lambda wanted=wanted, cursor=cursor: _page(services, wanted, cursor)))  # type: ignore[misc]
    return percentile(taken, 0.95) * 1000


def _page(services: Services, wanted: listing.TicketFilter, cursor: str) -> None:
    with services.reading() as session:
        listing.tickets(session, wanted, cursor=cursor)
        listing.count_tickets(session, wanted)


def _marks(services: Services) -> float:
    """What a new ticket with its message pays more than without triggers, in milliseconds. Ends the index."""
    watched = _inserting(services, 10_000_000)
    with services.transaction() as session:
        on = "" if services.engine.dialect.name == "sqlite" else " ON {0}"
        for name in ("ticket", "message"):
            session.execute(sa.text(f"DROP TRIGGER search_{name}_new{on.format(name)}"))
    return (watched - _inserting(services, 20_000_000)) * 1000


def _inserting(services: Services, first: int) -> float:
    taken = []
    with services.transaction() as session:
        for turn in range(MARKS):
            taken.append(_cost(lambda number=first + turn: _insert(session, number)))  # type: ignore[misc]
    return percentile(taken, 0.5)


def _insert(session: Session, number: int) -> None:
    session.execute(table(Ticket).insert(), _ticket(number))
    session.execute(table(Message).insert(), next(_messages(number)))


def _cost(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
