"""The environment under which boto3 finds the double of AWS, and clients that speak to it at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from tests.aws.control import RemoteAws
from tests.aws.fake import FakeAws
from tests.aws.world import HUB_KEYS, HUB_SECRET

SERVICES = (
    "STS",
    "SUPPORT",
    "HEALTH",
    "COST_OPTIMIZATION_HUB",
    "COMPUTE_OPTIMIZER",
    "COST_EXPLORER",
    "TRUSTEDADVISOR",
    "ORGANIZATIONS",
)
HOME = {"aws": "us-east-1", "aws-cn": "cn-north-1"}


def environment(
    fake: FakeAws | RemoteAws, folder: Path | None = None, partition: str = "aws"
) -> dict[str, str]:
    """The variables that send boto3 to the double, as the hub of one partition.

    With a folder, a credentials file with the profiles `default` and `china` is written there and named.
    """
    told = {f"AWS_ENDPOINT_URL_{name}": fake.url for name in SERVICES}
    told |= {
        "AWS_ACCESS_KEY_ID": HUB_KEYS[partition],
        "AWS_SECRET_ACCESS_KEY": HUB_SECRET,
        "AWS_DEFAULT_REGION": HOME[partition],
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    if folder is not None:
        file = folder / "aws-credentials"
        file.write_text(
            "".join(
                f"[{profile}]\naws_access_key_id = {HUB_KEYS[where]}\naws_secret_access_key = {HUB_SECRET}\n"
                for profile, where in (("default", "aws"), ("china", "aws-cn"))
            )
        )
        told |= {"AWS_SHARED_CREDENTIALS_FILE": str(file)}
        del told["AWS_ACCESS_KEY_ID"], told["AWS_SECRET_ACCESS_KEY"]
    return told


def hub(fake: FakeAws | RemoteAws, service: str, region: str = "us-east-1", **options: Any) -> Any:
    """A boto3 client with the hub's own key of the region's partition; one attempt, short timeouts."""
    partition = "aws-cn" if region.startswith("cn-") else "aws"
    return client(fake, service, region, key=HUB_KEYS[partition], secret=HUB_SECRET, token=None, **options)


def assumed(fake: FakeAws | RemoteAws, account_id: str, service: str, region: str = "us-east-1") -> Any:
    """A boto3 client in an account's role, got by AssumeRole without an ExternalId unless the account has one."""
    partition = "aws-cn" if region.startswith("cn-") else "aws"
    known = fake.account(account_id)
    external = known["external_id"] if isinstance(known, dict) else known.external_id
    role = known["role"] if isinstance(known, dict) else known.role
    answer = hub(fake, "sts", region).assume_role(
        RoleArn=f"arn:{partition}:iam::{account_id}:role/{role}",
        RoleSessionName="helpdesk",
        **({"ExternalId": external} if external else {}),
    )["Credentials"]
    return client(
        fake,
        service,
        region,
        key=answer["AccessKeyId"],
        secret=answer["SecretAccessKey"],
        token=answer["SessionToken"],
    )


def client(
    fake: FakeAws | RemoteAws,
    service: str,
    region: str,
    *,
    key: str,
    secret: str,
    token: str | None,
    read_timeout: float = 10,
) -> Any:
    """A boto3 client that sends to the double, one attempt a call."""
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=fake.url,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}, read_timeout=read_timeout, connect_timeout=5),
    )
