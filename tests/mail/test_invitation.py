"""Meetings out of calendar parts, with the instants they really mean."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.mail.invitation import invitations
from gateway.mail.message import Attachment, Invitation, Kind, Mailbox
from gateway.mail.parse import parse
from gateway.mail.reader import read
from gateway.mail.reading import Order


def calendar(*lines: str, method: str = "REQUEST", zone: str = "") -> str:
    whole = [
        "BEGIN:VCALENDAR",
        f"METHOD:{method}",
        *zone.splitlines(),
        "BEGIN:VEVENT",
        *lines,
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join(whole) + "\r\n"


def of(text: str) -> Invitation:
    (found,) = invitations([Attachment("invite.ics", "text/calendar", text.encode(), "")])
    return found


def test_invitation_says_what_when_where_and_who() -> None:
    found = of(calendar(
        "UID:42@harbour.example", "SUMMARY:Fail-over\\, rehearsal", "DTSTART:20260504T020000Z", "DTEND:20260504T033000Z",
        "LOCATION:Room 7\\n2nd floor", 'ORGANIZER;CN="Li, Wei":mailto:li@harbour.example', "RRULE:FREQ=WEEKLY",
    ))  # fmt: skip
    assert found == Invitation(
        method="request", uid="42@harbour.example", summary="Fail-over, rehearsal",
        starts="2026-05-04T02:00:00+00:00", ends="2026-05-04T03:30:00+00:00", zone="", place="Room 7 2nd floor",
        organiser=Mailbox("Li, Wei", "li@harbour.example"), repeats=True,
    )  # fmt: skip


@pytest.mark.parametrize(("start", "instant"), [
    ("DTSTART;TZID=Asia/Shanghai:20260504T100000", "2026-05-04T02:00:00+00:00"),
    ("DTSTART;TZID=China Standard Time:20260504T100000", "2026-05-04T02:00:00+00:00"),
    ('DTSTART;TZID="W. Europe Standard Time":20260704T100000', "2026-07-04T08:00:00+00:00"),
    ("DTSTART;TZID=Nowhere/Atall:20260504T100000", "2026-05-04T10:00:00"),
    ("DTSTART:20260504T100000", "2026-05-04T10:00:00"),
    ("DTSTART;VALUE=DATE:20260504", "2026-05-04"),
    ("DTSTART:20269904T100000", ""),
    ("DTSTART;TZID=../../etc/passwd:20260504T100000", "2026-05-04T10:00:00"),
])  # fmt: skip
def test_start_means_the_instant_of_its_zone(start: str, instant: str) -> None:
    assert of(calendar(start)).starts == instant


def test_zone_that_only_the_file_describes_is_believed_where_it_is_plain() -> None:
    zone = "BEGIN:VTIMEZONE\nTZID:Office\nBEGIN:STANDARD\nTZOFFSETFROM:+0800\nTZOFFSETTO:+0800\nEND:STANDARD\nEND:VTIMEZONE"
    assert (
        of(calendar("DTSTART;TZID=Office:20260504T100000", zone=zone)).starts == "2026-05-04T02:00:00+00:00"
    )


def test_zone_with_summer_time_of_its_own_stays_unknown() -> None:
    zone = ("BEGIN:VTIMEZONE\nTZID:Office\nBEGIN:STANDARD\nTZOFFSETTO:+0100\nEND:STANDARD\nBEGIN:DAYLIGHT\n"
            "TZOFFSETTO:+0200\nEND:DAYLIGHT\nEND:VTIMEZONE")  # fmt: skip
    found = of(calendar("DTSTART;TZID=Office:20260504T100000", zone=zone))
    assert (found.starts, found.zone) == ("2026-05-04T10:00:00", "Office")


@pytest.mark.parametrize(("duration", "ends"), [
    ("PT1H30M", "2026-05-04T03:30:00+00:00"), ("P1W", "2026-05-11T02:00:00+00:00"), ("soon", ""),
])  # fmt: skip
def test_duration_gives_the_end(duration: str, ends: str) -> None:
    assert of(calendar("DTSTART:20260504T020000Z", f"DURATION:{duration}")).ends == ends


def test_folded_lines_are_joined() -> None:
    assert of(calendar("SUMMARY:变更评审", " 会议", "\t第二次")).summary == "变更评审会议第二次"


def test_mail_with_an_invitation_carries_it() -> None:
    raw = ("From: li@harbour.example\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n"
           "Please come\n--b\nContent-Type: text/calendar; charset=utf-8; method=REQUEST\n\n"
           + calendar("SUMMARY:Review", "DTSTART:20260504T020000Z") + "--b--\n")  # fmt: skip
    message = parse(raw.encode())
    assert (message.text, [each.summary for each in message.invitations]) == ("Please come", ["Review"])


def test_answer_to_an_invitation_stays_automatic_mail_and_says_which_answer() -> None:
    raw = ("From: li@harbour.example\nSubject: Accepted: Review\nContent-Type: text/calendar; method=REPLY\n\n"
           + calendar("SUMMARY:Review", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:li@harbour.example", method="REPLY"))  # fmt: skip
    reading = read(Order(raw.encode(), "li@harbour.example", frozenset()))
    assert reading.classification.kind is Kind.AUTO_REPLY
    assert reading.message.invitations[0].answer == "accepted"


def test_same_invitation_twice_in_a_mail_is_one() -> None:
    part = Attachment("invite.ics", "text/calendar", calendar("SUMMARY:Review").encode(), "")
    other = Attachment("invite.ics", "application/ics", calendar("SUMMARY:Review").encode(), "")
    assert len(invitations([part, other])) == 1


def test_calendar_file_without_a_method_invites_nobody() -> None:
    assert (
        invitations(
            [
                Attachment(
                    "c.ics", "text/calendar", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\n", ""
                )
            ]
        )
        == ()
    )


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "hostile", ["BEGIN:VEVENT\r\n" * 40_000, 'A;B="' * 100_000, "X:" + "\r\n " * 150_000, ";A=b" * 120_000]
)
def test_hostile_calendar_is_bounded(hostile: str) -> None:
    text = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n" + hostile
    assert len(invitations([Attachment("c.ics", "text/calendar", text.encode(), "")])) <= 10


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    whole = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nDTSTART:" + text
    assert (
        len(invitations([Attachment("c.ics", "text/calendar", whole.encode("utf-8", "replace"), "")])) <= 10
    )
