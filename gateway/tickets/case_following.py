"""A ticket follows its AWS Support cases: adopted from the console, what is said in them shown and passed on (P6).

Nothing here moves a ticket's status or pauses a clock: what AWS answers is for a person to judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import queues
from gateway.domain import support_case
from gateway.domain.lifecycle import EventKind, Status
from gateway.domain.support_case import Communication
from gateway.store import session as sessions
from gateway.store.models import (
    Author,
    AwsAccount,
    AwsCase,
    AwsCommunication,
    AwsStream,
    Direction,
    Engineer,
    Message,
    Stream,
    Ticket,
    table,
)
from gateway.store.queries import cases
from gateway.tickets import Refused, case_files, case_letters, messages
from gateway.tickets.case_files import CaseFile
from gateway.tickets.case_letters import Word
from gateway.tickets.changes import actor, finish, locked
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry

CONSOLE: Final = "console"
"""The origin of a case that was not made by the desk."""
UNSEEN: Final = "wanted:"
"""What the identifier of an adopted case begins with until it was read for the first time."""
_LONGEST: Final = 40
_MESSAGE: Final = table(Message).insert().returning(table(Message).c.id)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A communication that is new to the desk.

    Shape: `occurrence` is its place among equals; `write_id` and `message_id` are the write of ours that made it and
    how that stands on the ticket; of one that is `quiet` nobody is told, since it was there before the desk followed.
    """

    said: Communication
    occurrence: int
    author: Author
    write_id: int | None = None
    message_id: int | None = None
    files: tuple[CaseFile, ...] = ()
    quiet: bool = False


def adopt(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, account_id: str, case_ref: str,
          at: datetime) -> int:  # fmt: skip
    """Let a ticket follow a case made in the console, named as AWS or as people name it; the case's row.

    A case that was not seen yet is looked for at once. What was said before is shown, and nobody is mailed about it.
    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    reference = case_ref.strip()
    if ticket.status == Status.CLOSED:
        raise Refused("a closed ticket is final")
    account = session.get(AwsAccount, account_id)
    if account is None or ticket.customer_id is None or account.customer_id != ticket.customer_id:
        raise Refused("that is no account of this ticket's customer")
    if not account.role_arn:
        raise Refused("the desk has no role in this account")
    named = cases.by_reference(session, account_id, reference) or _unseen(session, account_id, reference, at)
    case = session.get_one(AwsCase, named.id, with_for_update={"of": AwsCase}, populate_existing=True)
    if case.ticket_id == ticket_id:
        return case.id
    if case.ticket_id is not None:
        raise Refused("this case stands on ticket %(ticket)s", ticket=head.number(case.ticket_id))
    case.ticket_id, case.origin, case.read_whole_at = ticket_id, CONSOLE, None
    ticket.aws_awaits_since = awaited(session, ticket_id)
    told = data(case, "adopted") | {"account": account_id}
    finish(session, head, ticket, [Entry(EventKind.AWS_CASE, at, actor(author), told)], at=at)
    _hasten(session, account_id, at)
    return case.id


def take_communications(session: Session, head: Letterhead, ticket_id: int, *, case: AwsCase,
                        arrived: Sequence[Arrived], at: datetime) -> list[int]:  # fmt: skip
    """Show what was said in a case on its ticket and pass it on; the rows of the communications, in order.

    AWS's words go to the ticket's people, what somebody wrote in the console to the others; what we wrote to nobody.
    On a closed ticket all of it happens too, and everybody above its engineer is told.
    Errors: NotFound.
    """
    ticket = locked(session, ticket_id)
    rows: list[int] = []
    entries: list[Entry] = []
    told: list[Word] = []
    for each in arrived:
        row = _keep(session, ticket, case, each)
        rows.append(row.id)
        if each.write_id is None:  # that one of ours was sent is in the log already
            entries.append(_said_entry(row, "history" if each.quiet else "received", at))
        if not each.quiet and each.author is not Author.US:
            told.append(case_files.word_of(row, each.files))
    finish(session, head, ticket, entries, at=at)
    for row_id in rows:
        case_files.note_infected(session, head, ticket_id, communication_id=row_id, at=at)
    for word in told:
        sent = case_letters.pass_on(session, head, ticket, case=case, word=word, at=at)
        _tell_said(session, head, ticket, case=case, word=word, sent=sent, at=at)
    return rows


def take_communication(session: Session, head: Letterhead, ticket_id: int, *, case: AwsCase, arrived: Arrived,
                       at: datetime) -> int:  # fmt: skip
    """As `take_communications`, for a single one. Errors: NotFound."""
    return take_communications(session, head, ticket_id, case=case, arrived=[arrived], at=at)[0]


def take_edit(session: Session, head: Letterhead, ticket_id: int, *, row: AwsCommunication, said: Communication,
              at: datetime) -> None:  # fmt: skip
    """Show a communication as AWS has it now, since AWS takes secrets out of what was written; nobody is told.

    Errors: NotFound.
    """
    ticket = locked(session, ticket_id)
    row.body, row.body_digest, row.edited_at = said.body, support_case.digest(said.body), at
    if row.message_id is not None and row.write_id is None:
        shown = sa.update(Message).where(Message.id == row.message_id)
        session.execute(shown.values(text=said.body, new_text=said.body))
    finish(session, head, ticket, [_said_entry(row, "edited", at)], at=at)


def awaited(session: Session, ticket_id: int) -> datetime | None:
    """Since when AWS awaits an answer in a case of a ticket, as its cases say now."""
    session.flush()
    return cases.awaiting_since(session, ticket_id)


def data(case: AwsCase, what: str) -> dict[str, object]:
    """What the log keeps of something that happened to a case."""
    return {"what": what, "case": case.id}


def _unseen(session: Session, account_id: str, reference: str, at: datetime) -> AwsCase:
    """The row of a case that is yet to be looked for. Errors: Refused."""
    by_name = reference.startswith("case-")
    fits = by_name or len(reference) <= _LONGEST
    if not reference or not fits or len(reference) > 100 or not reference.isascii():  # noqa: PLR2004  the column
        raise Refused("a case needs its identifier or its number")
    if not reference.replace("-", "").isalnum():
        raise Refused("a case needs its identifier or its number")
    case_id = reference if by_name else f"{UNSEEN}{account_id}:{reference}"
    row = AwsCase(account_id=account_id, case_id=case_id, display_id="" if by_name else reference, origin=CONSOLE,
                  opened_at=at, seen_at=at)  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _hasten(session: Session, account_id: str, at: datetime) -> None:
    """Let the account's cases be read now."""
    rows = sa.update(table(AwsStream)).where(
        table(AwsStream).c.account_id == account_id, table(AwsStream).c.what == str(Stream.CASES)
    )
    session.execute(rows.values(due_at=at))
    sessions.want_ring(session, queues.AWS)


