"""Machines that answer machines: no loop, no storm of letters, nothing sent to whoever did not write."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from gateway.store.models import Delivery, MailReport, Outbox
from gateway.tickets import handling
from gateway.tickets.restraint import Brakes
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import SUPPORT, Desk
from tests.inbound.test_faults import a_return
from tests.letters import entry, put, row

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


def answered_to_the_path(desk: Desk, letter: Outbox, text: str, **fields: str) -> Delivery:
    """A mail that comes to the return path of a letter."""
    raw = a_mail(
        text, subject="Re: your letter", to=letter.reverse_path, message_id="p1@harbour.example", **fields
    )
    return desk.walk(raw, to=letter.reverse_path.upper(), authentication=PASSED)


def test_persons_mail_to_a_return_path_is_shown_on_its_ticket_and_never_answered(desk: Desk) -> None:
    desk.add(a_customer())
    desk.walk(a_mail(), authentication=PASSED)
    delivery = answered_to_the_path(desk, desk.letters()[0], "Please escalate this, it is down again.\n")
    assert (delivery.rule, delivery.disposition, delivery.ticket_id) == ("returned", "hold-on-ticket", 1001)
    assert len(desk.letters()) == 1


def test_machines_mail_to_a_return_path_is_kept_on_its_ticket(desk: Desk) -> None:
    desk.add(a_customer())
    desk.walk(a_mail(), authentication=PASSED)
    delivery = answered_to_the_path(desk, desk.letters()[0], "I am away.\n", Auto_Submitted="auto-replied")
    assert (delivery.rule, delivery.disposition, delivery.ticket_id) == ("returned", "append-automatic", 1001)
    assert len(desk.letters()) == 1


def test_machines_mail_to_a_path_that_was_never_ours_is_kept_without_effect(desk: Desk) -> None:
    raw = a_mail("Away.\n", Auto_Submitted="auto-replied")
    delivery = desk.walk(raw, to=f"support+b{'a' * 26}@desk.example")
    assert (delivery.rule, delivery.disposition) == ("returned", "keep")
    assert (desk.tickets(), desk.letters()) == ([], [])


def test_persons_mail_to_a_path_that_was_never_ours_waits_for_a_person(desk: Desk) -> None:
    delivery = desk.walk(a_mail(), to=f"support+b{'a' * 26}@desk.example")
    assert (delivery.state, delivery.rule, delivery.error) == ("held", "returned", "return-path")
    assert desk.letters() == []


def test_return_of_an_acknowledgement_comes_home_by_its_path_alone(desk: Desk) -> None:
    desk.walk(a_mail())
    (letter,) = desk.letters()
    with desk.services.transaction() as session:
        session.execute(sa.update(Outbox).values(state="sent"))
    raw = a_return(letter).replace(letter.message_id.encode(), b"rewritten@between.example")
    delivery = desk.walk(raw, to=letter.reverse_path, reverse_path="")
    assert (delivery.disposition, delivery.ticket_id) == ("record-bounce", 1001)
    assert [(each.id, each.state) for each in desk.letters()] == [(letter.id, "failed")]


def test_absence_notice_on_a_resolved_ticket_changes_nothing(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail(), authentication=PASSED)
    with desk.services.transaction() as session:
        handling.change_status(session, desk.head, 1001, author=engineer, status=handling.Status.RESOLVED,
                               text="It is fixed.", at=desk.clock())  # fmt: skip
    letter, before = desk.letters("reply")[0], len(desk.letters())
    away = "I am out of the office until Monday. I will reply when I return.\n"
    for number, fields in enumerate(({}, {"Auto_Submitted": "auto-replied"})):
        desk.walk(a_mail(away, subject="Re: fixed", in_reply_to=letter.message_id,
                         message_id=f"away{number}@harbour.example", **fields), authentication=PASSED)  # fmt: skip
    assert (desk.tickets()[0].status, len(desk.letters())) == ("resolved", before)


def test_answers_to_one_address_stop_after_ten_in_an_hour(desk: Desk) -> None:
    desk.add(a_customer())
    desk.walk(a_mail(), authentication=PASSED)
    for number in range(14):
        desk.clock.pass_(seconds=30)
        words = f"Please escalate this to your manager now, {'abcdefghijklmn'[number] * 6}."
        desk.walk(a_mail(words, in_reply_to=desk.letters()[0].message_id, subject="Re: down",
                         message_id=f"e{number}@harbour.example"), authentication=PASSED)  # fmt: skip
    answers = [each for each in desk.letters() if each.letter in ("acknowledgement", "escalated")]
    assert sum(each.state != "cancelled" for each in answers) <= 6
    assert {each.last_reply for each in answers if each.state == "cancelled"} <= {
        "withheld: brake-ticket", "withheld: brake-address", "withheld: brake-echo"
    }  # fmt: skip


def test_person_who_sends_two_requests_alike_gets_two_answers(desk: Desk) -> None:
    desk.add(a_customer())
    for number in range(2):
        desk.walk(a_mail(f"Please restart server {number}.\n", message_id=f"r{number}@harbour.example"),
                  authentication=PASSED)  # fmt: skip
        desk.clock.pass_(minutes=2)
    assert [letter.state for letter in desk.letters("acknowledgement")] == ["pending", "pending"]


def test_answers_stop_when_too_much_was_written_in_an_hour(desk: Desk) -> None:
    desk.add(a_customer())
    head = replace(desk.head, brakes=Brakes(in_all=2))
    desk.pipeline = replace(desk.pipeline, head=head)
    for number in range(4):
        desk.walk(a_mail(f"{'abcd'[number] * 9} is slow.\n", message_id=f"g{number}@harbour.example",
                         sender=f"p{number}@harbour.example"), reverse_path=f"p{number}@harbour.example")  # fmt: skip
        desk.clock.pass_(minutes=1)
    states = [letter.last_reply for letter in desk.letters("acknowledgement")]
    assert states == ["", "", "withheld: brake-all", "withheld: brake-all"]
    assert len(desk.tickets()) == 4


def test_report_about_several_readers_counts_for_each_of_them(desk: Desk) -> None:
    readers = ("li@harbour.example", "wu@harbour.example", "zhao@harbour.example", "fine@harbour.example")
    (letter_id,) = put(desk, entry("many", to=readers))
    with desk.services.transaction() as session:
        accepted = dict.fromkeys(readers, "250 ok")
        session.execute(sa.update(Outbox).values(state="sent", results=accepted, recipients=[]))
    blocks = "".join(
        f"\r\nFinal-Recipient: rfc822; {who}\r\nAction: {action}\r\nStatus: {status}\r\n"
        for who, action, status in zip(
            readers,
            ("failed", "failed", "delayed", "delivered"),
            ("5.1.1", "5.2.2", "4.4.1", "2.0.0"),
            strict=True,
        )
    )
    letter = row(desk, letter_id)
    raw = a_return(letter).replace(
        b"Final-Recipient: rfc822; li@harbour.example\r\nAction: failed\r\nStatus: 5.1.1",
        blocks.strip().encode(),
    )
    desk.walk(raw, reverse_path="")
    with desk.services.reading() as session:
        told = {each.address: (each.action, each.hard) for each in session.scalars(sa.select(MailReport))}
    assert told == {
        readers[0]: ("failed", True), readers[1]: ("failed", False),
        readers[2]: ("delayed", False), readers[3]: ("delivered", False),
    }  # fmt: skip
    after = row(desk, letter_id)
    assert [after.results[each][:6] for each in readers[:2]] == ["failed", "failed"]
    assert [after.results[each][:3] for each in readers[2:]] == ["250", "250"]
    assert after.state == "sent"
