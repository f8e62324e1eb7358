"""Mailboxes read over IMAP: where each folder stands, the fate of every mail seen, and how reading goes.

A mail becomes a delivery in the transaction that settles its fate: what is stored is known to be stored, after any
crash, and only what was still to be taken is taken.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import queues
from gateway.store import deliveries
from gateway.store.blobs import Blobs
from gateway.store.deliveries import Arrived
from gateway.store.models import (
    Delivery,
    DeliveryState,
    Fate,
    MailFolder,
    MailSeen,
    MailSource,
    either,
    table,
)
from gateway.store.session import want_ring

DOOR: Final = "imap"
PENDING: Final = (Fate.STORED, Fate.KNOWN)
LONGEST_REASON: Final = 300
_seen = table(MailSeen)
_SEE: Final = either(lambda insert: insert(_seen).on_conflict_do_nothing(index_elements=["folder_id", "uid"]))


@dataclass(frozen=True, slots=True)
class Seen:
    """A mail in a folder, seen and not settled."""

    uid: int
    fate: Fate
    strikes: int


def active(session: Session) -> list[MailSource]:
    """The mailboxes to read."""
    return list(session.scalars(sa.select(MailSource).where(MailSource.active).order_by(MailSource.id)))


def named(session: Session, name: str) -> MailSource | None:
    """A mailbox by its name."""
    return session.scalars(sa.select(MailSource).where(MailSource.name == name)).one_or_none()


def everything(session: Session) -> list[MailSource]:
    """All mailboxes by name."""
    return list(session.scalars(sa.select(MailSource).order_by(MailSource.name)))


# Folders.


def folder(session: Session, source_id: int, name: str, *, uid_validity: int) -> tuple[int, int]:
    """A folder's identity and the last UID seen there; under another validity nothing of it was seen yet."""
    found = session.scalars(
        sa.select(MailFolder)
        .where(MailFolder.source_id == source_id, MailFolder.name == name)
        .with_for_update()
    ).one_or_none()
    if found is None:
        found = MailFolder(source_id=source_id, name=name, uid_validity=uid_validity, last_uid=0)
        session.add(found)
    elif found.uid_validity != uid_validity:
        session.execute(sa.delete(MailSeen).where(MailSeen.folder_id == found.id))
        found.uid_validity, found.last_uid = uid_validity, 0
    session.flush()
    return found.id, found.last_uid


def see(session: Session, folder_id: int, uids: Collection[int], at: datetime) -> None:
    """Note UIDs: from now on each has a fate."""
    if not uids:
        return
    rows = [
        {"folder_id": folder_id, "uid": uid, "fate": Fate.SEEN, "seen_at": at, "strikes": 0, "next_try_at": at,
         "reason": ""}
        for uid in sorted(uids)
    ]  # fmt: skip
    session.execute(_SEE[session.get_bind().dialect.name], rows)
    session.execute(
        sa.update(MailFolder)
        .where(MailFolder.id == folder_id, MailFolder.last_uid < max(uids))
        .values(last_uid=max(uids))
    )


def unsettled(session: Session, folder_id: int) -> dict[int, Fate]:
    """Every UID with a row, and its fate so far."""
    rows = session.execute(sa.select(_seen.c.uid, _seen.c.fate).where(_seen.c.folder_id == folder_id))
    return {uid: Fate(fate) for uid, fate in rows}


def due(session: Session, folder_id: int, at: datetime, *, limit: int) -> list[Seen]:
    """Mails to take now: those that never failed first, so that one that fails delays nobody."""
    rows = session.execute(
        sa.select(_seen.c.uid, _seen.c.strikes)
        .where(_seen.c.folder_id == folder_id, _seen.c.fate == Fate.SEEN, _seen.c.next_try_at <= at)
        .order_by(_seen.c.strikes, _seen.c.uid)
        .limit(limit)
    )
    return [Seen(uid, Fate.SEEN, strikes) for uid, strikes in rows]


def pending(session: Session, folder_id: int) -> list[int]:
    """Mails that are durable here and still to be marked on the server."""
    wanted = sa.select(_seen.c.uid).where(_seen.c.folder_id == folder_id, _seen.c.fate.in_(PENDING))
    return list(session.scalars(wanted.order_by(_seen.c.uid)))


def strikes(session: Session, folder_id: int, uids: Collection[int]) -> dict[int, int]:
    """What counts against each of these mails so far."""
    rows = session.execute(
        sa.select(_seen.c.uid, _seen.c.strikes).where(
            _seen.c.folder_id == folder_id, _seen.c.uid.in_(list(uids))
        )
    )
    return {uid: count for uid, count in rows}


# Fates.


def take(
    session: Session, blobs: Blobs, folder_id: int, mails: Sequence[tuple[int, Arrived]]
) -> dict[int, Fate]:
    """Store mails that were still to be taken, each with its delivery; the new fates."""
    locked = set(
        session.scalars(
            sa.select(_seen.c.uid)
            .where(_seen.c.folder_id == folder_id, _seen.c.fate == Fate.SEEN, _seen.c.uid.in_([u for u, _ in mails]))
            .with_for_update()
        )
    )  # fmt: skip
    fates: dict[int, Fate] = {}
    fresh: dict[tuple[str, datetime], Arrived] = {}
    for uid, mail in mails:
        if uid not in locked:
            continue
        key = (hashlib.sha256(mail.raw).hexdigest(), mail.accepted_at)
        known = key in fresh or _known(session, *key)
        fates[uid] = Fate.KNOWN if known else Fate.STORED
        if not known:
            fresh[key] = mail
    if fresh:
        deliveries.accept(session, blobs, list(fresh.values()))
        want_ring(session, queues.MAIL)
    for fate in set(fates.values()):
        _write(session, folder_id, [uid for uid, its in fates.items() if its is fate], fate=fate)
    return fates


