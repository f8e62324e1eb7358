"""Reports of progress: when they are due, what they tell, and what they never do (P4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from gateway.alarms import Alarms
from gateway.domain.lifecycle import Event, EventKind, Status
from gateway.domain.terms import Priority
from gateway.store.models import Outbox
from gateway.tickets import handling, progress
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import MONDAY, Desk

LI, OPS = "li@harbour.example", "ops@harbour.example"
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
PERIODS = [(Priority.CRITICAL, 1), (Priority.HIGH, 4), (Priority.MEDIUM, 24), (Priority.LOW, 72)]


class Office:
    """Ticket 1001 of medium priority and an engineer; only reports are looked at."""

    def __init__(self, desk: Desk, mail: bytes = b"", **how: object) -> None:
        self.desk, self.chen = desk, an_engineer()
        desk.add(a_customer(), self.chen)
        desk.walk(mail or a_mail(), **({"authentication": PASSED} | how))

    def at(self, length: timedelta) -> None:
        self.desk.clock.at = MONDAY + length

    def do(self, verb: Callable[..., object], **how: object) -> object:
        with self.desk.services.transaction() as session:
            told = {"author": self.chen, "at": self.desk.clock()} | how
            return verb(session, self.desk.head, 1001, **told)

    def fire(self, owner: str = "clock") -> None:
        made = Alarms(self.desk.services.transaction, self.desk.head, owner, self.desk.clock)
        while made.drain(self.desk.clock.at + timedelta(seconds=5)):
            pass

    def reports(self) -> list[Outbox]:
        return [each for each in self.desk.letters("progress") if each.first_recipient == LI]

    def told_at(self) -> list[timedelta]:
        """When each report was made, of those that leave as the clock is moved on by half hours."""
        return [each.created_at - MONDAY for each in self.reports()]

    def run(self, until: timedelta) -> None:
        while self.desk.clock.at < MONDAY + until:
            self.desk.clock.at += HOUR / 2
            self.fire()

    def text(self, number: int = -1) -> str:
        mail = message_from_bytes(self.reports()[number].content, policy=policy.default)
        return mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


@pytest.mark.parametrize(("priority", "hours"), PERIODS)
def test_report_is_due_one_period_after_the_opening_and_every_period_then(
    office: Office, priority: Priority, hours: int
) -> None:
    if priority is not Priority.MEDIUM:
        office.do(handling.change_priority, priority=priority, reason="x")
    office.at(hours * HOUR - SECOND)
    office.fire()
    assert office.reports() == []
    for count in (1, 2):
        office.at(count * hours * HOUR)
        office.fire()
        assert len(office.reports()) == count


def test_reply_of_a_person_puts_the_report_off(office: Office) -> None:
    office.at(20 * HOUR)
    office.do(handling.reply, text="We look into it.")
    office.run(50 * HOUR)
    assert office.told_at() == [44 * HOUR]


def test_automatic_letters_put_nothing_off(office: Office) -> None:
    office.at(20 * HOUR)
    office.do(handling.change_status, status=Status.WAITING_AWS, text="Asked AWS.")
    office.run(30 * HOUR)
    assert office.told_at() == [24 * HOUR]


def test_notes_put_nothing_off(office: Office) -> None:
    office.at(20 * HOUR)
    office.do(handling.note, text="Looked at the disk.")
    office.run(30 * HOUR)
    assert office.told_at() == [24 * HOUR]


def test_raised_priority_shortens_the_period_and_lowered_lengthens_it(office: Office) -> None:
    office.at(2 * HOUR)
    office.do(handling.change_priority, priority=Priority.HIGH, reason="More are affected.")
    office.run(9 * HOUR)
    assert office.told_at() == [4 * HOUR, 8 * HOUR]
    office.do(handling.change_priority, priority=Priority.LOW, reason="Mitigated.")
    office.run(100 * HOUR)
    assert office.told_at() == [4 * HOUR, 8 * HOUR, 80 * HOUR]


def test_raise_that_leaves_the_report_overdue_makes_it_due_at_once(office: Office) -> None:
    office.at(10 * HOUR)
    office.do(handling.change_priority, priority=Priority.CRITICAL, reason="All is down.")
    office.fire()
    assert office.told_at() == [10 * HOUR]
    office.run(11 * HOUR)
    assert office.told_at() == [10 * HOUR, 11 * HOUR]


def test_outage_of_ours_is_followed_by_one_report_not_by_a_burst(office: Office) -> None:
    office.do(handling.change_priority, priority=Priority.CRITICAL, reason="x")
    office.at(5 * HOUR + HOUR / 2)
    office.fire()
    office.fire()
    assert office.told_at() == [5 * HOUR + HOUR / 2]
    office.at(6 * HOUR)
    office.fire()
    assert len(office.reports()) == 1


def test_nothing_is_reported_once_it_is_resolved_and_again_after_a_reopening(office: Office) -> None:
    office.at(2 * HOUR)
    office.do(handling.reply, text="Restarted.", then=Status.RESOLVED)
    office.run(60 * HOUR)
    assert office.reports() == []
    answered = office.desk.letters("reply")[0].message_id
    office.desk.walk(
        a_mail("It is still not fixed.", message_id="m2@harbour.example", in_reply_to=answered),
        authentication=PASSED,
    )
    assert office.desk.tickets()[0].status == "open"
    office.run(100 * HOUR)
    assert office.told_at() == [84 * HOUR]


def test_nothing_is_reported_of_a_closed_ticket(office: Office) -> None:
    office.do(handling.change_status, status=Status.CLOSED, text="Taken back.")
    office.run(30 * HOUR)
    assert office.reports() == []


def test_two_clocks_report_once(office: Office) -> None:
    office.at(24 * HOUR)
    office.fire("one")
    office.fire("two")
    assert len(office.reports()) == 1
    kinds = [event.kind for event in office.desk.events(1001)]
    assert kinds.count("progress") == 1


def test_report_says_when_the_next_one_comes_and_keeps_it(office: Office) -> None:
    office.at(24 * HOUR)
    office.fire()
    entry = next(event for event in office.desk.events(1001) if event.kind == "progress")
    assert entry.data["next_at"] == (MONDAY + 48 * HOUR).isoformat()
    assert "The next report comes by 09:00, Wednesday 4 March" in office.text()
    office.run(48 * HOUR)
    assert office.told_at() == [24 * HOUR, 48 * HOUR]


def test_report_tells_what_happened_since_the_last_word_and_nothing_before(office: Office) -> None:
    office.at(HOUR)
    office.do(handling.note, text="Early work.")
    office.at(2 * HOUR)
    office.do(handling.reply, text="We look into it.")
    office.at(3 * HOUR)
    office.do(handling.note, text="The root volume of i-0abc is full.")
    office.do(handling.change_status, status=Status.WAITING_AWS, text="Case opened.")
    office.at(26 * HOUR)
    office.fire()
    told = office.text()
    since = told[told.index("Since ") : told.index("Ticket: HD")]
    assert "Since 11:00, Monday 2 March" in since
    assert "12:00, Monday 2 March: our engineers worked on it." in since
    assert "the status became Waiting for AWS" in since
    assert since.count("worked on it") == 1


def test_report_never_tells_what_a_note_says(office: Office) -> None:
    office.do(handling.note, text="Their admin broke it, of course.")
    office.at(24 * HOUR)
    office.fire()
    assert b"admin" not in office.reports()[0].content
    assert "worked on it" in office.text()


def test_mail_by_which_an_engineer_only_acknowledged_a_call_is_no_work() -> None:
    seen = Event(EventKind.NOTE, MONDAY, MONDAY, "engineer:1", {"message": 7})
    said = Event(EventKind.ACKNOWLEDGED, MONDAY, MONDAY, "engineer:1", {"by": "mail", "message": 7})
    work = Event(EventKind.NOTE, MONDAY + timedelta(hours=1), MONDAY, "engineer:1", {"message": 8})
    assert progress.happenings([seen, said], {}) == []
    assert [each.at for each in progress.happenings([seen, said, work], {})] == [work.at]


def test_report_says_that_nothing_happened(office: Office) -> None:
    office.at(24 * HOUR)
    office.fire()
    office.at(48 * HOUR)
    office.fire()
    assert "Nothing new has happened since 09:00, Tuesday 3 March" in office.text()


def test_report_says_how_both_targets_stand(office: Office) -> None:
    office.at(24 * HOUR + SECOND)
    office.fire()
    told = office.text()
    assert "Answer by a person: late, it was due by 13:00, Monday 2 March" in told
    assert "Resolution target: late, it was due by 09:00, Tuesday 3 March" in told
    office.do(handling.reply, text="Seen.")
    office.at(49 * HOUR)
    office.fire()
    assert "Answer by a person" not in office.text()


def test_report_while_we_wait_for_the_customer_says_that_the_clock_rests(office: Office) -> None:
    office.at(HOUR)
    office.do(handling.reply, text="Which page?", then=Status.WAITING_CUSTOMER)
    office.at(25 * HOUR)
    office.fire()
    told = office.text()
    assert "The ticket waits for your answer" in told
    assert "the clock rests" in told
    assert "late" not in told.replace("later", "")


def test_report_of_a_chinese_ticket_is_chinese(desk: Desk) -> None:
    office = Office(desk, a_mail("报表页面今天很慢，请帮忙看一下。\n", subject="报表页面很慢"))
    office.at(24 * HOUR)
    office.fire()
    assert "进展通报" in office.text()
    assert "下次通报在 3 月 4 日（周三）09:00 前" in office.text()


def test_everybody_who_takes_part_gets_a_copy(desk: Desk) -> None:
    office = Office(desk, a_mail(cc=OPS))
    office.at(24 * HOUR)
    office.fire()
    assert sorted(each.first_recipient for each in desk.letters("progress")) == [LI, OPS]


def test_address_that_only_a_machine_named_gets_no_report_but_the_report_is_noted(desk: Desk) -> None:
    office = Office(desk, a_mail(Auto_Submitted="auto-generated"))
    office.at(24 * HOUR)
    office.fire()
    assert desk.letters("progress") == []
    assert [event.kind for event in desk.events(1001)].count("progress") == 1
