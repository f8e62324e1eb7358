"""EventBridge's words about Support and Health: they only have streams looked at sooner, and are never believed more.

What a word says is not used: the stream it names is read from AWS itself. A word is acted on once, whatever copies of
it arrive from other regions, and only where it names an account of ours.
Source: AWS Support User Guide, monitoring with EventBridge; AWS Health User Guide, reference of the event schema.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import queues
from gateway.store.models import AwsAccount, AwsSeen, AwsStream, Stream, either, table
from gateway.store.session import want_ring

COALESCED: Final = timedelta(seconds=5)
KEPT: Final = timedelta(days=15)
"""Longer than any queue keeps a message."""
_STREAMS: Final = {"aws.support": Stream.CASES, "aws.health": Stream.HEALTH}
_MOST_REMEMBERED: Final = 4096
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_streams, _seen = table(AwsStream).c, table(AwsSeen).c
_SEE: Final = either(
    lambda insert: insert(table(AwsSeen)).on_conflict_do_nothing(index_elements=["key"]).returning(_seen.key)
)


@unique
class Fate(StrEnum):
    """What became of a message. Only a malformed one stays on its queue, until that gives it up."""

    TAKEN = "taken"
    AGAIN = "again"
    MALFORMED = "malformed"
    OTHER_SOURCE = "other-source"
    UNKNOWN_ACCOUNT = "unknown-account"
    MISMATCH = "mismatch"


@dataclass(frozen=True, slots=True)
class Word:
    """A message as far as it is looked at.

    Shape: `sender` is the account it came from, `account` the one it is about; `key` is the same for every copy;
    `partition` is what its names say.
    """

    source: str
    sender: str
    account: str
    partition: str
    key: str


class Malformed(ValueError):
    """A message that is no event of EventBridge's."""


class Coalescing:
    """Since when each stream was hastened last: within five seconds it is only once more, at their end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: OrderedDict[tuple[str, Stream], datetime] = OrderedDict()

    def due_at(self, account_id: str, what: Stream, at: datetime) -> datetime:
        """When a stream is to be looked at for a word that arrives now."""
        key = (account_id, what)
        with self._lock:
            last = self._last.get(key)
            if last is not None and at < last + COALESCED:
                return max(at, last + COALESCED)
            self._last.pop(key, None)
            self._last[key] = at
            while len(self._last) > _MOST_REMEMBERED:
                self._last.popitem(last=False)
            return at


def word_of(body: str) -> Word | None:
    """What a message says; None for an event of another source.

    Errors: Malformed.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("no JSON") from None
    if not isinstance(told, dict):
        raise Malformed("no object")
    source, detail = told.get("source"), told.get("detail")
    if not isinstance(source, str) or not isinstance(detail, dict):
        raise Malformed("no event")
    if source not in _STREAMS:
        return None
    sender = _text(told, "account")
    word = _of_support(sender, told, detail) if source == "aws.support" else _of_health(sender, detail)
    if not (_ACCOUNT.fullmatch(word.sender) and _ACCOUNT.fullmatch(word.account)):
        raise Malformed("no account")
    return word


def take(session: Session, body: str, partition: str, *, coalescing: Coalescing, at: datetime) -> Fate:
    """Act on a message from the queue of a partition; what became of it."""
    try:
        word = word_of(body)
    except Malformed:
        return Fate.MALFORMED
    if word is None:
        return Fate.OTHER_SOURCE
    known = _known(session, (word.sender, word.account))
    if word.sender not in known or word.account not in known:
        return Fate.UNKNOWN_ACCOUNT
    if not _fits(word, partition, known):
        return Fate.MISMATCH
    if not _first(session, word.key, at):
        return Fate.AGAIN
    for account_id in dict.fromkeys((word.account, word.sender)):
        due_at = coalescing.due_at(account_id, _STREAMS[word.source], at)
        if _hasten(session, account_id, _STREAMS[word.source], due_at):
            want_ring(session, queues.AWS)
            break  # the sender's stream only where the account has none of its own
    return Fate.TAKEN


def forget(session: Session, at: datetime) -> None:
    """Forget the words that no queue can bring again."""
    session.execute(sa.delete(table(AwsSeen)).where(_seen.at < at - KEPT))


def _of_support(sender: str, told: Mapping[str, Any], detail: Mapping[str, Any]) -> Word:
    case_id = _text(detail, "case-id")
    parts = case_id.split("-")
    account = parts[1] if len(parts) > 1 and parts[1].isdigit() else sender
    return Word("aws.support", sender, account, "", _key("support", case_id, _text(told, "id")))


def _of_health(sender: str, detail: Mapping[str, Any]) -> Word:
    arn, account = _text(detail, "eventArn"), str(detail.get("affectedAccount") or sender)
    partition = arn.split(":")[1] if arn.count(":") > 1 else ""
    key = _key("health", arn, str(detail.get("communicationId") or ""), account)
    return Word("aws.health", sender, account, partition, key)


def _fits(word: Word, partition: str, known: Mapping[str, AwsAccount]) -> bool:
    """Whether sender, account and queue go together: only an organization speaks for others, and only of Health."""
    sender, account = known[word.sender], known[word.account]
    if {sender.partition, account.partition, word.partition or partition} != {partition}:
        return False
    return word.sender == word.account or (word.source == "aws.health" and sender.view == "organization")


def _known(session: Session, numbers: Sequence[str]) -> dict[str, AwsAccount]:
    rows = session.scalars(sa.select(AwsAccount).where(AwsAccount.account_id.in_(numbers)))
    return {row.account_id: row for row in rows}


def _first(session: Session, key: str, at: datetime) -> bool:
    made = session.execute(_SEE[session.get_bind().dialect.name], {"key": key, "at": at})
    return made.first() is not None


def _hasten(session: Session, account_id: str, what: Stream, due_at: datetime) -> bool:
    """Whether an account has the stream; it is due by then, also where it is being read or was to be read later."""
    mine = (_streams.account_id == account_id, _streams.what == str(what))
    if session.execute(sa.select(_streams.id).where(*mine)).first() is None:
        return False
    later = sa.or_(_streams.due_at > due_at, _streams.lease_until.is_not(None))
    session.execute(sa.update(table(AwsStream)).where(*mine, later).values(due_at=due_at))
    return True


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value or len(value) > 1000:
        raise Malformed(f"no {name}")
    return value


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()
