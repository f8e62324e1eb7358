"""Every page as people with other eyes and hands meet it: axe finds nothing, nothing is too wide.

The pages are those of the access matrix, on a desk full of work. Each page is looked at in one of the combinations of
theme, width and language, the important ones in all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.screenshots import confirm_link, sign_in, visiting
from tests.web.chromium import browsing, served
from tests.web.company import Company, open_company
from tests.web.matrix import MATRIX

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
"""The last one holds targets to 24 px (2.5.8), with its exceptions for lines of text and lone ones."""
LOOKS = list(product((False, True), (1280, 390), ("en", "zh")))
WHOLE = (
    "queue.show",
    "ticket.show",
    "visitor_dashboard.show",
    "visitor_tickets.show",
    "visitor_reports.show",
    "status.show",
    "auth.sign_in",
)
"""Pages that are looked at in every combination."""
WIDEST = """() => [...document.querySelectorAll('body *')].filter(each => each.getBoundingClientRect().right > innerWidth + 1)
  .map(each => each.outerHTML.slice(0, 100)).slice(0, 3)"""
READERS = ("nobody", "contact", "engineer")
NO_PAGES = frozenset({
    "static", "openapi.spec", "health.healthz", "health.readyz", "health.metrics", "status.as_json", "status.probe",
    "live.stream", "live.of_ticket", "queue.changed", "files.attachment", "files.original", "files.text", "files.html",
    "files.inline", "review.original", "review.letter_original", "factor.picture", "openid.back", "visitor_tickets.file",
    "visitor_dashboard.figures", "visitor_dashboard.month", "admin_letters.html", "later.state",
    "reports.pdf", "reports.csv", "reports.management_pdf", "reports.management_csv", "visitor_reports.pdf",
    "visitor_reports.csv", "admin_contract.pdf", "visitor_contract.pdf",
})  # fmt: skip


def pages() -> list[str]:
    """Every endpoint that is looked at: what nobody may look at as a page is left out by its name here."""
    return [name for name in MATRIX if not name.startswith("api.") and name not in NO_PAGES]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    made = open_company(tmp_path_factory.mktemp("axe"))
    yield made
    made.desk.services.engine.dispose()


@pytest.fixture(scope="module")
def people(company: Company) -> Iterator[dict[str, Any]]:
    """A page of a browser for each kind of reader, with its address."""
    with served(company.desk.app) as address, browsing() as browser:
        made = {who: browser.new_context(bypass_csp=True, base_url=address).new_page() for who in READERS}
        sign_in(made["engineer"], address)
        visiting(company.desk, made["contact"].context, address)
        yield made | {"address": address}


def looked_at(company: Company, people: dict[str, Any], endpoint: str) -> tuple[Any, str | None]:
    """The page of whoever looks at an endpoint, and its path; None where it is only acted upon."""
    line, app = MATRIX[endpoint], company.desk.app
    rules = [rule for rule in app.url_map.iter_rules(endpoint) if "GET" in (rule.methods or ())]
    if not rules:
        return people["nobody"], None
    who = "contact" if line.look.scope >= 0 else "engineer" if line.look.role else "nobody"
    if endpoint == "links.page":
        return people[who], confirm_link(company.desk, company.tickets["Quarterly access review"])
    path = app.url_map.bind("localhost").build(endpoint, line.address(company.values))
    return people[who], path


@pytest.mark.parametrize("endpoint", pages())
def test_axe_finds_nothing(company: Company, people: dict[str, Any], endpoint: str) -> None:
    page, path = looked_at(company, people, endpoint)
    if path is None:
        return  # only acted upon
    first = pages().index(endpoint) % len(LOOKS)
    for dark, width, language in LOOKS if endpoint in WHOLE else (LOOKS[first], LOOKS[-1 - first]):
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.set_viewport_size({"width": width, "height": 900})
        page.context.add_cookies([{"name": "lang", "value": language, "url": people["address"]}])
        assert page.goto(path).status == 200
        found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
        faults = [
            (each["id"], node["html"][:200], node["failureSummary"][:300])
            for each in found.response["violations"]
            for node in each["nodes"]
        ]
        assert faults == [], (path, dark, width, language, faults)
        if endpoint != "links.page":  # which speaks the ticket's language
            assert page.get_attribute("html", "lang").startswith(language), path


@pytest.mark.parametrize("endpoint", pages())
def test_page_fits_phones_and_large_letters(company: Company, people: dict[str, Any], endpoint: str) -> None:
    page, path = looked_at(company, people, endpoint)
    if path is None:
        return  # only acted upon
    page.goto(path)
    wide = {}
    for width in (320, 390, 640):  # 640 is what 200 % leaves of 1280
        page.set_viewport_size({"width": width, "height": 900})
        if (found := page.evaluate("document.documentElement.scrollWidth")) > width:
            wide[width] = (found, page.evaluate(WIDEST))
    assert wide == {}, path
