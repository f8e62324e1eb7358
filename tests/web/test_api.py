import json
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from gateway import clock
from gateway.domain.terms import Priority
from gateway.operations import access
from gateway.store.models import ApiToken, Delivery, DeliveryState, Direction, Engineer, Role
from tests.web import desk as desks
from tests.web.desk import PNG, Desk
from tests.web.test_review import add_delivery, add_letter

FACE = {"number", "subject", "status", "priority", "kind", "language", "customer", "requester", "assignee", "opened_at", "service",
        "first_response", "resolution", "messages", "events"}  # fmt: skip
VERBS = ("end", "strike", "contest", "uphold", "accept", "decline")
NEW = {
    "subject": "Please add a user",
    "text": "She called.",
    "requester_email": "li.na@harbourline.example",
    "customer": "harbourline",
}


class Api:
    """The API with a bearer token."""

    def __init__(self, desk: Desk) -> None:
        self.client: FlaskClient = desk.client()
        self.headers = {"Authorization": f"Bearer {desk.token()}"}

    def get(self, path: str):
        return self.client.get(f"/api/v1/{path}", headers=self.headers)

    def post(self, path: str, body: object = None):
        ascii_only = json.dumps(body)  # a lone surrogate travels as an escape
        return self.client.post(
            f"/api/v1/{path}", data=ascii_only, headers=self.headers, content_type="application/json"
        )


@pytest.fixture
def api(desk: Desk) -> Api:
    return Api(desk)


def test_ticket_carries_every_promised_field(desk: Desk, api: Api) -> None:
    number = desks.open_ticket(desk)
    desks.add_mail(desk, number, files=(("logo.png", "image/png", PNG, ""),))
    told = api.get(f"tickets/{number}").get_json()
    assert told.keys() >= FACE
    assert told["first_response"].keys() == {"due_at", "met_at", "breached_at", "excluded"}
    assert told["messages"][1].keys() >= {"id", "direction", "author", "text", "attachments"}
    assert told["attachments"][0]["filename"] == "logo.png"
    assert [event["kind"] for event in told["events"]] == ["opened"]


def test_number_is_read_with_and_without_its_prefix(desk: Desk, api: Api) -> None:
    number = desks.open_ticket(desk)
    assert api.get(f"tickets/{number}").get_json() == api.get(f"tickets/hd-{number}").get_json()


def test_instants_are_utc(desk: Desk, api: Api) -> None:
    told = api.get(f"tickets/{desks.open_ticket(desk)}").get_json()
    assert told["opened_at"].endswith("Z")


def test_breach_carries_the_due_instant(desk: Desk, api: Api) -> None:
    number = desks.open_ticket(desk, priority=Priority.CRITICAL, at=desks.long_ago(1))
    clock_told = api.get(f"tickets/{number}").get_json()["first_response"]
    assert clock_told["breached_at"] == clock_told["due_at"]


def test_ticket_is_opened(desk: Desk, api: Api) -> None:
    answer = api.post("tickets", NEW | {"priority": "high"})
    assert answer.status_code == 201
    told = answer.get_json()
    assert (told["number"], told["priority"], told["customer"]["reference"]) == (1001, "high", "harbourline")


def test_engineers_answer_notes_assigns_and_resolves(desk: Desk, api: Api) -> None:
    number = desks.open_ticket(desk)
    assert api.post(f"tickets/{number}/reply", {"text": "We look into it."}).status_code == 201
    assert api.post(f"tickets/{number}/note", {"text": "Static route."}).status_code == 201
    assert (
        api.post(f"tickets/{number}/assign", {"assignee": desk.engineer().id}).get_json()["assignee"]["name"]
        == "Chen Wei"
    )
    assert api.post(f"tickets/{number}/assign", {"assignee": None}).get_json()["assignee"] is None
    assert (
        api.post(f"tickets/{number}/priority", {"priority": "critical", "reason": "Stores down."}).get_json()[
            "priority"
        ]
        == "critical"
    )
    assert api.post(f"tickets/{number}/escalate", {}).status_code == 200
    assert api.post(f"tickets/{number}/acknowledge", {}).status_code == 200
    told = api.post(f"tickets/{number}/status", {"status": "resolved", "text": "It is up."}).get_json()
    assert told["status"] == "resolved"
    assert told["resolution"]["met_at"] is not None
    assert [row["direction"] for row in told["messages"]] == ["inbound", "outbound", "note", "outbound"]


