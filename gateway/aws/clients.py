"""`Clients`: calls of AWS's services in customers' accounts and in our own, through few botocore clients.

One botocore client serves one service of one region for all accounts; credentials come from `credentials.speaking`.
A write goes out once: botocore would send it again after a lost answer, and AWS takes no idempotency token.
Source: botocore's retry guide; AWS SDKs and Tools Reference Guide, service-specific endpoints.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

import botocore.session
from botocore.config import Config
from botocore.credentials import CredentialProvider, CredentialResolver
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from gateway.aws import answers, pacing, partitions
from gateway.aws.credentials import Speaker, Spoken, Wallet, speaking
from gateway.aws.faults import Fault, Kind
from gateway.aws.pacing import Pace
from gateway.aws.parts import Account, Identity

CONNECT_SECONDS: Final = 5
READ_SECONDS: Final = 30
RENEW_SECONDS: Final = 60.0
_OPTIONS: Final = {
    "connect_timeout": CONNECT_SECONDS, "read_timeout": READ_SECONDS, "max_pool_connections": 20,
    "parameter_validation": True, "tcp_keepalive": True, "user_agent_extra": "helpdesk",
}  # fmt: skip
_NEVER_EMPTY: Final = frozenset({"support", "health"})
"""Services whose every answer says something: botocore takes what is no JSON for an answer that says nothing."""
_READS: Final = Config(retries={"mode": "standard", "total_max_attempts": 3}, **_OPTIONS)
_ONCE: Final = Config(retries={"total_max_attempts": 1}, **_OPTIONS)


@dataclass(frozen=True, slots=True)
class _Request:
    service: str
    operation: str
    once: bool
    region: str
    values: Mapping[str, Any]


class AwsClients:
    """`parts.Clients` on botocore, for all threads of a process."""

    def __init__(
        self,
        identity: Identity,
        now: Callable[[], datetime],
        pace: Pace | None = None,
        canonical: Callable[[str], str] = lambda name: socket.gethostbyname_ex(name)[0],
    ) -> None:
        self._identity, self._canonical = identity, canonical
        self._pace = pace or Pace()
        self._wallet = Wallet(self._assume, now)
        self._lock = threading.Lock()
        self._sessions: dict[str, botocore.session.Session] = {}
        self._made: dict[tuple[str, str, str, bool], Any] = {}
        self._health_region: dict[str, str] = {}
        self._renewed_at: dict[str, float] = {}
        self._loader: Any = None

    def call(
        self, account: Account, service: str, operation: str, *, region: str = "", **request: Any
    ) -> dict[str, Any]:
        """The answer to a read, tried up to three times.

        Shape: `region` for services that stand in several. Errors: `faults.Fault`.
        """
        return self._spoken(account, _Request(service, operation, False, region, request))

    def write(
        self, account: Account, service: str, operation: str, *, region: str = "", **request: Any
    ) -> dict[str, Any]:
        """The answer to a write, sent once; again only where AWS refused credentials that had just ended.

        Errors: `faults.Fault`, whose `sent` says whether AWS may have done it.
        """
        return self._spoken(account, _Request(service, operation, True, region, request))

    def hub_call(
        self, partition: str, service: str, operation: str, *, region: str = "", **request: Any
    ) -> dict[str, Any]:
        """The answer to a call as ourselves, for our own queue and role. Errors: `faults.Fault`."""
        try:
            where = partitions.region_for(partition, service, region)
            client = self._client(partition, service, where, once=False)
            return _answer(client, operation, request)
        except (BotoCoreError, ClientError, HTTPClientError, Fault) as error:
            fault = answers.of_hub(answers.fault_of(error), role=operation == "assume_role")
            if fault.kind is Kind.HUB:
                self._renew(partition)
            raise fault from None

    def has(self, partition: str, service: str, operation: str, member: str = "") -> bool:
        """Whether the installed botocore knows an operation, and a member of its input."""
        region = partitions.region_for(partition, service)
        client = self._client("", service, region, once=False)
        name = client.meta.method_to_api_mapping.get(operation)
        if name is None or not member:
            return name is not None
        shape = client.meta.service_model.operation_model(name).input_shape
        return shape is not None and member in shape.members

    def regions(self, partition: str, service: str) -> list[str]:
        """The regions of a partition in which botocore knows a service."""
        return list(self._session("").get_available_regions(service, partition))

    @property
    def made(self) -> int:
        """How many clients of botocore there are: a few, whatever the number of accounts."""
        return len(self._made)

    def _spoken(self, account: Account, request: _Request) -> dict[str, Any]:
        """Speak as the account; with fresh credentials once more where AWS took the old ones for none."""
        try:
            return self._as_account(account, request)
        except Fault as fault:
            if fault.kind is not Kind.EXPIRED:
                raise
        return self._as_account(account, request)

    def _as_account(self, account: Account, request: _Request) -> dict[str, Any]:
        if not account.role_arn:
            raise Fault(Kind.ROLE, "NoRole", f"no role is known for account {account.account_id}")
        region = self._region(account.partition, request)
        keys = self._wallet.keys_for(account)
        spoken = speaking.set(Speaker(keys, partial(self._wait, account.account_id, request.operation)))
        try:
            client = self._client("", request.service, region, once=request.once)
            return _answer(client, request.operation, request.values)
        except (BotoCoreError, ClientError, HTTPClientError) as error:
            fault = _judged(answers.fault_of(error), request)
            if fault.kind is Kind.EXPIRED:
                self._wallet.forget(account, keys)
            if request.service == "health" and fault.kind in (Kind.UNREACHED, Kind.LOST):
                self._find_health(account.partition)
            raise fault from None
        finally:
            speaking.reset(spoken)

    def _region(self, partition: str, request: _Request) -> str:
        wanted = request.region
        if request.service == "health" and not wanted:
            wanted = self._health_region.get(partition, "")
        return partitions.region_for(partition, request.service, wanted)

    def _find_health(self, partition: str) -> None:
        """Health moves between two regions; its global name says where it is active now."""
        with suppress(OSError):
            found = partitions.active_health(partition, self._canonical(partitions.HEALTH_NAMES[partition]))
            if found:
                self._health_region[partition] = found

    def _wait(self, account_id: str, operation: str) -> None:
        if operation.endswith("_for_organization"):
            self._pace.wait(f"{account_id}:organization", pacing.ORGANIZATION_RATE, 1)
        self._pace.wait(account_id)

    def _assume(self, partition: str, request: Mapping[str, str]) -> dict[str, Any]:
        return self.hub_call(partition, "sts", "assume_role", **request)

    # botocore's own things.

    def _client(self, identity: str, service: str, region: str, *, once: bool) -> Any:
        """The one client of a service in a region: as ourselves in a partition, or as whoever speaks."""
        key = (identity, service, region, once)
        if (found := self._made.get(key)) is not None:
            return found
        with self._lock:
            if key not in self._made:
                self._made[key] = self._make(key)
            return self._made[key]

    def _make(self, key: tuple[str, str, str, bool]) -> Any:
        identity, service, region, once = key
        session = self._session_within_lock(identity)
        client = session.create_client(service, region_name=region, config=_ONCE if once else _READS)
        if self._identity.https_only:
            client.meta.events.register("before-send", _refuse_plain)
        if not identity:
            client.meta.events.register_first("request-created", _wait_for_turn)
        return client

    def _renew(self, identity: str) -> None:
        """Look for our own credentials anew, now and then: whoever mends them need not start us again."""
        with self._lock:
            at = time.monotonic()
            if at - self._renewed_at.get(identity, -RENEW_SECONDS) >= RENEW_SECONDS:
                self._renewed_at[identity] = at
                self._sessions.pop(identity, None)
                for key in [each for each in self._made if each[0] == identity]:
                    del self._made[key]

    def _session(self, identity: str) -> botocore.session.Session:
        with self._lock:
            return self._session_within_lock(identity)

    def _session_within_lock(self, identity: str) -> botocore.session.Session:
        """A session of botocore; all share what was read of the services' models, which is most of their memory."""
        if identity not in self._sessions:
            profile = self._identity.profiles.get(identity) or None
            session = botocore.session.Session(profile=profile)
            if identity == partitions.CHINA and profile is None and not _is_chinese(session):
                raise Fault(Kind.HUB, "NoIdentity", "aws-cn needs an identity of its own: set aws_cn_profile")
            self._loader = self._loader or session.get_component("data_loader")
            session.register_component("data_loader", self._loader)
            if not identity:
                session.register_component("credential_provider", CredentialResolver([_OfTheSpeaker()]))
            self._sessions[identity] = session
        return self._sessions[identity]