def _keep(session: Session, ticket: Ticket, case: AwsCase, each: Arrived) -> AwsCommunication:
    """The row of a communication, with its files and, where it has none yet, its message."""
    message_id = each.message_id
    if message_id is None:
        message_id = session.execute(_MESSAGE, _message(ticket, case, each)).scalar_one()
    row = AwsCommunication(
        aws_case_id=case.id, at=each.said.at, submitted_by=each.said.submitted_by, occurrence=each.occurrence,
        author=each.author, body=each.said.body, body_digest=support_case.digest(each.said.body),
        message_id=message_id, write_id=each.write_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    if each.write_id is None:  # the files of a write are on its message already
        case_files.keep(session, row, each.files)
    return row


def _message(ticket: Ticket, case: AwsCase, each: Arrived) -> dict[str, Any]:
    direction = Direction.FROM_AWS if each.author is Author.AWS else Direction.TO_AWS
    name, email = support_case.who(each.said.submitted_by)
    return messages.blank(ticket.id, direction, each.said.at) | {
        "author_name": name[:200],
        "author_email": email[:320],
        "subject": case.subject[:500],
        "text": each.said.body,
        "new_text": each.said.body,
        "language": case.language[:10],
        "authenticated": True,
        "authentication": {"source": "aws-case"},
    }


def _tell_said(session: Session, head: Letterhead, ticket: Ticket, *, case: AwsCase, word: Word, sent: bool,
               at: datetime) -> None:  # fmt: skip
    names = [each.filename for each in word.files] + [name for name, _ in word.unsent]
    case_letters.tell_engineers(
        session, head, ticket, case=case, what="console" if word.who else "replied", key=word.key, at=at,
        words={"text": word.text, "author": word.who or None, "files": ", ".join(names)[:500] or None,
               "sent": sent},
    )  # fmt: skip


def _said_entry(row: AwsCommunication, what: str, at: datetime) -> Entry:
    told = {"what": what, "case": row.aws_case_id, "communication": row.id, "message": row.message_id,
            "author": str(row.author)}  # fmt: skip
    return Entry(EventKind.AWS_MESSAGE, at, "system", told)
