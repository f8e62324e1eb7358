"""What a ticket owes and when: rungs, pass-ons, progress, the reminder and the closing (P1, P4, P5)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from gateway.domain import sla
from gateway.domain.alarms import Owed, Plan, plans
from gateway.domain.lifecycle import Event, EventKind
from gateway.domain.terms import DEFAULT_TERMS, Target, agreed

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FIRST, WHOLE = Target.FIRST_RESPONSE, Target.RESOLUTION


def after(hours: float = 0, **length: float) -> datetime:
    return NOON + timedelta(hours=hours, **length)


def event(kind: EventKind, at: datetime, *, recorded: datetime | None = None, **data: object) -> Event:
    return Event(kind, at, recorded or at, "engineer:1", data)


def opened(priority: str = "high") -> Event:
    return event(EventKind.OPENED, NOON, priority=priority)


def priority(to: str, at: datetime) -> Event:
    return event(EventKind.PRIORITY, at, priority=to)


def status(to: str, at: datetime, cause: str, **data: object) -> Event:
    return event(EventKind.STATUS, at, to=to, cause=cause, **data)


def reply(at: datetime, message: int = 1) -> Event:
    return event(EventKind.REPLY, at, message=message)


def refused(at: datetime, message: int = 1) -> Event:
    return event(EventKind.REPLY_REFUSED, at, message=message)


def spoke(percent: int, at: datetime, target: Target = WHOLE, recorded: datetime | None = None) -> Event:
    return event(EventKind.ALARM, at, recorded=recorded, target=str(target), percent=percent)


def passed_on(percent: int, at: datetime, target: Target = WHOLE) -> Event:
    return event(EventKind.PASSED_ON, at, target=str(target), percent=percent)


def acknowledged(at: datetime) -> Event:
    return event(EventKind.ACKNOWLEDGED, at, by="page")


def asked(at: datetime, message: int = 1) -> list[Event]:
    return [reply(at, message), status("waiting-customer", at, "reply", message=message)]


def resolved(at: datetime, message: int = 1) -> list[Event]:
    return [reply(at, message), status("resolved", at, "reply", message=message)]


def delivered(at: datetime, message: int = 1) -> Event:
    return event(EventKind.RESOLUTION_DELIVERED, at, message=message)


def owed(*log: Event, ladder: list[int] | None = None) -> list[Plan]:
    terms = agreed({"ladder": ladder}) if ladder else DEFAULT_TERMS
    return plans(log, sla.standing(log, terms), terms)


def of(kind: Owed, *log: Event) -> list[tuple[Target | None, int, datetime]]:
    return [(plan.target, plan.percent, plan.at) for plan in owed(*log) if plan.owed is kind]


# Rungs.


def test_each_rung_is_owed_at_its_instant() -> None:
    answered = [opened(), reply(after(0.5))]
    assert of(Owed.RUNG, *answered) == [
        (WHOLE, 50, after(4)),
        (WHOLE, 75, after(6)),
        (WHOLE, 90, after(7.2)),
        (WHOLE, 100, after(8)),
    ]


def test_rung_speaks_once() -> None:
    log = [opened(), reply(after(0.5)), spoke(50, after(4)), spoke(75, after(6))]
    assert [percent for _, percent, _ in of(Owed.RUNG, *log)] == [90, 100]


def test_rung_that_a_higher_one_overtook_speaks_late() -> None:
    log = [opened(), reply(after(0.5)), spoke(75, after(6))]
    assert [percent for _, percent, _ in of(Owed.RUNG, *log)] == [50, 90, 100]


def test_rung_that_spoke_does_not_speak_again_after_its_instant_moved() -> None:
    log = [opened("low"), reply(after(1)), spoke(50, after(36)), priority("medium", after(37))]
    assert 50 not in [percent for _, percent, _ in of(Owed.RUNG, *log)]


def test_of_rungs_that_a_change_leaves_in_the_past_only_the_highest_is_owed() -> None:
    log = [opened("low"), reply(after(1)), priority("high", after(20))]
    late = event(
        EventKind.EXCLUDED,
        after(26.5),
        id="x1",
        start=after(20).isoformat(),
        end=after(20.1).isoformat(),
        reason="aws",
    )
    assert [percent for _, percent, _ in of(Owed.RUNG, *log, late)] == [90, 100]


def test_rungs_that_are_merely_late_are_all_owed() -> None:
    log = [opened(), reply(after(0.5)), event(EventKind.NOTE, after(9), message=3)]
    assert [percent for _, percent, _ in of(Owed.RUNG, *log)] == [50, 75, 90, 100]


def test_answered_first_response_owes_no_rung_and_a_refused_answer_owes_them_again() -> None:
    log = [opened(), reply(after(0.6))]
    assert {target for target, _, _ in of(Owed.RUNG, *log)} == {WHOLE}
    again = of(Owed.RUNG, *log, refused(after(0.8)))
    assert [(percent, at) for target, percent, at in again if target is FIRST] == [
        (75, after(0.75)),
        (90, after(0.9)),
        (100, after(1)),
    ]


def test_no_rung_and_no_pass_on_while_the_clock_rests() -> None:
    log = [opened(), spoke(50, after(0.5), FIRST), *asked(after(0.6))]
    assert of(Owed.RUNG, *log) == of(Owed.PASS_ON, *log) == []


def test_rung_that_is_late_waits_where_the_clock_has_begun_to_rest() -> None:
    assert of(Owed.RUNG, opened(), *asked(after(5))) == []


def test_rest_that_begins_later_stops_no_rung_before_it() -> None:
    told = {"id": "x1", "start": after(5).isoformat(), "end": None, "reason": "maintenance"}
    log = [opened(), reply(after(0.5)), event(EventKind.EXCLUDED, after(1), **told)]
    assert of(Owed.RUNG, *log) == [(WHOLE, 50, after(4))]
    assert of(Owed.RUNG, *log, event(EventKind.NOTE, after(6), message=9)) == []


# Pass-ons.


def test_rung_that_nobody_acknowledged_is_passed_on_at_half_of_the_time_to_the_next() -> None:
    log = [opened(), reply(after(0.5)), spoke(50, after(4))]
    assert of(Owed.PASS_ON, *log) == [(WHOLE, 50, after(5))]


def test_pass_on_comes_two_minutes_after_the_rung_at_the_earliest() -> None:
    log = [opened("critical"), spoke(50, after(minutes=7.5), FIRST)]
    assert of(Owed.PASS_ON, *log) == [(FIRST, 50, after(minutes=9.5))]


def test_pass_on_that_the_next_rung_would_overtake_is_not_owed() -> None:
    log = [opened("critical"), spoke(90, after(minutes=13.5), FIRST)]
    assert of(Owed.PASS_ON, *log) == []


def test_last_rung_is_passed_on_to_nobody() -> None:
    log = [opened(), reply(after(0.5)), spoke(100, after(8))]
    assert of(Owed.PASS_ON, *log) == []
    assert [
        plan for plan in owed(*log[:2], spoke(75, after(6)), ladder=[50, 75]) if plan.owed is Owed.PASS_ON
    ] == []


def test_acknowledged_rung_is_not_passed_on() -> None:
    log = [opened(), spoke(50, after(0.5), FIRST), acknowledged(after(0.55))]
    assert of(Owed.PASS_ON, *log) == []


def test_acknowledgement_is_of_what_spoke_before_it_only() -> None:
    log = [opened(), spoke(50, after(0.5), FIRST), acknowledged(after(0.55)), spoke(75, after(0.75), FIRST)]
    assert [(target, percent) for target, percent, _ in of(Owed.PASS_ON, *log)] == [(FIRST, 75)]


def test_acknowledgement_is_of_both_targets() -> None:
    log = [opened("low"), spoke(50, after(12), FIRST), spoke(50, after(36)), acknowledged(after(37))]
    assert of(Owed.PASS_ON, *log) == []


@pytest.mark.parametrize("kind", [EventKind.NOTE, EventKind.ASSIGNED, EventKind.ESCALATION_ASKED])
def test_nothing_else_acknowledges(kind: EventKind) -> None:
    log = [opened(), reply(after(0.5)), spoke(50, after(4)), event(kind, after(4.1), to=2)]
    assert of(Owed.PASS_ON, *log) == [(WHOLE, 50, after(5))]


def test_rung_is_passed_on_once() -> None:
    log = [opened(), reply(after(0.5)), spoke(50, after(4)), passed_on(50, after(5))]
    assert of(Owed.PASS_ON, *log) == []
    assert of(Owed.PASS_ON, *log, spoke(75, after(6))) == [(WHOLE, 75, after(6.6))]


def test_rung_is_not_passed_on_once_the_next_one_spoke() -> None:
    log = [opened(), reply(after(0.5)), spoke(50, after(4)), spoke(75, after(6))]
    assert [percent for _, percent, _ in of(Owed.PASS_ON, *log)] == [75]


def test_rung_of_a_target_met_since_is_not_passed_on() -> None:
    log = [opened(), spoke(50, after(0.5), FIRST), reply(after(0.55))]
    assert of(Owed.PASS_ON, *log) == []


def test_pass_on_moves_with_a_wait() -> None:
    log = [
        opened(),
        reply(after(0.5)),
        spoke(50, after(4)),
        *asked(after(4.5), 2),
        status("open", after(6.5), "customer"),
    ]
    assert of(Owed.PASS_ON, *log) == [(WHOLE, 50, after(7))]


def test_rung_is_not_passed_on_where_a_change_left_the_next_one_in_the_past() -> None:
    log = [opened("low"), reply(after(1)), spoke(50, after(36)), priority("high", after(37))]
    more = event(EventKind.REPLY_REFUSED, after(44.9), message=8)
    assert of(Owed.PASS_ON, *log, more) == []


def test_pass_on_that_is_late_is_not_owed_once_the_next_rung_is_in_the_past_of_a_change() -> None:
    log = [opened("low"), reply(after(1)), spoke(50, after(36)), status("waiting-aws", after(55), "by-hand")]
    assert of(Owed.PASS_ON, *log) == []


def test_pass_on_of_an_earlier_rung_is_none_of_the_next() -> None:
    log = [
        opened("low"),
        reply(after(1)),
        spoke(50, after(36)),
        spoke(75, after(54)),
        passed_on(50, after(54)),
    ]
    assert [percent for _, percent, _ in of(Owed.PASS_ON, *log)] == [75]


# Progress.


@pytest.mark.parametrize(("level", "hours"), [("critical", 1), ("high", 4), ("medium", 24), ("low", 72)])
def test_progress_is_owed_a_period_after_the_opening(level: str, hours: int) -> None:
    assert of(Owed.PROGRESS, opened(level)) == [(None, 0, after(hours))]


def test_progress_is_owed_a_period_after_the_last_person_wrote() -> None:
    assert of(Owed.PROGRESS, opened(), reply(after(3)), reply(after(1), 2)) == [(None, 0, after(7))]


def test_refused_reply_told_the_customer_nothing() -> None:
    assert of(Owed.PROGRESS, opened(), reply(after(3)), refused(after(3.1))) == [(None, 0, after(4))]


def test_next_progress_is_owed_a_period_after_the_last_was_told() -> None:
    log = [opened(), event(EventKind.PROGRESS, after(4), next_at="")]
    assert of(Owed.PROGRESS, *log) == [(None, 0, after(8))]


def test_reports_missed_while_everything_was_down_are_told_once() -> None:
    log = [opened(), event(EventKind.PROGRESS, after(4), recorded=after(40), next_at="")]
    assert of(Owed.PROGRESS, *log) == [(None, 0, after(44))]


def test_reopening_begins_a_period() -> None:
    log = [opened(), *resolved(after(1)), status("open", after(20), "not-fixed")]
    assert of(Owed.PROGRESS, *log) == [(None, 0, after(24))]


def test_period_is_that_of_the_priority_now() -> None:
    assert of(Owed.PROGRESS, opened("low"), priority("critical", after(2))) == [(None, 0, after(1))]


@pytest.mark.parametrize(
    "kind", [EventKind.NOTE, EventKind.CUSTOMER_MESSAGE, EventKind.LETTER, EventKind.ALARM]
)
def test_nothing_else_puts_progress_off(kind: EventKind) -> None:
    log = [opened(), event(kind, after(2), message=1, intent="other", target=str(FIRST), percent=50)]
    assert of(Owed.PROGRESS, *log) == [(None, 0, after(4))]


def test_progress_is_owed_while_the_clocks_rest() -> None:
    assert of(Owed.PROGRESS, opened(), *asked(after(1))) == [(None, 0, after(5))]


@pytest.mark.parametrize("ended", ["resolved", "closed"])
def test_ticket_that_is_resolved_or_closed_owes_no_progress_and_no_rung(ended: str) -> None:
    assert owed(opened(), spoke(50, after(0.5), FIRST), status(ended, after(1), "by-hand")) == []


# Reminder and closing.


def test_reminder_and_closing_count_from_the_acceptance_of_the_resolution() -> None:
    log = [opened(), *resolved(after(1)), delivered(after(2))]
    assert owed(*log) == [Plan(Owed.REMINDER, after(26)), Plan(Owed.CLOSING, after(74))]


def test_resolution_that_was_not_accepted_yet_owes_neither() -> None:
    assert owed(opened(), *resolved(after(1))) == []


def test_resolution_returned_after_its_acceptance_owes_neither_until_it_is_accepted_again() -> None:
    log = [opened(), *resolved(after(1)), delivered(after(2)), refused(after(3))]
    assert {plan.owed for plan in owed(*log)} == {Owed.RUNG}  # of the first response, which is void with it
    again = owed(*log, reply(after(5)), delivered(after(6)))
    assert again == [Plan(Owed.REMINDER, after(30)), Plan(Owed.CLOSING, after(78))]


def test_second_acceptance_of_the_same_letter_puts_nothing_off() -> None:
    log = [opened(), *resolved(after(1)), delivered(after(2)), delivered(after(20))]
    assert owed(*log)[0] == Plan(Owed.REMINDER, after(26))


def test_thanks_changes_nothing() -> None:
    log = [opened(), *resolved(after(1)), delivered(after(2))]
    thanks = event(EventKind.CUSTOMER_MESSAGE, after(5), message=9, intent="thanks")
    assert owed(*log, thanks) == owed(*log)


def test_reminder_is_owed_once() -> None:
    log = [
        opened(),
        *resolved(after(1)),
        delivered(after(2)),
        event(EventKind.REMINDED, after(26), message=1),
    ]
    assert owed(*log) == [Plan(Owed.CLOSING, after(74))]


def test_closed_ticket_owes_nothing() -> None:
    log = [opened(), *resolved(after(1)), delivered(after(2)), status("closed", after(74), "silence")]
    assert owed(*log) == []


def test_reopened_ticket_owes_no_reminder_and_its_next_resolution_its_own() -> None:
    log = [
        opened(),
        *resolved(after(1)),
        delivered(after(1)),
        event(EventKind.REMINDED, after(25), message=1),
    ]
    log.append(status("open", after(26), "not-fixed"))
    assert {plan.owed for plan in owed(*log)} == {Owed.RUNG, Owed.PROGRESS}
    log += [*resolved(after(27), 2), delivered(after(28), 2)]
    assert owed(*log) == [Plan(Owed.REMINDER, after(52)), Plan(Owed.CLOSING, after(100))]


def test_late_acceptance_of_an_earlier_resolution_is_none_of_the_standing_one() -> None:
    log = [opened(), *resolved(after(1)), status("open", after(2), "not-fixed"), *resolved(after(3), 2)]
    assert owed(*log, delivered(after(4), 1)) == []


def test_terms_of_the_contract_set_the_silence() -> None:
    terms = agreed({"confirmation_hours": {"remind": 2, "close": 5}})
    log = [opened(), *resolved(after(1)), delivered(after(1))]
    assert [plan.at for plan in plans(log, sla.standing(log, terms), terms)] == [after(3), after(6)]


# Whatever happens.

STEPS = some.lists(
    some.tuples(
        some.integers(0, 30 * 60),
        some.sampled_from(
            [
                "reply",
                "refuse",
                "ask",
                "resolve",
                "deliver",
                "open",
                "priority",
                "fire",
                "fire",
                "acknowledge",
                "exclude",
            ]
        ),
        some.sampled_from(["critical", "high", "medium", "low"]),
    ),
    max_size=14,
)


def act(plan: Plan, at: datetime) -> Event:
    """The entry that doing what is owed leaves."""
    target, percent = str(plan.target), plan.percent
    return {
        Owed.RUNG: event(EventKind.ALARM, plan.at, recorded=at, target=target, percent=percent),
        Owed.PASS_ON: event(EventKind.PASSED_ON, plan.at, recorded=at, target=target, percent=percent),
        Owed.PROGRESS: event(EventKind.PROGRESS, at, next_at=""),
        Owed.REMINDER: event(EventKind.REMINDED, at, message=1),
        Owed.CLOSING: status("closed", at, "silence"),
    }[plan.owed]


@some.composite
def histories(draw: some.DrawFn) -> list[Event]:
    log, at, message, now = [opened(draw(some.sampled_from(["critical", "high", "low"])))], NOON, 0, "open"
    for number, (minutes, step, level) in enumerate(draw(STEPS)):
        at += timedelta(minutes=minutes)
        if step == "fire":
            due = [plan for plan in owed(*log) if plan.at <= at]
            log += [act(due[0], at)] if due else []
            now = "closed" if due and due[0].owed is Owed.CLOSING else now
        elif step == "acknowledge":
            log.append(acknowledged(at))
        elif step == "refuse" and message:
            log.append(refused(at, message))
        elif step == "deliver" and now == "resolved":
            log.append(delivered(at, message))
        elif now == "closed":
            continue
        elif step in ("reply", "ask", "resolve"):
            message += 1
            log.append(reply(at, message))
            wanted = {"ask": "waiting-customer", "resolve": "resolved"}.get(step, now)
            if wanted != now and now != "resolved":
                now = wanted
                log.append(status(now, at, "reply", message=message))
        elif step == "open" and now != "open":
            now = "open"
            log.append(status("open", at, draw(some.sampled_from(["not-fixed", "customer", "by-hand"]))))
        elif step == "priority" and now != "resolved":
            log.append(priority(level, at))
        elif step == "exclude":
            start = at - timedelta(minutes=draw(some.integers(-60, 600)))
            end = draw(some.one_of(some.none(), some.integers(0, 400)))
            told = {"id": f"x{number}", "start": start.isoformat(), "reason": "aws"}
            until = None if end is None else (start + timedelta(minutes=end)).isoformat()
            log.append(event(EventKind.EXCLUDED, at, **told, end=until))
    return log


@settings(deadline=None, max_examples=400)
@given(log=histories())
def test_same_log_owes_the_same_in_order(log: list[Event]) -> None:
    found = owed(*log)
    assert found == owed(*log) == sorted(found, key=lambda plan: plan.at)
    assert len({(plan.owed, plan.target, plan.percent) for plan in found}) == len(found)


@settings(deadline=None, max_examples=400)
@given(log=histories(), late=some.integers(0, 5000))
def test_doing_what_is_owed_ends_the_debt(log: list[Event], late: int) -> None:
    for plan in owed(*log):
        at = max(plan.at, log[-1].recorded_at) + timedelta(minutes=late)
        for left in owed(*log, act(plan, at)):
            assert (left.owed, left.target, left.percent) != (
                plan.owed,
                plan.target,
                plan.percent,
            ) or left.at > at


@settings(deadline=None, max_examples=200)
@given(log=histories())
def test_everything_owed_is_done_and_no_rung_speaks_or_is_passed_on_twice(log: list[Event]) -> None:
    log, until = [*log], log[-1].recorded_at + timedelta(days=6)
    while due := [plan for plan in owed(*log) if plan.at <= until]:
        log.append(act(due[0], max(due[0].at, log[-1].recorded_at)))
        assert len(log) < 500
    told = Counter(
        (each.kind, each.data["target"], each.data["percent"])
        for each in log
        if each.kind in (EventKind.ALARM, EventKind.PASSED_ON)
    )
    assert max(told.values(), default=1) == 1
