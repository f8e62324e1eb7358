"""Desks for the web's tests: one on SQLite for each test, and one on both databases where queries are asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web import chromium
from tests.web import desk as desks
from tests.web.desk import PASSWORD, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk on SQLite."""
    made = desks.open_desk(tmp_path)
    yield made
    made.services.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A desk on SQLite, then on PostgreSQL."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made = desks.open_desk(tmp_path, url)
    yield made
    made.services.engine.dispose()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium; skips loudly where there is none."""
    with chromium.browsing() as made:
        yield made


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """Where the desk is served."""
    with chromium.served(desk.app) as where:
        yield where


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
