"""The webhook: calls in the transaction of what they tell, sent at least once, and nobody else's burden."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
import sqlalchemy as sa

from gateway import clock as wall
from gateway import queues, secrets
from gateway.domain.terms import Priority
from gateway.domain.webhook_events import ALL
from gateway.mail.message import Mailbox
from gateway.operations import webhooks
from gateway.operations.webhook_wire import Answer, BadUrl, Wire
from gateway.operations.webhooks import AT_ONCE, WAITS, Webhooks
from gateway.store import webhooks as calls
from gateway.store.models import AuditEntry, CallState, Engineer, Lease, Webhook, WebhookCall
from gateway.store.queries import due
from gateway.tickets import Refused, handling, intake
from tests.builders import a_mail
from tests.databases import SECRET, Desk
from tests.hook_server import Hook, hook_server


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hook_server() as made:
        yield made


def listen(desk: Desk, url: str, *events: str, active: bool = True) -> str:
    """The secret."""
    with desk.services.transaction() as session:
        return webhooks.change(session, url=url, events=events or ALL, active=active, key=SECRET, development=True,
                               actor="engineer:7", at=desk.clock.at)  # fmt: skip


def loop(desk: Desk, wire: Wire | None = None) -> Webhooks:
    wire = wire or Wire(private=True, development=True, seconds=5)
    return Webhooks(desk.services.sessions, desk.services.transaction, wire, SECRET, "test", desk.clock)


def drain(desk: Desk, wire: Wire | None = None) -> bool:
    return loop(desk, wire).drain(desk.clock.at + timedelta(seconds=5))


def rested(desk: Desk) -> None:
    """Let a rest be over, whose time is the database's own."""
    with desk.services.transaction() as session:
        session.execute(sa.delete(Lease))


def noted(desk: Desk) -> list[WebhookCall]:
    with desk.services.reading() as session:
        return list(session.scalars(sa.select(WebhookCall).order_by(WebhookCall.id)))


def put(desk: Desk, count: int = 1) -> None:
    with desk.services.transaction() as session:
        for number in range(count):
            calls.put(session, session.scalars(sa.select(Webhook.id)).one(), key=f"msg_{desk.clock.at.timestamp()}_{number}",
                      event="ticket.opened", ticket_id=1, body=f'{{"n":{number}}}', at=desk.clock.at)  # fmt: skip


def open_ticket(desk: Desk) -> int:
    request = intake.Request(
        None, Mailbox("Li Na", "li.na@harbour.example"), "Secret words", "more secret words", Priority.HIGH
    )
    with desk.services.transaction() as session:
        author = Engineer(email="chen@desk.example", name="Chen Wei")
        session.add(author)
        session.flush()
        return intake.open_by_hand(session, desk.head, request, author=author, at=desk.clock.at).id


def test_ticket_by_mail_is_told_with_codes_and_numbers_alone(desk: Desk, hook: Hook) -> None:
    listen(desk, hook.url, "ticket.opened")
    delivery = desk.walk(a_mail(subject="Secret words", text="more secret words"))
    drain(desk)
    [told] = hook.told()
    assert told["type"] == "ticket.opened"
    assert told["timestamp"] == "2026-03-02T01:00:00Z"
    assert told["data"]["ticket"]["number"] == f"HD-{delivery.ticket_id}"
    assert set(told["data"]["ticket"]) == {"id", "number", "status", "priority", "customer_id", "assignee_id"}
    assert b"ecret" not in hook.calls[0][1]


def test_each_chosen_event_of_a_ticket_is_told_once(desk: Desk, hook: Hook) -> None:
    listen(desk, hook.url, "ticket.opened", "ticket.replied", "ticket.status")
    number = open_ticket(desk)
    with desk.services.transaction() as session:
        author = session.scalars(sa.select(Engineer)).one()
        handling.reply(
            session, desk.head, number, author=author, text="We look.", at=desk.clock.pass_(minutes=1)
        )
    drain(desk)
    told = {each["type"]: each["data"] for each in hook.told()}
    assert len(hook.told()) == len(told)
    assert set(told) == {"ticket.opened", "ticket.replied", "ticket.status"}
    assert told["ticket.status"]["ticket"]["status"] == "open"


