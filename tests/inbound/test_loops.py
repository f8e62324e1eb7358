"""Machines that answer machines: no loop, no storm of letters, nothing sent to whoever did not write."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from gateway.store.models import Outbox
from gateway.tickets import handling
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import SUPPORT, Desk
from tests.inbound.test_faults import a_return

ROBOT = "support@other.example"


def answers_of_a_robot(desk: Desk, letter: Outbox, number: int, *, threads: bool) -> None:
    """Another helpdesk acknowledges a letter of ours, without any mark of a machine."""
    desk.walk(
        a_mail(
            f"Thank you for your request number {number}. We have opened case {number} for it.\n",
            subject=f"[case {number}] We have your request",
            sender=f"Other desk <{ROBOT}>",
            message_id=f"case-{number}@other.example",
            in_reply_to=letter.message_id if threads else "",
        ),
        reverse_path=ROBOT,
        authentication=PASSED,
    )


@pytest.mark.parametrize("threads", [True, False])
def test_two_helpdesks_stop_answering_each_other(desk: Desk, threads: bool) -> None:
    desk.walk(a_mail("We have a question.\n", sender=ROBOT), reverse_path=ROBOT)
    answered: set[int] = set()
    for number in range(30):
        unanswered = [letter for letter in desk.letters() if letter.id not in answered]
        if not unanswered:
            break
        answered.add(unanswered[0].id)
        desk.clock.pass_(seconds=10)
        answers_of_a_robot(desk, unanswered[0], number, threads=threads)
    assert [letter.id for letter in desk.letters() if letter.id not in answered] == []
    assert len(desk.letters()) <= (1 if threads else 5)


def test_two_helpdesks_stop_when_their_ticket_is_resolved(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(engineer)
    desk.walk(a_mail("We have a question.\n", sender=ROBOT), reverse_path=ROBOT)
    for number in range(20):
        with desk.services.transaction() as session:
            if desk.tickets()[0].status != "resolved":
                handling.reply(session, desk.head, 1001, author=engineer, text=f"It is {number}.",
                               then=handling.Status.RESOLVED, at=desk.clock())  # fmt: skip
        desk.clock.pass_(seconds=10)
        answers_of_a_robot(desk, desk.letters()[-1], number, threads=True)
    automatic = [letter for letter in desk.letters() if letter.letter != "reply"]
    assert len(automatic) <= 1 + 5


def test_returned_acknowledgement_opens_no_ticket_and_is_not_answered(desk: Desk) -> None:
    desk.walk(a_mail())
    (letter,) = desk.letters()
    with desk.services.transaction() as session:
        session.execute(sa.update(Outbox).values(state="sent"))
    delivery = desk.walk(a_return(letter), to=SUPPORT, reverse_path="")
    assert (delivery.rule, delivery.disposition, len(desk.tickets())) == ("bounce", "record-bounce", 1)
    assert [(each.id, each.state) for each in desk.letters()] == [(letter.id, "failed")]


def test_forged_return_of_a_letter_that_was_never_sent_there_does_nothing(desk: Desk) -> None:
    desk.walk(a_mail(sender="Eve <eve@else.example>"), reverse_path="eve@else.example")
    (letter,) = desk.letters()
    with desk.services.transaction() as session:
        session.execute(sa.update(Outbox).values(state="sent"))
    desk.walk(a_return(letter), to=SUPPORT, reverse_path="")
    assert [each.state for each in desk.letters()] == ["sent"]
    assert [event.kind for event in desk.events(1001)] == ["opened"]


@pytest.mark.parametrize("mark", ["Auto-Submitted", "X-Autoreply", "Subject"])
def test_absence_notice_on_a_ticket_is_kept_there_and_changes_nothing(desk: Desk, mark: str) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail())
    with desk.services.transaction() as session:
        handling.reply(session, desk.head, 1001, author=engineer, text="Which page?",
                       then=handling.Status.WAITING_CUSTOMER, at=desk.clock())  # fmt: skip
    before = len(desk.letters())
    told = {"Auto-Submitted": "auto-replied", "X-Autoreply": "yes"}
    fields = {mark.replace("-", "_"): told[mark]} if mark in told else {}
    subject = "Automatic reply: Report page slow" if mark == "Subject" else "Away"
    away = a_mail("I am away until Monday.\n", subject=subject, message_id="away@harbour.example",
                  in_reply_to=desk.letters("reply")[0].message_id, **fields)  # fmt: skip
    delivery = desk.walk(away)
    assert delivery.disposition == "append-automatic"
    assert (desk.tickets()[0].status, len(desk.letters())) == ("waiting-customer", before)


def test_mail_marked_auto_submitted_no_is_a_persons_and_acknowledged(desk: Desk) -> None:
    desk.walk(a_mail(Auto_Submitted="No", Precedence="normal"))
    assert [letter.letter for letter in desk.letters()] == ["acknowledgement"]


def test_reply_to_somebody_else_gets_them_no_letter(desk: Desk) -> None:
    desk.add(a_customer())
    desk.walk(a_mail(Reply_To="victim@else.example"))
    assert [letter.recipients for letter in desk.letters()] == [["li@harbour.example"]]


def test_asked_receipts_are_never_sent(desk: Desk) -> None:
    desk.walk(
        a_mail(Disposition_Notification_To="li@harbour.example", Return_Receipt_To="li@harbour.example")
    )
    (letter,) = desk.letters()
    assert letter.letter == "acknowledgement"
    assert b"disposition-notification" not in letter.content


@pytest.mark.parametrize(
    "fields",
    [
        {"List_Id": "<news.else.example>", "List_Unsubscribe": "<mailto:off@else.example>"},
        {"Precedence": "BULK"},
        {"Precedence": "list"},
    ],
)
def test_mail_of_a_list_is_not_answered(desk: Desk, fields: dict[str, str]) -> None:
    desk.walk(a_mail(**fields))
    assert desk.letters() == []


def test_our_own_letter_coming_back_is_kept_without_effect(desk: Desk) -> None:
    desk.walk(a_mail())
    (letter,) = desk.letters()
    for reverse_path in ("li@harbour.example", ""):
        delivery = desk.walk(letter.content, reverse_path=reverse_path)
        assert (delivery.rule, delivery.disposition) in {("loop", "keep"), ("duplicate", "keep")}
    assert (len(desk.tickets()), len(desk.letters())) == (1, 1)


def test_mail_that_went_round_a_hundred_times_is_kept_without_effect(desk: Desk) -> None:
    mail = EmailMessage()
    for number in range(100):
        mail["Received"] = f"from a{number}.example by b.example; Mon, 02 Mar 2026 01:00:00 +0000"
    mail["From"] = "li@harbour.example"
    mail["Subject"] = "Round"
    mail.set_content("Round and round.\n")
    delivery = desk.walk(mail.as_bytes().replace(b"\n", b"\r\n"))
    assert (delivery.rule, desk.tickets(), desk.letters()) == ("loop", [], [])


def test_all_automatic_letters_say_that_they_are(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer, an_engineer("Wu Lan", role="manager"))
    desk.walk(a_mail("Our production site is completely down.\n", subject="Production down"))
    with desk.services.transaction() as session:
        handling.change_status(
            session, desk.head, 1001, author=engineer, status=handling.Status.OPEN, at=desk.clock()
        )
    assert len(desk.letters()) == 3
    for letter in desk.letters():
        head = letter.content.partition(b"\r\n\r\n")[0]
        assert b"Auto-Submitted: auto-" in head
        assert letter.reverse_path == desk.head.return_path(letter.message_id)
    assert len({letter.reverse_path for letter in desk.letters()}) == 3
