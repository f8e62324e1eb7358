"""Answers of AWS Support that get lost: nothing is said twice and nothing is lost, whatever happens to them."""

from __future__ import annotations

import pytest

from tests.aws.case_faults import FAULTS, OPERATIONS, try_all, try_kills
from tests.aws.killed_writer import STEPS
from tests.databases import Desk

EACH = 5
KILLED = 5


@pytest.mark.parametrize("what", OPERATIONS)
def test_write_whose_answer_is_lost_reaches_aws_once(desk: Desk, what: str) -> None:
    found = try_all(desk, what, each=EACH)
    writes = EACH * len(FAULTS)
    assert (found.wrong, found.sent, found.calls) == (
        [],
        writes,
        writes + EACH * [when for _, when in FAULTS].count("before"),
    )


def test_write_of_a_killed_process_reaches_aws_once(desk: Desk) -> None:
    found = list(try_kills(desk, count=KILLED))
    writes = KILLED * len(STEPS)
    assert [(each.wrong, each.sent, each.calls) for each in found] == [([], writes, writes)] * len(OPERATIONS)
