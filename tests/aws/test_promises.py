"""What the contract promises about Support cases (P6, P8, P13), tried from outside: AWS's wire, mails, letters."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from gateway.domain.credits import Outcome
from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.mail.trust import Authentication
from gateway.store.models import AwsCase, Message, Ticket, WriteState
from gateway.store.queries import attainment
from gateway.tickets import NotFound, Refused, case_drafts, case_following, casework, handling
from gateway.tickets.intake import Request, open_by_hand
from tests.aws.accounts import TWO, an_account
from tests.aws.case_desk import ACCOUNT, LI, CaseDesk, case_desk_of, texts
from tests.aws.life import a_company, text_of
from tests.aws.support import AWS
from tests.aws.writing_desk import a_draft
from tests.builders import FAILED, PASSED, a_mail
from tests.databases import Desk

REPLY = ("aws-reply", LI)


@pytest.fixture
def cases(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[CaseDesk]:
    with case_desk_of(desk, monkeypatch, tmp_path) as made:
        yield made


def written(cases: CaseDesk) -> list[str]:
    """Everything that we said at AWS, in its order."""
    calls = cases.aws.calls()
    said = [each for each in calls if each.operation in ("CreateCase", "AddCommunicationToCase")]
    return [str(each.input["communicationBody"]) for each in said]


def replies(cases: CaseDesk) -> list[str]:
    """What the letters say that pass AWS's replies on."""
    return [text_of(each) for each in cases.letters() if (each.letter, each.first_recipient) == REPLY]


def everything_mailed(cases: CaseDesk) -> str:
    found = []
    for each in cases.letters():
        for part in message_from_bytes(each.content, policy=policy.default).walk():
            if part.get_content_maintype() == "text":
                found.append(part.get_content())
    return "\n".join(found)


def asked(cases: CaseDesk) -> tuple[str, int]:
    """A case in which AWS asked something, and the customer was told."""
    case_id = cases.followed()
    cases.aws.aws_replies(case_id, "Which instance?")
    cases.read(3)
    return case_id, cases.case().id


# Clocks.


def test_resolution_is_late_although_aws_awaits_an_answer_all_the_time(cases: CaseDesk) -> None:
    asked(cases)
    due_at = cases.now().resolution_due_at
    cases.desk.clock.at = due_at
    cases.read(5)
    with cases.desk.services.reading() as session:
        outcome, since = attainment.stands(session, cases.ticket_id, cases.desk.clock.at)
    assert (outcome, cases.now().resolution_due_at) == (Outcome.VIOLATED, due_at)
    assert since is not None and since <= due_at


def test_reply_of_aws_is_no_first_response_of_ours(cases: CaseDesk) -> None:
    asked(cases)
    assert (cases.now().first_response_at, cases.now().status) == (None, Status.NEW)


# What must not reach AWS, nor the customer.


def test_customers_reply_stays_here_until_an_engineer_lets_it_through(cases: CaseDesk) -> None:
    asked(cases)
    cases.customer_writes("It is i-0abc.")
    for _ in range(5):
        cases.send()
        cases.desk.clock.pass_(hours=1)
    assert (cases.writes(), written(cases)) == ([], [])


def test_work_note_reaches_neither_aws_nor_the_customer(cases: CaseDesk) -> None:
    _, row = asked(cases)
    cases.do(casework.set_relay, case=row, on=True)
    cases.forget_letters()
    cases.do(handling.note, text="They run it without backups.")
    cases.send()
    assert written(cases) == []
    assert "without backups" not in everything_mailed(cases)


def test_answer_to_the_customer_does_not_reach_aws_even_with_the_relay_on(cases: CaseDesk) -> None:
    _, row = asked(cases)
    cases.do(casework.set_relay, case=row, on=True)
    cases.do(handling.reply, text="Please give us an hour.")
    cases.send()
    assert written(cases) == []


def test_draft_of_a_case_says_nothing_of_notes_nor_of_what_strangers_wrote(cases: CaseDesk) -> None:
    cases.do(handling.note, text="They run it without backups.")
    cases.do(handling.reply, text="We look.")
    cases.customer_writes("Ignore what I said.", authentication=FAILED)
    with cases.desk.services.reading() as session:
        made = case_drafts.draft(session, cases.desk.head, session.get_one(Ticket, cases.ticket_id))
    assert "None answers." in made.body
    assert "without backups" not in made.body and "Ignore what I said" not in made.body


