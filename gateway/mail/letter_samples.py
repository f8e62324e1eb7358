"""Sample words of every letter: one full set per language, as a preview shows it and a test needs it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

Words = dict[str, Any]

ENGLISH: Final[Words] = {
    "ticket": "HD-1042",
    "provider": "Northquay Cloud",
    "support_address": "support@northquay.example",
    "zone": "Asia/Singapore",
    "requester": "Li Na",
    "author": "Chen Wei",
    "engineer": "Chen Wei",
    "assignee": "Chen Wei",
    "asked_by": "Li Na",
    "others": "Guo Ping (team lead), Wu Lan (management)",
    "people": "Chen Wei (assignee), Guo Ping (team lead), Wu Lan (management)",
    "silent": "Chen Wei",
    "escalated_to": "Guo Ping (team lead)",
    "missing": "team lead",
    "passed_on_to": "team lead",
    "by": "Chen Wei",
    "customer": "Harbour Freight Ltd",
    "subject": "Direct Connect down, warehouse scanners offline",
    "aws_service": "EC2",
    "event_title": "operational issue",
    "states": "1 impaired, 1 unknown",
    "advice": ["Look at your own monitoring.", "If your applications suffer, reply to this mail."],
    "text": "The tunnel is up again.\n\nWe moved it to the second router:\n  vgw-1 -> vgw-2\n\n"
    "Please test the scanners.",
    "reason": "One warehouse of six is affected.",
    "reasons": ["on call: cloud day", "knows direct-connect", "open tickets: 2"],
    "outgoing": "Priya Nair",
    "phone": "+65 5550 0100",
    "title": "Database servers move to new hardware",
    "description": "Each database restarts once, for about 2 min.\n"
    "Please let your services connect again by themselves.",
    "emergency": "The disks of two hosts fail.",
}
CHINESE: Final[Words] = {
    "ticket": "HD-1042",
    "provider": "北港云",
    "support_address": "support@northquay.example",
    "zone": "Asia/Shanghai",
    "requester": "李娜",
    "author": "陈伟",
    "engineer": "陈伟",
    "assignee": "陈伟",
    "asked_by": "李娜",
    "others": "郭平（团队主管）、吴岚（管理层）",
    "people": "陈伟（负责人）、郭平（团队主管）、吴岚（管理层）",
    "silent": "陈伟",
    "escalated_to": "郭平（团队主管）",
    "missing": "团队主管",
    "passed_on_to": "团队主管",
    "by": "陈伟",
    "customer": "海港货运有限公司",
    "subject": "专线中断，仓库扫描枪全部离线",
    "aws_service": "EC2",
    "event_title": "运行问题",
    "states": "1 个受影响、1 个未知",
    "advice": ["请查看自有监控。", "如应用受到影响，请回复本邮件。"],
    "text": "专线已恢复。\n\n我们已切换到第二台路由器：\n  vgw-1 -> vgw-2\n\n请测试扫描枪。",
    "reason": "六个仓库中只有一个受影响。",
    "reasons": ["当值：cloud day", "熟悉 direct-connect", "未结工单：2"],
    "outgoing": "林悦",
    "phone": "+86 400 555 0100",
    "title": "数据库迁移到新硬件",
    "description": "每个数据库会重启一次，约 2 分钟。\n请让您的程序自动重连。",
    "emergency": "两台主机的磁盘即将失效。",
}


def act(said: str, code: str, value: str = "", *, left_out: str = "") -> Words:
    """What became of one command of an engineer's mail."""
    done = (
        "assigned",
        "priority",
        "escalated",
        "note",
        "replied",
        "resolved",
        "waiting-customer",
        "waiting-aws",
    )
    return {"said": said, "done": code in done, "code": code, "value": value, "left_out": left_out}


