"""Rows of the queue as an open page asks for them, on both databases."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from gateway import clock
from gateway.domain.terms import Priority
from gateway.store.models import Role, WebSession
from gateway.tickets import handling
from tests.web import desk as desks
from tests.web.desk import Desk


def rows_of(page: str) -> dict[int, bool]:
    """The tickets of a page's rows, and whether each still belongs to it."""
    return {int(row[1]): "data-away" not in row[0] for row in re.finditer(r'<tr id="t(\d+)"[^>]*>', page)}


def test_rows_are_those_asked_for(either_desk: Desk) -> None:
    first, second, _ = (desks.open_ticket(either_desk, f"Ticket {index}") for index in range(3))
    page = either_desk.signed_in().get(f"/queue/rows?until=&ids={first},{second}").text
    assert rows_of(page) == {first: True, second: True}
    assert "Ticket 0" in page


def test_row_that_left_the_filter_is_shown_and_says_so(either_desk: Desk) -> None:
    number = desks.open_ticket(either_desk, priority=Priority.HIGH)
    client = either_desk.signed_in()
    assert rows_of(client.get(f"/queue/rows?priority=high&ids={number}").text) == {number: True}
    assert rows_of(client.get(f"/queue/rows?priority=low&ids={number}").text) == {number: False}


def test_row_of_a_later_page_does_not_belong_to_the_first(
    either_desk: Desk,
) -> None:
    numbers = [desks.open_ticket(either_desk, f"Ticket {index}") for index in range(52)]
    client = either_desk.signed_in()
    page = client.get("/").text
    address = re.search(r'data-rows="([^"]+)"', page)
    assert address is not None
    asked = address[1].replace("&amp;", "&") + f"&ids={numbers[0]},{numbers[51]}"
    assert rows_of(client.get(asked).text) == {numbers[0]: True, numbers[51]: False}


def test_whole_page_comes_with_those_it_still_shows(either_desk: Desk) -> None:
    low, high = desks.open_ticket(either_desk, priority=Priority.LOW), desks.open_ticket(either_desk)
    page = either_desk.signed_in().get(f"/queue/rows?priority=high&all=1&ids={low}").text
    assert rows_of(page) == {high: True, low: False}


@pytest.mark.parametrize("ids", ["x", "1,,2", "1;2", ",".join(["1"] * 201), "１"])
def test_numbers_that_no_page_asks_for_are_refused(desk: Desk, ids: str) -> None:
    assert desk.signed_in().get("/queue/rows", query_string={"ids": ids}).status_code == 400


def test_rows_beyond_any_key_are_none(desk: Desk) -> None:
    assert rows_of(desk.signed_in().get("/queue/rows?ids=" + "9" * 30).text) == {}


@pytest.mark.parametrize(("path", "used"), [("/queue/rows?all=1", False), ("/keys", True)])
def test_what_an_open_page_asks_by_itself_is_no_use_of_the_session(desk: Desk, path: str, used: bool) -> None:
    client = desk.signed_in()
    before = clock.now() - timedelta(minutes=5)
    with desk.changing() as rows:
        rows.query(WebSession).update({"seen_at": before})
    client.get(path)
    with desk.reading() as rows:
        assert (rows.query(WebSession).one().seen_at > before) is used


def test_reader_gets_no_boxes_to_tick(desk: Desk) -> None:
    desks.open_ticket(desk)
    with desk.changing() as rows:
        rows.merge(desk.engineer()).role = Role.READER
    page = desk.signed_in().get("/").text
    assert 'name="ids"' not in page
    assert 'class="bulk"' not in page


def test_page_of_a_ticket_learns_who_wrote_since(either_desk: Desk) -> None:
    number = desks.open_ticket(either_desk)
    client = either_desk.signed_in()
    page = client.get(f"/tickets/{number}").text
    seen_at = re.search(r'data-seen="(\d+)"', page)
    assert seen_at is not None
    address = f"/tickets/{number}/news?seen={seen_at[1]}"
    assert client.get(address).status_code == 204
    with either_desk.changing() as rows:
        lin = either_desk.engineer("lin.yue@northquay.example")
        handling.note(
            rows, either_desk.services.letterhead, number, author=lin, text="Secret word", at=clock.now()
        )
    answer = client.get(address)
    assert "Lin Yue wrote meanwhile" in answer.text
    assert "Secret word" not in answer.text


def test_news_of_no_ticket_are_not_found(desk: Desk) -> None:
    assert desk.signed_in().get("/tickets/999999/news").status_code == 404
