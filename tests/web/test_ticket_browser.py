"""An engineer's walk over a ticket's page in a real browser: undo, crossing answers, merging, canned answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway import clock
from gateway.operations import canning
from gateway.operations.canning import Wanted
from gateway.store.models import Direction
from tests.web import chromium
from tests.web import desk as desks
from tests.web.desk import PASSWORD, Desk

CHEN, LIN = "chen.wei@northquay.example", "lin.yue@northquay.example"


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Desk]:
    """A desk where what mails the customer may be taken back for ten seconds."""
    made = desks.open_desk(tmp_path, undo_seconds=10)
    yield made
    made.services.engine.dispose()


@pytest.fixture
def address(patient: Desk) -> Iterator[str]:
    """Where the desk is served."""
    with chromium.served(patient.app) as where:
        yield where


class People:
    """Browsers of people, each with cookies of their own."""

    def __init__(self, browser: Any, address: str) -> None:
        self.browser, self.address, self.contexts = browser, address, []  # type: ignore[var-annotated]

    def come(self, email: str = CHEN, *, language: str = "en", width: int = 1280, script: bool = True) -> Any:
        """A page of somebody logged in, which notes what the browser complains about."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, locale="en-GB", java_script_enabled=script
        )
        self.contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on(
            "console",
            lambda message: page.complaints.append(message.text) if message.type == "error" else None,
        )
        page.goto(self.address)
        page.fill("#email", email)
        page.fill("#password", PASSWORD)
        page.click("form[action='/login'] button, form:has(#password) button")
        page.wait_for_selector("#main")
        context.add_cookies([{"name": "lang", "value": language, "url": self.address}])
        return page


@pytest.fixture
def people(browser: Any, address: str) -> Iterator[People]:
    """Whoever comes to the desk."""
    made = People(browser, address)
    yield made
    for context in made.contexts:
        context.close()


def outbound(desk: Desk, number: int) -> list[str]:
    return [row.text for row in desks.messages(desk, number, Direction.OUTBOUND)]


def canned(desk: Desk, name: str, language: str, text: str) -> None:
    with desk.changing() as rows:
        canning.write(rows, Wanted(name, language, text), author=desk.engineer(LIN), at=clock.now())


@pytest.mark.parametrize("script", [True, False])
def test_reply_is_taken_back_and_its_text_stands_in_the_form(
    patient: Desk, people: People, address: str, script: bool
) -> None:
    number = desks.open_ticket(patient)
    page = people.come(script=script)
    page.goto(f"{address}/tickets/{number}")
    page.fill("#text", "The link is up <again>.")
    page.click("button.go.for-reply")
    page.wait_for_selector(".toast")
    assert "Reply goes out in" in page.inner_text(".toast [role=status]")
    page.click(".toast button")
    page.wait_for_selector("text=Taken back, nothing was sent.")
    assert page.input_value("#text") == "The link is up <again>."
    assert outbound(patient, number) == []
    assert page.complaints == []


def test_keys_write_send_and_take_back(patient: Desk, people: People, address: str) -> None:
    number = desks.open_ticket(patient)
    page = people.come()
    page.goto(f"{address}/tickets/{number}")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("r")
    page.keyboard.type("We look into it.")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".toast")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("z")
    page.wait_for_selector("text=Taken back, nothing was sent.")
    assert page.input_value("#text") == "We look into it."


def test_seconds_run_down_and_the_reply_appears_in_the_thread(
    patient: Desk, people: People, address: str
) -> None:
    number = desks.open_ticket(patient)
    page = people.come()
    page.goto(f"{address}/tickets/{number}")
    page.fill("#text", "We look into it.")
    page.click("button.go.for-reply")
    page.wait_for_selector(".toast")
    page.wait_for_function(
        "() => Number(document.querySelector('[data-left]').textContent.split(' ')[0]) < 9"
    )
    page.wait_for_selector(".toast button", state="hidden", timeout=20_000)
    patient.services.appointments.drain(clock.now() + timedelta(seconds=20))
    page.wait_for_selector("article.from-us:has-text('We look into it.')")
    assert page.complaints == []


def test_second_browser_is_warned_before_its_answer_crosses(
    patient: Desk, people: People, address: str
) -> None:
    number = desks.open_ticket(patient)
    chen, lin = people.come(), people.come(LIN)
    for page in (chen, lin):
        page.goto(f"{address}/tickets/{number}")
    lin.fill("#text", "We restart it.")
    lin.click("button.go.for-reply")
    lin.wait_for_selector(".toast")
    chen.fill("#text", "Restart it yourself.")
    chen.click("button.go.for-reply")
    chen.wait_for_selector("text=An answer of Lin Yue leaves at")
    assert chen.input_value("#text") == "Restart it yourself."
    chen.click("text=Send anyway")
    chen.wait_for_selector(".toast")


def test_duplicate_is_merged_from_its_page(patient: Desk, people: People, address: str) -> None:
    older, newer = (
        desks.open_ticket(patient, at=desks.long_ago(1)),
        desks.open_ticket(patient, "Link down again"),
    )
    page = people.come()
    page.goto(f"{address}/tickets/{newer}")
    page.click("summary[aria-keyshortcuts=m]")
    page.fill("#g-into", f"HD-{older}")
    page.click("form[action$='/merge'] button")
    page.wait_for_selector("text=is merged into this ticket")
    assert page.url.endswith(f"/tickets/{older}")
    assert "Link down again" in page.inner_text("aside.facts")
    assert desks.ticket(patient, newer).merged_into_id == older


@pytest.mark.parametrize(
    ("language", "text", "shown"),
    [
        ("en", "Hello {requester}, {number} is with {engineer}.", "Hello Li Na, HD-1001 is with Chen Wei."),
        (
            "zh",
            "{requester} 您好，工单 {number} 由 {engineer} 负责。",
            "Li Na 您好，工单 HD-1001 由 Chen Wei 负责。",
        ),
    ],
)
@pytest.mark.parametrize("script", [True, False])
def test_canned_answer_is_inserted_below_what_was_written(
    patient: Desk, people: People, address: str, language: str, text: str, shown: str, script: bool
) -> None:
    canned(patient, "First word", language, text)
    number = desks.open_ticket(patient)
    page = people.come(language=language, script=script)
    page.goto(f"{address}/tickets/{number}")
    page.fill("#text", "One thing first.")
    page.select_option("#canned", label="First word")
    page.click("button[formaction$='/canned']")
    page.wait_for_selector(f"#text:has-text('{shown[-6:]}')", state="attached")
    assert page.input_value("#text") == f"One thing first.\n\n{shown}"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [390, 1280])
def test_ticket_with_everything_is_no_wider_than_its_window(
    patient: Desk, people: People, address: str, language: str, width: int
) -> None:
    canned(patient, "First word", language, "Hello {requester}")
    older = desks.open_ticket(patient, at=desks.long_ago(1))
    number = desks.open_ticket(patient, "averylongword" * 12)
    page = people.come(language=language, width=width)
    page.goto(f"{address}/tickets/{number}")
    page.fill("#text", "x" * 200)
    page.click("button.go.for-reply")
    page.wait_for_selector(".toast")
    for path in (f"/tickets/{number}", f"/tickets/{older}", "/canned"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        for summary in page.query_selector_all("details.act summary"):
            summary.evaluate("each => { each.parentElement.open = true }")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