@pytest.mark.parametrize(
    ("fields", "authentication"),
    [
        ({"Auto_Submitted": "auto-replied"}, PASSED),
        ({"Precedence": "bulk", "X_Autoreply": "yes"}, PASSED),
        ({}, FAILED),
        ({"sender": "Mallory <mallory@elsewhere.example>"}, PASSED),
    ],
    ids=["out of office", "old out of office", "forged", "of somebody else"],
)
def test_mail_that_is_not_the_customers_own_word_is_not_relayed(
    cases: CaseDesk, fields: dict[str, str], authentication: Authentication
) -> None:
    _, row = asked(cases)
    cases.do(casework.set_relay, case=row, on=True)
    cases.customer_writes("I am at sea until May.", authentication=authentication, **fields)
    cases.send()
    assert written(cases) == []


def test_relayed_reply_carries_no_history_and_none_of_our_own_addresses(cases: CaseDesk) -> None:
    _, row = asked(cases)
    cases.do(casework.set_relay, case=row, on=True)
    letter = next(each for each in reversed(cases.letters()) if each.first_recipient == LI)
    quoted = "".join(f"> {line}\n" for line in text_of(letter).splitlines())
    cases.customer_writes(f"It is i-0abc.\n\nOn Monday, the desk wrote:\n{quoted}")
    cases.send()
    (said,) = written(cases)
    assert "It is i-0abc." in said
    assert "Which instance?" not in said and "desk.example" not in said
    (call,) = cases.aws.calls("AddCommunicationToCase")
    assert "ccEmailAddresses" not in call.input


def test_words_taken_back_in_time_never_reach_aws(cases: CaseDesk) -> None:
    _, row = asked(cases)
    write = cases.do(casework.answer_case, case=row, text="We gave them the wrong disk.")
    with cases.desk.services.transaction() as session:
        casework.cancel_write(session, cases.desk.head, write, author=cases.engineer, at=cases.desk.clock.at)
    cases.send()
    assert written(cases) == []


def test_case_of_another_customer_is_not_taken_onto_this_ticket(cases: CaseDesk) -> None:
    other = a_company("orchard", "en")
    cases.desk.add(other)
    cases.desk.add(an_account(TWO, customer_id=other.id))
    cases.aws.account(TWO, external_id="s3cret")
    case_id = cases.aws.case(TWO, body="Orchard's secret.")
    with cases.desk.services.transaction() as session, pytest.raises((NotFound, Refused)):
        case_following.adopt(session, cases.desk.head, cases.ticket_id, author=cases.engineer, account_id=TWO,
                             case_ref=case_id, at=cases.desk.clock.at)  # fmt: skip


def test_message_of_another_ticket_is_not_let_through_to_this_tickets_case(cases: CaseDesk) -> None:
    _, row = asked(cases)
    (theirs,) = cases.rows(Message, Message.ticket_id == cases.ticket("Another matter"))
    with pytest.raises((NotFound, Refused)):
        cases.do(casework.release, message_id=theirs.id, case=row)
    assert cases.writes() == []


# What must be shown and told.


@pytest.mark.parametrize("by", [AWS, "jane (User) <jane@harbour.example>"])
def test_words_with_our_ticket_number_and_marker_in_them_are_shown_all_the_same(
    cases: CaseDesk, by: str
) -> None:
    case_id, row = asked(cases)
    cases.do(casework.answer_case, case=row, text="It is i-0abc.")
    cases.send()
    (write,) = cases.writes()
    cases.forget_letters()
    body = f"You wrote: It is i-0abc. [HD-{cases.ticket_id}]\nRef: {write.marker}"
    cases.aws.aws_replies(case_id, body, by=by)
    cases.read(3)
    cases.read(3)
    assert texts(cases.shown())[-2:] == ["It is i-0abc.", body]
    assert [write.marker in each for each in replies(cases)] == [True]


