"""`helpdesk explain`, with its real limited child."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.cli import explanation
from gateway.cli.explain import FIELDS, TARGET, command, explain, line
from gateway.inbound.rules import RULES, Action
from gateway.mail.message import Kind
from gateway.operations.mail_files import MailFile
from gateway.runtime.sandbox import Crashed, Sandbox, TimedOut

OUTAGE = b"""\
From: Ann Lee <ann@corp.example>
To: support@desk.example
Subject: Production is down
Message-ID: <1@corp.example>
Date: Mon, 05 Jan 2026 10:00:00 +0800
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Our production website is completely down. Please escalate to your manager.

On Sun, 4 Jan 2026 at 09:00, Support <support@desk.example> wrote:
> How may we help you?
--b
Content-Type: text/csv
Content-Disposition: attachment; filename="log.csv"

a,b
--b--
"""


@pytest.fixture(scope="module")
def child() -> Iterator[Sandbox]:
    sandbox = Sandbox(TARGET, seconds=20, memory_bytes=512 * 1024 * 1024)
    yield sandbox
    sandbox.close()


def ask(child: Sandbox, raw: bytes, own: str = "support@desk.example") -> dict[str, Any]:
    [(_, answer)] = explain([MailFile("one.eml", raw)], [child], [own])
    return answer


def run(*arguments: object, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(command, [str(each) for each in arguments], input=stdin)


def test_answer_has_exactly_the_promised_fields(child: Sandbox) -> None:
    assert tuple(ask(child, OUTAGE)) == FIELDS


def test_outage_is_explained(child: Sandbox) -> None:
    answer = ask(child, OUTAGE)
    assert {
        key: answer[key] for key in ("from_email", "from_name", "subject", "message_id", "date", "kind")
    } == {
        "from_email": "ann@corp.example",
        "from_name": "Ann Lee",
        "subject": "Production is down",
        "message_id": "1@corp.example",
        "date": "2026-01-05T02:00:00+00:00",
        "kind": "human",
    }
    assert (answer["priority"], answer["rule"], answer["disposition"]) == ("critical", "new", "open-ticket")
    assert (answer["asks_escalation"], answer["intent"], answer["language"]) == (True, "escalate", "en")
    assert answer["error"] is None


def test_reply_text_leaves_the_quote_out_and_text_keeps_it(child: Sandbox) -> None:
    answer = ask(child, OUTAGE)
    assert "How may we help" in answer["text"]
    assert "How may we help" not in answer["reply_text"]


def test_priority_evidence_names_words_and_signals(child: Sandbox) -> None:
    evidence = ask(child, OUTAGE)["priority_evidence"]
    assert evidence
    assert all(set(each) == {"text", "signal"} for each in evidence)


def test_attachment_is_told_by_size_and_digest(child: Sandbox) -> None:
    [attachment] = ask(child, OUTAGE)["attachments"]
    assert attachment == {
        "filename": "log.csv",
        "content_type": "text/csv",
        "size": 3,
        "sha256": "1eb7c54d52831bbfe8942af0b1c56b7409523a59ed6ca99c1174fef7eb32c1b5",
        "inline": False,
        "generated": False,
    }


def test_mail_in_our_own_name_waits_for_a_person(child: Sandbox) -> None:
    raw = b"From: support@desk.example\nSubject: hello\n\nPay this invoice.\n"
    assert [ask(child, raw)[key] for key in ("rule", "disposition")] == ["impersonation", "review"]


def test_first_of_several_authors_is_displayed(child: Sandbox) -> None:
    assert ask(child, b"From: Ann <ann@corp.example>, bob@corp.example\n\nHi\n")["from_name"] == "Ann"


def test_too_complex_mail_is_answered_and_marked(child: Sandbox) -> None:
    answer = ask(child, b"Subject: many\n" + b"X-A: b\n" * 5000 + b"\nHello\n")
    assert (answer["subject"], answer["error"][:17]) == ("many", "passes the limits")
    assert (answer["rule"], answer["disposition"]) == ("quarantine", "review")


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_get_an_answer(child: Sandbox, raw: bytes) -> None:
    answer = ask(child, raw)
    assert (tuple(answer), answer["error"]) == (FIELDS, None)


class Faulty:
    """A child that fails."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    def call(self, payload: bytes) -> bytes:
        raise self.fault


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (TimedOut(), "could not be read in time"),
        (Crashed("MemoryError"), "could not be read within the limits: MemoryError"),
    ],
)
def test_failed_child_costs_one_answer_with_all_fields(fault: Exception, error: str) -> None:
    [(_, answer)] = explain([MailFile("bomb.eml", b"x")], [Faulty(fault)], [])
    assert (tuple(answer), answer["file"], answer["error"]) == (FIELDS, "bomb.eml", error)
    assert (answer["rule"], answer["disposition"]) == ("quarantine", "review")


