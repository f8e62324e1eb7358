"""Which service of AWS Support a case about an AWS service is filed under. Pure.

A first guess for the form: AWS's own list (DescribeServices) is the truth and an engineer may choose otherwise.

Source: AWS Support API reference, DescribeServices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

GENERAL: Final = ("general-info", "using-aws")
GUIDANCE: Final = "general-guidance"
CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "acm": "certificate-manager",
        "api-gateway": "api-gateway",
        "athena": "amazon-athena",
        "backup": "aws-backup",
        "bedrock": "amazon-bedrock",
        "cloudformation": "aws-cloudformation",
        "cloudfront": "amazon-cloudfront",
        "cloudtrail": "cloudtrail",
        "cloudwatch": "amazon-cloudwatch",
        "direct-connect": "aws-direct-connect",
        "dynamodb": "amazon-dynamodb",
        "ebs": "amazon-elastic-block-store",
        "ec2": "amazon-elastic-compute-cloud-linux",
        "ecs": "ec2-container-service",
        "efs": "amazon-elastic-file-system",
        "eks": "service-eks",
        "elasticache": "amazon-elasticache",
        "elb": "elastic-load-balancing",
        "emr": "elastic-mapreduce",
        "iam": "identity-and-access-management",
        "kms": "key-management-service",
        "lambda": "aws-lambda",
        "rds": "amazon-relational-database-service-mysql",
        "redshift": "amazon-redshift",
        "route53": "amazon-route53",
        "s3": "amazon-simple-storage-service",
        "ses": "amazon-simple-email-service",
        "sns": "amazon-simple-notification-service",
        "sqs": "amazon-simple-queue-service",
        "vpc": "amazon-virtual-private-cloud",
        "vpn": "amazon-virtual-private-cloud",
    }
)
"""Our name of a service → AWS Support's code."""


def filed_under(services: Iterable[str]) -> tuple[str, str]:
    """The service and category for a case about some AWS services; general information where none is known.

    >>> filed_under(["rds", "ec2"])
    ('amazon-relational-database-service-mysql', 'general-guidance')
    >>> filed_under([])
    ('general-info', 'using-aws')
    """
    known = next((CODES[each] for each in services if each in CODES), None)
    return (known, GUIDANCE) if known else GENERAL
