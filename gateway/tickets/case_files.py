"""Files of what was said in AWS Support cases: shown on the message, sent along, or following later by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain import support_case
from gateway.domain.lifecycle import EventKind
from gateway.mail.message import Attachment
from gateway.store import scans
from gateway.store.models import Attachment as AttachmentRow
from gateway.store.models import (
    Author,
    AwsAttachment,
    AwsCase,
    AwsCommunication,
    Outbox,
    ScanState,
    table,
)
from gateway.tickets import case_letters, enclosing, scanned
from gateway.tickets.case_letters import Word
from gateway.tickets.changes import finish, locked
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry

WAITING: Final = ("wanted", "scanning")
"""Files that may still be sent."""
_FILE: Final = table(AwsAttachment).insert()


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of a communication as far as it came.

    Shape: `state` is wanted, scanning, fetched, too-large, gone, infected or unscanned; `content` where it came,
    stored already. What waits for the scanner is shown, and is sent once there is its word.
    """

    attachment_id: str
    name: str
    state: str = "wanted"
    content: Attachment | None = None


def judged(session: Session, head: Letterhead, file: CaseFile, *, patient: bool = True) -> CaseFile:
    """The file as it may be sent now, by the scanner's word where there is a scanner.

    Shape: not `patient` where the scanner had its time and said nothing.
    """
    if file.content is None:
        return file
    verdict = scans.states(session, [file.content.sha256])[file.content.sha256]
    if verdict is ScanState.INFECTED:
        return replace(file, state="infected")
    if verdict is ScanState.CLEAN or head.scan_patience <= timedelta():
        return replace(file, state="fetched")
    if verdict is ScanState.NOT_SCANNED and patient:
        return replace(file, state="scanning")
    return replace(file, state="unscanned" if head.scan_required else "fetched")


def keep(session: Session, row: AwsCommunication, files: Sequence[CaseFile]) -> None:
    """Name the files of a communication, and show those that came on its message."""
    for each in files:
        session.execute(
            _FILE,
            {"communication_id": row.id, "attachment_id": each.attachment_id[:255], "filename": each.name[:255],
             "state": each.state, "file_id": _shown(session, row, each)},
        )  # fmt: skip


def arrive(
    session: Session, head: Letterhead, ticket_id: int, *, row_id: int, file: CaseFile, at: datetime
) -> None:
    """Show a file that came later than its communication, or never will; who was sent the one gets the other.

    Errors: NotFound.
    """
    ticket = locked(session, ticket_id)
    row = session.get_one(AwsAttachment, row_id, with_for_update=True, populate_existing=True)
    if row.state not in WAITING or row.state == file.state:
        return
    said = session.get_one(AwsCommunication, row.communication_id)
    case = session.get_one(AwsCase, said.aws_case_id)
    if row.file_id is None:
        row.file_id = _shown(session, said, file)
    row.state = file.state
    told = {
        "what": f"file-{row.state}",
        "case": case.id,
        "message": said.message_id,
        "communication": said.id,
    }
    finish(session, head, ticket, [Entry(EventKind.AWS_MESSAGE, at, "system", told)], at=at)
    note_infected(session, head, ticket_id, communication_id=said.id, at=at)
    if row.state in WAITING:
        return
    if _was_sent(session, said):
        word = word_of(said, [file], key=f"{said.id}:{row.id}")
        case_letters.pass_on_file(session, head, ticket, case=case, word=word, at=at)
    if row.state != "fetched":
        case_letters.tell_engineers(
            session, head, ticket, case=case, what="file", key=str(row.id), words={"files": file.name}, at=at
        )


def note_infected(
    session: Session, head: Letterhead, ticket_id: int, *, communication_id: int, at: datetime
) -> None:
    """Note on the ticket what is known to be infected of a communication's files; the scanner may know it already."""
    found = session.execute(
        sa.select(AttachmentRow.id, AttachmentRow.message_id, AttachmentRow.filename, AttachmentRow.blob_key)
        .join(AwsAttachment, AwsAttachment.file_id == AttachmentRow.id)
        .where(AwsAttachment.communication_id == communication_id, AwsAttachment.state == "infected")
        .order_by(AttachmentRow.id)
    ).all()
    names = scans.infected(session, [each.blob_key for each in found])
    for each in found:
        words = f"{each.filename}: {names.get(each.blob_key, '')}"
        scanned.note(
            session, head, ticket_id, attachment_id=each.id, message_id=each.message_id, words=words, at=at
        )


def word_of(row: AwsCommunication, files: Sequence[CaseFile], *, key: str = "") -> Word:
    """A stored communication as letters pass it on."""
    name, email = support_case.who(row.submitted_by)
    in_console = row.author == Author.CONSOLE
    return Word(
        key=key or str(row.id),
        message_id=row.message_id or 0,
        text=row.body,
        at=row.at,
        who=name if in_console else "",
        email=email if in_console else "",
        files=tuple(_sendable(files)),
        unsent=tuple(
            (each.name, "later" if each.state in WAITING else each.state)
            for each in files
            if each.state != "fetched"
        ),
    )


def _sendable(files: Iterable[CaseFile]) -> Iterable[Attachment]:
    return [each.content for each in files if each.content is not None and each.state == "fetched"]


def _shown(session: Session, row: AwsCommunication, file: CaseFile) -> int | None:
    """The file on the message, where it came."""
    if file.content is None or row.message_id is None:
        return None
    return enclosing.attach(session, row.message_id, [file.content])[0]


def _was_sent(session: Session, row: AwsCommunication) -> bool:
    """Whether a letter passed the communication on: to what was there before the desk followed, none did."""
    letter = sa.select(Outbox.id).where(Outbox.occasion == case_letters.occasion_of(str(row.id)))
    return session.execute(letter).first() is not None