def test_call_is_signed_with_the_secret(desk: Desk, hook: Hook) -> None:
    secret = listen(desk, hook.url)
    put(desk)
    drain(desk)
    [(told, body)] = hook.calls
    signed = f"{told['webhook-id']}.{told['webhook-timestamp']}.".encode() + body
    wanted = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert told["webhook-signature"] == f"v1,{base64.b64encode(wanted).decode()}"


def test_secret_rests_sealed(desk: Desk, hook: Hook) -> None:
    secret = listen(desk, hook.url)
    with desk.services.reading() as session:
        stored = session.scalars(sa.select(Webhook.secret)).one()
    assert secret not in stored
    assert secrets.unseal(SECRET, "webhook", stored) == secret


def test_call_belongs_to_the_transaction_that_acts(desk: Desk, hook: Hook) -> None:
    listen(desk, hook.url)
    with pytest.raises(RuntimeError), desk.services.transaction() as session:
        author = Engineer(email="chen@desk.example", name="Chen Wei")
        session.add(author)
        session.flush()
        request = intake.Request(None, Mailbox("Li", "li@harbour.example"), "s", "t", Priority.LOW)
        intake.open_by_hand(session, desk.head, request, author=author, at=desk.clock.at)
        raise RuntimeError
    assert noted(desk) == []


def test_without_a_webhook_nothing_is_noted(desk: Desk) -> None:
    open_ticket(desk)
    assert noted(desk) == []


def test_webhook_that_is_switched_off_hears_nothing(desk: Desk, hook: Hook) -> None:
    listen(desk, hook.url)
    put(desk)
    listen(desk, hook.url, active=False)
    open_ticket(desk)
    drain(desk)
    assert hook.calls == []
    assert [each.state for each in noted(desk)] == [CallState.DROPPED]


@pytest.mark.parametrize("status", [500, 404, 302])
def test_refused_call_is_tried_again_under_the_same_name(desk: Desk, hook: Hook, status: int) -> None:
    listen(desk, hook.url)
    put(desk)
    hook.answer = status
    drain(desk)
    [row] = noted(desk)
    assert (row.state, row.status, row.attempts) == (CallState.WAITING, status, 1)
    assert row.next_attempt_at == desk.clock.at + WAITS[0]
    hook.answer = 200
    desk.clock.pass_(seconds=6)
    drain(desk)
    assert hook.ids == [row.call_key, row.call_key]
    assert hook.calls[0][1] == hook.calls[1][1]
    assert noted(desk)[0].state == CallState.SENT


def test_call_is_given_up_after_a_day(desk: Desk, hook: Hook) -> None:
    listen(desk, hook.url)
    put(desk)
    hook.answer = 500
    for wait in (*WAITS, timedelta(hours=9)):
        drain(desk)
        desk.clock.pass_(seconds=wait.total_seconds())
    drain(desk)
    [row] = noted(desk)
    assert (row.state, row.next_attempt_at) == (CallState.FAILED, None)
    assert 10 <= len(hook.calls) <= len(WAITS) + 1
    assert sum(WAITS, timedelta()) <= timedelta(hours=24, minutes=30)


def test_call_that_was_given_up_may_be_tried_again_by_hand(desk: Desk, hook: Hook) -> None:
    listen(desk, hook.url)
    put(desk)
    desk.clock.pass_(hours=25)
    drain(desk)
    [row] = noted(desk)
    assert (row.state, hook.calls) == (CallState.FAILED, [])
    with desk.services.transaction() as session:
        webhooks.retry(session, row.id, actor="engineer:7", at=desk.clock.at)
    drain(desk)
    assert (noted(desk)[0].state, hook.ids) == (CallState.SENT, [row.call_key])


