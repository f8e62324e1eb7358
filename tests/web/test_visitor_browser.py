"""A customer's person in a real browser: the link with a scanner in between, another browser, the phone, zh and en."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from gateway import clock
from gateway.domain.lifecycle import Status
from gateway.store.models import Direction
from gateway.tickets import handling
from tests.web import desk as desks
from tests.web.desk import Desk
from tests.web.visitors import LI_NA, links, opened, send


@pytest.fixture
def window(browser: Any) -> Iterator[Any]:
    """A fresh browser's page each time it is called: cookies of its own."""
    contexts = []

    def made(width: int = 1280, locale: str = "en-GB") -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale=locale)
        contexts.append(context)
        return context.new_page()

    yield made
    for context in contexts:
        context.close()


def asked(desk: Desk, page: Any, address: str) -> str:
    """Ask for a link as a person does; its address."""
    page.goto(f"{address}/my/tickets")
    page.fill("#email", LI_NA)
    page.press("#email", "Enter")
    page.wait_for_selector("text=a letter with a link is on its way")
    send(desk)
    return address + links(desk)[-1]


def test_scanner_in_between_does_not_burn_the_link(desk: Desk, window: Any, address: str) -> None:
    number = opened(desk)
    person, scanner = window(), window()
    link = asked(desk, person, address)
    scanner.request.head(link)
    scanner.request.get(link)
    scanner.goto(link)
    assert scanner.is_visible("text=This link was asked for in another browser.")
    person.goto(link)
    person.click("main button.go")
    person.wait_for_url(f"{address}/my/tickets")
    person.click("text=Direct Connect down")
    assert person.is_visible("text=nothing can be shipped")
    assert f"/my/tickets/{number}" in person.url
    person.go_back()
    person.goto(link)
    assert person.is_visible("text=It has expired, was used, or is not complete.")


def test_other_browser_names_the_address_again(desk: Desk, window: Any, address: str) -> None:
    link = asked(desk, window(), address)
    phone = window(width=390)
    phone.goto(link)
    phone.fill("#email", LI_NA)
    phone.click("main button.go")
    phone.wait_for_url(f"{address}/my/tickets")
    phone.goto(f"{address}/my/profile")
    assert phone.is_visible("text=Li Na")


def test_person_asks_is_answered_and_confirms(desk: Desk, window: Any, address: str) -> None:
    page = window()
    page.goto(asked(desk, page, address))
    page.click("main button.go")
    page.wait_for_url(f"{address}/my/tickets")
    page.goto(f"{address}/my/tickets/new")
    page.fill("#subject", "Tags of the Singapore account")
    page.fill("#text", "Which tags does your policy ask for?")
    page.click("main button.go")
    page.wait_for_selector("text=We have your request.")
    number = int(page.url.rpartition("/")[2])
    with desk.changing() as rows:
        handling.reply(rows, desk.services.letterhead, number, author=desk.engineer(), text="Owner and cost centre.",
                       then=Status.RESOLVED, at=clock.now())  # fmt: skip
    page.reload()
    assert page.is_visible("text=Owner and cost centre.")
    page.fill("#text", "And the environment?")
    page.click("#reply button.go")
    page.wait_for_selector("text=Your answer is on the ticket.")
    assert desks.messages(desk, number, Direction.INBOUND)[-1].text == "And the environment?"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_fit_the_window_and_axe_finds_nothing(
    desk: Desk, window: Any, address: str, language: str, width: int
) -> None:  # fmt: skip
    number = opened(desk, "averylongsubject" * 20, text="y" * 400)
    page = window(width=width)
    entered = asked(desk, page, address)
    page.context.add_cookies([{"name": "lang", "value": language, "url": address}])
    paths = (
        "/enter",
        entered.removeprefix(address),
        "/my/tickets",
        f"/my/tickets/{number}",
        "/my/tickets/new",
        "/my/profile",
    )
    for path in paths:
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert [each["id"] for each in Axe().run(page).response["violations"]] == [], path
        if path.startswith("/enter/"):
            page.click("main button.go")
            page.wait_for_url(f"{address}/my/tickets")
