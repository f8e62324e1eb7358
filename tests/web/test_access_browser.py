"""Who gets in, as a person in a real browser meets it: password and code, set-up, sessions, a provider; zh and en."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe

from gateway import clock
from gateway.store.models import Engineer, Role, SecondFactor
from tests.web import chromium, openid_provider
from tests.web import desk as desks
from tests.web.desk import PASSWORD, Desk
from tests.web.openid_provider import CLIENT_ID, CLIENT_SECRET

CHEN, LIN = "chen.wei@northquay.example", "lin.yue@northquay.example"
AXE = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
Open = Callable[..., Any]


@contextmanager
def served(folder: Path, **settings: object) -> Iterator[tuple[Desk, str]]:
    """A desk on a socket, which knows its own address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    desk = desks.open_desk(folder, base_url=address, **settings)
    with chromium.served(desk.app, port):
        yield desk, address
    desk.services.engine.dispose()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Desk, str]]:
    with served(tmp_path) as made:
        yield made


@pytest.fixture
def opened(browser: Any) -> Iterator[Open]:
    """Opens pages, each in a browser context of its own, that note what the browser complains about."""
    contexts = []

    def page(locale: str = "en-GB", **more: Any) -> Any:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale=locale, **more)
        contexts.append(context)
        made = context.new_page()
        made.set_default_timeout(20_000)
        made.complaints = []
        made.on("console", lambda said: made.complaints.append(said.text) if said.type == "error" else None)
        return made

    yield page
    for context in contexts:
        context.close()


def log_in(page: Any, address: str, email: str = CHEN) -> None:
    page.goto(f"{address}/login")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(lambda at: not at.endswith("/login"))


def set_up(page: Any, address: str) -> pyotp.TOTP:
    """Press through the set-up; what makes codes."""
    page.goto(f"{address}/me/second-factor")
    page.click("main form .btn.go")
    page.locator("img.qr").evaluate("picture => picture.decode()")
    assert page.locator("img.qr").evaluate("picture => picture.naturalWidth") > 100
    otp = pyotp.TOTP(page.inner_text("#secret").replace(" ", ""))
    page.fill("#code", otp.at(clock.now()))
    page.press("#code", "Enter")
    page.wait_for_selector("#codes")
    return otp


def forget_step(desk: Desk) -> None:
    """Let the present code count again, so that the test need not wait for the next."""
    with desk.changing() as rows:
        rows.query(SecondFactor).one().last_step = 0


def violations(page: Any) -> list[str]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": list(AXE)}}).response["violations"]
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize(("locale", "words"), [("en-GB", "Code from your app"), ("zh-CN", "应用中的验证码")])
def test_engineer_sets_a_second_factor_up_and_logs_in_with_a_code(
    place: tuple[Desk, str], opened: Open, locale: str, words: str
) -> None:
    desk, address = place
    with desk.changing() as rows:
        rows.query(Engineer).filter_by(email=CHEN).one().language = locale[:2]
    page = opened(locale)
    log_in(page, address)
    otp = set_up(page, address)
    assert page.locator("#codes li").count() == 10
    assert page.complaints == []
    forget_step(desk)
    second = opened(locale)
    log_in(second, address)
    assert second.url == f"{address}/login/code"
    assert words in second.inner_text("main")
    second.fill("#code", otp.at(clock.now()))
    second.press("#code", "Enter")
    second.wait_for_url(f"{address}/")
    assert second.complaints == []


def test_recovery_code_opens_the_desk_without_the_phone(place: tuple[Desk, str], opened: Open) -> None:
    _, address = place
    page = opened()
    log_in(page, address)
    set_up(page, address)
    code = page.inner_text("#codes li:first-child")
    second = opened()
    log_in(second, address)
    second.fill("#code", code)
    second.press("#code", "Enter")
    second.wait_for_url(f"{address}/me")
    assert "9 recovery codes are left." in second.inner_text("main")


def test_session_that_is_ended_elsewhere_is_over_in_its_own_browser(
    place: tuple[Desk, str], opened: Open
) -> None:
    _, address = place
    one, other = opened(), opened()
    log_in(one, address)
    log_in(other, address)
    one.goto(f"{address}/me")
    assert one.locator(".stack li").count() == 2
    one.click(".stack li form button")
    one.wait_for_selector(".say.good")
    assert one.locator(".stack li").count() == 1
    other.goto(f"{address}/outbox")
    assert other.url.startswith(f"{address}/login?next=")


def test_required_second_factor_stands_before_everything_else(tmp_path: Path, opened: Open) -> None:
    with served(tmp_path, two_factor="required") as (_, address):
        page = opened()
        log_in(page, address)
        assert page.url == f"{address}/me/second-factor"
        set_up(page, address)
        page.click("text=I have kept them")
        page.wait_for_url(f"{address}/")


def test_person_logs_in_at_the_provider_by_one_press(tmp_path: Path, opened: Open) -> None:
    with openid_provider.serving() as provider:
        settings = {
            "oidc_issuer": provider.address,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": CLIENT_SECRET,
        }
        with served(tmp_path, **settings) as (_, address):
            page = opened()
            page.goto(f"{address}/outbox")
            page.click("text=Sign in with your OpenID provider")
            page.wait_for_url(f"{address}/outbox")
            assert [re.sub(r":\d+$", "", each["client_id"]) for each in provider.logins] == [CLIENT_ID]
            assert page.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("locale", "width"), [("en-GB", 1280), ("zh-CN", 390)])
def test_pages_are_usable_by_everybody(
    place: tuple[Desk, str], opened: Open, locale: str, width: int, scheme: str
) -> None:
    desk, address = place
    with desk.changing() as rows:
        lin = rows.query(Engineer).filter_by(email=LIN).one()
        lin.role, lin.language = Role.ADMIN, locale[:2]
    page = opened(locale, color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    found = {}
    page.goto(f"{address}/login")
    found["/login"] = violations(page)
    log_in(page, address, LIN)
    for path in ("/me", "/admin/engineers", "/me/second-factor"):
        page.goto(address + path)
        found[path] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.click("main form .btn.go")
    page.wait_for_selector("img.qr")
    found["set-up"] = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert {path: faults for path, faults in found.items() if faults} == {}
