import re
from datetime import timedelta

import pytest

from gateway import clock
from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.store.models import Ticket
from gateway.tickets import handling
from tests.web import desk as desks
from tests.web.desk import Desk


def numbers(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'href="/tickets/(\d+)"', page)]


def test_what_burns_first_stands_first(desk: Desk) -> None:
    low = desks.open_ticket(desk, "question", priority=Priority.LOW)
    critical = desks.open_ticket(desk, "outage", priority=Priority.CRITICAL)
    old = desks.open_ticket(desk, "older outage", priority=Priority.CRITICAL, at=desks.long_ago(1))
    assert numbers(desk.signed_in().get("/").text) == [old, critical, low]


def test_ticket_whose_clocks_rest_stands_behind_what_runs(desk: Desk) -> None:
    low = desks.open_ticket(desk, "question", priority=Priority.LOW)
    critical = desks.open_ticket(desk, "outage", priority=Priority.CRITICAL, at=desks.long_ago(0.2))
    with desk.changing() as rows:
        due_at = rows.get_one(Ticket, critical).resolution_due_at
        handling.reply(
            rows, desk.services.letterhead, critical, author=rows.merge(desk.engineer()), text="Which site?",
            then=Status.WAITING_CUSTOMER, at=clock.now(),
        )  # fmt: skip
    assert numbers(desk.signed_in().get("/").text) == [low, critical]
    with desk.reading() as rows:
        assert rows.get_one(Ticket, critical).target_due_at == due_at


def test_late_target_is_said_in_words(desk: Desk) -> None:
    desks.open_ticket(desk, priority=Priority.CRITICAL, at=clock.now() - timedelta(minutes=27))
    page = desk.signed_in().get("/").text
    assert "12 min late" in page
    assert "Critical" in page


def test_empty_queue_says_that_nothing_burns(desk: Desk) -> None:
    assert "Nothing burns. No ticket is open." in desk.signed_in().get("/").text


def test_pages_follow_each_other_without_gap_or_repeat(either_desk: Desk) -> None:
    first = desks.open_ticket(either_desk)
    with either_desk.changing() as rows:
        row = rows.get_one(Ticket, first)
        columns = {c.key: getattr(row, c.key) for c in Ticket.__table__.columns if c.key != "id"}
        rows.add_all([Ticket(**columns) for _ in range(119)])
    client, path, seen, pages = either_desk.signed_in(), "/", [], 0
    while path:
        page = client.get(path).text
        seen += numbers(page)
        pages += 1
        found = re.search(r'href="([^"]+)" rel="next"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    assert pages == 3
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize(("query", "shown"), [
    ("priority=low", {"printer"}), ("assignee=0", {"outage"}), ("assignee=me", {"printer"}),
    ("queue=unregistered", {"printer"}), ("customer=1", {"outage"}), ("q=OUTAGE", {"outage"}), ("q=hd-1001", {"outage"}),
    ("q=1002", {"printer"}), ("q=li.na", {"outage", "printer"}), ("q=li.na+printer", {"printer"}), ("q=%25", set()),
    ("q=_", set()), ("status=closed", set()), ("status=all", {"outage", "printer"}), ("q=nowhere", set()),
    ("q=nothing+outage", {"outage"}), ("q=ship*+-+printer", {"printer"}), ("q=%22can+be+shipped%22", {"outage", "printer"}),
    ("q=%22be+can%22", set()), ("q=from:harbourline.example&priority=low", {"printer"}),
    ("status=&priority=&customer=&assignee=&q=", {"outage", "printer"}),
])  # fmt: skip
def test_filters_show_what_they_say(either_desk: Desk, query: str, shown: set[str]) -> None:
    desks.open_ticket(either_desk, "outage", priority=Priority.CRITICAL)
    printer = desks.open_ticket(either_desk, "printer", priority=Priority.LOW, customer=False)
    with either_desk.changing() as rows:
        rows.get_one(Ticket, printer).assignee_id = either_desk.engineer().id
    either_desk.index()
    page = either_desk.signed_in().get(f"/?{query}").text
    assert set(re.findall(r'href="/tickets/\d+" lang="\w+">(\w+)<', page)) == shown


@pytest.mark.parametrize("query", ["cursor=x", "cursor=9999999999999999999.1", "cursor=1.2.3", "status=gone", "priority=x",
                                   "assignee=x", "customer=-1", "queue=other"])  # fmt: skip
def test_values_that_no_form_sends_are_400(desk: Desk, query: str) -> None:
    assert desk.signed_in().get(f"/?{query}").status_code == 400


def test_what_is_searched_for_stands_newest_first_and_stays_in_the_field(either_desk: Desk) -> None:
    old = desks.open_ticket(either_desk, "数据库迁移", priority=Priority.CRITICAL, at=desks.long_ago(1))
    new = desks.open_ticket(either_desk, "迁移 \"计划\"", priority=Priority.LOW)  # fmt: skip
    desks.open_ticket(either_desk, "无关")
    either_desk.index()
    page = either_desk.signed_in(language="zh").get("/?q=%E8%BF%81%E7%A7%BB&priority=").text
    assert numbers(page) == [new, old]
    assert 'name="q" form="filters" value="迁移"' in page
    assert "编号、词语、from:姓名" in page


def test_next_page_of_a_search_keeps_what_was_searched_for(either_desk: Desk) -> None:
    first = desks.open_ticket(either_desk, "outage")
    with either_desk.changing() as rows:
        row = rows.get_one(Ticket, first)
        columns = {c.key: getattr(row, c.key) for c in Ticket.__table__.columns if c.key != "id"}
        rows.add_all([Ticket(**columns) for _ in range(60)])
    either_desk.index()
    client = either_desk.signed_in()
    page = client.get("/?q=outage").text
    follow = re.search(r'href="([^"]+)" rel="next"', page)
    assert follow
    rest = client.get(follow[1].replace("&amp;", "&")).text
    assert len(set(numbers(page) + numbers(rest))) == 61
    assert "<span class=\"muted\">61</span>" in page  # fmt: skip


def test_api_searches_as_the_page_does(either_desk: Desk) -> None:
    found = desks.open_ticket(either_desk, "数据库迁移")
    desks.open_ticket(either_desk, "printer")
    either_desk.index()
    bearer = {"Authorization": f"Bearer {either_desk.token()}"}
    told = either_desk.client().get("/api/v1/tickets?q=迁移+from:harbourline.example", headers=bearer).json
    assert [each["number"] for each in told["tickets"]] == [found]
