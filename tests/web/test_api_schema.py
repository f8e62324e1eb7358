"""Schemathesis throws what the specification allows, and what it forbids, at every endpoint."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from tests.web import beside_aws as aws
from tests.web import desk as desks
from tests.web.desk import Desk
from tests.web.test_review import add_delivery, add_letter

EXAMPLES = 20
SHARES = 3
"""The endpoints are tried in three shares, so that none comes near the time limit of a test."""


@pytest.fixture
def schema(either_desk: Desk) -> Any:
    desk = either_desk
    number = desks.open_ticket(desk)
    desks.add_mail(desk, number, files=(("a.txt", "text/plain", b"x", ""),))
    add_delivery(desk, "quarantined")
    add_letter(desk, "failed")
    aws.add_account(desk)
    aws.add_case(desk, number)
    aws.add_write(desk, number, state="failed")
    aws.add_event(desk, number)
    loaded = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", desk.app)
    return loaded, {"Authorization": f"Bearer {desk.token()}"}


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_endpoint_keeps_the_specification(schema: Any, mode: GenerationMode, share: int) -> None:
    loaded, headers = schema
    operations = [result.ok() for result in loaded.get_all_operations()]
    assert len(operations) >= 40
    for operation in operations[share::SHARES]:
        throw(operation, headers, mode)


def test_every_route_of_the_api_is_specified(desk: Desk) -> None:
    told = desk.client().get("/api/v1/openapi.json").get_json()["paths"]
    specified = {(method.upper(), path) for path, operations in told.items() for method in operations}
    routed = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in desk.app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert specified == routed


def test_known_ticket_keeps_the_specification(schema: Any) -> None:
    loaded, headers = schema
    for path in ("/api/v1/tickets/{number}", "/api/v1/tickets/{number}/sla"):
        case = loaded[path]["GET"].Case(path_parameters={"number": "1001"})
        assert case.call_and_validate(headers=headers).status_code == 200


def throw(operation: Any, headers: dict[str, str], mode: GenerationMode) -> None:
    """Many generated requests at one endpoint, each answer held against the specification."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    def one(case: schemathesis.Case) -> None:
        fresh = {"Idempotency-Key": str(uuid.uuid4())} if mode is GenerationMode.POSITIVE else {}
        case.call_and_validate(headers=headers | fresh)  # one key names one request

    one()
