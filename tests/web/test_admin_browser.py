"""An administrator at work in a real browser: imports a file, reads letters, sets the webhook; on a phone, in Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from gateway.store.models import AwsAccount, Contact, Contract, Customer, Engineer, Role
from tests.web import chromium
from tests.web.admin_desk import ADMIN
from tests.web.desk import PASSWORD, Desk

PAGES = ("/admin", "/admin/customers", "/admin/customers/1", "/admin/import", "/admin/letters",
         "/admin/letters/acknowledgement", "/admin/webhook", "/admin/audit")  # fmt: skip
FILE = b"""\
customers:
  - reference: harbourline
    name: Harbourline Logistics
    contacts:
      - {email: li.na@harbourline.example, name: Li Na Tan}
"""


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """Where the desk is served, with a customer who has something of everything."""
    with desk.changing() as rows:
        rows.query(Engineer).filter_by(email=ADMIN).one().role = Role.ADMIN
        customer_id = rows.query(Customer.id).scalar()
        rows.add(Contract(customer_id=customer_id, number="NQ-2026-014", version=1, starts_on=date(2026, 1, 1),
                          currency="SGD", monthly_fee=12000, terms={}))  # fmt: skip
        rows.add(AwsAccount(customer_id=customer_id, account_id="111122223333", name="Production"))
    with chromium.served(desk.app) as where:
        yield where


def opened(
    browser: Any,
    address: str,
    *,
    language: str = "en",
    width: int = 1280,
    dark: bool = False,
    script: bool = True,
) -> Any:
    """A page of the administrator, which notes what the policy refused."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale="zh-CN" if language == "zh" else "en-GB",
        color_scheme="dark" if dark else "light", java_script_enabled=script,
    )  # fmt: skip
    context.add_cookies([{"name": "lang", "value": language, "url": address}])
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.goto(address)
    page.fill("#email", ADMIN)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit], main .btn.go")
    page.wait_for_url(lambda url: "/login" not in url)
    return page


def refused(page: Any) -> list[str]:
    return [each for each in page.complaints if "Content Security Policy" in each and "letters" not in each]


def test_administrator_imports_a_file_without_script(
    desk: Desk, browser: Any, address: str, tmp_path: Path
) -> None:
    page = opened(browser, address, script=False)
    file = tmp_path / "estate.yaml"
    file.write_bytes(FILE)
    page.goto(f"{address}/admin")
    page.click("text=Import and export")
    page.set_input_files("#i-file", str(file))
    page.click("main form[enctype] >> text=Preview")
    assert page.inner_text(".changes del") == "Li Na"
    assert page.inner_text(".changes ins") == "Li Na Tan"
    page.click("text=Import exactly this")
    assert "Imported" in page.inner_text("main")
    with desk.reading() as rows:
        assert rows.query(Contact).one().name == "Li Na Tan"
    page.goto(f"{address}/admin/audit")
    assert "File imported" in page.inner_text("main")
    page.context.close()


def test_administrator_sets_the_webhook_and_reads_the_secret(desk: Desk, browser: Any, address: str) -> None:
    page = opened(browser, address)
    page.goto(f"{address}/admin/webhook")
    page.fill("#w-url", "https://hooks.example/desk")
    page.click("main >> text=Save")
    assert page.inner_text("main code").startswith("whsec_")
    page.click("text=Send a test")
    assert "A test is on its way." in page.inner_text("main")
    page.context.close()


def test_letters_stand_side_by_side_in_frames_that_run_nothing(
    desk: Desk, browser: Any, address: str
) -> None:
    page = opened(browser, address)
    page.goto(f"{address}/admin/letters/acknowledgement")
    for language in ("zh", "en"):
        page.frame_locator(f"iframe[src*='/{language}?']").locator("table").first.wait_for()
    left, right = (page.locator("iframe").nth(place).bounding_box() for place in (0, 1))
    assert left["x"] + left["width"] <= right["x"]
    assert refused(page) == []
    page.context.close()


@pytest.mark.parametrize(("language", "width", "dark"), [("en", 1280, False), ("zh", 390, True)])
def test_pages_fit_and_have_no_fault_that_axe_finds(
    desk: Desk, browser: Any, address: str, language: str, width: int, dark: bool
) -> None:
    page = opened(browser, address, language=language, width=width, dark=dark)
    found = {}
    for path in PAGES:
        page.goto(f"{address}{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
        faults = Axe().run(page, options={"iframes": False}).response["violations"]
        found |= {f"{path} {each['id']}": [node["html"] for node in each["nodes"]][:3] for each in faults}
    assert found == {}
    page.context.close()