def test_marker_guessed_by_somebody_in_the_console_does_not_keep_our_words_from_aws(cases: CaseDesk) -> None:
    case_id, row = asked(cases)
    cases.do(casework.answer_case, case=row, text="It is i-0abc.")
    (write,) = cases.writes()
    cases.aws.console_replies(case_id, f"Never mind.\nRef: {write.marker}")
    cases.read(0.1)
    cases.send()
    cases.read(3)
    assert ["i-0abc" in each for each in written(cases)] == [True]
    assert cases.writes()[0].state == WriteState.SENT
    assert {"It is i-0abc.", f"Never mind.\nRef: {write.marker}"} <= set(texts(cases.shown()))


def test_same_reply_twice_in_one_millisecond_is_shown_and_told_twice(cases: CaseDesk) -> None:
    case_id = cases.followed()
    at = cases.desk.clock.pass_(minutes=1)
    for _ in range(2):
        cases.aws.aws_replies(case_id, "We look at it.", at=at)
    for _ in range(3):
        cases.read(3)
    assert cases.shown()[-2:] == [("from-aws", "We look at it.")] * 2
    assert sum(each.count("We look at it.") for each in replies(cases)) == 2


def test_reply_is_told_once_however_often_it_is_read_and_whatever_is_edited(cases: CaseDesk) -> None:
    case_id, _ = asked(cases)
    cases.aws.edit(case_id, -1, "Which [REDACTED_BY_AWS]?")
    for _ in range(5):
        cases.read(10)
    cases.read(24 * 60)
    assert len(replies(cases)) == 1
    assert texts(cases.shown())[-1] == "Which [REDACTED_BY_AWS]?"


def test_long_answer_reaches_aws_whole_and_in_order(cases: CaseDesk) -> None:
    case_id, row = asked(cases)
    words = [f"line-{number:04d}" for number in range(900)]
    cases.do(casework.answer_case, case=row, text="\n".join(words))
    for _ in range(3):
        cases.send()
    said = written(cases)
    assert len(said) == 2 and max(map(len, said)) <= 8000
    assert [line for body in said for line in body.split() if line.startswith("line-")] == words
    cases.read(3)
    assert sum(text.count("line-0001") for text in texts(cases.shown())) == 1


def test_long_reply_of_aws_reaches_the_customer_whole_and_in_order(cases: CaseDesk) -> None:
    case_id = cases.followed()
    words = [f"line-{number:04d}" for number in range(900)]
    cases.aws.aws_replies(case_id, "\n".join(words))
    cases.read(3)
    assert [line for body in replies(cases) for line in body.split() if line.startswith("line-")] == words


def test_two_cases_on_one_ticket_are_told_apart(cases: CaseDesk) -> None:
    first, second = cases.followed(subject="EC2 down"), cases.aws.case(ACCOUNT, subject="RDS slow")
    cases.read(1)
    cases.adopt(second)
    cases.read(1)
    cases.aws.aws_replies(first, "Which instance?")
    since = cases.desk.clock.at
    cases.read(1)
    cases.aws.aws_replies(second, "Which database?")
    cases.read(1)
    assert texts(cases.shown())[-2:] == ["Which instance?", "Which database?"]
    assert cases.now().aws_awaits_since == since
    (row,) = [each.id for each in cases.rows(AwsCase) if each.case_id == second]
    cases.do(casework.answer_case, case=row, text="The orders database.")
    cases.send()
    cases.read(1)
    assert [each.input["caseId"] for each in cases.aws.calls("AddCommunicationToCase")] == [second]
    assert cases.now().aws_awaits_since == since


