"""A window as time passes: reminder, beginning, end; moved, lengthened, called off; nothing twice (P8)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from gateway.appointments import Appointments
from gateway.domain.windows import Span
from gateway.notices import State
from gateway.services import KEPT
from gateway.tickets import Refused
from tests.killing import Killed
from tests.notices.bureau import END, LI, MONDAY, START, Bureau

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def number(bureau: Bureau) -> int:
    """An announced window for one customer."""
    number = bureau.draft(customers=[bureau.harbour.id])
    bureau.announce(number)
    return number


def test_reminder_comes_a_day_ahead_once(bureau: Bureau, number: int) -> None:
    bureau.at(START - DAY - MICROSECOND).tick()
    assert bureau.steps() == ["maintenance"]
    for _ in range(2):
        bureau.at(START - DAY).tick()
    assert bureau.told()[1:] == [("maintenance-reminder", LI)]


def test_letters_at_beginning_and_end_come_at_their_instants(bureau: Bureau, number: int) -> None:
    bureau.at(START - DAY).tick()
    bureau.at(START - MICROSECOND).tick()
    assert bureau.steps() == ["maintenance", "maintenance-reminder"]
    bureau.at(START).tick()
    assert bureau.notice(number).state == State.STARTED
    bureau.at(END - MICROSECOND).tick()
    assert bureau.steps()[2:] == ["maintenance-started"]
    bureau.at(END).tick()
    assert bureau.steps()[3:] == ["maintenance-ended"]
    assert (bureau.notice(number).started_at, bureau.notice(number).ended_at) == (START, END)
    assert bureau.due() == []


def test_desk_that_was_away_says_what_is_still_true_and_keeps_the_instants(
    bureau: Bureau, number: int
) -> None:
    bureau.at(END + HOUR).tick()
    assert bureau.steps() == ["maintenance", "maintenance-ended"]
    assert (bureau.notice(number).started_at, bureau.notice(number).ended_at) == (START, END)


def test_late_reminder_is_better_than_none(bureau: Bureau, number: int) -> None:
    bureau.at(START - HOUR).tick()
    bureau.at(START).tick()
    assert bureau.steps() == ["maintenance", "maintenance-reminder", "maintenance-started"]


def test_window_announced_within_the_day_has_no_reminder(bureau: Bureau) -> None:
    bureau.at(START - 2 * HOUR)
    bureau.announce(bureau.draft(customers=[bureau.harbour.id]), emergency="disks")
    bureau.tick()
    bureau.at(START).tick()
    assert bureau.steps() == ["maintenance", "maintenance-started"]


def test_early_end_is_told_with_both_ends(bureau: Bureau, number: int) -> None:
    bureau.at(START).tick()
    bureau.at(END - HOUR).end(number)
    text = bureau.text("maintenance-ended")
    assert "Ended: 12:00, Friday 6 March" in text and "Announced end: 13:00, Friday 6 March" in text
    assert "earlier than announced" in text
    bureau.at(END).tick()
    assert len(bureau.told()) == 3  # announced, started, ended


def test_ending_twice_is_refused(bureau: Bureau, number: int) -> None:
    bureau.at(START).tick()
    bureau.at(END - HOUR).end(number)
    with pytest.raises(Refused):
        bureau.end(number)
    assert [letter for letter, _ in bureau.told()].count("maintenance-ended") == 1


def test_window_kept_open_ends_when_a_person_says_so(bureau: Bureau, number: int) -> None:
    bureau.at(START).tick()
    bureau.at(END - HOUR).keep_open(number)
    bureau.at(END).tick()
    bureau.at(END + 3 * HOUR).tick()
    assert bureau.notice(number).state == State.STARTED
    assert "maintenance-ended" not in bureau.steps()
    bureau.at(END + 2 * HOUR).end(number)
    assert bureau.notice(number).ended_at == END + 2 * HOUR
    assert "took longer than announced" in bureau.text("maintenance-ended")


def test_window_cannot_end_before_it_begins(bureau: Bureau, number: int) -> None:
    with pytest.raises(Refused, match="call it off"):
        bureau.at(START).end(number)


def test_window_called_off_says_nothing_more(bureau: Bureau, number: int) -> None:
    bureau.at(START - 2 * DAY).call_off(number, "The part has not arrived.")
    for at in (START - DAY, START, END):
        bureau.at(at).tick()
    assert bureau.steps() == ["maintenance", "maintenance-changed"]
    mail = bureau.letter("maintenance-changed")
    assert mail["Subject"] == "[HD-N1] Maintenance called off: Database servers move"
    (part,) = mail.iter_attachments()
    lines = part.get_payload(decode=True).decode().split("\r\n")
    assert "STATUS:CANCELLED" in lines and "SEQUENCE:1" in lines and "UID:hd-n1@desk.example" in lines
    assert "The part has not arrived." in bureau.text("maintenance-changed")
    assert bureau.due() == []


def test_window_called_off_twice_is_told_once(bureau: Bureau, number: int) -> None:
    bureau.call_off(number)
    with pytest.raises(Refused):
        bureau.call_off(number)
    assert len(bureau.told()) == 2


def test_window_that_has_begun_is_ended_and_not_called_off(bureau: Bureau, number: int) -> None:
    with pytest.raises(Refused, match="end it instead"):
        bureau.at(START).call_off(number)


def test_draft_called_off_tells_nobody(bureau: Bureau) -> None:
    number = bureau.draft()
    bureau.call_off(number)
    assert bureau.told() == []
    with pytest.raises(Refused):
        bureau.announce(number)


def test_moved_window_moves_its_letters_and_forgets_the_old_plan(bureau: Bureau, number: int) -> None:
    moved = Span(START + 2 * DAY, END + 2 * DAY)
    bureau.change(number, moved, words="The part comes later.")
    assert "Was to begin: 09:00, Friday 6 March" in bureau.text("maintenance-changed")
    assert "Begins: 09:00, Sunday 8 March" in bureau.text("maintenance-changed")
    for at in (START - DAY, START, END):
        bureau.at(at).tick()
    assert bureau.steps() == ["maintenance", "maintenance-changed"]
    for at in (moved.start - DAY, moved.start, moved.end):
        bureau.at(at).tick()
    assert bureau.steps()[2:] == ["maintenance-reminder", "maintenance-started", "maintenance-ended"]


def test_window_moved_after_its_reminder_is_reminded_of_anew(bureau: Bureau, number: int) -> None:
    bureau.at(START - DAY).tick()
    bureau.change(number, Span(START + 3 * DAY, END + 3 * DAY))
    bureau.at(START + 2 * DAY).tick()
    assert [letter for letter, _ in bureau.told()].count("maintenance-reminder") == 2


def test_calendar_of_a_moved_window_is_the_same_event_in_a_later_version(bureau: Bureau, number: int) -> None:
    bureau.change(number, Span(START + DAY, END + DAY))
    (part,) = bureau.letter("maintenance-changed").iter_attachments()
    lines = part.get_payload(decode=True).decode().split("\r\n")
    assert {"UID:hd-n1@desk.example", "SEQUENCE:1", "DTSTART:20260307T010000Z", "STATUS:CONFIRMED"} <= set(
        lines
    )


def test_same_change_twice_is_refused(bureau: Bureau, number: int) -> None:
    moved = Span(START + DAY, END + DAY)
    bureau.change(number, moved)
    with pytest.raises(Refused, match="nothing would change"):
        bureau.change(number, moved)
    assert len(bureau.told()) == 2


def test_lengthening_too_late_is_refused_unless_an_emergency_is_stated(bureau: Bureau, number: int) -> None:
    longer = Span(START, END + HOUR)
    bureau.at(END - 2 * DAY + MICROSECOND)
    with pytest.raises(Refused, match="too soon for Harbourline Logistics"):
        bureau.change(number, longer)
    bureau.change(number, longer, emergency="One rack is stuck.")
    assert "Maintenance takes longer" in bureau.letter("maintenance-changed")["Subject"]
    assert "excludes nothing" in bureau.text("maintenance-changed")


def test_lengthening_exactly_as_agreed_before_the_added_part_needs_no_emergency(
    bureau: Bureau, number: int
) -> None:
    bureau.at(END - 2 * DAY).change(number, Span(START, END + HOUR))
    assert bureau.notice(number).ends_at == END + HOUR


def test_running_window_may_be_lengthened_but_not_moved(bureau: Bureau, number: int) -> None:
    bureau.at(START).tick()
    with pytest.raises(Refused, match="only its end"):
        bureau.change(number, Span(START + HOUR, END + HOUR), emergency="x")
    bureau.change(number, Span(START, END + HOUR), emergency="One rack is stuck.")
    bureau.at(END).tick()
    assert "maintenance-ended" not in bureau.steps()
    bureau.at(END + HOUR).tick()
    assert bureau.notice(number).ended_at == END + HOUR


def test_shortening_needs_no_emergency(bureau: Bureau, number: int) -> None:
    bureau.at(START - HOUR).change(number, Span(START, END - HOUR))
    assert "Maintenance is shorter" in bureau.letter("maintenance-changed")["Subject"]


def test_window_cannot_be_moved_into_the_past(bureau: Bureau, number: int) -> None:
    with pytest.raises(Refused, match="in the past"):
        bureau.at(MONDAY + HOUR).change(number, Span(MONDAY, END), emergency="x")


def test_contact_that_left_hears_nothing_more_and_a_new_one_does(bureau: Bureau, number: int) -> None:
    with bureau.transaction() as session:
        customer = session.merge(bureau.harbour)
        customer.contacts[0].email = "new@harbour.example"
    bureau.at(START - DAY).tick()
    assert bureau.told()[1:] == [("maintenance-reminder", "new@harbour.example")]


def test_two_processes_at_once_send_each_step_once(bureau: Bureau, number: int) -> None:
    bureau.at(START - DAY)
    for at in (START - DAY, START, END):
        bureau.at(at)
        threads = [threading.Thread(target=bureau.tick, args=[f"p{count}"]) for count in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert sorted(bureau.told()) == sorted(
        (f"maintenance{step}", LI) for step in ("", "-reminder", "-started", "-ended")
    )


def test_lead_who_ends_the_window_while_the_desk_does_makes_one_letter(bureau: Bureau, number: int) -> None:
    bureau.at(START).tick()
    bureau.at(END)

    def by_hand() -> None:
        with suppress(Refused):
            bureau.end(number)

    threads = [threading.Thread(target=by_hand), threading.Thread(target=bureau.tick)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    assert [letter for letter, _ in bureau.told()].count("maintenance-ended") == 1


@pytest.mark.parametrize("step", [1, 2, 3])
def test_process_killed_at_any_commit_sends_each_step_once(bureau: Bureau, number: int, step: int) -> None:
    commits = 0

    @contextmanager
    def dying() -> Iterator[Session]:
        nonlocal commits
        with bureau.desk.services.transaction() as session:
            yield session
            commits += 1
            if commits == step:
                raise Killed

    bureau.at(START - DAY)
    with suppress(Killed):
        Appointments(dying, bureau.head, "doomed", bureau.desk.clock, KEPT).drain(START)
    with bureau.transaction() as session:
        session.connection().exec_driver_sql("UPDATE appointment SET lease_until = NULL")
    bureau.tick()
    assert [letter for letter, _ in bureau.told()] == ["maintenance", "maintenance-reminder"]


def test_whole_window_costs_each_reader_four_letters(bureau: Bureau) -> None:
    bureau.announce(bureau.draft())
    for hours in range(0, 24 * 5, 6):
        bureau.at(MONDAY + timedelta(hours=hours)).tick()
        bureau.send()
    told = bureau.told()
    assert len(told) == len(set(told)) == 12
    assert len(bureau.server.taken) == 12