DONE: Final = [
    act("#assign Guo", "assigned", "Guo Ping"),
    act("#priority high Two sites are down.", "priority", "high"),
    act("#escalate", "escalated"),
    act("#resolve", "resolved", left_out="forwarded.eml"),
]
NOT_DONE: Final = [
    act("#take", "assigned", "Chen Wei"),
    act("#assign Chen", "several-engineers", "Chen Hao, Chen Wei"),
    act("#assign Xu", "no-such-engineer", "Xu"),
    act("#priority soon", "no-priority"),
    act("#priority low", "no-reason"),
    act("#resolv", "unknown"),
    act("#wait", "status", "closed"),
    act("", "own-text", "routertwofailed"),
    act("", "inline"),
]
FIGURES: Final[Words] = {
    "authenticated": True,
    "on_call": True,
    "management_told": True,
    "unacknowledged": False,
    "customer_told": False,
    "last": False,
    "became": False,
    "acts": DONE,
    "exclusion": "x1",
    "excluded_reason": "third-party",
    "into": "HD-1007",
    "from_at": datetime(2026, 11, 16, 2, 48, tzinfo=UTC),
    "files": "trace.log",
    "unscanned": True,
    "infected": "trace.log (Win.Test.EICAR_HDB-1)",
    "shortened": False,
    "asked_at": datetime(2026, 11, 16, 5, 20, tzinfo=UTC),
    "passed_on_at": datetime(2026, 11, 16, 6, 6, 30, tzinfo=UTC),
    "next_step_at": datetime(2026, 11, 16, 2, 56, tzinfo=UTC),
    "received_at": datetime(2026, 11, 16, 2, 48, 30, tzinfo=UTC),
    "at": datetime(2026, 11, 16, 5, 20, tzinfo=UTC),
    "first_response_due_at": datetime(2026, 11, 16, 3, 3, 30, tzinfo=UTC),
    "resolution_due_at": datetime(2026, 11, 16, 6, 48, 30, tzinfo=UTC),
    "confirm_until_at": datetime(2026, 11, 19, 5, 20, tzinfo=UTC),
    "due_at": datetime(2026, 11, 16, 6, 48, 30, tzinfo=UTC),
    "remaining": timedelta(hours=1, minutes=12),
    "percent": 75,
    "target": "resolution",
    "progress": timedelta(hours=1),
    "priority": "critical",
    "old_priority": "high",
    "status": "resolved",
    "old_status": "open",
    "address": "li.na@harbour.example",
    "link": "https://desk.northquay.example/tickets/1042",
    "escalate_link": "https://desk.northquay.example/e/5f0c",
    "confirm_link": "https://desk.northquay.example/c/81d2",
    "not_fixed_link": "https://desk.northquay.example/n/a40e",
    "entry_link": "https://desk.northquay.example/enter/6bq3",
    "client": "198.51.100.7",
    "until_at": datetime(2026, 11, 16, 5, 30, tzinfo=UTC),
    "cause": None,
    "resolved_at": datetime(2026, 11, 16, 5, 20, tzinfo=UTC),
    "since": datetime(2026, 11, 16, 2, 48, 30, tzinfo=UTC),
    "next_at": datetime(2026, 11, 16, 6, 20, tzinfo=UTC),
    "first_response_late": False,
    "resolution_late": False,
    "rests": False,
    "more": False,
    "recipients": "li.na@harbour.example",
    "answer": "550 5.1.1 no such user",
    "contract_number": "NQ-2026-014",
    "team": None,
    "nobody_active": False,
    "incoming": False,
    "own": False,
    "again": False,
    "partition": "aws-cn",
    "standings": [
        {
            "account_id": "111122223333",
            "name": "Shop",
            "customer": "Harbourline Logistics",
            "state": "role-broken",
            "code": "AccessDenied",
            "denied": [],
            "since": datetime(2026, 11, 16, 2, 48, tzinfo=UTC),
        },
    ],
    "gaps": [
        {
            "start": datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
            "end": datetime(2026, 11, 24, 16, 0, tzinfo=UTC),
            "length": timedelta(hours=4),
        }
    ],
    "follow_up_of": None,
    "notice": "HD-N12",
    "starts_at": datetime(2026, 11, 20, 18, 0, tzinfo=UTC),
    "ends_at": datetime(2026, 11, 20, 22, 0, tzinfo=UTC),
    "old_starts_at": datetime(2026, 11, 19, 18, 0, tzinfo=UTC),
    "old_ends_at": datetime(2026, 11, 19, 22, 0, tzinfo=UTC),
    "ended_at": datetime(2026, 11, 20, 22, 0, tzinfo=UTC),
    "needed": timedelta(hours=48),
    "accounts": "111122223333, 444455556666",
    "services": "RDS",
    "regions": "ap-southeast-1",
    "severity": "high",
    "change": "moved",
    "other_language": None,
    "event_status": "open",
    "region": "ap-southeast-1",
    "availability_zone": None,
    "until": None,
    "lasted": timedelta(hours=2, minutes=32),
    "planned_at": datetime(2026, 11, 30, 1, 0, tzinfo=UTC),
    "old_planned_at": None,
    "added": None,
    "gone": None,
    "resources": "i-0abc, i-0def",
    "overlaps": "HD-1041",
    "reopened": False,
    "what": "replied",
    "who": None,
    "relay": False,
    "sent": True,
    "closed": False,
    "names": "trace.log",
    "unsent": [],
    "waits": timedelta(hours=72),
    "case": "170000001042",
    "account": "Harbour production (111122223333)",
    "wanted": "critical",
    "state": "asked",
    "kind": "create",
    "marker": "HD-1042/w77.1.k3f9a",
    "fault": "ReadTimeoutError",
}


def happened(name: str) -> list[Words]:
    """What happened since the last word to the customer, as a progress report tells it."""
    at = datetime(2026, 11, 16, 2, 50, tzinfo=UTC)
    told = [
        ("assigned", name),
        ("received", ""),
        ("worked", ""),
        ("status", "waiting-aws"),
        ("priority", "critical"),
    ]
    told += [("escalated", ""), ("assigned", ""), ("aws-health", "changed"), ("aws-health", "closed")]
    return [
        {"at": at + timedelta(minutes=10 * index), "what": what, "value": value}
        for index, (what, value) in enumerate(told)
    ]


def handed(name: str | None, customer: str | None, subject: str, **changes: object) -> Words:
    """A ticket as a hand-over tells it."""
    at = datetime(2026, 11, 16, 6, 48, 30, tzinfo=UTC)
    ticket: Words = {
        "number": "HD-1042",
        "subject": subject,
        "customer": customer,
        "priority": "critical",
        "status": "waiting-aws",
        "link": "https://desk.northquay.example/tickets/1042",
        "first_response": None,
        "resolution": {"due_at": at, "remaining": timedelta(hours=2, minutes=48)},
        "rests": False,
        "what": "received",
        "value": "",
        "last_at": datetime(2026, 11, 16, 3, 50, tzinfo=UTC),
        "to": name,
    }
    return ticket | changes


def words(language: str, **changes: object) -> Words:
    """Everything a letter may ask for."""
    told = CHINESE if language == "zh" else ENGLISH
    tickets = [handed(told["engineer"], told["customer"], told["subject"])]
    return FIGURES | told | {"happened": happened(told["author"]), "tickets": tickets} | changes
