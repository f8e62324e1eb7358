"""What the parts beside AWS work with, wired once per process, and the answer of one read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from gateway.store.blobs import Blobs
from gateway.tickets.letterhead import Letterhead


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it is spoken to, outside of any session.

    Shape: `external_id` is unsealed; `view` is account or organization; `severities` are the codes AWS takes.
    """

    account_id: str
    customer_id: int
    partition: str
    role_arn: str
    external_id: str
    view: str = "account"
    partner_led: bool = False
    severities: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """How this installation is known to AWS.

    Shape: `profiles` is partition → profile of boto3's own chain, empty for the default one; `https_only` refuses
    every endpoint that is not encrypted, wherever it was configured.
    """

    profiles: Mapping[str, str]
    https_only: bool


class Clients(Protocol):
    """Where clients of AWS services come from: credentials, pace and patience are theirs to mind."""

    def call(
        self, account: Account, service: str, operation: str, *, region: str = "", **request: Any
    ) -> dict[str, Any]:
        """The answer to a read, which is tried again where that is safe.

        Shape: `operation` in boto3's spelling (`describe_cases`); `region` only for services that stand in several
        (compute-optimizer). Errors: `faults.Fault`.
        """

    def write(
        self, account: Account, service: str, operation: str, *, region: str = "", **request: Any
    ) -> dict[str, Any]:
        """The answer to a write, which is sent exactly once.

        Errors: `faults.Fault`, whose `sent` says whether AWS may have done it.
        """

    def hub_call(
        self, partition: str, service: str, operation: str, *, region: str = "", **request: Any
    ) -> dict[str, Any]:
        """The answer to a call as ourselves, for our own queue (sqs, with its region). Errors: `faults.Fault`."""

    def has(self, partition: str, service: str, operation: str, member: str = "") -> bool:
        """Whether the installed botocore knows an operation, and a member of its input (`dryRun`)."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What every part beside AWS works with."""

    transaction: Callable[[], AbstractContextManager[Session]]
    reading: Callable[[], AbstractContextManager[Session]]
    head: Letterhead
    blobs: Blobs
    clients: Clients
    owner: str
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one read of a stream: when the next one is due, and where the stream stands."""

    next_at: datetime
    watermark: datetime | None = None


Read = Callable[[Parts, Account, datetime | None], Reading]
"""Reads one stream of an account once, from its watermark on. Errors: `faults.Fault`."""
