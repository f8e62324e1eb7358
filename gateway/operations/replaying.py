"""Requests sent twice under one key: done once, answered twice. The only writer of keyed_request.

A row is written before the request is carried out. Its change then commits together with `done`, so that nobody has
to guess after a crash whether there was a change.
Source: draft-ietf-httpapi-idempotency-key-header-07, sections 2.3 to 2.7.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store.models import KeyedRequest, either, table

KEPT: Final = timedelta(days=1)
PATIENCE: Final = timedelta(minutes=2)
"""After how long a request that never ended may be carried out anew, if it changed nothing."""
LARGEST_BODY: Final = 64 * 1024
_PURGED: Final = 500
_rows = table(KeyedRequest)
_ENTER: Final = either(
    lambda insert: insert(_rows).on_conflict_do_nothing(index_elements=["key"]).returning(_rows.c.id)
)


@unique
class Standing(StrEnum):
    """What is to be done with a keyed request."""

    NEW = "new"
    ANSWERED = "answered"
    UNDER_WAY = "under-way"
    OTHER = "other"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered. Shape: `body` is None where it was too large to keep."""

    status: int
    content_type: str
    location: str
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Known:
    """How a keyed request stands; its row where it is to be carried out, its answer where there is one."""

    standing: Standing
    row_id: int = 0
    answer: Answer | None = None


def fingerprint(*parts: str | bytes) -> str:
    """One digest of everything that makes requests the same."""
    made = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        made.update(len(content).to_bytes(8, "big") + content)
    return made.hexdigest()


def begin(session: Session, *, caller: str, key: str, asked: str, at: datetime) -> Known:
    """Enter a request under its key, or learn how the one before it stands.

    Shape: `caller` keeps the keys of different tokens apart; `asked` is the fingerprint of method, path and body.
    """
    _purge(session, at)
    name = fingerprint(caller, key)
    values: dict[str, Any] = {
        "key": name, "fingerprint": asked, "begun_at": at, "until": at + PATIENCE, "done": False,
        "content_type": "", "location": "",
    }  # fmt: skip
    entered = session.execute(_ENTER[session.get_bind().dialect.name], values).scalar_one_or_none()
    if entered is not None:
        return Known(Standing.NEW, entered)
    row = session.execute(
        sa.select(KeyedRequest).where(KeyedRequest.key == name).with_for_update()
    ).scalar_one_or_none()
    if row is None:  # it ended without a change in this very moment
        return Known(Standing.UNDER_WAY)
    return _known(row, asked, at)


def note_done(session: Session, row_id: int) -> None:
    """Note, in the transaction of the change itself, that the request is carried out."""
    session.execute(sa.update(_rows).where(_rows.c.id == row_id).values(done=True))


def end(session: Session, row_id: int, answer: Answer) -> None:
    """Keep what the request was answered; one that changed nothing is forgotten, since it can simply be repeated."""
    row = session.get(KeyedRequest, row_id, populate_existing=True)
    if row is None:
        return
    if not row.done:
        session.delete(row)
        return
    if answer.status >= 500:
        row.until = row.begun_at  # nothing more comes: whoever asks again learns that it is done
        return
    packed = zlib.compress(answer.body or b"")
    row.status, row.content_type, row.location = (
        answer.status,
        answer.content_type[:100],
        answer.location[:500],
    )
    row.body = packed if len(packed) <= LARGEST_BODY else None


def _known(row: KeyedRequest, asked: str, at: datetime) -> Known:
    if row.fingerprint != asked:
        return Known(Standing.OTHER)
    if row.status is not None:
        body = None if row.body is None else zlib.decompress(row.body)
        return Known(Standing.ANSWERED, row.id, Answer(row.status, row.content_type, row.location, body))
    if row.until > at:
        return Known(Standing.UNDER_WAY)
    if row.done:
        return Known(Standing.LOST)
    row.until = at + PATIENCE
    return Known(Standing.NEW, row.id)


def _purge(session: Session, at: datetime) -> None:
    """Forget some of what is a day old: each request more than makes up for itself."""
    old = sa.select(_rows.c.id).where(_rows.c.begun_at <= at - KEPT).order_by(_rows.c.begun_at).limit(_PURGED)
    session.execute(sa.delete(_rows).where(_rows.c.id.in_(old.scalar_subquery())))
