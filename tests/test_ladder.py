"""The whole ladder with literal instants: who is told when, what is passed on, and what keeps it silent (P5)."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from email import policy
from email.parser import BytesParser

import pytest
import sqlalchemy as sa

from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.store.models import Absence, Alarm, Outbox, Team
from gateway.tickets import handling
from tests.builders import FAILED, a_customer, a_mail, an_engineer
from tests.databases import MONDAY, Desk
from tests.office import FIRST, Office


@pytest.fixture
def office(desk: Desk) -> Office:
    """A medium ticket of 01:00: an answer is due at 05:00. Chen has it, Zhao is on call."""
    made = Office(desk)
    made.assign(made.chen)
    made.on_call(an_engineer("Zhao Min"))
    return made


def hour(at: str) -> datetime:
    """An instant of the Monday, as 03:30."""
    return datetime.fromisoformat(f"2026-03-02T{at}:00+00:00")


def walked(office: Office, until: str = "05:00") -> list[tuple[str, str, int, list[str]]]:
    """Every minute looked at until then: (when, what, percent, who was told) of the first response."""
    while office.desk.clock() < hour(until):
        office.desk.clock.pass_(minutes=1)
        office.fire()
    return [
        (f"{event.at:%H:%M}", event.kind, event.data["percent"], office.names(event.data["told"]))
        for event in office.events("alarm", "passed-on")
        if event.data["target"] == "first-response"
    ]


def body(letter: Outbox) -> str:
    part = BytesParser(policy=policy.default).parsebytes(letter.content).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_whole_ladder_climbs_and_each_rung_nobody_acknowledges_is_passed_on_half_way(office: Office) -> None:
    assert walked(office) == [
        ("03:00", "alarm", 50, ["chen"]),
        ("03:30", "passed-on", 50, ["zhao"]),
        ("04:00", "alarm", 75, ["zhao"]),
        ("04:18", "passed-on", 75, ["guo"]),
        ("04:36", "alarm", 90, ["guo"]),
        ("04:48", "passed-on", 90, ["wu"]),
        ("05:00", "alarm", 100, ["wu"]),
    ]


def test_what_is_acknowledged_is_not_passed_on(office: Office) -> None:
    walked(office, "03:00")
    office.acknowledge(office.chen)
    assert walked(office, "04:00") == [("03:00", "alarm", 50, ["chen"]), ("04:00", "alarm", 75, ["zhao"])]


def test_acknowledging_one_rung_does_not_silence_the_next_ones_passing_on(office: Office) -> None:
    walked(office, "03:00")
    office.acknowledge(office.chen)
    assert ("04:18", "passed-on", 75, ["guo"]) in walked(office, "04:20")


def test_nothing_is_passed_on_while_the_clock_rests(office: Office) -> None:
    walked(office, "03:00")
    office.desk.clock.pass_(minutes=5)
    office.reply(then=Status.WAITING_CUSTOMER)
    assert walked(office)[1:] == []


def test_nothing_is_passed_on_once_the_ticket_is_closed(office: Office) -> None:
    walked(office, "03:00")
    office.reply(then=Status.RESOLVED)
    with office.desk.services.transaction() as session:
        handling.change_status(
            session, office.desk.head, 1001, author=office.chen, status=Status.CLOSED, at=office.desk.clock()
        )
    assert walked(office)[1:] == []


def test_letters_of_a_rung_name_everybody_else_and_the_instant_of_passing_on(office: Office) -> None:
    walked(office, "03:00")
    (letter,) = office.desk.letters("engineer-alarm")
    said = body(letter)
    assert "Also told: nobody else" in said
    assert (
        "If nobody acknowledges by 11:30, Monday 2 March, this is passed on to the next step (on call)."
        in said
    )
    assert letter.recipients == ["chen@desk.example"]


def test_letter_of_passing_on_names_those_who_were_silent(office: Office) -> None:
    walked(office, "03:30")
    letter = office.desk.letters("engineer-alarm")[-1]
    assert letter.recipients == ["zhao@desk.example"]
    assert "Nobody has acknowledged the 50% step, which told Chen Wei." in body(letter)


def test_last_rung_says_that_it_is_the_last(office: Office) -> None:
    walked(office)
    assert "This is the last step of the ladder." in body(office.desk.letters("engineer-alarm")[-1])


def test_letters_to_engineers_can_be_answered_at_the_tickets_signed_address(office: Office) -> None:
    walked(office, "03:00")
    (letter,) = office.desk.letters("engineer-alarm")
    headers = BytesParser(policy=policy.default).parsebytes(letter.content)
    assert office.desk.head.reply_address(1001) in str(headers["Reply-To"])


def test_all_managers_read_who_else_was_told(office: Office) -> None:
    office.desk.add(an_engineer("Qian Yi", role="admin"))
    walked(office)
    last = [letter for letter in office.desk.letters("engineer-alarm") if ":100:" in letter.occasion]
    assert [letter.recipients for letter in last] == [["wu@desk.example"], ["qian@desk.example"]]
    assert "Also told: Qian Yi (management)" in body(last[0])


# Who the people of a rung are.


def test_lead_is_the_one_of_the_assignees_team(office: Office) -> None:
    other = an_engineer("Sun Li", role="lead")
    office.desk.add(other)
    with office.desk.services.transaction() as session:
        session.add(Team(name="Network", members=[session.merge(office.chen), session.merge(other)]))
    walked(office, "04:36")
    assert office.told_at()[90] == ["sun"]


def test_lead_who_is_away_is_stood_in_for_by_management(office: Office) -> None:
    office.desk.add(Absence(engineer_id=office.lead.id, starts_at=MONDAY, ends_at=MONDAY + timedelta(days=1)))
    walked(office, "04:36")
    assert office.told_at()[90] == ["wu"]
    (alarm,) = [event for event in office.events("alarm") if event.data["percent"] == 90]
    assert alarm.data["instead"] == 100


def test_letter_in_somebodys_stead_says_whose(office: Office) -> None:
    office.leave(office.lead)
    walked(office, "04:36")
    letter = next(each for each in office.desk.letters("engineer-alarm") if ":90:" in each.occasion)
    assert "This step is for the team lead. Nobody is there, so you are told instead." in body(letter)


def test_management_that_is_gone_leaves_the_last_rung_to_the_lead(office: Office) -> None:
    office.leave(office.manager)
    walked(office)
    assert office.told_at()[100] == ["guo"]


def test_lonely_engineer_is_told_every_rung_whatever_the_role(desk: Desk) -> None:
    office = Office(desk)
    office.leave(office.lead, office.manager)
    walked(office)
    assert office.told_at() == {50: ["chen"], 75: ["chen"], 90: ["chen"], 100: ["chen"]}


def test_desk_without_anybody_logs_the_rungs_and_writes_to_no_engineer(desk: Desk) -> None:
    office = Office(desk)
    office.leave(office.chen, office.lead, office.manager)
    walked(office)
    assert office.told_at() == {50: [], 75: [], 90: [], 100: []}
    assert desk.letters("engineer-alarm") == []


def test_contract_may_let_a_rung_tell_several_and_each_is_told_once(desk: Desk) -> None:
    customer = a_customer()
    customer.contracts[0].terms = {
        "ladder": [{"percent": 50, "tells": ["assignee", "lead"]}, {"percent": 100, "tells": ["lead"]}]
    }
    lead = an_engineer("Guo Ping", role="lead")
    desk.add(customer, lead)
    desk.walk(a_mail())
    with desk.services.transaction() as session:
        handling.assign(session, desk.head, 1001, author=lead, assignee_id=lead.id, at=desk.clock())
    desk.clock.at = hour("03:00")
    office = object.__new__(Office)
    office.desk = desk
    office.fire()
    assert office.told() == ["guo"]


# The customer's notice.


def test_customer_is_told_at_ninety_percent_which_target_is_about_to_expire(office: Office) -> None:
    walked(office, "04:35")
    assert office.desk.letters("about-to-expire") == []
    office.desk.clock.pass_(minutes=1)
    office.fire()
    (letter,) = office.desk.letters("about-to-expire")
    said = body(letter)
    assert letter.recipients == ["li@harbour.example"]
    assert letter.subject == "[HD-1001] First response target: 24 min left"
    assert "by 13:00, Monday 2 March" in said and "Chen Wei has the ticket" in said
    assert "please escalate" in said


def test_customer_is_told_once_a_target(office: Office) -> None:
    for hours in range(31):
        office.at(timedelta(hours=hours))
        office.fire()
    assert [letter.occasion for letter in office.desk.letters("about-to-expire")] == [
        "about-to-expire:1001:first-response",
        "about-to-expire:1001:resolution",
    ]


def test_notice_that_comes_late_says_so(office: Office) -> None:
    office.at(FIRST + timedelta(minutes=12))
    office.fire()
    assert office.desk.letters("about-to-expire")[0].subject == "[HD-1001] First response target: 12 min late"


def test_machine_that_opened_a_ticket_gets_no_notice(desk: Desk) -> None:
    office = Office(desk, mail=a_mail("ALARM: CPU high\n", Auto_Submitted="auto-generated"))
    walked(office)
    assert office.told_at()[100] == ["wu"]
    assert desk.letters("about-to-expire") == []


def test_address_that_a_forger_named_gets_no_notice(desk: Desk) -> None:
    desk.add(a_customer())
    desk.walk(a_mail(), authentication=FAILED)
    desk.clock.at = hour("04:36")
    office = object.__new__(Office)
    office.desk = desk
    office.fire()
    assert office.events("alarm") != []
    assert desk.letters("about-to-expire") == []


def test_rung_that_told_the_customer_says_so_in_the_log_and_to_the_lead(office: Office) -> None:
    walked(office, "04:36")
    (alarm,) = [event for event in office.events("alarm") if event.data["percent"] == 90]
    assert alarm.data["customer"] is True
    letter = next(each for each in office.desk.letters("engineer-alarm") if ":90:" in each.occasion)
    assert "Also told: nobody else, and the customer" in body(letter)


# Exactly once.


def test_two_processes_at_once_write_each_letter_of_the_ladder_once(office: Office) -> None:
    for at in ("03:00", "03:30", "04:00", "04:18", "04:36", "04:48", "05:00"):
        office.desk.clock.at = hour(at)
        threads = [threading.Thread(target=office.fire, args=[f"p{number}"]) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        office.fire()
    assert office.told() == ["chen", "zhao", "zhao", "guo", "guo", "wu", "wu"]
    assert len(office.desk.letters("about-to-expire")) == 1
    assert [event.data["percent"] for event in office.events("passed-on")] == [50, 75, 90]


def test_pass_on_that_was_claimed_by_a_process_that_died_is_made_once_by_another(office: Office) -> None:
    walked(office, "03:29")
    office.desk.clock.at = hour("03:30")
    with office.desk.services.transaction() as session:
        held = sa.update(Alarm).where(Alarm.kind == "pass-on")
        session.execute(held.values(lease_owner="dead", lease_until=MONDAY - timedelta(days=3000), fence=7))
    office.fire()
    office.fire()
    assert office.told() == ["chen", "zhao"]


def test_pass_on_that_is_no_longer_owed_when_it_is_looked_at_says_nothing(office: Office) -> None:
    walked(office, "03:29")
    with office.desk.services.transaction() as session:
        (stale,) = session.scalars(sa.select(Alarm).where(Alarm.kind == "pass-on"))
        kept = {each.name: getattr(stale, each.name) for each in Alarm.__table__.columns if each.name != "id"}
    office.acknowledge(office.chen)
    office.desk.add(Alarm(**kept))
    office.desk.clock.at = hour("03:30")
    office.fire()
    assert office.events("passed-on") == []


# Critical at once.


def test_new_critical_ticket_is_told_to_management_assignee_and_on_call_with_how_to_acknowledge(
    office: Office,
) -> None:
    office.raise_to(Priority.CRITICAL)
    assert sorted(office.told("engineer-new")) == ["chen", "wu", "zhao"]
    said = body(office.desk.letters("engineer-new")[0])
    assert "Ticket HD-1001 is now Critical" in said
    assert "Answer this mail, or press Acknowledge on the ticket." in said
    assert "Also told: Chen Wei (assignee), Zhao Min (on call)" in said


def test_each_time_it_becomes_critical_is_told_once(office: Office) -> None:
    office.raise_to(Priority.CRITICAL)
    office.desk.clock.pass_(minutes=1)
    office.raise_to(Priority.HIGH)
    assert len(office.told("engineer-new")) == 3
    office.desk.clock.pass_(minutes=1)
    office.raise_to(Priority.CRITICAL)
    assert len(office.told("engineer-new")) == 6


def test_critical_ticket_of_a_desk_without_management_is_told_to_the_lead(desk: Desk) -> None:
    office = Office(desk)
    office.leave(office.manager)
    office.raise_to(Priority.CRITICAL)
    assert office.told("engineer-new") == ["guo"]


def test_critical_telling_is_acknowledged_like_a_rung(office: Office) -> None:
    office.raise_to(Priority.CRITICAL)
    assert office.acknowledge(office.manager)
    assert not office.acknowledge(office.manager)
    assert [event.data for event in office.events("acknowledged")] == [{"by": "page"}]
