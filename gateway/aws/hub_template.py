"""Our own side of a partition as a CloudFormation template: bus, queues and the identity that speaks to accounts.

Customers' rules put Support and Health events on the bus; a rule there fills the queue of `aws_events_queues`.
Source: EventBridge User Guide, buses of other accounts and targets in SQS; SQS Developer Guide, dead-letter queues.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway.aws import policies

NAME: Final = policies.QUEUE_NAME
RECEIVES: Final = 5
"""How often a message is received before it is laid aside."""
KEPT_SECONDS: Final = 4 * 24 * 3600
LAID_ASIDE_SECONDS: Final = 14 * 24 * 3600
VISIBLE_AFTER_SECONDS: Final = 60
MOST_ACCOUNTS: Final = 200
"""How many accounts the policy of a bus holds, of which AWS takes 10,240 characters."""
_PATTERN: Final = {"source": ["aws.support", "aws.health"]}


def template(partition: str, roles: Mapping[str, str]) -> dict[str, Any]:
    """A template of everything we own in a partition; only these accounts may put events on the bus.

    Shape: `roles` is account → ARN of its role; without any there is no bus policy, which has to name somebody.
    """
    made: dict[str, Any] = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The helpdesk's own side: its identity, and the queue for events of customers' accounts.",
        "Parameters": {
            "TrustedArn": {
                "Type": "String",
                "AllowedPattern": rf"arn:{partition}:(iam|sts)::\d{{12}}:.+",
                "Description": "Who may take the helpdesk's role: the role or user of the machine it runs on.",
            }
        },
        "Resources": {
            "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": NAME}},
            "LaidAside": _queue(f"{NAME}-laid-aside", LAID_ASIDE_SECONDS),
            "Queue": _queue(NAME, KEPT_SECONDS, laid_aside=True),
            "Rule": _rule(),
            "QueuePolicy": _queue_policy(),
            "Role": _role(partition, list(roles.values())),
        },
        "Outputs": {
            "RoleArn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}},
            "EventBusArn": {"Value": {"Fn::GetAtt": ["Bus", "Arn"]}},
            "QueueUrl": {"Value": {"Ref": "Queue"}},
        },
    }
    if roles:
        made["Resources"]["BusPolicy"] = _bus_policy(sorted(roles))
    return made


def _queue(name: str, kept: int, *, laid_aside: bool = False) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "QueueName": name,
        "MessageRetentionPeriod": kept,
        "VisibilityTimeout": VISIBLE_AFTER_SECONDS,
        "SqsManagedSseEnabled": True,
    }
    if laid_aside:
        to = {"Fn::GetAtt": ["LaidAside", "Arn"]}
        properties["RedrivePolicy"] = {"deadLetterTargetArn": to, "maxReceiveCount": RECEIVES}
    return {
        "Type": "AWS::SQS::Queue",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": properties,
    }


def _rule() -> dict[str, Any]:
    return {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "Description": "Support cases and Health events of customers' accounts.",
            "EventBusName": {"Ref": "Bus"},
            "EventPattern": _PATTERN,
            "Targets": [{"Id": "queue", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}}],
        },
    }


def _queue_policy() -> dict[str, Any]:
    """Only our rule fills the queue, and nobody speaks to it in the clear."""
    queue = {"Fn::GetAtt": ["Queue", "Arn"]}
    fill = {
        "Sid": "Rule",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["Rule", "Arn"]}}},
    }
    clear = {
        "Sid": "Encrypted",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": queue,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    document = {"Version": policies.VERSION, "Statement": [fill, clear]}
    return {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {"Queues": [{"Ref": "Queue"}], "PolicyDocument": document},
    }


def _bus_policy(numbers: Sequence[str]) -> dict[str, Any]:
    """Events come from accounts we know, and are about Support and Health."""
    statement = {
        "Sid": "Accounts",
        "Effect": "Allow",
        "Principal": {"AWS": list(numbers)},
        "Action": "events:PutEvents",
        "Resource": {"Fn::GetAtt": ["Bus", "Arn"]},
        "Condition": {"StringEquals": {"events:source": _PATTERN["source"]}},
    }
    properties = {"EventBusName": {"Ref": "Bus"}, "StatementId": "Accounts", "Statement": statement}
    return {"Type": "AWS::Events::EventBusPolicy", "Properties": properties}


def _role(partition: str, roles: Sequence[str]) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"AWS": {"Ref": "TrustedArn"}}, "Action": "sts:AssumeRole"}
    document = policies.hub(partition, roles, queue={"Fn::GetAtt": ["Queue", "Arn"]})
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": policies.VERSION, "Statement": [trust]},
            "Policies": [{"PolicyName": "helpdesk", "PolicyDocument": document}],
        },
    }
