"""What becomes of a resolution: delivered, reminded of, confirmed, contradicted, or closed after silence (P1, P4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gateway import review
from gateway.alarms import Alarms
from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.mail.message import Bounce, Mailbox
from gateway.store.models import Alarm, Engineer, Outbox
from gateway.tickets import Refused, closure, handling, returns
from gateway.tickets.closure import Outcome
from gateway.transport import Reply
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import MONDAY, Desk
from tests.letters import drain

LI, OPS = "li@harbour.example", "ops@harbour.example"
HOUR = timedelta(hours=1)


class NextServer:
    """A next server that answers each recipient as told, and everybody else with 250."""

    def __init__(self) -> None:
        self.answers: dict[str, Reply] = {}
        self.taken: list[str] = []

    def refusing(self, recipient: str, code: int = 550) -> NextServer:
        self.answers[recipient] = Reply(code, "5.1.1 no such user")
        return self

    def offer(self, reverse_path: str, recipients: Sequence[str], content: bytes) -> Mapping[str, Reply]:
        self.taken += [each for each in recipients if each not in self.answers]
        return {each: self.answers.get(each, Reply(250, "ok")) for each in recipients}

    def transfer(self, content: bytes) -> Reply:
        return Reply(250, "ok")

    def close(self) -> None:
        pass


class Office:
    """Ticket 1001 of medium priority, its engineer, a lead; letters leave when `send` is called."""

    def __init__(self, desk: Desk, **customer: object) -> None:
        self.desk = desk
        self.chen, self.lead = an_engineer(), an_engineer("Guo Ping", role="lead")
        desk.add(a_customer(**customer), self.chen, self.lead)
        desk.walk(a_mail(cc=OPS), authentication=PASSED)

    def at(self, length: timedelta) -> None:
        self.desk.clock.at = MONDAY + length

    def resolve(self, text: str = "Restarted.") -> None:
        with self.desk.services.transaction() as session:
            handling.reply(
                session, self.desk.head, 1001, author=self.chen, text=text, then=Status.RESOLVED, at=self.desk.clock()
            )  # fmt: skip

    def send(self, server: NextServer | None = None) -> NextServer:
        used = server or NextServer()
        drain(self.desk, used)
        return used

    def fire(self, owner: str = "clock") -> None:
        made = Alarms(self.desk.services.transaction, self.desk.head, owner, self.desk.clock)
        while made.drain(self.desk.clock.at + timedelta(seconds=5)):
            pass

    def mail(self, text: str, name: str = "m2", *, letter: str = "reply") -> None:
        """An authenticated answer of Li Na's to our last letter."""
        answered = self.desk.letters(letter)[-1].message_id
        raw = a_mail(text, message_id=f"{name}@harbour.example", in_reply_to=answered, subject="Re: slow")
        self.desk.walk(raw, authentication=PASSED)

    def letters(self, name: str) -> list[Outbox]:
        """Letters of one name to the requester, without the copies."""
        return [each for each in self.desk.letters(name) if each.first_recipient == LI]

    def kinds(self) -> list[str]:
        return [event.kind for event in self.desk.events(1001)]

    def causes(self) -> list[str]:
        return [event.data["cause"] for event in self.desk.events(1001) if event.kind == "status"]

    def owed(self) -> dict[str, timedelta]:
        with self.desk.services.reading() as session:
            rows = session.scalars(sa.select(Alarm).where(Alarm.kind.in_(("reminder", "closing")))).all()
            return {row.kind: row.due_at - MONDAY for row in rows}

    @property
    def status(self) -> str:
        return self.desk.tickets()[0].status


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


@pytest.fixture
def resolved(office: Office) -> Office:
    """Resolved at 2 h, accepted by the next server at 3 h."""
    office.at(2 * HOUR)
    office.resolve()
    office.at(3 * HOUR)
    office.send()
    return office


# Delivery.


def test_silence_is_not_counted_before_the_next_server_took_the_letter(office: Office) -> None:
    office.resolve()
    assert office.owed() == {}
    office.at(200 * HOUR)
    office.fire()
    assert (office.status, office.letters("confirm-reminder")) == ("resolved", [])


