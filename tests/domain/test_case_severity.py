"""Our priorities as severities of AWS, within what an account may use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import case_severity
from gateway.domain.terms import Priority

CODES = st.sampled_from(case_severity.CODES)
ALLOWED = st.sets(CODES, min_size=1)


@pytest.mark.parametrize(
    ("priority", "allowed", "granted"),
    [
        (Priority.CRITICAL, ("low", "normal", "high", "urgent", "critical"), "critical"),
        (Priority.CRITICAL, ("low", "normal", "high", "urgent"), "urgent"),
        (Priority.CRITICAL, ("low", "normal", "high"), "high"),
        (Priority.HIGH, ("low", "normal"), "normal"),
        (Priority.MEDIUM, ("low",), "low"),
        (Priority.LOW, ("low", "normal"), "low"),
        (Priority.LOW, ("normal",), "normal"),
        (Priority.HIGH, (), "high"),
    ],
)
def test_priority_becomes_the_highest_severity_that_is_not_above_it(
    priority: Priority, allowed: tuple[str, ...], granted: str
) -> None:
    assert case_severity.granted(case_severity.WANTED[priority], allowed) == granted


@given(CODES, ALLOWED)
def test_granted_severity_is_one_the_account_may_use(wanted: str, allowed: set[str]) -> None:
    assert case_severity.granted(wanted, allowed) in allowed


@given(CODES, ALLOWED)
def test_severity_is_raised_only_where_nothing_so_low_is_allowed(wanted: str, allowed: set[str]) -> None:
    granted = case_severity.granted(wanted, allowed)
    if case_severity.rank(granted) > case_severity.rank(wanted):
        assert all(case_severity.rank(each) > case_severity.rank(wanted) for each in allowed)


@given(CODES, ALLOWED, CODES)
def test_one_more_allowed_severity_never_lowers_what_was_not_above_the_wanted_one(
    wanted: str, allowed: set[str], more: str
) -> None:
    before, after = (
        case_severity.rank(case_severity.granted(wanted, each)) for each in (allowed, allowed | {more})
    )
    assert before > case_severity.rank(wanted) or after >= before


@pytest.mark.parametrize("priority", Priority)
def test_wanted_severity_stands_for_its_priority_again(priority: Priority) -> None:
    assert case_severity.priority_of(case_severity.WANTED[priority]) is priority


def test_severity_nobody_knows_is_left_alone() -> None:
    assert case_severity.granted("catastrophic", ["low"]) == "catastrophic"
    assert case_severity.priority_of("catastrophic") is None
    assert not case_severity.lowered("catastrophic", "low")
