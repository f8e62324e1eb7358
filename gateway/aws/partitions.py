"""Which service stands in which region of which partition: looked up here, never guessed.

boto3 makes up a host for any service in any region, so what is absent here is not asked for.

Source: AWS General Reference, endpoints of Support, Health, Cost Optimization Hub, Trusted Advisor, Cost Explorer;
AWS China, feature availability.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gateway.aws.faults import Fault, Kind

AWS: Final = "aws"
CHINA: Final = "aws-cn"
PARTITIONS: Final = (AWS, CHINA)
ROLE: Final = re.compile(r"arn:(aws|aws-cn):iam::(\d{12}):role/[\w+=,.@/-]{1,500}", re.ASCII)
ROLE_NAME: Final = re.compile(r"[\w+=,.@/-]{1,128}", re.ASCII)
_REGION: Final = re.compile(r"[a-z]{2}(-[a-z]+){1,2}-\d{1,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service is spoken to.

    Shape: `home` is signed for; `others` serve as well; `anywhere` where any region of the partition does.
    """

    home: str
    others: tuple[str, ...] = ()
    anywhere: bool = False


PLACES: Final[Mapping[str, Mapping[str, Place]]] = MappingProxyType(
    {
        AWS: MappingProxyType(
            {
                "sts": Place("us-east-1", anywhere=True),
                "support": Place("us-east-1"),
                "health": Place("us-east-1", ("us-east-2",)),
                "cost-optimization-hub": Place("us-east-1"),
                "trustedadvisor": Place(
                    "us-east-1", ("us-east-2", "us-west-2", "eu-west-1", "ap-northeast-2", "ap-southeast-2")
                ),
                "compute-optimizer": Place("us-east-1", anywhere=True),
                "ce": Place("us-east-1"),
                "organizations": Place("us-east-1"),
                "sqs": Place("us-east-1", anywhere=True),
            }
        ),
        CHINA: MappingProxyType(
            {
                "sts": Place("cn-north-1", ("cn-northwest-1",)),
                "support": Place("cn-north-1"),
                "health": Place("cn-northwest-1", ("cn-north-1",)),
                "compute-optimizer": Place("cn-north-1", ("cn-northwest-1",)),
                "ce": Place("cn-northwest-1"),
                "organizations": Place("cn-northwest-1"),
                "sqs": Place("cn-north-1", ("cn-northwest-1",)),
            }
        ),
    }
)
"""Partition → service → where. Trusted Advisor's old operations of Support, the Health view of an organization and
Cost Optimization Hub do not exist in China."""

HEALTH_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {AWS: "global.health.amazonaws.com", CHINA: "global.health.amazonaws.com.cn"}
)
"""The name whose CNAME leads to the region where Health is active now."""


def offers(partition: str, service: str) -> bool:
    """Whether a service exists in a partition."""
    return service in PLACES.get(partition, {})


def region_for(partition: str, service: str, wanted: str = "") -> str:
    """The region to sign for: the one that is wanted, or the service's own.

    Errors: `Fault` of the kind absent where the service is not there.
    """
    place = PLACES.get(partition, {}).get(service)
    if place is None:
        raise Fault(Kind.ABSENT, "NotInPartition", f"{service} does not exist in {partition}")
    if not wanted or wanted == place.home or wanted in place.others:
        return wanted or place.home
    if place.anywhere and _REGION.fullmatch(wanted) and partition_of_region(wanted) == partition:
        return wanted
    raise Fault(Kind.ABSENT, "NotInRegion", f"{service} does not exist in {wanted}")


def partition_of_region(region: str) -> str:
    """The partition of a region, going by its name; empty for those nobody here serves."""
    if region.startswith(("us-gov-", "us-iso", "eu-isoe-", "eusc-")):
        return ""
    return CHINA if region.startswith("cn-") else AWS


def active_health(partition: str, canonical: str) -> str:
    """The region that a canonical host name of Health names, or nothing where it names none of ours."""
    found = re.fullmatch(r"health\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?", canonical.rstrip(".").lower())
    place = PLACES[partition]["health"]
    return found[1] if found and found[1] in (place.home, *place.others) else ""
