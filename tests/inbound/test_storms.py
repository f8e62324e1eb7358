"""Floods: one ticket takes in what machines repeat, nothing of it is lost, and nobody else notices."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.lifecycle import Status
from gateway.inbound import storms
from gateway.inbound.receive import Arrival
from gateway.inbound.storms import Limits, gist
from gateway.mail.trust import Authentication, Verdict
from gateway.operations import chains
from gateway.store import deliveries
from gateway.store.models import Delivery, DeliveryState, Message
from gateway.tickets import handling
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import SUPPORT, Desk

ROBOT = "monitor@harbour.example"


def alarm(number: int, text: str = "Disk {0}% full on web-{0} at 10:0{0}.\n", **fields: str) -> bytes:
    fields = {"Auto_Submitted": "auto-generated"} | fields
    return a_mail(text.format(number), subject=f"ALARM {number}: disk full", sender=f"Monitor <{ROBOT}>",
                  message_id=f"a{number}@harbour.example", **fields)  # fmt: skip


def sends(desk: Desk, count: int, *, start: int = 0, **how: str) -> list[Delivery]:
    return [desk.walk(alarm(number, **how), reverse_path=ROBOT) for number in range(start, start + count)]


def findable(desk: Desk) -> set[str]:
    """The Message-IDs of all mail that stands on some ticket."""
    with desk.services.reading() as session:
        return set(session.scalars(sa.select(Message.message_id)))


def test_alike_alarms_share_the_first_ones_ticket_from_the_fifth_on(desk: Desk) -> None:
    desk.add(a_customer())
    deliveries = sends(desk, 9)
    assert [each.ticket_id for each in deliveries] == [1001, 1002, 1003, 1004, 1001, 1001, 1001, 1001, 1001]
    assert {(each.rule, each.disposition) for each in deliveries[4:]} == {("flood", "group")}


def test_every_mail_of_a_flood_is_found_on_a_ticket_with_its_original(desk: Desk) -> None:
    desk.add(a_customer())
    deliveries = sends(desk, 12)
    assert findable(desk) == {f"a{number}@harbour.example" for number in range(12)}
    kept = {message.delivery_id for ticket in desk.tickets() for message in desk.messages(ticket.id)}
    assert kept == {each.id for each in deliveries}


def test_other_senders_are_not_affected_by_a_flood(desk: Desk) -> None:
    desk.add(a_customer())
    sends(desk, 12)
    delivery = desk.walk(a_mail(), authentication=PASSED)
    assert (delivery.rule, delivery.disposition) == ("new", "open-ticket")
    assert len(desk.letters("acknowledgement")) == 1


def test_another_alarm_of_the_same_machine_is_a_ticket_of_its_own(desk: Desk) -> None:
    desk.add(a_customer())
    sends(desk, 6)
    other = a_mail("The certificate expires.\n", subject="Certificate", sender=ROBOT, message_id="c1@harbour.example",
                   Auto_Submitted="auto-generated")  # fmt: skip
    assert desk.walk(other, reverse_path=ROBOT).disposition == "open-ticket"


def test_twentieth_alarm_of_one_machine_is_grouped_whatever_it_says(desk: Desk) -> None:
    desk.add(a_customer())
    words = [chr(ord("a") + number) * 4 for number in range(20)]
    deliveries = [
        desk.walk(a_mail(f"The {word} is away.\n", subject=word, sender=ROBOT, message_id=f"{word}@harbour.example",
                         Auto_Submitted="auto-generated"), reverse_path=ROBOT)
        for word in words
    ]  # fmt: skip
    assert [each.disposition for each in deliveries] == ["open-ticket"] * 19 + ["group"]


def test_person_who_writes_much_gets_a_ticket_for_each_request(desk: Desk) -> None:
    desk.add(a_customer())
    for number, word in enumerate(("login", "billing", "report", "printer", "network", "backup", "mailbox")):
        desk.walk(
            a_mail(f"The {word} does not work.\n", subject=word, message_id=f"p{number}@harbour.example"),
            authentication=PASSED,
        )
    assert len(desk.tickets()) == 7


def test_acknowledgements_stop_once_the_brake_is_on_and_tickets_do_not(desk: Desk) -> None:
    desk.add(a_customer())
    braked = desk.with_desk(limits=Limits(sender=4))
    for word in ("login", "billing", "report", "printer", "network"):
        braked.walk(
            a_mail(f"The {word} does not work.\n", subject=word, message_id=f"{word}@harbour.example")
        )
    assert (len(desk.tickets()), len(desk.letters("acknowledgement"))) == (5, 3)


def test_flood_ends_with_its_window(desk: Desk) -> None:
    desk.add(a_customer())
    sends(desk, 6)
    desk.clock.pass_(minutes=11)
    (later,) = sends(desk, 1, start=6)
    assert later.disposition == "open-ticket"


def test_resolved_ticket_takes_in_no_more_of_its_flood(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    sends(desk, 6)
    with desk.services.transaction() as session:
        for number in (1001, 1002, 1003, 1004):
            handling.mark(
                session, desk.head, number, author=engineer, as_="spam", reason="Noise.", at=desk.clock()
            )
    (later,) = sends(desk, 1, start=6)
    assert later.disposition == "open-ticket"
    assert desk.tickets()[-1].status == Status.NEW


def test_more_urgent_mail_of_a_flood_is_a_ticket_of_its_own(desk: Desk) -> None:
    desk.add(a_customer())
    sends(desk, 6)
    urgent = "Our production site is completely down for everybody.\n"
    (delivery,) = sends(desk, 1, start=6, text=urgent)
    assert delivery.disposition == "open-ticket"


def test_flood_moves_no_clock_and_sends_no_letter(desk: Desk) -> None:
    desk.add(a_customer())
    sends(desk, 4)
    before = desk.tickets()[0]
    desk.clock.pass_(minutes=1)
    sends(desk, 4, start=4)
    after = desk.tickets()[0]
    assert (after.status, after.first_response_at, after.resolution_due_at) == (
        before.status, before.first_response_at, before.resolution_due_at,
    )  # fmt: skip
    assert desk.letters() == []


def test_log_of_a_floods_ticket_names_every_mail_it_took_in(desk: Desk) -> None:
    desk.add(a_customer())
    sends(desk, 8)
    taken = [event for event in desk.events(1001) if event.data.get("flood")]
    ids = {message.id for message in desk.messages(1001)[1:]}
    assert {event.data["message"] for event in taken} == ids and len(ids) == 4


def test_unmarked_script_of_somebody_unregistered_is_grouped_too(desk: Desk) -> None:
    desk = desk.with_desk(limits=Limits(scripted=5))
    deliveries = [
        desk.walk(a_mail(f"Backup job {number} failed.\n", subject="Backup failed", message_id=f"b{number}@harbour.example"))
        for number in range(6)
    ]  # fmt: skip
    assert [each.disposition for each in deliveries[4:]] == ["group", "group"]


def test_what_a_customers_people_write_is_never_grouped(desk: Desk) -> None:
    desk.add(a_customer())
    limited = desk.with_desk(limits=Limits(scripted=2))
    for number in range(7):
        limited.walk(a_mail(f"Question {number}.\n", message_id=f"q{number}@harbour.example"))
    assert len(desk.tickets()) == 7


def test_proved_wish_for_escalation_is_never_grouped(desk: Desk) -> None:
    limited = desk.with_desk(limits=Limits(scripted=2))
    for number in range(4):
        mail = a_mail(f"Ticket {number}: escalate this to your manager now.\n", subject="Escalate",
                      message_id=f"x{number}@harbour.example")  # fmt: skip
        limited.walk(mail, authentication=PASSED)
    assert len(desk.tickets()) == 4


def test_blocked_senders_flood_is_kept_out(desk: Desk) -> None:
    desk.add(a_customer())
    strict = desk.with_desk(blocked=frozenset({ROBOT}))
    for number in range(7):
        assert strict.walk(alarm(number), reverse_path=ROBOT).rule == "blocked"
    assert desk.tickets() == []


def test_flood_is_known_while_most_of_it_still_waits(desk: Desk) -> None:
    desk.add(a_customer())
    later = desk.clock() + timedelta(minutes=5)
    arrivals = [
        Arrival(alarm(number), ROBOT, (SUPPORT,), desk.clock(), due_at=None if number < 9 else later)
        for number in range(2200)
    ]
    with desk.services.transaction() as session:
        deliveries.accept(session, desk.services.blobs, arrivals)
    desk.file()
    assert [len(desk.messages(ticket.id)) for ticket in desk.tickets()] == [6, 1, 1, 1]


def test_full_ticket_makes_room_for_the_next(desk: Desk) -> None:
    desk.add(a_customer())
    sends(desk, 5)
    with desk.services.transaction() as session:
        row = session.scalars(sa.select(Message).where(Message.ticket_id == 1001)).first()
        assert row is not None
        names = [column.name for column in row.__table__.columns if column.name not in ("id", "delivery_id")]
        columns = {name: getattr(row, name) for name in names}
        session.execute(sa.insert(Message), [columns] * storms.FULL)
    (later,) = sends(desk, 1, start=5)
    assert later.ticket_id == 1002


@pytest.mark.parametrize("verdict", [Verdict.NONE, Verdict.FAIL])
def test_unproved_mail_waits_for_a_person_where_so_set(desk: Desk, verdict: Verdict) -> None:
    desk.add(a_customer())
    strict = desk.with_desk(unauthenticated="review")
    unproved = Authentication(verdict, verdict, verdict, "harbour.example", "door")
    delivery = strict.walk(a_mail(), authentication=unproved)
    assert (delivery.state, delivery.error) == (DeliveryState.HELD, "unauthenticated")
    assert (desk.tickets(), desk.letters()) == ([], [])


def test_proved_mail_opens_a_ticket_where_unproved_mail_waits(desk: Desk) -> None:
    desk.add(a_customer())
    delivery = desk.with_desk(unauthenticated="review").walk(a_mail(), authentication=PASSED)
    assert delivery.disposition == "open-ticket"


def test_unproved_alarm_waits_too_where_so_set(desk: Desk) -> None:
    desk.add(a_customer())
    assert desk.with_desk(unauthenticated="review").walk(alarm(1)).state == DeliveryState.HELD


def test_unproved_mail_opens_a_ticket_by_default(desk: Desk) -> None:
    assert desk.pipeline.desk.unauthenticated == "ticket"
    assert desk.walk(a_mail()).disposition == "open-ticket"


def test_every_mail_of_three_floods_and_a_crowd_is_found_once(desk: Desk) -> None:
    desk.add(a_customer())
    sent = set()
    for number in range(60):
        name, kind = (f"m{number}@harbour.example", number % 4)
        if kind == 3:
            raw = a_mail(f"The {chr(97 + number % 26) * 5} does not work.\n", subject="Help", message_id=name)
        else:
            raw = a_mail(f"Run {number} of job {'abc'[kind]} failed.\n", subject=f"Job {'abc'[kind]} {number}", message_id=name,
                         sender=f"cron{kind}@harbour.example", Auto_Submitted="auto-generated")  # fmt: skip
        desk.receive(raw, reverse_path="cron@harbour.example")
        sent.add(name)
    desk.file()
    with desk.services.reading() as session:
        found = list(session.scalars(sa.select(Message.message_id)))
    assert (len(found), set(found)) == (60, sent)
    assert len(desk.tickets()) == 3 * 4 + 15


# What counts as the same.


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=2))
def test_numbers_never_make_mail_differ(numbers: list[int]) -> None:
    one, other = (gist(f"Job {n} failed", f"Run id-{n} ended with {n}, trace a{n}f") for n in numbers)
    assert one == other


@given(st.text(alphabet="abcdefghijklmnop 中文字", min_size=1), st.text(alphabet="qrsuvwxyz丙丁", min_size=3))
def test_other_words_always_make_mail_differ(text: str, more: str) -> None:
    assert gist("Alarm", text) != gist("Alarm", f"{text} {more}")


def test_limits_are_settings(desk: Desk) -> None:
    limits = replace(desk.pipeline.desk.limits, alike=2)
    desk.add(a_customer())
    quick = desk.with_desk(limits=limits)
    quick.walk(alarm(1), reverse_path=ROBOT)
    assert quick.walk(alarm(2), reverse_path=ROBOT).disposition == "group"


# What engineers see of a letter that was not written.


def kinds(desk: Desk, ticket_id: int) -> list[str]:
    return [event.kind for event in desk.events(ticket_id)]


def test_sixth_request_of_an_hour_says_that_nobody_acknowledged_it(desk: Desk) -> None:
    for number in range(6):
        desk.walk(a_mail(f"Request {number} is about page {number}.\n", message_id=f"r{number}@else.example",
                         subject=f"Request {number}", sender="eve@else.example"), reverse_path="eve@else.example")  # fmt: skip
    assert len(desk.letters("acknowledgement")) == 5
    assert "unacknowledged" not in kinds(desk, 1005)
    assert "unacknowledged" in kinds(desk, 1006)


def test_request_under_the_brake_of_a_flood_says_that_nobody_acknowledged_it(desk: Desk) -> None:
    braked = desk.with_desk(limits=Limits(sender=3))
    for word in ("login", "billing", "report"):
        braked.walk(
            a_mail(f"The {word} does not work.\n", subject=word, message_id=f"{word}@harbour.example")
        )
    assert len(desk.letters("acknowledgement")) == 2
    assert ["unacknowledged" in kinds(desk, ticket.id) for ticket in desk.tickets()] == [False, False, True]


def test_automatic_mail_that_is_never_acknowledged_says_nothing_of_it(desk: Desk) -> None:
    sends(desk, 22)
    assert not any("unacknowledged" in kinds(desk, ticket.id) for ticket in desk.tickets())


def test_log_stays_chained_where_an_acknowledgement_was_withheld(desk: Desk) -> None:
    for number in range(6):
        desk.walk(a_mail(f"Request {number}.\n", message_id=f"r{number}@else.example"))
    tally = chains.Tally()
    assert list(chains.breaks(desk.services.sessions, tally)) == []
    assert tally.tickets == 6
