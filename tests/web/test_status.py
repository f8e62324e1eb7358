"""The public status page: what was measured, in both languages, for everybody, and honest where nothing was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway import clock
from gateway.domain.availability import MINUTE, Component, minute_of
from gateway.mail import probe_mail
from gateway.store import availability, probes
from gateway.store.models import AvailabilityStretch, Notice, NoticeIssue
from tests.web import desk as desks
from tests.web.desk import SECRET, Desk

NOW = minute_of(clock.now())


@pytest.fixture
def page_desk(either_desk: Desk) -> Iterator[Desk]:
    yield either_desk


def stretch(desk: Desk, component: Component, begins: int, ends: int, *, up: bool) -> None:
    """Minutes before now, the later number first."""
    now = minute_of(clock.now())
    with desk.changing() as rows:
        rows.add(
            AvailabilityStretch(
                component=component, since=now - begins * MINUTE, until=now - ends * MINUTE, up=up
            )
        )


def all_up(desk: Desk, begins: int = 60) -> None:
    for component in Component:
        stretch(desk, component, begins, 0, up=True)


def maintenance(
    desk: Desk, *, starts: int, ends: int, told_before: timedelta, scope: dict[str, object]
) -> None:
    now = minute_of(clock.now())
    window = {"starts_at": now + starts * MINUTE, "ends_at": now + ends * MINUTE}
    with desk.changing() as rows:
        told = window["starts_at"] - told_before
        notice = Notice(kind="maintenance", state="announced", titles={"en": "Database moves", "zh": "数据库迁移"}, texts={},
                        scope=scope, created_at=told, changed_at=told, **window)  # fmt: skip
        notice.issues = [NoticeIssue(step="announced", sequence=1, at=told, **window)]
        rows.add(notice)


def test_nothing_measured_is_never_called_up(page_desk: Desk) -> None:
    page = page_desk.client().get("/status")
    assert page.status_code == 200
    assert "Nothing is measured at present" in page.text
    assert "100.00 %" not in page.text


def test_all_parts_that_work_are_named_with_their_share(page_desk: Desk) -> None:
    all_up(page_desk)
    page = page_desk.client().get("/status").text
    assert "Everything works" in page
    assert len(re.findall(r"</svg>Working", page)) == 6
    assert "100.00 %" in page


def test_a_part_that_is_down_is_named_with_its_beginning(page_desk: Desk) -> None:
    all_up(page_desk, 60)
    with page_desk.changing() as rows:
        rows.execute(
            sa.delete(AvailabilityStretch).where(AvailabilityStretch.component.in_(["mail-out", "platform"]))
        )
    for component in (Component.MAIL_OUT, Component.PLATFORM):
        stretch(page_desk, component, 60, 10, up=True)
        stretch(page_desk, component, 10, 0, up=False)
    page = page_desk.client().get("/status").text
    assert "Mail out: down" in page
    assert "not over yet" in page and "10 min so far" in page


def test_what_was_measured_some_minutes_ago_says_nothing_of_now(page_desk: Desk) -> None:
    for component in Component:
        stretch(page_desk, component, 60, 10, up=True)
    assert "Nothing is measured at present" in page_desk.client().get("/status").text


def test_maintenance_of_the_platform_is_announced_and_does_not_count(page_desk: Desk) -> None:
    stretch(page_desk, Component.PLATFORM, 120, 60, up=True)
    stretch(page_desk, Component.PLATFORM, 60, 0, up=False)
    maintenance(page_desk, starts=-60, ends=60, told_before=timedelta(hours=48), scope={})
    page = page_desk.client().get("/status").text
    assert "Database moves" in page
    assert "Announced maintenance is under way" in page
    told = page_desk.client().get("/status.json").json
    figures = told["components"]["platform"]
    assert figures["state"] == "maintenance"
    assert figures["month"]["minutes_down"] + figures["last_month"]["minutes_down"] == 0


def test_maintenance_told_too_late_counts(page_desk: Desk) -> None:
    stretch(page_desk, Component.PLATFORM, 60, 0, up=False)
    maintenance(page_desk, starts=-60, ends=60, told_before=timedelta(hours=47), scope={})
    figures = page_desk.client().get("/status.json").json["components"]["platform"]
    assert figures["month"]["minutes_down"] + figures["last_month"]["minutes_down"] >= 58


def test_maintenance_of_one_customer_is_nobody_elses_to_read_and_excuses_nothing(page_desk: Desk) -> None:
    stretch(page_desk, Component.PLATFORM, 60, 0, up=False)
    maintenance(page_desk, starts=-60, ends=60, told_before=timedelta(hours=99), scope={"customers": [1]})
    assert "Database moves" not in page_desk.client().get("/status").text
    assert page_desk.client().get("/status.json").json["components"]["platform"]["state"] == "down"


def test_status_reads_in_chinese_by_browser_and_by_choice(page_desk: Desk) -> None:
    all_up(page_desk)
    by_browser = page_desk.client().get("/status", headers={"Accept-Language": "zh-CN"}).text
    by_choice = page_desk.client().get("/status?lang=zh").text
    for page in (by_browser, by_choice):
        assert "一切正常" in page and 'lang="zh-Hans"' in page and "Everything works" not in page


def test_status_names_no_customer(page_desk: Desk) -> None:
    desks.open_ticket(page_desk, "canary subject")
    all_up(page_desk)
    client = page_desk.client()
    for path in ("/status", "/status.json"):
        assert not [
            word for word in ("canary", "Harbourline", "li.na", "HD-") if word in client.get(path).text
        ]


def test_status_says_that_the_database_is_away(tmp_path: Path) -> None:
    desk = desks.open_desk(tmp_path)
    with desk.services.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE availability_stretch")
    client = desk.client()
    client.set_cookie("session", "anything")
    page, told = client.get("/status"), client.get("/status.json")
    assert (page.status_code, told.status_code) == (503, 503)
    assert "Our database does not answer" in page.text


def test_status_is_read_from_the_database_once_in_some_seconds(page_desk: Desk) -> None:
    client = page_desk.client()
    assert "Nothing is measured" in client.get("/status").text
    all_up(page_desk)
    assert "Nothing is measured" in client.get("/status").text


def test_fate_of_a_probe_is_told_to_who_holds_its_receipt_only(page_desk: Desk) -> None:
    key = probe_mail.key_of(NOW, "abc234")
    client, path = page_desk.client(), f"/status/probe/{probe_mail.receipt(SECRET, key)}"
    assert client.get(path).json == {"fate": "unseen"}
    with page_desk.changing() as rows:
        probes.pass_on(
            rows, key=key, own="support@northquay.example", to="sink@northquay.example", at=clock.now()
        )
    assert client.get(path).json == {"fate": "judged"}
    assert client.get(f"/status/probe/{key}-{'a' * 26}").status_code == 404


def test_bars_say_in_words_and_by_height_what_they_say_in_colour(page_desk: Desk) -> None:
    all_up(page_desk)
    page = page_desk.client().get("/status").text
    bars = re.findall(
        r'<rect class="(k-[a-z]+)" x="\d+" y="\d+" width="6" height="(\d+)" rx="1"><title>([^<]+)', page
    )
    assert len(bars) == 6 * 90
    assert {(kind, height) for kind, height, _ in bars} <= {("k-ok", "20"), ("k-none", "4")}
    assert all(re.match(r"\d{4}-\d\d-\d\d: ", words) for _, _, words in bars)


def test_a_minute_is_entered_by_the_verb_that_the_probe_uses(page_desk: Desk) -> None:
    with page_desk.changing() as rows:
        for back in range(5, 0, -1):
            availability.enter(
                rows, minute_of(clock.now()) - back * MINUTE, {each: True for each in Component}
            )
    assert "Everything works" in page_desk.client().get("/status").text
