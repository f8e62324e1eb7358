import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from gateway import clock
from gateway.operations import replaying
from gateway.operations.replaying import Standing
from gateway.store.models import KeyedRequest, Role, Ticket
from tests.web import desk as desks
from tests.web.desk import Desk

KEY = '"8e03978e-40d5-43dd-bc93-6894a57f9324"'
TICKET = {"subject": "Printer", "text": "It does not print.", "requester_email": "li.na@harbourline.example"}


def post(desk: Desk, path: str, body: Any, *, key: str = KEY, token: str = "") -> TestResponse:
    headers = {"Authorization": f"Bearer {token or desk.token()}", "Idempotency-Key": key}
    return desk.client().post(f"/api/v1{path}", json=body, headers=headers)


def tickets(desk: Desk) -> int:
    with desk.reading() as rows:
        return rows.query(Ticket).count()


def rows_of(desk: Desk) -> list[KeyedRequest]:
    with desk.reading() as rows:
        return rows.query(KeyedRequest).all()


def test_request_sent_twice_is_done_once_and_answered_twice(either_desk: Desk) -> None:
    token = either_desk.token()
    first = post(either_desk, "/tickets", TICKET, token=token)
    again = post(either_desk, "/tickets", TICKET, token=token)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data
    assert again.headers["Idempotent-Replayed"] == "true"
    assert tickets(either_desk) == 1


def test_bare_key_is_the_quoted_one(desk: Desk) -> None:
    token = desk.token()
    post(desk, "/tickets", TICKET, token=token)
    assert post(desk, "/tickets", TICKET, key=KEY.strip('"'), token=token).status_code == 201
    assert tickets(desk) == 1


def test_key_with_another_body_is_refused(either_desk: Desk) -> None:
    token = either_desk.token()
    post(either_desk, "/tickets", TICKET, token=token)
    answer = post(either_desk, "/tickets", TICKET | {"subject": "Scanner"}, token=token)
    assert answer.status_code == 422
    assert answer.json["errors"]["Idempotency-Key"] == [
        "was used for another request within the last 24 hours"
    ]
    assert tickets(either_desk) == 1


def test_key_with_another_path_is_refused(desk: Desk) -> None:
    token, number = desk.token(), desks.open_ticket(desk)
    post(desk, f"/tickets/{number}/note", {"text": "seen"}, token=token)
    assert post(desk, f"/tickets/{number}/reply", {"text": "seen"}, token=token).status_code == 422


def test_keys_of_two_tokens_are_apart(desk: Desk) -> None:
    for token in (desk.token(), desk.token()):
        assert post(desk, "/tickets", TICKET, token=token).status_code == 201
    assert tickets(desk) == 2


def test_refused_request_is_forgotten_and_may_be_mended(either_desk: Desk) -> None:
    token, number = either_desk.token(), desks.open_ticket(either_desk)
    assert (
        post(either_desk, f"/tickets/{number}/status", {"status": "resolved"}, token=token).status_code == 409
    )
    assert rows_of(either_desk) == []
    body = {"status": "resolved", "text": "It is fixed."}
    assert post(either_desk, f"/tickets/{number}/status", body, token=token).status_code == 200


def test_request_under_way_is_told_to_wait(either_desk: Desk) -> None:
    asked = replaying.fingerprint("POST", "a")
    told = {"caller": "a", "key": "k", "asked": asked}
    with either_desk.changing() as rows:
        assert replaying.begin(rows, **told, at=clock.now()).standing is Standing.NEW
    with either_desk.changing() as rows:
        assert replaying.begin(rows, **told, at=clock.now()).standing is Standing.UNDER_WAY


def test_two_at_once_open_one_ticket(either_desk: Desk) -> None:
    token, together = either_desk.token(), threading.Barrier(4)
    statuses: list[int] = []

    def send() -> None:
        together.wait()
        statuses.append(post(either_desk, "/tickets", TICKET, token=token).status_code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert tickets(either_desk) == 1


def test_request_whose_process_died_is_done_anew_only_if_it_changed_nothing(either_desk: Desk) -> None:
    asked, at = replaying.fingerprint("POST", "a"), clock.now()
    later = at + replaying.PATIENCE
    told = {"caller": "a", "asked": asked}
    with either_desk.changing() as rows:
        idle = replaying.begin(rows, key="idle", at=at, **told)
        busy = replaying.begin(rows, key="busy", at=at, **told)
        replaying.note_done(rows, busy.row_id)
    with either_desk.changing() as rows:
        assert replaying.begin(rows, key="idle", at=later, **told) == replaying.Known(
            Standing.NEW, idle.row_id
        )
        assert replaying.begin(rows, key="busy", at=later, **told).standing is Standing.LOST


def test_change_that_did_not_commit_leaves_no_mark(either_desk: Desk) -> None:
    token, number = either_desk.token(Role.ENGINEER), desks.open_ticket(either_desk)
    post(either_desk, f"/tickets/{number}/assign", {"assignee": 4711}, token=token)
    assert rows_of(either_desk) == []


def test_answer_too_large_to_keep_is_named_so(desk: Desk) -> None:
    token, number = desk.token(), desks.open_ticket(desk)
    post(desk, f"/tickets/{number}/note", {"text": "seen"}, token=token)
    with desk.changing() as rows:
        rows.execute(sa.update(KeyedRequest).values(body=None))
    answer = post(desk, f"/tickets/{number}/note", {"text": "seen"}, token=token)
    assert answer.status_code == 409
    assert "carried out before" in answer.json["detail"]


def test_keys_are_forgotten_after_a_day(either_desk: Desk) -> None:
    token = either_desk.token()
    post(either_desk, "/tickets", TICKET, token=token)
    with either_desk.changing() as rows:
        rows.execute(sa.update(KeyedRequest).values(begun_at=clock.now() - timedelta(hours=24)))
    assert post(either_desk, "/tickets", TICKET | {"subject": "Scanner"}, token=token).status_code == 201
    assert len(rows_of(either_desk)) == 1
    assert tickets(either_desk) == 2


@pytest.mark.parametrize("key", ["", " ", '"', "a b", "a\u00e9", "x" * 201, '"open'])
def test_key_that_is_none_is_refused(desk: Desk, key: str) -> None:
    assert post(desk, "/tickets", TICKET, key=key).status_code == 400
    assert tickets(desk) == 0


def test_key_without_a_token_is_kept_nowhere(desk: Desk) -> None:
    assert post(desk, "/tickets", TICKET, token="wrong").status_code == 401
    assert rows_of(desk) == []


def test_every_post_of_the_specification_offers_the_key(desk: Desk) -> None:
    spec = desk.client().get("/api/v1/openapi.json").json
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            named = [each["name"] for each in operation.get("parameters", [])]
            assert ("Idempotency-Key" in named) == (method == "post"), path
            if method == "post":
                assert {"400", "409", "422"} <= operation["responses"].keys(), path
