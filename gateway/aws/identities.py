"""Our own identity in a partition: staff are told when AWS refuses it, and when it is known again, once each.

An appointment to tell stands from the first refusal; once told, one that waits for the end stands in its place.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway.aws import telling
from gateway.aws.faults import Fault, Kind
from gateway.store import appointments
from gateway.store.queries import aws_streams
from gateway.tickets.letterhead import Letterhead

REFUSED: Final = "aws-identity"
BACK: Final = "aws-identity-back"
TELL_AFTER: Final = timedelta(seconds=30)
PERIOD: Final = timedelta(minutes=1)


def words_of(fault: Fault) -> str:
    """A fault as it stands on a stream, where one of our own identity can be told from an account's."""
    return f"{aws_streams.OF_OUR_OWN}{fault}" if fault.kind is Kind.HUB else str(fault)


def refused(session: Session, partition: str, at: datetime) -> None:
    """Have staff told that our identity in a partition is refused, unless they know."""
    if not appointments.keys(session, BACK, f"{partition}@"):
        appointments.ensure(session, REFUSED, partition, at + TELL_AFTER)


def keep(session: Session, head: Letterhead, key: str, at: datetime) -> datetime | None:
    """Tell that the identity in the partition `key` is refused, if it still is."""
    fault = aws_streams.refused_identities(session).get(key)
    if fault is None:
        return None
    _tell(session, head, key, code=fault.partition(":")[0], since=at, at=at)
    appointments.ensure(session, BACK, f"{key}@{at.isoformat()}", at + PERIOD)
    return None


def keep_back(session: Session, head: Letterhead, key: str, at: datetime) -> datetime | None:
    """Tell that an identity is known again: nothing is refused any more, and something was read since."""
    partition, _, told_at = key.partition("@")
    since = datetime.fromisoformat(told_at)
    newest = aws_streams.newest_reads(session).get(partition)
    if partition in aws_streams.refused_identities(session) or (newest or since) <= since:
        return at + PERIOD if aws_streams.has_accounts(session, partition) else None
    _tell(session, head, partition, code="", since=since, at=at)
    return None


def _tell(
    session: Session, head: Letterhead, partition: str, *, code: str, since: datetime, at: datetime
) -> None:
    """One letter to whoever leads; without a code all is well again."""
    words = {"partition": partition, "code": code or None, "since": since}
    occasion = f"aws-identity:{partition}:{bool(code)}:{since.isoformat()}"
    telling.tell_leads(session, head, "engineer-aws-identity", occasion, words=words, at=at)
