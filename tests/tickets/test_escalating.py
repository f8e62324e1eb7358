"""Asking for escalation, by whichever way, and acknowledging what called (P5)."""

from __future__ import annotations

from email import policy
from email.parser import BytesParser

import pytest

from gateway import review, secrets
from gateway.domain.lifecycle import Status
from gateway.store.models import DeliveryState, Outbox
from gateway.tickets import NotFound, Refused, escalating, handling
from tests.builders import FAILED, PASSED, a_mail
from tests.databases import SECRET, Desk
from tests.office import FIRST, Office

ESCALATE = "Please escalate this ticket to your manager.\n"
FROM_CHEN = "Chen Wei <chen@desk.example>"
OURS = type(PASSED)(PASSED.spf, PASSED.dkim, PASSED.dmarc, "desk.example", "door")


@pytest.fixture
def office(desk: Desk) -> Office:
    made = Office(desk)
    made.assign(made.chen)
    return made


def signed(ticket_id: int = 1001) -> str:
    return f"support+{secrets.reply_detail(SECRET, ticket_id)}@desk.example"


def body(letter: Outbox) -> str:
    part = BytesParser(policy=policy.default).parsebytes(letter.content).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def asks(office: Office, number: int = 2, **how: object) -> None:
    """The customer asks for escalation by mail."""
    mail = a_mail(f"{ESCALATE}{number}\n", message_id=f"m{number}@harbour.example")
    office.desk.walk(mail, **({"to": signed(), "authentication": PASSED} | how))


def answers(office: Office, text: str = "I have it.\n", **how: object) -> object:
    """Chen answers the last letter that called engineers."""
    last = [each for each in office.desk.letters() if each.letter.startswith("engineer-")][-1]
    fields = {"sender": FROM_CHEN, "message_id": "a1@desk.example", "in_reply_to": last.message_id}
    mail = a_mail(text, subject=f"Re: {last.subject}", **(fields | how.pop("fields", {})))  # type: ignore[operator]
    return office.desk.walk(mail, **({"reverse_path": "chen@desk.example", "authentication": OURS} | how))


# Asking.


def test_customer_who_asks_in_words_is_answered_with_who_was_told(office: Office) -> None:
    asks(office)
    (letter,) = office.desk.letters("escalated")
    assert letter.recipients == ["li@harbour.example"]
    assert "We told Chen Wei (assignee), Guo Ping (team lead), Wu Lan (management) at once." in body(letter)
    assert letter.promise == "at-least-once"


def test_everybody_of_the_ladder_is_told_at_once_that_the_customer_asks(office: Office) -> None:
    asks(office)
    assert sorted(office.told("engineer-asked")) == ["chen", "guo", "wu"]
    (asked,) = office.events("escalation-asked")
    assert office.names(asked.data["told"]) == ["chen", "guo", "wu"]
    assert (asked.actor, asked.data["message"]) == ("customer", office.desk.messages(1001)[-1].id)


def test_who_asks_twice_within_the_hour_is_logged_twice_and_answered_once(office: Office) -> None:
    asks(office, 2)
    office.desk.clock.pass_(minutes=59)
    asks(office, 3)
    assert len(office.desk.letters("escalated")) == 1
    assert len(office.told("engineer-asked")) == 3
    second = office.events("escalation-asked")[1]
    assert second.data["again"] is True
    assert office.names(second.data["told"]) == ["chen", "guo", "wu"]


def test_who_asks_again_after_an_hour_is_answered_again(office: Office) -> None:
    asks(office, 2)
    office.desk.clock.pass_(minutes=60)
    asks(office, 3)
    assert len(office.desk.letters("escalated")) == 2
    assert len(office.told("engineer-asked")) == 6


def test_who_asks_again_after_somebody_acknowledged_is_told_again_but_answered_once_an_hour(
    office: Office,
) -> None:
    asks(office, 2)
    office.desk.clock.pass_(minutes=10)
    office.acknowledge(office.chen)
    office.desk.clock.pass_(minutes=10)
    asks(office, 3)
    assert len(office.told("engineer-asked")) == 6
    assert len(office.desk.letters("escalated")) == 1


def test_mail_that_only_claims_to_be_the_customers_tells_nobody(office: Office) -> None:
    asks(office, authentication=FAILED)
    assert office.told("engineer-asked") == []
    assert office.desk.letters("escalated") == []
    assert [event.kind for event in office.events("escalation-asked", "escalation-claimed")] == [
        "escalation-claimed"
    ]


def test_held_wish_tells_people_once_an_engineer_lets_it_stand_as_the_customers(office: Office) -> None:
    asks(office, authentication=FAILED)
    held = office.desk.messages(1001)[-1]
    with office.desk.services.transaction() as session:
        review.release(session, office.desk.head, held.id, author=office.chen, at=office.desk.clock())
    assert sorted(office.told("engineer-asked")) == ["chen", "guo", "wu"]
    assert len(office.desk.letters("escalated")) == 1