def test_silence_counts_from_the_acceptance(resolved: Office) -> None:
    assert resolved.kinds().count("resolution-delivered") == 1
    assert resolved.owed() == {"reminder": 27 * HOUR, "closing": 75 * HOUR}


def test_other_replies_start_no_silence(office: Office) -> None:
    with office.desk.services.transaction() as session:
        handling.reply(session, office.desk.head, 1001, author=office.chen, text="Seen.", at=MONDAY)
    office.send()
    assert "resolution-delivered" not in office.kinds()


def test_resolution_that_only_somebody_copied_in_got_starts_no_silence(office: Office) -> None:
    office.resolve()
    office.send(NextServer().refusing(LI))
    assert "resolution-delivered" not in office.kinds()
    assert office.owed() == {}


def test_letter_of_a_resolution_that_was_taken_back_starts_no_silence(office: Office) -> None:
    office.resolve()
    office.mail("It still does not work.")
    office.send()
    assert (office.status, office.owed()) == ("open", {})
    assert "resolution-delivered" not in office.kinds()


def test_mail_that_is_only_kept_here_closes_nothing(office: Office) -> None:
    office.resolve()
    drain(office.desk, None)
    office.at(200 * HOUR)
    office.fire()
    assert (office.status, office.owed()) == ("resolved", {})


def test_refused_resolution_calls_the_assignee_and_never_closes(office: Office) -> None:
    with office.desk.services.transaction() as session:
        handling.assign(
            session, office.desk.head, 1001, author=office.lead, assignee_id=office.chen.id, at=MONDAY
        )
    office.resolve()
    office.send(NextServer().refusing(LI).refusing(OPS))
    assert [each.first_recipient for each in office.desk.letters("engineer-undelivered")] == [
        office.chen.email
    ]
    office.at(200 * HOUR)
    office.fire()
    assert (office.status, office.letters("confirm-reminder")) == ("resolved", [])


def test_refused_resolution_calls_the_leads_where_nobody_has_the_ticket(office: Office) -> None:
    with office.desk.services.transaction() as session:
        handling.assign(session, office.desk.head, 1001, author=office.lead, assignee_id=None, at=MONDAY)
    office.resolve()
    office.send(NextServer().refusing(LI))
    told = office.desk.letters("engineer-undelivered")
    assert [each.first_recipient for each in told] == [office.lead.email]
    assert b"5.1.1 no such user" in told[0].content


def test_refused_copy_calls_nobody(office: Office) -> None:
    office.resolve()
    office.send(NextServer().refusing(OPS))
    assert office.desk.letters("engineer-undelivered") == []
    assert office.owed().keys() == {"reminder", "closing"}


def test_refused_ordinary_reply_is_no_such_alarm(office: Office) -> None:
    with office.desk.services.transaction() as session:
        handling.reply(session, office.desk.head, 1001, author=office.chen, text="Seen.", at=MONDAY)
    office.send(NextServer().refusing(LI).refusing(OPS))
    assert office.desk.letters("engineer-undelivered") == []


def come_back(office: Office, who: str) -> None:
    letter = next(each for each in office.desk.letters("reply") if each.first_recipient == who)
    with office.desk.services.transaction() as session:
        bounce = Bounce(who, "5.1.1", "failed", "no such user", letter.message_id)
        returns.record_bounce(session, office.desk.head, bounce, at=office.desk.clock())


def test_resolution_returned_later_by_everybody_stops_the_silence_and_answers_nobody(
    resolved: Office,
) -> None:
    come_back(resolved, OPS)
    assert resolved.owed().keys() == {"reminder", "closing"}
    come_back(resolved, LI)
    assert resolved.owed() == {}
    assert resolved.desk.tickets()[0].first_response_at is None
    assert len(resolved.desk.letters("engineer-undelivered")) == 1


