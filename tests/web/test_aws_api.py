"""Support cases, accounts, Health events and cost advice over the API."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gateway import clock
from gateway.store.models import AwsStream, AwsWrite, Customer, Direction
from tests.web import beside_aws as aws
from tests.web import desk as desks
from tests.web.desk import Desk

CASE = {"service": "amazon-rds", "category": "general-guidance", "subject": "Slow", "text": "Please look."}


class Api:
    """The API with a bearer token."""

    def __init__(self, desk: Desk) -> None:
        self.client = desk.client()
        self.headers = {"Authorization": f"Bearer {desk.token()}"}

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/api/v1/{path}", headers=self.headers)

    def post(self, path: str, body: object = None) -> TestResponse:
        return self.client.post(f"/api/v1/{path}", data=json.dumps(body if body is not None else {}),
                                headers=self.headers, content_type="application/json")  # fmt: skip


@pytest.fixture
def number(either_desk: Desk) -> int:
    aws.add_account(either_desk)
    return desks.open_ticket(either_desk)


@pytest.fixture
def api(either_desk: Desk) -> Api:
    return Api(either_desk)


def payload(desk: Desk) -> dict[str, Any]:
    with desk.reading() as rows:
        return dict(rows.query(AwsWrite).one().payload)


def test_case_is_opened_with_what_the_body_says(either_desk: Desk, api: Api, number: int) -> None:
    answer = api.post(f"tickets/{number}/aws-case", CASE | {"severity": "critical", "language": "zh"})
    assert answer.status_code == 201
    (write,) = answer.get_json()["aws_writes"]
    assert (write["kind"], write["state"], write["case"]) == ("create", "queued", None)
    said = payload(either_desk)
    assert (said["service"], said["language"], said["wanted"], said["severity"]) == (
        "amazon-rds", "zh", "critical", "urgent",
    )  # fmt: skip
    assert said["body"].startswith("Please look.")


def test_what_the_body_leaves_out_is_drafted_from_the_ticket(
    either_desk: Desk, api: Api, number: int
) -> None:
    assert api.post(f"tickets/{number}/aws-case").status_code == 201
    said = payload(either_desk)
    assert "nothing can be shipped" in said["body"]
    assert said["severity"] == "high"


def test_case_of_another_customers_account_is_refused(either_desk: Desk, api: Api, number: int) -> None:
    with either_desk.changing() as rows:
        other = Customer(reference="other", name="Other", language="en", time_zone="UTC")
        rows.add(other)
        rows.flush()
        owner = other.id
    aws.add_account(either_desk, "444455556666", customer_id=owner)
    answer = api.post(f"tickets/{number}/aws-case", CASE | {"account": "444455556666"})
    assert answer.status_code == 409
    assert answer.get_json()["detail"] == "that is no account of this customer"


def test_ticket_tells_its_cases(either_desk: Desk, api: Api, number: int) -> None:
    since = clock.now() - timedelta(hours=1)
    case = aws.add_case(either_desk, number, status="pending-customer-action", awaits_us_since=since)
    told = api.get(f"tickets/{number}").get_json()
    (shown,) = told["aws_cases"]
    assert (shown["id"], shown["display_id"], shown["status"]) == (
        case,
        "176320481",
        "pending-customer-action",
    )
    assert told["aws_awaits_since"] == shown["awaits_us_since"]


def test_tickets_are_filtered_by_what_aws_awaits(either_desk: Desk, api: Api, number: int) -> None:
    desks.open_ticket(either_desk, "Another")
    aws.add_case(either_desk, number, awaits_us_since=clock.now())
    listed = api.get("tickets?aws=awaits").get_json()["tickets"]
    assert [each["number"] for each in listed] == [number]


def test_answer_goes_to_aws_and_to_nobody_else(either_desk: Desk, api: Api, number: int) -> None:
    case = aws.add_case(either_desk, number)
    answer = api.post(f"tickets/{number}/aws-case/{case}/answer", {"text": "Nobody worked there."})
    assert answer.status_code == 201
    assert [row.text for row in desks.messages(either_desk, number, Direction.TO_AWS)] == [
        "Nobody worked there."
    ]
    assert desks.letters(either_desk, number) == []


def test_file_of_another_ticket_is_not_sent_along(either_desk: Desk, api: Api, number: int) -> None:
    other = desks.open_ticket(either_desk, "Another")
    desks.add_mail(either_desk, other, files=(("secret.txt", "text/plain", b"x", ""),))
    case = aws.add_case(either_desk, number)
    (file,) = api.get(f"tickets/{other}").get_json()["attachments"]
    answer = api.post(
        f"tickets/{number}/aws-case/{case}/answer", {"text": "See it.", "attachments": [file["id"]]}
    )
    assert answer.status_code == 409
    assert answer.get_json()["detail"] == "that file is not on this ticket"


def test_message_is_released_once(either_desk: Desk, api: Api, number: int) -> None:
    case = aws.add_case(either_desk, number)
    message = desks.add_mail(either_desk, number)
    path = f"tickets/{number}/aws-case/{case}/release"
    assert api.post(path, {"message": message}).status_code == 201
    assert api.post(path, {"message": message}).status_code == 409


def test_case_of_another_ticket_is_not_found(either_desk: Desk, api: Api, number: int) -> None:
    other = desks.open_ticket(either_desk, "Another")
    case = aws.add_case(either_desk, other)
    for verb, body in (
        ("answer", {"text": "x"}),
        ("resolve", {}),
        ("relay", {"on": True}),
        ("release", {"message": 1}),
    ):
        assert api.post(f"tickets/{number}/aws-case/{case}/{verb}", body).status_code == 404, verb


def test_write_of_another_ticket_is_not_found(either_desk: Desk, api: Api, number: int) -> None:
    other = desks.open_ticket(either_desk, "Another")
    write = aws.add_write(either_desk, other, state="failed")
    for verb in ("retry", "cancel", "settle"):
        assert api.post(f"tickets/{number}/aws-writes/{write}/{verb}").status_code == 404, verb


def test_case_is_relayed_and_resolved(either_desk: Desk, api: Api, number: int) -> None:
    case = aws.add_case(either_desk, number)
    told = api.post(f"tickets/{number}/aws-case/{case}/relay", {"on": True}).get_json()
    assert told["aws_cases"][0]["relay"] is True
    told = api.post(f"tickets/{number}/aws-case/{case}/resolve").get_json()
    assert [each["kind"] for each in told["aws_writes"]] == ["resolve"]


def test_case_made_in_the_console_is_adopted(either_desk: Desk, api: Api, number: int) -> None:
    aws.add_case(either_desk, None, origin="console")
    answer = api.post(f"tickets/{number}/aws-case/adopt", {"account": aws.ACCOUNT, "case": aws.DISPLAY_ID})
    assert answer.status_code == 201
    assert [each["case_id"] for each in answer.get_json()["aws_cases"]] == [aws.CASE_ID]


def test_unclear_write_is_settled_by_a_person(either_desk: Desk, api: Api, number: int) -> None:
    write = aws.add_write(either_desk, number, state="asked")
    assert api.post(f"tickets/{number}/aws-writes/{write}/settle", {"case_id": "nonsense"}).status_code == 409
    told = api.post(f"tickets/{number}/aws-writes/{write}/settle", {"case_id": aws.CASE_ID}).get_json()
    assert told["aws_writes"][0]["state"] == "sent"
    assert [each["case_id"] for each in told["aws_cases"]] == [aws.CASE_ID]


def test_nothing_proposed_cannot_be_declined(api: Api, number: int) -> None:
    assert api.post(f"tickets/{number}/proposal/decline").status_code == 409


def test_accounts_tell_state_streams_and_loose_cases(either_desk: Desk, api: Api, number: int) -> None:
    aws.add_case(either_desk, None)
    aws.add_account(either_desk, "444455556666", role_arn="", state="unchecked")
    first, second = api.get("aws-accounts").get_json()["accounts"]
    assert (first["account"], first["state"], first["role"]) == (aws.ACCOUNT, "ok", True)
    assert {each["what"] for each in first["streams"]} == {"probe", "cases", "health"}
    assert [each["display_id"] for each in first["cases_without_ticket"]] == [aws.DISPLAY_ID]
    assert (second["role"], second["streams"]) == (False, [])
    assert api.get("aws-accounts?customer=nobody").get_json() == {"accounts": []}


def test_account_is_checked_at_once(either_desk: Desk, api: Api, number: int) -> None:
    assert api.post(f"aws-accounts/{aws.ACCOUNT}/check").status_code == 200
    with either_desk.reading() as rows:
        assert rows.query(AwsStream.due_at).filter_by(what="probe").scalar() <= clock.now()
    assert api.post("aws-accounts/999999999999/check").status_code == 404


def test_health_events_go_page_by_page_and_by_filter(either_desk: Desk, api: Api, number: int) -> None:
    for index, status in enumerate(("open", "closed", "open")):
        aws.add_event(either_desk, arn=f"{aws.ARN}{index}", status=status)
    first = api.get("health-events?limit=2").get_json()
    assert [each["id"] for each in first["health_events"]] == [3, 2]
    rest = api.get(f"health-events?limit=2&cursor={first['cursor']}").get_json()
    assert ([each["id"] for each in rest["health_events"]], rest["cursor"]) == ([1], "")
    assert [each["id"] for each in api.get("health-events?status=closed").get_json()["health_events"]] == [2]
    assert len(api.get("health-events?customer=harbourline&service=EC2").get_json()["health_events"]) == 3
    assert api.get("health-events?service=RDS").get_json()["health_events"] == []


def test_health_event_tells_impact_ticket_and_advice(either_desk: Desk, api: Api, number: int) -> None:
    event = aws.add_event(either_desk, number, entities=2)
    told = api.get(f"health-events/{event}").get_json()
    assert told["description"] == aws.SAID
    assert [each["ticket"] for each in told["customers"]] == [number]
    assert [each["state"] for each in told["impacts"][0]["entities"]] == ["RESOLVED", "IMPAIRED"]
    assert "check-own-alarms" in told["advice"]
    assert api.get("health-events/99").status_code == 404


def test_customer_without_advice_has_none(api: Api, number: int) -> None:
    told = api.get("customers/harbourline/cost").get_json()
    assert (told["month"], told["totals"]) == (None, [])
    assert api.get("customers/nobody/cost").status_code == 404
    assert api.get("customers/harbourline/cost?month=2026-13").status_code == 422