def test_what_the_ticket_does_not_allow_is_a_problem_409(desk: Desk, api: Api) -> None:
    number = desks.open_ticket(desk)
    api.post(f"tickets/{number}/status", {"status": "closed", "text": "Opened twice."})
    answer = api.post(f"tickets/{number}/reply", {"text": "too late"})
    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["detail"] == "a ticket that is closed cannot engineer-replies"
    assert desks.messages(desk, number, Direction.OUTBOUND) == []


def test_sla_sheet_holds_the_entries_that_moved_the_clocks(desk: Desk, api: Api) -> None:
    number = desks.open_ticket(desk)
    api.post(f"tickets/{number}/note", {"text": "x"})
    api.post(f"tickets/{number}/reply", {"text": "Please check.", "then": "waiting-customer"})
    sheet = api.get(f"tickets/{number}/sla").get_json()
    assert [event["kind"] for event in sheet["events"]] == ["opened", "reply", "status"]
    assert sheet["first_response"]["met_at"] is not None
    assert sheet["resolution"]["excluded"][0]["reason"] == "customer"


def test_lists_are_paged_by_cursor(desk: Desk, api: Api) -> None:
    opened = {desks.open_ticket(desk, f"subject {count}") for count in range(5)}
    seen, cursor = [], ""
    while True:
        page = api.get(f"tickets?limit=2&cursor={cursor}").get_json()
        seen += [row["number"] for row in page["tickets"]]
        cursor = page["cursor"]
        if not cursor:
            break
    assert len(seen) == 5 and set(seen) == opened


def test_deliveries_are_found_by_message_id_and_state(desk: Desk, api: Api) -> None:
    add_delivery(desk, "done", message_id="a@x.example")
    add_delivery(desk, "quarantined", message_id="b@x.example")
    assert len(api.get("deliveries").get_json()["deliveries"]) == 2
    by_id = api.get("deliveries?message_id=%3Ca@x.example%3E").get_json()["deliveries"]
    assert [row["state"] for row in by_id] == ["done"]
    assert [
        row["message_id"] for row in api.get("deliveries?state=quarantined").get_json()["deliveries"]
    ] == ["b@x.example"]


def test_delivery_is_replayed(desk: Desk, api: Api) -> None:
    key = add_delivery(desk, "quarantined")
    assert api.post(f"deliveries/{key}/replay").status_code == 202
    with desk.reading() as rows:
        assert rows.get_one(Delivery, key).state == DeliveryState.RECEIVED
    assert api.post(f"deliveries/{key}/replay").status_code == 409
    assert api.post("deliveries/4711/replay").status_code == 404


def test_outbox_is_listed_by_state(desk: Desk, api: Api) -> None:
    add_letter(desk, "failed")
    add_letter(desk, "sent")
    assert [row["state"] for row in api.get("outbox?state=failed").get_json()["outbox"]] == ["failed"]
    assert len(api.get("outbox").get_json()["outbox"]) == 2


