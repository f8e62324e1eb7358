"""Files of communications: fetched outside of any transaction, kept once, tried again for two days, then given up.

Source: AWS Support API reference, DescribeAttachment: 5 MB at most, InvalidParameterValueException beyond.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from mimetypes import MimeTypes
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.aws.cases import asking
from gateway.aws.faults import Fault, Kind
from gateway.aws.parts import Account, Parts
from gateway.domain.support_case import File
from gateway.mail import filenames
from gateway.mail.message import Attachment
from gateway.store.models import Attachment as AttachmentRow
from gateway.store.models import AwsAttachment, AwsCase, AwsCommunication, Scan
from gateway.tickets import case_files
from gateway.tickets.case_files import CaseFile

MOST_AT_ONCE: Final = 5
PATIENCE: Final = timedelta(days=2)
_UNNAMED: Final = "file"
_TYPES: Final = MimeTypes(())  # the built-in table: the same answer on every machine
_TOO_LARGE: Final = "InvalidParameterValueException"
_OF_THE_ACCOUNT: Final = (Kind.NO_PLAN, Kind.ROLE, Kind.SUSPENDED, Kind.HUB, Kind.EXPIRED)


@dataclass(frozen=True, slots=True)
class _Waiting:
    id: int
    ticket_id: int
    file: CaseFile
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class _Wanted:
    id: int
    ticket_id: int
    file: File
    said_at: datetime


def fetch(parts: Parts, account: Account, files: Iterable[File]) -> list[CaseFile]:
    """Some files as far as they come now; what AWS does not hand out for the moment stays wanted.

    Errors: Fault where the account as a whole is the matter.
    """
    return [_fetched(parts, account, file) for file in list(files)[:MOST_AT_ONCE]]


def safe(name: str) -> str:
    """A file's name as it may be shown and sent."""
    return filenames.safe(name) or _UNNAMED


def stored(session: Session, parts: Parts, files: Sequence[CaseFile], at: datetime) -> tuple[CaseFile, ...]:
    """The files with their contents kept, so that rows can name them."""
    contents = [each.content for each in files if each.content is not None]
    if contents:
        parts.blobs.put_many(session, [each.content for each in contents], at)
    return tuple(case_files.judged(session, parts.head, each) for each in files)


def fetch_wanted(parts: Parts, account: Account) -> None:
    """Fetch what did not come before, and pass it on where its communication was; what is too old is given up.

    Errors: Fault where the account as a whole is the matter.
    """
    at = parts.now()
    with parts.reading() as session:
        wanted = _wanted(session, account.account_id)
    for each in wanted:
        found = _fetched(parts, account, each.file)
        if found.state == "wanted":
            if at - each.said_at < PATIENCE:
                continue
            found = replace(found, state="gone")
        with parts.transaction() as session:
            kept = stored(session, parts, [found], at)[0]
            case_files.arrive(session, parts.head, each.ticket_id, row_id=each.id, file=kept, at=at)


def pass_on_scanned(parts: Parts, account: Account) -> bool:
    """Pass on what waited for the scanner's word; whether something waits still."""
    at = parts.now()
    with parts.reading() as session:
        waiting = _waiting(session, parts, account.account_id)
    left = False
    for each in waiting:
        patient = at - each.asked_at < parts.head.scan_patience
        with parts.transaction() as session:
            kept = case_files.judged(session, parts.head, each.file, patient=patient)
            left = left or kept.state == "scanning"
            case_files.arrive(session, parts.head, each.ticket_id, row_id=each.id, file=kept, at=at)
    return left


def _fetched(parts: Parts, account: Account, file: File) -> CaseFile:
    name = safe(file.name)
    empty = CaseFile(file.attachment_id, name)
    try:
        content = asking.attachment(parts.clients, account, file.attachment_id)
    except Fault as fault:
        if fault.kind is Kind.MISSING:
            return replace(empty, state="gone")
        if fault.kind is Kind.REFUSED:
            return replace(empty, state="too-large" if fault.code == _TOO_LARGE else "gone")
        if fault.kind in _OF_THE_ACCOUNT:
            raise
        return empty
    kind = _TYPES.guess_type(name)[0] or "application/octet-stream"
    made = Attachment(name, kind, content, hashlib.sha256(content).hexdigest())
    return replace(empty, state="fetched", content=made)


def _wanted(session: Session, account_id: str) -> list[_Wanted]:
    """Files that did not come yet, of cases on tickets, the oldest first."""
    rows = session.execute(
        sa.select(
            AwsAttachment.id, AwsAttachment.attachment_id, AwsAttachment.filename, AwsCase.ticket_id,
            AwsCommunication.at,
        )
        .join(AwsCommunication, AwsCommunication.id == AwsAttachment.communication_id)
        .join(AwsCase, AwsCase.id == AwsCommunication.aws_case_id)
        .where(AwsCase.account_id == account_id, AwsAttachment.state == "wanted", AwsCase.ticket_id.is_not(None))
        .order_by(AwsAttachment.id)
        .limit(MOST_AT_ONCE)
    )  # fmt: skip
    return [_Wanted(row.id, row.ticket_id, File(row.attachment_id, row.filename), row.at) for row in rows]


def _waiting(session: Session, parts: Parts, account_id: str) -> list[_Waiting]:
    """Files that wait for the scanner, with their contents."""
    rows = session.execute(
        sa.select(
            AwsAttachment.id, AwsAttachment.attachment_id, AwsCase.ticket_id, AttachmentRow.filename,
            AttachmentRow.content_type, AttachmentRow.blob_key, Scan.asked_at,
        )
        .join(AwsCommunication, AwsCommunication.id == AwsAttachment.communication_id)
        .join(AwsCase, AwsCase.id == AwsCommunication.aws_case_id)
        .join(AttachmentRow, AttachmentRow.id == AwsAttachment.file_id)
        .join(Scan, Scan.blob_key == AttachmentRow.blob_key)
        .where(AwsCase.account_id == account_id, AwsAttachment.state == "scanning", AwsCase.ticket_id.is_not(None))
        .order_by(AwsAttachment.id)
        .limit(MOST_AT_ONCE)
    )  # fmt: skip
    return [
        _Waiting(row.id, row.ticket_id, CaseFile(row.attachment_id, row.filename, "scanning", Attachment(
            row.filename, row.content_type, parts.blobs.get(session, row.blob_key), row.blob_key
        )), row.asked_at)
        for row in rows
    ]  # fmt: skip
