"""Files for AWS: only what the scanner has nothing against, in a set that is built just before it is used.

A set that nobody uses ends by itself after an hour, so building one twice does no harm.

Source: AWS Support API reference, AddAttachmentsToSet (3 files of 5 MB, one hour).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.aws.faults import Fault, Kind
from gateway.aws.parts import Account, Parts
from gateway.store import scans
from gateway.store.blobs import Missing
from gateway.store.models import Attachment, ScanState
from gateway.tickets.letterhead import Letterhead

SCANNED_WITHIN: Final = timedelta(minutes=10)
"""How long a write waits for the scanner before it goes without the file."""
SETS_GONE: Final = frozenset({"AttachmentSetExpired", "AttachmentSetIdNotFound"})


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a write as they stand.

    Shape: `keys` are blobs by file name; `withheld` are rows that must not go; `waits` says that the scanner still
    looks at one.
    """

    keys: tuple[tuple[str, str], ...] = ()
    withheld: tuple[int, ...] = ()
    waits: bool = False


def files(
    session: Session, head: Letterhead, attachment_ids: Sequence[int], *, since: datetime, at: datetime
) -> Files:
    """What may go of some files; `since` is from when on the scanner had its time.

    Where there is a scanner only what it calls clean goes, else all but what is known to be infected.
    """
    if not attachment_ids:
        return Files()
    wanted = sa.select(Attachment).where(Attachment.id.in_(attachment_ids)).order_by(Attachment.id)
    rows = session.scalars(wanted).all()
    states = scans.states(session, [row.blob_key for row in rows])
    patience = min(head.scan_patience, SCANNED_WITHIN)
    fit = [ScanState.CLEAN] if patience else [ScanState.CLEAN, ScanState.NOT_SCANNED, ScanState.FAILED]
    waiting = patience and any(state is ScanState.NOT_SCANNED for state in states.values())
    return Files(
        tuple((row.filename, row.blob_key) for row in rows if states[row.blob_key] in fit),
        tuple(row.id for row in rows if states[row.blob_key] not in fit),
        bool(waiting) and at - since < patience,
    )


def attachment_set(parts: Parts, account: Account, chosen: Files) -> str:
    """The name of a fresh set with the files; empty for none.

    Errors: `faults.Fault`, which is ours where a file cannot be had.
    """
    if not chosen.keys:
        return ""
    keys = [key for _, key in chosen.keys]
    with parts.reading() as session:
        small = parts.blobs.get_small(session, keys)
    contents = {key: small[key] if key in small else _large(parts, key) for key in keys}
    data = [{"fileName": name, "data": contents[key]} for name, key in chosen.keys]
    answer = parts.clients.call(account, "support", "add_attachments_to_set", attachments=data)
    return str(answer["attachmentSetId"])


def _large(parts: Parts, key: str) -> bytes:
    try:
        return parts.blobs.get_large(key)
    except Missing:
        raise Fault(Kind.REFUSED, "FileMissing") from None
    except OSError as fault:
        raise Fault(Kind.UNREACHED, "FilesAway", type(fault).__name__) from None
