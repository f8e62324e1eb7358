"""Sample words of every letter, as a test needs them: one full set per letter and language."""

from datetime import UTC, datetime, timedelta

ENGLISH = {
    "ticket": "HD-1042",
    "provider": "Northquay Cloud",
    "support_address": "support@northquay.example",
    "zone": "Asia/Singapore",
    "requester": "Li Na",
    "author": "Chen Wei",
    "engineer": "Chen Wei",
    "assignee": "Chen Wei",
    "by": "Chen Wei",
    "customer": "Harbour Freight Ltd",
    "subject": "Direct Connect down, warehouse scanners offline",
    "text": "The tunnel is up again.\n\nWe moved it to the second router:\n  vgw-1 -> vgw-2\n\nPlease test the scanners.",
    "reason": "One warehouse of six is affected.",
    "reasons": ["on call: cloud day", "knows direct-connect", "open tickets: 2"],
    "phone": "+65 5550 0100",
    "title": "Database servers move to new hardware",
    "description": "Each database restarts once, for about 2 min.\nPlease let your services connect again by themselves.",
    "emergency": "The disks of two hosts fail.",
}
CHINESE = {
    "ticket": "HD-1042",
    "provider": "北港云",
    "support_address": "support@northquay.example",
    "zone": "Asia/Shanghai",
    "requester": "李娜",
    "author": "陈伟",
    "engineer": "陈伟",
    "assignee": "陈伟",
    "by": "陈伟",
    "customer": "海港货运有限公司",
    "subject": "专线中断，仓库扫描枪全部离线",
    "text": "专线已恢复。\n\n我们已切换到第二台路由器：\n  vgw-1 -> vgw-2\n\n请测试扫描枪。",
    "reason": "六个仓库中只有一个受影响。",
    "reasons": ["当值：cloud day", "熟悉 direct-connect", "未结工单：2"],
    "phone": "+86 400 555 0100",
    "title": "数据库迁移到新硬件",
    "description": "每个数据库会重启一次，约 2 分钟。\n请让您的程序自动重连。",
    "emergency": "两台主机的磁盘即将失效。",
}
FIGURES = {
    "authenticated": True,
    "on_call": True,
    "management_told": True,
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
}


def happened(name):
    """What happened since the last word to the customer, as a progress report tells it."""
    at = datetime(2026, 11, 16, 2, 50, tzinfo=UTC)
    told = [
        ("assigned", name),
        ("received", ""),
        ("worked", ""),
        ("status", "waiting-aws"),
        ("priority", "critical"),
    ]
    told += [("escalated", ""), ("assigned", "")]
    return [
        {"at": at + timedelta(minutes=10 * index), "what": what, "value": value}
        for index, (what, value) in enumerate(told)
    ]


def words(language, **changes):
    """Everything a letter may ask for."""
    told = CHINESE if language == "zh" else ENGLISH
    return FIGURES | told | {"happened": happened(told["author"])} | changes
