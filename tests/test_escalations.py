"""Each rung of the ladder speaks once, to those it concerns, and only while it is still owed (P5)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from gateway.alarms import Alarms
from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.store.models import Alarm, Contract
from gateway.tickets import handling
from tests.builders import a_customer, a_mail, an_engineer
from tests.databases import MONDAY, Desk
from tests.killing import Killed
from tests.office import FIRST, WHOLE, Office


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


def test_nothing_is_said_before_the_first_rung(office: Office) -> None:
    office.at(FIRST / 2 - timedelta(microseconds=1))
    office.fire()
    assert office.fired() == []


def test_each_rung_speaks_at_its_own_instant_and_once(office: Office) -> None:
    for percent in (50, 75, 90, 100):
        office.at(FIRST * percent / 100)
        office.fire()
        office.fire()
    assert office.fired() == [("first-response", percent) for percent in (50, 75, 90, 100)]


def test_whole_ladder_of_both_targets_is_eight_rungs(office: Office) -> None:
    for hour in range(0, 30):
        office.at(timedelta(hours=hour))
        office.fire()
    assert sorted(office.fired()) == sorted(
        (target, percent) for target in ("first-response", "resolution") for percent in (50, 75, 90, 100)
    )


def test_rung_is_logged_at_its_instant_with_the_due_instant_however_late_somebody_looks(
    office: Office,
) -> None:
    office.at(FIRST + timedelta(hours=1))
    office.fire()
    event = [event for event in office.desk.events(1001) if event.kind == "alarm"][-1]
    assert event.data["percent"] == 100
    assert datetime.fromisoformat(str(event.data["due_at"])) == MONDAY + FIRST
    assert (event.at, event.recorded_at) == (MONDAY + FIRST, MONDAY + FIRST + timedelta(hours=1))


def test_of_rungs_missed_while_everything_was_down_the_last_speaks_and_none_twice(
    office: Office,
) -> None:
    office.at(FIRST * 2)
    office.fire()
    fired = [percent for target, percent in office.fired() if target == "first-response"]
    assert fired and fired[-1] == 100 and len(fired) == len(set(fired))
    assert "wu" in office.told()


def test_first_rung_goes_to_the_assignee(office: Office) -> None:
    office.assign(office.chen)
    office.at(FIRST / 2)
    office.fire()
    assert office.told() == ["chen"]


def test_ninety_percent_goes_to_the_lead_and_the_end_to_management(office: Office) -> None:
    office.assign(office.chen)
    office.climb(0.5, 0.75, 0.9, 1, acknowledging=True)
    assert office.told_at() == {50: ["chen"], 75: ["guo"], 90: ["guo"], 100: ["wu"]}


def test_ticket_of_nobody_is_told_to_the_next_rungs_people_and_the_log_says_so(office: Office) -> None:
    office.at(FIRST / 2)
    office.fire()
    (alarm,) = office.events("alarm")
    assert (office.told(), alarm.data["instead"]) == (["guo"], 90)


def test_engineer_who_left_is_told_nothing(office: Office) -> None:
    office.assign(office.chen)
    office.leave(office.chen)
    office.at(FIRST / 2)
    office.fire()
    assert office.told() == ["guo"]


def test_alarm_is_promised_at_least_once_and_never_goes_to_the_customer(office: Office) -> None:
    office.at(FIRST)
    office.fire()
    letters = office.desk.letters("engineer-alarm")
    assert {letter.promise for letter in letters} == {"at-least-once"}
    assert not any("harbour" in letter.recipients[0] for letter in letters)


def test_reply_silences_the_rungs_of_the_first_response(office: Office) -> None:
    office.reply()
    office.at(FIRST)
    office.fire()
    assert office.fired() == []


def test_rung_that_is_no_longer_owed_when_it_is_looked_at_says_nothing(office: Office) -> None:
    office.at(FIRST / 2)
    with office.desk.services.transaction() as session:
        (stale,) = session.scalars(
            sa.select(Alarm).where(Alarm.target == "first-response", Alarm.percent == 50)
        )
        kept = {
            column.name: getattr(stale, column.name)
            for column in Alarm.__table__.columns
            if column.name != "id"
        }
    office.reply()
    office.desk.add(Alarm(**kept))
    office.fire()
    assert (office.fired(), office.told()) == ([], [])


def test_resolved_ticket_is_silent_and_speaks_again_when_it_is_reopened(office: Office) -> None:
    office.at(timedelta(hours=1))
    office.reply(then=Status.RESOLVED)
    office.at(WHOLE * 2)
    office.fire()
    assert office.fired() == []
    with office.desk.services.transaction() as session:
        handling.change_status(
            session, office.desk.head, 1001, author=office.chen, status=Status.OPEN, at=office.desk.clock()
        )
    office.fire()
    assert office.fired() == [("resolution", 100)]


def test_resting_ticket_is_silent_and_its_rungs_move_by_the_wait(office: Office) -> None:
    office.at(timedelta(hours=1))
    office.reply(then=Status.WAITING_CUSTOMER)
    office.at(WHOLE)
    office.fire()
    assert office.fired() == []
    office.desk.walk(
        a_mail("The sales page.\n", message_id="m2@harbour.example",
               in_reply_to=office.desk.letters("reply")[0].message_id)
    )  # fmt: skip
    office.at(timedelta(hours=35) - timedelta(seconds=1))
    office.fire()
    assert office.fired() == []
    office.at(timedelta(hours=35))
    office.fire()
    assert office.fired() == [("resolution", 50)]


def test_rung_that_spoke_is_not_repeated_after_a_change_of_priority(office: Office) -> None:
    office.at(FIRST / 2)
    office.fire()
    with office.desk.services.transaction() as session:
        handling.change_priority(
            session, office.desk.head, 1001, author=office.chen, priority=Priority.HIGH, reason="More are hit.",
            at=office.desk.clock(),
        )  # fmt: skip
    office.at(FIRST / 2 + timedelta(hours=1))
    office.fire()
    percents = [percent for target, percent in office.fired() if target == "first-response"]
    assert percents[0] == 50 and percents[-1] == 100
    assert len(percents) == len(set(percents))


def test_of_rungs_that_a_change_leaves_in_the_past_only_the_highest_speaks(office: Office) -> None:
    office.reply()
    office.at(timedelta(hours=7, minutes=45))
    with office.desk.services.transaction() as session:
        handling.change_priority(
            session, office.desk.head, 1001, author=office.chen, priority=Priority.CRITICAL, reason="All is down.",
            at=office.desk.clock(),
        )  # fmt: skip
    office.fire()
    assert office.fired() == [("resolution", 50)]


def test_terms_of_the_contract_set_the_ladder(desk: Desk) -> None:
    customer = a_customer()
    customer.contracts[0].terms = {"ladder": [60, 100]}
    desk.add(customer, an_engineer())
    desk.walk(a_mail())
    with desk.services.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Contract)) == 1
        percents = set(session.scalars(sa.select(Alarm.percent).where(Alarm.kind == "rung")))
    assert percents == {60, 100}


def test_two_processes_at_once_let_each_rung_speak_once(office: Office) -> None:
    for number in range(5):
        office.desk.walk(a_mail(f"Number {number}.\n"))
    office.at(FIRST)
    threads = [threading.Thread(target=office.fire, args=[f"p{number}"]) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    office.fire()
    occasions = [letter.occasion for letter in office.desk.letters("engineer-alarm")]
    assert len(occasions) == len(set(occasions))
    for ticket in office.desk.tickets():
        fired = [event.data["percent"] for event in office.desk.events(ticket.id) if event.kind == "alarm"]
        assert fired[-1] == 100 and len(fired) == len(set(fired))


def test_engineer_at_work_on_the_ticket_and_its_alarm_wait_for_each_other_and_both_succeed(
    office: Office,
) -> None:
    office.at(FIRST / 2)
    faults: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(5):
                with office.desk.services.transaction() as session:
                    handling.note(
                        session, office.desk.head, 1001, author=office.chen, text="x", at=office.desk.clock()
                    )
        except sa.exc.SQLAlchemyError as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work), threading.Thread(target=office.fire)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    office.fire()
    assert (faults, office.fired()) == ([], [("first-response", 50)])


@pytest.mark.parametrize("step", range(1, 6))
def test_process_killed_at_any_commit_loses_no_rung_and_repeats_none(office: Office, step: int) -> None:
    commits = 0

    @contextmanager
    def transaction() -> Iterator[object]:
        nonlocal commits
        commits += 1
        with office.desk.services.transaction() as session:
            yield session
            if commits == step:
                raise Killed

    office.at(FIRST * 0.75)
    alarms = Alarms(transaction, office.desk.head, "dying", office.desk.clock)  # type: ignore[arg-type]
    try:
        alarms.drain(office.desk.clock.at + timedelta(seconds=5))
    except Killed:
        with office.desk.services.transaction() as session:
            session.execute(sa.update(Alarm).values(lease_until=MONDAY - timedelta(days=3000)))
    office.fire()
    assert office.fired() == [("first-response", 50), ("first-response", 75)]
    assert [event.data["percent"] for event in office.events("passed-on")] == [50]
    assert office.told() == ["guo", "wu", "guo"]


def test_alarm_whose_lease_another_process_took_is_left_to_it(office: Office) -> None:
    office.at(FIRST / 2)

    @contextmanager
    def transaction() -> Iterator[object]:
        with office.desk.services.transaction() as session:
            yield session
        with office.desk.services.transaction() as session:
            session.execute(sa.update(Alarm).where(Alarm.lease_owner == "slow").values(fence=Alarm.fence + 1))

    slow = Alarms(transaction, office.desk.head, "slow", office.desk.clock)  # type: ignore[arg-type]
    slow.drain(office.desk.clock.at + timedelta(seconds=5))
    assert office.fired() == []


def test_alarm_that_fails_does_not_stop_the_others(office: Office) -> None:
    office.desk.walk(a_mail("Another.\n", sender="Eve <eve@else.example>"), reverse_path="eve@else.example")
    with office.desk.services.transaction() as session:
        session.execute(sa.update(Contract).values(terms={"ladder": "nonsense"}))
    office.at(FIRST / 2)
    office.fire()
    assert office.fired() == []
    assert [event.kind for event in office.desk.events(1002)] == ["opened", "alarm"]
