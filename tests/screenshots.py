"""Pictures of the pages with a day's work on them: `python -m tests.screenshots FOLDER [--all]`.

Without `--all` only the few that README shows are taken.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from gateway import clock, secrets
from gateway.mail.message import Mailbox
from gateway.store.models import Contact, Visit
from gateway.tickets import grants
from gateway.tickets.grants import Act
from tests import report_pictures
from tests.web import chromium
from tests.web.chromium import served
from tests.web.company import Company, open_company
from tests.web.desk import PASSWORD, Desk

DESKTOP, PHONE = (1280, 800), (390, 844)
REPORT = (1100, 1200)
MOST_BYTES = 200_000


@dataclass(frozen=True)
class Shot:
    """One picture: its name, the path, who looks (engineer, contact, nobody), and how."""

    name: str
    path: str
    who: str = "engineer"
    language: str = "en"
    dark: bool = False
    size: tuple[int, int] = DESKTOP
    kept: bool = False
    whole: bool = False


def shots(company: Company) -> list[Shot]:
    """Every picture; those that are `kept` stand in README."""
    story = company.tickets["story"]
    pages = {
        "queue": "/", "ticket": f"/tickets/{story}", "review": "/review", "outbox": "/outbox", "aws": "/aws",
        "health": f"/aws/health/{company.event}", "aws-case": f"/tickets/{company.tickets['Quarterly access review']}/aws-case",
        "notices": "/notices", "notice": f"/notices/{company.notice}", "rota": "/rota", "admin": "/admin", "me": "/me",
        "credits": f"/customers/{company.customers['harbourline']}/credits", "evidence": f"/tickets/{story}/sla",
        "new": "/tickets/new", "engineers": "/admin/engineers", "customers": "/admin/customers", "letters": "/admin/letters",
        "webhook": "/admin/webhook", "import": "/admin/import", "audit": "/admin/audit",
        "management": f"/reports/{company.values['management']}", "customer-reports": f"/customers/{company.customers['harbourline']}/reports",
        "report-plan": f"/admin/customers/{company.customers['harbourline']}/report-plan",
    }  # fmt: skip
    visitors = {
        "dashboard": "/dashboard",
        "my-tickets": "/my/tickets",
        "my-ticket": f"/my/tickets/{story}",
        "my-profile": "/my/profile",
        "my-reports": "/my/reports",
        "report": f"/my/reports/{company.values['report']}",
    }
    public = {"login": "/login", "enter": "/enter", "status": "/status", "confirm": "CONFIRM"}
    found = []
    for who, paths in (("engineer", pages), ("contact", visitors), ("nobody", public)):
        for name, path in paths.items():
            found += [
                Shot(f"{name}", path, who, whole=True),
                Shot(f"{name}-zh-dark", path, who, language="zh", dark=True, whole=True),
                Shot(f"{name}-phone", path, who, size=PHONE, whole=True),
            ]
    return found + list(_kept(pages, visitors, public))


def _kept(pages: dict[str, str], visitors: dict[str, str], public: dict[str, str]) -> Iterator[Shot]:
    """What README shows."""
    for name in ("queue", "ticket", "review", "rota"):
        yield Shot(f"readme-{name}", pages[name], kept=True)
    yield Shot("readme-queue-dark-zh", pages["queue"], language="zh", dark=True, kept=True)
    yield Shot("readme-ticket-phone", pages["ticket"], size=PHONE, kept=True)
    yield Shot("readme-dashboard-zh", visitors["dashboard"], "contact", language="zh", kept=True)
    yield Shot("readme-dashboard-phone", visitors["dashboard"], "contact", size=PHONE, kept=True)
    yield Shot("readme-report-zh", visitors["report"], "contact", language="zh", size=REPORT, kept=True)
    yield Shot("readme-report-phone", visitors["report"], "contact", size=PHONE, kept=True)
    yield Shot("readme-report-management", pages["management"], size=REPORT, kept=True)
    yield Shot("readme-status", public["status"], "nobody", kept=True)
    yield Shot("readme-confirm-phone", public["confirm"], "nobody", size=PHONE, kept=True)


def sign_in(page: Any, address: str, email: str = "chen.wei@northquay.example") -> None:
    """Fill in the login form as an engineer does."""
    page.goto(f"{address}/login")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit], main button.go")
    page.wait_for_url(lambda url: "/login" not in url)


def visiting(desk: Desk, context: Any, address: str, email: str = "li.na@harbourline.example") -> None:
    """Let a contact in without the walk through their mailbox."""
    token, now = secrets.random_token(32), clock.now()
    with desk.changing() as rows:
        contact = rows.query(Contact).filter_by(email=email).one()
        rows.add(
            Visit(token_digest=secrets.digest(token), contact_id=contact.id, created_at=now, seen_at=now,
                  ends_at=now + timedelta(hours=8))
        )  # fmt: skip
    context.add_cookies([{"name": "visitor", "value": token, "url": address}])


def confirm_link(desk: Desk, number: int) -> str:
    """The path of Li Na's link to confirm."""
    head, li = desk.services.letterhead, Mailbox("Li Na", "li.na@harbourline.example")
    return grants.link(head, number, Act.CONFIRM, li, at=clock.now()).removeprefix(head.base_url)


def main(folder: Path, *, everything: bool) -> None:
    """Take the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    company = open_company(Path(tempfile.mkdtemp(prefix="screenshots-")))
    link = confirm_link(company.desk, company.tickets["Quarterly access review"])
    with served(company.desk.app) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.path(), args=["--no-sandbox"])
        people: dict[tuple[str, bool], Any] = {}
        for shot in shots(company):
            if shot.kept == everything:
                continue
            key = (shot.who, shot.dark)
            if key not in people:
                people[key] = _person(company.desk, browser, address, *key)
            _take(people[key], address, shot, link, folder)
        if not everything:
            head = company.desk.services.letterhead
            for file in (
                *report_pictures.letters(browser, head, folder),
                *report_pictures.first_pages(folder),
            ):
                _tell(file)


def _person(desk: Desk, browser: Any, address: str, who: str, dark: bool) -> Any:
    context = browser.new_context(
        color_scheme="dark" if dark else "light", locale="en-GB", timezone_id="Asia/Singapore"
    )
    page = context.new_page()
    if who == "engineer":
        sign_in(page, address)
    elif who == "contact":
        visiting(desk, context, address)
    return page


def _take(page: Any, address: str, shot: Shot, link: str, folder: Path) -> None:
    page.context.add_cookies([{"name": "lang", "value": shot.language, "url": address}])
    page.set_viewport_size({"width": shot.size[0], "height": shot.size[1]})
    answer = page.goto(address + (link if shot.path == "CONFIRM" else shot.path), wait_until="load")
    file = folder / f"{shot.name.removeprefix('readme-')}.png"
    page.screenshot(path=file, full_page=shot.whole)
    _tell(file, answer.status if answer else None)


def _tell(file: Path, status: int | None = None) -> None:
    size = file.stat().st_size
    told = f"{file.name:28} {status or '-'} {size:>8} B"
    sys.stdout.write(f"{told}{' TOO LARGE' if size > MOST_BYTES else ''}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), everything="--all" in sys.argv)
