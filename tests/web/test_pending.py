"""What leaves a ticket's page may be taken back for ten seconds, and waits where somebody was faster."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from gateway import clock
from gateway.domain.lifecycle import Status
from gateway.store.models import Appointment, Direction, PendingAct
from gateway.tickets import handling
from tests.web import desk as desks
from tests.web.desk import Desk, form_token

LIN = "lin.yue@northquay.example"


@pytest.fixture(params=["sqlite", "postgresql"])
def patient(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A desk on each database where everything that mails the customer rests for ten seconds."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made = desks.open_desk(tmp_path, url, undo_seconds=10)
    yield made
    made.services.engine.dispose()


def fields(page: TestResponse) -> dict[str, str]:
    """The hidden fields of the page's composer."""
    form = page.text[page.text.index('id="write"') :]
    return dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', form)[:4])


def write(client: FlaskClient, number: int, text: str = "We look into it.", **more: str) -> TestResponse:
    told = {**fields(client.get(f"/tickets/{number}")), "audience": "reply", "then": "", "text": text, **more}
    return client.post(f"/tickets/{number}/write", data=told)


def press(client: FlaskClient, number: int, what: str) -> TestResponse:
    """Press a button of what waits on the ticket's page."""
    page = client.get(f"/tickets/{number}")
    found = re.search(rf'"(/tickets/{number}/pending/[0-9]+/{what})"', page.text)
    assert found, page.text
    return client.post(found[1], data={"csrf_token": form_token(page)})


def let_time_pass(desk: Desk) -> None:
    """Everything that waits is due, and is done."""
    past = clock.now() - timedelta(seconds=1)
    with desk.changing() as rows:
        rows.execute(sa.update(PendingAct).values(due_at=past))
        rows.execute(sa.update(Appointment).where(Appointment.what == "pending-act").values(due_at=past))
    desk.services.appointments.drain(clock.now() + timedelta(seconds=20))


def sent(desk: Desk, number: int) -> list[str]:
    return [row.text for row in desks.messages(desk, number, Direction.OUTBOUND)]


def test_reply_waits_with_a_toast_and_leaves_in_time(patient: Desk) -> None:
    number = desks.open_ticket(patient)
    client = patient.signed_in()
    assert write(client, number).status_code == 303
    page = client.get(f"/tickets/{number}").text
    assert re.search(
        r'role="status">Reply goes out in <b data-left="[0-9]+" data-unit="{n} s">(10|9|8) s</b></span>', page
    )
    assert 'aria-keyshortcuts="z"' in page
    assert (sent(patient, number), desks.letters(patient, number)) == ([], [])
    let_time_pass(patient)
    assert sent(patient, number) == ["We look into it."]
    assert "Reply goes out" not in client.get(f"/tickets/{number}").text


def test_undo_brings_the_text_back_and_nothing_leaves(patient: Desk) -> None:
    number = desks.open_ticket(patient)
    client = patient.signed_in()
    write(client, number, "My <long> answer")
    page = press(client, number, "undo")
    assert page.status_code == 200
    assert "My &lt;long&gt; answer</textarea>" in page.text
    let_time_pass(patient)
    assert sent(patient, number) == []


def test_files_of_a_reply_taken_back_leave_with_it_when_it_is_sent_again(patient: Desk) -> None:
    number = desks.open_ticket(patient)
    client = patient.signed_in()
    told = {
        **fields(client.get(f"/tickets/{number}")),
        "audience": "reply",
        "then": "",
        "text": "See the file.",
    }
    data = MultiDict([*told.items(), ("files", (io.BytesIO(b"trace"), "trace.log"))])
    client.post(f"/tickets/{number}/write", data=data, content_type="multipart/form-data")
    page = press(client, number, "undo")
    token = re.search(r'name="kept" value="([^"]+)"', page.text)
    assert token, page.text
    write(client, number, "See the file again.", kept=token[1])
    let_time_pass(patient)
    (row,) = desks.messages(patient, number, Direction.OUTBOUND)
    assert b"trace.log" in desks.letters(patient, number)[0].content
    assert row.text == "See the file again."


