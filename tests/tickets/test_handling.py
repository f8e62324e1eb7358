"""What engineers do to tickets, and what their customers are told of it (P1, P4)."""

from __future__ import annotations

import pytest

from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.store.models import Engineer
from gateway.tickets import Refused, handling, intake
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
