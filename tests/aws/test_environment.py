"""Under the environment of the double, boto3 finds it by itself."""

from __future__ import annotations

from pathlib import Path

import botocore.session
import pytest

from tests.aws.fake import FakeAws
from tests.aws.fixtures import environment
from tests.aws.world import HUBS

SERVICES = (
    "sts",
    "support",
    "health",
    "cost-optimization-hub",
    "compute-optimizer",
    "ce",
    "trustedadvisor",
)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_sent_to_the_double(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    for name, value in environment(aws).items():
        monkeypatch.setenv(name, value)
    client = botocore.session.Session().create_client(service)
    assert client.meta.endpoint_url == aws.url


@pytest.mark.parametrize(
    ("profile", "partition", "region"), [("default", "aws", "us-east-1"), ("china", "aws-cn", "cn-north-1")]
)
def test_each_partition_has_a_profile_of_its_own(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, profile: str, partition: str, region: str
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment(aws, tmp_path).items():
        monkeypatch.setenv(name, value)
    sts = botocore.session.Session(profile=profile).create_client("sts", region_name=region)
    assert sts.get_caller_identity()["Account"] == HUBS[partition]