def test_token_of_a_kept_file_serves_nobody_else(patient: Desk) -> None:
    number = desks.open_ticket(patient)
    client = patient.signed_in()
    told = {
        **fields(client.get(f"/tickets/{number}")),
        "audience": "reply",
        "then": "",
        "text": "See the file.",
    }
    data = MultiDict([*told.items(), ("files", (io.BytesIO(b"trace"), "trace.log"))])
    client.post(f"/tickets/{number}/write", data=data, content_type="multipart/form-data")
    found = re.search(r'name="kept" value="([^"]+)"', press(client, number, "undo").text)
    assert found
    answer = write(patient.signed_in(LIN), number, "Mine.", kept=found[1])
    assert answer.status_code == 409
    assert "a file of it is no longer there" in answer.text


def test_others_see_that_an_answer_is_about_to_leave_and_cannot_take_it_back(patient: Desk) -> None:
    number = desks.open_ticket(patient)
    write(patient.signed_in(), number)
    lin = patient.signed_in(LIN)
    page = lin.get(f"/tickets/{number}")
    assert "An answer of Chen Wei is about to leave." in page.text
    assert "/undo" not in page.text
    with patient.reading() as rows:
        act = rows.scalar(sa.select(PendingAct.id))
    lin.post(f"/tickets/{number}/pending/{act}/undo", data={"csrf_token": form_token(page)})
    let_time_pass(patient)
    assert sent(patient, number) == ["We look into it."]


def test_undo_that_comes_too_late_says_so(patient: Desk) -> None:
    number = desks.open_ticket(patient)
    client = patient.signed_in()
    write(client, number)
    page = client.get(f"/tickets/{number}")
    found = re.search(rf'"(/tickets/{number}/pending/[0-9]+/undo)"', page.text)
    assert found
    let_time_pass(patient)
    answer = client.post(found[1], data={"csrf_token": form_token(page)}, follow_redirects=True)
    assert "There is nothing left to take back" in answer.text


def test_second_click_asks_for_nothing_more_before_and_after_it_left(patient: Desk) -> None:
    number = desks.open_ticket(patient)
    client = patient.signed_in()
    told = {**fields(client.get(f"/tickets/{number}")), "audience": "reply", "then": "", "text": "Once."}
    for _ in range(2):
        assert client.post(f"/tickets/{number}/write", data=told).status_code == 303
    let_time_pass(patient)
    assert client.post(f"/tickets/{number}/write", data=told).status_code == 303
    let_time_pass(patient)
    assert sent(patient, number) == ["Once."]


def test_reply_to_a_ticket_closed_meanwhile_is_kept_for_its_author_alone(patient: Desk) -> None:
    number = desks.open_ticket(patient)
    client = patient.signed_in()
    write(client, number)
    with patient.changing() as rows:
        handling.mark(rows, patient.services.letterhead, number, author=patient.engineer(LIN), as_="spam",
                      reason="Spam.", at=clock.now())  # fmt: skip
    let_time_pass(patient)
    page = client.get(f"/tickets/{number}").text
    assert "Your reply was not sent:</strong> the ticket is now: Closed." in page
    assert "We look into it." in page
    assert "We look into it." not in patient.signed_in(LIN).get(f"/tickets/{number}").text
    assert f"/tickets/{number}" in client.get("/").text
    press(client, number, "discard")
    assert "was not sent" not in client.get(f"/tickets/{number}").text


