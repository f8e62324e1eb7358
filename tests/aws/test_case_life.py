"""The long life of a Support case: made in the console, adopted, spoken in from all sides, resolved, reopened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.domain.lifecycle import Status
from gateway.store.models import Attachment, WriteState
from gateway.tickets import casework, handling
from tests.aws.case_desk import ACCOUNT, LI, CaseDesk, case_desk_of
from tests.aws.writing_desk import a_draft
from tests.databases import Desk

CHEN = "chen@desk.example"
REPLY, FILE, CASE, ENGINEER = ("aws-reply", LI), ("aws-file", LI), ("aws-case", LI), ("engineer-aws", CHEN)
SUBJECTS = {"en": "AWS awaits an answer", "zh": "AWS 等待答复"}


@pytest.fixture(params=["en", "zh"])
def cases(
    request: pytest.FixtureRequest, desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[CaseDesk]:
    with case_desk_of(desk, monkeypatch, tmp_path, language=request.param) as made:
        yield made


def told(cases: CaseDesk) -> list[tuple[str, str]]:
    """The letters about AWS since they were last put away, and away with them."""
    found = [each for each in cases.told() if "aws" in each[0]]
    cases.forget_letters()
    return found


def adopted(cases: CaseDesk) -> tuple[str, int]:
    """A case that AWS and somebody in the console wrote in before anybody here knew: shown, told to nobody."""
    case_id = cases.aws.case(ACCOUNT, subject="EC2 down", body="i-0abc is down. My key: abc.")
    cases.desk.clock.pass_(minutes=1)
    cases.aws.aws_replies(case_id, "We look at it.", status="work-in-progress")
    cases.read(1)
    row_id = cases.adopt(cases.aws.cases[case_id].display_id)
    cases.read(1)
    assert told(cases) == []
    assert cases.shown() == [("to-aws", "i-0abc is down. My key: abc."), ("from-aws", "We look at it.")]
    return case_id, row_id


def aws_asks(cases: CaseDesk, case_id: str) -> None:
    """AWS asks, with a file: passed on and flagged with its age, and no clock rests."""
    due_at = cases.now().resolution_due_at
    asked_at = cases.desk.clock.pass_(minutes=5)
    cases.aws.aws_replies(case_id, "Please run this\n  and tell us.", [("check.sh", b"uptime")])
    cases.read(3)
    assert SUBJECTS[cases.language] in cases.letters()[-1].subject
    assert (cases.now().aws_awaits_since, cases.now().resolution_due_at) == (asked_at, due_at)
    assert [each.filename for each in cases.rows(Attachment)] == ["check.sh"]


def customer_is_let_through(cases: CaseDesk, case_id: str, row_id: int) -> None:
    """The customer answers by mail, an engineer releases it: AWS has it once, and it comes back as nothing new."""
    message_id = cases.customer_writes("It says load 80.")
    assert told(cases) == [REPLY, ENGINEER, ENGINEER]
    assert cases.writes() == []
    cases.do(casework.release, message_id=message_id, case=row_id)
    cases.send()
    assert "It says load 80." in cases.aws.cases[case_id].communications[-1].body
    before = cases.shown()
    cases.read(5)
    assert (cases.shown(), cases.now().aws_awaits_since) == (before, None)


def engineer_answers_and_aws_redacts(cases: CaseDesk, case_id: str, row_id: int) -> None:
    cases.do(casework.answer_case, case=row_id, text="We restarted it.")
    cases.send()
    cases.aws.edit(case_id, 0, "i-0abc is down. My key: [REDACTED_BY_AWS].")
    cases.read(5)
    assert cases.shown()[0] == ("to-aws", "i-0abc is down. My key: [REDACTED_BY_AWS].")
    assert cases.shown()[-1] == ("to-aws", "We restarted it.")
    assert told(cases) == []


def aws_resolves(cases: CaseDesk, case_id: str) -> None:
    """After a word in the console AWS resolves with its last words: a proposal, and nothing moves."""
    cases.aws.console_replies(case_id, "I watch too.")
    cases.read(5)
    assert told(cases) == [REPLY, ENGINEER]
    cases.aws.aws_replies(case_id, "It was the fan.", status="resolved")
    cases.read(5)
    assert (cases.now().proposal, cases.now().status) == ("aws-case-resolved", Status.NEW)
    assert sorted(each for each in cases.told() if "aws" in each[0]) == [CASE, REPLY, ENGINEER, ENGINEER]


def customer_reopens(cases: CaseDesk, row_id: int) -> None:
    """The customer's words go to AWS by themselves now; they reopen the case, and the proposal is gone."""
    cases.do(casework.set_relay, case=row_id, on=True)
    cases.customer_writes("It is down again.")
    cases.forget_letters()
    cases.send()
    cases.read(5)
    assert (cases.now().proposal, cases.case().status) == ("", "reopened")
    assert sorted(told(cases)) == [CASE, ENGINEER]


