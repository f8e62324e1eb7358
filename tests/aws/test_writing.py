"""Writes to AWS Support: once each, in order, within AWS's limits, and a person asked where AWS does not say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.aws.cases import writing
from gateway.aws.faults import Fault, Kind
from gateway.aws.parts import Account
from gateway.mail.message import Attachment
from gateway.store.models import (
    Attachment as AttachmentRow,
)
from gateway.store.models import AwsAccount, AwsCase, AwsWrite, Message, Scan, ScanState, Stream
from gateway.tickets import casework, enclosing
from gateway.tickets.enclosing import File
from tests.aws.accounts import drain, parts_of, rounds_of, stream_of
from tests.aws.fake import FakeAws
from tests.aws.fixtures import environment
from tests.aws.server import serving
from tests.aws.writing_desk import WritingDesk, a_draft
from tests.databases import Desk

LONG = "\n\n".join(f"Paragraph {number}: {'word ' * 180}" for number in range(20))


@pytest.fixture
def one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[WritingDesk]:
    """A desk with one account and one ticket."""
    with serving(FakeAws(desk.clock)) as aws:
        for name, value in environment(aws).items():
            monkeypatch.setenv(name, value)
        yield WritingDesk(desk, aws)


@dataclass
class Refusing:
    """Clients whose writes meet faults of the test's choice before they reach AWS."""

    inner: Any
    faults: list[Fault]
    writes: list[dict[str, Any]] = field(default_factory=list)

    def call(self, account: Account, service: str, operation: str, **request: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.inner.call(account, service, operation, **request)
        return answer

    def write(self, account: Account, service: str, operation: str, **request: Any) -> dict[str, Any]:
        self.writes.append(request)
        if self.faults:
            raise self.faults.pop(0)
        answer: dict[str, Any] = self.inner.write(account, service, operation, **request)
        return answer


def with_a_case(one: WritingDesk) -> str:
    """A case that is open at AWS; its identifier."""
    one.open_cases()
    one.settle()
    one.aws.forget_calls()
    return one.cases()[0].case_id


def said(one: WritingDesk, case_id: str) -> list[str]:
    """What AWS was told in a case, in its order, without markers."""
    with one.aws.lock:
        return [each.body.rpartition("\n\nRef: ")[0] for each in one.aws.cases[case_id].communications]


def files_on_the_ticket(one: WritingDesk, *sizes: int) -> list[int]:
    """Files that the ticket's first message brought; their rows."""
    with one.desk.services.transaction() as session:
        handed = [File(f"trace{number}.log", "text/plain", bytes([number + 65]) * size) for number, size in
                  enumerate(sizes)]  # fmt: skip
        stored: list[Attachment] = []
        for each in handed:
            stored += enclosing.enclosed(
                session, one.desk.services.blobs, [each], most_bytes=2**30, at=one.desk.clock()
            )
        message = session.scalars(sa.select(Message).order_by(Message.id)).first()
        assert message is not None
        enclosing.attach(session, message.id, stored)
        return list(session.scalars(sa.select(AttachmentRow.id).order_by(AttachmentRow.id)))


def logged(one: WritingDesk, what: str) -> dict[str, Any]:
    """The one entry of the ticket's log that says this."""
    (entry,) = [each.data for each in one.desk.events(one.tickets[0]) if each.data.get("what") == what]
    return entry


# Opening.


def test_case_is_opened_and_stands_on_the_ticket(one: WritingDesk) -> None:
    one.open_cases(severity="critical")
    one.settle()
    (case,) = one.aws.cases.values()
    (row,) = one.cases()
    assert (row.case_id, row.display_id, row.ticket_id) == (case.case_id, case.display_id, one.tickets[0])
    assert (row.severity_wanted, row.severity, case.severity) == ("critical", "urgent", "urgent")
    assert case.subject == f"Instances unreachable [HD-{one.tickets[0]}]"
    assert len(one.desk.letters("aws-case-opened")) == 1


def test_nobody_is_ever_copied_in(one: WritingDesk) -> None:
    with_a_case(one)
    assert [case.cc for case in one.aws.cases.values()] == [()]


def test_nothing_leaves_before_the_undo_time_is_over(one: WritingDesk) -> None:
    one.desk.head = replace(one.desk.head, undo=timedelta(seconds=10))
    one.open_cases()
    one.desk.clock.pass_(seconds=9)
    one.step()
    assert one.aws.calls("CreateCase") == []
    one.desk.clock.pass_(seconds=1)
    one.step()
    assert len(one.aws.calls("CreateCase")) == 1


def test_what_was_taken_back_never_leaves(one: WritingDesk) -> None:
    one.desk.head = replace(one.desk.head, undo=timedelta(seconds=10))
    (write,) = one.open_cases()
    one.do(casework.cancel_write, write)
    one.desk.clock.pass_(minutes=5)
    one.step()
    assert one.aws.calls("CreateCase") == []


def test_language_that_aws_speaks_is_kept(one: WritingDesk) -> None:
    one.open_cases(language="zh")
    one.settle()
    assert [case.language for case in one.aws.cases.values()] == ["zh"]


def test_language_that_aws_does_not_speak_becomes_english(one: WritingDesk) -> None:
    one.open_cases(language="ko")
    one.settle()
    assert [case.language for case in one.aws.cases.values()] == ["en"]
    assert one.cases()[0].language == "en"
    assert logged(one, "language")["wanted"] == "ko"


def test_round_over_the_accounts_sends_what_is_due(one: WritingDesk) -> None:
    one.open_cases()
    drain(one.desk, rounds_of(one.desk, one.clients, {}, writing.write))
    assert (one.writes()[0].state, len(one.aws.cases)) == ("sent", 1)


def test_cases_are_read_soon_after_something_was_written(one: WritingDesk) -> None:
    one.open_cases()
    one.step()
    assert stream_of(one.desk, Stream.CASES, one.accounts[0]).due_at <= one.desk.clock() + timedelta(
        seconds=5
    )


# Parts and order.


def test_long_case_is_opened_and_continued_in_its_parts_in_order(one: WritingDesk) -> None:
    one.open_cases(body=LONG)
    one.settle()
    (case_id,) = one.aws.cases
    numbers = [each.partition("\n")[0] for each in said(one, case_id)]
    assert numbers == ["(1/3)", "(2/3)", "(3/3)"]
    joined = "\n\n".join(each.partition("\n\n")[2] for each in said(one, case_id))
    assert joined.split() == LONG.split()


@pytest.mark.parametrize(("kind", "when"), [("500", "after"), ("drop", "before"), ("throttle", "before")])
def test_parts_stay_in_order_when_an_answer_is_lost_between_them(
    one: WritingDesk, kind: str, when: str
) -> None:
    case_id = with_a_case(one)
    one.aws.fault(kind, when=when, operation="AddCommunicationToCase", skip=1)
    one.answer_cases(LONG)
    one.answer_cases("And one thing more.")
    one.settle()
    told = [each.partition("\n")[0] for each in said(one, case_id)[1:]]
    assert told == ["(1/3)", "(2/3)", "(3/3)", "And one thing more."]


def test_part_after_a_refused_one_waits_for_a_person(one: WritingDesk) -> None:
    case_id = with_a_case(one)
    one.clients = Refusing(one.clients, [Fault(Kind.REFUSED, "ValidationException")])
    one.answer_cases(LONG)
    one.step()
    assert [each.state for each in one.writes()[1:]] == ["failed", "queued", "queued"]
    assert len(said(one, case_id)) == 1
    one.do(casework.retry_write, one.writes()[1].id)
    one.settle()
    assert len(said(one, case_id)) == 4


# Answers that are lost for good.


def test_person_is_asked_after_a_case_was_absent_twice_after_each_of_two_calls(one: WritingDesk) -> None:
    one.aws.fault("drop", operation="CreateCase", times=None)
    one.open_cases()
    began = one.desk.clock()
    one.settle()
    (row,) = one.writes()
    assert (row.state, row.sends, len(one.aws.calls("CreateCase"))) == ("asked", 2, 2)
    assert one.desk.clock() - began >= timedelta(minutes=4)
    assert len(one.aws.calls("DescribeCases")) == 4
    letters = one.desk.letters("engineer-aws-write")
    assert [row.recipients for row in letters] == [["chen@desk.example"]]
    assert row.marker in letters[0].content.decode()


def test_nothing_is_looked_for_within_a_minute(one: WritingDesk) -> None:
    one.aws.fault("drop", when="after", operation="CreateCase")
    one.open_cases()
    one.step()
    one.desk.clock.pass_(seconds=59)
    one.step()
    assert one.aws.calls("DescribeCases") == []


def test_person_is_asked_where_aws_cannot_be_asked_for_half_an_hour(one: WritingDesk) -> None:
    one.aws.fault("drop", when="after", operation="CreateCase")
    one.aws.fault("500", operation="DescribeCases", times=None)
    one.open_cases()
    one.settle()
    assert (one.writes()[0].state, len(one.aws.calls("CreateCase"))) == ("asked", 1)


def test_retry_by_a_person_goes_again_with_the_same_marker(one: WritingDesk) -> None:
    one.aws.fault("drop", operation="CreateCase", times=2)
    one.open_cases()
    one.settle()
    marker = one.writes()[0].marker
    one.do(casework.retry_write, one.writes()[0].id)
    one.settle()
    assert one.writes()[0].state == "sent"
    assert one.bodies(one.accounts[0])[0].endswith(f"Ref: {marker}")


def test_case_whose_marker_aws_took_out_is_known_by_its_words(one: WritingDesk) -> None:
    one.aws.rewrites = lambda body: body.partition("Ref: ")[0] + "[REDACTED_BY_AWS]"
    one.aws.fault("drop", when="after", operation="CreateCase")
    one.open_cases()
    one.settle()
    assert (one.writes()[0].state, len(one.aws.cases)) == ("sent", 1)


def test_case_that_was_talked_about_since_is_still_found(one: WritingDesk) -> None:
    one.aws.fault("drop", when="after", operation="CreateCase")
    one.open_cases()
    one.step()
    (case_id,) = one.aws.cases
    for number in range(7):
        one.aws.aws_replies(case_id, f"Question {number}?")
    one.settle()
    assert (one.writes()[0].state, len(one.aws.cases)) == ("sent", 1)


def test_process_that_lost_its_lease_sends_nothing(one: WritingDesk) -> None:
    (write,) = one.open_cases()
    parts = parts_of(one.desk, one.clients)
    (claimed,) = one._claimed(parts)
    with one.desk.services.transaction() as session:
        session.execute(sa.update(AwsWrite).values(fence=AwsWrite.fence + 1))
    writing.write(parts, write, claimed.fence)
    assert one.aws.calls("CreateCase") == []


def test_process_that_slept_after_marking_its_write_sends_nothing(one: WritingDesk) -> None:
    one.open_cases()
    parts = parts_of(one.desk, one.clients)
    (claimed,) = one._claimed(parts)
    instants = iter([one.desk.clock()] * 2)
    later = one.desk.clock() + timedelta(minutes=10)
    writing.write(replace(parts, now=lambda: next(instants, later)), claimed.id, claimed.fence)
    assert (one.aws.calls("CreateCase"), one.writes()[0].state) == ([], "queued")


# Refusals.


def test_refused_case_is_told_to_engineers_and_goes_once_it_is_sent_again(one: WritingDesk) -> None:
    one.clients = Refusing(
        one.clients, [Fault(Kind.REFUSED, "InvalidParameterValueException", "serviceCode")]
    )
    one.open_cases()
    one.step()
    (row,) = one.writes()
    assert (row.state, row.fault) == ("failed", "InvalidParameterValueException: serviceCode")
    assert len(one.desk.letters("engineer-aws-write")) == 1
    one.do(casework.retry_write, row.id)
    one.settle()
    assert (one.writes()[0].state, len(one.aws.cases)) == ("sent", 1)


def test_account_without_a_plan_is_noted_and_its_writes_wait(one: WritingDesk) -> None:
    one.aws.account(one.accounts[0], plan=None)
    one.open_cases()
    one.step()
    with one.desk.services.transaction() as session:
        account = session.get_one(AwsAccount, one.accounts[0])
        assert account.state == "no-plan"
        account.state = "ok"
    assert one.writes()[0].state == "queued"
    one.aws.account(one.accounts[0], plan="enterprise")
    one.settle()
    assert one.writes()[0].state == "sent"


def test_what_waits_for_long_is_told_once(one: WritingDesk) -> None:
    one.aws.account(one.accounts[0], throttled=True)
    one.open_cases()
    for _ in range(40):
        one.step()
        one.desk.clock.pass_(minutes=1)
    assert [letter.subject for letter in one.desk.letters("engineer-aws-write")] == [
        f"[HD-{one.tickets[0]}] Still on its way to AWS: a new case"
    ]


def test_words_on_a_case_that_aws_does_not_know_fail(one: WritingDesk) -> None:
    case_id = with_a_case(one)
    one.aws.cases.pop(case_id)
    one.answer_cases()
    one.settle()
    assert (one.writes()[-1].state, one.writes()[-1].fault.partition(":")[0]) == ("failed", "CaseIdNotFound")


# The hour.


def test_eleventh_case_of_an_hour_waits_and_the_most_severe_go_first(one: WritingDesk) -> None:
    wanted = ["low"] * 10 + ["critical"]
    for severity in wanted:
        one.do(casework.open_case, one.tickets[0], draft=a_draft(one.accounts[0], severity=severity))
    one.step()
    assert [row.state for row in one.writes()] == ["sent"] * 9 + ["queued", "sent"]
    assert one.writes()[9].fault == "HourFull"
    one.desk.clock.pass_(minutes=61)
    one.step()
    assert {row.state for row in one.writes()} == {"sent"}


def test_case_that_aws_has_no_room_for_goes_later(one: WritingDesk) -> None:
    one.aws.setup(cases_per_hour=0)
    one.open_cases()
    one.step()
    assert (one.writes()[0].state, one.writes()[0].sends) == ("queued", 0)
    one.aws.setup(cases_per_hour=10)
    one.settle()
    assert one.writes()[0].state == "sent"


# Resolving.


@pytest.mark.parametrize("when", ["before", "after"])
def test_case_is_resolved_whatever_becomes_of_the_answer(one: WritingDesk, when: str) -> None:
    case_id = with_a_case(one)
    one.aws.fault("500", when=when, operation="ResolveCase")
    one.do(casework.resolve_case, one.tickets[0], case=one.cases()[0].id)
    one.settle()
    assert (one.aws.cases[case_id].status, one.writes()[-1].state) == ("resolved", "sent")


# Files.


def test_files_beyond_three_go_with_further_communications(one: WritingDesk) -> None:
    chosen = files_on_the_ticket(one, 10, 20, 30, 40)
    one.open_cases(attachment_ids=tuple(chosen))
    one.settle()
    (case,) = one.aws.cases.values()
    assert [[each.name for each in said.attachments] for said in case.communications] == [
        ["trace0.log", "trace1.log", "trace2.log"],
        ["trace3.log"],
    ]
    assert case.communications[1].attachments[0].content == b"D" * 40


def test_file_that_is_too_large_is_named_instead(one: WritingDesk) -> None:
    chosen = files_on_the_ticket(one, 10, 5 * 1024 * 1024 + 1)
    one.open_cases(attachment_ids=tuple(chosen))
    one.settle()
    (case,) = one.aws.cases.values()
    assert [each.name for each in case.communications[0].attachments] == ["trace0.log"]
    assert "Not attached because of its size: trace1.log (5.0 MB)" in case.communications[0].body
    assert logged(one, "too-large")["files"] == chosen[1:]


def test_empty_file_stops_no_case(one: WritingDesk) -> None:
    one.open_cases(attachment_ids=tuple(files_on_the_ticket(one, 0, 10)))
    one.settle()
    (case,) = one.aws.cases.values()
    assert [each.name for each in case.communications[0].attachments] == ["trace1.log"]


def test_set_that_has_ended_is_built_once_more(one: WritingDesk) -> None:
    chosen = files_on_the_ticket(one, 10)
    one.clients = Refusing(one.clients, [Fault(Kind.MISSING, "AttachmentSetExpired")])
    one.open_cases(attachment_ids=tuple(chosen))
    one.settle()
    (case,) = one.aws.cases.values()
    assert len(case.communications[0].attachments) == 1
    assert len({each["attachmentSetId"] for each in one.clients.writes}) == 2


def verdict(one: WritingDesk, state: ScanState) -> None:
    """The scanner's word on everything."""
    with one.desk.services.transaction() as session:
        session.execute(sa.update(Scan).values(state=state))


@pytest.mark.parametrize("state", [ScanState.INFECTED, ScanState.FAILED])
def test_file_that_is_not_known_to_be_clean_is_withheld(one: WritingDesk, state: ScanState) -> None:
    one.desk.head = replace(one.desk.head, scan_patience=timedelta(minutes=5))
    chosen = files_on_the_ticket(one, 10)
    verdict(one, state)
    one.open_cases(attachment_ids=tuple(chosen))
    one.settle()
    (case,) = one.aws.cases.values()
    assert case.communications[0].attachments == []
    assert logged(one, "withheld")["files"] == chosen


def test_write_waits_for_the_scanner_then_goes_with_its_file(one: WritingDesk) -> None:
    one.desk.head = replace(one.desk.head, scan_patience=timedelta(minutes=5))
    one.open_cases(attachment_ids=tuple(files_on_the_ticket(one, 10)))
    one.step()
    assert one.writes()[0].fault == "NotScanned"
    verdict(one, ScanState.CLEAN)
    one.settle()
    (case,) = one.aws.cases.values()
    assert len(case.communications[0].attachments) == 1


def test_write_goes_without_a_file_the_scanner_says_nothing_of(one: WritingDesk) -> None:
    one.desk.head = replace(one.desk.head, scan_patience=timedelta(minutes=5))
    one.open_cases(attachment_ids=tuple(files_on_the_ticket(one, 10)))
    one.settle()
    (case,) = one.aws.cases.values()
    assert case.communications[0].attachments == []


# Adopted by number.


def test_words_wait_for_a_case_that_was_not_read_yet(one: WritingDesk) -> None:
    case_id = with_a_case(one)
    with one.desk.services.transaction() as session:
        session.execute(sa.update(AwsCase).values(case_id="wanted:1"))
    one.answer_cases("Hello")
    one.step()
    assert (one.writes()[-1].state, one.writes()[-1].fault) == ("queued", "CaseNotSeen")
    with one.desk.services.transaction() as session:
        session.execute(sa.update(AwsCase).values(case_id=case_id))
    one.settle()
    assert said(one, case_id)[-1] == "Hello"
