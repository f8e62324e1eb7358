"""Reports of mail: what ties one to a letter, and what they mean for the address, its letters and its tickets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gateway.mail.message import Bounce
from gateway.store.models import Engineer, MailReport, Outbox, Suppression
from gateway.store.queries import suppression
from gateway.tickets import handling, returns, suppressing
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import MONDAY, Desk
from tests.letters import drain
from tests.tickets.test_returns import Answers

LI = "li@harbour.example"


@pytest.fixture
def busy(desk: Desk) -> Iterator[Desk]:
    """A desk with five tickets of Li's, whose acknowledgements have been sent."""
    desk.add(a_customer(), an_engineer())
    for number in range(5):
        desk.clock.pass_(minutes=30)
        words = f"{'abcde'[number]} " * 5
        desk.walk(a_mail(f"About {words}.\n", message_id=f"m{number}@harbour.example"), authentication=PASSED)
    with desk.services.transaction() as session:
        session.execute(sa.update(Outbox).values(state="sent", results={LI: "250 taken"}, recipients=[]))
    yield desk


def report(desk: Desk, letter: Outbox, *, status: str = "5.1.1", action: str = "failed", path: bool = False,
           recipient: str = LI, message_id: str = "") -> int | None:  # fmt: skip
    with desk.services.transaction() as session:
        named = message_id or ("" if path else letter.message_id)
        bounce = Bounce(recipient, status, action, "no", named)
        where = letter.reverse_path if path else ""
        return returns.record_bounce(session, desk.head, bounce, path=where, at=desk.clock())


def resting(desk: Desk, address: str = LI) -> Suppression | None:
    with desk.services.reading() as session:
        return suppression.active(session, [address], desk.clock()).get(address)


def reports(desk: Desk) -> list[MailReport]:
    with desk.services.reading() as session:
        return list(session.scalars(sa.select(MailReport).order_by(MailReport.id)))


def test_hard_failure_at_the_letters_own_path_suppresses_for_thirty_days(busy: Desk) -> None:
    assert report(busy, busy.letters()[0], path=True) == 1001
    row = resting(busy)
    assert row is not None
    assert (row.reason, row.until) == ("hard", busy.clock() + timedelta(days=30))
    busy.clock.pass_(days=30)
    assert resting(busy) is None


def test_hard_failure_by_message_id_needs_a_second_letter(busy: Desk) -> None:
    first, second, *_ = busy.letters()
    report(busy, first)
    report(busy, first)
    assert resting(busy) is None
    report(busy, second)
    row = resting(busy)
    assert row is not None
    assert row.reason == "hard"


def test_four_soft_failures_suppress_nothing_and_the_fifth_for_a_day(busy: Desk) -> None:
    for letter in busy.letters()[:4]:
        report(busy, letter, status="5.2.2", path=True)
    assert resting(busy) is None
    report(busy, busy.letters()[4], status="5.7.1", path=True)
    row = resting(busy)
    assert row is not None
    assert (row.reason, row.until) == ("soft", busy.clock() + timedelta(days=1))


def test_soft_failures_of_more_than_a_week_ago_count_no_more(busy: Desk) -> None:
    for letter in busy.letters():
        busy.clock.pass_(days=2)
        report(busy, letter, status="4.2.2", path=True)
    assert resting(busy) is None


def test_complaint_suppresses_until_somebody_lifts_it(busy: Desk) -> None:
    report(busy, busy.letters()[0], action="complained", status="", recipient="")
    busy.clock.pass_(days=3000)
    row = resting(busy)
    assert row is not None
    assert (row.reason, row.until) == ("complaint", None)
    with busy.services.transaction() as session:
        engineer = session.scalars(sa.select(Engineer)).one()
        suppressing.lift(session, row.id, author=engineer, at=busy.clock())
    assert resting(busy) is None


def test_what_was_reported_before_a_release_counts_no_more(busy: Desk) -> None:
    first, second, third, *_ = busy.letters()
    report(busy, first)
    report(busy, second)
    row = resting(busy)
    assert row is not None
    with busy.services.transaction() as session:
        engineer = session.scalars(sa.select(Engineer)).one()
        suppressing.lift(session, row.id, author=engineer, at=busy.clock())
    busy.clock.pass_(hours=1)
    report(busy, third)
    assert resting(busy) is None


def test_complaint_takes_no_letter_back(busy: Desk) -> None:
    report(busy, busy.letters()[0], action="complained", status="", recipient=LI)
    assert {letter.state for letter in busy.letters()} == {"sent"}


def test_delay_is_kept_and_suppresses_nothing(busy: Desk) -> None:
    for letter in busy.letters():
        report(busy, letter, action="delayed", status="4.4.1", path=True)
    assert resting(busy) is None
    assert [each.action for each in reports(busy)] == ["delayed"] * 5


