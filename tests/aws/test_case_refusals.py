"""What becomes of a write by what AWS answers, each answer checked against botocore's own model of Support."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from gateway.aws import answers
from gateway.aws.parts import Account
from tests.aws.fake import FakeAws
from tests.aws.writing_desk import WritingDesk
from tests.databases import Desk

CASE = "case-200000000000-muen-2026-0123456789abcdef"


@dataclass
class Stubbed:
    """Clients on one botocore client whose answers are laid out before."""

    client: Any

    def call(self, account: Account, service: str, operation: str, **request: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self.client, operation)(**request)
        except ClientError as error:
            raise answers.fault_of(error) from None
        return answer

    write = call


@pytest.fixture
def support() -> Iterator[Stubber]:
    """A client of Support that only says what the test lays out."""
    client = boto3.client(
        "support",
        region_name="us-east-1",
        aws_access_key_id="AKIAHUBOFAWS00000000",
        aws_secret_access_key="none",
    )
    with Stubber(client) as stubber:
        yield stubber


@pytest.fixture
def one(desk: Desk, support: Stubber) -> WritingDesk:
    """A desk that speaks to the stub."""
    return WritingDesk(desk, FakeAws(desk.clock), clients=Stubbed(support.client))


@pytest.mark.parametrize(
    ("code", "status", "state"),
    [
        ("InternalServerError", 500, "unknown"),
        ("ServiceUnavailable", 503, "unknown"),
        ("SomethingNew", 400, "unknown"),
        ("ThrottlingException", 400, "queued"),
        ("CaseCreationLimitExceeded", 400, "queued"),
        ("ExpiredTokenException", 400, "queued"),
        ("SubscriptionRequiredException", 400, "queued"),
        ("AccountSuspended", 403, "queued"),
        ("AccessDeniedException", 400, "failed"),
        ("ValidationException", 400, "failed"),
        ("InvalidParameterValueException", 400, "failed"),
        ("AttachmentSetSizeLimitExceeded", 400, "failed"),
    ],
)
def test_answer_of_aws_decides_what_becomes_of_a_case(
    one: WritingDesk, support: Stubber, code: str, status: int, state: str
) -> None:
    support.add_client_error("create_case", code, "No.", status)
    one.open_cases()
    one.step()
    (row,) = one.writes()
    assert (row.state, row.sends) == (state, int(state == "unknown"))
    support.assert_no_pending_responses()


def test_case_is_asked_for_as_the_model_has_it(one: WritingDesk, support: Stubber) -> None:
    request = {
        "subject": "Instances unreachable [HD-1001]", "serviceCode": "amazon-elastic-compute-cloud-linux",
        "categoryCode": "other", "severityCode": "high", "language": "en", "issueType": "technical",
    }  # fmt: skip
    one.open_cases()
    body = one.writes()[0].payload["body"]
    support.add_response("create_case", {"caseId": CASE}, request | {"communicationBody": body})
    support.add_client_error("describe_cases", "ThrottlingException")
    one.step()
    assert (one.writes()[0].state, one.cases()[0].case_id, one.cases()[0].display_id) == ("sent", CASE, "")


def test_answer_that_says_nothing_is_none(one: WritingDesk, support: Stubber) -> None:
    one.open_cases()
    support.add_response("create_case", {"caseId": CASE})
    support.add_client_error("describe_cases", "ThrottlingException")
    one.step()
    one.answer_cases()
    support.add_response("add_communication_to_case", {"result": False})
    one.step()
    assert one.writes()[-1].state == "unknown"