def test_machine_asks_for_nothing(office: Office) -> None:
    asks(office, reverse_path="")
    assert office.told("engineer-asked") == []
    assert office.desk.letters("escalated") == []


def test_acknowledgement_of_a_ticket_opened_with_the_wish_says_who_was_told(desk: Desk) -> None:
    made = Office(desk)
    desk.walk(a_mail(ESCALATE, message_id="m9@harbour.example"), authentication=PASSED)
    letter = desk.letters("acknowledgement")[-1]
    assert letter.ticket_id == 1002
    assert "We told Guo Ping (team lead), Wu Lan (management) at once." in body(letter)
    assert desk.letters("escalated") == []
    assert made.told("engineer-asked") == ["guo", "wu"]


def test_acknowledgement_of_an_unproved_wish_says_nothing_of_it(desk: Desk) -> None:
    office = Office(desk)
    desk.walk(a_mail(ESCALATE, message_id="m9@harbour.example"))
    assert "escalation" not in body(desk.letters("acknowledgement")[-1]).split("##")[0].lower()
    assert office.told("engineer-asked") == []
    assert [event.kind for event in desk.events(1002)] == ["opened", "escalation-claimed"]


def test_engineers_own_wish_tells_the_others_and_not_the_customer(office: Office) -> None:
    with office.desk.services.transaction() as session:
        handling.escalate(
            session, office.desk.head, 1001, author=office.chen, reason="I need help.", at=office.desk.clock()
        )
    assert office.told("engineer-asked") == ["guo", "wu"]
    assert "Reason: I need help." in body(office.desk.letters("engineer-asked")[0])
    assert office.desk.letters("escalated") == []


def test_wish_of_an_engineer_does_not_stand_for_the_customers(office: Office) -> None:
    with office.desk.services.transaction() as session:
        handling.escalate(
            session, office.desk.head, 1001, author=office.chen, reason="", at=office.desk.clock()
        )
    office.desk.clock.pass_(minutes=5)
    asks(office)
    assert len(office.told("engineer-asked")) == 5
    assert len(office.desk.letters("escalated")) == 1


def test_wish_on_a_desk_without_anybody_is_answered_truthfully(desk: Desk) -> None:
    office = Office(desk)
    office.leave(office.chen, office.lead, office.manager)
    asks(office)
    (letter,) = desk.letters("escalated")
    assert "marked on the ticket, where every engineer sees it" in body(letter)
    assert office.events("escalation-asked")[0].data["told"] == []


def test_link_asks_as_the_customer_and_answers_who_was_told(office: Office) -> None:
    with office.desk.services.transaction() as session:
        told = escalating.ask_by_link(
            session, office.desk.head, 1001, who="li@harbour.example", at=office.desk.clock()
        )
        assert [(each.engineer.name, each.role) for each in told] == [
            ("Chen Wei", "assignee"),
            ("Guo Ping", "lead"),
            ("Wu Lan", "management"),
        ]
    assert len(office.desk.letters("escalated")) == 1
    (asked,) = office.events("escalation-asked")
    assert (asked.actor, asked.words) == ("customer", "li@harbour.example")
    assert "li@harbour.example" not in str(asked.data)


def test_link_pressed_twice_still_names_who_was_told(office: Office) -> None:
    for _ in range(2):
        with office.desk.services.transaction() as session:
            told = escalating.ask_by_link(
                session, office.desk.head, 1001, who="li@harbour.example", at=office.desk.clock()
            )
            assert [each.engineer.name for each in told] == ["Chen Wei", "Guo Ping", "Wu Lan"]
        office.desk.clock.pass_(minutes=1)
    assert len(office.told("engineer-asked")) == 3


def test_link_of_a_closed_ticket_asks_nothing(office: Office) -> None:
    office.reply(then=Status.RESOLVED)
    with office.desk.services.transaction() as session:
        handling.change_status(
            session, office.desk.head, 1001, author=office.chen, status=Status.CLOSED, at=office.desk.clock()
        )
    with pytest.raises(Refused), office.desk.services.transaction() as session:
        escalating.ask_by_link(session, office.desk.head, 1001, who="x", at=office.desk.clock())
    assert office.told("engineer-asked") == []


# Acknowledging by mail.


def test_engineers_answer_to_an_alarm_acknowledges_it_and_is_kept_as_a_work_note(office: Office) -> None:
    office.at(FIRST / 2)
    office.fire()
    delivery = answers(office)
    assert (delivery.rule, delivery.disposition) == ("acknowledgement", "acknowledge")  # type: ignore[attr-defined]
    (acknowledged,) = office.events("acknowledged")
    assert (acknowledged.actor, acknowledged.data["by"]) == (f"engineer:{office.chen.id}", "mail")
    note = office.desk.messages(1001)[-1]
    assert (note.direction, note.engineer_id, note.new_text.strip()) == ("note", office.chen.id, "I have it.")


