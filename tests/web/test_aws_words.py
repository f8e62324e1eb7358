"""What the log says about AWS, in words: every code the verbs write has a sentence in both languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gateway.domain.lifecycle import EventKind
from gateway.store.models import TicketEvent
from web.aws import words
from web.visit import Reader

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ENGLISH, CHINESE = Reader("en", "UTC"), Reader("zh", "Asia/Shanghai")


def entry(kind: EventKind, **data: object) -> TicketEvent:
    return TicketEvent(kind=kind, at=MONDAY, recorded_at=MONDAY, actor="system", data=data)


def test_lowered_severity_names_both() -> None:
    opened = entry(EventKind.AWS_CASE, what="opened", severity="urgent", wanted="critical", case=1)
    assert words.event(opened, ENGLISH) == (
        "aws",
        "Case opened at AWS, severity Production system down (urgent); Business-critical system down (critical) was wanted.",
    )


def test_case_that_is_to_be_opened_is_not_one_that_is_to_be_resolved() -> None:
    assert (
        words.event(entry(EventKind.AWS_CASE, what="asked"), ENGLISH)[1] == "A case is to be opened at AWS."
    )
    resolving = entry(EventKind.AWS_CASE, what="asked", case=1)
    assert words.event(resolving, ENGLISH)[1] == "The case is to be resolved at AWS."


def test_status_of_aws_is_told_in_chinese() -> None:
    moved = entry(EventKind.AWS_CASE, what="status", to="pending-customer-action", **{"from": "opened"})
    assert words.event(moved, CHINESE)[1] == "AWS 的 Case 状态：AWS 等待答复。"


@pytest.mark.parametrize(
    ("what", "shown"),
    [
        ("asked", True),
        ("sent", True),
        ("received", True),
        ("history", True),
        ("edited", False),
        ("failed", False),
    ],
)
def test_message_itself_is_no_line_of_the_timeline(what: str, shown: bool) -> None:
    assert words.is_message(entry(EventKind.AWS_MESSAGE, what=what)) is shown


def test_withdrawn_proposal_is_told_from_a_declined_one() -> None:
    withdrawn = entry(EventKind.RESOLUTION_DECLINED, cause="aws-case-resolved", why="withdrawn")
    declined = entry(EventKind.RESOLUTION_DECLINED, cause="aws-case-resolved")
    assert words.event(withdrawn, ENGLISH)[1] == "The proposal to resolve was withdrawn: it goes on."
    assert words.event(declined, ENGLISH)[1] == "The proposal to resolve was declined."


@pytest.mark.parametrize("what", ["", "a code of tomorrow"])
def test_unknown_code_still_says_what_it_is_about(what: str) -> None:
    assert words.event(entry(EventKind.AWS_CASE, what=what), ENGLISH)[1] == "AWS Support case."
    assert words.event(entry(EventKind.AWS_HEALTH, what=what), ENGLISH)[1] == "AWS Health event."
