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
    "phone": "+65 5550 0100",
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
    "phone": "+86 400 555 0100",
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
    "contract_number": "NQ-2026-014",
    "team": None,
    "follow_up_of": None,
}


def words(language, **changes):
    """Everything a letter may ask for."""
    return FIGURES | (CHINESE if language == "zh" else ENGLISH) | changes
