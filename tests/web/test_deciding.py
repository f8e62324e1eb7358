"""Waiting mail on the review page, from its reason to what an engineer decides."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway import clock
from gateway.store import glances
from gateway.store.models import (
    AuditEntry,
    BlockedSender,
    Contact,
    Delivery,
    DeliveryState,
    Engineer,
    Message,
    Role,
    Scan,
)
from tests.web import desk as desks
from tests.web.desk import Desk, form_token
from tests.web.test_review import add_delivery

LEAD = "lin.yue@northquay.example"
STRANGER = {"rule": "new", "error": "unregistered", "subject": "Help", "originator": "wang@spare-parts.example",
            "authentication": {"spf": "pass", "dkim": "none", "dmarc": "fail", "domain": "spare-parts.example", "source": "door"}}  # fmt: skip


def a_strangers(desk: Desk, **more: object) -> int:
    key = add_delivery(desk, "held", **(STRANGER | more))
    with desk.changing() as rows:
        glances.keep(rows, key, author=("Wang <b>Jun</b>", "wang@spare-parts.example"), written_to=["support@northquay.example"],
                     text="Our <script>database</script> is down.", files=[("plan.pdf.js", 14_000)])  # fmt: skip
    return key


def send(client: FlaskClient, path: str, **fields: object) -> TestResponse:
    token = form_token(client.get("/review?show=blocked"))
    return client.post(path, data={"csrf_token": token, "next": "/review", **fields})


def told(client: FlaskClient) -> str:
    page = client.get("/review").text
    return unescape(" ".join(re.findall(r'<div class="say (?:good|bad)[^>]*>.*?<p>(.*?)</p>', page)))


def row(desk: Desk, key: int) -> Delivery:
    with desk.reading() as rows:
        return rows.get_one(Delivery, key)


def acts(desk: Desk) -> list[tuple[str, str]]:
    with desk.reading() as rows:
        found = rows.query(AuditEntry).filter(AuditEntry.act.notlike("%login%")).order_by(AuditEntry.id)
        return [(each.act, each.about) for each in found]


def test_mail_that_waits_says_why_and_what_it_says_in_safe_form(desk: Desk) -> None:
    a_strangers(desk)
    page = desk.signed_in().get("/review").text
    assert "Its author is no registered contact." in page
    assert "Our &lt;script&gt;database&lt;/script&gt; is down." in page
    assert "Wang &lt;b&gt;Jun&lt;/b&gt;" in page
    assert "plan.pdf.js" in page and "14 KB" in page
    assert "<dt>DMARC</dt><dd>fail</dd>" in page
    assert "<dt>Domain checked</dt><dd>spare-parts.example</dd>" in page


def test_reasons_are_said_in_chinese(desk: Desk) -> None:
    a_strangers(desk)
    add_delivery(
        desk, "quarantined", rule="quarantine", error="could not be read within the limits: TimedOut"
    )
    page = desk.signed_in(language="zh").get("/review").text
    assert "未能在时间和内存限制内读取。" in page
    assert "放行" in page and "归入" in page
    assert "TimedOut" not in page


def test_accepted_mail_is_judged_again_as_let_in(desk: Desk) -> None:
    key, client = a_strangers(desk), desk.signed_in()
    assert send(client, f"/deliveries/{key}/accept").location == "/review"
    assert (row(desk, key).state, row(desk, key).rule) == (DeliveryState.RECEIVED, "admitted")
    assert "Mail is let in." in told(client)
    assert acts(desk) == [("mail.accepted", f"delivery:{key}")]


def test_mail_is_attached_to_the_ticket_that_stands_in_the_field(desk: Desk) -> None:
    number, client = desks.open_ticket(desk), desk.signed_in()
    key = a_strangers(desk, subject=f"Re: [HD-{number}] Direct Connect down")
    assert f'name="ticket" maxlength="40" required value="HD-{number}"' in client.get("/review").text
    send(client, f"/deliveries/{key}/attach", ticket=f" hd-{number} ")
    assert row(desk, key).rule == f"attached:{number}"
    assert ("mail.attached", f"delivery:{key}") in acts(desk)
    assert (
        "A mail that waited in the review was put onto this ticket." in client.get(f"/tickets/{number}").text
    )


def test_newest_live_ticket_of_the_author_is_suggested(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    a_strangers(desk, originator="Li.Na@harbourline.example")
    assert f'value="HD-{number}"' in desk.signed_in().get("/review").text


@pytest.mark.parametrize("typed", ["4711", "x", "", "9" * 30, "HD-"])
def test_ticket_that_is_none_is_told(desk: Desk, typed: str) -> None:
    key, client = a_strangers(desk), desk.signed_in()
    send(client, f"/deliveries/{key}/attach", ticket=typed)
    assert "there is no such ticket" in told(client)
    assert row(desk, key).state == DeliveryState.HELD


@pytest.mark.parametrize("pattern", ["wang@spare-parts.example", "@spare-parts.example"])
def test_blocked_sender_leaves_the_page_and_stands_among_the_blocked(desk: Desk, pattern: str) -> None:
    key, client = a_strangers(desk), desk.signed_in()
    send(client, "/blocks", pattern=pattern, reason="advertising")
    assert "Nothing waits for review." in client.get("/review").text
    page = client.get("/review?show=blocked").text
    assert f"<td>{pattern}</td><td>advertising</td>" in page
    assert "Chen Wei" in page and "database" in page
    assert row(desk, key).state == DeliveryState.BLOCKED
    assert 'Review</a>' not in page and acts(desk)[-1][0] == "sender.blocked"  # fmt: skip


def test_block_is_ended_with_its_button(desk: Desk) -> None:
    client = desk.signed_in()
    send(client, "/blocks", pattern="@spare-parts.example")
    with desk.reading() as rows:
        key = rows.query(BlockedSender.id).scalar()
    send(client, f"/blocks/{key}/lift")
    assert "@spare-parts.example</td>" not in client.get("/review?show=blocked").text
    assert [each[0] for each in acts(desk)] == ["sender.blocked", "sender.unblocked"]
    assert send(client, "/blocks/4711/lift").status_code == 404


def test_registered_customers_are_not_blocked(desk: Desk) -> None:
    client = desk.signed_in()
    send(client, "/blocks", pattern="@harbourline.example")
    assert "registered customers are not blocked" in told(client)


@pytest.mark.parametrize("author", ["li.na@harbourline.example", "chen.wei@northquay.example"])
def test_no_block_is_offered_of_whom_it_would_not_be_taken(desk: Desk, author: str) -> None:
    a_strangers(desk)
    add_delivery(desk, "held", rule="suspicious", originator=author)
    offered = re.findall(r'name="pattern" value="([^"]*)"', desk.signed_in().get("/review").text)
    assert offered == ["wang@spare-parts.example", "@spare-parts.example"]


def test_lead_registers_a_stranger_and_lets_the_mail_in(desk: Desk) -> None:
    key, client = a_strangers(desk), desk.signed_in(LEAD)
    assert "Register and accept" in client.get("/review").text
    send(
        client, f"/deliveries/{key}/register", customer="1", name="Wang Jun", email="wang@spare-parts.example"
    )
    with desk.reading() as rows:
        made = rows.query(Contact).filter_by(email="wang@spare-parts.example").one()
    assert (made.name, made.customer_id, row(desk, key).rule) == ("Wang Jun", 1, "admitted")


def test_engineer_registers_nobody(desk: Desk) -> None:
    key, client = a_strangers(desk), desk.signed_in()
    assert "Register and accept" not in client.get("/review").text
    answer = send(client, f"/deliveries/{key}/register", customer="1", email="wang@spare-parts.example")
    assert answer.status_code == 403
    assert row(desk, key).state == DeliveryState.HELD


def test_registration_that_is_refused_lets_nothing_in(desk: Desk) -> None:
    key, client = a_strangers(desk), desk.signed_in(LEAD)
    send(client, f"/deliveries/{key}/register", customer="1", email="li.na@harbourline.example")
    assert "this address is registered already" in told(client)
    assert row(desk, key).state == DeliveryState.HELD


def test_held_message_is_dismissed(desk: Desk) -> None:
    number, client = desks.open_ticket(desk), desk.signed_in()
    message = desks.add_mail(desk, number, held=True)
    send(client, f"/messages/{message}/dismiss")
    assert "Nothing waits for review." in client.get("/review").text
    with desk.reading() as rows:
        assert rows.get_one(Message, message).held
    assert acts(desk) == [("mail.dismissed", f"message:{message}")]


def test_read_only_engineer_decides_nothing(desk: Desk) -> None:
    key = a_strangers(desk)
    client = desk.signed_in()
    with desk.changing() as rows:
        rows.query(Engineer).filter_by(email="chen.wei@northquay.example").one().role = Role.READER
    for path in (
        f"/deliveries/{key}/accept",
        f"/deliveries/{key}/attach",
        "/blocks",
        "/bulk",
        "/outbox/retry",
    ):
        assert send(client, path).status_code == 403, path
    assert row(desk, key).state == DeliveryState.HELD


def test_files_that_the_scanner_stopped_are_listed(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    desks.add_mail(desk, number, files=(("invoice.pdf.js", "text/javascript", b"bad", ""),))
    with desk.changing() as rows:
        key = rows.get_one(Message, 2).attachments[0].blob_key
        rows.add(Scan(blob_key=key, state="infected", signature="Eicar-Test", asked_at=clock.now()))
    page = desk.signed_in().get("/review").text
    assert "Stopped files" in page and "invoice.pdf.js" in page and "Eicar-Test" in page


@pytest.mark.parametrize("path", ["/review?show=nowhere", "/review?cursor=x"])
def test_values_that_no_form_sends_are_400(desk: Desk, path: str) -> None:
    assert desk.signed_in().get(path).status_code == 400
