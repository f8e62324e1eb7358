"""Engineers answer letters by mail: the customer gets their text, the desk their commands, nobody what is internal."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from gateway import secrets
from gateway.domain.lifecycle import Status
from gateway.mail.trust import UNCHECKED, Authentication, Verdict
from gateway.store.models import Attachment, Delivery, Engineer, Message, Outbox
from gateway.tickets import handling
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import SECRET, Desk

PROVED = Authentication(Verdict.PASS, Verdict.PASS, Verdict.PASS, "desk.example", "door")
CHEN = "Chen Wei <chen@desk.example>"
LI = "li@harbour.example"


def signed(ticket_id: int = 1001) -> str:
    return f"support+{secrets.reply_detail(SECRET, ticket_id)}@desk.example"


def text_of(letter: Outbox) -> str:
    body = message_from_bytes(letter.content, policy=policy.default).get_body(("plain",))
    assert body is not None
    return body.get_content().replace("\r\n", "\n")


class Shift:
    """Ticket 1001, assigned to Chen Wei; Guo Ping leads."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.chen, self.guo = an_engineer(), an_engineer("Guo Ping", role="lead")
        desk.add(a_customer(), self.chen, self.guo)
        desk.walk(a_mail(), authentication=PASSED)
        with desk.services.transaction() as session:
            handling.assign(
                session, desk.head, 1001, author=self.guo, assignee_id=self.chen.id, at=desk.clock()
            )

    def letter(self, name: str = "engineer-assigned") -> Outbox:
        return self.desk.letters(name)[-1]

    def answer(self, text: str, *, to: str = "", letter: Outbox | None = None, authentication: Authentication = PROVED,
               sender: str = CHEN, number: int = 1) -> Delivery:  # fmt: skip
        """A mail of an engineer that answers a letter, the assignment by default."""
        answered = letter or self.letter()
        mail = a_mail(text, subject=f"Re: {answered.subject}", sender=sender, to=to or signed(),
                      message_id=f"e{number}@desk.example", in_reply_to=answered.message_id)  # fmt: skip
        return self.desk.walk(
            mail, to=to or signed(), reverse_path="chen@desk.example", authentication=authentication
        )

    def quoted(self, letter: Outbox) -> str:
        return "".join(f"> {line}\n" for line in text_of(letter).splitlines())

    def note(self, text: str) -> None:
        with self.desk.services.transaction() as session:
            handling.note(session, self.desk.head, 1001, author=self.guo, text=text, at=self.desk.clock())

    def understood(self) -> str:
        return text_of(self.letter("understood"))

    def sent(self) -> list[str]:
        return [text_of(each) for each in self.desk.letters("reply")]

    def assignee(self) -> int | None:
        return self.desk.tickets()[0].assignee_id


@pytest.fixture
def shift(desk: Desk) -> Shift:
    return Shift(desk)


# Answers.


def test_answer_to_the_letter_of_an_assignment_answers_the_customer(shift: Shift) -> None:
    delivery = shift.answer("We restarted the report service. Is it faster?\n")
    (reply,) = shift.desk.letters("reply")
    assert (delivery.rule, delivery.disposition, delivery.ticket_id) == ("command", "carry-out", 1001)
    assert reply.recipients == [LI]
    assert "We restarted the report service. Is it faster?" in text_of(reply)
    assert shift.desk.tickets()[0].first_response_at is not None
    assert shift.desk.messages(1001)[-1].delivery_id == delivery.id


def test_answer_without_commands_is_not_answered_by_a_letter(shift: Shift) -> None:
    shift.answer("We restarted it.\n")
    assert shift.desk.letters("understood") == []


def test_only_the_newly_written_text_goes_out(shift: Shift) -> None:
    assigned = shift.letter()
    shift.answer(f"We restarted it.\n\nOn 2 March 2026, Support wrote:\n{shift.quoted(assigned)}")
    (sent,) = shift.sent()
    assert "We restarted it." in sent
    assert "You are on call" not in sent and "Internal." not in sent and "Why you" not in sent


def test_message_of_the_customer_is_brought_to_the_assignee_once(shift: Shift) -> None:
    shift.desk.walk(a_mail("It stopped again at noon.\n", message_id="m2@harbour.example"), to=signed())
    (brought,) = shift.desk.letters("engineer-message")
    assert brought.recipients == ["chen@desk.example"]
    assert "It stopped again at noon." in text_of(brought)


def test_answer_to_the_customers_message_answers_the_customer(shift: Shift) -> None:
    shift.desk.walk(a_mail("It stopped again.\n", message_id="m2@harbour.example"), to=signed())
    brought = shift.letter("engineer-message")
    shift.answer(f"We look at it.\n\n{shift.quoted(brought)}", letter=brought)
    assert "We look at it." in shift.sent()[-1]


