"""The letter to management about time that the customer contests, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gateway.mail import letters
from gateway.mail.letters import Letter, render

ENVIRONMENT = letters.environment()
WORDS = {
    "ticket": "HD-1042",
    "provider": "Northquay Cloud",
    "support_address": "support@northquay.example",
    "phone": "",
    "zone": "Asia/Singapore",
    "link": "https://desk.northquay.example/tickets/1042/sla",
    "exclusion": "x1",
    "excluded_reason": "third-party",
    "from_at": datetime(2026, 11, 16, 2, 48, tzinfo=UTC),
    "until_at": datetime(2026, 11, 16, 4, 0, tzinfo=UTC),
    "reason": "The carrier was back at noon.",
    "explanation": "The carrier's fibre was cut.",
    "subject": "Direct Connect down",
    "customer": "Harbour",
    "author": "Chen Wei",
}
ENGLISH = """Northquay Cloud

HD-1042: the customer contests exclusion x1

Customer: Harbour
Subject: Direct Connect down
Not counted from: 10:48, Monday 16 November
Not counted until: 12:00, Monday 16 November
Delayed by: a third party
Entered by: Chen Wei

Times are Singapore time (UTC+8).

Why it was excluded
The carrier's fibre was cut.

Why the customer contests it
The carrier was back at noon.

Open the evidence sheet: https://desk.northquay.example/tickets/1042/sla

The time stays excluded until a manager upholds or strikes it there. This mail comes again each day until then.

-- 
Internal. The customer never sees this.
"""  # noqa: W291
CHINESE = """Northquay Cloud

HD-1042：客户对不计入的时间 x1 提出异议

客户：Harbour
主题：Direct Connect down
开始：11 月 16 日（周一）10:48
结束：11 月 16 日（周一）12:00
原因：第三方
录入人：Chen Wei

以上为新加坡时间（UTC+8）。

录入时的说明
The carrier's fibre was cut.

客户的异议
The carrier was back at noon.

查看 SLA 明细：https://desk.northquay.example/tickets/1042/sla

经理在该页面维持或撤销之前，这段时间仍不计入。裁定之前，本邮件每天发送一次。

-- 
内部邮件，客户看不到。
"""  # noqa: W291


def made(language: str, **changes: object) -> Letter:
    return render(ENVIRONMENT, "engineer-contested", language, WORDS | changes)


def test_letter_reads_well_in_english() -> None:
    letter = made("en")
    assert (letter.subject, letter.text) == ("[HD-1042] Decide: Harbour contests excluded time", ENGLISH)


def test_letter_reads_well_in_chinese() -> None:
    letter = made("zh")
    assert (letter.subject, letter.text) == ("[HD-1042] 请裁定：Harbour 对不计入的时间有异议", CHINESE)


@pytest.mark.parametrize(
    ("language", "lasts", "left"),
    [("en", "it still lasts", "somebody who left"), ("zh", "尚未结束", "已离职人员")],
)
def test_letter_does_without_what_is_not_known(language: str, lasts: str, left: str) -> None:
    text = made(language, until_at=None, author="", explanation="", customer=None, subject="").text
    assert lasts in text
    assert left in text


@pytest.mark.parametrize(
    ("reason", "english", "chinese"),
    [
        ("customer", "the customer", "客户"),
        ("aws", "AWS", "AWS"),
        ("third-party", "a third party", "第三方"),
        ("force-majeure", "force majeure", "不可抗力"),
        ("maintenance", "planned maintenance", "计划维护"),
    ],
)
def test_every_reason_has_a_word(reason: str, english: str, chinese: str) -> None:
    assert f"\nDelayed by: {english}\n" in made("en", excluded_reason=reason).text
    assert f"\n原因：{chinese}\n" in made("zh", excluded_reason=reason).text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_customers_words_stay_words(language: str) -> None:
    letter = made(
        language, reason="<script>x</script> [Win](https://evil.example)", explanation="{{ 7 * 7 }}"
    )
    assert "<script>" not in letter.html
    assert 'href="https://evil.example"' not in letter.html
    assert "{{ 7 * 7 }}" in letter.text
