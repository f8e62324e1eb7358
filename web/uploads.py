"""Files that come with a form or over the API, on their way into a message."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request
from sqlalchemy.orm import Session

from gateway.mail.message import Attachment
from gateway.tickets import enclosing
from gateway.tickets.enclosing import File
from web import visit


def posted(name: str) -> list[File]:
    """The files of a form's field; a field left empty has none."""
    found = []
    for each in request.files.getlist(name):
        if each.filename:
            found.append(File(each.filename, each.mimetype or "", each.read()))
    return found


def stored(rows: Session, files: Sequence[File]) -> tuple[Attachment, ...]:
    """The files as a letter carries them.

    Errors: Refused where they are too many or too large.
    """
    services = visit.services()
    return enclosing.enclosed(
        rows, services.blobs, files, most_bytes=services.settings.attachment_max_bytes, at=visit.now()
    )
