"""Credentials of accounts: our own identity of the partition assumes the account's role, and keeps what it got.

Every account is spoken to with the same few clients: which credentials sign a request is said by the thread that
sends it. A client for each of 500 accounts would cost gigabytes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from botocore.credentials import Credentials, ReadOnlyCredentials

from gateway.aws.parts import Account

EARLY: Final = timedelta(minutes=5)
SESSION_NAME: Final = "helpdesk"
_MOST: Final = 4096
_LOCKS: Final = 64

speaking: ContextVar[Speaker] = ContextVar("speaking")
"""As whom this thread sends its request."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who sends a request: the keys it is signed with, and what it waits for before each attempt."""

    keys: ReadOnlyCredentials
    wait: Callable[[], None]


class Spoken(Credentials):  # type: ignore[misc]  # botocore carries no types
    """Credentials that are those of whoever speaks."""

    def __init__(self) -> None:
        super().__init__("of-the-speaker", "of-the-speaker")

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """The keys of this thread's speaker. Errors: LookupError where nobody speaks."""
        return speaking.get().keys


class Assume(Protocol):
    """AssumeRole as the partition's own identity."""

    def __call__(self, partition: str, request: Mapping[str, str]) -> dict[str, Any]:
        """AWS's answer. Errors: `faults.Fault`."""


class Wallet:
    """The credentials of many accounts, for all threads of a process; those not used for longest are forgotten."""

    def __init__(self, assume: Assume, now: Callable[[], datetime]) -> None:
        self._assume, self._now = assume, now
        self._kept: OrderedDict[tuple[str, ...], tuple[ReadOnlyCredentials, datetime]] = OrderedDict()
        self._lock = threading.Lock()
        self._one_at_a_time = [threading.Lock() for _ in range(_LOCKS)]

    def keys_for(self, account: Account) -> ReadOnlyCredentials:
        """Credentials that last for five minutes more. Errors: `faults.Fault`."""
        key = _key(account)
        with self._one_at_a_time[hash(key) % _LOCKS]:
            found = self._found(key)
            if found is None:
                found = self._fetched(account)
                self._keep(key, found)
        return found[0]

    def forget(self, account: Account, keys: ReadOnlyCredentials) -> None:
        """Do not use these credentials again; newer ones stay."""
        with self._lock:
            found = self._kept.get(_key(account))
            if found is not None and found[0] == keys:
                del self._kept[_key(account)]

    def __len__(self) -> int:
        """How many accounts' credentials are kept."""
        return len(self._kept)

    def _found(self, key: tuple[str, ...]) -> tuple[ReadOnlyCredentials, datetime] | None:
        with self._lock:
            found = self._kept.get(key)
            if found is None or found[1] - EARLY <= self._now():
                return None
            self._kept.move_to_end(key)
            return found

    def _fetched(self, account: Account) -> tuple[ReadOnlyCredentials, datetime]:
        request = {"RoleArn": account.role_arn, "RoleSessionName": SESSION_NAME}
        if account.external_id:
            request["ExternalId"] = account.external_id
        told = self._assume(account.partition, request)["Credentials"]
        keys = ReadOnlyCredentials(told["AccessKeyId"], told["SecretAccessKey"], told["SessionToken"], None)
        return keys, told["Expiration"]

    def _keep(self, key: tuple[str, ...], found: tuple[ReadOnlyCredentials, datetime]) -> None:
        with self._lock:
            self._kept[key] = found
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)


def _key(account: Account) -> tuple[str, ...]:
    return account.account_id, account.role_arn, account.external_id
