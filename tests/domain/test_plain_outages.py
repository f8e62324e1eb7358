"""What everybody would call Critical stays Critical, whatever the model has learnt from subtler mail."""

from __future__ import annotations

import pytest

from gateway.domain import priority
from gateway.mail.reader import trained


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Production is down", "Everything is down since 10:00. Please escalate to your manager."),
        ("Production down", "Our production website is down. All users affected."),
        ("", "prod is down"),
        ("prod outage", "Complete outage of production, all services down."),
        ("URGENT", "site's down, nobody can log in"),
        ("生产环境宕机", "生产环境全部宕机，所有用户无法访问。"),
        ("网站打不开", "网站整个打不开了，客户都进不来。"),
        ("系統停擺", "正式環境全部停擺，所有使用者都無法登入。"),
    ],
)
def test_plain_outage_of_production_is_critical(subject: str, text: str) -> None:
    assert priority.assess(subject, text, model=trained("priority")).priority == "critical"


@pytest.mark.parametrize(
    ("subject", "text", "expected"),
    [
        ("Staging is down", "Our staging environment is completely down.", "medium"),
        ("RCA", "Production was down yesterday for 20 minutes. Please send the root cause analysis.", "low"),
        ("咨询", "如果生产环境宕机，你们的处理流程是什么？", "low"),
        ("Payments failing", "In production the payment page fails, the rest of the site works.", "high"),
    ],
)
def test_plain_mail_below_critical_stays_there(subject: str, text: str, expected: str) -> None:
    assert priority.assess(subject, text, model=trained("priority")).priority == expected
