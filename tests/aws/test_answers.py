"""What an answer of AWS means: every code as the fault it asks us to act on, and whether something may have been done."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ProfileNotFound,
    ProxyConnectionError,
    ReadTimeoutError,
)
from botocore.stub import Stubber

from gateway.aws import answers, partitions
from gateway.aws.faults import Fault, Kind
from tests.aws.speaking import fault_in

CASE = {
    "subject": "Instance unreachable [HD-1]", "communicationBody": "It does not answer.", "severityCode": "high",
    "serviceCode": "amazon-elastic-compute-cloud-linux", "categoryCode": "instance-issue", "language": "en",
}  # fmt: skip
ROLE = {"RoleArn": "arn:aws:iam::111122223333:role/HelpdeskGateway", "RoleSessionName": "helpdesk"}
WHERE = {"endpoint_url": "https://support.us-east-1.amazonaws.com"}


def answered(service: str, operation: str, request: dict[str, Any], error: dict[str, Any]) -> ClientError:
    """What botocore raises for an answer that is an error."""
    session = botocore.session.Session()
    session.set_credentials("AKIAEXAMPLE", "not-a-secret")
    client = session.create_client(service, region_name="us-east-1")
    with Stubber(client) as stub:
        stub.add_client_error(operation, expected_params=request, **error)
        with pytest.raises(ClientError) as caught:
            getattr(client, operation)(**request)
        stub.assert_no_pending_responses()
    return caught.value


def created(code: str, status: int = 400, words: str = "") -> Fault:
    """What becomes of a case whose creation is answered by a code."""
    error = {"service_error_code": code, "http_status_code": status, "service_message": words}
    return answers.fault_of(answered("support", "create_case", CASE, error))


def assumed(code: str, status: int = 403) -> Fault:
    """What becomes of a role whose assumption is answered by a code."""
    error = {"service_error_code": code, "http_status_code": status}
    return answers.of_hub(answers.fault_of(answered("sts", "assume_role", ROLE, error)), role=True)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("SubscriptionRequiredException", Kind.NO_PLAN),
        ("OptInRequired", Kind.NO_PLAN),
        ("AccountProblem", Kind.SUSPENDED),
        ("Blocked", Kind.SUSPENDED),
        ("ExpiredTokenException", Kind.EXPIRED),
        ("UnrecognizedClientException", Kind.EXPIRED),
        ("InvalidSignatureException", Kind.HUB),
        ("RequestTimeTooSkewed", Kind.HUB),
        ("AccessDeniedException", Kind.DENIED),
        ("NotAuthorized", Kind.DENIED),
        ("CaseCreationLimitExceeded", Kind.LIMIT),
        ("AttachmentSetSizeLimitExceeded", Kind.LIMIT),
        ("ThrottlingException", Kind.THROTTLED),
        ("RequestLimitExceeded", Kind.THROTTLED),
        ("AttachmentSetExpired", Kind.MISSING),
        ("CaseIdNotFound", Kind.MISSING),
        ("ValidationException", Kind.REFUSED),
        ("InvalidParameterValueException", Kind.REFUSED),
    ],
)
def test_write_that_is_answered_by_a_known_code_was_surely_not_done(code: str, kind: Kind) -> None:
    fault = created(code)
    assert (fault.kind, fault.code, fault.sent) == (kind, code, False)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("InternalServerError", 500),
        ("ServiceUnavailableException", 503),
        ("500", 500),
        ("BrandNewException", 400),
    ],
)
def test_write_that_is_answered_by_a_code_nobody_knows_may_have_been_done(code: str, status: int) -> None:
    fault = created(code, status)
    assert (fault.kind, fault.code, fault.sent) == (Kind.LOST, code, True)


def test_too_many_requests_by_their_status_alone_are_throttling() -> None:
    fault = created("SomethingElse", 429)
    assert (fault.kind, fault.sent) == (Kind.THROTTLED, False)


@pytest.mark.parametrize(
    "code", ["com.amazonaws.support#CaseIdNotFound", "CaseIdNotFound:http://internal.example/"]
)
def test_code_is_read_without_what_stands_around_it(code: str) -> None:
    assert (created(code).kind, created(code).code) == (Kind.MISSING, "CaseIdNotFound")


def test_words_carry_no_keys() -> None:
    fault = created("AccessDeniedException", words="User AKIAIOSFODNN7EXAMPLE may not")
    assert fault.words == "User … may not"


# AssumeRole.


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AccessDenied", Kind.ROLE),
        ("ValidationError", Kind.ROLE),
        ("ExpiredToken", Kind.HUB),
        ("InvalidClientTokenId", Kind.HUB),
        ("SignatureDoesNotMatch", Kind.HUB),
        ("Throttling", Kind.THROTTLED),
        ("InternalFailure", Kind.UNREACHED),
    ],
)
def test_role_that_is_not_given_is_told_from_an_identity_that_is_not_known(code: str, kind: Kind) -> None:
    fault = assumed(code)
    assert (fault.kind, fault.code, fault.sent) == (kind, code, False)


# What is no answer.


@pytest.mark.parametrize(
    ("error", "kind", "sent"),
    [
        (NoCredentialsError(), Kind.HUB, False),
        (ProfileNotFound(profile="china"), Kind.HUB, False),
        (CredentialRetrievalError(provider="sso", error_msg="ended"), Kind.HUB, False),
        (EndpointConnectionError(**WHERE), Kind.UNREACHED, False),
        (ConnectTimeoutError(**WHERE), Kind.UNREACHED, False),
        (ProxyConnectionError(proxy_url="http://proxy.example"), Kind.UNREACHED, False),
        (ParamValidationError(report="too short"), Kind.REFUSED, False),
        (ReadTimeoutError(**WHERE), Kind.LOST, True),
        (ConnectionClosedError(**WHERE), Kind.LOST, True),
        (BotoCoreError(), Kind.LOST, True),
    ],
)
def test_call_without_an_answer_is_lost_only_where_it_may_have_arrived(
    error: BotoCoreError, kind: Kind, *, sent: bool
) -> None:
    fault = answers.fault_of(error)
    assert (fault.kind, fault.code, fault.sent) == (kind, type(error).__name__, sent)


def test_service_that_a_partition_lacks_is_absent() -> None:
    fault = fault_in(partitions.region_for, partitions.CHINA, "cost-optimization-hub")
    assert (fault.kind, fault.sent) == (Kind.ABSENT, False)


def test_mistake_of_ours_is_no_fault_of_aws() -> None:
    with pytest.raises(KeyError):
        answers.fault_of(KeyError("ours"))
