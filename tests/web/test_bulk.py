import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway import clock
from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.store.models import Ticket
from gateway.tickets import handling
from tests.web import desk as desks
from tests.web.desk import Desk, form_token


def send(client: FlaskClient, tickets: list[int], **fields: object) -> TestResponse:
    token = form_token(client.get("/tickets/new"))
    return client.post("/bulk", data={"csrf_token": token, "ids": tickets, "back": "/review"} | fields)


def told(client: FlaskClient) -> str:
    page = client.get("/review").text
    return unescape(" ".join(re.findall(r'<div class="say [^>]*>.*?<p>(.*?)</p>', page)))


def move(desk: Desk, number: int, status: Status, text: str = "It is fixed.") -> None:
    with desk.changing() as rows:
        handling.change_status(rows, desk.services.letterhead, number, author=desk.engineer(), status=status,
                               text=text, at=clock.now())  # fmt: skip


def test_ticked_tickets_are_assigned_at_once(either_desk: Desk) -> None:
    numbers = [desks.open_ticket(either_desk, f"printer {each}") for each in range(3)]
    lin, client = either_desk.engineer("lin.yue@northquay.example"), either_desk.signed_in()
    answer = send(client, numbers, act="assign", assignee=lin.id)
    assert (answer.status_code, answer.location) == (303, "/review")
    assert [desks.ticket(either_desk, each).assignee_id for each in numbers] == [lin.id] * 3
    assert "3 tickets are now Lin Yue's." in told(client)


def test_closed_ticket_is_named_and_stops_no_other(either_desk: Desk) -> None:
    first, second, third = (desks.open_ticket(either_desk, f"printer {each}") for each in range(3))
    move(either_desk, second, Status.CLOSED, "withdrawn by phone")
    client = either_desk.signed_in()
    send(client, [first, second, third], act="assign", assignee="me")
    said = told(client)
    assert "2 tickets are now Chen Wei's." in said
    assert f"HD-{second}: a closed ticket is final." in said
    assert desks.ticket(either_desk, third).assignee_id == either_desk.engineer().id


def test_resolved_tickets_close_and_open_ones_need_a_text(either_desk: Desk) -> None:
    solved, running = desks.open_ticket(either_desk, "a"), desks.open_ticket(either_desk, "b")
    move(either_desk, solved, Status.RESOLVED)
    client = either_desk.signed_in()
    send(client, [solved, running], act="close")
    said = told(client)
    assert "1 ticket closed." in said
    assert f"HD-{running}: closing a ticket that is not resolved needs a reason." in said
    assert desks.ticket(either_desk, solved).status == Status.CLOSED
    assert desks.ticket(either_desk, running).status == Status.NEW


def test_text_of_closing_goes_to_each_customer_once_though_sent_twice(either_desk: Desk) -> None:
    numbers = [desks.open_ticket(either_desk, f"printer {each}") for each in range(2)]
    client = either_desk.signed_in()
    for _ in range(2):
        send(client, numbers, act="close", text="Our systems are merged; nothing is left to do.")
    assert f"HD-{numbers[0]}, HD-{numbers[1]}: closed already." in told(client)
    for each in numbers:
        letters = [row for row in desks.letters(either_desk, each) if row.letter == "status"]
        assert len(letters) == 1
        assert b"nothing is left to do" in letters[0].content


def test_assigning_twice_calls_the_engineer_once(desk: Desk) -> None:
    number, lin = desks.open_ticket(desk), desk.engineer("lin.yue@northquay.example")
    client = desk.signed_in()
    for _ in range(2):
        send(client, [number, number], act="assign", assignee=lin.id)
    assert len([row for row in desks.letters(desk, number) if row.letter == "engineer-assigned"]) == 1
    assert f"HD-{number}: assigned so already." in told(client)


def test_number_that_is_no_ticket_is_told(desk: Desk) -> None:
    number, client = desks.open_ticket(desk), desk.signed_in()
    send(client, [number, 4711], act="assign", assignee="me")
    said = told(client)
    assert "1 ticket is now Chen Wei's." in said
    assert "HD-4711: there is no such ticket." in said


def test_hundred_tickets_close_and_more_are_refused(desk: Desk) -> None:
    first = desks.open_ticket(desk, priority=Priority.LOW)
    with desk.changing() as rows:
        row = rows.get_one(Ticket, first)
        columns = {c.key: getattr(row, c.key) for c in Ticket.__table__.columns if c.key != "id"}
        rows.add_all([Ticket(**columns) for _ in range(100)])
    client = desk.signed_in()
    send(client, list(range(first, first + 101)), act="assign", assignee="me")
    assert "At most 100 tickets at once." in told(client)
    assert desks.ticket(desk, first).assignee_id is None
    send(client, list(range(9000, 9100)), act="assign", assignee="me")
    assert "HD-9019 …: there is no such ticket." in told(client)


@pytest.mark.parametrize("fields", [{"act": "delete"}, {"act": "assign", "assignee": "x"}, {"act": "assign", "assignee": "99"},
                                    {"act": "assign", "ids": ["1", "x"]}, {}])  # fmt: skip
def test_values_that_no_form_sends_change_nothing(desk: Desk, fields: dict[str, object]) -> None:
    number, client = desks.open_ticket(desk), desk.signed_in()
    answer = send(client, [number], **fields)
    assert answer.status_code == 400
    assert desks.ticket(desk, number).assignee_id is None


def test_nothing_ticked_is_said_in_words(desk: Desk) -> None:
    client = desk.signed_in(language="zh")
    send(client, [], act="close")
    assert "未勾选任何工单。" in told(client)


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_way_back_is_a_page_of_ours(desk: Desk, back: str) -> None:
    number, client = desks.open_ticket(desk), desk.signed_in()
    assert send(client, [number], act="assign", assignee="me", back=back).location == "/"


def test_stranger_changes_nothing(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    client = desk.client()
    token = form_token(client.get("/login"))
    answer = client.post(
        "/bulk", data={"csrf_token": token, "ids": [number], "act": "assign", "assignee": "1"}
    )
    assert answer.status_code == 401
    assert desks.ticket(desk, number).assignee_id is None
