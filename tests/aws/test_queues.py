"""The queues tests fill, and the events on them, look like EventBridge's."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from tests.aws.queues import Queues, health_event, support_event

ACCOUNT, AT = "111122223333", datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
ARN = "arn:aws:health:us-east-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/AWS_EC2_OPERATIONAL_ISSUE_1"


def test_event_stays_until_it_is_deleted(queues: Queues) -> None:
    queue, sqs = queues.make(), queues.client()
    queues.put(queue, support_event(ACCOUNT, "case-1"))
    (message,) = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert json.loads(message["Body"])["detail"]["case-id"] == "case-1"
    assert queues.left(queue) == 1
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    assert queues.left(queue) == 0


def test_event_that_was_let_go_comes_again(queues: Queues) -> None:
    queue, sqs = queues.make(), queues.client()
    queues.put(queue, "not even JSON")
    (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    (again,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    assert again["Body"] == "not even JSON"


def test_queue_in_china_is_one_of_its_own(queues: Queues) -> None:
    queue = queues.make("cn-north-1")
    queues.put(queue, support_event(ACCOUNT, "case-1"), "cn-north-1")
    assert queues.left(queue, "cn-north-1") == 1


def test_health_event_tells_its_times_as_mail_does_and_its_pages_as_text() -> None:
    detail = health_event(ACCOUNT, ARN, AT)["detail"]
    assert detail["lastUpdatedTime"] == "Mon, 02 Nov 2026 09:30:00 GMT"
    assert (detail["service"], detail["eventRegion"], detail["totalPages"]) == ("EC2", "us-east-1", "1")


def test_only_a_communication_has_an_id_and_an_origin() -> None:
    reply, opened = support_event(ACCOUNT, "case-1"), support_event(ACCOUNT, "case-1", "CreateCase")
    assert (reply["detail"]["origin"], opened["detail"]["origin"]) == ("AWS", "")
    assert reply["detail"]["communication-id"].startswith("ekko:us-east-1:")
    assert opened["detail"]["communication-id"] == ""
