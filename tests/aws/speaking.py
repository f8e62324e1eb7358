"""How tests speak to the double of AWS: the desk's own clients, and accounts as they are spoken to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway import clock
from gateway.aws.clients import AwsClients, Identity
from gateway.aws.faults import Fault
from gateway.aws.pacing import Pace
from gateway.aws.parts import Account
from tests.aws.fake import FakeAws
from tests.aws.fixtures import environment

PROFILES = {"aws": "", "aws-cn": "china"}


def clients_of(aws: FakeAws, monkeypatch: pytest.MonkeyPatch, folder: Path, **values: Any) -> AwsClients:
    """The desk's clients, with both partitions' identities, sent to the double."""
    for name, value in environment(aws, folder).items():
        monkeypatch.setenv(name, value)
    return AwsClients(Identity(PROFILES, https_only=False), clock.now, **values)


def unhurried() -> Pace:
    """A pace that lets every call go at once."""
    return Pace(sleep=lambda seconds: None)


def spoken(account_id: str = "111122223333", **values: Any) -> Account:
    """An account as it is spoken to."""
    chosen: dict[str, Any] = {"customer_id": 1, "partition": "aws", "external_id": "s3cret"} | values
    role = f"arn:{chosen['partition']}:iam::{account_id}:role/HelpdeskGateway"
    return Account(account_id=account_id, role_arn=chosen.pop("role_arn", role), **chosen)


def fault_in(act: Any, *given: Any, **request: Any) -> Fault:
    """The fault of a call."""
    with pytest.raises(Fault) as caught:
        act(*given, **request)
    return caught.value
