"""Writes to AWS Support: once each, in order, within AWS's limits, and never twice whatever happens to the answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.aws.fake import FakeAws
from tests.aws.fixtures import environment
from tests.aws.server import serving
from tests.aws.writing_desk import WritingDesk
from tests.databases import Desk


@pytest.fixture
def one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[WritingDesk]:
    """A desk with one account and one ticket."""
    with serving(FakeAws(desk.clock)) as aws:
        for name, value in environment(aws).items():
            monkeypatch.setenv(name, value)
        yield WritingDesk(desk, aws)


def test_case_is_opened_and_stands_on_the_ticket(one: WritingDesk) -> None:
    one.open_cases(severity="critical")
    one.settle()
    (case,) = one.aws.cases.values()
    (row,) = one.cases()
    assert (row.case_id, row.display_id, row.ticket_id) == (case.case_id, case.display_id, one.tickets[0])
    assert (row.severity_wanted, row.severity, case.severity) == ("critical", "urgent", "urgent")
    assert case.subject == f"Instances unreachable [HD-{one.tickets[0]}]"
    assert len(one.desk.letters("aws-case-opened")) == 1


def test_nothing_leaves_before_the_undo_time_is_over(one: WritingDesk) -> None:
    one.desk.head = replace(one.desk.head, undo=timedelta(seconds=10))
    one.open_cases()
    one.desk.clock.pass_(seconds=9)
    one.step()
    assert one.aws.calls("CreateCase") == []
    one.desk.clock.pass_(seconds=1)
    one.step()
    assert len(one.aws.calls("CreateCase")) == 1