def leave_for_review(
    session: Session,
    blobs: Blobs,
    folder_id: int,
    uid: int,
    *,
    fate: Fate,
    header: Arrived,
    reason: str,
    told: Mapping[str, str],
) -> None:
    """Put a mail that stays in its folder before a person, with its header where there is one.

    Shape: `told` is its subject and originator.
    """
    _write(session, folder_id, [uid], fate=fate, reason=reason[:LONGEST_REASON])
    key = hashlib.sha256(header.raw).hexdigest()
    if _known(session, key, header.accepted_at):
        return
    name = deliveries.accept(session, blobs, [header])[0]
    session.execute(
        sa.update(Delivery)
        .where(Delivery.arrival == name)
        .values(state=DeliveryState.QUARANTINED, processed_at=header.accepted_at, rule=str(fate),
                disposition="review", error=reason, **told)
    )  # fmt: skip


def strike(session: Session, folder_id: int, uids: Iterable[int], *, weight: int, next_try_at: datetime,
           reason: str) -> None:  # fmt: skip
    """Count a failure against mails, and when they are tried again."""
    session.execute(
        sa.update(MailSeen)
        .where(MailSeen.folder_id == folder_id, MailSeen.uid.in_(list(uids)))
        .values(strikes=MailSeen.strikes + weight, next_try_at=next_try_at, reason=reason[:LONGEST_REASON])
    )


def settle(session: Session, folder_id: int, uids: Collection[int], *, left: bool = False) -> None:
    """Forget mails that are marked on the server or gone from it; those that had to be `left` there stay known."""
    if left:
        _write(session, folder_id, list(uids), fate=Fate.LEFT)
        return
    session.execute(sa.delete(MailSeen).where(MailSeen.folder_id == folder_id, MailSeen.uid.in_(list(uids))))


def try_again(session: Session, source_id: int, at: datetime) -> int:
    """Let mails that were left for review be tried once more; how many."""
    folders = sa.select(MailFolder.id).where(MailFolder.source_id == source_id)
    changed = session.execute(
        sa.update(MailSeen)
        .where(MailSeen.folder_id.in_(folders), MailSeen.fate.in_((Fate.TOO_LARGE, Fate.UNFETCHABLE)))
        .values(fate=Fate.SEEN, strikes=0, next_try_at=at, reason=""),
        execution_options={"synchronize_session": False},
    )
    return int(getattr(changed, "rowcount", 0))


@dataclass(frozen=True, slots=True)
class Left:
    """A mail that stays in its folder, and why."""

    folder: str
    uid: int
    fate: str
    reason: str


def left(session: Session, source_id: int, *, limit: int = 50) -> list[Left]:
    """Mails of a mailbox that a person has to look at."""
    wanted = (
        sa.select(MailFolder.name, _seen.c.uid, _seen.c.fate, _seen.c.reason)
        .join(MailFolder, MailFolder.id == _seen.c.folder_id)
        .where(MailFolder.source_id == source_id, _seen.c.fate.in_((Fate.TOO_LARGE, Fate.UNFETCHABLE)))
    )
    rows = session.execute(wanted.order_by(MailFolder.name, _seen.c.uid).limit(limit))
    return [Left(*row) for row in rows]


def _write(session: Session, folder_id: int, uids: list[int], *, fate: Fate, reason: str = "") -> None:
    session.execute(
        sa.update(MailSeen)
        .where(MailSeen.folder_id == folder_id, MailSeen.uid.in_(uids))
        .values(fate=fate, reason=reason)
    )


def _known(session: Session, key: str, accepted_at: datetime) -> bool:
    """Whether this very mail came by this door before: the same bytes, taken in by the server at the same instant."""
    same = sa.select(Delivery.id).where(
        Delivery.blob_key == key, Delivery.door == DOOR, Delivery.accepted_at == accepted_at
    )
    return session.execute(same.limit(1)).first() is not None


# How reading goes.


def fetched(session: Session, source_id: int, at: datetime, *, fault: str = "") -> None:
    """Mail could be fetched: an outage, if there was one, is over. `fault` is what went wrong beside it."""
    session.execute(
        sa.update(MailSource)
        .where(MailSource.id == source_id)
        .values(fetched_at=at, failing_since=None, fault=fault[:LONGEST_REASON], ticket_id=None)
    )


def failed(session: Session, source_id: int, at: datetime, *, fault: str) -> None:
    """Reading fails, since when, and why."""
    ours = sa.update(MailSource).where(MailSource.id == source_id)
    session.execute(ours.values(fault=fault[:LONGEST_REASON]))
    session.execute(ours.where(MailSource.failing_since.is_(None)).values(failing_since=at))


def silent_since(row: MailSource) -> datetime:
    """Since when nothing was fetched."""
    return max(row.fetched_at or row.watched_since, row.watched_since)


def ages(session: Session, at: datetime) -> dict[str, float]:
    """Seconds since each mailbox was last read, by name."""
    return {row.name: max(0.0, (at - silent_since(row)).total_seconds()) for row in active(session)}


def overdue(row: MailSource, at: datetime) -> bool:
    """Whether nothing was fetched for so long that people have to know."""
    return row.active and at - silent_since(row) >= timedelta(minutes=row.alarm_minutes)
