"""Support cases read from the double of AWS over the wire onto tickets, on both databases."""

from __future__ import annotations

import email
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.policy import default
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.aws.faults import Fault
from gateway.domain.lifecycle import Status
from gateway.store import scans
from gateway.store.models import Attachment, AwsCase, Outbox, Promise, Scan
from gateway.tickets import Refused, case_following, handling
from tests.aws.case_desk import ACCOUNT, US, CaseDesk, case_desk_of, texts
from tests.databases import Desk

LI = "li@harbour.example"
CHEN = "chen@desk.example"


@pytest.fixture
def cases(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[CaseDesk]:
    with case_desk_of(desk, monkeypatch, tmp_path) as made:
        yield made


def parts_of(letter: Outbox) -> list[tuple[str, bytes]]:
    mail = email.message_from_bytes(letter.content, policy=default)
    return [(each.get_filename() or "", each.get_payload(decode=True)) for each in mail.iter_attachments()]


def text_of(letter: Outbox) -> str:
    mail = email.message_from_bytes(letter.content, policy=default)
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


# Cases nobody has adopted.


def test_case_of_the_console_is_seen_and_stands_on_no_ticket(cases: CaseDesk) -> None:
    case_id = cases.aws.case(ACCOUNT, subject="Billing question")
    cases.read()
    assert (cases.case().case_id, cases.case().ticket_id) == (case_id, None)
    assert cases.told() == []


def test_what_is_said_in_a_case_without_a_ticket_is_not_kept(cases: CaseDesk) -> None:
    case_id = cases.aws.case(ACCOUNT)
    cases.aws.aws_replies(case_id, "Please look again.")
    cases.read()
    assert cases.said() == []


def test_case_without_a_ticket_that_is_resolved_is_shown_as_such(cases: CaseDesk) -> None:
    case_id = cases.aws.case(ACCOUNT)
    cases.read()
    cases.aws.set_status(case_id, "resolved")
    cases.read(10)
    assert cases.case().status == "resolved"


# Adopting.


def test_adopted_case_shows_its_history_and_mails_nobody(cases: CaseDesk) -> None:
    case_id = cases.aws.case(ACCOUNT, body="It is down.")
    cases.desk.clock.pass_(minutes=1)
    cases.aws.aws_replies(case_id, "We look at it.")
    cases.read(1)
    cases.adopt(case_id)
    cases.read(1)
    assert cases.shown() == [("to-aws", "It is down."), ("from-aws", "We look at it.")]
    assert cases.told() == []
    assert cases.log() == [("aws-case", "adopted"), ("aws-message", "history"), ("aws-message", "history")]


def test_case_is_adopted_by_the_number_people_quote(cases: CaseDesk) -> None:
    case_id = cases.aws.case(ACCOUNT)
    cases.adopt(cases.aws.cases[case_id].display_id)
    cases.read()
    assert (cases.case().case_id, cases.case().ticket_id) == (case_id, cases.ticket_id)
    assert texts(cases.shown()) == ["Something is wrong."]


def test_resolved_case_nobody_has_seen_is_adopted_by_its_number(cases: CaseDesk) -> None:
    case_id = cases.aws.case(ACCOUNT, status="resolved")
    cases.adopt(cases.aws.cases[case_id].display_id)
    cases.read()
    assert (cases.case().case_id, cases.case().status) == (case_id, "resolved")
    assert cases.now().proposal == ""


def test_number_of_no_case_is_told_to_the_engineer(cases: CaseDesk) -> None:
    cases.adopt("170000009999")
    cases.read()
    assert cases.told() == [("engineer-aws", CHEN)]
    assert cases.case().ticket_id is None
    assert cases.log()[-1] == ("aws-case", "not-found")


def test_case_of_another_customers_account_is_not_adopted(cases: CaseDesk) -> None:
    with cases.desk.services.transaction() as session, pytest.raises(Refused):
        case_following.adopt(
            session, cases.desk.head, cases.ticket_id, author=cases.engineer, account_id="999988887777",
            case_ref="170000000001", at=cases.desk.clock.at,
        )  # fmt: skip


def test_case_stands_on_one_ticket_only(cases: CaseDesk) -> None:
    case_id = cases.followed()
    other = cases.ticket("Something else")
    with pytest.raises(Refused):
        cases.adopt(case_id, other)


def test_adopting_twice_is_adopting_once(cases: CaseDesk) -> None:
    case_id = cases.followed()
    cases.adopt(case_id)
    cases.read(1)
    assert [what for kind, what in cases.log() if kind == "aws-case"].count("adopted") == 1
    assert texts(cases.shown()) == ["Something is wrong."]


# Replies.


def test_aws_reply_reaches_customer_and_engineer(cases: CaseDesk) -> None:
    case_id = cases.followed()
    cases.aws.aws_replies(case_id, "Please reboot\n  i-0abc.", status="work-in-progress")
    cases.read(1)
    assert cases.told() == [("aws-reply", LI), ("engineer-aws", CHEN)]
    assert cases.shown()[-1] == ("from-aws", "Please reboot\n  i-0abc.")
    letter = cases.letters()[0]
    assert "Please reboot\n  i-0abc." in text_of(letter)
    assert letter.promise == Promise.AT_LEAST_ONCE


def test_reply_is_passed_on_once_however_often_it_is_read(cases: CaseDesk) -> None:
    case_id = cases.followed()
    cases.aws.aws_replies(case_id, "Please reboot.", status="work-in-progress")
    for _ in range(4):
        cases.read(9)
    assert [letter for letter, _ in cases.told()] == ["aws-reply", "engineer-aws"]


def test_console_reply_is_mailed_to_the_others_and_not_to_its_author(cases: CaseDesk) -> None:
    case_id = cases.followed()
    cases.aws.console_replies(case_id, "We rebooted.", by=f"Li (User) <{LI}>")
    cases.read(1)
    assert cases.told() == [("engineer-aws", CHEN)]
    cases.aws.console_replies(case_id, "And again.")
    cases.read(1)
    assert cases.told()[1:] == [("aws-reply", LI), ("engineer-aws", CHEN)]
    assert cases.shown()[-2:] == [("to-aws", "We rebooted."), ("to-aws", "And again.")]


def test_what_our_role_wrote_outside_the_desk_is_shown_and_mailed_to_nobody(cases: CaseDesk) -> None:
    case_id = cases.followed()
    cases.aws.console_replies(case_id, "By a script.", by=US)
    cases.read(1)
    assert cases.told() == []
    assert cases.shown()[-1] == ("to-aws", "By a script.")


def test_two_equal_replies_of_one_millisecond_are_two(cases: CaseDesk) -> None:
    case_id = cases.followed()
    cases.aws.aws_replies(case_id, "Thanks.", status="work-in-progress")
    cases.aws.aws_replies(case_id, "Thanks.", status="work-in-progress")
    cases.read(1)
    cases.read(1)
    assert texts(cases.shown())[1:] == ["Thanks.", "Thanks."]
    assert [letter for letter, _ in cases.told()].count("aws-reply") == 2


def test_burst_of_more_than_five_replies_is_read_whole_and_in_order(cases: CaseDesk) -> None:
    case_id = cases.followed()
    for number in range(230):
        cases.desk.clock.pass_(seconds=1)
        cases.aws.aws_replies(case_id, f"Part {number}.", status="work-in-progress")
    cases.read(1)
    assert texts(cases.shown())[1:] == [f"Part {number}." for number in range(230)]


def test_redaction_changes_the_text_and_sends_no_second_letter(cases: CaseDesk) -> None:
    case_id = cases.followed()
    cases.aws.aws_replies(case_id, "The password is hunter2.", status="work-in-progress")
    cases.read(1)
    cases.forget_letters()
    cases.aws.edit(case_id, -1, "The password is [REDACTED_BY_AWS].")
    cases.read(1)
    assert texts(cases.shown())[1:] == ["The password is [REDACTED_BY_AWS]."]
    assert cases.told() == []
    assert cases.said()[-1].edited_at == cases.desk.clock.at
    assert cases.log()[-1] == ("aws-message", "edited")


def test_edit_of_an_old_communication_is_found_within_a_day(cases: CaseDesk) -> None:
    case_id = cases.followed(body="The key is abc.")
    for number in range(6):
        cases.desk.clock.pass_(seconds=1)
        cases.aws.aws_replies(case_id, f"Part {number}.", status="work-in-progress")
    cases.read(1)
    cases.aws.edit(case_id, 0, "The key is [REDACTED].")
    cases.read(10)
    assert texts(cases.shown())[0] == "The key is abc."
    cases.read(24 * 60)
    assert texts(cases.shown())[0] == "The key is [REDACTED]."


def test_ticket_stays_as_it_is_when_aws_replies(cases: CaseDesk) -> None:
    case_id = cases.followed()
    with cases.desk.services.transaction() as session:
        handling.change_status(session, cases.desk.head, cases.ticket_id, author=cases.engineer,
                               status=Status.WAITING_AWS, at=cases.desk.clock.at)  # fmt: skip
    cases.aws.aws_replies(case_id, "Please reboot.")
    cases.read(1)
    assert cases.now().status == Status.WAITING_AWS


def test_reply_on_a_closed_ticket_is_passed_on_and_told(cases: CaseDesk) -> None:
    case_id = cases.followed()
    with cases.desk.services.transaction() as session:
        handling.change_status(session, cases.desk.head, cases.ticket_id, author=cases.engineer,
                               status=Status.CLOSED, text="Done.", at=cases.desk.clock.at)  # fmt: skip
    cases.forget_letters()
    cases.aws.aws_replies(case_id, "One more thing.", status="work-in-progress")
    cases.read(1)
    assert cases.told() == [("aws-reply", LI), ("engineer-aws", CHEN)]
    assert cases.shown()[-1] == ("from-aws", "One more thing.")
    assert cases.now().status == Status.CLOSED


# Files.


def test_file_of_a_reply_goes_along_and_stands_on_its_message(cases: CaseDesk) -> None:
    case_id = cases.followed()
    cases.aws.aws_replies(case_id, "See the trace.", [("trace.log", b"all good")], status="work-in-progress")
    cases.read(1)
    assert parts_of(cases.letters()[0]) == [("trace.log", b"all good")]
    (row,) = cases.rows(Attachment)
    assert (row.filename, row.message_id) == ("trace.log", cases.said()[-1].message_id)
    assert [each.state for each in cases.files()] == ["fetched"]


def test_file_that_is_too_large_is_named_in_the_letter(cases: CaseDesk) -> None:
    case_id = cases.followed()
    large = b"x" * (5 * 1024 * 1024 + 1)
    cases.aws.aws_replies(case_id, "See the dump.", [("core.dump", large)], status="work-in-progress")
    cases.read(1)
    assert "core.dump is too large for a mail." in text_of(cases.letters()[0])
    assert [each.state for each in cases.files()] == ["too-large"]


def test_file_that_does_not_come_at_once_follows_by_itself(cases: CaseDesk) -> None:
    case_id = cases.followed()
    cases.aws.aws_replies(case_id, "See the trace.", [("trace.log", b"all good")], status="work-in-progress")
    cases.aws.fault("throttle", operation="DescribeAttachment", times=None)
    cases.read(1)
    assert "trace.log follows in a mail of its own." in text_of(cases.letters()[0])
    cases.forget_letters()
    cases.aws.clear_faults()
    cases.read(9)
    assert cases.told() == [("aws-file", LI)]
    assert parts_of(cases.letters()[0]) == [("trace.log", b"all good")]
    cases.read(9)
    assert len(cases.letters()) == 1


def test_file_that_never_comes_is_given_up_after_two_days_and_said(cases: CaseDesk) -> None:
    case_id = cases.followed()
    cases.aws.aws_replies(case_id, "See the trace.", [("trace.log", b"all good")], status="work-in-progress")
    cases.aws.fault("throttle", operation="DescribeAttachment", times=None)
    cases.read(1)
    cases.forget_letters()
    cases.read(24 * 60)
    assert cases.told() == []
    cases.read(25 * 60)
    assert cases.told() == [("aws-file", LI), ("engineer-aws", CHEN)]
    assert [each.state for each in cases.files()] == ["gone"]


def with_scanner(cases: CaseDesk) -> None:
    head = replace(cases.desk.head, scan_patience=timedelta(minutes=2), scan_required=True)
    cases.parts = replace(cases.parts, head=head)


@pytest.mark.parametrize(("verdict", "sent"), [("clean", [("run.exe", b"MZ")]), ("infected", [])])
def test_file_waits_for_the_scanner_and_its_text_does_not(
    cases: CaseDesk, verdict: str, sent: list[tuple[str, bytes]]
) -> None:
    with_scanner(cases)
    case_id = cases.followed()
    cases.aws.aws_replies(case_id, "Run this.", [("run.exe", b"MZ")], status="work-in-progress")
    assert cases.read(1).next_at - cases.desk.clock.at == timedelta(seconds=30)
    assert [letter for letter, _ in cases.told()] == ["aws-reply", "engineer-aws"]
    assert parts_of(cases.letters()[0]) == []
    cases.forget_letters()
    with cases.desk.services.transaction() as session:
        session.execute(sa.update(Scan).values(state=verdict))
    cases.read(0.5)
    assert cases.told()[0] == ("aws-file", LI)
    assert parts_of(cases.letters()[0]) == sent


def test_file_known_to_be_infected_leaves_with_nothing_and_its_ticket_says_so(cases: CaseDesk) -> None:
    with_scanner(cases)
    key = hashlib.sha256(b"MZ").hexdigest()
    with cases.desk.services.transaction() as session:
        scans.ask(session, [key], cases.desk.clock())
        session.execute(sa.update(Scan).values(state="infected", signature="Eicar", next_attempt_at=None))
    case_id = cases.followed()
    cases.aws.aws_replies(case_id, "Run this.", [("run.exe", b"MZ")], status="work-in-progress")
    cases.read(1)
    assert [parts_of(each) for each in cases.letters()] == [[], []]
    assert [each.state for each in cases.files()] == ["infected"]
    noted = [each.words for each in cases.desk.events(cases.ticket_id) if each.kind == "file-infected"]
    assert noted == ["run.exe: Eicar"]


def test_file_nobody_could_scan_in_time_is_held_back_where_scanning_is_required(cases: CaseDesk) -> None:
    with_scanner(cases)
    case_id = cases.followed()
    cases.aws.aws_replies(case_id, "Run this.", [("run.exe", b"MZ")], status="work-in-progress")
    cases.read(1)
    cases.read(3)
    assert "run.exe, which belongs" in text_of(cases.letters()[-2])
    assert [each.state for each in cases.files()] == ["unscanned"]


# Standing.


def test_aws_waiting_for_us_is_flagged_with_its_age_and_pauses_nothing(cases: CaseDesk) -> None:
    case_id = cases.followed()
    before = cases.now()
    asked_at = cases.desk.clock.pass_(minutes=2)
    cases.aws.aws_replies(case_id, "Which instance?")
    cases.read(3)
    after = cases.now()
    assert after.aws_awaits_since == asked_at
    assert (after.first_response_due_at, after.resolution_due_at, after.rests_since, after.status) == (
        before.first_response_due_at, before.resolution_due_at, None, before.status,
    )  # fmt: skip
    assert cases.told() == [("aws-reply", LI), ("engineer-aws", CHEN), ("engineer-aws", CHEN)]


def test_flag_is_gone_when_somebody_answered(cases: CaseDesk) -> None:
    case_id = cases.followed()
    cases.aws.aws_replies(case_id, "Which instance?")
    cases.read(3)
    cases.aws.console_replies(case_id, "i-0abc")
    cases.read(3)
    assert cases.now().aws_awaits_since is None


def test_engineer_is_warned_once_before_aws_closes_its_case(cases: CaseDesk) -> None:
    case_id = cases.followed()
    cases.aws.aws_replies(case_id, "Which instance?")
    cases.read(1)
    cases.forget_letters()
    cases.read(71 * 60)
    assert cases.told() == []
    cases.read(61)
    cases.read(61)
    assert [letter.subject for letter in cases.letters()] == [
        f"[HD-{cases.ticket_id}] AWS will soon close its case"
    ]


def test_resolved_case_proposes_and_resolves_nothing(cases: CaseDesk) -> None:
    case_id = cases.followed()
    cases.aws.set_status(case_id, "resolved")
    cases.read(1)
    assert (cases.now().proposal, cases.now().status) == ("aws-case-resolved", Status.NEW)
    assert sorted(cases.told()) == [("aws-case", LI), ("engineer-aws", CHEN)]
    assert cases.log()[-2:] == [("aws-case", "status"), ("resolution-proposed", "aws-case-resolved")]


def test_reopened_case_withdraws_the_proposal(cases: CaseDesk) -> None:
    case_id = cases.followed()
    cases.aws.set_status(case_id, "resolved")
    cases.read(1)
    cases.forget_letters()
    cases.aws.set_status(case_id, "reopened")
    cases.read(1)
    assert cases.now().proposal == ""
    assert sorted(cases.told()) == [("aws-case", LI), ("engineer-aws", CHEN)]


def test_last_words_before_a_resolution_are_not_lost(cases: CaseDesk) -> None:
    case_id = cases.followed()
    cases.aws.aws_replies(case_id, "It was the fan.", status="resolved")
    cases.read(1)
    assert cases.shown()[-1] == ("from-aws", "It was the fan.")


def test_words_on_a_resolved_case_arrive_within_the_hour(cases: CaseDesk) -> None:
    case_id = cases.followed()
    cases.aws.set_status(case_id, "resolved")
    cases.read(1)
    cases.aws.aws_replies(case_id, "How did we do?", status="resolved")
    cases.read(59)
    cases.read(2)
    assert cases.shown()[-1] == ("from-aws", "How did we do?")


def test_resolved_case_is_not_asked_for_after_fourteen_days(cases: CaseDesk) -> None:
    case_id = cases.followed()
    cases.aws.set_status(case_id, "resolved")
    cases.read(1)
    cases.desk.clock.pass_(days=14, minutes=1)
    cases.aws.forget_calls()
    cases.read()
    assert len(cases.aws.calls("DescribeCases")) == 1


def test_case_of_one_ticket_resolved_while_another_is_open_proposes_nothing(cases: CaseDesk) -> None:
    first, second = cases.aws.case(ACCOUNT), cases.aws.case(ACCOUNT)
    cases.read()
    cases.adopt(first)
    cases.adopt(second)
    cases.read(1)
    cases.aws.set_status(first, "resolved")
    cases.read(1)
    assert cases.now().proposal == ""
    cases.aws.set_status(second, "resolved")
    cases.read(1)
    assert cases.now().proposal == "aws-case-resolved"


def test_status_of_a_word_nobody_knows_is_kept_and_harms_nothing(cases: CaseDesk) -> None:
    case_id = cases.followed()
    cases.aws.set_status(case_id, "pending-amazon-action")
    cases.read(1)
    assert cases.case().status == "pending-amazon-action"
    assert cases.told() == []


def test_case_that_aws_forgot_is_lost_and_found_among_a_hundred(cases: CaseDesk) -> None:
    ids = [cases.aws.case(ACCOUNT, subject=f"Case {number}") for number in range(120)]
    cases.read()
    gone, resolved = ids[37], ids[:]
    resolved.remove(gone)
    cases.adopt(gone)
    cases.read(1)
    cases.forget_letters()
    for each in resolved:
        cases.aws.set_status(each, "resolved")
    cases.aws.forget(gone)
    cases.read(40)
    states = {row.case_id: row.status for row in cases.rows(AwsCase)}
    assert states == dict.fromkeys(resolved, "resolved") | {gone: "lost"}
    assert cases.told() == [("engineer-aws", CHEN)]


# Faults.


def test_one_case_that_cannot_be_read_stops_no_other(cases: CaseDesk) -> None:
    bad = cases.followed()
    good = cases.aws.case(ACCOUNT)
    cases.read()
    cases.adopt(good)
    cases.read(1)
    for number in range(7):
        cases.desk.clock.pass_(seconds=1)
        cases.aws.aws_replies(bad, f"Part {number}.", status="work-in-progress")
    cases.aws.aws_replies(good, "For the other.", status="work-in-progress")
    cases.aws.fault("500", operation="DescribeCommunications", times=None)
    with pytest.raises(Fault):
        cases.read(1)
    assert texts(cases.shown())[-1] == "For the other."
    cases.aws.clear_faults()
    cases.read(1)
    assert texts(cases.shown())[-7:] == [f"Part {number}." for number in range(7)]


def test_next_read_is_due_within_ten_minutes(cases: CaseDesk) -> None:
    due = cases.read().next_at - cases.desk.clock.at
    assert timedelta(minutes=5) < due < timedelta(minutes=10)


def test_quiet_case_costs_one_call(cases: CaseDesk) -> None:
    cases.followed()
    cases.aws.forget_calls()
    cases.read(9)
    assert cases.aws.counts() == {"DescribeCases": 1}
