"""The most suitable engineer, and why (P3)."""

from __future__ import annotations

import random

from gateway.domain.assignment import Candidate, Choice, Code, Need, Reason, choose
from gateway.domain.terms import Priority

WORK = Need("zh-Hans", ("rds", "ec2"), "technical-support")


def candidate(engineer_id: int, shift: str | None = "cloud day", **changes: object) -> Candidate:
    return Candidate(engineer_id, shift, "en", **changes)  # type: ignore[arg-type]


def test_nobody_on_shift_is_nobody_chosen() -> None:
    able = candidate(1, None, skills=frozenset({"rds", "ec2", "zh"}))
    assert choose([able], WORK) == Choice(None, (Reason(Code.NOBODY_ON_SHIFT),))


def test_no_active_engineer_is_nobody_chosen() -> None:
    assert choose([], WORK) == Choice(None, (Reason(Code.NOBODY_ACTIVE),))


def test_somebody_on_shift_is_chosen_before_an_abler_one_who_is_off() -> None:
    able = candidate(1, None, skills=frozenset({"rds", "ec2", "zh"}))
    assert choose([able, candidate(2)], WORK).engineer_id == 2


def test_skills_decide_before_language_and_load() -> None:
    fluent = candidate(1, skills=frozenset({"zh"}))
    skilled = candidate(2, skills=frozenset({"rds", "ec2"}), open={Priority.LOW: 1})
    assert choose([fluent, skilled], WORK).engineer_id == 2


def test_language_decides_between_equally_skilled() -> None:
    assert choose([candidate(1), Candidate(2, "cloud day", "zh")], WORK).engineer_id == 2


def test_one_critical_ticket_weighs_more_than_several_low_ones() -> None:
    busy = candidate(1, open={Priority.CRITICAL: 1})
    small = candidate(2, open={Priority.LOW: 5})
    assert choose([busy, small], WORK).engineer_id == 2


def test_history_with_the_customer_decides_between_equals() -> None:
    assert choose([candidate(1), candidate(2, handled=3)], WORK).engineer_id == 2


def test_skill_in_the_contracts_service_counts() -> None:
    adviser = candidate(2, skills=frozenset({"cost-optimisation"}))
    assert choose([candidate(1), adviser], Need("en", (), "cost-optimisation")).engineer_id == 2


def test_equals_fall_to_the_first_of_the_rota() -> None:
    assert choose([candidate(7), candidate(3)], WORK).engineer_id == 7


def test_every_reason_stands_with_its_value() -> None:
    one = candidate(1, skills=frozenset({"rds", "zh"}), open={Priority.HIGH: 2}, handled=4)
    assert [each.told() for each in choose([one], WORK).reasons] == [
        "on-shift:cloud day", "skill:rds", "lacks-skill:ec2", "language:zh", "load:2", "history:4",
    ]  # fmt: skip


def test_same_candidates_give_the_same_choice_whatever_the_order_of_their_skills() -> None:
    skills = ["rds", "ec2", "zh", "vpc"]
    found = set()
    for seed in range(20):
        random.Random(seed).shuffle(skills)
        found.add(choose([candidate(1, skills=frozenset(skills)), candidate(2)], WORK))
    assert len(found) == 1
