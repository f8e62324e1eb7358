"""A person at the review and the outbox with a real browser: mail walks through the judge after each decision."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gateway import clock
from gateway.inbound.receive import Arrival
from gateway.mail.trust import UNCHECKED
from gateway.store import deliveries
from gateway.store.models import Delivery, DeliveryState, Engineer, Outbox, Role
from tests.builders import a_mail
from tests.web import desk as desks
from tests.web.chromium import blocked
from tests.web.desk import PASSWORD, Desk
from tests.web.test_review import add_letter


@pytest.fixture
def desk(tmp_path: Any) -> Any:
    """A desk that lets strangers wait."""
    made = desks.open_desk(tmp_path, unregistered="review")
    yield made
    made.services.engine.dispose()


def arrive(desk: Desk, subject: str, *, sender: str = "Wang Jun <wang@spare-parts.example>") -> int:
    """A stranger's mail, judged as a worker does; its delivery."""
    raw = a_mail(f"{subject}, says Wang.\n", subject=subject, sender=sender, message_id=f"{subject}@spare-parts.example",
                 to="support@northquay.example")  # fmt: skip
    at = clock.now()
    arrival = Arrival(raw, "wang@spare-parts.example", ("support@northquay.example",), at, "smtp", "192.0.2.1",
                      "mx.example", "", UNCHECKED)  # fmt: skip
    with desk.changing() as rows:
        deliveries.accept(rows, desk.services.blobs, [arrival])
        key = int(rows.query(Delivery.id).order_by(Delivery.id.desc()).limit(1).scalar())
    judge(desk)
    return key


def judge(desk: Desk) -> None:
    while desk.services.inbound.drain(clock.now() + timedelta(seconds=20)):
        pass


def row(desk: Desk, key: int) -> Delivery:
    with desk.reading() as rows:
        return rows.get_one(Delivery, key)


def test_mail_is_accepted_attached_replayed_and_its_sender_blocked(
    desk: Desk,
    page: Any,
    address: str,
) -> None:
    number = desks.open_ticket(desk)
    first, second, third = (arrive(desk, each) for each in ("Pumps", "Valves", "Gaskets"))
    page.goto(f"{address}/review")
    assert "Pumps, says Wang." in page.inner_text(f"#d{first}")
    page.click(f"#d{first} >> text=Accept")
    page.wait_for_selector("text=Mail is let in.")
    page.fill(f"#at{second}", f"HD-{number}")
    page.click(f"#d{second} >> text=Attach")
    page.wait_for_selector(f"text=Mail goes to HD-{number}.")
    judge(desk)
    assert row(desk, first).ticket_id == number + 1
    assert row(desk, second).ticket_id == number
    page.click(f"#d{third} >> text=Replay")
    page.wait_for_selector("text=Mail is read again.")
    judge(desk)
    page.reload()
    page.fill(f"#bl{third}", "advertising")
    page.click(f"#d{third} button[value='@spare-parts.example']")
    page.wait_for_selector("text=@spare-parts.example is blocked.")
    assert not page.is_visible(f"#d{third}")
    assert row(desk, arrive(desk, "Bearings")).state == DeliveryState.BLOCKED
    page.click("nav >> text=Blocked")
    assert "Bearings, says Wang." in page.inner_text("main")
    page.click("form[action$='/lift'] button")
    page.wait_for_selector("text=The block has ended.")
    assert blocked(page) == []


def test_refused_letter_is_sent_again_and_a_waiting_one_given_up(
    desk: Desk,
    page: Any,
    address: str,
) -> None:
    failed, waiting = add_letter(desk, "failed"), add_letter(desk, "pending")
    page.goto(f"{address}/outbox")
    page.click("text=Send again")
    page.wait_for_selector("text=Letter is sent again.")
    page.click("summary:has-text('Give up')")
    page.fill(f"#c{waiting}", "wrong customer")
    page.click(f"form[action='/outbox/{waiting}/cancel'] >> text=Never send it")
    page.wait_for_selector("text=Letter is given up.")
    with desk.reading() as rows:
        states = [rows.get_one(Outbox, each).state for each in (failed, waiting)]
    assert states == ["pending", "cancelled"]
    assert blocked(page) == []


def test_review_reads_on_a_phone_in_chinese(desk: Desk, browser: Any, address: str) -> None:
    key = arrive(desk, "Pumps")
    with desk.changing() as rows:
        lead = rows.query(Engineer).filter_by(role=Role.LEAD).one()
        lead.language = "zh"
    context = browser.new_context(viewport={"width": 375, "height": 800}, locale="zh-CN")
    phone = context.new_page()
    phone.goto(f"{address}/review")
    phone.fill("#email", "lin.yue@northquay.example")
    phone.fill("#password", PASSWORD)
    phone.press("#password", "Enter")
    phone.wait_for_selector(f"#d{key}")
    assert "发件人未登记" in phone.inner_text("main") or "联系人" in phone.inner_text("main")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 375
    phone.click(f"#d{key} summary:has-text('登记为联系人')")
    phone.select_option(f"#rc{key}", label="Harbourline Logistics")
    phone.click(f"#d{key} >> text=登记并放行")
    phone.wait_for_selector("text=wang@spare-parts.example 已登记为联系人，邮件已放行。")
    judge(desk)
    number = row(desk, key).ticket_id
    assert number is not None
    assert desks.ticket(desk, number).customer_id == 1
    context.close()
