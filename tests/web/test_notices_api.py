"""Notices over the API: the same verbs, the same refusals, what became of each letter."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gateway import clock
from gateway.operations import access
from gateway.store.models import Outbox, Role
from tests.web.desk import Desk

NEW = {
    "kind": "maintenance",
    "titles": {"en": "Servers move"},
    "window": {"starts_at": "2031-05-06T02:00:00+08:00", "ends_at": "2031-05-06T06:00:00+08:00"},
    "zone": "Asia/Shanghai",
    "scope": {"customers": ["harbourline"]},
}


class Api:
    """The API with a bearer token of a role."""

    def __init__(self, desk: Desk, role: Role = Role.LEAD) -> None:
        self.client = desk.client()
        with desk.changing() as rows:
            lead = desk.engineer("lin.yue@northquay.example")
            token = access.make_token(rows, engineer=lead, role=role, at=clock.now())
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=self.headers).get_json()

    def post(self, path: str, body: object = None) -> TestResponse:
        return self.client.post(f"/api/v1/{path}", data=json.dumps(body if body is not None else {}),
                                headers=self.headers, content_type="application/json")  # fmt: skip


@pytest.fixture
def api(desk: Desk) -> Api:
    return Api(desk)


def test_draft_is_answered_in_utc_and_tells_nobody(desk: Desk, api: Api) -> None:
    answer = api.post("notices", NEW)
    assert answer.status_code == 201
    told = answer.get_json()
    assert (told["number"], told["reference"], told["state"]) == (1, "HD-N1", "draft")
    assert told["window"] == {"starts_at": "2031-05-05T18:00:00Z", "ends_at": "2031-05-05T22:00:00Z"}
    assert told["steps"] == [] and told["customers"] == []
    with desk.reading() as rows:
        assert rows.query(Outbox).count() == 0


def test_preview_names_every_recipient(api: Api) -> None:
    api.post("notices", NEW)
    told = api.get("notices/1/preview")
    assert [(each["email"], each["in_time"]) for each in told["recipients"]] == [
        ("li.na@harbourline.example", True)
    ]
    assert set(told["letters"]) == {"en", "zh"}


def test_announced_notice_tells_what_became_of_each_letter(desk: Desk, api: Api) -> None:
    api.post("notices", NEW)
    assert api.post("notices/1/announce").status_code == 200
    with desk.changing() as rows:
        row = rows.query(Outbox).one()
        row.state, row.sent_at, row.last_reply = "sent", clock.now(), "250 2.0.0 taken"
    (step,) = api.get("notices/1")["steps"]
    assert step["told"] == {"accepted": 1, "refused": 0, "total": 1}
    assert (step["letters"][0]["state"], step["letters"][0]["reply"]) == ("accepted", "250 2.0.0 taken")
    (customer,) = api.get("notices/1")["customers"]
    assert customer["excludes"] == [{"starts_at": "2031-05-05T18:00:00Z", "ends_at": "2031-05-05T22:00:00Z"}]


def test_announcing_twice_conflicts(desk: Desk, api: Api) -> None:
    api.post("notices", NEW)
    api.post("notices/1/announce")
    again = api.post("notices/1/announce")
    assert again.status_code == 409
    assert again.get_json()["detail"] == "this notice was announced already"
    with desk.reading() as rows:
        assert rows.query(Outbox).count() == 1


def test_token_for_less_than_its_lead_may_draft_but_not_announce(desk: Desk) -> None:
    api = Api(desk, Role.ENGINEER)
    assert api.post("notices", NEW).status_code == 201
    for verb in ("announce", "call-off", "end", "keep-open"):
        assert api.post(f"notices/1/{verb}").status_code == 403
    with desk.reading() as rows:
        assert rows.query(Outbox).count() == 0


def test_window_is_changed_and_called_off(api: Api) -> None:
    api.post("notices", NEW)
    api.post("notices/1/announce")
    later = {"starts_at": "2031-05-07T02:00:00+08:00", "ends_at": "2031-05-07T06:00:00+08:00"}
    assert api.post("notices/1/change", {**later, "reason": "The part comes later."}).status_code == 200
    assert api.post("notices/1/call-off", {"reason": "No part."}).get_json()["state"] == "called-off"
    assert [step["step"] for step in api.get("notices/1")["steps"]] == ["announced", "changed", "called-off"]


def test_window_that_has_not_begun_cannot_end(api: Api) -> None:
    api.post("notices", NEW)
    api.post("notices/1/announce")
    assert api.post("notices/1/end").status_code == 409


def test_list_goes_page_by_page(api: Api) -> None:
    for title in ("One", "Two", "Three"):
        api.post("notices", NEW | {"titles": {"en": title}})
    first = api.get("notices?limit=2")
    assert [each["titles"]["en"] for each in first["notices"]] == ["Three", "Two"]
    rest = api.get(f"notices?limit=2&cursor={first['cursor']}")
    assert [each["titles"]["en"] for each in rest["notices"]] == ["One"]
    assert api.get("notices?kind=advisory")["notices"] == []


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"titles": {}}, 409),
        ({"window": None}, 409),
        ({"zone": "Mars/Olympus"}, 409),
        ({"window": {"starts_at": "0001-01-01T00:00:00+09:00", "ends_at": "9999-12-31T23:59:59-09:00"}}, 409),
        ({"scope": {"customers": ["nobody"]}}, 409),
        ({"scope": {"accounts": ["12"]}}, 422),
        ({"window": {"starts_at": "2031-05-06T02:00:00", "ends_at": "2031-05-06T06:00:00"}}, 422),
        ({"kind": "party"}, 422),
    ],
)
def test_what_makes_no_sense_is_refused(api: Api, change: dict[str, object], status: int) -> None:
    assert api.post("notices", NEW | change).status_code == status


@pytest.mark.parametrize("number", ["7", "99999999999999999999"])
def test_unknown_notice_is_not_found(api: Api, number: str) -> None:
    assert api.client.get(f"/api/v1/notices/{number}", headers=api.headers).status_code == 404
    assert api.post(f"notices/{number}/announce").status_code == 404
