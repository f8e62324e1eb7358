"""When each target is due, what stops its clock, and that nothing but the log decides (P1, P5, P11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from gateway.domain import sla
from gateway.domain.lifecycle import Event, EventKind, Status
from gateway.domain.sla import Decision, Interval, Reason, Standing
from gateway.domain.terms import DEFAULT_TERMS, Priority, Target

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def after(hours: float = 0, **length: float) -> datetime:
    return NOON + timedelta(hours=hours, **length)


def opened(priority: str = "high") -> Event:
    return Event(EventKind.OPENED, NOON, NOON, "customer", {"priority": priority})


def priority(to: str, at: datetime) -> Event:
    return Event(EventKind.PRIORITY, at, at, "engineer:1", {"priority": to})


def status(to: str, at: datetime, cause: str, **data: object) -> Event:
    return Event(EventKind.STATUS, at, at, "engineer:1", {"to": to, "cause": cause, **data})


def reply(at: datetime, message: int = 1) -> Event:
    return Event(EventKind.REPLY, at, at, "engineer:1", {"message": message})


def refused(at: datetime, message: int = 1) -> Event:
    return Event(EventKind.REPLY_REFUSED, at, at, "system", {"message": message})


def standing(*events: Event) -> Standing:
    return sla.standing(events, DEFAULT_TERMS)


def first_response(*events: Event) -> sla.Clock:
    return standing(*events).first_response


def resolution(*events: Event) -> sla.Clock:
    return standing(*events).resolution


# Figures of the contract.


@pytest.mark.parametrize(
    ("level", "first", "whole"),
    [
        ("critical", timedelta(minutes=15), timedelta(hours=4)),
        ("high", timedelta(hours=1), timedelta(hours=8)),
        ("medium", timedelta(hours=4), timedelta(hours=24)),
        ("low", timedelta(hours=24), timedelta(hours=72)),
    ],
)
def test_targets_are_the_contracts(level: str, first: timedelta, whole: timedelta) -> None:
    state = standing(opened(level))
    assert (state.first_response.due_at, state.resolution.due_at) == (NOON + first, NOON + whole)


def test_log_that_does_not_begin_with_the_opening_is_refused() -> None:
    with pytest.raises(ValueError, match="opening"):
        standing(reply(NOON))
    with pytest.raises(ValueError, match="opening"):
        standing()


# Met and breached.


def test_first_reply_meets_the_first_response() -> None:
    assert first_response(opened(), reply(after(0.5)), reply(after(2), 2)).met_at == after(0.5)


def test_refused_reply_is_no_first_response() -> None:
    assert first_response(opened(), reply(after(0.5)), refused(after(0.6))).met_at is None


def test_next_reply_counts_where_the_first_was_refused() -> None:
    log = [opened(), reply(after(0.5)), refused(after(0.6)), reply(after(0.8), 2)]
    assert first_response(*log).met_at == after(0.8)


@pytest.mark.parametrize("kind", [EventKind.NOTE, EventKind.ALARM, EventKind.LETTER, EventKind.ASSIGNED])
def test_nothing_but_a_reply_meets_the_first_response(kind: EventKind) -> None:
    assert first_response(opened(), Event(kind, after(0.5), after(0.5), "engineer:1")).met_at is None


def test_refused_reply_counts_from_when_it_was_sent_again() -> None:
    log = [opened(), reply(after(minutes=10)), refused(after(minutes=20)), reply(after(minutes=40))]
    assert first_response(*log).met_at == after(minutes=40)
    assert first_response(*log, refused(after(minutes=50))).met_at is None


def test_target_met_exactly_at_its_due_instant_is_met() -> None:
    assert first_response(opened(), reply(after(1))).breached_at(after(50)) is None


def test_breach_carries_the_due_instant_and_not_when_somebody_looked() -> None:
    assert first_response(opened()).breached_at(after(9)) == after(1)
    assert first_response(opened(), reply(after(3))).breached_at(after(9)) == after(1)


def test_no_breach_before_or_at_the_due_instant() -> None:
    assert first_response(opened()).breached_at(after(1)) is None
    assert first_response(opened()).breached_at(after(1, microseconds=1)) == after(1)


def test_resolution_is_met_when_an_engineer_resolves() -> None:
    assert resolution(opened(), status("resolved", after(3), "reply")).met_at == after(3)


def test_closing_decides_what_was_not_decided() -> None:
    early, late = (status("closed", after(hours), "by-hand") for hours in (0.5, 2))
    assert first_response(opened(), early).breached_at(after(5)) is None
    assert first_response(opened(), late).breached_at(after(5)) == after(1)


def test_closing_a_live_ticket_by_hand_resolves_nothing() -> None:
    log = [opened(), reply(after(0.5)), status("closed", after(2), "by-hand")]
    state = standing(*log)
    assert (state.resolution.met_at, state.resolution.breached_at(after(99))) == (None, None)
    assert (state.closed_at, sla.rungs(state, DEFAULT_TERMS)) == (after(2), [])


def test_target_that_is_still_open_exactly_at_the_closing_and_its_due_instant_is_not_missed() -> None:
    log = [opened(), reply(after(0.5)), status("closed", after(8), "by-hand")]
    assert resolution(*log).breached_at(after(99)) is None


def test_text_that_resolves_is_a_first_response() -> None:
    told = [reply(after(0.5), 4), status("resolved", after(0.5), "reply", message=4)]
    assert first_response(opened(), *told).met_at == after(0.5)
    assert first_response(opened(), told[1]).met_at == after(0.5)
    assert first_response(opened(), *told, refused(after(0.6), 4)).met_at is None


def test_refused_resolution_still_resolved_the_ticket() -> None:
    told = [reply(after(3), 4), status("resolved", after(3), "reply", message=4), refused(after(4), 4)]
    assert resolution(opened(), *told).met_at == after(3)


def test_closing_after_the_resolution_leaves_its_instant() -> None:
    log = [opened(), status("resolved", after(3), "reply"), status("closed", after(5), "customer")]
    assert resolution(*log).met_at == after(3)


# Reopening.


def test_not_fixed_voids_the_resolution_and_leaves_out_the_wait_for_the_answer() -> None:
    log = [opened(), status("resolved", after(3), "reply"), status("open", after(30), "not-fixed")]
    clock = resolution(*log)
    assert (clock.met_at, clock.due_at) == (None, after(8 + 27))


def test_customers_other_answer_that_reopens_leaves_out_the_wait_as_well() -> None:
    log = [opened(), status("resolved", after(3), "reply"), status("open", after(30), "customer")]
    clock = resolution(*log)
    assert (clock.met_at, clock.due_at) == (None, after(8 + 27))


def test_confirmed_resolution_leaves_out_nothing() -> None:
    confirmed = [opened(), status("resolved", after(1), "reply"), status("closed", after(30), "customer")]
    assert (resolution(*confirmed).due_at, resolution(*confirmed).met_at) == (after(8), after(1))


def test_answer_written_before_the_question_never_shortens_a_target() -> None:
    crossed = [opened(), status("waiting-customer", after(2), "reply"), status("open", after(1), "customer")]
    assert resolution(*crossed).due_at == after(8)


def test_resolution_that_was_refused_asked_nobody_to_confirm_it() -> None:
    told = [opened(), reply(after(1)), status("resolved", after(1), "reply", message=1), refused(after(1))]
    assert resolution(*told, status("open", after(5), "not-fixed")).due_at == after(8)


def test_engineers_own_reopening_voids_the_resolution_and_leaves_out_nothing() -> None:
    log = [opened(), status("resolved", after(3), "reply"), status("open", after(30), "by-hand")]
    clock = resolution(*log)
    assert (clock.met_at, clock.due_at, clock.breached_at(after(31))) == (None, after(8), after(8))


def test_second_resolution_counts_after_the_first_was_void() -> None:
    log = [
        opened(),
        status("resolved", after(3), "reply"),
        status("open", after(4), "not-fixed"),
        status("resolved", after(5), "reply"),
    ]
    assert resolution(*log).met_at == after(5)


# Waiting.


def test_wait_that_a_reply_began_is_left_out_of_both_targets() -> None:
    log = [opened(), status("waiting-customer", after(0.5), "reply"), status("open", after(10.5), "customer")]
    state = standing(*log)
    assert (state.first_response.due_at, state.resolution.due_at) == (after(11), after(18))


def test_wait_set_by_hand_is_not_left_out() -> None:
    log = [opened(), status("waiting-customer", after(1), "by-hand"), status("open", after(11), "customer")]
    assert resolution(*log).due_at == after(8)


@pytest.mark.parametrize("waiting", ["waiting-aws", "waiting-third-party"])
def test_waiting_for_others_leaves_out_nothing_by_itself(waiting: str) -> None:
    log = [opened(), status(waiting, after(1), "reply"), status("open", after(11), "by-hand")]
    assert resolution(*log).due_at == after(8)


def test_question_that_was_refused_never_reached_the_customer_and_stops_no_clock() -> None:
    asked = status("waiting-customer", after(1), "reply", message=4)
    log = [opened(), reply(after(1), 4), asked, refused(after(2), 4)]
    assert resolution(*log).breached_at(after(9)) == after(8)
    assert sla.rungs(standing(*log), DEFAULT_TERMS) != []


def test_target_that_rests_is_not_breached_while_it_rests() -> None:
    log = [opened(), reply(after(0.5)), status("waiting-customer", after(0.5), "reply")]
    assert resolution(*log).breached_at(after(100)) is None


def test_target_that_was_breached_before_it_rested_stays_so() -> None:
    log = [opened(), reply(after(9)), status("waiting-customer", after(9), "reply")]
    assert resolution(*log).breached_at(after(100)) == after(8)


def test_rest_that_begins_exactly_at_the_due_instant_comes_too_late() -> None:
    wait = [
        opened(),
        reply(after(0.5)),
        reply(after(8), 2),
        status("waiting-customer", after(8), "reply", message=2),
    ]
    assert resolution(*wait).breached_at(after(8)) is None
    assert resolution(*wait).breached_at(after(9)) == after(8)
    assert resolution(*wait, status("open", after(10), "customer")).breached_at(after(11)) == after(8)


def test_overlapping_intervals_count_once() -> None:
    both = [
        Interval(after(1), after(3), Reason.CUSTOMER),
        Interval(after(3), after(4), Reason.CUSTOMER),
    ]
    assert sla.add_counted(NOON, timedelta(hours=8), both) == after(11)
    assert sla.counted(NOON, after(11), both) == timedelta(hours=8)


def test_interval_after_the_due_instant_moves_nothing() -> None:
    assert sla.add_counted(
        NOON, timedelta(hours=8), [Interval(after(8), after(20), Reason.CUSTOMER)]
    ) == after(8)


# Changes of priority.


def test_raised_priority_is_due_at_the_change_plus_the_new_target() -> None:
    state = standing(opened("low"), priority("critical", after(10)))
    assert (state.first_response.due_at, state.resolution.due_at) == (after(10.25), after(14))


def test_raised_priority_keeps_an_earlier_old_due_instant() -> None:
    assert resolution(opened("high"), priority("critical", after(7))).due_at == after(8)


def test_lowered_priority_is_due_at_the_opening_plus_the_new_target() -> None:
    assert resolution(opened("critical"), priority("medium", after(2))).due_at == after(24)


def test_lowered_priority_does_not_bring_a_target_forward() -> None:
    log = [opened("low"), priority("critical", after(30)), priority("medium", after(31))]
    assert resolution(*log).due_at == after(34)


def test_lowering_after_the_breach_withdraws_nothing() -> None:
    log = [opened("critical"), priority("low", after(5))]
    assert resolution(*log).due_at == after(4)


def test_target_that_was_met_does_not_move_with_the_priority() -> None:
    log = [opened("low"), reply(after(1)), priority("critical", after(2))]
    assert first_response(*log).due_at == after(24)


def test_target_due_exactly_at_the_change_is_undecided() -> None:
    assert resolution(opened("critical"), priority("low", after(4))).due_at == after(72)
    assert resolution(opened("critical"), priority("low", after(4, microseconds=1))).due_at == after(4)


def test_target_that_rests_at_the_change_is_undecided_however_long_it_has_rested() -> None:
    log = [opened("critical"), reply(after(0.1)), status("waiting-customer", after(3), "reply")]
    log.append(priority("medium", after(10)))
    assert resolution(*log).due_at == after(24)
    assert resolution(*log, status("open", after(13), "customer")).due_at == after(34)


def test_new_target_of_a_raised_priority_counts_around_what_is_excluded() -> None:
    log = [opened("low"), reply(after(1)), status("waiting-customer", after(2), "reply", message=1)]
    log = [*log, priority("critical", after(10)), status("open", after(13), "customer")]
    assert resolution(*log).due_at == after(17)


def test_exclusion_known_only_later_makes_a_target_undecided_at_the_change() -> None:
    log = [opened("critical"), reply(after(0.1)), priority("low", after(5))]
    told = {"id": "x1", "start": after(1).isoformat(), "end": after(3).isoformat(), "reason": "aws"}
    late = Event(EventKind.EXCLUDED, after(50), after(50), "engineer:1", told)
    assert (resolution(*log).due_at, resolution(*log, late).due_at) == (after(4), after(74))


def test_first_response_whose_reply_was_refused_is_undecided_at_a_change() -> None:
    log = [opened("low"), reply(after(1)), priority("high", after(2)), refused(after(2.5))]
    assert first_response(*log).due_at == after(3)


def test_target_met_at_the_very_instant_of_the_change_is_decided() -> None:
    log = [opened("low"), reply(after(2)), priority("critical", after(2))]
    assert first_response(*log).due_at == after(24)


# How a ticket counts.


def test_ticket_is_violated_at_the_due_instant_of_its_first_violated_target() -> None:
    log = [opened(), reply(after(9)), status("resolved", after(9), "reply", message=1)]
    assert sla.violated_at(standing(*log), after(20)) == after(1)
    assert sla.decided(standing(*log), after(20)) == Decision(kept=False, at=after(1))


def test_ticket_whose_resolution_alone_is_late_is_violated_then() -> None:
    assert sla.violated_at(standing(opened(), reply(after(0.5))), after(20)) == after(8)


def test_ticket_is_kept_only_when_it_closes() -> None:
    log = [opened(), reply(after(0.5)), status("resolved", after(2), "reply", message=1)]
    assert sla.decided(standing(*log), after(90)) is None
    log.append(status("closed", after(74), "silence"))
    assert sla.decided(standing(*log), after(90)) == Decision(kept=True, at=after(74))


def test_violation_is_known_before_the_ticket_closes_and_not_before_it_happened() -> None:
    assert sla.decided(standing(opened()), after(1)) is None
    assert sla.decided(standing(opened()), after(1, microseconds=1)) == Decision(kept=False, at=after(1))


def test_live_ticket_closed_by_hand_in_time_is_kept() -> None:
    log = [opened(), status("closed", after(0.5), "by-hand")]
    assert sla.decided(standing(*log), after(90)) == Decision(kept=True, at=after(0.5))


# The ladder.


def test_ladder_has_its_four_rungs_for_each_target() -> None:
    found = [(rung.target, rung.percent, rung.at) for rung in sla.rungs(standing(opened()), DEFAULT_TERMS)]
    first, whole = Target.FIRST_RESPONSE, Target.RESOLUTION
    assert found == [
        (first, 50, after(0.5)),
        (first, 75, after(0.75)),
        (first, 90, after(0.9)),
        (first, 100, after(1)),
        (whole, 50, after(4)),
        (whole, 75, after(6)),
        (whole, 90, after(7.2)),
        (whole, 100, after(8)),
    ]


def test_met_target_has_no_rungs() -> None:
    found = sla.rungs(standing(opened(), reply(after(0.2))), DEFAULT_TERMS)
    assert {rung.target for rung in found} == {Target.RESOLUTION}


@pytest.mark.parametrize("ended", [Status.RESOLVED, Status.CLOSED])
def test_decided_ticket_has_no_rungs(ended: Status) -> None:
    assert sla.rungs(standing(opened(), status(ended, after(1), "reply")), DEFAULT_TERMS) == []


def test_no_rung_is_planned_while_the_clock_rests() -> None:
    log = [opened(), status("waiting-customer", after(0.1), "reply")]
    assert sla.rungs(standing(*log), DEFAULT_TERMS) == []


def test_percentages_are_of_the_counted_time() -> None:
    log = [opened(), status("waiting-customer", after(1), "reply"), status("open", after(3), "customer")]
    found = {(rung.target, rung.percent): rung.at for rung in sla.rungs(standing(*log), DEFAULT_TERMS)}
    assert found[(Target.RESOLUTION, 50)] == after(6)
    assert found[(Target.RESOLUTION, 100)] == after(10)


# Whatever happens.

LEVELS = some.sampled_from([str(level) for level in Priority])
STEPS = some.lists(
    some.tuples(
        some.integers(1, 40 * 60),
        some.sampled_from(
            ["ask", "answer", "reply", "refused", "resolve", "not-fixed", "reopen", "priority"]
        ),
        LEVELS,
    ),
    max_size=12,
)


@some.composite
def logs(draw: some.DrawFn) -> list[Event]:
    """A log as the verbs write them: each step only where the table allows it."""
    events, at, now, message = [opened(draw(LEVELS))], NOON, Status.OPEN, 0
    for minutes, step, level in draw(STEPS):
        at += timedelta(minutes=minutes)
        made: Event | None = None
        if step == "priority" and now in {Status.OPEN, Status.WAITING_CUSTOMER}:
            made = priority(level, at)
        elif step == "reply" and now is not Status.CLOSED:
            message += 1
            made = reply(at, message)
        elif step == "refused" and message:
            made = refused(at, message)
        elif step == "ask" and now is Status.OPEN:
            now, made = Status.WAITING_CUSTOMER, status("waiting-customer", at, "reply")
        elif step == "answer" and now is Status.WAITING_CUSTOMER:
            now, made = Status.OPEN, status("open", at, "customer")
        elif step == "resolve" and now in {Status.OPEN, Status.WAITING_CUSTOMER}:
            now, made = Status.RESOLVED, status("resolved", at, "reply")
        elif step in {"not-fixed", "reopen"} and now is Status.RESOLVED:
            now, made = Status.OPEN, status("open", at, "not-fixed" if step == "not-fixed" else "by-hand")
        if made is not None:
            events.append(made)
    return events


def dues(events: list[Event]) -> tuple[datetime, datetime]:
    state = standing(*events)
    return state.first_response.due_at, state.resolution.due_at


@settings(deadline=None, max_examples=300)
@given(log=logs(), minutes=some.integers(0, 5000), lasting=some.integers(1, 5000))
def test_pausing_never_shortens_a_due_time(log: list[Event], minutes: int, lasting: int) -> None:
    since = NOON + timedelta(minutes=minutes)
    gap = [event for event in log if event.at <= since]
    before = [event for event in gap if event.kind is EventKind.STATUS]
    if before and before[-1].data["to"] != "open":
        return
    later = [event for event in log if event.at > since]
    until = since + timedelta(minutes=lasting)
    if later:
        until = min(until, since + (later[0].at - since) / 2)
    paused = [
        *gap,
        status("waiting-customer", since, "reply"),
        status("open", until, "customer"),
        *later,
    ]
    assert all(new >= old for new, old in zip(dues(paused), dues(log), strict=True))


@settings(deadline=None, max_examples=300)
@given(log=logs(), minutes=some.integers(0, 5000), level=LEVELS)
def test_raised_priority_never_moves_a_due_instant_later(log: list[Event], minutes: int, level: str) -> None:
    at = NOON + timedelta(minutes=minutes)
    gap = [event for event in log if event.at <= at]
    now = [event.data["priority"] for event in gap if "priority" in event.data][-1]
    if Priority(level).rank >= Priority(str(now)).rank:
        return
    raised = [*gap, priority(level, at), *(event for event in log if event.at > at)]
    assert all(new <= old for new, old in zip(dues(raised), dues(log), strict=True))


@settings(deadline=None)
@given(log=logs())
def test_same_log_gives_the_same_standing_whenever_it_was_recorded(log: list[Event]) -> None:
    later = [replace(event, recorded_at=event.recorded_at + timedelta(days=3)) for event in log]
    assert standing(*log) == standing(*log) == standing(*later)


@settings(deadline=None)
@given(log=logs())
def test_last_rung_of_an_undecided_target_is_its_due_instant(log: list[Event]) -> None:
    state = standing(*log)
    for rung in sla.rungs(state, DEFAULT_TERMS):
        if rung.percent == 100:
            assert rung.at == state.clock(rung.target).due_at
        assert NOON <= rung.at <= state.clock(rung.target).due_at


@settings(deadline=None)
@given(log=logs())
def test_excluded_intervals_are_in_order_and_apart(log: list[Event]) -> None:
    found = standing(*log).excluded
    assert all(each.end is None or each.start <= each.end for each in found)
    for first, second in zip(found, found[1:], strict=False):
        assert first.end is not None and first.end < second.start


# Planned work.


def planned(at: datetime, told_at: datetime = NOON, kind: EventKind = EventKind.AWS_HEALTH) -> Event:
    return Event(kind, told_at, told_at, "aws", {"priority": "medium", "planned": at.isoformat()})


def for_later(days: float) -> Event:
    return planned(after(24 * days), kind=EventKind.OPENED)


def test_resolution_of_planned_work_is_due_its_target_after_the_planned_date() -> None:
    assert resolution(for_later(days=14)).due_at == after(15 * 24)
    assert first_response(for_later(days=14)).due_at == first_response(opened("medium")).due_at


def test_ladder_of_planned_work_begins_at_its_date() -> None:
    found = [
        each
        for each in sla.rungs(standing(for_later(days=14)), DEFAULT_TERMS)
        if each.target is Target.RESOLUTION
    ]
    assert [(each.percent, each.at) for each in found][0] == (50, after(14 * 24 + 12))


def test_work_planned_for_a_past_date_is_due_from_its_opening() -> None:
    assert resolution(for_later(days=-3)).due_at == after(24)


def test_moved_date_moves_the_due_instant_and_the_same_date_told_again_does_not() -> None:
    again = planned(after(14 * 24), told_at=after(20))
    assert resolution(for_later(days=14), again).due_at == after(15 * 24)
    assert resolution(for_later(days=14), planned(after(20 * 24), told_at=after(30))).due_at == after(21 * 24)
    assert resolution(for_later(days=14), planned(after(3), told_at=after(30))).due_at == after(54)


def test_date_moved_after_the_target_was_missed_withdraws_nothing() -> None:
    late = planned(after(20 * 24), told_at=after(15 * 24, seconds=1))
    assert resolution(for_later(days=14), late).due_at == after(15 * 24)
    missed = standing(for_later(days=14), reply(after(1)), late)
    assert sla.violated_at(missed, after(400)) == after(360)


def test_raised_priority_of_planned_work_is_promised_from_its_date_too() -> None:
    assert resolution(for_later(days=14), priority("critical", after(1))).due_at == after(14 * 24 + 4)
