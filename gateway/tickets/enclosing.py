"""Files that engineers send along: checked, stored once, and shown on the message that carries them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import secrets
from gateway.mail import filenames
from gateway.mail.message import Attachment
from gateway.store import scans
from gateway.store.blobs import Blobs
from gateway.store.models import Attachment as AttachmentRow
from gateway.store.models import Message, table
from gateway.tickets import Refused

MOST_FILES: Final = 20
_UNNAMED: Final = "file"
_ANY_TYPE: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class File:
    """A file as somebody handed it over; nothing about it is believed."""

    name: str
    content_type: str
    content: bytes


def enclosed(
    session: Session, blobs: Blobs, files: Sequence[File], *, most_bytes: int, at: datetime
) -> tuple[Attachment, ...]:
    """The files, stored, as a letter carries them.

    Errors: Refused where they are too many, or too large together for what other servers take.
    """
    if len(files) > MOST_FILES:
        raise Refused("there are too many files")
    if sum(len(each.content) for each in files) > most_bytes:
        raise Refused("the files are too large for a mail")
    keys = blobs.put_many(session, [each.content for each in files], at) if files else []
    return tuple(
        Attachment(
            filename=filenames.safe(each.name) or _UNNAMED,
            content_type=(each.content_type or _ANY_TYPE)[:255],
            content=each.content,
            sha256=key,
        )
        for each, key in zip(files, keys, strict=True)
    )


def attach(session: Session, message_id: int, files: Sequence[Attachment]) -> list[int]:
    """Show stored files on a message and have them scanned; their rows, in order."""
    rows = [
        {"token": secrets.random_token(), "message_id": message_id, "filename": each.filename[:255],
         "content_type": each.content_type[:255], "size_bytes": len(each.content), "blob_key": each.sha256,
         "inline": False, "content_id": ""}
        for each in files
    ]  # fmt: skip
    if not rows:
        return []
    said_at = session.execute(sa.select(Message.at).where(Message.id == message_id)).scalar_one()
    scans.ask(session, [each.sha256 for each in files], said_at)
    made = table(AttachmentRow).insert().returning(table(AttachmentRow).c.id, sort_by_parameter_order=True)
    return list(session.execute(made, rows).scalars())
