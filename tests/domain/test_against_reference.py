"""The domain's clocks and debts against a naive walk through the seconds, over ten thousand random lives of tickets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from gateway.domain import alarms, sla
from gateway.domain.lifecycle import Event, EventKind, Status
from gateway.domain.terms import Target
from tests.domain.histories import START, TERMS, history
from tests.domain.reference import Reference, Second

HISTORIES = 10_000
SHOWN = 3

pytestmark = pytest.mark.timeout(600)  # half a minute on an idle core

Difference = tuple[str, object, object]


def _instant(second: Second) -> datetime:
    return START + timedelta(microseconds=int(Fraction(second) * 1_000_000))


def differences(reference: Reference) -> Iterator[Difference]:
    """Each question the domain and the reference answer differently: which, what the contract says, what came."""
    events, terms = reference.events, reference.terms
    state = sla.standing(events, terms)
    yield from _about_clocks(reference, state)
    yield from _about_decisions(reference, state)
    plans, debts = alarms.plans(events, state, terms), reference.debts()
    for owed in alarms.Owed:
        wanted = {
            (_instant(debt.at), debt.target, debt.percent or 0) for debt in debts if debt.owed == str(owed)
        }
        came = {(plan.at, plan.target, plan.percent) for plan in plans if plan.owed is owed}
        if wanted != came:
            yield str(owed), sorted(wanted - came, key=str), sorted(came - wanted, key=str)


def _about_clocks(reference: Reference, state: sla.Standing) -> Iterator[Difference]:
    seconds = len(reference.counted_before) - 1
    excluded: set[int] = set()
    for each in state.excluded:
        start = (each.start - START) // timedelta(seconds=1)
        end = seconds if each.end is None else (each.end - START) // timedelta(seconds=1)
        excluded.update(range(max(start, 0), min(end, seconds)))
    if excluded != (wanted := reference.excluded):
        yield "excluded", sorted(wanted - excluded)[:5], sorted(excluded - wanted)[:5]
    if (reference.life.status, reference.life.priority) != (state.status, state.priority):
        yield "status", (reference.life.status, reference.life.priority), (state.status, state.priority)
    for target in Target:
        clock, due, met = state.clock(target), reference.due[target], reference.met[target]
        if clock.met_at != (None if met is None else _instant(met)):
            yield "met", (target, met), clock.met_at
        if due is not None and clock.due_at != _instant(due):
            yield "due", (target, _instant(due)), clock.due_at
        if due is None and (clock.rests_since is None or clock.rests_since > clock.due_at):
            yield "due", (target, "rests"), clock


def _about_decisions(reference: Reference, state: sla.Standing) -> Iterator[Difference]:
    for now in (reference.life.known, reference.life.known + 77, len(reference.counted_before) + 10_000):
        for target in Target:
            wanted, came = reference.breached(target, now), state.clock(target).breached_at(_instant(now))
            if came != (None if wanted is None else _instant(wanted)):
                yield "breached", (target, now, wanted), came
        outcome, decided = reference.outcome(now), sla.decided(state, _instant(now))
        wanted_outcome = outcome and (outcome[0] == "kept", _instant(outcome[1]))
        if wanted_outcome != (decided and (decided.kept, decided.at)):
            yield "decided", (now, outcome), decided


@pytest.fixture(scope="module")
def disagreements() -> dict[str, list[str]]:
    """By question: how many lives differ there, and which."""
    found: dict[str, list[str]] = {}
    for seed in range(HISTORIES):
        life = history(seed)
        reference = Reference(life.events, life.terms)
        for question, wanted, came in differences(reference):
            found.setdefault(question, []).append(f"history({seed}): {wanted} by the contract, not {came}")
    return found


QUESTIONS = ("status", "excluded", "met", "due", "breached", "decided", *map(str, alarms.Owed))


@pytest.mark.parametrize("question", QUESTIONS)
def test_ten_thousand_random_lives_agree_with_the_seconds_counted_one_by_one(
    disagreements: dict[str, list[str]], question: str
) -> None:
    found = disagreements.get(question, [])
    assert not found, f"{len(found)} differ, such as " + "; ".join(found[:SHOWN])


def _log(*told: tuple[EventKind, int, dict[str, object]]) -> list[Event]:
    """A log of entries made when they were so, unless they say when they were `recorded`."""
    return [
        Event(kind, _instant(at), _instant(int(str(data.get("recorded", at)))), "engineer:1", data)
        for kind, at, data in told
    ]


def _moved(before: Status, after: Status, cause: str, message: int = 0) -> dict[str, object]:
    return {"from": str(before), "to": str(after), "cause": cause, "message": message}


HIGH = (EventKind.OPENED, 0, {"priority": "high"})
QUICK = TERMS[0]  # High: an answer within 120 s, a resolution within 600


def _agree(events: list[Event]) -> None:
    assert list(differences(Reference(events, QUICK))) == []


def test_target_met_while_its_clock_rests_is_not_violated() -> None:
    lasting = {"id": "x1", "start": _instant(4).isoformat(), "end": None, "reason": "aws", "recorded": 100}
    _agree(_log(HIGH, (EventKind.EXCLUDED, 100, lasting), (EventKind.REPLY, 1015, {"message": 2})))


def test_target_is_neither_violated_before_its_due_instant_nor_silent_until_its_answer_is_committed() -> None:
    _agree(_log(HIGH, (EventKind.REPLY, 125, {"message": 2, "recorded": 115})))


def test_ladder_of_the_first_response_speaks_where_the_only_answer_was_refused() -> None:
    resolved = _moved(Status.NEW, Status.RESOLVED, "reply", 5)
    _agree(
        _log(
            HIGH,
            (EventKind.REPLY, 54, {"message": 5}),
            (EventKind.STATUS, 54, resolved),
            (EventKind.REPLY_REFUSED, 66, {"message": 5}),
        )
    )


def test_wait_for_the_customer_ends_with_their_answer_whenever_it_was_entered() -> None:
    _agree(
        _log(
            HIGH,
            (EventKind.REPLY, 2, {"message": 2}),
            (EventKind.STATUS, 2, _moved(Status.NEW, Status.WAITING_CUSTOMER, "reply", 2)),
            (EventKind.STATUS, 22, _moved(Status.WAITING_CUSTOMER, Status.WAITING_AWS, "by-hand")),
            (EventKind.CUSTOMER_MESSAGE, 8, {"message": 4, "intent": "report", "recorded": 36}),
        )
    )


def test_ticket_closed_in_time_stays_kept() -> None:
    _agree(
        _log(
            HIGH,
            (EventKind.REPLY, 125, {"message": 2, "recorded": 95}),
            (EventKind.STATUS, 95, _moved(Status.NEW, Status.RESOLVED, "reply", 2)),
            (EventKind.STATUS, 100, _moved(Status.RESOLVED, Status.CLOSED, "by-hand")),
            (EventKind.NOTE, 200, {"message": 3}),
        )
    )


def test_rung_is_passed_on_before_a_rest_that_is_still_to_come() -> None:
    alarm = {"target": "resolution", "percent": 50, "due_at": _instant(600).isoformat(), "told": [1]}
    lasting = {"id": "x1", "start": _instant(440).isoformat(), "end": None, "reason": "aws"}
    _agree(
        _log(
            HIGH,
            (EventKind.REPLY, 10, {"message": 2}),
            (EventKind.ALARM, 300, alarm),
            (EventKind.EXCLUDED, 310, lasting),
        )
    )
