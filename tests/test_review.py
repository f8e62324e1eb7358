"""What a person decides about mail that waited for one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway import review
from gateway.domain.lifecycle import Status
from gateway.store.models import Engineer, Message
from gateway.tickets import Refused, handling
from tests.builders import FAILED, a_customer, a_mail, an_engineer
from tests.databases import MONDAY, Desk
from tests.inbound.test_pipeline import signed


@pytest.fixture
def engineer(desk: Desk) -> Engineer:
    """Who asked the customer of ticket 1001, and was answered an hour later by a mail that is held."""
    made = an_engineer()
    desk.add(a_customer(), made)
    desk.walk(a_mail())
    with desk.services.transaction() as session:
        handling.reply(session, desk.head, 1001, author=made, text="Since when?", then=Status.WAITING_CUSTOMER,
                       at=desk.clock())  # fmt: skip
    desk.clock.pass_(hours=1)
    answer = a_mail("Since noon.\n", message_id="m2@harbour.example")
    desk.walk(answer, to=signed(1001), authentication=FAILED)
    desk.clock.pass_(hours=5)
    return made


def release(desk: Desk, engineer: Engineer) -> None:
    with desk.services.transaction() as session:
        review.release(session, desk.head, desk.messages(1001)[-1].id, author=engineer, at=desk.clock())


def test_released_answer_ends_the_wait_when_it_came_and_not_when_somebody_looked(
    desk: Desk, engineer: Engineer
) -> None:
    due_at = desk.tickets()[0].resolution_due_at

    release(desk, engineer)

    (ticket,) = desk.tickets()
    assert (ticket.status, ticket.resolution_due_at) == (Status.OPEN, due_at + timedelta(hours=1))
    assert desk.events(1001)[-1].at == MONDAY + timedelta(hours=1)


def test_change_of_status_by_a_released_message_is_told(desk: Desk, engineer: Engineer) -> None:
    release(desk, engineer)

    (letter,) = desk.letters("status")
    assert letter.recipients == ["li@harbour.example"]


def test_message_is_released_once_though_two_ask_at_the_same_time(desk: Desk, engineer: Engineer) -> None:
    held = desk.messages(1001)[-1]
    with desk.services.sessions() as late:
        seen = late.get(Message, held.id)
        late.commit()
        release(desk, engineer)
        with pytest.raises(Refused, match="not held"):
            review.release(late, desk.head, held.id, author=engineer, at=desk.clock())

    assert seen is not None
