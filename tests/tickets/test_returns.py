"""What a returned letter does to its ticket, and what sending it again does (P1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from gateway import review
from gateway.mail.message import Bounce
from gateway.store.models import Engineer, Outbox
from gateway.tickets import handling, returns
from gateway.transport import Reply
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import MONDAY, Desk
from tests.letters import drain

LI, OPS = "li@harbour.example", "ops@harbour.example"


class Answers:
    """A next server that gives each recipient and each content the same answer."""

    def __init__(self, code: int) -> None:
        self.code, self.recipients = code, [""]

    def offer(self, reverse_path: str, recipients: Sequence[str], content: bytes) -> Mapping[str, Reply]:
        self.recipients = list(recipients)
        return {each: Reply(self.code, "so it is") for each in recipients}

    def transfer(self, content: bytes) -> Reply:
        return Reply(self.code, "so it is")

    def close(self) -> None:
        pass


@pytest.fixture
def engineer(desk: Desk) -> Engineer:
    """Who has answered ticket 1001, at its opening, to its requester and a colleague copied in."""
    made = an_engineer()
    desk.add(a_customer(), made)
    desk.walk(a_mail(cc=OPS), authentication=PASSED)
    with desk.services.transaction() as session:
        handling.reply(session, desk.head, 1001, author=made, text="We look into it.", at=desk.clock())
    return made


def returned(desk: Desk, recipient: str, action: str = "failed") -> Outbox:
    (letter,) = desk.letters("reply")
    with desk.services.transaction() as session:
        bounce = Bounce(recipient, "5.1.1", action, "no such user", letter.message_id)
        returns.record_bounce(session, desk.head, bounce, at=desk.clock())
    return desk.letters("reply")[0]


def kinds(desk: Desk) -> list[str]:
    return [event.kind for event in desk.events(1001)]


def test_letter_returned_by_one_of_two_was_sent_and_answers(desk: Desk, engineer: Engineer) -> None:
    drain(desk, Answers(250))

    letter = returned(desk, OPS.upper())

    assert (letter.state, letter.results[LI]) == ("sent", "250 so it is")
    assert desk.tickets()[0].first_response_at == MONDAY
    assert (kinds(desk)[-1], desk.events(1001)[-1].data["end"]) == ("letter", "partly-refused")


def test_letter_returned_by_everybody_answered_nobody(desk: Desk, engineer: Engineer) -> None:
    drain(desk, Answers(250))

    returned(desk, OPS)
    letter = returned(desk, LI)

    assert letter.state == "failed"
    assert desk.tickets()[0].first_response_at is None


def test_notice_of_delay_takes_nothing_back(desk: Desk, engineer: Engineer) -> None:
    drain(desk, Answers(250))

    returned(desk, OPS, "delayed")
    letter = returned(desk, LI, "delayed")

    assert (letter.state, set(letter.results.values())) == ("sent", {"250 so it is"})


def test_notice_for_somebody_the_letter_never_went_to_does_nothing(desk: Desk, engineer: Engineer) -> None:
    drain(desk, Answers(250))

    assert returned(desk, "eve@else.example").last_reply == "250 so it is"


def test_refused_reply_sent_again_goes_to_all_it_missed_and_answers_from_then_on(
    desk: Desk, engineer: Engineer
) -> None:
    drain(desk, Answers(550))
    (letter,) = desk.letters("reply")
    desk.clock.pass_(minutes=30)
    with desk.services.transaction() as session:
        review.retry(session, desk.head, letter.id, author=engineer, at=desk.clock())
    takes = Answers(250)
    drain(desk, takes)

    (letter,) = desk.letters("reply")
    assert (letter.state, letter.maybe_twice, takes.recipients) == ("sent", False, [LI, OPS])
    assert desk.tickets()[0].first_response_at == MONDAY + timedelta(minutes=30)