def test_engineers_own_answer_is_not_brought_to_them(shift: Shift) -> None:
    shift.answer("We restarted it.\n")
    assert shift.desk.letters("engineer-message") == []


def test_message_on_a_ticket_without_an_engineer_is_brought_to_nobody(desk: Desk) -> None:
    desk.add(a_customer(), an_engineer())
    desk.walk(a_mail(), authentication=PASSED)
    desk.walk(a_mail("More.\n", message_id="m2@harbour.example"), to=signed(), authentication=PASSED)
    assert desk.letters("engineer-message") == []


def test_held_mail_is_not_brought_to_the_assignee(shift: Shift) -> None:
    stranger = a_mail("Send it all.\n", sender="eve@else.example", message_id="x1@else.example")
    shift.desk.walk(stranger, to=signed(), reverse_path="eve@else.example")
    assert shift.desk.letters("engineer-message") == []


def test_answer_to_the_signed_address_without_a_letter_and_a_command_stays_a_note(shift: Shift) -> None:
    mail = a_mail("Call me.\n", sender=CHEN, to=signed(), message_id="e9@desk.example")
    shift.desk.walk(mail, to=signed(), reverse_path="chen@desk.example", authentication=PROVED)
    assert shift.desk.letters("reply") == []
    assert shift.desk.messages(1001)[-1].direction == "note"


# Trust.


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.NONE, Verdict.UNKNOWN])
def test_answer_that_dmarc_does_not_prove_does_nothing(shift: Shift, verdict: Verdict) -> None:
    unproved = Authentication(verdict, verdict, verdict, "desk.example", "door")
    delivery = shift.answer("#resolve\nAll done.\n", authentication=unproved)
    assert (delivery.rule, delivery.state) == ("impersonation", "held")
    assert shift.desk.letters("reply") == shift.desk.letters("understood") == []


def test_proved_engineer_without_the_signed_token_opens_a_ticket_like_anybody(shift: Shift) -> None:
    mail = a_mail(
        "#resolve\nDone.\n", subject="Re: [HD-1001] Report", sender=CHEN, message_id="e9@desk.example"
    )
    delivery = shift.desk.walk(mail, reverse_path="chen@desk.example", authentication=PROVED)
    assert (delivery.disposition, delivery.ticket_id) == ("open-ticket", 1002)
    assert shift.desk.tickets()[0].status == Status.NEW


def test_letter_that_went_to_another_engineer_proves_nothing_for_this_one(shift: Shift) -> None:
    guo = "Guo Ping <guo@desk.example>"
    delivery = shift.answer("#take\n", to="support@desk.example", sender=guo)
    assert delivery.disposition == "open-ticket"
    assert shift.assignee() == shift.chen.id


def test_customers_command_is_a_customers_text(shift: Shift) -> None:
    mail = a_mail(
        "#resolve\nPlease.\n", message_id="m2@harbour.example", in_reply_to=shift.letter().message_id
    )
    delivery = shift.desk.walk(mail, to=signed(), authentication=PASSED)
    assert delivery.disposition == "append-reply"
    assert shift.desk.tickets()[0].status == Status.NEW
    assert shift.desk.letters("understood") == []


def test_engineer_who_left_commands_nothing(shift: Shift) -> None:
    with shift.desk.services.transaction() as session:
        session.execute(sa.update(Engineer).where(Engineer.id == shift.chen.id).values(active=False))
    shift.answer("#resolve\nDone.\n")
    assert shift.desk.letters("reply") == []
    assert shift.desk.tickets()[0].status == Status.NEW


def test_out_of_office_of_an_engineer_answers_nobody(shift: Shift) -> None:
    letter = shift.letter()
    mail = a_mail("I am away.\n", sender=CHEN, to=signed(), message_id="e9@desk.example",
                  in_reply_to=letter.message_id, Auto_Submitted="auto-replied")  # fmt: skip
    shift.desk.walk(mail, to=signed(), reverse_path="", authentication=PROVED)
    assert shift.desk.letters("reply") == shift.desk.letters("understood") == []


# Commands.


def test_note_keeps_the_text_from_the_customer(shift: Shift) -> None:
    shift.answer("#note\nThe customer must not know yet.\n")
    assert shift.desk.letters("reply") == []
    note = shift.desk.messages(1001)[-1]
    assert (note.direction, note.engineer_id) == ("note", shift.chen.id)
    assert "Kept as a work note" in shift.understood()


def test_assign_gives_the_ticket_to_the_named_engineer_and_says_so(shift: Shift) -> None:
    shift.answer("#assign guo\n")
    assert shift.assignee() == shift.guo.id
    assert "#assign guo\nDone. Guo Ping has the ticket." in shift.understood()
    assert shift.desk.letters("reply") == []


