"""The browser's walk beside AWS, by keyboard alone: open a case, answer AWS, and look at every page on every width."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gateway import clock
from gateway.store.models import AwsWrite, Direction
from tests.web import beside_aws as aws
from tests.web import desk as desks
from tests.web.chromium import blocked
from tests.web.desk import Desk


def writes(desk: Desk) -> list[AwsWrite]:
    with desk.reading() as rows:
        return rows.query(AwsWrite).order_by(AwsWrite.id).all()


def press_until(page: Any, wanted: str, key: str = "Tab") -> None:
    """Go on by keyboard until something has the focus."""
    for _ in range(120):
        page.keyboard.press(key)
        if page.evaluate(f"document.activeElement.matches({wanted!r})"):
            return
    raise AssertionError(f"{wanted} is not reached by {key}")


def test_case_is_opened_by_keyboard_in_two_presses(desk: Desk, page: Any, address: str) -> None:
    aws.add_account(desk)
    number = desks.open_ticket(desk)
    page.goto(f"{address}/tickets/{number}")
    press_until(page, 'a[href$="/aws-case"]')
    page.keyboard.press("Enter")
    page.wait_for_selector("#c-body")
    assert "nothing can be shipped" in page.input_value("#c-body")
    press_until(page, ".go-aws")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=The case is on its way to AWS.")
    assert [(row.kind, row.state) for row in writes(desk)] == [("create", "queued")]
    assert blocked(page) == []


def test_aws_is_answered_by_keyboard(desk: Desk, page: Any, address: str) -> None:
    aws.add_account(desk)
    number = desks.open_ticket(desk)
    aws.add_case(
        desk, number, status="pending-customer-action", awaits_us_since=clock.now() - timedelta(hours=2)
    )
    page.goto(f"{address}/tickets/{number}")
    press_until(page, "input[name=audience]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.is_checked("input[value=aws]")
    assert page.is_visible("text=Goes to AWS Support case 176320481. The customer is not mailed.")
    assert page.is_visible("form.write >> text=Attachments")
    for hidden in ("Send and resolve", "Send and wait for the customer", "Save note"):
        assert not page.is_visible(f"form.write >> text={hidden}"), hidden
    press_until(page, "#text")
    page.keyboard.type("Nobody worked on the patch panel.")
    press_until(page, "form.write .go-aws")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=The answer goes to AWS. The customer is not mailed.")
    assert page.inner_text("article.to-aws .prose") == "Nobody worked on the patch panel."
    assert desks.messages(desk, number, Direction.OUTBOUND) == []
    assert blocked(page) == []


def test_three_audiences_look_different(desk: Desk, page: Any, address: str) -> None:
    aws.add_account(desk)
    number = desks.open_ticket(desk)
    aws.add_case(desk, number)
    page.goto(f"{address}/tickets/{number}")
    looks = set()
    for audience in ("reply", "note", "aws"):
        page.check(f"input[value={audience}]")
        styles = "(({borderTopStyle: s, borderTopColor: c}) => s + c)(getComputedStyle(document.querySelector('.write')))"
        looks.add(page.evaluate(styles))
        assert page.locator("form.write .send .go:visible, form.write .send .go-aws:visible").count() == 1
    assert len(looks) == 3


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_beside_aws_is_wider_than_the_window(
    desk: Desk, page: Any, address: str, language: str, width: int
) -> None:  # fmt: skip
    aws.add_account(desk, name="averylongname" * 12, state="role-broken", state_code="averylongcode" * 7)
    number = desks.open_ticket(desk)
    case = aws.add_case(
        desk, number, subject="averylongsubject" * 20, severity_wanted="critical", severity="urgent"
    )
    aws.add_said(desk, number, case, "x" * 400)
    aws.add_write(desk, number, case=case, state="asked", fault="averylongfault" * 20)
    aws.add_event(desk, number, entities=200, description="y" * 400)
    page.set_viewport_size({"width": width, "height": 900})
    page.context.add_cookies([{"name": "lang", "value": language, "url": address}])
    paths = ("/", f"/tickets/{number}", f"/tickets/{number}/aws-case", "/review", "/aws", "/aws/health", "/aws/health/1",
             "/customers/1/cost")  # fmt: skip
    for path in paths:
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
