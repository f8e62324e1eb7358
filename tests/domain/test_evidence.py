"""A customer can reckon both clocks again from the evidence sheet (P11, P12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from gateway.domain import sla
from gateway.domain.counting import Reason
from gateway.domain.evidence import Cause, Outcome, Reckoning, Sheet, sheet
from gateway.domain.exclusions import Proof
from gateway.domain.lifecycle import Event, EventKind, Status
from gateway.domain.sla import Decision
from gateway.domain.terms import DEFAULT_TERMS, Priority, Target

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def after(hours: float = 0, **length: float) -> datetime:
    return NOON + timedelta(hours=hours, **length)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def event(kind: EventKind, at: datetime, by: str = "engineer:1", **data: object) -> Event:
    return Event(kind, at, at, by, data)


def opened(priority: str = "high") -> Event:
    return event(EventKind.OPENED, NOON, "customer", priority=priority)


def priority(to: str, at: datetime) -> Event:
    return event(EventKind.PRIORITY, at, priority=to)


def status(to: str, at: datetime, cause: str, **data: object) -> Event:
    return event(EventKind.STATUS, at, to=to, cause=cause, **data)


def reply(at: datetime, message: int = 1) -> Event:
    return event(EventKind.REPLY, at, message=message)


def asked(at: datetime, message: int = 1) -> list[Event]:
    return [reply(at, message), status("waiting-customer", at, "reply", message=message)]


def answered(at: datetime) -> Event:
    return status("open", at, "customer")


def resolved(at: datetime, message: int = 9) -> list[Event]:
    return [reply(at, message), status("resolved", at, "reply", message=message)]


def excluded(start: datetime, end: datetime | None, *, at: datetime, id_: str = "x1") -> Event:
    told = {"id": id_, "start": start.isoformat(), "end": end.isoformat() if end else None, "reason": "aws"}
    return event(EventKind.EXCLUDED, at, "engineer:2", **told, proof={"kind": "case", "reference": "case-7"})


def struck(id_: str, at: datetime) -> Event:
    return event(EventKind.EXCLUSION_STRUCK, at, "engineer:9", id=id_)


def page(*log: Event, now: float) -> Sheet:
    return sheet(log, DEFAULT_TERMS, after(now))


def resolution(*log: Event, now: float) -> Reckoning:
    return page(*log, now=now).of(Target.RESOLUTION)


# Stretches.


def test_time_that_nothing_excludes_is_one_stretch_until_now() -> None:
    found = resolution(opened(), now=3)
    assert [(each.start, each.end, each.counts) for each in found.stretches] == [(NOON, after(3), True)]
    assert (found.used, found.allowed, found.promised) == (hours(3), hours(8), hours(8))


def test_each_stretch_says_whether_it_counts_why_and_what_was_counted_by_its_end() -> None:
    found = resolution(
        opened(), *asked(after(1)), answered(after(3)), excluded(after(5), after(6), at=after(6)), now=7
    )
    assert [(each.start, each.end, each.exclusion, each.reason, each.total) for each in found.stretches] == [
        (NOON, after(1), None, None, hours(1)),
        (after(1), after(3), "w1", Reason.CUSTOMER, hours(1)),
        (after(3), after(5), None, None, hours(3)),
        (after(5), after(6), "x1", Reason.AWS, hours(3)),
        (after(6), after(7), None, None, hours(4)),
    ]
    assert (found.stretches[3].author, found.stretches[3].proof) == ("engineer:2", Proof("case", "case-7"))
    assert (found.stretches[1].author, found.stretches[1].proof) == ("engineer:1", Proof("message", "1"))


def test_stretches_end_where_the_target_was_met() -> None:
    log = [opened(), *resolved(after(2))]
    assert resolution(*log, now=90).stretches[-1].end == after(2)


def test_stretches_end_where_the_ticket_closed() -> None:
    assert resolution(opened(), status("closed", after(2), "by-hand"), now=90).stretches[-1].end == after(2)


def test_time_that_two_exclude_stands_under_the_one_that_began_first() -> None:
    log = [
        opened(),
        excluded(after(1), after(4), at=after(5)),
        excluded(after(2), after(6), at=after(6), id_="x2"),
    ]
    found = resolution(*log, now=7)
    assert [(each.exclusion, each.start, each.end) for each in found.stretches] == [
        (None, NOON, after(1)),
        ("x1", after(1), after(4)),
        ("x2", after(4), after(6)),
        (None, after(6), after(7)),
    ]


def test_exclusion_that_lies_within_another_adds_no_stretch() -> None:
    log = [
        opened(),
        excluded(after(1), after(6), at=after(6)),
        excluded(after(2), after(3), at=after(6), id_="x2"),
    ]
    assert [each.exclusion for each in resolution(*log, now=7).stretches] == [None, "x1", None]


def test_exclusion_that_lasts_reaches_to_now() -> None:
    last = resolution(opened(), excluded(after(1), None, at=after(1)), now=7).stretches[-1]
    assert (last.exclusion, last.end, last.total) == ("x1", after(7), hours(1))


def test_struck_exclusion_is_on_the_sheet_and_in_no_stretch() -> None:
    found = page(opened(), excluded(after(1), after(2), at=after(3)), struck("x1", after(4)), now=5)
    assert [(each.id, each.counts) for each in found.exclusions] == [("x1", False)]
    assert all(stretch.counts for each in found.targets for stretch in each.stretches)


def test_contested_exclusion_is_in_a_stretch_and_said_to_be_contested() -> None:
    contest = event(EventKind.EXCLUSION_CONTESTED, after(4), "customer", id="x1")
    found = page(opened(), excluded(after(1), after(2), at=after(3)), contest, now=5)
    assert found.exclusions[0].under_review
    assert "x1" in [stretch.exclusion for stretch in found.of(Target.RESOLUTION).stretches]


# Outcomes.


@pytest.mark.parametrize(
    ("log", "now", "outcome"),
    [
        ([], 3, Outcome.RUNNING),
        ([], 8, Outcome.RUNNING),
        ([], 9, Outcome.BREACHED),
        (asked(after(1)), 9, Outcome.RESTING),
        (resolved(after(8)), 9, Outcome.MET),
        (resolved(after(8.5)), 9, Outcome.BREACHED),
        ([status("closed", after(2), "by-hand")], 9, Outcome.CLOSED),
        ([status("closed", after(8.5), "by-hand")], 9, Outcome.BREACHED),
    ],
)
def test_outcome_of_a_target(log: list[Event], now: float, outcome: Outcome) -> None:
    assert resolution(opened(), *log, now=now).outcome is outcome


def test_sheet_says_how_the_ticket_is_decided() -> None:
    late = page(opened(), reply(after(3)), now=9)
    assert (late.violated_at, late.decided) == (after(1), Decision(kept=False, at=after(1)))
    kept = page(opened(), *resolved(after(0.5)), status("closed", after(2), "confirmed"), now=9)
    assert (kept.violated_at, kept.decided) == (None, Decision(kept=True, at=after(2)))
    assert (kept.status, kept.priority) == (Status.CLOSED, Priority.HIGH)


# What moved the due instants.


def moves(*log: Event) -> list[tuple[Cause, str, datetime]]:
    return [(move.cause, move.what, move.after) for move in resolution(*log, now=99).moves]


def test_opening_sets_the_due_instant() -> None:
    (found,) = resolution(opened(), now=1).moves
    assert (found.cause, found.what, found.before, found.after) == (Cause.OPENING, "high", None, after(8))


def test_change_of_priority_moves_it() -> None:
    log = [opened("low"), reply(after(1)), priority("high", after(20)), priority("medium", after(21))]
    assert moves(*log)[1:] == [(Cause.PRIORITY, "high", after(28))]
    last = resolution(*log, now=30).moves[-1]
    assert (last.before, last.by, last.seq, last.at) == (after(72), "engineer:1", 3, after(20))


def test_end_of_a_wait_moves_it_and_its_beginning_does_not() -> None:
    log = [opened(), *asked(after(1)), answered(after(3))]
    assert moves(*log)[1:] == [(Cause.WAIT, "w1", after(10))]


def test_exclusion_its_end_and_its_strike_move_it() -> None:
    log = [
        opened(),
        excluded(after(1), None, at=after(1)),
        event(EventKind.EXCLUSION_ENDED, after(3), id="x1", end=after(3).isoformat()),
        excluded(after(4), after(6), at=after(5), id_="x2"),
        struck("x1", after(6)),
    ]
    assert moves(*log)[1:] == [
        (Cause.EXCLUSION_ENDED, "x1", after(10)),
        (Cause.EXCLUSION, "x2", after(12)),
        (Cause.STRIKE, "x1", after(10)),
    ]


def test_exclusion_entered_after_it_ended_is_called_late() -> None:
    assert moves(opened(), excluded(after(1), after(2), at=after(20)))[1:] == [
        (Cause.LATE_EXCLUSION, "x1", after(9))
    ]


def test_refusal_of_the_question_takes_its_wait_back() -> None:
    log = [
        opened(),
        *asked(after(1)),
        answered(after(3)),
        event(EventKind.REPLY_REFUSED, after(4), message=1),
    ]
    assert moves(*log)[1:] == [(Cause.WAIT, "w1", after(10)), (Cause.REFUSAL, "w1", after(8))]


def test_refusal_of_the_first_answer_lets_a_later_priority_move_its_target() -> None:
    log = [opened("low"), reply(after(1), 7), priority("high", after(2))]
    log.append(event(EventKind.REPLY_REFUSED, after(2.5), message=7))
    last = page(*log, now=3).of(Target.FIRST_RESPONSE).moves[-1]
    assert (last.cause, last.what, last.before, last.after) == (Cause.REFUSAL, "7", after(24), after(3))


def test_what_moves_nothing_is_not_told() -> None:
    log = [opened(), reply(after(0.5)), excluded(after(8), after(9), at=after(9)), priority("low", after(30))]
    assert len(moves(*log)) == 1


# Whatever happens.

STEPS = some.lists(
    some.tuples(
        some.integers(1, 300),
        some.sampled_from(
            ["ask", "resolve", "reply", "critical", "low", "exclude", "open", "strike", "refuse"]
        ),
    ),
    max_size=9,
)


@some.composite
def histories(draw: some.DrawFn) -> list[Event]:
    log, at = [opened(draw(some.sampled_from(["critical", "high", "low"])))], NOON
    for count, (minutes, step) in enumerate(draw(STEPS), start=1):
        at += timedelta(minutes=minutes, seconds=17)
        if step == "ask":
            log += [*asked(at, count), answered(at + timedelta(minutes=draw(some.integers(0, 400))))]
        elif step == "resolve":
            log += [
                *resolved(at, count),
                status("open", at + hours(1), draw(some.sampled_from(["not-fixed", "by-hand"]))),
            ]
        elif step == "reply":
            log.append(reply(at, count))
        elif step == "refuse":
            log.append(event(EventKind.REPLY_REFUSED, at, message=draw(some.integers(1, count))))
        elif step in ("critical", "low"):
            log.append(priority(step, at))
        elif step == "exclude":
            start = at - timedelta(minutes=draw(some.integers(-100, 900)), seconds=3)
            log.append(
                excluded(
                    start, start + timedelta(minutes=draw(some.integers(0, 500))), at=at, id_=f"x{count}"
                )
            )
        elif step == "strike":
            log.append(struck(f"x{draw(some.integers(1, count))}", at))
    if draw(some.booleans()):
        log += resolved(at + hours(1), 99)
    return log


@settings(deadline=None, max_examples=300)
@given(log=histories(), looked=some.integers(0, 9000))
def test_stretches_are_without_gaps_and_add_up(log: list[Event], looked: int) -> None:
    now = max(after(minutes=looked), *(each.at for each in log))
    for found in sheet(log, DEFAULT_TERMS, now).targets:
        reached, total = NOON, timedelta()
        for each in found.stretches:
            total += each.end - each.start if each.counts else timedelta()
            assert (each.start, each.total, each.end > each.start) == (reached, total, True)
            reached = each.end
        assert (reached, total) == (max(NOON, found.met_at or now), found.used)


@settings(deadline=None, max_examples=300)
@given(log=histories(), looked=some.integers(0, 9000))
def test_sum_of_what_counts_tells_the_breach(log: list[Event], looked: int) -> None:
    now = max(after(minutes=looked), *(each.at for each in log))
    page = sheet(log, DEFAULT_TERMS, now)
    for found in page.targets:
        if any(one.start == found.due_at for one in page.exclusions):
            continue
        assert (found.used > found.allowed) == (found.breached_at is not None)
        assert found.breached_at in (None, found.due_at)


@settings(deadline=None, max_examples=300)
@given(log=histories())
def test_moves_lead_from_the_opening_to_the_due_instant(log: list[Event]) -> None:
    for found in sheet(log, DEFAULT_TERMS, after(99)).targets:
        assert found.moves[0].cause is Cause.OPENING
        assert found.moves[-1].after == found.due_at
        for one, next_ in zip(found.moves, found.moves[1:], strict=False):
            assert (one.after, one.seq < next_.seq) == (next_.before, True)
        assert all(move.what for move in found.moves)


@settings(deadline=None)
@given(log=histories())
def test_sheet_says_what_the_clocks_say(log: list[Event]) -> None:
    page, state = sheet(log, DEFAULT_TERMS, after(99)), sla.standing(log, DEFAULT_TERMS)
    for found in page.targets:
        clock = state.clock(found.target)
        assert (found.due_at, found.met_at) == (clock.due_at, clock.met_at)
    later = [replace(each, recorded_at=each.recorded_at + hours(5)) for each in log]
    assert sheet(later, DEFAULT_TERMS, after(99)).targets[0].stretches == page.targets[0].stretches


def test_sheet_of_planned_work_counts_from_its_date_and_shows_when_aws_moved_it() -> None:
    first, moved = after(100), after(200)
    log = [
        event(EventKind.OPENED, NOON, "aws", priority="medium", planned=first.isoformat()),
        event(EventKind.AWS_HEALTH, NOON, "aws", planned=first.isoformat()),
        reply(after(1)),
        event(EventKind.AWS_HEALTH, after(50), "aws", planned=moved.isoformat()),
        event(EventKind.AWS_HEALTH, after(60), "aws", planned=None),
    ]
    assert moves(*log) == [
        (Cause.OPENING, "medium", after(124)),
        (Cause.PLANNED, moved.isoformat(), after(224)),
    ]
    waiting, begun = resolution(*log, now=99), resolution(*log, now=206)
    assert (waiting.begins_at, waiting.used, waiting.allowed) == (after(200), hours(0), hours(24))
    assert begun.used == hours(6)
