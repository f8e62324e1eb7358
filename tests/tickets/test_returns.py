"""What a returned letter does to its ticket, and what sending it again does (P1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa

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

    def __init__(self, code: int, text: str = "so it is") -> None:
        self.code, self.text, self.recipients = code, text, [""]

    def offer(self, reverse_path: str, recipients: Sequence[str], content: bytes) -> Mapping[str, Reply]:
        self.recipients = list(recipients)
        return {each: Reply(self.code, self.text) for each in recipients}

    def transfer(self, content: bytes) -> Reply:
        return Reply(self.code, self.text)

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


def copies(desk: Desk) -> dict[str, Outbox]:
    """The copies of the reply by reader."""
    return {letter.first_recipient: letter for letter in desk.letters("reply")}


def returned(desk: Desk, recipient: str, action: str = "failed", *, of: str = "") -> Outbox:
    """A notice that a copy did not reach somebody; the copy as it stands then."""
    letter = copies(desk)[of or recipient.lower()]
    with desk.services.transaction() as session:
        bounce = Bounce(recipient, "5.1.1", action, "no such user", letter.message_id)
        returns.record_bounce(session, desk.head, bounce, at=desk.clock())
    return copies(desk)[letter.first_recipient]


def kinds(desk: Desk) -> list[str]:
    return [event.kind for event in desk.events(1001)]


def test_copy_returned_by_one_of_two_failed_and_the_other_answers(desk: Desk, engineer: Engineer) -> None:
    drain(desk, Answers(250))

    letter = returned(desk, OPS.upper())

    assert (letter.state, copies(desk)[LI].state) == ("failed", "sent")
    assert desk.tickets()[0].first_response_at == MONDAY
    assert (kinds(desk)[-1], desk.events(1001)[-1].data["end"]) == ("letter", "partly-refused")


def test_letter_returned_by_everybody_answered_nobody(desk: Desk, engineer: Engineer) -> None:
    drain(desk, Answers(250))

    returned(desk, OPS)
    letter = returned(desk, LI)

    assert letter.state == "failed"
    assert desk.tickets()[0].first_response_at is None


def test_copy_refused_before_the_other_was_tried_does_not_yet_say_that_nobody_was_answered(
    desk: Desk, engineer: Engineer
) -> None:
    refused = copies(desk)[OPS]
    with desk.services.transaction() as session:
        session.execute(sa.update(Outbox).where(Outbox.id == refused.id).values(state="failed"))
        returns.letter_refused(session, desk.head, refused.id, at=desk.clock())

    assert desk.tickets()[0].first_response_at == MONDAY


def test_notice_of_delay_takes_nothing_back(desk: Desk, engineer: Engineer) -> None:
    drain(desk, Answers(250))

    for who in (OPS, LI):
        letter = returned(desk, who, "delayed")
        assert (letter.state, set(letter.results.values())) == ("sent", {"250 so it is"})


def test_notice_for_somebody_the_letter_never_went_to_does_nothing(desk: Desk, engineer: Engineer) -> None:
    drain(desk, Answers(250))

    assert returned(desk, "eve@else.example", of=LI).last_reply == "250 so it is"


def test_refused_reply_sent_again_answers_from_then_on(desk: Desk, engineer: Engineer) -> None:
    drain(desk, Answers(550))
    assert desk.tickets()[0].first_response_at is None
    desk.clock.pass_(minutes=30)
    with desk.services.transaction() as session:
        review.retry(session, desk.head, copies(desk)[LI].id, author=engineer, at=desk.clock())
    takes = Answers(250)
    drain(desk, takes)

    letter = copies(desk)[LI]
    assert (letter.state, letter.maybe_twice, takes.recipients) == ("sent", False, [LI])
    assert desk.tickets()[0].first_response_at == MONDAY + timedelta(minutes=30)
