"""The webhook's page: set, tried, retried; its secret shown once."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway import clock
from gateway.store import webhooks as calls
from gateway.store.models import AuditEntry, CallState, Webhook, WebhookCall
from tests.web.admin_desk import administered, token
from tests.web.desk import Desk, open_ticket

URL = "https://hooks.example/desk"


def send(client: FlaskClient, path: str = "", **data: object) -> TestResponse:
    return client.post(f"/admin/webhook{path}", data={"csrf_token": token(client, "/admin/webhook"), **data})


def listen(client: FlaskClient, **changes: object) -> TestResponse:
    return send(client, **({"url": URL, "events": ["ticket.opened"], "active": "on"} | changes))


def hook(desk: Desk) -> Webhook:
    with desk.reading() as rows:
        return rows.query(Webhook).one()


def given_up(desk: Desk) -> int:
    with desk.changing() as rows:
        calls.put(rows, rows.query(Webhook.id).scalar(), key="msg_1", event="ticket.opened", ticket_id=7, body="{}",
                  at=clock.now())  # fmt: skip
        call = rows.query(WebhookCall).one()
        calls.settle(rows, call.id, state=CallState.FAILED, at=clock.now(), status=500, error="status")
        return call.id


def test_first_save_shows_the_secret_once(desk: Desk) -> None:
    client = administered(desk)
    page = listen(client).text
    [secret] = re.findall(r"whsec_[A-Za-z0-9+/=]+", page)
    assert len(secret) == 38
    assert "whsec_" not in client.get("/admin/webhook").text
    assert "whsec_" not in listen(client, events=["ticket.status"]).text


def test_webhook_is_set_and_entered(desk: Desk) -> None:
    listen(administered(desk), events=["ticket.status", "ticket.opened", "nonsense"])
    assert (hook(desk).url, hook(desk).events, hook(desk).active) == (
        URL,
        ["ticket.opened", "ticket.status"],
        True,
    )
    with desk.reading() as rows:
        [entry] = rows.query(AuditEntry).filter_by(act="webhook.on")
    assert entry.data == {"events": ["ticket.opened", "ticket.status"]}


def test_change_counts_for_this_process_at_once(desk: Desk) -> None:
    client = administered(desk)
    open_ticket(desk)
    listen(client)
    open_ticket(desk)
    with desk.reading() as rows:
        assert [each.event for each in rows.query(WebhookCall)] == ["ticket.opened"]


@pytest.mark.parametrize(
    ("url", "said"),
    [("http://hooks.example/", "must begin with https://"), ("nonsense", "no address of a web server"), ("https://", "no address of a web server"),
     ("https://a:b@hooks.example/", "must not hold a user name")],
)  # fmt: skip
def test_unfit_address_is_refused_and_kept_in_the_form(desk: Desk, url: str, said: str) -> None:
    answer = listen(administered(desk), url=url)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{url}"' in answer.text


def test_webhook_without_events_is_refused(desk: Desk) -> None:
    answer = listen(administered(desk), events=[])
    assert answer.status_code == 422
    assert "choose at least one event" in answer.text


def test_test_call_is_noted(desk: Desk) -> None:
    client = administered(desk)
    listen(client)
    send(client, "/test")
    page = client.get("/admin/webhook").text
    assert "A test is on its way." in page
    assert "Waiting" in page


def test_call_that_was_given_up_is_shown_and_tried_again(desk: Desk) -> None:
    client = administered(desk)
    listen(client)
    call_id = given_up(desk)
    page = client.get("/admin/webhook").text
    assert "Given up" in page and "500 refused" in page and "HD-7" in page
    send(client, f"/calls/{call_id}/retry")
    with desk.reading() as rows:
        assert rows.query(WebhookCall).one().state == CallState.WAITING


def test_unknown_call_cannot_be_tried_again(desk: Desk) -> None:
    client = administered(desk)
    listen(client)
    send(client, "/calls/99/retry")
    assert "this call is not given up" in client.get("/admin/webhook").text


def test_new_secret_is_shown_once(desk: Desk) -> None:
    client = administered(desk)
    first = re.findall(r"whsec_[A-Za-z0-9+/=]+", listen(client).text)
    second = re.findall(r"whsec_[A-Za-z0-9+/=]+", send(client, "/secret").text)
    assert len(first) == len(second) == 1
    assert first != second


def test_only_administrators_open_the_page_or_change_it(desk: Desk) -> None:
    client = desk.signed_in()
    assert client.get("/admin/webhook").status_code == 403
    given = token(client, "/")
    for path in ("", "/secret", "/test", "/calls/1/retry"):
        assert client.post(f"/admin/webhook{path}", data={"csrf_token": given}).status_code == 403


def test_page_reads_chinese(desk: Desk) -> None:
    client = administered(desk, "zh")
    listen(client)
    given_up(desk)
    page = client.get("/admin/webhook").text
    for word in ("已启用", "新建了工单", "已放弃", "500 被拒绝", "最近调用"):
        assert word in page