def test_assign_to_an_unknown_name_does_nothing_and_says_why(shift: Shift) -> None:
    shift.answer("#指派 王强\n")
    assert shift.assignee() == shift.chen.id
    assert "Not done. Nobody here is called “王强”." in shift.understood()


def test_take_assigns_the_ticket_to_the_writer(shift: Shift) -> None:
    with shift.desk.services.transaction() as session:
        handling.assign(
            session, shift.desk.head, 1001, author=shift.guo, assignee_id=None, at=shift.desk.clock()
        )
    shift.answer("#take\n\nWe look at it.\n")
    assert shift.assignee() == shift.chen.id
    assert "We look at it." in shift.sent()[0] and "#take" not in shift.sent()[0]


def test_priority_changes_with_the_rest_of_its_line_as_the_reason(shift: Shift) -> None:
    shift.answer("#优先级 高 两个仓库都停了\n")
    (told,) = shift.desk.letters("priority")
    assert shift.desk.tickets()[0].priority == "high"
    assert "两个仓库都停了" in text_of(told)


def test_priority_without_a_reason_stays_and_the_letter_says_why(shift: Shift) -> None:
    shift.answer("#priority critical\n")
    assert shift.desk.tickets()[0].priority == "medium"
    assert "A change of priority needs a reason" in shift.understood()


def test_resolve_sends_the_text_and_resolves(shift: Shift) -> None:
    shift.answer("#resolve\n\nThe index was rebuilt.\n")
    assert shift.desk.tickets()[0].status == Status.RESOLVED
    assert "The index was rebuilt." in shift.sent()[0]
    assert "the ticket is resolved" in shift.understood()


def test_resolve_without_a_text_resolves_nothing(shift: Shift) -> None:
    shift.answer("#解决\n")
    assert shift.desk.tickets()[0].status == Status.NEW
    assert "There is no text to send." in shift.understood()


def test_wait_asks_the_customer(shift: Shift) -> None:
    shift.answer("#等待\n请把日志发给我们。\n")
    assert shift.desk.tickets()[0].status == Status.WAITING_CUSTOMER
    assert "请把日志发给我们。" in shift.sent()[0]


def test_escalate_tells_the_ladder(shift: Shift) -> None:
    shift.answer("#escalate The vendor does not answer.\n")
    assert [each.recipients for each in shift.desk.letters("engineer-asked")] == [["guo@desk.example"]]
    assert shift.desk.letters("reply") == []


def test_several_commands_are_each_answered(shift: Shift) -> None:
    shift.answer("#assign nobody\n#priority high Two sites are down.\n#resolve\nRestarted.\n")
    ticket = shift.desk.tickets()[0]
    assert (ticket.priority, ticket.status, ticket.assignee_id) == ("high", Status.RESOLVED, shift.chen.id)
    told = shift.understood()
    assert told.count("Done.") == 2 and told.count("Not done.") == 1


def test_mistyped_command_sends_nothing(shift: Shift) -> None:
    shift.answer("#nte\nThey have not paid.\n")
    assert shift.desk.letters("reply") == []
    assert "This is no command." in shift.understood()


def test_contradicting_commands_send_nothing(shift: Shift) -> None:
    shift.answer("#note\n#resolve\nRestarted.\n")
    assert shift.desk.letters("reply") == []
    assert shift.desk.tickets()[0].status == Status.NEW
    assert "contradict" in shift.understood()


def test_command_on_a_closed_ticket_does_nothing_and_says_so(shift: Shift) -> None:
    with shift.desk.services.transaction() as session:
        handling.change_status(session, shift.desk.head, 1001, author=shift.guo, status=Status.CLOSED,
                               text="Withdrawn.", at=shift.desk.clock())  # fmt: skip
    shift.answer("#resolve\nDone.\n")
    assert shift.desk.letters("reply") == []
    assert "A ticket that is closed does not allow it." in shift.understood()


def test_what_was_understood_goes_to_the_engineer_alone(shift: Shift) -> None:
    shift.answer("#take\n")
    assert [each.recipients for each in shift.desk.letters("understood")] == [["chen@desk.example"]]


def test_engineer_who_reads_chinese_is_answered_in_chinese(shift: Shift) -> None:
    with shift.desk.services.transaction() as session:
        session.execute(sa.update(Engineer).where(Engineer.id == shift.chen.id).values(language="zh"))
    shift.answer("#接手\n")
    assert "已完成。工单现由 Chen Wei 负责。" in shift.understood()


def test_the_same_mail_twice_acts_once(shift: Shift) -> None:
    shift.answer("Restarted.\n")
    again = shift.answer("Restarted.\n")
    assert again.rule == "duplicate"
    assert len(shift.desk.letters("reply")) == 1


