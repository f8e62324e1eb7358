"""One account's turn: a claimed stream is read or a claimed write sent, and what became of it is noted."""

from __future__ import annotations

import importlib
import importlib.util
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from gateway.aws import accounts, identities, streams
from gateway.aws.faults import Fault, Kind
from gateway.aws.parts import Parts, Read, Reading
from gateway.aws.streams import Claimed
from gateway.store import leases
from gateway.store.models import AwsAccount, AwsStream, AwsWrite, Stream

READERS: Final[Mapping[Stream, str]] = MappingProxyType(
    {
        Stream.PROBE: "gateway.aws.probing",
        Stream.CASES: "gateway.aws.cases.reading",
        Stream.HEALTH: "gateway.aws.health.polling",
        Stream.COST: "gateway.aws.cost.reading",
    }
)
"""Stream → the module whose `read` reads it; loaded by the process that reads, since boto3 is heavy."""
WRITER: Final = "gateway.aws.cases.writing"
AFTER_FAULT: Final = timedelta(minutes=1)
Write = Callable[[Parts, int, int], None]
"""Takes one write a step further: parts, the row's id and its fencing number."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """What is done with due rows."""

    reads: Mapping[Stream, Read]
    write: Write | None = None


def work() -> Work:
    """The readers and the writer of this installation."""
    reads = {what: importlib.import_module(name).read for what, name in READERS.items() if _there(name)}
    return Work(reads, importlib.import_module(WRITER).write if _there(WRITER) else None)


def _there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


@dataclass(frozen=True, slots=True)
class Writing:
    """A write that this process sends now."""

    id: int
    fence: int
    account_id: str


@dataclass(frozen=True, slots=True)
class Turns:
    """What taking turns needs. Shape: `key` unseals external ids."""

    parts: Parts
    work: Work
    key: str

    def take(self, one: Claimed | Writing) -> None:
        """Read or write; whatever goes wrong stops no other account's turn."""
        try:
            if isinstance(one, Claimed):
                self._read(one)
            else:
                self._write(one)
        except Exception as error:  # noqa: BLE001  one account's fault stops no other
            _log.exception("%s of AWS account %s failed", _name(one), one.account_id)
            if isinstance(one, Claimed):
                self._failed(one, type(error).__name__)
            else:
                self._release(one, AFTER_FAULT)

    def _read(self, one: Claimed) -> None:
        try:
            with self.parts.reading() as session:
                account = accounts.spoken(session.get_one(AwsAccount, one.account_id), self.key)
            self._succeeded(one, self.work.reads[one.what](self.parts, account, one.watermark))
        except Fault as fault:
            self._faulted(one, fault)

    def _write(self, one: Writing) -> None:
        if self.work.write is None:
            return
        try:
            self.work.write(self.parts, one.id, one.fence)
        except Fault as fault:
            with self.parts.transaction() as session:
                accounts.faulted(session, one.account_id, fault, what=Stream.CASES, at=self.parts.now())
        self._release(one)

    def _succeeded(self, one: Claimed, told: Reading) -> None:
        with self.parts.transaction() as session:
            if leases.held(session, AwsStream, one.id, one.fence):
                streams.succeeded(
                    session, one, next_at=told.next_at, watermark=told.watermark, at=self.parts.now()
                )

    def _faulted(self, one: Claimed, fault: Fault) -> None:
        """What lasts waits for the next probe; anything else is tried again soon."""
        at = self.parts.now()
        _log.info("%s of AWS account %s: %s", one.what, one.account_id, fault.code)
        with self.parts.transaction() as session:
            if accounts.state_after(fault) is not None:  # the account is locked before its streams
                accounts.locked(session, one.account_id)
            if not leases.held(session, AwsStream, one.id, one.fence):
                return
            lasts = accounts.faulted(session, one.account_id, fault, what=one.what, at=at)
            next_at = at + streams.DAY if lasts else None
            streams.failed(session, one, fault=identities.words_of(fault), at=at, next_at=next_at)
            if fault.kind is Kind.HUB:
                partition = session.get_one(AwsAccount, one.account_id).partition
                identities.refused(session, partition, at)

    def _failed(self, one: Claimed, reason: str) -> None:
        with self.parts.transaction() as session:
            if leases.held(session, AwsStream, one.id, one.fence):
                streams.failed(session, one, fault=reason, at=self.parts.now())

    def _release(self, one: Writing, pause: timedelta = timedelta()) -> None:
        """Let a write go whose own verb did not; one that nobody thought of is left alone for a while."""
        with self.parts.transaction() as session:
            if leases.held(session, AwsWrite, one.id, one.fence):
                row = session.get_one(AwsWrite, one.id)
                row.lease_until, row.due_at = None, max(row.due_at, self.parts.now() + pause)


def _name(one: Claimed | Writing) -> str:
    return str(one.what) if isinstance(one, Claimed) else "a write"
