"""What a customer allows us in an account: trust and permissions, least of all that serves, and as a template.

Source: IAM User Guide, external ids; Service Authorization Reference for Support (no resource-level control), Health,
Cost Optimization Hub, Compute Optimizer, Cost Explorer; EventBridge User Guide, buses of other accounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from gateway.aws import partitions
from gateway.aws.parts import Account

VERSION: Final = "2012-10-17"
ROLE_NAME: Final = "HelpdeskGateway"
QUEUE_NAME: Final = "helpdesk-events"
READING: Final = (
    "support:DescribeCases", "support:DescribeCommunications", "support:DescribeAttachment",
    "support:DescribeSeverityLevels", "support:DescribeSupportedLanguages",
)  # fmt: skip
WRITING: Final = (
    "support:CreateCase", "support:AddCommunicationToCase", "support:AddAttachmentsToSet", "support:ResolveCase",
)  # fmt: skip
HEALTH: Final = ("health:DescribeEvents", "health:DescribeEventDetails", "health:DescribeAffectedEntities")
ORGANIZATION: Final = (
    "health:DescribeEventsForOrganization", "health:DescribeEventDetailsForOrganization",
    "health:DescribeAffectedAccountsForOrganization", "health:DescribeAffectedEntitiesForOrganization",
    "organizations:ListAccounts",
)  # fmt: skip
_COST: Final = (
    "compute-optimizer:GetEnrollmentStatus", "compute-optimizer:GetEC2InstanceRecommendations",
    "compute-optimizer:GetEBSVolumeRecommendations", "compute-optimizer:GetRDSDatabaseRecommendations",
    "compute-optimizer:GetLambdaFunctionRecommendations", "compute-optimizer:GetIdleRecommendations",
    "ce:GetCostAndUsage", "ce:GetCostForecast",
)  # fmt: skip
_COST_OF_AWS: Final = (
    "cost-optimization-hub:ListEnrollmentStatuses", "cost-optimization-hub:ListRecommendations",
    "cost-optimization-hub:ListRecommendationSummaries", "cost-optimization-hub:GetPreferences",
    "trustedadvisor:ListRecommendations", "trustedadvisor:ListRecommendationResources",
    "trustedadvisor:ListChecks",
)  # fmt: skip
COST: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {partitions.AWS: (*_COST_OF_AWS, *_COST), partitions.CHINA: _COST}
)
"""What boto3 knows and China lacks is not asked for there."""


def trust(account: Account, hub: str) -> dict[str, Any]:
    """Who may assume the role: our own role of the partition, with the account's external id.

    Shape: `hub` is the ARN of our identity.
    """
    condition = {"StringEquals": {"sts:ExternalId": account.external_id}}
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": hub},
        "Action": "sts:AssumeRole",
        "Condition": condition,
    }
    return {"Version": VERSION, "Statement": [statement]}


def permissions(account: Account, *, read_only: bool = False) -> dict[str, Any]:
    """What the role may do; Support knows no resources, so that each statement is for all."""
    health: Sequence[str] = HEALTH
    if account.view == "organization" and account.partition == partitions.AWS:
        health = (*HEALTH, *ORGANIZATION)
    parts = {
        "Cases": READING if read_only else (*READING, *WRITING),
        "Health": health,
        "Cost": COST[account.partition],
    }
    statements = [
        {"Sid": name, "Effect": "Allow", "Action": list(actions), "Resource": "*"}
        for name, actions in parts.items()
    ]
    return {"Version": VERSION, "Statement": statements}


def hub(partition: str, roles: Sequence[str], queue: Any = None) -> dict[str, Any]:
    """What our own identity of a partition needs: to assume roles of these names, and to read its queue.

    Shape: `roles` are ARNs of accounts' roles; `queue` is the ARN of the queue for events, or what stands for it.
    """
    names = sorted({each.partition(":role/")[2] for each in roles}) or [ROLE_NAME]
    assume = {
        "Sid": "Accounts",
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Resource": [f"arn:{partition}:iam::*:role/{each}" for each in names],
    }
    actions = ("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes")
    listen = {
        "Sid": "Events",
        "Effect": "Allow",
        "Action": [f"sqs:{each}" for each in actions],
        "Resource": queue or f"arn:{partition}:sqs:*:*:{QUEUE_NAME}",
    }
    return {"Version": VERSION, "Statement": [assume, listen]}


def template(account: Account, hub_arn: str, *, read_only: bool = False) -> dict[str, Any]:
    """A CloudFormation template of the role, and of a rule that sends events to our bus where one is named."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Lets the helpdesk of the service provider work in this account.",
        "Parameters": {
            "EventBusArn": {
                "Type": "String",
                "Default": "",
                "Description": "Event bus of the provider in this region; empty to send no events.",
            }
        },
        "Conditions": {"SendsEvents": {"Fn::Not": [{"Fn::Equals": [{"Ref": "EventBusArn"}, ""]}]}},
        "Resources": {
            "Role": _role(account, hub_arn, read_only=read_only),
            "EventRole": _event_role(),
            "EventRule": _event_rule(),
        },
        "Outputs": {"RoleArn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}},
    }


def _role(account: Account, hub_arn: str, *, read_only: bool) -> dict[str, Any]:
    name = account.role_arn.rpartition("/")[2]
    policy = {"PolicyName": "helpdesk", "PolicyDocument": permissions(account, read_only=read_only)}
    path = account.role_arn.partition(":role")[2].removesuffix(name)
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": name,
            "Path": path or "/",
            "AssumeRolePolicyDocument": trust(account, hub_arn),
            "Policies": [policy],
        },
    }


def _event_role() -> dict[str, Any]:
    allowed = {"Effect": "Allow", "Action": "events:PutEvents", "Resource": {"Ref": "EventBusArn"}}
    document = {"Version": VERSION, "Statement": [allowed]}
    service = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    return {
        "Type": "AWS::IAM::Role",
        "Condition": "SendsEvents",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": VERSION, "Statement": [service]},
            "Policies": [{"PolicyName": "send", "PolicyDocument": document}],
        },
    }


def _event_rule() -> dict[str, Any]:
    target = {
        "Id": "helpdesk",
        "Arn": {"Ref": "EventBusArn"},
        "RoleArn": {"Fn::GetAtt": ["EventRole", "Arn"]},
    }
    return {
        "Type": "AWS::Events::Rule",
        "Condition": "SendsEvents",
        "Properties": {
            "Description": "Support cases and Health events, for the helpdesk of the provider.",
            "EventPattern": {"source": ["aws.support", "aws.health"]},
            "Targets": [target],
        },
    }
