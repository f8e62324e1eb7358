"""What a reply asks for."""

import json
import time
from pathlib import Path

import pytest

from gateway.domain import intent
from gateway.domain.intent import Kind
from gateway.domain.weighing import Model

MODEL = Model.of(json.loads((Path(intent.__file__).parent / "escalation_model.json").read_text("utf-8")))


@pytest.mark.parametrize(
    "text",
    [
        "Please escalate this to your second line.",
        "If it is not fixed by 6, get your manager.",
        "I want to speak to your supervisor now.",
        "Please raise the severity of this ticket to high.",
        "请马上升级到你们的技术总监。",
        "六点前搞不定就叫你们经理给我打电话",
        "請將工單優先級調高，並轉給資深工程師。",
        "请同步请AWS原厂介入。",
    ],
)
def test_asking_for_somebody_higher_is_an_escalation(text: str) -> None:
    assert intent.read("", text).asks_escalation


@pytest.mark.parametrize(
    "text",
    [
        "Please hurry, this is urgent, ASAP!",
        "No need to escalate, it works again.",
        "Could you send us the escalation matrix?",
        "The scanner reports a privilege escalation in our kernel.",
        "We would like to upgrade MySQL from 5.7 to 8.0.",
        "请把 RDS 从 5.7 升级到 8.0。",
        "不用升级处理了，谢谢。",
        "请问升级流程是什么？",
        "Our account manager is on holiday.",
        "非常紧急，请尽快处理！",
    ],
)
def test_urgency_upgrades_and_questions_are_no_escalation(text: str) -> None:
    assert not intent.read("", text).asks_escalation


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Confirmed, it works now. You can close the ticket.", Kind.CONFIRM),
        ("已解决，可以关单了。", Kind.CONFIRM),
        ("It is still not fixed, we get the same error.", Kind.NOT_FIXED),
        ("还是不行，一样的报错。", Kind.NOT_FIXED),
        ("Thanks!", Kind.THANKS),
        ("谢谢！", Kind.THANKS),
        ("When will the report be ready?", Kind.QUESTION),
        ("请问什么时候能给报告？", Kind.QUESTION),
        ("Disk i-0aa11 was attached to the host.", Kind.REPORT),
    ],
)
def test_reply_is_read_for_its_one_purpose(text: str, kind: Kind) -> None:
    assert intent.read("Re: ticket", text).kind is kind


def test_words_of_the_subject_do_not_confirm() -> None:
    assert intent.read("Resolved: your ticket", "Hello").kind is Kind.REPORT


def test_evidence_shows_the_words() -> None:
    assert "escalate" in " ".join(intent.read("", "Please escalate this.").evidence)


def test_hostile_length_does_not_hang() -> None:
    started = time.monotonic()
    intent.read("get your " * 1_000, "please get your " * 100_000)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Please escalate this to your second line, nothing has moved for days.", True),
        ("请转给你们的二线专家处理。", True),
        ("Please send the invoice for May.", False),
        ("请问升级流程是什么？", False),
    ],
)
def test_model_agrees_with_the_plain_cases(text: str, asks: bool) -> None:
    assert intent.read("", text, model=MODEL).asks_escalation is asks


def test_wish_that_only_the_model_hears_shows_its_sentence() -> None:
    heard = Model((0.0, 0.0), {}, {"upstairs": (1.0, 0.0, 1.0)})
    found = intent.read("", "All is slow. Somebody upstairs must see it.", model=heard)
    assert found.asks_escalation
    assert found.evidence == ("Somebody upstairs must see it.",)
