"""What does not count, and who said so: waits that begin by themselves, and intervals that people enter (P11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from gateway.domain import sla
from gateway.domain.counting import Interval, Reason, add_counted, counted, merged
from gateway.domain.exclusions import Exclusion, Proof, exclusions, proposed
from gateway.domain.lifecycle import Event, EventKind
from gateway.domain.terms import DEFAULT_TERMS

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def after(hours: float = 0, **length: float) -> datetime:
    return NOON + timedelta(hours=hours, **length)


def event(kind: EventKind, at: datetime, by: str = "engineer:1", **data: object) -> Event:
    return Event(kind, at, at, by, data)


def opened(priority: str = "high") -> Event:
    return event(EventKind.OPENED, NOON, "customer", priority=priority)


def status(to: str, at: datetime, cause: str, **data: object) -> Event:
    return event(EventKind.STATUS, at, to=to, cause=cause, **data)


def asked(at: datetime, message: int = 1) -> list[Event]:
    return [
        event(EventKind.REPLY, at, message=message),
        status("waiting-customer", at, "reply", message=message),
    ]


def resolved(at: datetime, message: int = 1) -> list[Event]:
    return [event(EventKind.REPLY, at, message=message), status("resolved", at, "reply", message=message)]


def excluded(
    start: datetime, end: datetime | None, *, at: datetime, id_: str = "x1", **data: object
) -> Event:
    proof = {"kind": "case", "reference": "case-7"}
    told = {"id": id_, "start": start.isoformat(), "end": end.isoformat() if end else None, "reason": "aws"}
    return event(EventKind.EXCLUDED, at, **(told | {"proof": proof} | data))


def ended(id_: str, end: datetime, at: datetime) -> Event:
    return event(EventKind.EXCLUSION_ENDED, at, id=id_, end=end.isoformat())


def struck(id_: str, at: datetime) -> Event:
    return event(EventKind.EXCLUSION_STRUCK, at, "engineer:9", id=id_)


def contested(id_: str, at: datetime) -> Event:
    return event(EventKind.EXCLUSION_CONTESTED, at, "customer", id=id_)


def upheld(id_: str, at: datetime) -> Event:
    return event(EventKind.EXCLUSION_UPHELD, at, "engineer:9", id=id_)


def only(*log: Event) -> Exclusion:
    (found,) = exclusions(log)
    return found


def resolution_due(*log: Event) -> datetime:
    return sla.standing(log, DEFAULT_TERMS).resolution.due_at


# Waits that begin by themselves.


def test_question_to_the_customer_begins_a_wait_that_their_answer_ends() -> None:
    found = only(opened(), *asked(after(1), 7), status("open", after(3), "customer"))
    assert (found.id, found.start, found.end, found.reason) == ("w1", after(1), after(3), Reason.CUSTOMER)
    assert (found.automatic, found.author, found.proof) == (True, "engineer:1", Proof("message", "7"))


def test_wait_lasts_while_nobody_answers() -> None:
    assert only(opened(), *asked(after(1))).end is None


def test_wait_begins_when_the_question_is_committed_for_sending() -> None:
    question = [
        event(EventKind.REPLY, after(1, seconds=30), message=1),
        status("waiting-customer", after(1), "reply", message=1),
    ]
    assert only(opened(), *question).start == after(1, seconds=30)


def test_answer_before_the_question_left_ends_the_wait_where_it_began() -> None:
    question = [
        event(EventKind.REPLY, after(1, seconds=30), message=1),
        status("waiting-customer", after(1), "reply", message=1),
    ]
    found = only(opened(), *question, status("open", after(1, seconds=10), "customer"))
    assert found.start == found.end == after(1, seconds=30)


def test_resolution_that_was_not_fixed_is_a_wait_and_a_confirmed_one_is_none() -> None:
    found = only(opened(), *resolved(after(1)), status("open", after(5), "not-fixed"))
    assert (found.id, found.start, found.end, found.entered_at) == ("w1", after(1), after(5), after(5))
    assert exclusions([opened(), *resolved(after(1)), status("closed", after(5), "confirmed")]) == ()
    assert exclusions([opened(), *resolved(after(1)), status("open", after(5), "by-hand")]) == ()


def test_refused_question_keeps_its_number_so_that_later_ones_keep_theirs() -> None:
    log = [opened(), *asked(after(1), 1), status("open", after(2), "by-hand"), *asked(after(3), 2)]
    assert [each.id for each in exclusions(log)] == ["w1", "w2"]
    log.append(event(EventKind.REPLY_REFUSED, after(4), message=1))
    assert [each.id for each in exclusions(log)] == ["w2"]


def test_question_sent_again_after_a_refusal_begins_its_wait_then() -> None:
    log = [opened(), *asked(after(1)), event(EventKind.REPLY_REFUSED, after(2), message=1)]
    assert exclusions(log) == ()
    assert only(*log, event(EventKind.REPLY, after(3), message=1)).start == after(3)


def test_struck_wait_counts_again() -> None:
    log = [opened(), *asked(after(1)), status("open", after(3), "customer")]
    assert resolution_due(*log) == after(10)
    assert resolution_due(*log, struck("w1", after(4))) == after(8)


def test_wait_struck_while_it_lasts_rests_nothing() -> None:
    log = [opened(), *asked(after(1)), struck("w1", after(2))]
    assert sla.standing(log, DEFAULT_TERMS).resolution.breached_at(after(9)) == after(8)


# Intervals that people enter.


def test_entered_interval_has_all_that_was_said_of_it() -> None:
    found = only(opened(), excluded(after(1), after(2), at=after(4), proposal="p1"))
    assert found == Exclusion(
        id="x1",
        start=after(1),
        end=after(2),
        reason=Reason.AWS,
        author="engineer:1",
        proof=Proof("case", "case-7"),
        entered_at=after(4),
        seq=2,
        proposal="p1",
    )


@pytest.mark.parametrize("reason", ["customer", "aws", "third-party", "force-majeure", "maintenance"])
def test_every_reason_of_the_contract_is_known(reason: str) -> None:
    assert only(opened(), excluded(after(1), after(2), at=after(4), reason=reason)).reason == reason


def test_interval_entered_late_moves_both_due_instants() -> None:
    state = sla.standing([opened(), excluded(after(0.5), after(2), at=after(30))], DEFAULT_TERMS)
    assert (state.first_response.due_at, state.resolution.due_at) == (after(2.5), after(9.5))


def test_interval_entered_late_withdraws_a_breach() -> None:
    log = [opened(), event(EventKind.REPLY, after(2), message=1)]
    before = sla.standing(log, DEFAULT_TERMS).first_response
    late = sla.standing([*log, excluded(after(0.5), after(1.5), at=after(40))], DEFAULT_TERMS).first_response
    assert (before.breached_at(after(50)), late.breached_at(after(50))) == (after(1), None)


def test_interval_still_open_rests_the_clocks_until_it_is_ended() -> None:
    log = [opened(), excluded(after(1), None, at=after(1))]
    state = sla.standing(log, DEFAULT_TERMS)
    assert (state.resolution.rests_since, state.resolution.breached_at(after(99))) == (after(1), None)
    assert resolution_due(*log, ended("x1", after(5), after(5))) == after(12)


def test_two_open_intervals_rest_the_clocks_until_both_are_ended() -> None:
    log = [opened(), excluded(after(1), None, at=after(1)), excluded(after(2), None, at=after(2), id_="x2")]
    log.append(ended("x1", after(3), after(3)))
    assert sla.standing(log, DEFAULT_TERMS).resolution.rests_since == after(1)
    assert resolution_due(*log, ended("x2", after(4), after(4))) == after(11)


def test_open_interval_beginning_after_the_due_instant_saves_nothing() -> None:
    log = [opened(), excluded(after(8), None, at=after(7))]
    assert sla.standing(log, DEFAULT_TERMS).resolution.breached_at(after(9)) == after(8)


def test_only_what_lies_between_opening_and_due_instant_matters() -> None:
    assert resolution_due(opened(), excluded(after(-5), after(-1), at=after(1))) == after(8)
    assert resolution_due(opened(), excluded(after(-5), after(1), at=after(1))) == after(9)
    assert resolution_due(opened(), excluded(after(8), after(11), at=after(1))) == after(8)
    assert resolution_due(opened(), excluded(after(7), after(11), at=after(1))) == after(12)


def test_interval_after_the_resolution_changes_nothing_of_it() -> None:
    log = [opened(), *resolved(after(9))]
    with_it = sla.standing([*log, excluded(after(9), after(12), at=after(13))], DEFAULT_TERMS).resolution
    assert (with_it.met_at, with_it.breached_at(after(20))) == (after(9), after(8))


def test_intervals_that_overlap_count_once() -> None:
    log = [
        opened(),
        *asked(after(1)),
        status("open", after(4), "customer"),
        excluded(after(2), after(6), at=after(7)),
    ]
    assert resolution_due(*log) == after(13)


def test_strike_gives_back_what_stood_before() -> None:
    log = [opened(), excluded(after(1), after(5), at=after(6))]
    assert resolution_due(*log, struck("x1", after(7))) == after(8)
    found = only(*log, struck("x1", after(7)))
    assert found.struck is not None
    assert (found.counts, found.struck.by, found.struck.at, found.struck.seq) == (
        False,
        "engineer:9",
        after(7),
        3,
    )


def test_strike_is_final() -> None:
    log = [opened(), excluded(after(1), after(5), at=after(6)), struck("x1", after(7))]
    assert not only(*log, upheld("x1", after(8)), ended("x1", after(6), after(9))).counts
    again = only(*log, struck("x1", after(9))).struck
    assert again is not None and again.at == after(7)


def test_contested_interval_counts_until_a_manager_strikes_it() -> None:
    log = [opened(), excluded(after(1), after(5), at=after(6)), contested("x1", after(7))]
    assert (resolution_due(*log), only(*log).under_review) == (after(12), True)
    assert not only(*log, upheld("x1", after(8))).under_review
    assert only(*log, upheld("x1", after(8)), contested("x1", after(9))).under_review
    assert not only(*log, struck("x1", after(8))).under_review


def test_end_before_the_beginning_leaves_out_nothing() -> None:
    log = [opened(), excluded(after(3), None, at=after(3)), ended("x1", after(2), after(4))]
    assert (only(*log).end, resolution_due(*log)) == (after(3), after(8))


def test_what_is_said_of_an_unknown_interval_changes_nothing() -> None:
    log = [opened(), struck("x9", after(1)), ended("w1", after(1), after(1)), contested("x2", after(2))]
    assert exclusions(log) == ()


def test_wait_that_began_by_itself_is_not_ended_by_hand() -> None:
    assert only(opened(), *asked(after(1)), ended("w1", after(2), after(2))).end is None


def test_several_are_told_in_the_order_of_the_log() -> None:
    log = [
        opened(),
        excluded(after(-1), after(1), at=after(1)),
        *asked(after(2)),
        status("open", after(3), "customer"),
        excluded(after(0), after(1), at=after(4), id_="x2"),
        *asked(after(5), 2),
    ]
    assert [each.id for each in exclusions(log)] == ["x1", "w1", "x2", "w2"]


# Proposals.


def proposal(id_: str, at: datetime) -> Event:
    told = {"id": id_, "start": after(1).isoformat(), "end": None, "reason": "aws"}
    return event(EventKind.EXCLUSION_PROPOSED, at, "system", **told)


def test_proposal_counts_only_once_it_is_accepted() -> None:
    log = [opened(), proposal("p1", after(1)), proposal("p2", after(1)), proposal("p3", after(2))]
    assert (exclusions(log), [each.id for each in proposed(log)]) == ((), ["p1", "p2", "p3"])
    log += [
        excluded(after(1), after(2), at=after(3), proposal="p1"),
        event(EventKind.EXCLUSION_DECLINED, after(3), id="p2"),
    ]
    assert [each.id for each in proposed(log)] == ["p3"]
    assert resolution_due(*log) == after(9)


# The arithmetic.

LENGTHS = some.integers(-50, 400)
PAIRS = some.lists(some.tuples(LENGTHS, some.integers(0, 90)), max_size=8)


def intervals(pairs: list[tuple[int, int]]) -> list[Interval]:
    return [
        Interval(after(minutes=start), after(minutes=start + lasting), Reason.AWS) for start, lasting in pairs
    ]


@settings(deadline=None)
@given(pairs=PAIRS, amount=some.integers(1, 300), start=some.integers(0, 200))
def test_due_instant_is_the_first_minute_at_which_enough_was_counted(
    pairs: list[tuple[int, int]], amount: int, start: int
) -> None:
    out = {minute for begin, lasting in pairs for minute in range(begin, begin + lasting)}
    minute, left = start, amount
    while left:
        left -= minute not in out
        minute += 1
    due = add_counted(after(minutes=start), timedelta(minutes=amount), intervals(pairs))
    assert due == after(minutes=minute)
    assert counted(after(minutes=start), due, merged(intervals(pairs))) == timedelta(minutes=amount)


def test_intervals_that_touch_are_one() -> None:
    both = [Interval(after(3), after(4), Reason.AWS), Interval(after(1), after(3), Reason.CUSTOMER)]
    assert merged(both) == (Interval(after(1), after(4), Reason.CUSTOMER),)


@settings(deadline=None)
@given(pairs=PAIRS)
def test_merged_intervals_are_apart_in_order_and_the_same_time(pairs: list[tuple[int, int]]) -> None:
    found = merged(intervals(pairs))
    for one, next_ in zip(found, found[1:], strict=False):
        assert one.end is not None and one.start < one.end < next_.start
    minutes = {minute for begin, lasting in pairs for minute in range(begin, begin + lasting)}
    total = sum(((each.end or each.start) - each.start for each in found), timedelta())
    assert total == timedelta(minutes=len(minutes))


# Whatever happens.

ENTERED = some.lists(
    some.tuples(
        some.integers(-300, 2000),
        some.one_of(some.none(), some.integers(0, 900)),
        some.sampled_from(["", "struck", "contested", "ended"]),
    ),
    max_size=5,
)


@some.composite
def histories(draw: some.DrawFn) -> list[Event]:
    """A ticket that asks, resolves, changes priority, and has intervals entered at any time."""
    log, at, message = [opened(draw(some.sampled_from(["critical", "high", "low"])))], NOON, 0
    for minutes, step in draw(
        some.lists(
            some.tuples(
                some.integers(1, 300),
                some.sampled_from(["ask", "resolve", "reply", "refuse", "low", "critical"]),
            ),
            max_size=8,
        )
    ):
        at += timedelta(minutes=minutes)
        if step in ("low", "critical"):
            log.append(event(EventKind.PRIORITY, at, priority=step))
        elif step == "refuse" and message:
            log.append(event(EventKind.REPLY_REFUSED, at, message=message))
        elif step in ("ask", "resolve", "reply"):
            message += 1
            made = {"ask": asked, "resolve": resolved}.get(step)
            if made is None:
                log.append(event(EventKind.REPLY, at, message=message))
                continue
            log += made(at, message)
            at += timedelta(minutes=draw(some.integers(0, 300)))
            log.append(status("open", at, draw(some.sampled_from(["customer", "by-hand"]))))
    for number, (start, lasting, then) in enumerate(draw(ENTERED), start=1):
        id_ = f"x{number}"
        end = None if lasting is None else after(minutes=start + lasting)
        log.append(excluded(after(minutes=start), end, at=at, id_=id_))
        if then == "struck":
            log.append(struck(id_, at))
        elif then == "contested":
            log.append(contested(id_, at))
        elif then == "ended":
            log.append(ended(id_, after(minutes=start + draw(some.integers(0, 400))), at))
    return log


def dues(log: list[Event]) -> tuple[datetime, datetime]:
    state = sla.standing(log, DEFAULT_TERMS)
    return state.first_response.due_at, state.resolution.due_at


@settings(deadline=None, max_examples=400)
@given(
    log=histories(), start=some.integers(-300, 2000), lasting=some.one_of(some.none(), some.integers(0, 900))
)
def test_added_exclusion_never_shortens_a_due_time(log: list[Event], start: int, lasting: int | None) -> None:
    end = None if lasting is None else after(minutes=start + lasting)
    more = [*log, excluded(after(minutes=start), end, at=after(99), id_="x99")]
    assert all(new >= old for new, old in zip(dues(more), dues(log), strict=True))


@settings(deadline=None, max_examples=400)
@given(
    log=histories(), start=some.integers(-300, 2000), lasting=some.one_of(some.none(), some.integers(0, 900))
)
def test_striking_gives_back_the_same_standing(log: list[Event], start: int, lasting: int | None) -> None:
    end = None if lasting is None else after(minutes=start + lasting)
    more = [*log, excluded(after(minutes=start), end, at=after(99), id_="x99"), struck("x99", after(99))]
    assert sla.standing(more, DEFAULT_TERMS) == sla.standing(log, DEFAULT_TERMS)


@settings(deadline=None, max_examples=400)
@given(
    log=histories(),
    looked=some.integers(0, 6000),
    start=some.integers(-300, 2000),
    lasting=some.integers(0, 900),
)
def test_added_exclusion_never_makes_a_breach(
    log: list[Event], looked: int, start: int, lasting: int
) -> None:
    now = after(minutes=looked)
    more = [*log, excluded(after(minutes=start), after(minutes=start + lasting), at=after(99), id_="x99")]
    if sla.violated_at(sla.standing(log, DEFAULT_TERMS), now) is None:
        assert sla.violated_at(sla.standing(more, DEFAULT_TERMS), now) is None