def test_resolution_returned_later_by_whom_it_asks_stops_the_silence_yet_answered_the_others(
    resolved: Office,
) -> None:
    come_back(resolved, LI)
    assert resolved.owed() == {}
    assert resolved.desk.tickets()[0].first_response_at == MONDAY + 2 * HOUR
    assert len(resolved.desk.letters("engineer-undelivered")) == 1


def test_resolution_sent_again_after_it_came_back_counts_silence_anew(resolved: Office) -> None:
    come_back(resolved, LI)
    resolved.at(10 * HOUR)
    letter = resolved.letters("reply")[0]
    with resolved.desk.services.transaction() as session:
        review.retry(session, resolved.desk.head, letter.id, author=resolved.chen, at=resolved.desk.clock())
    resolved.send()
    assert resolved.owed() == {"reminder": 34 * HOUR, "closing": 82 * HOUR}


# Reminder and closing.


def test_reminder_leaves_a_day_after_acceptance_and_not_before(resolved: Office) -> None:
    resolved.at(27 * HOUR - timedelta(seconds=1))
    resolved.fire()
    assert resolved.letters("confirm-reminder") == []
    resolved.at(27 * HOUR)
    resolved.fire()
    resolved.fire()
    (letter,) = resolved.letters("confirm-reminder")
    assert (resolved.kinds()[-1], resolved.owed()) == ("reminded", {"closing": 75 * HOUR})
    assert b"12:00, Thursday 5 March" in letter.content.replace(b"=\r\n", b"")


def test_ticket_closes_three_days_after_acceptance_and_says_so(resolved: Office) -> None:
    for hours in (27, 75):
        resolved.at(hours * HOUR - timedelta(seconds=1))
        resolved.fire()
        assert resolved.status == "resolved"
        resolved.at(hours * HOUR)
        resolved.fire()
    assert (resolved.status, resolved.causes()[-1]) == ("closed", "silence")
    assert resolved.desk.events(1001)[-1].at == MONDAY + 75 * HOUR
    (letter,) = resolved.letters("status")
    assert b"we closed the ticket" in letter.content
    assert len(resolved.letters("confirm-reminder")) == 1


def test_closing_that_comes_late_carries_the_instant_it_was_due(resolved: Office) -> None:
    resolved.at(27 * HOUR)
    resolved.fire()
    resolved.at(90 * HOUR)
    resolved.fire()
    assert resolved.desk.events(1001)[-1].at == MONDAY + 75 * HOUR


def test_reminder_that_would_come_after_the_closing_is_not_sent(resolved: Office) -> None:
    resolved.at(90 * HOUR)
    resolved.fire()
    assert (resolved.status, resolved.letters("confirm-reminder")) == ("closed", [])


def test_two_clocks_remind_and_close_once(resolved: Office) -> None:
    for hours in (27, 75):
        resolved.at(hours * HOUR)
        resolved.fire("one")
        resolved.fire("two")
    assert len(resolved.letters("confirm-reminder")) == len(resolved.letters("status")) == 1
    assert resolved.kinds().count("reminded") == 1
    assert resolved.causes().count("silence") == 1


def test_windows_are_those_of_the_contract(desk: Desk) -> None:
    office = Office(desk)
    with desk.services.transaction() as session:
        session.execute(sa.text("UPDATE contract SET terms = :terms"),
                        {"terms": '{"confirmation_hours": {"remind": 6, "close": 12}}'})  # fmt: skip
    office.resolve()
    office.send()
    assert office.owed() == {"reminder": 6 * HOUR, "closing": 12 * HOUR}
    assert b"21:00, Monday 2 March" in office.letters("reply")[0].content.replace(b"=\r\n", b"")


def test_mail_that_came_before_the_end_of_the_silence_is_waited_for(resolved: Office) -> None:
    resolved.at(27 * HOUR)
    resolved.fire()
    resolved.at(75 * HOUR - timedelta(seconds=2))
    raw = a_mail("Still broken.\n", message_id="late@harbour.example",
                 in_reply_to=resolved.letters("reply")[0].message_id)  # fmt: skip
    resolved.desk.receive(raw, authentication=PASSED)
    resolved.at(75 * HOUR)
    resolved.fire()
    assert resolved.status == "resolved"
    resolved.desk.file()
    assert (resolved.status, resolved.causes()[-1]) == ("open", "not-fixed")


