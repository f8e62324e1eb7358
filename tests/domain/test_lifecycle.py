"""Where a ticket may go, and that nothing leads out of closed."""

from __future__ import annotations

import pytest

from gateway.domain import lifecycle
from gateway.domain.lifecycle import LIVE, TRANSITIONS, Action, InvalidTransition, Status


def test_every_status_has_its_line_in_the_table() -> None:
    assert set(TRANSITIONS) == set(Status)


def test_every_status_can_be_reached_from_new() -> None:
    seen, front = {Status.NEW}, [Status.NEW]
    while front:
        for after in TRANSITIONS[front.pop()].values():
            if after not in seen:
                seen.add(after)
                front.append(after)
    assert seen == set(Status)


def test_only_closed_is_final() -> None:
    assert {status for status in Status if not TRANSITIONS[status]} == {Status.CLOSED}


def test_closed_can_be_reached_from_every_other_status() -> None:
    for status in set(Status) - {Status.CLOSED}:
        assert lifecycle.advance(status, Action.CLOSE) is Status.CLOSED


@pytest.mark.parametrize("action", list(Action))
def test_nothing_moves_a_closed_ticket(action: Action) -> None:
    with pytest.raises(InvalidTransition, match="closed"):
        lifecycle.advance(Status.CLOSED, action)


def test_resolved_and_closed_are_not_live() -> None:
    assert set(Status) - LIVE == {Status.RESOLVED, Status.CLOSED}


@pytest.mark.parametrize("before", sorted(LIVE))
def test_confirming_means_nothing_before_a_resolution(before: Status) -> None:
    for action in (Action.CONFIRM, Action.NOT_FIXED):
        with pytest.raises(InvalidTransition):
            lifecycle.advance(before, action)


def test_customers_answer_ends_the_wait_for_the_customer() -> None:
    assert lifecycle.advance(Status.WAITING_CUSTOMER, Action.CUSTOMER_REPLIES) is Status.OPEN


@pytest.mark.parametrize("waiting", [Status.WAITING_AWS, Status.WAITING_THIRD_PARTY])
def test_customers_mail_does_not_end_the_wait_for_others(waiting: Status) -> None:
    assert lifecycle.advance(waiting, Action.CUSTOMER_REPLIES) is waiting


def test_customers_mail_leaves_an_unanswered_ticket_new() -> None:
    assert lifecycle.advance(Status.NEW, Action.CUSTOMER_REPLIES) is Status.NEW


@pytest.mark.parametrize("action", [Action.CUSTOMER_REPLIES, Action.NOT_FIXED, Action.REOPEN])
def test_resolved_ticket_can_be_reopened(action: Action) -> None:
    assert lifecycle.advance(Status.RESOLVED, action) is Status.OPEN


def test_step_towards_a_status_leads_there_wherever_one_exists() -> None:
    for before in Status:
        for wanted in Status:
            try:
                action = lifecycle.action_towards(before, wanted)
            except InvalidTransition:
                continue
            assert lifecycle.advance(before, action) is wanted


def test_no_step_by_hand_speaks_for_the_customer() -> None:
    spoken = {Action.CUSTOMER_REPLIES, Action.CONFIRM, Action.NOT_FIXED}
    steps = set()
    for before in Status:
        for wanted in Status:
            try:
                steps.add(lifecycle.action_towards(before, wanted))
            except InvalidTransition:
                continue
    assert steps and not steps & spoken


def test_closed_ticket_has_no_step_by_hand() -> None:
    for wanted in Status:
        with pytest.raises(InvalidTransition):
            lifecycle.action_towards(Status.CLOSED, wanted)
