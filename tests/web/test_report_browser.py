"""A customer's manager reads and takes along their reports in a real browser: keyboard, phone, both languages, no complaint."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.screenshots import visiting
from tests.web import reported
from tests.web.desk import Desk
from tests.web.visitors import BOSS, with_people


@pytest.fixture
def reading(desk: Desk, browser: Any, address: str) -> Iterator[tuple[Any, int]]:
    """A manager's page, and the number of a report."""
    with_people(desk)
    [number] = reported.produced(desk, reported.report())
    context = browser.new_context(base_url=address, locale="en-GB")
    visiting(desk, context, address, BOSS)
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda told: page.complaints.append(told.text) if told.type == "error" else None)
    yield page, number
    context.close()


def test_manager_goes_from_the_dashboard_to_a_report_and_takes_it_along(
    reading: tuple[Any, int], tmp_path: Path
) -> None:
    page, number = reading
    page.goto("/dashboard")
    page.click("nav >> text=Reports")
    page.click("text=October 2026")
    page.wait_for_url(f"**/my/reports/{number}")
    assert page.inner_text("h1") == "Service report October 2026"
    for ending, begin in (("PDF", b"%PDF-"), ("CSV", b"\xef\xbb\xbf")):
        with page.expect_download() as told:
            page.click(f"main a.btn:has-text('{ending}')")
        file = tmp_path / ending
        told.value.save_as(file)
        assert told.value.suggested_filename == f"NQ-2026-014-monthly-2026-10.{ending.lower()}"
        assert file.read_bytes().startswith(begin)
    assert page.complaints == []


def test_kind_is_chosen_with_the_keyboard_alone(reading: tuple[Any, int]) -> None:
    page, _ = reading
    page.goto("/my/reports")
    page.focus("input[name=kind][value='']")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/reports?kind=weekly")
    assert page.is_visible("text=No report has been produced yet.")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("dark", [False, True])
def test_report_reads_well_at_every_width(
    reading: tuple[Any, int], address: str, language: str, dark: bool
) -> None:
    page, number = reading
    page.context.add_cookies([{"name": "lang", "value": language, "url": address}])
    page.emulate_media(color_scheme="dark" if dark else "light")
    for width in (320, 375, 700, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"/my/reports/{number}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        assert [each["id"] for each in Axe().run(page).response["violations"]] == [], width
    assert page.complaints == []
