"""The double of AWS answers boto3 as AWS would: what the other tests of AWS rest on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from tests.aws.control import RemoteAws
from tests.aws.fake import FakeAws
from tests.aws.fixtures import assumed, client, hub
from tests.aws.world import HUB_KEYS

ONE, TWO, CHINA, ADMIN = "111122223333", "444455556666", "777788889999", "123456789012"
EC2 = "amazon-elastic-compute-cloud-linux"
AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def code(act: Callable[..., Any], **given: Any) -> str:
    """The error code boto3 reads from the refusal of a call."""
    with pytest.raises(ClientError) as caught:
        act(**given)
    return str(caught.value.response["Error"]["Code"])


def open_case(support: Any, **given: Any) -> str:
    chosen = {
        "subject": "Instance unreachable [HD-1]",
        "communicationBody": "It does not answer.\n\nRef: HD-1/o1.1",
        "serviceCode": EC2,
        "categoryCode": "instance-issue",
        "severityCode": "high",
        "language": "en",
    }
    return str(support.create_case(**(chosen | given))["caseId"])


def bodies(support: Any, case_id: str) -> list[str]:
    return [
        each["body"]
        for each in support.describe_communications(caseId=case_id, maxResults=100)["communications"]
    ]


@pytest.fixture
def one(aws: FakeAws) -> str:
    aws.account(ONE, external_id="s3cret-one")
    return ONE


@pytest.fixture
def support(aws: FakeAws, one: str) -> Any:
    return assumed(aws, one, "support")


# Identity.


def test_right_external_id_gets_credentials_of_the_account(aws: FakeAws, one: str) -> None:
    assert assumed(aws, one, "sts").get_caller_identity()["Account"] == ONE


@pytest.mark.parametrize("given", [{"ExternalId": "s3cret-two"}, {}])
def test_wrong_or_missing_external_id_is_denied(aws: FakeAws, one: str, given: dict[str, str]) -> None:
    sts = hub(aws, "sts")
    role = f"arn:aws:iam::{ONE}:role/HelpdeskGateway"
    with pytest.raises(
        ClientError, match="is not authorized to perform: sts:AssumeRole on resource"
    ) as caught:
        sts.assume_role(RoleArn=role, RoleSessionName="helpdesk", **given)
    assert caught.value.response["Error"]["Code"] == "AccessDenied"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.parametrize(
    "values", [{"trusted": False}, {"suspended": True}, {"role": "Another"}, {"external_id": None}]
)
def test_role_that_does_not_trust_us_is_denied(aws: FakeAws, one: str, values: dict[str, Any]) -> None:
    aws.account(ONE, **values)
    act = hub(aws, "sts").assume_role
    role = f"arn:aws:iam::{ONE}:role/HelpdeskGateway"
    assert code(act, RoleArn=role, RoleSessionName="helpdesk", ExternalId="s3cret-one") == "AccessDenied"


def test_unknown_account_is_denied(aws: FakeAws) -> None:
    act = hub(aws, "sts").assume_role
    role = "arn:aws:iam::000011112222:role/HelpdeskGateway"
    assert code(act, RoleArn=role, RoleSessionName="helpdesk") == "AccessDenied"


def test_credentials_expire_when_their_hour_is_over(aws: FakeAws, support: Any) -> None:
    support.describe_cases()
    aws.advance(3600)
    assert code(support.describe_cases) == "ExpiredTokenException"


def test_credentials_live_as_long_as_is_set(aws: FakeAws, one: str) -> None:
    aws.setup(session_seconds=60)
    support = assumed(aws, one, "support")
    aws.advance(59)
    assert support.describe_cases()["cases"] == []
    aws.advance(2)
    assert code(support.describe_cases) == "ExpiredTokenException"


def test_expiration_told_is_the_one_that_holds(aws: FakeAws, one: str) -> None:
    role = f"arn:aws:iam::{ONE}:role/HelpdeskGateway"
    answer = hub(aws, "sts").assume_role(
        RoleArn=role, RoleSessionName="helpdesk", ExternalId="s3cret-one", DurationSeconds=900
    )
    assert timedelta(seconds=898) <= answer["Credentials"]["Expiration"] - aws.now() <= timedelta(seconds=900)


def test_key_nobody_handed_out_is_not_recognised(aws: FakeAws, one: str) -> None:
    stranger = client(aws, "support", "us-east-1", key="ASIAUNKNOWN000000000", secret="x", token="t")
    assert code(stranger.describe_cases) == "UnrecognizedClientException"


def test_expired_hub_key_is_told_as_sts_tells_it(aws: FakeAws, one: str) -> None:
    sts = assumed(aws, one, "sts")
    aws.expire_keys(ONE)
    assert code(sts.get_caller_identity) == "ExpiredToken"


def test_account_in_china_is_reached_by_the_hub_of_china(aws: FakeAws) -> None:
    aws.account(CHINA, partition="aws-cn", external_id="s3cret-cn")
    sts = assumed(aws, CHINA, "sts", region="cn-north-1")
    assert sts.get_caller_identity()["Arn"].startswith(f"arn:aws-cn:sts::{CHINA}:assumed-role/")


def test_hub_of_one_partition_is_no_one_in_the_other(aws: FakeAws) -> None:
    stranger = client(aws, "sts", "cn-north-1", key=HUB_KEYS["aws"], secret="x", token=None)
    assert code(stranger.get_caller_identity) == "InvalidClientTokenId"


def test_role_of_china_cannot_be_assumed_from_aws(aws: FakeAws) -> None:
    aws.account(CHINA, partition="aws-cn")
    act = hub(aws, "sts").assume_role
    role = f"arn:aws-cn:iam::{CHINA}:role/HelpdeskGateway"
    assert code(act, RoleArn=role, RoleSessionName="helpdesk") == "AccessDenied"


def test_service_that_has_no_host_in_a_region_is_not_reached(aws: FakeAws, one: str) -> None:
    support = assumed(aws, one, "support", region="us-east-1")
    wrong = assumed(aws, one, "health", region="eu-west-1")
    with pytest.raises(ConnectionClosedError):
        wrong.describe_events()
    assert support.describe_cases()["cases"] == []
    assert aws.nowhere == [("health", "DescribeEvents", "eu-west-1")]


# Account states.


@pytest.mark.parametrize(("service", "act"), [("support", "describe_cases"), ("health", "describe_events")])
def test_account_without_a_plan_has_no_subscription(aws: FakeAws, one: str, service: str, act: str) -> None:
    aws.account(ONE, plan=None)
    assert code(getattr(assumed(aws, one, service), act)) == "SubscriptionRequiredException"


def test_permission_taken_away_denies_that_call_only(aws: FakeAws, support: Any) -> None:
    aws.account(ONE, denied=["support:DescribeSeverityLevels"])
    assert code(support.describe_severity_levels) == "AccessDeniedException"
    assert support.describe_cases()["cases"] == []


def test_throttled_account_is_told_so(aws: FakeAws, support: Any) -> None:
    aws.account(ONE, throttled=True)
    assert code(support.describe_cases) == "ThrottlingException"


def test_too_many_calls_a_second_are_throttled(aws: FakeAws, support: Any) -> None:
    aws.setup(calls_per_second=2)
    support.describe_cases()
    support.describe_cases()
    assert code(support.describe_cases) == "ThrottlingException"


@pytest.mark.parametrize(
    ("plan", "codes"),
    [
        ("business", ["low", "normal", "high", "urgent"]),
        ("enterprise", ["low", "normal", "high", "urgent", "critical"]),
    ],
)
def test_severities_are_those_of_the_plan(aws: FakeAws, support: Any, plan: str, codes: list[str]) -> None:
    aws.account(ONE, plan=plan)
    assert [each["code"] for each in support.describe_severity_levels()["severityLevels"]] == codes


# Cases.


def test_case_that_was_opened_is_listed_with_what_was_said(support: Any) -> None:
    case_id = open_case(support, language="zh", ccEmailAddresses=["ops@north.example"])
    (case,) = support.describe_cases()["cases"]
    assert case_id.startswith(f"case-{ONE}-muzh-")
    assert (case["caseId"], case["status"], case["severityCode"]) == (case_id, "unassigned", "high")
    assert case["submittedBy"] == f"HelpdeskGateway (Role) <root@{ONE}.example>"
    assert case["displayId"].isdigit()
    assert case["recentCommunications"]["communications"][0]["body"].endswith("Ref: HD-1/o1.1")
    assert case["ccEmailAddresses"] == ["ops@north.example"]


def test_account_does_not_see_the_cases_of_another(aws: FakeAws, support: Any) -> None:
    case_id = open_case(support)
    aws.account(TWO)
    other = assumed(aws, TWO, "support")
    assert other.describe_cases()["cases"] == []
    assert code(other.describe_communications, caseId=case_id) == "CaseIdNotFound"


@pytest.mark.parametrize(
    "given",
    [
        {"serviceCode": "no-such-service"},
        {"categoryCode": "no-such-category"},
        {"severityCode": "catastrophic"},
        {"language": "xx"},
        {"issueType": "no-such-type"},
    ],
)
def test_value_aws_does_not_know_is_refused(support: Any, given: dict[str, str]) -> None:
    assert code(lambda: open_case(support, **given)) == "InvalidParameterValueException"


def test_severity_above_the_plan_is_refused(aws: FakeAws, support: Any) -> None:
    aws.account(ONE, plan="business")
    assert code(lambda: open_case(support, severityCode="critical")) == "InvalidParameterValueException"


def test_body_of_8000_characters_is_taken_and_one_more_is_not(support: Any) -> None:
    open_case(support, communicationBody="云" * 8000)
    assert code(lambda: open_case(support, communicationBody="x" * 8001)) == "ValidationException"


def test_eleventh_case_within_an_hour_is_refused(aws: FakeAws, support: Any) -> None:
    for _ in range(10):
        open_case(support)
    assert code(lambda: open_case(support)) == "CaseCreationLimitExceeded"
    aws.advance(3590)
    assert code(lambda: open_case(assumed(aws, ONE, "support"))) == "CaseCreationLimitExceeded"
    aws.advance(11)
    open_case(assumed(aws, ONE, "support"))


def test_resolved_cases_are_left_out_unless_asked_for(support: Any) -> None:
    case_id = open_case(support)
    assert support.resolve_case(caseId=case_id)["initialCaseStatus"] == "unassigned"
    assert support.describe_cases()["cases"] == []
    assert support.describe_cases(caseIdList=[case_id])["cases"] == []
    (case,) = support.describe_cases(caseIdList=[case_id], includeResolvedCases=True)["cases"]
    assert case["status"] == "resolved"


def test_communications_are_left_out_when_not_wanted(support: Any) -> None:
    open_case(support)
    (case,) = support.describe_cases(includeCommunications=False)["cases"]
    assert "recentCommunications" not in case


def test_case_is_found_by_the_number_people_quote(support: Any) -> None:
    open_case(support)
    case_id = open_case(support)
    number = support.describe_cases(caseIdList=[case_id])["cases"][0]["displayId"]
    assert [case["caseId"] for case in support.describe_cases(displayId=number)["cases"]] == [case_id]


def test_one_unknown_case_fails_the_whole_list(support: Any) -> None:
    case_id = open_case(support)
    assert code(support.describe_cases, caseIdList=[case_id, "case-1-none"]) == "CaseIdNotFound"


def test_more_than_a_hundred_cases_cannot_be_asked_for_by_id(support: Any) -> None:
    assert code(support.describe_cases, caseIdList=["case-1"] * 101) == "ValidationException"
    assert code(support.describe_cases, maxResults=101) == "ValidationException"


def test_cases_come_in_pages_the_newest_first(aws: FakeAws, support: Any) -> None:
    made = [aws.case(ONE, at=AT + timedelta(minutes=n)) for n in range(25)]
    pages = list(support.get_paginator("describe_cases").paginate(PaginationConfig={"PageSize": 10}))
    assert [len(page["cases"]) for page in pages] == [10, 10, 5]
    assert [case["caseId"] for page in pages for case in page["cases"]] == made[::-1]


def test_token_of_another_question_is_refused(aws: FakeAws, support: Any) -> None:
    for _ in range(11):
        aws.case(ONE)
    token = support.describe_cases(maxResults=10)["nextToken"]
    again = code(support.describe_cases, maxResults=10, nextToken=token, includeResolvedCases=True)
    assert again == "InvalidParameterValueException"


def test_after_time_speaks_of_the_case_or_of_its_communications_as_set(aws: FakeAws, support: Any) -> None:
    case_id = aws.case(ONE, at=AT)
    aws.aws_replies(case_id, "Please send logs.", at=AT + timedelta(hours=5))
    later = (AT + timedelta(hours=1)).isoformat()
    assert support.describe_cases(afterTime=later)["cases"] == []
    aws.setup(after_time_means="communication")
    assert len(support.describe_cases(afterTime=later)["cases"]) == 1


def test_time_that_is_none_is_refused(aws: FakeAws, support: Any) -> None:
    aws.case(ONE)
    assert code(support.describe_cases, afterTime="yesterday") == "InvalidParameterValueException"


# Communications.


def test_only_the_five_newest_communications_come_with_a_case(aws: FakeAws, support: Any) -> None:
    case_id = aws.case(ONE, body="0", at=AT)
    for n in range(1, 8):
        aws.aws_replies(case_id, str(n), at=AT + timedelta(minutes=n))
    recent = support.describe_cases()["cases"][0]["recentCommunications"]
    assert [each["body"] for each in recent["communications"]] == ["7", "6", "5", "4", "3"]
    older = support.describe_communications(caseId=case_id, nextToken=recent["nextToken"])
    assert [each["body"] for each in older["communications"]] == ["2", "1", "0"]


def test_communications_come_in_pages_and_from_a_time_on(aws: FakeAws, support: Any) -> None:
    case_id = aws.case(ONE, body="0", at=AT)
    for n in range(1, 23):
        aws.aws_replies(case_id, str(n), at=AT + timedelta(minutes=n))
    paginator = support.get_paginator("describe_communications")
    pages = list(paginator.paginate(caseId=case_id, PaginationConfig={"PageSize": 10}))
    assert [len(page["communications"]) for page in pages] == [10, 10, 3]
    since = (AT + timedelta(minutes=20)).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = support.describe_communications(caseId=case_id, afterTime=since)["communications"]
    assert [each["body"] for each in found] == ["22", "21", "20"]


def test_instants_have_milliseconds_and_say_utc(aws: FakeAws, support: Any) -> None:
    aws.case(ONE, at=AT.replace(microsecond=456789))
    assert support.describe_cases()["cases"][0]["timeCreated"] == "2026-11-02T09:30:00.456Z"


def test_reply_of_aws_waits_for_the_customer_and_our_answer_for_aws(aws: FakeAws, support: Any) -> None:
    case_id = open_case(support)
    aws.aws_replies(case_id, "Which instance?")
    case = support.describe_cases()["cases"][0]
    assert case["status"] == "pending-customer-action"
    assert case["recentCommunications"]["communications"][0]["submittedBy"] == "Amazon Web Services"
    support.add_communication_to_case(caseId=case_id, communicationBody="i-0abc")
    assert support.describe_cases()["cases"][0]["status"] == "customer-action-completed"


def test_communication_reopens_a_resolved_case(support: Any) -> None:
    case_id = open_case(support)
    support.resolve_case(caseId=case_id)
    support.add_communication_to_case(caseId=case_id, communicationBody="It is back.")
    assert support.describe_cases()["cases"][0]["status"] == "reopened"


def test_case_resolved_over_a_fortnight_ago_stays_resolved(aws: FakeAws, support: Any) -> None:
    case_id = open_case(support)
    support.resolve_case(caseId=case_id)
    aws.advance(15 * 86400)
    act = assumed(aws, ONE, "support").add_communication_to_case
    assert code(act, caseId=case_id, communicationBody="It is back.") == "InvalidParameterValueException"


def test_console_reply_bears_the_name_of_who_wrote_it(aws: FakeAws, support: Any) -> None:
    case_id = open_case(support)
    aws.console_replies(case_id, "Me too.", by="Lin (User) <lin@north.example>")
    newest = support.describe_communications(caseId=case_id)["communications"][0]
    assert (newest["body"], newest["submittedBy"]) == ("Me too.", "Lin (User) <lin@north.example>")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("key wJalrXUtnFEMIxK7MDENGxbPxRfiCYEXAMPLEKEY here", "key [REDACTED_BY_AWS] here"),
        ("card 4111 1111 1111 7016", "card [REDACTED_BY_AWS]-7016"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "[REDACTED_BY_AWS]"),
    ],
)
def test_secrets_are_taken_out_of_what_is_kept(support: Any, said: str, kept: str) -> None:
    assert bodies(support, open_case(support, communicationBody=said)) == [kept]


def test_text_can_be_changed_later_without_a_trace(aws: FakeAws, support: Any) -> None:
    case_id = open_case(support)
    before = support.describe_communications(caseId=case_id)["communications"][0]
    aws.edit(case_id, 0, "Gone.")
    after = support.describe_communications(caseId=case_id)["communications"][0]
    assert after == before | {"body": "Gone."}


def test_forgotten_case_is_not_found(aws: FakeAws, support: Any) -> None:
    case_id = open_case(support)
    aws.forget(case_id)
    assert code(support.describe_communications, caseId=case_id) == "CaseIdNotFound"


def test_status_and_severity_can_be_set_by_aws(aws: FakeAws, support: Any) -> None:
    case_id = open_case(support)
    aws.set_status(case_id, "work-in-progress")
    aws.set_severity(case_id, "urgent")
    case = support.describe_cases()["cases"][0]
    assert (case["status"], case["severityCode"]) == ("work-in-progress", "urgent")


# Attachments.


def files(count: int, size: int = 3) -> list[dict[str, Any]]:
    return [{"fileName": f"{n}.log", "data": b"x" * size} for n in range(count)]


def test_files_travel_with_a_case_and_come_back_whole(support: Any) -> None:
    made = support.add_attachments_to_set(attachments=[{"fileName": "日志.txt", "data": b"\x00\xffabc"}])
    case_id = open_case(support, attachmentSetId=made["attachmentSetId"])
    (told,) = support.describe_communications(caseId=case_id)["communications"][0]["attachmentSet"]
    found = support.describe_attachment(attachmentId=told["attachmentId"])["attachment"]
    assert (found["fileName"], found["data"]) == ("日志.txt", b"\x00\xffabc")


def test_set_takes_three_files_in_all(support: Any) -> None:
    name = support.add_attachments_to_set(attachments=files(2))["attachmentSetId"]
    support.add_attachments_to_set(attachmentSetId=name, attachments=files(1))
    act = support.add_attachments_to_set
    assert code(act, attachmentSetId=name, attachments=files(1)) == "AttachmentSetSizeLimitExceeded"


def test_file_of_five_megabytes_is_taken_and_a_larger_one_is_not(support: Any) -> None:
    most = 5 * 1024 * 1024
    support.add_attachments_to_set(attachments=files(1, most))
    too_large = code(support.add_attachments_to_set, attachments=files(1, most + 1))
    assert too_large == "AttachmentSetSizeLimitExceeded"


def test_set_expires_after_an_hour(aws: FakeAws, support: Any) -> None:
    aws.setup(session_seconds=9000)
    support = assumed(aws, ONE, "support")
    name = support.add_attachments_to_set(attachments=files(1))["attachmentSetId"]
    aws.advance(3599)
    support.add_attachments_to_set(attachmentSetId=name, attachments=files(1))
    aws.advance(3600)
    assert code(lambda: open_case(support, attachmentSetId=name)) == "AttachmentSetExpired"
    assert aws.cases == {}


def test_set_serves_one_communication(support: Any) -> None:
    name = support.add_attachments_to_set(attachments=files(1))["attachmentSetId"]
    case_id = open_case(support, attachmentSetId=name)
    act = support.add_communication_to_case
    again = code(act, caseId=case_id, communicationBody="x", attachmentSetId=name)
    assert again == "AttachmentSetIdNotFound"


def test_file_of_an_aws_reply_can_be_fetched(aws: FakeAws, support: Any) -> None:
    case_id = open_case(support)
    aws.aws_replies(case_id, "See attached.", [("report.txt", b"fine")])
    (told,) = support.describe_communications(caseId=case_id)["communications"][0]["attachmentSet"]
    assert support.describe_attachment(attachmentId=told["attachmentId"])["attachment"]["data"] == b"fine"
    assert code(support.describe_attachment, attachmentId="attachment-none") == "AttachmentIdNotFound"


# Choices and dry runs.


def test_services_have_categories(support: Any) -> None:
    (service,) = support.describe_services(serviceCodeList=[EC2])["services"]
    assert "instance-issue" in {each["code"] for each in service["categories"]}


def test_languages_are_those_of_the_account(aws: FakeAws, support: Any) -> None:
    aws.account(ONE, languages=["en", "zh"])
    asked = {"issueType": "technical", "serviceCode": EC2, "categoryCode": "other"}
    told = support.describe_supported_languages(**asked)["supportedLanguages"]
    assert [each["code"] for each in told] == ["en", "zh"]
    available = [
        support.describe_create_case_options(language=language, **asked)["languageAvailability"]
        for language in ("en", "zh", "ja")
    ]
    assert available == ["available", "best_effort", "unavailable"]


def test_dry_run_that_would_succeed_changes_nothing(aws: FakeAws, support: Any) -> None:
    assert code(lambda: open_case(support, dryRun=True)) == "DryRunOperationException"
    assert code(support.describe_cases, dryRun=True) == "DryRunOperationException"
    assert aws.cases == {}


def test_dry_run_that_would_fail_says_how(aws: FakeAws, support: Any) -> None:
    assert code(lambda: open_case(support, dryRun=True, language="xx")) == "InvalidParameterValueException"
    assert code(support.resolve_case, caseId="case-1-none", dryRun=True) == "CaseIdNotFound"
    aws.account(ONE, denied=["support:CreateCase"])
    assert code(lambda: open_case(support, dryRun=True)) == "AccessDeniedException"


# Health.


@pytest.fixture
def health(aws: FakeAws, one: str) -> Any:
    return assumed(aws, one, "health")


def arns(answer: dict[str, Any]) -> list[str]:
    return [event["arn"] for event in answer["events"]]


def test_event_is_told_whole_with_its_description_and_entities(aws: FakeAws, health: Any) -> None:
    arn = aws.event(
        started_at=AT,
        accounts={ONE: [("i-1", "IMPAIRED"), ("i-2", "UNKNOWN")]},
        actionability="ACTION_REQUIRED",
        personas=("OPERATIONS",),
    )
    (event,) = health.describe_events()["events"]
    assert (event["arn"], event["startTime"], event["statusCode"]) == (arn, AT, "open")
    assert event["actionability"] == "ACTION_REQUIRED"
    (detail,) = health.describe_event_details(eventArns=[arn])["successfulSet"]
    assert "error rates" in detail["eventDescription"]["latestDescription"]
    entities = health.describe_affected_entities(filter={"eventArns": [arn]})["entities"]
    assert [(each["entityValue"], each["statusCode"]) for each in entities] == [
        ("i-1", "IMPAIRED"),
        ("i-2", "UNKNOWN"),
    ]
    assert entities[0]["awsAccountId"] == ONE


def test_account_sees_its_own_events_and_public_ones(aws: FakeAws, health: Any) -> None:
    own = aws.event(accounts=[ONE])
    public = aws.event(scope="PUBLIC")
    aws.event(accounts=[TWO])
    aws.event(scope="PUBLIC", partition="aws-cn", region="cn-north-1")
    assert set(arns(health.describe_events())) == {own, public}


def test_events_are_filtered_as_asked(aws: FakeAws, health: Any) -> None:
    old = aws.event(accounts=[ONE], started_at=AT, status="closed", service="RDS", category="scheduledChange")
    new = aws.event(accounts={ONE: [("i-9", "IMPAIRED")]}, started_at=AT + timedelta(hours=2))

    def found(**wanted: Any) -> list[str]:
        return arns(health.describe_events(filter=wanted))

    assert arns(health.describe_events()) == [new, old]
    assert found(lastUpdatedTimes=[{"from": AT + timedelta(hours=1)}]) == [new]
    assert found(lastUpdatedTimes=[{"to": AT}, {"from": AT + timedelta(hours=9)}]) == [old]
    assert found(eventStatusCodes=["open", "upcoming"]) == [new]
    assert found(eventTypeCategories=["scheduledChange"]) == [old]
    assert found(services=["RDS"]) == [old]
    assert found(regions=["eu-west-1"]) == []
    assert found(entityValues=["i-9"]) == [new]
    assert found(eventArns=[old]) == [old]


def test_change_of_an_event_shows_as_its_newest_update(aws: FakeAws, health: Any) -> None:
    first = aws.event(accounts=[ONE], started_at=AT)
    second = aws.event(accounts=[ONE], started_at=AT + timedelta(hours=1))
    aws.update_event(first, description="Resolved.", status="closed", updated_at=AT + timedelta(hours=2))
    assert arns(health.describe_events()) == [first, second]
    aws.update_event(second, description="No bump.", bump=False)
    assert health.describe_events()["events"][1]["lastUpdatedTime"] == AT + timedelta(hours=1)


def test_events_come_in_pages(aws: FakeAws, health: Any) -> None:
    made = {aws.event(accounts=[ONE]) for _ in range(12)}
    pages = list(health.get_paginator("describe_events").paginate(PaginationConfig={"PageSize": 5}))
    assert [len(page["events"]) for page in pages] == [5, 5, 2]
    assert {arn for page in pages for arn in arns(page)} == made
    assert code(health.describe_events, nextToken="nonsense") == "InvalidPaginationToken"


def test_event_of_another_account_is_in_the_failed_set(aws: FakeAws, health: Any) -> None:
    own, other = aws.event(accounts=[ONE]), aws.event(accounts=[TWO])
    answer = health.describe_event_details(eventArns=[own, other])
    assert [each["event"]["arn"] for each in answer["successfulSet"]] == [own]
    assert [each["eventArn"] for each in answer["failedSet"]] == [other]


def test_more_than_ten_events_cannot_be_asked_for_at_once(aws: FakeAws, health: Any) -> None:
    many = [aws.event(accounts=[ONE]) for _ in range(11)]
    assert code(health.describe_event_details, eventArns=many) == "ValidationException"
    assert code(health.describe_affected_entities, filter={"eventArns": many}) == "ValidationException"


def test_health_speaks_english_only(health: Any) -> None:
    assert code(health.describe_events, locale="zh") == "UnsupportedLocale"


@pytest.fixture
def organization(aws: FakeAws) -> Any:
    aws.account(ADMIN, organization="o-1", administrator=True)
    aws.account(ONE, organization="o-1")
    aws.account(TWO, organization="o-1")
    return assumed(aws, ADMIN, "health")


def test_administrator_sees_the_events_of_its_organization(aws: FakeAws, organization: Any) -> None:
    aws.account("555500001111")
    mine = aws.event(accounts={ONE: [("i-1", "IMPAIRED")], TWO: [("i-2", "PENDING")]})
    public = aws.event(scope="PUBLIC")
    aws.event(accounts=["555500001111"])
    assert set(arns(organization.describe_events_for_organization())) == {mine, public}
    told = organization.describe_affected_accounts_for_organization(eventArn=mine)
    assert told["affectedAccounts"] == sorted([ONE, TWO])
    assert organization.describe_affected_accounts_for_organization(eventArn=public)["affectedAccounts"] == []
    filters = [{"eventArn": mine, "awsAccountId": account} for account in (ONE, TWO)]
    answer = organization.describe_affected_entities_for_organization(organizationEntityFilters=filters)
    assert [(each["awsAccountId"], each["entityValue"]) for each in answer["entities"]] == [
        (ONE, "i-1"),
        (TWO, "i-2"),
    ]


def test_public_events_are_asked_for_without_an_account_and_others_with_one(
    aws: FakeAws, organization: Any
) -> None:
    mine, public = aws.event(accounts=[ONE]), aws.event(scope="PUBLIC")
    answer = organization.describe_event_details_for_organization(
        organizationEventDetailFilters=[
            {"eventArn": mine, "awsAccountId": ONE},
            {"eventArn": public},
            {"eventArn": mine},
            {"eventArn": public, "awsAccountId": ONE},
        ]
    )
    assert [each["event"]["arn"] for each in answer["successfulSet"]] == [mine, public]
    assert [(each["eventArn"], each["errorName"]) for each in answer["failedSet"]] == [
        (mine, "InvalidAccountInputError"),
        (public, "InvalidAccountInputError"),
    ]


def test_organization_is_filtered_by_account_and_a_single_span(aws: FakeAws, organization: Any) -> None:
    first = aws.event(accounts=[ONE], started_at=AT)
    second = aws.event(accounts=[TWO], started_at=AT + timedelta(hours=2))

    def found(**wanted: Any) -> list[str]:
        return arns(organization.describe_events_for_organization(filter=wanted))

    assert found(awsAccountIds=[ONE]) == [first]
    assert found(lastUpdatedTime={"from": AT + timedelta(hours=1)}) == [second]


def test_ordinary_account_has_no_organizational_view(aws: FakeAws, organization: Any) -> None:
    member = assumed(aws, ONE, "health")
    assert code(member.describe_events_for_organization) == "AccessDeniedException"


def test_organizational_view_can_be_switched_off(aws: FakeAws, organization: Any) -> None:
    name = "healthServiceAccessStatusForOrganization"
    assert organization.describe_health_service_status_for_organization()[name] == "ENABLED"
    aws.account(ADMIN, organizational_health=False)
    assert organization.describe_health_service_status_for_organization()[name] == "DISABLED"
    assert code(organization.describe_events_for_organization) == "AccessDeniedException"


def test_china_has_no_organizational_view(aws: FakeAws) -> None:
    aws.account(CHINA, partition="aws-cn", organization="o-cn", administrator=True)
    health = assumed(aws, CHINA, "health", region="cn-northwest-1")
    assert health.describe_events()["events"] == []
    assert code(health.describe_events_for_organization) == "ValidationException"


# Faults.


def test_lost_question_opens_no_case(aws: FakeAws, support: Any) -> None:
    aws.fault("drop", operation="CreateCase", when="before")
    with pytest.raises(ConnectionClosedError):
        open_case(support)
    assert aws.ids() == []
    open_case(support)
    assert len(aws.ids()) == 1


def test_lost_answer_leaves_a_case_behind(aws: FakeAws, support: Any) -> None:
    aws.fault("drop", operation="CreateCase", when="after")
    with pytest.raises(ConnectionClosedError):
        open_case(support)
    assert [case.subject for case in aws.cases_of(ONE)] == ["Instance unreachable [HD-1]"]


def test_hanging_answer_times_out_and_the_case_is_there(aws: FakeAws, one: str, support: Any) -> None:
    aws.fault("hang", operation="AddCommunicationToCase", when="after")
    case_id = open_case(support)
    key = next(reversed(aws.keys))
    short = client(
        aws, "support", "us-east-1", key=key, secret="x", token=aws.keys[key].token, read_timeout=0.3
    )
    with pytest.raises(ReadTimeoutError):
        short.add_communication_to_case(caseId=case_id, communicationBody="Once.")
    assert bodies(support, case_id)[0] == "Once."


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("500", "InternalServerError"),
        ("503", "ServiceUnavailableException"),
        ("throttle", "ThrottlingException"),
        ("expired", "ExpiredTokenException"),
        ("denied", "AccessDeniedException"),
    ],
)
@pytest.mark.parametrize(("when", "cases"), [("before", 0), ("after", 1)])
def test_error_before_or_after_the_commit(
    aws: FakeAws, support: Any, kind: str, told: str, when: str, cases: int
) -> None:
    aws.fault(kind, operation="CreateCase", when=when)
    assert code(lambda: open_case(support)) == told
    assert len(aws.ids()) == cases


def test_garbled_answer_is_a_success_without_its_case_id_to_boto3(aws: FakeAws, support: Any) -> None:
    aws.fault("garbage", operation="CreateCase", when="after")
    answer = support.create_case(subject="Slow", communicationBody="Very.")
    assert "caseId" not in answer
    assert len(aws.ids()) == 1


def test_fault_strikes_as_often_as_it_was_told_and_only_where(aws: FakeAws, support: Any) -> None:
    aws.account(TWO)
    rule = aws.fault("500", account=ONE, operation="DescribeCases", times=2, skip=1)
    support.describe_cases()
    assert code(support.describe_cases) == "InternalServerError"
    assert assumed(aws, TWO, "support").describe_cases()["cases"] == []
    assert support.describe_severity_levels()["severityLevels"]
    assert code(support.describe_cases) == "InternalServerError"
    support.describe_cases()
    assert rule.fired == 2


def test_operation_the_double_does_not_know_is_told_and_remembered(aws: FakeAws, support: Any) -> None:
    act = support.describe_trusted_advisor_check_refresh_statuses
    assert code(act, checkIds=["a"]) == "InternalFailure"
    assert [told.split(":")[0] for told in aws.broken] == [
        "support DescribeTrustedAdvisorCheckRefreshStatuses"
    ]
    aws.broken.clear()


# The log, the clock, many at once, another process.


def test_every_call_is_in_the_log(aws: FakeAws, support: Any) -> None:
    open_case(support)
    code(support.resolve_case, caseId="case-1-none")
    assert [(said.operation, said.account, said.outcome) for said in aws.calls(account=ONE)] == [
        ("CreateCase", ONE, "ok"),
        ("ResolveCase", ONE, "CaseIdNotFound"),
    ]
    assert aws.counts() == {"AssumeRole": 1, "CreateCase": 1, "ResolveCase": 1}


def test_busiest_second_is_the_most_of_any_one_account(aws: FakeAws) -> None:
    for account in (ONE, TWO):
        aws.account(account)
    first, second = assumed(aws, ONE, "support"), assumed(aws, TWO, "support")
    for each in (first, first, second):
        each.describe_cases()
    assert (aws.busiest(), aws.busiest(TWO)) == (2, 1)


def test_clock_is_the_one_that_was_passed_in(aws: FakeAws, one: str) -> None:
    aws.clock = lambda: AT
    open_case(assumed(aws, ONE, "support"))
    assert (
        assumed(aws, ONE, "support").describe_cases()["cases"][0]["timeCreated"] == "2026-11-02T09:30:00.000Z"
    )


def test_slow_calls_wait_side_by_side(aws: FakeAws, support: Any) -> None:
    aws.latency(0.5, "DescribeCases")
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: support.describe_cases(), range(10)))
    moments = [said.monotonic for said in aws.calls("DescribeCases")]
    assert max(moments) - min(moments) < 5


def test_double_in_another_process_takes_the_same_orders(aws_process: RemoteAws) -> None:
    aws_process.account(ONE, external_id="s3cret-one")
    support = assumed(aws_process, ONE, "support")
    case_id = open_case(support)
    aws_process.aws_replies(case_id, "Hello.", [("a.txt", b"abc")], at=AT)
    aws_process.fault("500", operation="ResolveCase")
    assert "Hello." in bodies(support, case_id)
    assert code(support.resolve_case, caseId=case_id) == "InternalServerError"
    assert aws_process.ids() == [case_id]
    assert aws_process.counts()["CreateCase"] == 1
