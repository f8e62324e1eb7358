"""What is to be written to AWS, as rows: parts that fit, each with its marker, before anything is called.

Parts of one text share a message and go in order; so does all that goes to one case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import queues, secrets
from gateway.domain import case_text
from gateway.domain.lifecycle import EventKind
from gateway.store.models import Attachment, AwsWrite, Message, Ticket, WriteKind, WriteState, table
from gateway.store.session import want_ring
from gateway.tickets import NotFound, Refused
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry

FILES_PER_SET: Final = 3
FILE_BYTES: Final = 5 * 1024 * 1024
MOST_FILES: Final = 20
UNDECIDED: Final = (WriteState.QUEUED, WriteState.SENDING, WriteState.UNKNOWN)
_WRITE: Final = table(AwsWrite).insert().returning(table(AwsWrite).c.id)
_FILES: Final = {"en": "Attached: {}", "zh": "附件：{}"}
_TOO_LARGE: Final = {
    "en": "Not attached because of its size: {}. We can provide it another way if you need it.",
    "zh": "因文件过大未随附：{}。如有需要，我们可以通过其他方式提供。",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to say to AWS, of any length.

    Shape: `payload` is what the first call says beside the text; `language` that of the words we add.
    """

    kind: WriteKind
    account_id: str
    text: str
    language: str = "en"
    payload: Mapping[str, Any] = field(default_factory=dict)
    aws_case_id: int | None = None
    message_id: int | None = None
    engineer_id: int | None = None
    attachment_ids: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """One call's share of a text; without a text of its own it only brings further files."""

    index: int
    of: int
    text: str | None
    files: Sequence[Attachment]


def put(
    session: Session, head: Letterhead, ticket: Ticket, item: Item, *, due_at: datetime, at: datetime
) -> int:
    """Write the rows of one thing to say; the id of its first.

    Errors: Refused where it is too long or names files that are not the ticket's.
    """
    files = _chosen(session, ticket.id, item.attachment_ids)
    text = "\n\n".join([item.text.strip(), *_too_large(files, item.language)])
    pieces = case_text.split(text)
    if len(pieces) > case_text.MOST_PARTS:
        raise Refused("this text is too long for AWS: send it as a file")
    small = [each for each in files if 0 < each.size_bytes <= FILE_BYTES]
    sets = [small[start : start + FILES_PER_SET] for start in range(0, len(small), FILES_PER_SET)]
    said = [("", ())] if item.kind is WriteKind.RESOLVE else list(zip_longest(pieces, sets))
    parts = [_Part(index, len(said), piece, held or ()) for index, (piece, held) in enumerate(said, start=1)]
    ids = [_insert(session, head, ticket, item, part=each, due_at=due_at, at=at) for each in parts]
    want_ring(session, queues.AWS)
    return ids[0]


def locked(session: Session, ticket_id: int, write_id: int) -> AwsWrite:
    """A write of a ticket, with its row locked. The caller holds the ticket's row.

    Errors: NotFound.
    """
    found = session.get(AwsWrite, write_id, with_for_update={"of": AwsWrite}, populate_existing=True)
    if found is None or found.ticket_id != ticket_id:
        raise NotFound(f"ticket {ticket_id} writes nothing {write_id} to AWS")
    return found


def of_message(session: Session, write: AwsWrite) -> list[AwsWrite]:
    """All parts of what a write belongs to, in order, with their rows locked."""
    if write.message_id is None:
        return [write]
    same = [AwsWrite.message_id == write.message_id, AwsWrite.ticket_id == write.ticket_id]
    if write.kind == WriteKind.COMMUNICATION and write.aws_case_id is not None:
        same.append(AwsWrite.aws_case_id == write.aws_case_id)
    found = sa.select(AwsWrite).where(*same).order_by(AwsWrite.id).with_for_update()
    return list(session.scalars(found.execution_options(populate_existing=True)))


def entry(write: AwsWrite, what: str, *, by: str, at: datetime, **more: object) -> Entry:
    """How the log says what became of a write."""
    kind = EventKind.AWS_MESSAGE if write.kind == WriteKind.COMMUNICATION else EventKind.AWS_CASE
    told: dict[str, object] = {"what": what, "write": write.id}
    told |= {"case": write.aws_case_id} if write.aws_case_id is not None else {}
    told |= {"message": write.message_id} if write.message_id is not None else {}
    return Entry(kind, at, by, told | more)


def asked(session: Session, write_id: int, item: Item, *, by: str, at: datetime) -> list[Entry]:
    """How the log says that something is on its way, and which of its files AWS does not take."""
    write = session.get_one(AwsWrite, write_id, populate_existing=True)
    chosen = sa.select(Attachment.id).where(Attachment.id.in_(item.attachment_ids))
    large = list(session.scalars(chosen.where(Attachment.size_bytes > FILE_BYTES).order_by(Attachment.id)))
    named = [entry(write, "too-large", by=by, at=at, files=large)] if large else []
    return [entry(write, "asked", by=by, at=at), *named]


def installation(head: Letterhead) -> str:
    """Five letters that tell our markers from those of another installation."""
    return secrets.sign(head.secret, "aws-marker", "installation")[:5]


def _insert(session: Session, head: Letterhead, ticket: Ticket, item: Item, *, part: _Part, due_at: datetime,
            at: datetime) -> int:  # fmt: skip
    kind = item.kind if part.index == 1 else WriteKind.COMMUNICATION
    row = {
        "account_id": item.account_id, "kind": kind, "ticket_id": ticket.id, "aws_case_id": item.aws_case_id,
        "message_id": item.message_id, "engineer_id": item.engineer_id, "marker": secrets.random_token(),
        "part": part.index, "parts": part.of, "payload": {}, "attachment_ids": [each.id for each in part.files],
        "state": WriteState.QUEUED, "created_at": at, "due_at": due_at,
    }  # fmt: skip
    write_id: int = session.execute(_WRITE, row).scalar_one()
    mark = case_text.marker(head.number(ticket.id), write_id, part.index, installation(head))
    said = part.text if part.text is not None else _in(_FILES, item.language).format(_names(part.files))
    payload = dict(item.payload) if part.index == 1 else {}
    if kind is not WriteKind.RESOLVE:
        payload["body"] = case_text.marked(said, mark, part.index, part.of)
    session.execute(sa.update(AwsWrite).where(AwsWrite.id == write_id).values(marker=mark, payload=payload))
    return write_id


def _chosen(session: Session, ticket_id: int, attachment_ids: Sequence[int]) -> list[Attachment]:
    if len(attachment_ids) > MOST_FILES:
        raise Refused("there are too many files")
    wanted = sa.select(Attachment).join(Message, Message.id == Attachment.message_id)
    found = session.scalars(wanted.where(Message.ticket_id == ticket_id, Attachment.id.in_(attachment_ids)))
    by_id = {each.id: each for each in found}
    if set(attachment_ids) - by_id.keys():
        raise Refused("that file is not on this ticket")
    return [by_id[each] for each in dict.fromkeys(attachment_ids)]


def _too_large(files: Sequence[Attachment], language: str) -> list[str]:
    large = [each for each in files if each.size_bytes > FILE_BYTES]
    return [_in(_TOO_LARGE, language).format(_names(large))] if large else []


def _names(files: Sequence[Attachment]) -> str:
    return ", ".join(f"{each.filename} ({each.size_bytes / 1024 / 1024:.1f} MB)" for each in files)


def _in(words: Mapping[str, str], language: str) -> str:
    return words["zh" if language == "zh" else "en"]