# Files.


def with_file(
    shift: Shift, name: str, content: bytes, kind: tuple[str, str], *, text: str = "See the file.\n"
) -> Delivery:
    letter = shift.letter()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = CHEN, signed(), f"Re: {letter.subject}"
    mail["Message-ID"], mail["In-Reply-To"] = "<f1@desk.example>", f"<{letter.message_id}>"
    mail["Date"] = "Mon, 02 Mar 2026 01:00:00 +0000"
    mail.set_content(text)
    mail.add_attachment(content, maintype=kind[0], subtype=kind[1], filename=name)
    raw = mail.as_bytes().replace(b"\n", b"\r\n")
    return shift.desk.walk(raw, to=signed(), reverse_path="chen@desk.example", authentication=PROVED)


def files_of(letter: Outbox) -> dict[str | None, object]:
    parts = message_from_bytes(letter.content, policy=policy.default).iter_attachments()
    return {part.get_filename(): part.get_content() for part in parts}


def test_files_of_an_answer_go_with_it_and_stand_on_the_ticket(shift: Shift) -> None:
    with_file(shift, "fix.zip", b"PK\x03\x04fix", ("application", "zip"))
    assert files_of(shift.letter("reply")) == {"fix.zip": b"PK\x03\x04fix"}
    with shift.desk.services.reading() as session:
        assert session.scalars(sa.select(Attachment.filename)).all() == ["fix.zip"]


def test_forwarded_mail_stays_inside_and_the_engineer_is_told(shift: Shift) -> None:
    with_file(
        shift,
        "letter.eml",
        shift.letter().content,
        ("application", "octet-stream"),
        text="#reply\nSee below.\n",
    )
    assert files_of(shift.letter("reply")) == {}
    assert "letter.eml" in shift.understood()


def test_text_file_that_repeats_a_note_holds_the_answer_back(shift: Shift) -> None:
    shift.note("The backup of this customer failed since Friday.")
    content = b"log\nthe backup of this customer failed since friday\n"
    with_file(shift, "log.txt", content, ("text", "plain"))
    held_back(shift)
    assert "The file log.txt repeats" in shift.understood()


# Nothing internal leaves.


def held_back(shift: Shift) -> Message:
    assert shift.desk.letters("reply") == []
    note = shift.desk.messages(1001)[-1]
    assert note.direction == "note"
    return note


def test_our_letter_pasted_without_quote_marks_is_held_back(shift: Shift) -> None:
    shift.answer(f"Restarted.\n\n{text_of(shift.letter())}")
    assert "Restarted." in held_back(shift).text
    assert "repeats what only engineers may read" in shift.understood()


def test_answers_between_quoted_lines_are_held_back(shift: Shift) -> None:
    lines = shift.quoted(shift.letter()).splitlines(keepends=True)
    shift.answer("".join((*lines[:4], "Yes.\n", *lines[4:8], "No.\n", *lines[8:])))
    held_back(shift)
    assert "between quoted lines" in shift.understood()


def test_words_of_a_work_note_are_held_back(shift: Shift) -> None:
    shift.note("The backup of this customer failed since Friday.")
    shift.answer("As Guo says, the backup of this customer failed since Friday. Sorry.\n")
    held_back(shift)


def test_words_the_customer_knows_are_no_secret(shift: Shift) -> None:
    shift.note("The customer wrote: the report page is slow today.")
    shift.answer("You wrote that the report page is slow today. Since when?\n")
    assert len(shift.sent()) == 1


def test_reason_of_a_priority_that_repeats_a_note_is_held_back(shift: Shift) -> None:
    shift.note("Their production cluster has no redundancy at all.")
    shift.answer("#priority high Their production cluster has no redundancy.\n")
    assert shift.desk.letters("priority") == []
    assert shift.desk.tickets()[0].priority == "medium"


def test_answer_to_what_was_understood_stays_a_note(shift: Shift) -> None:
    shift.answer("#take\n")
    shift.answer("Thank you.\n", letter=shift.letter("understood"), number=2)
    assert held_back(shift).new_text.strip() == "Thank you."
    assert len(shift.desk.letters("understood")) == 1


def test_unchecked_door_lets_no_engineer_act(shift: Shift) -> None:
    delivery = shift.answer("#take\n", authentication=UNCHECKED)
    assert delivery.rule == "impersonation"


def test_answer_that_cannot_be_read_here_never_leaves_and_says_why(shift: Shift) -> None:
    shift.answer("-----BEGIN PGP MESSAGE-----\n\nhQEMA5zDsU\n-----END PGP MESSAGE-----\n")
    assert shift.sent() == []
    assert "cannot be read here" in shift.understood()
