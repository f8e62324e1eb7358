"""One real browser walks the desk: it logs in, opens a ticket, replies. Chromium comes from Debian or Playwright."""

from __future__ import annotations

import shutil
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from gateway.store.models import Direction
from tests.web import desk as desks
from tests.web.desk import PASSWORD, Desk

HTML = '<p>Our logo: <img src="cid:logo" alt="logo"><img src="http://tracker.example/x.png"></p><script>document.title="run"</script>'


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium; skips loudly where there is none."""
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        reason = "NO CHROMIUM: apt-get install chromium; the browser's walk through the desk was skipped"
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """Where the desk is served."""
    server = make_server("127.0.0.1", 0, desk.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """A page of somebody logged in, which notes everything the browser complains about."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    made = context.new_page()
    made.complaints = []
    made.on("console", lambda message: made.complaints.append(message.text))
    made.on("requestfailed", lambda request: made.complaints.append(f"{request.url} {request.failure}"))
    made.goto(address)
    made.fill("#email", "chen.wei@northquay.example")
    made.fill("#password", PASSWORD)
    made.click("text=Sign in")
    yield made
    context.close()


def blocked(page: Any) -> list[str]:
    """What the browser refused, but for pictures it no longer wanted because it went on to the next page."""
    return [complaint for complaint in page.complaints if not complaint.endswith("ERR_ABORTED")]


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