# The customer's word.


@pytest.mark.parametrize("text", ["confirm", "已解决", "works now", "Thanks, works now!", "确认解决，谢谢"])
def test_confirming_closes(resolved: Office, text: str) -> None:
    resolved.at(5 * HOUR)
    resolved.mail(text)
    assert (resolved.status, resolved.causes()[-1], resolved.owed()) == ("closed", "confirmed", {})
    assert b"confirmed" in resolved.letters("status")[0].content


@pytest.mark.parametrize("text", ["not fixed", "未解决", "Thanks but still broken", "谢谢，但还是不行"])
def test_not_fixed_reopens_voids_the_resolution_and_excludes_the_wait(resolved: Office, text: str) -> None:
    assert resolved.desk.tickets()[0].resolved_at == MONDAY + 2 * HOUR
    resolved.at(10 * HOUR)
    resolved.mail(text)
    ticket = resolved.desk.tickets()[0]
    assert (ticket.status, resolved.causes()[-1], ticket.resolved_at) == ("open", "not-fixed", None)
    assert ticket.resolution_due_at == MONDAY + 24 * HOUR + 8 * HOUR
    assert resolved.owed() == {}


@pytest.mark.parametrize("text", ["Thanks!", "谢谢！"])
def test_bare_thanks_changes_nothing_and_is_shown(resolved: Office, text: str) -> None:
    before = resolved.owed()
    resolved.at(30 * HOUR)
    resolved.fire()
    resolved.at(40 * HOUR)
    resolved.mail(text)
    assert resolved.status == "resolved"
    assert resolved.owed() == {"closing": before["closing"]}
    assert resolved.desk.messages(1001)[-1].text.strip() == text
    resolved.at(75 * HOUR)
    resolved.fire()
    assert resolved.status == "closed"
    assert len(resolved.letters("confirm-reminder")) == 1


def test_second_resolution_after_a_reminder_is_reminded_of_anew(resolved: Office) -> None:
    resolved.at(27 * HOUR)
    resolved.fire()
    resolved.at(30 * HOUR)
    resolved.mail("It is still not fixed.")
    resolved.at(32 * HOUR)
    resolved.resolve("Replaced the disk.")
    resolved.send()
    assert resolved.owed() == {"reminder": 56 * HOUR, "closing": 104 * HOUR}
    resolved.at(75 * HOUR)
    resolved.fire()
    assert (resolved.status, len(resolved.letters("confirm-reminder"))) == ("resolved", 2)
    resolved.at(104 * HOUR)
    resolved.fire()
    assert resolved.status == "closed"


def test_letters_of_the_first_resolution_do_not_deliver_the_second(office: Office) -> None:
    office.resolve()
    office.mail("It is still not fixed.")
    office.at(HOUR)
    office.resolve("Replaced the disk.")
    first = office.letters("reply")[0]
    with office.desk.services.transaction() as session:
        session.execute(sa.update(Outbox).where(Outbox.ticket_message_id != first.ticket_message_id)
                        .values(next_attempt_at=MONDAY + 50 * HOUR))  # fmt: skip
    office.send()
    assert office.owed() == {}


def test_mail_to_a_closed_ticket_opens_a_follow_up_with_clocks_of_its_own(resolved: Office) -> None:
    resolved.at(5 * HOUR)
    resolved.mail("confirm")
    resolved.at(50 * HOUR)
    resolved.mail("It is down again.", "m3", letter="status")
    first, second = resolved.desk.tickets()
    assert (first.status, second.follows_id, second.opened_at) == ("closed", 1001, MONDAY + 50 * HOUR)
    assert second.first_response_due_at > MONDAY + 50 * HOUR
    assert second.first_response_at is None
    (acknowledged,) = [each for each in resolved.letters("acknowledgement") if each.ticket_id == second.id]
    assert b"HD-1001" in acknowledged.content


# By link.