@pytest.mark.parametrize(
    ("message_id", "recipient"),
    [("never@desk.example", LI), ("", "eve@else.example"), ("", "")],
)
def test_forged_report_does_nothing_and_is_kept(busy: Desk, message_id: str, recipient: str) -> None:
    before = [(letter.state, letter.last_reply) for letter in busy.letters()]
    for letter in busy.letters():
        assert report(busy, letter, recipient=recipient, message_id=message_id) is None
    assert [(letter.state, letter.last_reply) for letter in busy.letters()] == before
    assert (resting(busy), resting(busy, "eve@else.example")) == (None, None)
    assert {(each.proof, each.outbox_id) for each in reports(busy)} == {("none", None)}


def test_report_to_a_path_that_was_never_ours_does_nothing(busy: Desk) -> None:
    with busy.services.transaction() as session:
        forged = f"support+b{'a' * 26}@desk.example"
        bounce = Bounce(LI, "5.1.1", "failed", "no", "")
        assert returns.record_bounce(session, busy.head, bounce, path=forged, at=busy.clock()) is None
    assert resting(busy) is None


def test_mail_that_was_passed_on_and_failed_elsewhere_is_its_readers_failure(busy: Desk) -> None:
    report(busy, busy.letters()[0], path=True, recipient="inner@backend.example")
    assert [each.address for each in reports(busy)] == [LI]


def test_refusals_by_the_next_server_count_as_proofs(desk: Desk) -> None:
    desk.add(a_customer())
    for number in range(2):
        desk.walk(
            a_mail(f"{'ab'[number]} " * 9, message_id=f"m{number}@harbour.example"), authentication=PASSED
        )
        desk.clock.pass_(hours=1)
        drain(desk, Answers(550, "5.1.1 no such user"))
    row = resting(desk)
    assert row is not None
    assert [each.proof for each in reports(desk)] == ["smtp", "smtp"]


def test_engineers_address_is_never_suppressed(busy: Desk) -> None:
    report(busy, busy.letters()[0], path=True)
    with busy.services.transaction() as session:
        session.execute(sa.update(Engineer).values(email="eng@harbour.example"))
        session.execute(sa.update(Outbox).values(results={"eng@harbour.example": "250 taken"}))
    report(busy, busy.letters()[1], path=True, recipient="eng@harbour.example")
    assert resting(busy, "eng@harbour.example") is None


def test_suppressed_address_gets_no_automatic_letter_and_its_ticket_says_so(busy: Desk) -> None:
    report(busy, busy.letters()[0], path=True)
    busy.walk(a_mail("Something else.\n", message_id="m9@harbour.example"), authentication=PASSED)
    letter = busy.letters("acknowledgement")[-1]
    assert (letter.ticket_id, letter.state, letter.recipients) == (1006, "cancelled", [])
    assert letter.last_reply == "withheld: suppressed-hard"


def test_persons_reply_to_a_suppressed_address_is_tried(busy: Desk) -> None:
    report(busy, busy.letters()[0], path=True)
    with busy.services.transaction() as session:
        engineer = session.scalars(sa.select(Engineer)).one()
        handling.reply(session, busy.head, 1001, author=engineer, text="Try again.", at=busy.clock())
    assert [letter.state for letter in busy.letters("reply")] == ["pending"]


def test_report_never_causes_mail_to_anybody_outside(busy: Desk) -> None:
    before = len(busy.letters())
    for path in (True, False):
        for letter in busy.letters():
            report(busy, letter, path=path)
    assert len(busy.letters()) == before


def test_resolution_that_comes_back_hours_later_is_an_alarm_and_answered_nobody(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail(), authentication=PASSED)
    with desk.services.transaction() as session:
        handling.assign(session, desk.head, 1001, author=engineer, assignee_id=engineer.id, at=desk.clock())
        handling.change_status(session, desk.head, 1001, author=engineer, status=handling.Status.RESOLVED,
                               text="Done.", at=desk.clock())  # fmt: skip
    drain(desk, Answers(250))
    assert desk.tickets()[0].first_response_at == MONDAY
    desk.clock.pass_(hours=9)
    (letter,) = desk.letters("reply")
    report(desk, letter, path=True)
    assert "reply-refused" in [event.kind for event in desk.events(1001)]
    assert [each.first_recipient for each in desk.letters("engineer-undelivered")] == [engineer.email]
    assert desk.tickets()[0].first_response_at is None


def test_report_on_a_letter_of_a_closed_ticket_is_kept_and_leaves_it_closed(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail(), authentication=PASSED)
    with desk.services.transaction() as session:
        for status in (handling.Status.RESOLVED, handling.Status.CLOSED):
            handling.change_status(session, desk.head, 1001, author=engineer, status=status, text="Done.",
                                   at=desk.clock())  # fmt: skip
    drain(desk, Answers(250))
    desk.clock.pass_(hours=9)
    assert report(desk, desk.letters("reply")[0], path=True) == 1001
    assert (desk.tickets()[0].status, len(reports(desk))) == ("closed", 1)