def test_attachment_is_downloaded_with_the_token_only(desk: Desk, api: Api) -> None:
    number = desks.open_ticket(desk)
    desks.add_mail(desk, number, files=(("logo.png", "image/png", PNG, ""),))
    address = api.get(f"tickets/{number}").get_json()["attachments"][0]["url"]
    assert address.startswith("http://127.0.0.1:8000/api/v1/attachments/")
    path = address.removeprefix("http://127.0.0.1:8000/api/v1/")
    assert api.get(path).data == PNG
    assert desk.client().get(f"/api/v1/{path}").status_code == 401


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic eDp5", "Bearer " + "x" * 5000]
)
def test_without_a_valid_token_there_is_nothing(desk: Desk, header: str) -> None:
    answer = desk.client().get("/api/v1/tickets", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="helpdesk"'
    assert answer.get_json()["title"] == "Unauthorized"


def test_cookie_of_the_pages_opens_no_api(desk: Desk) -> None:
    assert desk.signed_in().get("/api/v1/tickets").status_code == 401


def test_token_expires(desk: Desk) -> None:
    with desk.changing() as rows:
        token = access.make_token(
            rows,
            engineer=desk.engineer(),
            role=Role.ENGINEER,
            at=desks.long_ago(2),
            lifetime=timedelta(hours=1),
        )
    answer = desk.client().get("/api/v1/tickets", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_token_of_somebody_who_left_opens_nothing(desk: Desk, api: Api) -> None:
    with desk.changing() as rows:
        rows.query(Engineer).filter_by(email="chen.wei@northquay.example").one().active = False
    assert api.get("tickets").status_code == 401


def test_token_never_may_more_than_its_engineer(desk: Desk) -> None:
    with desk.changing() as rows, pytest.raises(ValueError, match="cannot have a token"):
        access.make_token(rows, engineer=desk.engineer(), role=Role.ADMIN, at=clock.now())


@pytest.mark.parametrize(("method", "path", "body", "status"), [
    ("GET", "nowhere", None, 404), ("GET", "tickets/4711", None, 404), ("GET", "tickets/x", None, 404), ("PUT", "tickets", {}, 405),
    ("POST", "tickets", {"subject": "x"}, 422), ("POST", "tickets", NEW | {"status": "closed"}, 422), ("POST", "tickets", [1], 422),
    ("GET", "tickets?limit=0", None, 422), ("GET", "tickets?cursor=zzz", None, 422), ("GET", "tickets?status=gone", None, 422),
    ("POST", "tickets", NEW | {"requester_email": "a@b\r\nBcc: x@y"}, 422),
    ("POST", "tickets/4711/reply", {"text": "x"}, 404), ("POST", "tickets", NEW | {"customer": "nobody"}, 409),
])  # fmt: skip
def test_every_error_is_problem_details(api: Api, method: str, path: str, body: object, status: int) -> None:
    answer = api.client.open(f"/api/v1/{path}", method=method, json=body, headers=api.headers)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    told = answer.get_json()
    assert told["status"] == status and told["type"] == "about:blank" and told["title"]


def test_unreadable_json_is_a_problem_400(api: Api) -> None:
    answer = api.client.post(
        "/api/v1/tickets", data=b"{", headers=api.headers | {"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


def test_unfit_values_are_named(api: Api) -> None:
    errors = api.post("tickets", NEW | {"priority": "x", "colour": "red"}).get_json()["errors"]
    assert errors.keys() == {"priority", "colour"}


def test_fault_is_a_problem_500_without_its_inside(desk: Desk, api: Api) -> None:
    desk.services.engine.dispose()
    (desk.services.settings.data_dir / "helpdesk.db").unlink()
    answer = api.get("tickets")
    assert answer.status_code == 500
    assert answer.get_json()["detail"] == "Something went wrong on our side."


def test_specification_is_openapi_3_1_and_names_every_endpoint(desk: Desk) -> None:
    answer = desk.client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    spec = answer.get_json()
    assert spec["openapi"] == "3.1.0"
    assert spec["servers"] == [{"url": "http://127.0.0.1:8000"}]
    assert {path.removeprefix("/api/v1/") for path in spec["paths"]} == {
        "tickets", "tickets/{number}", "tickets/{number}/sla", "tickets/{number}/reply", "tickets/{number}/note",
        "tickets/{number}/assign", "tickets/{number}/status", "tickets/{number}/priority", "tickets/{number}/escalate",
        "tickets/{number}/acknowledge", "tickets/{number}/mark", "rota", "notices", "notices/{number}",
        *(f"notices/{{number}}/{verb}" for verb in ("preview", "announce", "change", "call-off", "end", "keep-open")),
        "tickets/{number}/exclusions", *(f"tickets/{{number}}/exclusions/{{name}}/{verb}" for verb in VERBS),
        "customers/{customer}/sla", "customers/{customer}/credits", "customers/{customer}/credits/{month}/dispute",
        "deliveries", "deliveries/{delivery_id}/replay", "outbox", "attachments/{token}",
        "tickets/{number}/aws-case", "tickets/{number}/aws-case/adopt", "tickets/{number}/proposal/decline",
        *(f"tickets/{{number}}/aws-case/{{case}}/{verb}" for verb in ("answer", "release", "resolve", "relay")),
        *(f"tickets/{{number}}/aws-writes/{{write}}/{verb}" for verb in ("retry", "cancel", "settle")),
        "aws-accounts", "aws-accounts/{account}/check", "health-events", "health-events/{event}",
        "health-events/{event}/note", "customers/{customer}/cost",
        "customers/{customer}/reports", "customers/{customer}/reports/{report}",
    }  # fmt: skip


@pytest.mark.parametrize("words", ["a\x00b", "a\ud800b"])
def test_words_that_no_database_stores_cost_no_fault(either_desk: Desk, words: str) -> None:
    api = Api(either_desk)
    number = desks.open_ticket(either_desk)
    assert api.post("tickets", NEW | {"text": words}).status_code in (201, 422)
    assert api.post(f"tickets/{number}/note", {"text": words}).status_code in (201, 422)
    assert api.get("tickets?q=a%00b&customer=%00").status_code == 200
    assert api.get("deliveries?message_id=%00").status_code == 200
    assert api.get("attachments/%00").status_code == 404


def test_last_use_of_a_token_is_noted(desk: Desk, api: Api) -> None:
    api.get("tickets")
    with desk.reading() as rows:
        assert rows.query(ApiToken).one().seen_at is not None
