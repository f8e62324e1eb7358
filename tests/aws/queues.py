"""SQS in moto's server, and events as EventBridge puts them on a queue."""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import boto3

_SERIAL = itertools.count(1)


class Queues:
    """Queues of our own account, as the hub's key sees them."""

    def __init__(self, url: str) -> None:
        """SQS behind this address."""
        self.url = url
        self.environment = {"AWS_ENDPOINT_URL_SQS": url}

    def client(self, region: str = "us-east-1") -> Any:
        """A boto3 client of SQS in a region."""
        return boto3.client(
            "sqs",
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id="AKIAHUBOFAWS00000000",
            aws_secret_access_key="not-a-secret",
        )

    def make(self, region: str = "us-east-1", *, visibility_seconds: int = 30) -> str:
        """The URL of a new queue."""
        made = self.client(region).create_queue(
            QueueName=f"helpdesk-{next(_SERIAL)}-{uuid.uuid4().hex[:6]}",
            Attributes={"VisibilityTimeout": str(visibility_seconds)},
        )
        return str(made["QueueUrl"])

    def put(self, queue: str, event: Mapping[str, Any] | str, region: str = "us-east-1") -> None:
        """Nothing; the event, or whatever text, is on the queue."""
        body = event if isinstance(event, str) else json.dumps(event)
        self.client(region).send_message(QueueUrl=queue, MessageBody=body)

    def left(self, queue: str, region: str = "us-east-1") -> int:
        """How many messages are on the queue, those in somebody's hands included."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        told = self.client(region).get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        return sum(int(told[name]) for name in names)


def support_event(
    account: str, case_id: str, event_name: str = "AddCommunicationToCase", **detail: str
) -> dict[str, Any]:
    """EventBridge's word that a case changed. Source: Support user guide, monitoring with EventBridge."""
    told = {
        "case-id": case_id,
        "display-id": detail.pop("display_id", "1700000001"),
        "communication-id": f"ekko:us-east-1:{uuid.uuid4()}"
        if event_name == "AddCommunicationToCase"
        else "",
        "event-name": event_name,
        "origin": "AWS" if event_name == "AddCommunicationToCase" else "",
    }
    return _envelope(account, "aws.support", "Support Case Update", told | detail)


def health_event(account: str, arn: str, at: datetime, **detail: Any) -> dict[str, Any]:
    """EventBridge's word that a Health event changed. Source: Health user guide, reference of the event schema."""
    when = format_datetime(at.astimezone(UTC), usegmt=True)
    service, type_code = arn.split("/")[1:3]
    told = {
        "eventArn": arn,
        "service": service,
        "eventTypeCode": type_code,
        "eventTypeCategory": "issue",
        "eventScopeCode": "ACCOUNT_SPECIFIC",
        "communicationId": f"{uuid.uuid4().hex}-1",
        "startTime": when,
        "lastUpdatedTime": when,
        "statusCode": "open",
        "eventRegion": arn.split(":")[3],
        "eventDescription": [{"language": "en_US", "latestDescription": "We are investigating."}],
        "affectedEntities": [],
        "affectedAccount": account,
        "page": "1",
        "totalPages": "1",
        "backupEvent": "false",
    }
    return _envelope(account, "aws.health", "AWS Health Event", told | detail)


def _envelope(account: str, source: str, kind: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": kind,
        "source": source,
        "account": account,
        "time": "2026-11-02T09:30:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": detail,
    }