def test_engineers_answer_to_the_signed_address_without_a_thread_acknowledges(office: Office) -> None:
    office.at(FIRST / 2)
    office.fire()
    answers(office, to=signed(), fields={"in_reply_to": ""})
    assert len(office.events("acknowledged")) == 1


def test_answer_of_an_engineer_is_never_an_answer_to_the_customer(office: Office) -> None:
    office.at(FIRST / 2)
    office.fire()
    before = len(office.desk.letters())
    answers(office)
    (ticket,) = office.desk.tickets()
    assert len(office.desk.letters()) == before
    assert (ticket.first_response_at, ticket.status) == (None, Status.NEW)
    assert [event for event in office.events("reply", "customer-message")] == []


def test_letters_to_the_customer_do_not_answer_the_engineers_note(office: Office) -> None:
    office.at(FIRST / 2)
    office.fire()
    answers(office)
    office.reply()
    (letter,) = office.desk.letters("reply")
    headers = BytesParser(policy=policy.default).parsebytes(letter.content)
    assert headers["In-Reply-To"] == "<m1@harbour.example>"
    assert "a1@desk.example" not in str(headers["References"])


def test_answer_to_the_wish_of_a_customer_acknowledges_it(office: Office) -> None:
    asks(office)
    answers(office)
    assert len(office.events("acknowledged")) == 1


def test_unproved_answer_in_an_engineers_name_is_held_and_acknowledges_nothing(office: Office) -> None:
    office.at(FIRST / 2)
    office.fire()
    delivery = answers(office, authentication=FAILED)
    assert (delivery.rule, delivery.state) == ("impersonation", DeliveryState.HELD)  # type: ignore[attr-defined]
    assert office.events("acknowledged", "note") == []


def test_out_of_office_of_an_engineer_acknowledges_nothing(office: Office) -> None:
    office.at(FIRST / 2)
    office.fire()
    answers(office, "I am away until Monday.\n", to=signed(), fields={"Auto_Submitted": "auto-replied"})
    assert office.events("acknowledged") == []


def test_engineer_who_left_acknowledges_nothing(office: Office) -> None:
    office.at(FIRST / 2)
    office.fire()
    office.leave(office.chen)
    answers(office)
    assert office.events("acknowledged") == []


def test_customers_answer_with_the_message_id_of_an_alarm_acknowledges_nothing(office: Office) -> None:
    office.at(FIRST / 2)
    office.fire()
    answers(
        office,
        to=signed(),
        fields={"sender": "Li Na <li@harbour.example>", "message_id": "m7@harbour.example"},
        reverse_path="li@harbour.example",
        authentication=PASSED,
    )
    assert office.events("acknowledged") == []
    assert office.desk.messages(1001)[-1].direction == "inbound"


def test_second_answer_is_a_note_and_acknowledges_nothing_more(office: Office) -> None:
    office.at(FIRST / 2)
    office.fire()
    answers(office)
    office.desk.clock.pass_(minutes=1)
    answers(office, "And I called them.\n", fields={"message_id": "a2@desk.example"})
    assert len(office.events("acknowledged")) == 1
    assert len(office.events("note")) == 2


def test_answer_after_the_ticket_was_closed_is_kept_as_a_note(office: Office) -> None:
    office.at(FIRST / 2)
    office.fire()
    office.reply(then=Status.RESOLVED)
    with office.desk.services.transaction() as session:
        handling.change_status(
            session, office.desk.head, 1001, author=office.chen, status=Status.CLOSED, at=office.desk.clock()
        )
    answers_to = [each for each in office.desk.letters("engineer-alarm")][-1]
    office.desk.walk(
        a_mail("Done.\n", sender=FROM_CHEN, message_id="a9@desk.example", in_reply_to=answers_to.message_id),
        reverse_path="chen@desk.example", authentication=OURS,
    )  # fmt: skip
    assert office.events("acknowledged") == []
    assert office.desk.messages(1001)[-1].direction == "note"
    assert [ticket.status for ticket in office.desk.tickets()] == [Status.CLOSED]


# Acknowledging on the page.


def test_acknowledging_what_nobody_called_for_does_nothing(office: Office) -> None:
    assert not office.acknowledge(office.chen)
    assert office.events("acknowledged") == []


def test_acknowledging_a_ticket_that_does_not_exist_is_refused(office: Office) -> None:
    with pytest.raises(NotFound), office.desk.services.transaction() as session:
        escalating.acknowledge(
            session, office.desk.head, 4711, author=office.chen, by="page", at=office.desk.clock()
        )


def test_rung_whose_target_was_met_since_waits_for_nobody(office: Office) -> None:
    office.at(FIRST / 2)
    office.fire()
    office.reply()
    office.desk.clock.pass_(minutes=1)
    assert not office.acknowledge(office.chen)
