"""The contract's four definitions read from what customers write."""

import json
import time
from pathlib import Path

import pytest

from gateway.domain import priority
from gateway.domain.terms import Priority

MODEL = priority.Model.of(
    json.loads((Path(priority.__file__).parent / "priority_model.json").read_text("utf-8"))
)


def judge(subject: str, text: str) -> Priority:
    return priority.assess(subject, text, model=MODEL).priority


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("site down", "Our production site is down for all customers since 10:00, nobody can log in."),
        ("紧急", "生产环境整个打不开了，所有用户都无法登录。"),
        ("緊急", "正式環境全部無法連線，所有客戶都無法使用。"),
        ("Help", "An attacker is in our account right now and is deleting the production databases."),
        ("全站挂了", "全站502，所有接口都不通"),
    ],
)
def test_a_stop_of_the_whole_production_is_critical(subject: str, text: str) -> None:
    assert judge(subject, text) is Priority.CRITICAL


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Refunds",
            "Refunds fail with an error in production since this morning, everything else works fine.",
        ),
        ("退款失败", "线上退款功能一直报错，其他功能正常。"),
        (
            "Bucket",
            "We found that our S3 bucket with customer passports is publicly readable. The site works as usual.",
        ),
        ("磁盘快满", "生产数据库磁盘只剩3%，预计今晚写满，到时全站就停了，目前还正常。"),
    ],
)
def test_a_part_of_production_failing_a_stop_ahead_or_an_exposure_is_high(subject: str, text: str) -> None:
    assert judge(subject, text) is Priority.HIGH


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("EVERYTHING IS DOWN!!!", "The staging environment is completely dead, all testers are blocked."),
        ("测试环境全挂", "测试环境全部宕机，所有服务起不来，生产没影响。"),
        ("Slow", "Pages are slow today, they take about 8 seconds to load, but they work."),
        ("备份失败", "昨晚备份任务失败，业务不受影响。"),
        ("My VPN", "I cannot connect to the VPN from my laptop, my colleagues are fine."),
    ],
)
def test_degradation_side_functions_one_user_and_other_environments_are_medium(
    subject: str, text: str
) -> None:
    assert judge(subject, text) is Priority.MEDIUM


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Question",
            "If the primary AZ went down, how long would the failover take? Everything is fine now.",
        ),
        ("已恢复", "网站已经恢复正常了，请提供故障报告。"),
        ("Planned reboot", "We plan to reboot the production database on Sunday 02:00, please schedule it."),
        ("URGENT", "We urgently need the invoice for January today."),
        ("开通账号", "麻烦给新同事开通一个只读账号，谢谢。"),
    ],
)
def test_questions_requests_plans_and_past_faults_are_low(subject: str, text: str) -> None:
    assert judge(subject, text) is Priority.LOW


def test_words_of_urgency_alone_change_nothing() -> None:
    text = "Please send us the invoice for January."
    assert judge("Invoice", text) is judge("URGENT!!! Invoice", f"URGENT! {text}")


def test_evidence_names_the_words_and_their_signal() -> None:
    found = priority.assess("", "Production is down for all users.", model=MODEL).evidence
    assert priority.Evidence("down", "effect-down") in found


def test_evidence_of_a_fault_that_is_only_imagined_says_so() -> None:
    found = priority.assess("", "What would happen if production went down for all users?").evidence
    assert "hypothetical" in {entry.signal for entry in found}


@pytest.mark.parametrize("text", ["", " ", "?", "x", "zzz qqq", "\x00", "🙂"])
def test_every_text_yields_evidence(text: str) -> None:
    assert priority.assess("", text, model=MODEL).evidence
    assert priority.assess("", text).evidence


def test_quoted_history_does_not_decide() -> None:
    text = (
        "Thanks, please send the report.\n\n> production is down, all users are affected\n> nobody can log in"
    )
    assert judge("Re: outage", text) is Priority.LOW


@pytest.mark.parametrize(
    "text",
    [
        "down " * 200_000,
        "如果" * 300_000,
        "a" * 1_000_000,
        "all our " * 100_000,
        "\n" * 500_000,
        "> x\n" * 200_000,
    ],
)
def test_hostile_length_does_not_hang(text: str) -> None:
    started = time.monotonic()
    priority.assess(text, text, model=MODEL)
    assert time.monotonic() - started < 10


def test_words_typed_in_haste_count_as_meant_and_are_shown_as_typed() -> None:
    found = priority.assess("", "wbesite donw for evryone, nobody can log in", model=MODEL)
    assert found.priority is Priority.CRITICAL
    assert priority.Evidence("donw", "effect-down") in priority.assess("", "it is donw").evidence


def test_all_of_one_region_is_not_all() -> None:
    assert judge("EU", "All EU customers cannot check out. US and Asia work normally.") is Priority.HIGH


def test_a_fault_that_lies_ahead_is_shown_as_imminent() -> None:
    text = "The certificate expires tonight; after that all customers will be locked out. It works now."
    assert "imminent" in {entry.signal for entry in priority.assess("", text).evidence}
