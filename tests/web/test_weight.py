"""How much the first load of the heavy pages brings over the wire."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from gateway import clock
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.store.models import Direction, Engineer, Message
from gateway.tickets import intake
from tests.screenshots import sign_in, visiting
from tests.web.chromium import served
from tests.web.company import Company, open_company

MOST_BYTES = 150_000


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """The day's work with a full page of the queue, and sixty messages on one ticket."""
    made = open_company(tmp_path_factory.mktemp("weight"))
    head, customer, story = (
        made.desk.services.letterhead,
        made.customers["harbourline"],
        made.tickets["story"],
    )
    with made.desk.changing() as rows:
        author = rows.query(Engineer).order_by(Engineer.id).first()
        for number in range(40):
            sender = Mailbox("Li Na", "li.na@harbourline.example")
            request = intake.Request(
                customer, sender, f"Report page slow {number}", "It is slow.", Priority.MEDIUM
            )
            intake.open_by_hand(rows, head, request, author=author, at=clock.now())
        for number in range(60):
            text = f"{number}: the link is up for a minute and down again, and nobody can say why. " * 4
            rows.add(
                Message(ticket_id=story, direction=Direction.INBOUND, author_name="Li Na", text=text, new_text=text,
                        author_email="li.na@harbourline.example", authenticated=True, language="en",
                        at=clock.now() - timedelta(minutes=100 - number))
            )  # fmt: skip
    yield made
    made.desk.services.engine.dispose()


@pytest.mark.parametrize("name", ["queue", "ticket", "dashboard", "status"])
def test_first_load_is_light(company: Company, browser: Any, name: str) -> None:
    paths = {
        "queue": "/",
        "ticket": f"/tickets/{company.tickets['story']}",
        "dashboard": "/dashboard",
        "status": "/status",
    }
    with served(company.desk.app) as address:
        context = browser.new_context()
        page = context.new_page()
        if name in ("queue", "ticket"):
            sign_in(page, address)
        elif name == "dashboard":
            visiting(company.desk, context, address)
        heard = context.new_cdp_session(page)
        heard.send("Network.enable")
        heard.send("Network.setCacheDisabled", {"cacheDisabled": True})
        loaded: list[float] = []
        heard.on("Network.loadingFinished", lambda told: loaded.append(told["encodedDataLength"]))
        assert page.goto(address + paths[name], wait_until="load").status == 200
        page.wait_for_function("() => document.readyState === 'complete'")
        context.close()
    assert len(loaded) >= 2  # the page and its style at least
    assert sum(loaded) <= MOST_BYTES, loaded