def test_severity_that_the_plan_lacks_is_told_to_the_customer(cases: CaseDesk) -> None:
    request = Request(cases.customer_id, Mailbox("Li Na", LI), "All is down", "Down.", Priority.CRITICAL)
    with cases.desk.services.transaction() as session:
        cases.ticket_id = open_by_hand(
            session, cases.desk.head, request, author=cases.engineer, at=cases.desk.clock.at
        ).id
    cases.forget_letters()
    cases.do(casework.open_case, draft=a_draft(ACCOUNT, severity="critical"))
    cases.send()
    cases.read(1)
    assert (cases.case().severity_wanted, cases.case().severity) == ("critical", "high")
    assert cases.aws.calls("CreateCase")[0].input["severityCode"] == "high"
    assert [each.letter for each in cases.letters() if each.first_recipient == LI] == ["aws-case-opened"]
    (letter,) = [each for each in cases.letters() if each.letter == "aws-case-opened"]
    assert "does not allow the severity “Business-critical system down”" in text_of(letter)


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_reply_of_aws_to_a_ticket_that_is_over_is_shown_and_somebody_is_told(
    cases: CaseDesk, status: Status
) -> None:
    case_id = cases.followed()
    cases.do(handling.change_status, status=status, text="It works again.")
    cases.forget_letters()
    cases.aws.aws_replies(case_id, "It was the fan, replace yours too.")
    cases.read(5)
    assert cases.shown()[-1] == ("from-aws", "It was the fan, replace yours too.")
    assert "It was the fan" in everything_mailed(cases)
    assert cases.now().status == status


# What AWS may say that nobody documented.


def test_status_nobody_heard_of_disturbs_nothing(cases: CaseDesk) -> None:
    case_id, _ = asked(cases)
    for status in ("pending-amazon-action", "", "x" * 300):
        cases.aws.set_status(case_id, status)
        cases.read(5)
    cases.aws.aws_replies(case_id, "We look.", status="all-open")
    cases.read(5)
    assert texts(cases.shown())[-1] == "We look."
    assert (cases.now().proposal, cases.now().status) == ("", Status.NEW)


def test_case_that_aws_forgot_keeps_no_other_from_being_read(cases: CaseDesk) -> None:
    first, second = cases.followed(), cases.aws.case(ACCOUNT)
    cases.read(1)
    cases.adopt(second)
    cases.read(1)
    cases.aws.forget(first)
    cases.aws.aws_replies(second, "We look.")
    cases.read(5)
    cases.read(5)
    assert texts(cases.shown())[-1] == "We look."


def test_text_a_database_cannot_hold_is_shown_without_what_it_cannot(cases: CaseDesk) -> None:
    case_id = cases.followed()
    cases.aws.aws_replies(
        case_id, "a\x00b \ud800 c", [("../../a\x00b.txt", b"x")], by="Amazon Web\x00 Services"
    )
    cases.aws.cases[case_id].subject = "down\x00 \ud800" + "x" * 900
    cases.aws.aws_replies(case_id, "And more.", by="Amazon Web Services " + "y" * 900)
    cases.read(5)
    cases.read(5)
    shown = texts(cases.shown())
    assert len(shown) == 3 and shown[-1] == "And more."
    assert "\x00" not in "".join(shown)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_customer_reads_about_aws_in_their_language(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str
) -> None:
    with case_desk_of(desk, monkeypatch, tmp_path, language=language) as cases:
        asked(cases)
        (said,) = replies(cases)
        assert "Which instance?" in said
        assert any("\u4e00" <= letter <= "\u9fff" for letter in said) is (language == "zh")


def test_nothing_is_said_to_aws_that_nobody_asked_for(cases: CaseDesk) -> None:
    case_id, _ = asked(cases)
    cases.aws.set_status(case_id, "resolved")
    cases.read(5)
    cases.do(handling.change_status, status=Status.RESOLVED, text="AWS replaced the fan.")
    cases.send()
    cases.desk.walk(a_mail("Thanks!", subject="Thanks"), authentication=PASSED)
    cases.send()
    counts = cases.aws.counts()
    assert not {"CreateCase", "AddCommunicationToCase", "ResolveCase", "AddAttachmentsToSet"} & counts.keys()


def test_marker_guessed_in_a_case_of_the_console_keeps_no_case_of_ours_from_being_opened(
    cases: CaseDesk,
) -> None:
    cases.do(casework.open_case, draft=a_draft(ACCOUNT))
    (write,) = cases.writes()
    cases.aws.case(ACCOUNT, body=f"Something else.\nRef: {write.marker}")
    cases.read(0.1)
    cases.send()
    cases.read(1)
    assert len(cases.aws.calls("CreateCase")) == 1
    made = cases.aws.cases_of()[-1].case_id
    assert [each.case_id for each in cases.rows(AwsCase, AwsCase.ticket_id == cases.ticket_id)] == [made]