def test_confirming_by_link_says_by_whom(resolved: Office) -> None:
    with resolved.desk.services.transaction() as session:
        came = closure.confirm_by_link(
            session, resolved.desk.head, 1001, person=Mailbox("Ops", OPS), at=resolved.desk.clock()
        )
    entry = resolved.desk.events(1001)[-1]
    assert (came, resolved.status, entry.data["cause"], entry.words) == (
        Outcome.DONE,
        "closed",
        "confirmed",
        OPS,
    )


def test_text_of_a_link_that_asks_for_somebody_higher_escalates(resolved: Office) -> None:
    with resolved.desk.services.transaction() as session:
        closure.not_fixed_by_link(
            session, resolved.desk.head, 1001, person=Mailbox("Li Na", LI), at=resolved.desk.clock(),
            text="Still down. Please escalate this to your manager.",
        )  # fmt: skip
    assert "escalation-asked" in resolved.kinds()
    assert resolved.desk.tickets()[0].asked_escalation


# By hand, and what does not count.


def close(office: Office, **how: object) -> None:
    with office.desk.services.transaction() as session:
        told = {"author": office.chen, "status": Status.CLOSED, "at": office.desk.clock()} | how
        handling.change_status(session, office.desk.head, 1001, **told)


def test_closing_what_is_not_resolved_needs_a_reason_is_told_and_resolves_nothing(office: Office) -> None:
    with pytest.raises(Refused, match="reason"):
        close(office)
    office.at(HOUR)
    close(office, text="The customer called: not needed any more.")
    ticket = office.desk.tickets()[0]
    assert (ticket.status, ticket.resolved_at, ticket.first_response_at) == ("closed", None, None)
    assert b"not needed any more" in office.letters("status")[0].content


def mark(office: Office, as_: str, *, reason: str = "Advertising.", by: Engineer | None = None) -> None:
    with office.desk.services.transaction() as session:
        handling.mark(session, office.desk.head, 1001, author=by or office.chen, as_=as_, reason=reason,
                      at=office.desk.clock())  # fmt: skip


def test_spam_is_closed_and_answered_by_nobody(office: Office) -> None:
    before = len(office.desk.letters())
    mark(office, "spam")
    ticket = office.desk.tickets()[0]
    assert (ticket.status, ticket.discounted, office.kinds()[-2:]) == ("closed", "spam", ["marked", "status"])
    assert len(office.desk.letters()) == before
    assert office.owed() == {}


def test_withdrawn_is_closed_and_told(office: Office) -> None:
    mark(office, "withdrawn", reason="Li Na called and took it back.")
    assert (office.status, office.desk.tickets()[0].discounted) == ("closed", "withdrawn")
    assert b"took it back" in office.letters("status")[0].content


def test_withdrawing_after_a_violation_is_refused(office: Office) -> None:
    office.at(4 * HOUR + timedelta(seconds=1))
    with pytest.raises(Refused, match="violation"):
        mark(office, "withdrawn")
    assert (office.status, office.desk.tickets()[0].discounted) == ("new", "")


def test_violated_ticket_is_called_spam_by_a_manager_only(office: Office) -> None:
    boss = an_engineer("Wu Lan", role="manager")
    office.desk.add(boss)
    office.at(5 * HOUR)
    for engineer in (office.chen, office.lead):
        with pytest.raises(Refused, match="manager"):
            mark(office, "spam", by=engineer)
    mark(office, "spam", by=boss)
    assert office.desk.tickets()[0].discounted == "spam"


@pytest.mark.parametrize(("as_", "reason"), [("spam", " "), ("merged", "x"), ("", "x")])
def test_mark_without_reason_or_of_another_kind_is_refused(office: Office, as_: str, reason: str) -> None:
    with pytest.raises(Refused):
        mark(office, as_, reason=reason)
    assert office.status == "new"


def test_priority_is_not_lowered_without_a_reason(office: Office) -> None:
    with pytest.raises(Refused, match="reason"), office.desk.services.transaction() as session:
        handling.change_priority(
            session, office.desk.head, 1001, author=office.chen, priority=Priority.LOW, reason=" ", at=MONDAY
        )
