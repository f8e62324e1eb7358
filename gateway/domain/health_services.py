"""AWS Health's names of services beside the codes the desk uses for them. Pure.

Source: AWS Health `describe-event-types`; `catalogue.AWS_SERVICES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from gateway.domain.catalogue import AWS_SERVICES

# Health's name, without punctuation and in lower case → our code, where they differ.
_CODES: Final[Mapping[str, str]] = {
    "apigateway": "api-gateway",
    "autoscaling": "ec2",
    "certificatemanager": "acm",
    "dax": "dynamodb",
    "directconnect": "direct-connect",
    "docdb": "documentdb",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elb",
    "elasticmapreduce": "emr",
    "es": "opensearch",
    "events": "eventbridge",
    "fargate": "ecs",
    "firehose": "kinesis",
    "identityandaccessmanagement": "iam",
    "kafka": "msk",
    "monitoring": "cloudwatch",
    "natgateway": "vpc",
    "ssm": "systems-manager",
    "states": "step-functions",
    "stepfunctions": "step-functions",
    "systemsmanager": "systems-manager",
    "transitgateway": "transit-gateway",
    "internetconnectivity": "vpc",
    "interregionvpcpeering": "vpc",
    "awsvpn": "vpn",
    "vpnvpc": "vpn",
}
ANY: Final = frozenset({"multipleservices", "internetconnectivity"})
"""Health's names for what concerns whatever runs in a region."""


def code(service: str) -> str:
    """The desk's code for a service of Health; its own name in lower case where the desk has none.

    >>> code("ELASTICLOADBALANCING"), code("RDS"), code("CHATBOT")
    ('elb', 'rds', 'chatbot')
    """
    plain = _plain(service)
    return _CODES.get(plain, _SPELLED.get(plain, service.lower()))


def meets(service: str, ours: Iterable[str]) -> bool:
    """Whether a service of Health is among some that people wrote down in their own way.

    >>> meets("ELASTICLOADBALANCING", ["ALB", "elb"]), meets("RDS", ["Amazon RDS"]), meets("RDS", ["s3"])
    (True, True, False)
    """
    plain = _plain(service)
    if plain in ANY:
        return True
    wanted = {plain, _plain(code(service))}
    return any(_known_as(each) & wanted for each in ours)


def _known_as(name: str) -> set[str]:
    plain = _plain(name)
    for vendor in ("amazon", "aws"):
        plain = plain.removeprefix(vendor) or plain
    return {plain, _plain(code(plain)), _plain(_BY_NAME.get(plain, plain))}


def _plain(name: str) -> str:
    return "".join(mark for mark in name.casefold() if mark.isalnum())


_SPELLED: Final = {_plain(code): code for code in AWS_SERVICES}
_BY_NAME: Final = {_plain(name): code for code, names in AWS_SERVICES.items() for name in names}
