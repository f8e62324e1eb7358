"""What engineers do to tickets, and what their customers are told of it (P1, P4)."""

from __future__ import annotations

import pytest

from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.store.models import Engineer, Outbox, OutboxState
from gateway.tickets import Refused, handling, intake, returns
from tests.builders import a_customer, a_mail, an_engineer
from tests.databases import Desk

UNFIT = [
    "no address",
    "@desk.example",
    "li na@desk.example",
    "li@desk.example\nBcc: eve@else.example",
    "li@a\x00b",
]


@pytest.fixture
def engineer(desk: Desk) -> Engineer:
    """Somebody at work on ticket 1001, which is new."""
    made = an_engineer()
    desk.add(a_customer(), made)
    desk.walk(a_mail())
    return made


def test_change_of_status_made_by_a_plain_reply_is_told_in_it(desk: Desk, engineer: Engineer) -> None:
    for text in ("We look into it.", "It takes a while."):
        with desk.services.transaction() as session:
            handling.reply(session, desk.head, 1001, author=engineer, text=text, at=desk.clock())

    first, second = (letter.content.decode() for letter in desk.letters("reply"))
    assert desk.tickets()[0].status == Status.OPEN
    assert "Ticket HD-1001, In progress." in first
    assert "Ticket HD-1001. To answer" in second


def ask(desk: Desk, engineer: Engineer) -> None:
    with desk.services.transaction() as session:
        handling.reply(session, desk.head, 1001, author=engineer, text="Which page?", then=Status.WAITING_CUSTOMER,
                       at=desk.clock())  # fmt: skip


def moves(desk: Desk) -> list[tuple[str, str, str]]:
    found = [event.data for event in desk.events(1001) if event.kind == "status"]
    return [(each["from"], each["to"], each["cause"]) for each in found]


def test_question_on_a_ticket_that_waits_by_hand_begins_a_wait(desk: Desk, engineer: Engineer) -> None:
    with desk.services.transaction() as session:
        handling.change_status(
            session, desk.head, 1001, author=engineer, status=Status.WAITING_CUSTOMER, at=desk.clock()
        )
    assert desk.tickets()[0].rests_since is None
    asked_at = desk.clock.pass_(minutes=5)
    ask(desk, engineer)
    assert desk.tickets()[0].rests_since == asked_at + desk.head.undo
    assert moves(desk)[1:] == [("waiting-customer", "waiting-customer", "reply")]


def test_second_question_begins_no_second_wait(desk: Desk, engineer: Engineer) -> None:
    ask(desk, engineer)
    since = desk.tickets()[0].rests_since
    desk.clock.pass_(minutes=5)
    ask(desk, engineer)
    assert (desk.tickets()[0].rests_since, len(moves(desk))) == (since, 1)


def test_question_after_a_refused_one_begins_a_wait(desk: Desk, engineer: Engineer) -> None:
    ask(desk, engineer)
    letter = desk.letters("reply")[0]
    desk.clock.pass_(minutes=1)
    with desk.services.transaction() as session:
        session.get_one(Outbox, letter.id).state = OutboxState.FAILED
        session.flush()
        returns.letter_refused(session, desk.head, letter.id, at=desk.clock())
    assert desk.tickets()[0].rests_since is None
    asked_at = desk.clock.pass_(minutes=5)
    ask(desk, engineer)
    assert desk.tickets()[0].rests_since == asked_at + desk.head.undo


@pytest.mark.parametrize("address", UNFIT)
def test_address_no_letter_can_go_to_takes_no_part(desk: Desk, engineer: Engineer, address: str) -> None:
    with pytest.raises(Refused), desk.services.transaction() as session:
        handling.add_participant(
            session, desk.head, 1001, author=engineer, person=Mailbox("", address), at=desk.clock()
        )

    with desk.services.transaction() as session:
        handling.reply(session, desk.head, 1001, author=engineer, text="Restarted.", at=desk.clock())


@pytest.mark.parametrize("address", UNFIT)
def test_ticket_is_not_opened_for_an_address_no_letter_can_go_to(
    desk: Desk, engineer: Engineer, address: str
) -> None:
    request = intake.Request(None, Mailbox("Li Na", address), "Report page", "It is slow.", Priority.LOW)

    with pytest.raises(Refused), desk.services.transaction() as session:
        intake.open_by_hand(session, desk.head, request, author=engineer, at=desk.clock())