def test_gone_switches_the_webhook_off(desk: Desk, hook: Hook) -> None:
    listen(desk, hook.url)
    put(desk, 3)
    hook.answer = 410
    drain(desk)
    assert len(hook.calls) == 1
    assert sorted(each.state for each in noted(desk)) == ["dropped", "dropped", "failed"]
    with desk.services.reading() as session:
        row = session.scalars(sa.select(Webhook)).one()
        acts = session.scalars(sa.select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert (row.active, row.ended_by, acts[-1]) == (False, "gone", "webhook.gone")


def test_unanswered_call_lets_the_webhook_rest_and_the_others_wait_untried(desk: Desk) -> None:
    listen(desk, "http://127.0.0.1:9/")
    put(desk, 5)
    assert drain(desk) is False
    assert sorted(each.attempts for each in noted(desk)) == [0, 0, 0, 0, 1]
    with desk.services.reading() as session:
        assert calls.resting(session)
        assert not calls.due(session, desk.clock.at)


def test_rest_grows_while_nobody_answers(desk: Desk) -> None:
    listen(desk, "http://127.0.0.1:9/")
    put(desk, 3)
    for _ in range(3):
        rested(desk)
        drain(desk)
    with desk.services.reading() as session:
        assert session.scalars(sa.select(Webhook.failures)).one() == 3
        left = session.scalars(sa.select(Lease.until).where(Lease.name == calls.RESTS)).one() - wall.now()
    assert timedelta(seconds=10) < left <= timedelta(seconds=20)


def test_change_of_the_webhook_ends_its_rest(desk: Desk, hook: Hook) -> None:
    listen(desk, "http://127.0.0.1:9/")
    put(desk)
    drain(desk)
    listen(desk, hook.url)
    desk.clock.pass_(seconds=6)
    drain(desk)
    assert len(hook.calls) == 1


def test_server_that_asks_for_time_gets_it(desk: Desk, hook: Hook) -> None:
    listen(desk, hook.url)
    put(desk, 2)
    hook.answer, hook.headers = 429, {"Retry-After": "600"}
    drain(desk)
    assert len(hook.calls) == 1
    assert noted(desk)[0].next_attempt_at == desk.clock.at + timedelta(seconds=600)


def test_one_refused_call_holds_up_no_other(desk: Desk, hook: Hook) -> None:
    def picky(handler: BaseHTTPRequestHandler) -> None:
        bad = hook.calls[-1][1] == b'{"n":0}'
        handler.send_response(400 if bad else 200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    listen(desk, hook.url)
    put(desk, 6)
    hook.answer = picky
    drain(desk)
    states = [each.state for each in noted(desk)]
    assert states.count("sent") >= 4
    assert states[0] == "waiting"


def test_calls_go_a_few_at_a_time(desk: Desk, hook: Hook) -> None:
    together = threading.Barrier(AT_ONCE)

    def slow(handler: BaseHTTPRequestHandler) -> None:
        if len(hook.calls) > 1:
            together.wait(timeout=8)
        handler.send_response(200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    listen(desk, hook.url)
    put(desk, 1 + 2 * AT_ONCE)
    hook.answer = slow
    drain(desk)
    assert hook.most_at_once == AT_ONCE
    assert {each.state for each in noted(desk)} == {CallState.SENT}


class Killed(BaseException):
    """The process ends here."""


def test_call_whose_sender_died_before_marking_it_is_sent_again_under_the_same_name(
    desk: Desk, hook: Hook
) -> None:
    class Dying(Wire):
        def post(self, url: str, body: bytes, told: object) -> Answer:
            super().post(url, body, told)  # type: ignore[arg-type]
            raise Killed

    listen(desk, hook.url)
    put(desk)
    with pytest.raises(Killed):
        drain(desk, Dying(private=True, development=True))
    assert drain(desk) is False  # its lease holds
    assert len(hook.calls) == 1
    with desk.services.transaction() as session:
        session.execute(sa.update(WebhookCall).values(lease_until=wall.now() - timedelta(seconds=1)))
    drain(desk)
    assert len(hook.ids) == 2
    assert len(set(hook.ids)) == 1
    assert noted(desk)[0].state == CallState.SENT


def test_sender_that_lost_its_lease_marks_nothing(desk: Desk, hook: Hook) -> None:
    def overtaken(handler: BaseHTTPRequestHandler) -> None:
        with desk.services.transaction() as session:
            session.execute(sa.update(WebhookCall).values(fence=WebhookCall.fence + 1))
        handler.send_response(500)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    listen(desk, hook.url)
    put(desk)
    hook.answer = overtaken
    drain(desk)
    assert noted(desk)[0].status is None


def test_nothing_is_sent_inside_a_transaction(desk: Desk, hook: Hook) -> None:
    """On SQLite a writing transaction shuts out every other one: the server itself writes while it is called."""

    def writing(handler: BaseHTTPRequestHandler) -> None:
        desk.add(Engineer(email=f"e{len(hook.calls)}@desk.example", name="E"))
        handler.send_response(200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    listen(desk, hook.url)
    put(desk, 3)
    hook.answer = writing
    drain(desk)
    assert {each.state for each in noted(desk)} == {CallState.SENT}


def test_address_of_our_own_network_is_not_called_in_production(desk: Desk, hook: Hook) -> None:
    with pytest.raises(BadUrl), desk.services.transaction() as session:
        webhooks.change(
            session,
            url=hook.url,
            events=ALL,
            active=True,
            key=SECRET,
            development=False,
            actor="",
            at=desk.clock.at,
        )
    listen(desk, hook.url.replace("http:", "https:"))
    put(desk)
    drain(desk, Wire())
    assert (noted(desk)[0].error, hook.calls) == ("forbidden-address", [])


def test_due_calls_ring_for_the_slow_queue(desk: Desk, hook: Hook) -> None:
    listen(desk, hook.url)
    with desk.services.reading() as session:
        before = calls.due(session, desk.clock.at)
    put(desk)
    with desk.services.reading() as session:
        assert (before, calls.due(session, desk.clock.at)) == (False, True)
        assert due.due_queues(session, desk.clock.at)[queues.SLOW] == 1


def test_slow_work_calls_the_webhook(desk: Desk, hook: Hook) -> None:
    listen(desk, hook.url)
    desk.clock.at = wall.now() - timedelta(seconds=1)
    put(desk)
    desk.services.slow.drain(wall.now() + timedelta(seconds=5))
    assert len(hook.calls) == 1


def test_calls_long_over_are_removed(desk: Desk, hook: Hook) -> None:
    listen(desk, hook.url)
    put(desk)
    drain(desk)
    desk.clock.pass_(days=31)
    put(desk)
    drain(desk)
    assert len(noted(desk)) == 1


def test_test_call_tells_of_nothing(desk: Desk, hook: Hook) -> None:
    listen(desk, hook.url)
    with desk.services.transaction() as session:
        webhooks.try_out(session, actor="engineer:7", at=desk.clock.at)
    drain(desk)
    assert (hook.told()[0]["type"], hook.told()[0]["data"]) == ("test", {})


@pytest.mark.parametrize("verb", ["test", "retry", "secret"])
def test_without_a_webhook_there_is_nothing_to_do(desk: Desk, verb: str) -> None:
    do = {
        "test": lambda session: webhooks.try_out(session, actor="", at=desk.clock.at),
        "retry": lambda session: webhooks.retry(session, 1, actor="", at=desk.clock.at),
        "secret": lambda session: webhooks.renew_secret(session, key=SECRET, actor="", at=desk.clock.at),
    }[verb]
    with pytest.raises(Refused), desk.services.transaction() as session:
        do(session)


def test_webhook_hears_of_something(desk: Desk) -> None:
    with pytest.raises(Refused), desk.services.transaction() as session:
        webhooks.change(session, url="https://hooks.example/", events=["nothing.known"], active=True, key=SECRET,
                        development=False, actor="", at=desk.clock.at)  # fmt: skip


def test_new_secret_replaces_the_old_one(desk: Desk, hook: Hook) -> None:
    first = listen(desk, hook.url)
    with desk.services.transaction() as session:
        second = webhooks.renew_secret(session, key=SECRET, actor="engineer:7", at=desk.clock.at)
    assert first != second
    assert listen(desk, hook.url) == ""


def test_webhook_sealed_with_another_key_is_not_called(desk: Desk, hook: Hook) -> None:
    listen(desk, hook.url)
    put(desk)
    other = replace(loop(desk), key="another secret of this installation, long")
    other.drain(desk.clock.at + timedelta(seconds=5))
    assert (noted(desk)[0].error, hook.calls) == ("secret", [])
