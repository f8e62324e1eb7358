"""One real browser walks the desk: it logs in, opens a ticket, replies. Chromium comes from Debian or Playwright."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.store.models import Direction
from tests.web import desk as desks
from tests.web.chromium import blocked
from tests.web.desk import Desk

HTML = '<p>Our logo: <img src="cid:logo" alt="logo"><img src="http://tracker.example/x.png"></p><script>document.title="run"</script>'


def test_engineer_logs_in_opens_a_ticket_and_replies(desk: Desk, page: Any, address: str) -> None:
    number = desks.open_ticket(desk)
    page.goto(address)
    page.click("text=Direct Connect down")
    page.fill("#text", "The link is up again.")
    page.click("text=Send and resolve")
    page.wait_for_selector("text=Reply put into the outbox.")
    assert page.inner_text("article.from-us .prose") == "The link is up again."
    assert "Resolved" in page.inner_text("main")
    assert [row.text for row in desks.messages(desk, number, Direction.OUTBOUND)] == ["The link is up again."]
    assert blocked(page) == []


def test_note_composer_hides_what_would_mail_the_customer(desk: Desk, page: Any, address: str) -> None:
    number = desks.open_ticket(desk)
    page.goto(f"{address}/tickets/{number}")
    page.check("input[value=note]")
    assert not page.is_visible("text=Send and resolve")
    page.fill("#text", "The static route is wrong.")
    page.click("text=Save note")
    page.wait_for_selector("article.is-note")
    assert desks.letters(desk, number) == []


def test_priority_is_changed_from_its_panel(desk: Desk, page: Any, address: str) -> None:
    number = desks.open_ticket(desk)
    page.goto(f"{address}/tickets/{number}")
    page.click("summary:has-text('Priority')")
    page.select_option("#p-to", "critical")
    page.fill("#p-why", "All stores are down.")
    page.click("text=Change priority")
    page.wait_for_selector("text=Priority changed.")
    assert desks.ticket(desk, number).priority == "critical"


def test_mail_in_its_sandbox_shows_its_own_picture_and_runs_nothing(
    desk: Desk, page: Any, address: str
) -> None:
    picture = (Path(__file__).parent / "dot.png").read_bytes()
    number = desks.open_ticket(desk)
    message_id = desks.add_mail(desk, number, html=HTML, files=(("logo.png", "image/png", picture, "logo"),))
    page.goto(f"{address}/messages/{message_id}/view")
    frame = page.frames[1]
    frame.wait_for_selector("img")
    assert page.wait_for_function("() => true")
    assert frame.query_selector("img").bounding_box()["width"] == 8
    assert "tracker" not in frame.content()
    assert page.title() != "run"
    assert blocked(page) == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_the_window(
    desk: Desk, page: Any, address: str, language: str, width: int
) -> None:
    number = desks.open_ticket(
        desk, "Checkout returns 503 in ap-southeast-1 and " + "averylongword" * 12, at=desks.long_ago(5)
    )
    desks.add_mail(desk, number, held=True, text="x" * 400, new="x" * 400)
    page.set_viewport_size({"width": width, "height": 900})
    page.context.add_cookies([{"name": "lang", "value": language, "url": address}])
    for path in ("/", f"/tickets/{number}", "/review", "/outbox", "/tickets/new"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
