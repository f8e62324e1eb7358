"""Answers of AWS Support that get lost: nothing is said twice and nothing is lost, whatever happens to them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.aws.case_faults import FAULTS, OPERATIONS, try_all, try_kills, writing
from tests.aws.killed_writer import STEPS
from tests.databases import Desk

EACH = 2
KILLED = 3
LONG = "\n\n".join(f"Paragraph {number}: {'word ' * 180}" for number in range(20))


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


def test_two_processes_at_once_send_every_write_once(desk: Desk) -> None:
    with writing(desk, accounts=10) as made, ThreadPoolExecutor(2) as pool:
        made.open_cases()
        list(pool.map(made.step, ("one", "another")))
        made.answer_cases(LONG)
        list(pool.map(made.step, ("one", "another")))
        made.settle()
        told = [body for account in made.accounts for body in made.bodies(account)]
    assert (len(told), len(set(told))) == (40, 40)