def test_unreadable_mail_is_explained_in_words() -> None:
    [(_, answer)] = explain([MailFile("bomb.eml", b"x")], [Faulty(TimedOut())], [])
    assert explanation.text(answer, "en").splitlines() == [
        "File: bomb.eml",
        "What would be done: it would wait for a person to look at it: it could not be read within the limits",
        "Error: could not be read in time",
    ]


def test_line_holds_no_line_separator_of_any_kind() -> None:
    written = line({"text": "a\u2028b\u2029c\x85d\ne\x0bf"})
    assert len(written.decode().splitlines()) == 1
    assert json.loads(written) == {"text": "a\u2028b\u2029c\x85d\ne\x0bf"}


def test_path_that_is_not_utf_8_comes_back_as_it_was() -> None:
    assert json.loads(line({"file": "a\udcff.eml"})) == {"file": "a\udcff.eml"}


def test_command_prints_one_object_a_line(tmp_path: Path) -> None:
    for name in ("1.eml", "2.eml"):
        (tmp_path / name).write_bytes(OUTAGE)
    result = run("--json", tmp_path, "-", stdin=b"Subject: third\n\nHi\n")
    assert [json.loads(each)["subject"] for each in result.stdout.splitlines()] == [
        "Production is down",
        "Production is down",
        "third",
    ]
    assert result.exit_code == 0


def test_recipient_counts_as_ours(tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(b"From: help@other.example\n\nHi\n")
    result = run("--json", "--recipient", "Help+1@other.example", tmp_path)
    assert json.loads(result.stdout)["rule"] == "impersonation"


def test_wrong_path_is_told_and_fails(tmp_path: Path) -> None:
    result = run("--json", tmp_path / "gone.eml")
    assert json.loads(result.stdout)["error"] == "cannot be read: No such file or directory"
    assert result.exit_code == 1


def test_readable_answer_tells_what_and_why(tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(OUTAGE)
    shown = run(tmp_path).stdout
    assert "From: Ann Lee <ann@corp.example>" in shown
    assert "a ticket would be opened" in shown
    assert "    Our production website is completely down." in shown


def test_readable_answer_cannot_steer_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(b"Subject: a\x1b[2Jb\n\n\x1b]0;owned\x07 text \xe2\x80\xae txet\n")
    assert not set(run(tmp_path).stdout) & {"\x1b", "\x07", "\u202e"}


def test_every_kind_disposition_and_rule_has_words() -> None:
    assert set(explanation.KINDS) == set(Kind)
    assert set(explanation.DISPOSITIONS) == set(Action)
    assert set(explanation.RULES) == {rule.__name__ for rule in RULES} | {"quarantine"}


def test_readable_answer_speaks_chinese_where_that_is_set(tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(OUTAGE)
    shown = CliRunner().invoke(command, [str(tmp_path)], env={"HELPDESK_LANGUAGE": "zh"}).stdout
    assert "处理方式: 会新建工单: 这是一个新的请求" in shown