def test_resolution_crossed_by_the_customer_is_sent_again_by_a_press(patient: Desk) -> None:
    number = desks.open_ticket(patient)
    client = patient.signed_in()
    write(client, number, "It is fixed.", then="resolve")
    desks.add_mail(patient, number, text="It is worse.", new="It is worse.")
    let_time_pass(patient)
    assert "the customer wrote meanwhile" in client.get(f"/tickets/{number}").text
    press(client, number, "again")
    let_time_pass(patient)
    assert desks.ticket(patient, number).status == Status.RESOLVED


def test_priority_waits_too_and_comes_back_into_its_form(patient: Desk) -> None:
    number = desks.open_ticket(patient)
    client = patient.signed_in()
    token = form_token(client.get(f"/tickets/{number}"))
    client.post(f"/tickets/{number}/priority",
                data={"csrf_token": token, "priority": "critical", "text": "All shops."})  # fmt: skip
    page = press(client, number, "undo").text
    assert re.search(r'<option value="critical" selected>', page)
    assert "All shops.</textarea>" in page
    assert desks.ticket(patient, number).priority == "high"


def test_note_is_saved_at_once(patient: Desk) -> None:
    number = desks.open_ticket(patient)
    write(patient.signed_in(), number, "The route is wrong.", audience="note")
    assert len(desks.messages(patient, number, Direction.NOTE)) == 1


def test_answer_of_a_colleague_since_the_page_was_drawn_asks_for_a_second_look(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    chen, lin = desk.signed_in(), desk.signed_in(LIN)
    old = {**fields(chen.get(f"/tickets/{number}")), "audience": "reply", "then": "", "text": "Mine."}
    write(lin, number, "We restart it.")
    answer = chen.post(f"/tickets/{number}/write", data=old)
    assert answer.status_code == 409
    assert re.search(r"Lin Yue answered at [0-9:]{5}\.", answer.text)
    for shown in ("We restart it.", "Mine.</textarea>", "Send anyway"):
        assert shown in answer.text
    again = {**fields(answer), "audience": "reply", "then": "", "text": "Mine."}
    assert chen.post(f"/tickets/{number}/write", data=again).status_code == 303
    assert sent(desk, number) == ["We restart it.", "Mine."]


def test_customers_mail_since_the_page_was_drawn_asks_for_a_second_look(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    chen = desk.signed_in()
    old = {**fields(chen.get(f"/tickets/{number}")), "audience": "reply", "then": "", "text": "Mine."}
    desks.add_mail(desk, number)
    answer = chen.post(f"/tickets/{number}/write", data=old)
    assert (answer.status_code, sent(desk, number)) == (409, [])
    assert re.search(r"Li Na wrote at [0-9:]{5}\.", answer.text)


def test_work_note_of_a_colleague_stops_nothing(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    chen, lin = desk.signed_in(), desk.signed_in(LIN)
    old = {**fields(chen.get(f"/tickets/{number}")), "audience": "reply", "then": "", "text": "Mine."}
    write(lin, number, "A thought.", audience="note")
    assert chen.post(f"/tickets/{number}/write", data=old).status_code == 303


def test_answer_that_is_about_to_leave_asks_for_a_second_look_too(patient: Desk) -> None:
    number = desks.open_ticket(patient)
    chen, lin = patient.signed_in(), patient.signed_in(LIN)
    old = {**fields(chen.get(f"/tickets/{number}")), "audience": "reply", "then": "", "text": "Mine."}
    write(lin, number, "We restart it.")
    answer = chen.post(f"/tickets/{number}/write", data=old)
    assert answer.status_code == 409
    assert "An answer of Lin Yue leaves at" in answer.text


def test_page_can_ask_what_became_of_an_act(patient: Desk) -> None:
    number = desks.open_ticket(patient)
    client = patient.signed_in()
    write(client, number)
    with patient.reading() as rows:
        act = rows.scalar(sa.select(PendingAct.id))
    assert client.get(f"/tickets/{number}/pending/{act}").text == "waiting"
    let_time_pass(patient)
    assert client.get(f"/tickets/{number}/pending/{act}").text == "done"
