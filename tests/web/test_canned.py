"""Canned answers: written by whoever leads, offered on tickets, filled in without anything being evaluated."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway import clock
from gateway.domain import canned as texts
from gateway.operations import canning
from gateway.operations.canning import Wanted
from gateway.store.models import AuditEntry, CannedAnswer
from tests.web import desk as desks
from tests.web.desk import Desk, form_token

LIN = "lin.yue@northquay.example"


def post(client: FlaskClient, path: str = "/canned", **fields: str) -> TestResponse:
    told = {"csrf_token": form_token(client.get("/canned")), "name": "First word", "language": "en",
            "text": "Hello {requester}", "active": "1", **fields}  # fmt: skip
    return client.post(path, data=told)


def answers(desk: Desk) -> list[CannedAnswer]:
    with desk.reading() as rows:
        return rows.query(CannedAnswer).order_by(CannedAnswer.id).all()


def shelf(desk: Desk, text: str, *, language: str = "en", active: bool = True) -> int:
    with desk.changing() as rows:
        return canning.write(rows, Wanted("First word", language, text, active), author=desk.engineer(LIN),
                             at=clock.now())  # fmt: skip


def filled(desk: Desk, number: int, answer: int) -> str:
    page = desk.signed_in().get(f"/tickets/{number}?canned={answer}").text
    found = re.search(r'<textarea id="text"[^>]*>([^<]*)</textarea>', page)
    assert found
    return found[1]


def test_lead_writes_an_answer_and_changes_it(either_desk: Desk) -> None:
    client = either_desk.signed_in(LIN)
    assert post(client).status_code == 303
    (row,) = answers(either_desk)
    assert post(client, f"/canned/{row.id}", text="Good day {requester}", active="").status_code == 303
    (row,) = answers(either_desk)
    assert (row.text, row.active) == ("Good day {requester}", False)
    with either_desk.reading() as rows:
        assert [each.act for each in rows.query(AuditEntry).filter_by(act="canned-answer")] == [
            "canned-answer"
        ] * 2


def test_engineer_reads_and_does_not_write(desk: Desk) -> None:
    client = desk.signed_in()
    assert client.get("/canned").status_code == 200
    assert post(client).status_code == 403
    assert answers(desk) == []


def test_unknown_variable_is_named_and_nothing_is_saved(desk: Desk) -> None:
    answer = post(desk.signed_in(LIN), text="Hello {reqester}")
    assert answer.status_code == 409
    assert "no variable is called {reqester}" in answer.text
    assert "Hello {reqester}</textarea>" in answer.text
    assert answers(desk) == []


def test_two_answers_of_a_language_have_two_names(desk: Desk) -> None:
    client = desk.signed_in(LIN)
    post(client)
    assert post(client).status_code == 409
    assert post(client, language="zh").status_code == 303


def test_absent_answer_is_404(desk: Desk) -> None:
    client = desk.signed_in(LIN)
    assert client.get("/canned/4711").status_code == 404
    assert post(client, "/canned/4711").status_code == 404


@pytest.mark.parametrize("name", texts.VARIABLES)
def test_every_variable_says_something_or_stays_to_be_seen(desk: Desk, name: str) -> None:
    number = desks.open_ticket(desk)
    said = filled(desk, number, shelf(desk, f"a {{{name}}} b"))
    assert said.startswith("a ")
    assert (f"{{{name}}}" in said) == (name == "phone")  # this desk has no telephone


def test_what_a_customer_wrote_into_the_subject_is_not_filled_in_again(desk: Desk) -> None:
    number = desks.open_ticket(desk, "{engineer} {{7*7}} %(x)s {0}")
    assert filled(desk, number, shelf(desk, "About {subject}.")) == "About {engineer} {{7*7}} %(x)s {0}."


def test_answer_that_is_not_offered_fills_nothing(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    answer = shelf(desk, "Hello", active=False)
    assert filled(desk, number, answer) == ""
    assert "First word" not in desk.signed_in().get(f"/tickets/{number}").text


def test_due_instant_is_said_in_the_answers_language(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    assert "月" in filled(desk, number, shelf(desk, "{due}", language="zh"))
