"""Commands in the first lines of an engineer's mail, and what of a text may not leave."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.domain import commands, disclosure
from gateway.domain.commands import Verb, named, priority_of, read, wait_of
from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority

PEOPLE = [
    (1, "Chen Wei", "chen@desk.example"),
    (2, "Chen Hao", "hao@desk.example"),
    (3, "郭平", "guo@desk.example"),
]
INTERNAL = (
    "HD-1001 is yours. You are on call, and this ticket was assigned to you.\n"
    "Why you: on call: cloud day; knows direct-connect; open tickets: 2\n"
    "客户的备份从周五起一直失败，先不要告诉他们，等财务确认之后再说。\n"
)


def verbs(text: str) -> list[Verb]:
    return [each.verb for each in read(text).commands]


@pytest.mark.parametrize(
    ("line", "verb", "argument"),
    [
        ("#note he must not know", Verb.NOTE, "he must not know"),
        ("#Note: he must not know", Verb.NOTE, "he must not know"),
        ("#备注 先别说", Verb.NOTE, "先别说"),
        ("＃备注：先别说", Verb.NOTE, "先别说"),
        ("#备注先别说", Verb.NOTE, "先别说"),
        ("#assign Guo Ping", Verb.ASSIGN, "Guo Ping"),
        ("#指派 郭平", Verb.ASSIGN, "郭平"),
        ("#指派郭平", Verb.ASSIGN, "郭平"),
        ("#take", Verb.TAKE, ""),
        ("#接手", Verb.TAKE, ""),
        ("#PRIORITY high Two sites.", Verb.PRIORITY, "high Two sites."),
        ("#优先级 高 两地中断", Verb.PRIORITY, "高 两地中断"),
        ("#resolve", Verb.RESOLVE, ""),
        ("#解决", Verb.RESOLVE, ""),
        ("#escalate", Verb.ESCALATE, ""),
        ("#升级 供应商不回复", Verb.ESCALATE, "供应商不回复"),
        ("#wait", Verb.WAIT, ""),
        ("#等待", Verb.WAIT, ""),
        ("#resolv", Verb.UNKNOWN, ""),
        ("#解决方案如下", Verb.UNKNOWN, ""),
        ("# resolve", Verb.UNKNOWN, ""),
    ],
)
def test_line_is_understood(line: str, verb: Verb, argument: str) -> None:
    (command,) = read(f"{line}\n\nText.").commands
    assert (command.verb, command.argument, command.said) == (verb, argument, line)


@pytest.mark.parametrize(
    "line", ["Hello", "#1042 is it", "# Steps to follow", "see #resolve", "##", "", "* #take"]
)
def test_line_is_text(line: str) -> None:
    assert read(f"{line}\nMore.").commands == ()
    assert read(f"{line}\nMore.").text == f"{line}\nMore."


def test_commands_end_with_the_first_line_of_text() -> None:
    order = read("\n#take\n\n#note\nText.\n#resolve\n")
    assert verbs("\n#take\n\n#note\nText.\n#resolve\n") == [Verb.TAKE, Verb.NOTE]
    assert order.text == "Text.\n#resolve"


def test_ten_commands_are_read_at_most() -> None:
    assert len(read("#take\n" * 40).commands) == commands.MOST


@pytest.mark.parametrize(
    ("name", "ids"),
    [("Chen Wei", [1]), ("chen wei", [1]), ("wei", [1]), ("hao@desk.example", [2]), ("hao", [2]), ("郭平", [3]),
     ("郭", [3]), ("@guo", [3]), ("Chen", [1, 2]), ("Nobody", []), ("", [])],
)  # fmt: skip
def test_name_means_these_people(name: str, ids: list[int]) -> None:
    assert named(name, PEOPLE) == ids


@pytest.mark.parametrize(
    ("argument", "priority", "reason"),
    [("high Two sites.", Priority.HIGH, "Two sites."), ("Critical: all down", Priority.CRITICAL, "all down"),
     ("紧急，全部中断", Priority.CRITICAL, "全部中断"), ("低 只是咨询", Priority.LOW, "只是咨询"), ("high", Priority.HIGH, ""),
     ("soon", None, ""), ("", None, "")],
)  # fmt: skip
def test_priority_and_reason(argument: str, priority: Priority | None, reason: str) -> None:
    assert priority_of(argument) == (priority, reason)


def test_wait_is_for_the_customer_unless_it_says_otherwise() -> None:
    assert wait_of("") == (Status.WAITING_CUSTOMER, "")
    assert wait_of("AWS") == (Status.WAITING_AWS, "")
    assert wait_of("第三方") == (Status.WAITING_THIRD_PARTY, "")


@given(st.text(max_size=500))
def test_any_text_is_read_and_none_of_it_is_lost(text: str) -> None:
    order = read(text)
    kept = "\n".join([*(each.said for each in order.commands), order.text])
    assert order.commands or order.text == text
    assert sorted(kept.split()) == sorted(text.split()) or any(len(line) > 400 for line in text.split("\n"))


# What may not leave.


@given(st.integers(0, len(INTERNAL) - 1), st.integers(24, 120), st.text(max_size=60), st.text(max_size=60))
def test_any_passage_of_internal_text_is_found(start: int, length: int, before: str, after: str) -> None:
    passage = INTERNAL[start : start + length]
    letters = sum(2 if each > "\u3000" else 1 for each in passage if each.isalnum())
    assume(letters >= disclosure.PASSAGE + 2)
    assert disclosure.repeated(f"{before}\n{passage}\n{after}", [INTERNAL])


@given(st.integers(0, len(INTERNAL) - 60), st.sampled_from(["\n", "\n> ", "  ", "\n| "]), st.integers(1, 12))
def test_no_line_end_and_no_mark_hides_a_passage(start: int, between: str, every: int) -> None:
    passage = INTERNAL[start : start + 60]
    hidden = between.join(passage[at : at + every] for at in range(0, len(passage), every)).upper()
    assert disclosure.repeated(hidden, [INTERNAL])


@pytest.mark.parametrize("line", [line for line in INTERNAL.splitlines() if line])
def test_any_whole_line_of_internal_text_is_found(line: str) -> None:
    assert disclosure.repeated(f"Hello,\n{line}\nRegards", [INTERNAL])


def test_short_line_of_a_letter_is_found() -> None:
    assert disclosure.repeated("Hello,\nAssignee: nobody\n", ["Due: 14:48\nAssignee: nobody\n"])


@given(st.text(alphabet="qxz ", max_size=200))
def test_other_text_is_clear(text: str) -> None:
    assert disclosure.repeated(text, [INTERNAL]) == ""


@given(st.text(max_size=300))
def test_what_the_reader_knows_is_clear(text: str) -> None:
    assert disclosure.repeated(text, [INTERNAL, text], [INTERNAL, text]) == ""


def test_long_texts_are_compared_in_linear_time() -> None:
    text = "abcdefgh ijklmnop " * 10_000
    assert disclosure.repeated(text, [text[::-1]] * 5) == ""