def engineer_resolves(cases: CaseDesk, case_id: str) -> None:
    cases.aws.set_status(case_id, "resolved")
    cases.read(5)
    assert cases.now().proposal == "aws-case-resolved"
    cases.do(handling.change_status, status=Status.RESOLVED, text="AWS replaced the fan.")
    assert (cases.now().proposal, cases.now().status) == ("", Status.RESOLVED)
    cases.forget_letters()
    cases.read(24 * 60)
    assert told(cases) == []


def test_case_is_followed_through_its_whole_life(cases: CaseDesk) -> None:
    case_id, row_id = adopted(cases)
    aws_asks(cases, case_id)
    customer_is_let_through(cases, case_id, row_id)
    engineer_answers_and_aws_redacts(cases, case_id, row_id)
    aws_resolves(cases, case_id)
    customer_reopens(cases, row_id)
    engineer_resolves(cases, case_id)
    assert {each.state for each in cases.writes()} == {WriteState.SENT}
    assert [each.author for each in cases.said()] == [
        "console",
        "aws",
        "aws",
        "us",
        "us",
        "console",
        "aws",
        "us",
    ]
    assert [each for each in cases.shown() if each[0] != "outbound"] == [
        ("to-aws", "i-0abc is down. My key: [REDACTED_BY_AWS]."),
        ("from-aws", "We look at it."),
        ("from-aws", "Please run this\n  and tell us."),
        ("inbound", "It says load 80."),
        ("to-aws", "We restarted it."),
        ("to-aws", "I watch too."),
        ("from-aws", "It was the fan."),
        ("inbound", "It is down again."),
    ]
    heard = [what for kind, what in cases.log() if kind == "aws-message" and what not in ("asked", "sent")]
    assert heard == ["history", "history", "received", "edited", "received", "received"]


def test_waiting_of_aws_moves_no_clock_of_the_ticket(cases: CaseDesk) -> None:
    case_id = cases.followed()
    before = cases.now()
    cases.aws.aws_replies(case_id, "Which instance?")
    cases.read(5)
    cases.read(3 * 60)
    after = cases.now()
    same = (
        "first_response_due_at",
        "resolution_due_at",
        "next_due_at",
        "rests_since",
        "first_response_at",
        "status",
    )
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]


def test_lost_answer_to_a_new_case_is_settled_by_reading(cases: CaseDesk) -> None:
    cases.do(casework.open_case, draft=a_draft(ACCOUNT))
    cases.aws.fault("drop", when="after", operation="CreateCase")
    cases.send()
    assert [each.state for each in cases.writes()] == [WriteState.UNKNOWN]
    cases.read(0.2)
    cases.read(0.2)
    assert [each.state for each in cases.writes()] == [WriteState.SENT]
    assert (cases.case().ticket_id, cases.case().origin) == (cases.ticket_id, "gateway")
    cases.send()
    assert len(cases.aws.cases) == 1
    assert [each.author for each in cases.said()] == ["us"]
