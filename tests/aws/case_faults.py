"""K18: answers of AWS Support that get lost, in every way, while cases are opened and answered.

Wrong is a case or words that AWS has twice, or never, or a customer's letter that came twice or not at all.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import pytest

from tests.aws.fake import FakeAws
from tests.aws.fixtures import environment
from tests.aws.killed_writer import STEPS, killer
from tests.aws.server import serving
from tests.aws.writing_desk import WritingDesk, impatient
from tests.databases import Desk

OPERATIONS: Final = {"create": "CreateCase", "answer": "AddCommunicationToCase"}
FAULTS: Final = (
    ("drop", "after"),
    ("drop", "before"),
    ("500", "after"),
    ("500", "before"),
    ("503", "after"),
    ("hang", "after"),
    ("hang", "before"),
    ("garbage", "after"),
    ("throttle", "before"),
    ("expired", "before"),
)


@dataclass
class Found:
    """What became of one fault's writes."""

    fault: str
    writes: int = 0
    calls: int = 0
    sent: int = 0
    twice: int = 0
    lost: int = 0
    asked: int = 0
    wrong: list[str] = field(default_factory=list)


@contextmanager
def writing(desk: Desk, accounts: int) -> Iterator[WritingDesk]:
    """A desk whose writes go to a double of its own."""
    with serving(FakeAws(desk.clock)) as aws, surroundings(environment(aws)), impatient():
        yield WritingDesk(desk, aws, accounts)


@contextmanager
def surroundings(told: dict[str, str]) -> Iterator[None]:
    """The environment with other words in it."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in told.items():
            patch.setenv(name, value)
        yield


def try_fault(desk: Desk, what: str, kind: str, when: str, *, count: int = 50) -> Found:
    """As many writes as told, in an account each, whose first call meets the fault."""
    found = Found(f"{what}: {kind} {when}")
    with writing(desk, count) as made:
        if what == "answer":
            made.open_cases()
            made.settle()
        made.aws.forget_calls()
        for account in made.accounts:
            made.aws.fault(kind, when=when, account=account, operation=OPERATIONS[what])
        ids = made.open_cases() if what == "create" else made.answer_cases()
        made.settle()
        return judged(made, found, what, ids)


def try_all(desk: Desk, what: str, *, each: int = 5) -> Found:
    """All faults at once, some writes for each."""
    found = Found(f"{what}: all")
    with writing(desk, each * len(FAULTS)) as made:
        if what == "answer":
            made.open_cases()
            made.settle()
        made.aws.forget_calls()
        for number, account in enumerate(made.accounts):
            kind, when = FAULTS[number % len(FAULTS)]
            made.aws.fault(kind, when=when, account=account, operation=OPERATIONS[what])
        ids = made.open_cases() if what == "create" else made.answer_cases()
        made.settle()
        return judged(made, found, what, ids)


def try_kills(desk: Desk, *, count: int = 50) -> Iterator[Found]:
    """Cases, then words on them, each in the hands of a process that is killed, as many at each step as told."""
    with writing(desk, count * len(STEPS)) as made, killer() as hand:
        for what in OPERATIONS:
            made.aws.forget_calls()
            ids = made.open_cases() if what == "create" else made.answer_cases()
            found = Found(f"{what}: killed before or after the call")
            ended: Counter[int] = Counter()
            for number in range(len(ids)):
                ended[hand.kill(desk, STEPS[number % len(STEPS)])] += 1
                made.stop_leases()
            if ended != {signal.SIGKILL: len(ids)}:
                found.wrong.append(f"ended by {ended}")
            made.end_leases()
            made.settle()
            yield judged(made, found, what, ids)


def judged(made: WritingDesk, found: Found, what: str, ids: list[int]) -> Found:
    """The figures of what was written, and what is wrong with them."""
    rows = {row.id: row for row in made.writes()}
    states = Counter(rows[each].state for each in ids)
    found.writes, found.sent, found.asked = len(ids), states["sent"], states["asked"]
    found.calls = len(made.aws.calls(OPERATIONS[what]))
    for each in ids:
        row = rows[each]
        times = sum(f"Ref: {row.marker}" in body for body in made.bodies(row.account_id))
        found.twice += max(times - 1, 0)
        found.lost += row.state != "asked" and not times
        if (row.state == "sent") is not bool(times) and row.state != "asked":
            found.wrong.append(f"{row.marker} is {row.state} and AWS has it {times} times: {row.fault}")
    letters = Counter(letter.ticket_id for letter in made.desk.letters("aws-case-opened"))
    opened = {case.ticket_id for case in made.cases()}
    if set(letters) != opened or any(times != 1 for times in letters.values()):
        found.wrong.append(
            f"letters: {letters.most_common(3)} of {len(letters)}, cases on {len(opened)} tickets"
        )
    if found.twice or found.lost:
        found.wrong.append(f"{found.twice} twice, {found.lost} lost")
    if len(made.cases()) > len(made.accounts) or len(made.aws.cases) != len(made.cases()):
        found.wrong.append(f"{len(made.aws.cases)} cases at AWS, {len(made.cases())} with us")
    return found
