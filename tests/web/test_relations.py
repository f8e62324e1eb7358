"""Merging, incidents and people, as forms of a ticket's page."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway.domain.terms import Priority
from gateway.store.models import Direction, Participant
from tests.web import desk as desks
from tests.web.desk import Desk, form_token


def post(client: FlaskClient, number: int, what: str, **fields: str) -> TestResponse:
    page = client.get(f"/tickets/{number}")
    return client.post(f"/tickets/{number}/{what}", data={"csrf_token": form_token(page), **fields})


def emails(desk: Desk, number: int) -> list[str]:
    with desk.reading() as rows:
        found = rows.query(Participant).filter_by(ticket_id=number).order_by(Participant.email)
        return [each.email for each in found]


@pytest.fixture
def older(desk: Desk) -> int:
    """An older ticket of Harbourline."""
    return desks.open_ticket(desk, "Link down", at=desks.long_ago(0.5))


@pytest.mark.parametrize("written", ["HD-%d", "%d", "#%d", " hd-%d "])
def test_merging_leads_to_the_other_ticket_which_names_the_duplicate(
    desk: Desk, older: int, written: str
) -> None:
    newer = desks.open_ticket(desk, "Link down again")
    client = desk.signed_in()
    answer = post(client, newer, "merge", into=written % older)
    assert (answer.status_code, answer.location) == (303, f"/tickets/{older}")
    page = client.get(f"/tickets/{older}").text
    for words in (
        "HD-1002 is merged into this ticket",
        "HD-1002 was merged into this ticket.",
        "Link down again",
    ):
        assert words in page
    assert "Merged into HD-1001." in client.get(f"/tickets/{newer}").text


@pytest.mark.parametrize(
    ("into", "why"),
    [("HD-4711", "there is no such ticket"), ("nonsense", "there is no such ticket"), ("HD-1002", "into itself"),
     ("9" * 12, "there is no such ticket")],
)  # fmt: skip
def test_what_cannot_be_merged_says_why_and_keeps_the_number(
    desk: Desk, older: int, into: str, why: str
) -> None:
    newer = desks.open_ticket(desk)
    answer = post(desk.signed_in(), newer, "merge", into=into)
    assert answer.status_code == 409
    assert f'value="{into}"' in answer.text
    assert why in answer.text


def test_older_ticket_says_that_it_is_to_take_the_newer_one(desk: Desk, older: int) -> None:
    newer = desks.open_ticket(desk)
    answer = post(desk.signed_in(), older, "merge", into=str(newer))
    assert "the other ticket was opened later: merge it into this one instead" in answer.text


@pytest.mark.parametrize("what", ["merge", "parent", "children", "people", "people/remove", "canned"])
def test_forms_of_an_absent_ticket_are_404(desk: Desk, older: int, what: str) -> None:
    client = desk.signed_in()
    token = form_token(client.get(f"/tickets/{older}"))
    told = {
        "csrf_token": token,
        "into": str(older),
        "parent": str(older),
        "text": "x",
        "email": "a@b.example",
    }
    assert client.post(f"/tickets/4711/{what}", data=told).status_code == 404


def test_incident_lists_its_tickets_and_writes_on_all_of_them(desk: Desk, older: int) -> None:
    child = desks.open_ticket(desk, "Scanners offline")
    client = desk.signed_in()
    assert post(client, child, "parent", parent=f"HD-{older}").status_code == 303
    page = client.get(f"/tickets/{older}").text
    assert "Tickets of this incident" in page
    assert "Scanners offline" in page
    for _ in range(2):
        post(client, older, "children", audience="reply", text="AWS repairs it.", act="once")
    assert [row.text for row in desks.messages(desk, child, Direction.OUTBOUND)] == ["AWS repairs it."]


def test_empty_number_takes_a_ticket_out_of_its_incident(desk: Desk, older: int) -> None:
    child = desks.open_ticket(desk)
    client = desk.signed_in()
    post(client, child, "parent", parent=str(older))
    post(client, child, "parent", parent="")
    assert desks.ticket(desk, child).parent_id is None


def test_outsider_is_copied_in_by_a_second_press_only(desk: Desk, older: int) -> None:
    client = desk.signed_in()
    answer = post(client, older, "people", email="eve@elsewhere.example")
    assert answer.status_code == 409
    assert "eve@elsewhere.example is no address of this customer" in answer.text
    assert 'name="outsider"' in answer.text
    assert emails(desk, older) == ["li.na@harbourline.example"]
    post(client, older, "people", email="eve@elsewhere.example", outsider="1")
    assert emails(desk, older) == ["eve@elsewhere.example", "li.na@harbourline.example"]
    post(client, older, "people/remove", email="eve@elsewhere.example")
    assert emails(desk, older) == ["li.na@harbourline.example"]


def test_colleague_is_copied_in_at_once(desk: Desk, older: int) -> None:
    post(desk.signed_in(), older, "people", email="wu@harbourline.example")
    assert "wu@harbourline.example" in emails(desk, older)


def test_page_shows_contacts_targets_and_the_customers_other_tickets(desk: Desk, older: int) -> None:
    number = desks.open_ticket(desk, "Another matter", priority=Priority.LOW)
    page = desk.signed_in().get(f"/tickets/{number}").text
    for words in ("1 contact", "All targets", "1 other open ticket", "HD-1001</a>", "Local time"):
        assert words in page


def test_chinese_ticket_page_says_all_of_it_in_chinese(desk: Desk, older: int) -> None:
    child = desks.open_ticket(desk)
    client = desk.signed_in(language="zh")
    post(client, child, "parent", parent=str(older))
    post(client, child, "people", email="wu@harbourline.example")
    pages = (
        client.get(f"/tickets/{child}").text
        + client.get(f"/tickets/{older}").text
        + client.get("/canned").text
    )
    for word in (
        "Merge",
        "Parent",
        "Copied",
        "Copy",
        "All targets",
        "Undo",
        "Insert",
        "Canned",
        "takes part",
    ):
        assert f">{word}" not in pages, word


def test_every_act_of_the_page_names_its_key(desk: Desk, older: int) -> None:
    page = desk.signed_in().get(f"/tickets/{older}").text
    for key in ("r", "n", "a", "i", "p", "d", "e", "x", "m", "u", "Control+Enter"):
        assert f'aria-keyshortcuts="{key}"' in page, key
