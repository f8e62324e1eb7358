"""Which of the contract's six services a request asks for, whether it is an incident, which of AWS it names. Pure.

Source: contract clause 1 (promise P3).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from gateway.domain.lifecycle import Kind
from gateway.domain.terms import Priority, Service

_WORDS: Final[tuple[tuple[Service, tuple[str, ...]], ...]] = (
    (Service.CASES, ("support case", "aws case", "support center case", "提 case", "开 case", "开case", "支持案例")),
    (Service.HEALTH, ("health event", "health dashboard", "aws health", "健康事件", "健康仪表")),
    (Service.COST, ("cost", "invoice", "billing", "bill ", "savings plan", "reserved instance", "budget", "账单",
                    "費用", "费用", "成本", "发票", "帳單", "预算")),
    (Service.ARCHITECTURE, ("architecture", "well-architected", "best practice", "design review", "架构", "架構",
                            "最佳实践", "选型")),
    (Service.ACCOUNT, ("iam user", "mfa", "permission", "new account", "access key", "sso", "identity center",
                       "organizations", "root user", "权限", "權限", "账号", "帳號", "账户", "开通", "子账号")),
)  # fmt: skip
_CHANGE: Final = (
    "change request",
    "please deploy",
    "maintenance window",
    "变更",
    "變更",
    "上线计划",
    "升级计划",
)
_LIMIT: Final = 4_000
_LONG_LIMIT: Final = 20_000

# AWS service → what mails call it. Words that mean other things too ("backup", "batch", "glue") need their "aws".
AWS_SERVICES: Final[Mapping[str, tuple[str, ...]]] = {
    "acm": ("acm", "certificate manager"),
    "api-gateway": ("api gateway", "apigateway", "api-gateway"),
    "athena": ("athena",),
    "backup": ("aws backup",),
    "bedrock": ("bedrock",),
    "cloudformation": ("cloudformation",),
    "cloudfront": ("cloudfront",),
    "cloudtrail": ("cloudtrail",),
    "cloudwatch": ("cloudwatch",),
    "cognito": ("cognito",),
    "direct-connect": ("direct connect", "directconnect", "direct-connect", "专线"),
    "dms": ("dms", "database migration service"),
    "documentdb": ("documentdb",),
    "dynamodb": ("dynamodb", "dynamo db"),
    "ebs": ("ebs",),
    "ec2": ("ec2", "elastic compute cloud"),
    "ecr": ("ecr",),
    "ecs": ("ecs", "fargate"),
    "efs": ("efs",),
    "eks": ("eks",),
    "elasticache": ("elasticache",),
    "elb": ("elb", "alb", "nlb", "load balancer", "load balancers", "负载均衡", "負載均衡"),
    "emr": ("emr",),
    "eventbridge": ("eventbridge",),
    "fsx": ("fsx",),
    "glue": ("aws glue",),
    "guardduty": ("guardduty",),
    "iam": ("iam", "identity center"),
    "kinesis": ("kinesis", "firehose"),
    "kms": ("kms",),
    "lambda": ("lambda",),
    "lightsail": ("lightsail",),
    "msk": ("msk",),
    "opensearch": ("opensearch", "elasticsearch"),
    "organizations": ("aws organizations",),
    "rds": ("rds", "aurora"),
    "redshift": ("redshift",),
    "route53": ("route53", "route 53", "route-53"),
    "s3": ("s3", "对象存储", "物件儲存"),
    "sagemaker": ("sagemaker",),
    "secretsmanager": ("secrets manager", "secretsmanager"),
    "ses": ("amazon ses", "aws ses", "simple email service"),
    "sns": ("sns",),
    "sqs": ("sqs",),
    "step-functions": ("step functions", "step function"),
    "systems-manager": ("systems manager", "ssm"),
    "transit-gateway": ("transit gateway", "tgw"),
    "vpc": ("vpc", "nat gateway"),
    "vpn": ("site-to-site vpn", "aws vpn", "vpn"),
    "waf": ("waf",),
}
_CODES: Final = {name: code for code, names in AWS_SERVICES.items() for name in names}
_NAMES: Final = re.compile(
    "(?<![a-z0-9])(?:"
    + "|".join(re.escape(name) for name in sorted(_CODES, key=lambda name: (-len(name), name)))
    + ")(?![a-z0-9])"
)
_ACCOUNT: Final = re.compile(r"(?<![0-9-])[0-9]{4}(-?)[0-9]{4}\1[0-9]{4}(?![0-9-])")
_REGION: Final = re.compile(
    r"(?<![a-z0-9-])(?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-gov)?-"
    r"(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-[1-9](?![0-9])"
)


def service(subject: str, text: str) -> Service:
    """The service the words name; technical support where none is named.

    >>> service("Question about our bill for May", "")
    <Service.COST: 'cost-optimisation'>
    """
    words = f"{subject}\n{text}"[:_LIMIT].lower()
    return next((found for found, names in _WORDS if any(name in words for name in names)), Service.SUPPORT)


def kind(subject: str, text: str, priority: Priority) -> Kind:
    """An incident where something is broken, a change where one is asked for, else a request."""
    words = f"{subject}\n{text}"[:_LIMIT].lower()
    if priority is not Priority.LOW:
        return Kind.INCIDENT
    return Kind.CHANGE if any(name in words for name in _CHANGE) else Kind.REQUEST


def aws_services(text: str) -> tuple[str, ...]:
    """The AWS services that a text names, each once, in order.

    >>> aws_services("Aurora 主库无法连接，EC2 上的应用报错")
    ('rds', 'ec2')
    """
    found = (_CODES[match.group()] for match in _NAMES.finditer(text[:_LONG_LIMIT].lower()))
    return tuple(dict.fromkeys(found))


def aws_accounts(text: str) -> tuple[str, ...]:
    """The numbers in a text that may be AWS accounts, each once, in order.

    >>> aws_accounts("account 1111-2222-3333, not 11112222333344")
    ('111122223333',)
    """
    found = (match.group().replace("-", "") for match in _ACCOUNT.finditer(text[:_LONG_LIMIT]))
    return tuple(dict.fromkeys(found))


def aws_region(text: str) -> str:
    """The first AWS region that a text names; empty where it names none.

    >>> aws_region("the instances in ap-southeast-1a")
    'ap-southeast-1'
    """
    found = _REGION.search(text[:_LONG_LIMIT].lower())
    return found.group() if found else ""


def aws_regions(text: str) -> tuple[str, ...]:
    """The AWS regions that a text names, each once, in order."""
    return tuple(dict.fromkeys(each.group() for each in _REGION.finditer(text[:_LONG_LIMIT].lower())))