def _is_chinese(session: botocore.session.Session) -> bool:
    """Whether boto3's own chain is that of an installation in China; another's credentials never go there."""
    return str(session.get_config_variable("region") or "").startswith("cn-")


class _OfTheSpeaker(CredentialProvider):  # type: ignore[misc]  # botocore carries no types
    METHOD = CANONICAL_NAME = "of-the-speaker"

    def load(self) -> Spoken:
        return Spoken()


def _wait_for_turn(**_: object) -> None:
    """Before every attempt, so that botocore's own retries keep the pace too."""
    speaking.get().wait()


def _refuse_plain(request: Any, **_: object) -> None:
    if not request.url.startswith("https://"):
        raise Fault(Kind.HUB, "PlainEndpoint", "an endpoint without https is refused in production")


def _answer(client: Any, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """AWS's answer, without what botocore says of the connection; nothing where a dry run would have succeeded."""
    if operation not in client.meta.method_to_api_mapping:
        raise Fault(Kind.ABSENT, "UnknownOperation", f"botocore knows no {operation}")
    try:
        answer: dict[str, Any] = getattr(client, operation)(**request)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in answers.DRY_RUN:
            return {}
        raise
    answer.pop("ResponseMetadata", None)
    if not answer and _says_something(client.meta, operation):
        raise Fault(Kind.LOST, "EmptyAnswer", "the answer could not be read", sent=True)
    return answer


def _says_something(meta: Any, operation: str) -> bool:
    shape = meta.service_model.operation_model(meta.method_to_api_mapping[operation]).output_shape
    return meta.service_model.service_name in _NEVER_EMPTY and bool(shape and shape.members)


def _judged(fault: Fault, request: _Request) -> Fault:
    """Trusted Advisor denies where there is no plan. Source: Trusted Advisor API reference, common errors."""
    if request.service == "trustedadvisor" and fault.kind is Kind.DENIED:
        return Fault(Kind.NO_PLAN, fault.code, fault.words)
    return fault
