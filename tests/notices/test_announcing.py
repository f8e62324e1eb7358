"""Notices are drafted by anybody, announced by leads as long ahead as agreed, and told once to each reader (P8)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gateway import notices
from gateway.domain.scope import Scope
from gateway.domain.windows import Span
from gateway.notices import Content, Kind, NotAllowed, State
from gateway.store.models import Notice
from gateway.tickets import Refused
from tests.notices.bureau import END, KRAUSE, LI, MONDAY, START, WEBER, WINDOW, Bureau

MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


def test_everybody_concerned_gets_one_letter_in_their_language_and_zone(bureau: Bureau) -> None:
    bureau.announce(bureau.draft())
    assert sorted(bureau.told()) == [("maintenance", KRAUSE), ("maintenance", LI), ("maintenance", WEBER)]
    assert "Begins: 09:00, Friday 6 March, Singapore time (UTC+8)" in bureau.text("maintenance", LI)
    assert "Begins: 02:00, Friday 6 March, Berlin time (UTC+1)" in bureau.text("maintenance", WEBER)
    assert "开始：3 月 6 日（周五）02:00，柏林时间（UTC+1）" in bureau.text("maintenance", KRAUSE)
    assert bureau.letter("maintenance", KRAUSE)["Subject"] == "[HD-N1] 计划维护：数据库服务器迁移"


def test_letter_names_only_the_readers_own_accounts(bureau: Bureau) -> None:
    bureau.announce(bureau.draft(services=["RDS"]))
    text = bureau.text("maintenance", LI)
    assert "111122223333" in text
    assert "111122224444" not in text  # theirs, but without the service
    assert "444455556666" not in text and "Baltic" not in text


@pytest.mark.parametrize(
    ("scope", "readers"),
    [
        ({"regions": ["eu-central-1"]}, {WEBER, KRAUSE}),
        ({"services": ["ec2"]}, {LI}),
        ({"accounts": ["444455556666"]}, {WEBER, KRAUSE}),
        ({"tags": {"env": "test"}}, {LI}),
        ({"services": ["RDS"], "tags": {"env": "prod"}}, {LI, WEBER, KRAUSE}),
    ],
)
def test_scope_chooses_who_is_told(bureau: Bureau, scope: dict[str, object], readers: set[str]) -> None:
    bureau.announce(bureau.draft(**scope))
    assert {to for _, to in bureau.told()} == readers


def test_customers_may_be_named(bureau: Bureau) -> None:
    bureau.announce(bureau.draft(customers=[bureau.harbour.id]))
    assert bureau.told() == [("maintenance", LI)]


def test_inactive_customer_is_not_told(bureau: Bureau) -> None:
    with bureau.transaction() as session:
        session.merge(bureau.baltic).active = False
    bureau.announce(bureau.draft())
    assert bureau.told() == [("maintenance", LI)]


def test_notice_that_concerns_nobody_is_refused(bureau: Bureau) -> None:
    with pytest.raises(Refused, match="nobody is concerned"):
        bureau.announce(bureau.draft(regions=["sa-east-1"]))
    assert bureau.told() == []


def test_exactly_the_agreed_notice_of_each_customer_is_enough(bureau: Bureau) -> None:
    bureau.at(START - timedelta(hours=72)).announce(bureau.draft())
    assert bureau.notice(1).state == State.ANNOUNCED


def test_a_microsecond_less_is_refused_and_names_the_customer(bureau: Bureau) -> None:
    number = bureau.draft()
    with pytest.raises(Refused, match="too late for Baltic Freight:"):
        bureau.at(START - timedelta(hours=72) + MICROSECOND).announce(number)
    assert bureau.told() == [] and bureau.notice(number).state == State.DRAFT


def test_customer_with_48_hours_may_be_told_where_another_wants_72(bureau: Bureau) -> None:
    bureau.at(START - timedelta(hours=48)).announce(bureau.draft(customers=[bureau.harbour.id]))
    assert bureau.told() == [("maintenance", LI)]


def test_emergency_may_come_at_any_time_and_says_that_it_excludes_nothing(bureau: Bureau) -> None:
    bureau.at(START - HOUR).announce(bureau.draft(), emergency="Two disks fail.")
    text = bureau.text("maintenance", LI)
    assert "This is an emergency: Two disks fail." in text
    assert "excludes nothing" in text
    assert (
        bureau.letter("maintenance", LI)["Subject"] == "[HD-N1] Emergency maintenance: Database servers move"
    )


def test_engineer_may_draft_but_not_announce(bureau: Bureau) -> None:
    number = bureau.draft(author=bureau.engineer)
    with pytest.raises(NotAllowed):
        bureau.announce(number, author=bureau.engineer)
    assert bureau.told() == []


def test_announcing_twice_is_refused_and_tells_nobody_again(bureau: Bureau) -> None:
    number = bureau.draft()
    bureau.announce(number)
    with pytest.raises(Refused, match="announced already"):
        bureau.announce(number)
    assert len(bureau.told()) == 3


def test_draft_submitted_twice_is_one_draft(bureau: Bureau) -> None:
    assert bureau.draft() == bureau.draft()
    assert bureau.draft(regions=["eu-central-1"]) != bureau.draft()


def test_draft_tells_nobody_as_time_passes(bureau: Bureau) -> None:
    bureau.draft()
    for at in (START - timedelta(hours=24), START, END):
        bureau.at(at).tick()
    assert bureau.told() == []


def test_letter_says_where_a_text_exists_in_the_other_language_only(bureau: Bureau) -> None:
    content = Content(Kind.MAINTENANCE, {"en": "Racks move"}, {}, Scope(), WINDOW)
    with bureau.transaction() as session:
        number = notices.draft(session, content, author=bureau.engineer, at=MONDAY).id
    bureau.announce(number)
    assert "计划维护：Racks move" in bureau.text("maintenance", KRAUSE)
    assert "本通知部分内容只有英文" in bureau.text("maintenance", KRAUSE)
    assert "exists in" not in bureau.text("maintenance", LI)


@pytest.mark.parametrize(
    ("titles", "window", "why"),
    [
        ({}, WINDOW, "needs a title"),
        ({"en": "x"}, None, "needs a beginning and an end"),
        ({"en": "x"}, Span(END, START), "ends after it begins"),
        ({"en": "x" * 201}, WINDOW, "title is too long"),
    ],
)
def test_notice_that_makes_no_sense_is_refused(
    bureau: Bureau, titles: dict[str, str], window: Span | None, why: str
) -> None:
    with bureau.transaction() as session, pytest.raises(Refused, match=why):
        notices.draft(
            session, Content(Kind.MAINTENANCE, titles, {}, Scope(), window), author=bureau.lead, at=MONDAY
        )


def test_window_that_is_over_is_refused_even_as_an_emergency(bureau: Bureau) -> None:
    number = bureau.draft()
    with pytest.raises(Refused, match="is over"):
        bureau.at(END).announce(number, emergency="late")


def test_calendar_file_holds_the_window_in_utc(bureau: Bureau) -> None:
    bureau.announce(bureau.draft())
    (part,) = bureau.letter("maintenance", LI).iter_attachments()
    content = part.get_payload(decode=True)
    assert (part.get_content_type(), part.get_filename()) == ("text/calendar", "maintenance.ics")
    assert part["Content-Type"].params == {"charset": "utf-8", "method": "PUBLISH"}
    lines = content.decode().split("\r\n")
    for line in ("METHOD:PUBLISH", "UID:hd-n1@desk.example", "SEQUENCE:0", "DTSTART:20260306T010000Z",
                 "DTEND:20260306T050000Z", "STATUS:CONFIRMED", "SUMMARY:[HD-N1] Database servers move"):  # fmt: skip
        assert line in lines
    assert not any(line.startswith("BEGIN:VTIMEZONE") for line in lines)


def test_advisory_tells_what_to_do_and_reminds_nobody(bureau: Bureau) -> None:
    bureau.announce(bureau.draft(kind=Kind.ADVISORY, services=["RDS"]))
    assert {letter for letter, _ in bureau.told()} == {"advisory"}
    text = bureau.text("advisory", LI)
    assert "Severity: High" in text and "Each database restarts once." in text and "111122223333" in text
    assert list(bureau.letter("advisory", LI).iter_attachments()) == []
    assert bureau.due() == []


def test_advisory_has_neither_window_nor_emergency(bureau: Bureau) -> None:
    number = bureau.draft(kind=Kind.ADVISORY)
    with pytest.raises(Refused):
        bureau.announce(number, emergency="now")
    bureau.announce(number)
    with pytest.raises(Refused):
        bureau.change(number, WINDOW)
    with pytest.raises(Refused):
        bureau.call_off(number)


def test_letters_of_notices_may_not_be_unsubscribed_from(bureau: Bureau) -> None:
    bureau.announce(bureau.draft())
    mail = bureau.letter("maintenance", LI)
    assert mail["List-Unsubscribe"] is None
    assert mail["Auto-Submitted"] == "auto-generated"


def test_preview_tells_whom_and_what_and_writes_nothing(bureau: Bureau) -> None:
    number = bureau.draft(services=["RDS"])
    with bureau.desk.services.reading() as session:
        shown = notices.preview(session, bureau.head, session.get_one(Notice, number), at=START - 50 * HOUR)
        assert not session.dirty and not session.new
    assert [(each.name, each.accounts) for each in shown.parties] == [
        ("Baltic Freight", ("444455556666",)),
        ("Harbourline Logistics", ("111122223333",)),
    ]
    assert [each.name for each in shown.late] == ["Baltic Freight"]
    assert shown.readers == 3
    assert shown.letters["en"].subject == "[HD-N1] Planned maintenance: Database servers move"
    assert shown.letters["zh"].subject == "[HD-N1] 计划维护：数据库服务器迁移"
    assert bureau.told() == []


def test_preview_of_an_account_whose_services_nobody_recorded_says_that_it_is_a_guess(bureau: Bureau) -> None:
    with bureau.transaction() as session:
        session.execute(sa.text("UPDATE aws_account SET services = '[]' WHERE account_id = '444455556666'"))
    number = bureau.draft(services=["RDS"])
    with bureau.desk.services.reading() as session:
        shown = notices.preview(session, bureau.head, session.get_one(Notice, number), at=MONDAY)
    assert [(each.name, each.guessed) for each in shown.parties] == [
        ("Baltic Freight", ("444455556666",)),
        ("Harbourline Logistics", ()),
    ]


def test_address_unfit_for_mail_stops_no_other_letter(bureau: Bureau) -> None:
    with bureau.transaction() as session:
        session.execute(sa.text("UPDATE contact SET email = 'weber at baltic' WHERE name = 'Weber'"))
    bureau.announce(bureau.draft())
    assert {to for _, to in bureau.told()} == {LI, KRAUSE}
    assert bureau.fates(1) == {"weber at baltic": "unfit", LI: "waiting", KRAUSE: "waiting"}
