"""What engineers do to AWS Support cases of a ticket. Nothing is called here: rows say what is to be written (P6)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import queues
from gateway.domain import case_severity, case_text
from gateway.domain.lifecycle import EventKind, Status
from gateway.mail.message import Attachment, Kind
from gateway.store.models import (
    AccountState,
    AwsAccount,
    AwsCase,
    AwsWrite,
    Direction,
    Engineer,
    Message,
    Ticket,
    WriteKind,
    WriteState,
    table,
)
from gateway.store.session import want_ring
from gateway.tickets import NotFound, Refused, case_settling, case_writes, enclosing, messages, scanned
from gateway.tickets.case_drafts import ISSUE_TYPES, LANGUAGES, CaseDraft, language_of
from gateway.tickets.case_writes import Item
from gateway.tickets.changes import actor, finish, locked
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry

REOPENS_WITHIN: Final = timedelta(days=14)
"""How long after its resolution AWS takes further words on a case (AWS Support User Guide, "Reopening a case")."""
RESOLVED: Final = "resolved"
_CASE_ID: Final = re.compile(r"case-[0-9]{12}-[A-Za-z0-9-]{1,80}")
_STUCK: Final = (WriteState.FAILED, WriteState.ASKED)
_OVER: Final = (WriteState.SENT, WriteState.CANCELLED)
_MOVING: Final = (WriteState.SENDING, WriteState.UNKNOWN)
_BLOCKED: Final = {
    AccountState.NO_PLAN: "AWS Support takes no cases by API from this account: it has no support plan for that",
    AccountState.ROLE_BROKEN: "the role in this account does not let the desk in",
    AccountState.SUSPENDED: "AWS has suspended this account",
}


def open_case(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, draft: CaseDraft,
              files: Sequence[Attachment] = (), at: datetime) -> int:  # fmt: skip
    """Open a case with AWS once the undo time has passed; the id of the write.

    Shape: `files` are new, stored already, beside those of the draft.
    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    _not_closed(ticket)
    account = _account(session, ticket, draft.account_id)
    _sensible(draft, account)
    subject = case_text.subject(draft.subject, head.number(ticket_id))
    message_id = _message(session, ticket, author, subject=subject, text=draft.body.strip(), at=at)
    payload = {
        "subject": subject,
        "service": draft.service,
        "category": draft.category,
        "severity": case_severity.granted(draft.severity, account.severities),
        "wanted": draft.severity,
        "language": draft.language,
        "issue_type": draft.issue_type,
    }
    item = Item(
        WriteKind.CREATE, account.account_id, draft.body, draft.language, payload, message_id=message_id,
        engineer_id=author.id,
        attachment_ids=_enclosed(session, head, message_id, [*draft.attachment_ids, *files]),
    )  # fmt: skip
    return _put(session, head, ticket, item, author=author, at=at)


def answer_case(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, case: int, text: str,
                attachment_ids: Sequence[int | Attachment] = (), at: datetime) -> int:  # fmt: skip
    """Say something on a case once the undo time has passed; the id of the first write.

    A resolved case is reopened by it within 14 days, later a related one is to be opened. Shape: a file of
    the ticket is named by its row, a new one is stored already.
    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    row = _open_case(session, ticket, case, at)
    if not text.strip():
        raise Refused("a message to AWS needs a text")
    message_id = _message(session, ticket, author, subject=row.subject, text=text.strip(), at=at)
    item = Item(
        WriteKind.COMMUNICATION, row.account_id, text, row.language, aws_case_id=row.id, message_id=message_id,
        engineer_id=author.id, attachment_ids=_enclosed(session, head, message_id, attachment_ids),
    )  # fmt: skip
    return _put(session, head, ticket, item, author=author, at=at)


def resolve_case(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, case: int,
                 at: datetime) -> int:  # fmt: skip
    """Resolve a case at AWS once the undo time has passed; the id of the write.

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    row = case_of(session, ticket_id, case)
    if row.status == RESOLVED:
        raise Refused("this case is resolved already")
    item = Item(WriteKind.RESOLVE, row.account_id, "", aws_case_id=row.id, engineer_id=author.id)
    return _put(session, head, ticket, item, author=author, at=at)


def release(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, message_id: int, case: int,
            at: datetime) -> int:  # fmt: skip
    """Pass on to AWS what a customer newly wrote in a message, with its files; the id of the first write.

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    _not_closed(ticket)
    row = _open_case(session, ticket, case, at)
    message = session.get(Message, message_id)
    if message is None or message.ticket_id != ticket_id:
        raise NotFound(f"ticket {ticket_id} has no message {message_id}")
    if message.direction != Direction.INBOUND or message.held or message.kind != Kind.HUMAN:
        raise Refused("only what a customer wrote on this ticket goes to AWS")
    if on_its_way(session, row.id, message_id):
        raise Refused("AWS has this message, or gets it soon")
    item = passed_on(row, message, engineer_id=author.id)
    return _put(session, head, ticket, item, author=author, at=at)


def set_relay(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, case: int, on: bool,
              at: datetime) -> None:  # fmt: skip
    """Let what the customer writes go to AWS by itself from now on, or no longer.

    Errors: NotFound.
    """
    ticket = locked(session, ticket_id)
    row = case_of(session, ticket_id, case)
    if row.relay is on:
        return
    row.relay = on
    told = {"what": "relay-on" if on else "relay-off", "case": row.id}
    finish(session, head, ticket, [Entry(EventKind.AWS_CASE, at, actor(author), told)], at=at)


def cancel_write(
    session: Session, head: Letterhead, write_id: int, *, author: Engineer, at: datetime
) -> None:
    """Take back what has not gone to AWS, or give up what stopped and waits for a person, with the parts after it.

    What AWS has of it, or turns out to have, stays there and is shown.
    Errors: NotFound, Refused where AWS has it, or the desk is finding out.
    """
    ticket, row = _written(session, write_id)
    parts = case_writes.of_message(session, row)
    left = [each for each in parts if each.state not in _OVER]
    stopped = any(each.state in _STUCK for each in left)
    sent = any(each.state == WriteState.SENT or each.sends for each in parts)
    if row not in left or any(each.state in _MOVING for each in left) or (sent and not stopped):
        raise Refused("AWS has this, or may have it")
    for each in left:
        each.state, each.settled_at = WriteState.CANCELLED, at
    what = "given-up" if sent else "cancelled"
    finish(session, head, ticket, [case_writes.entry(left[0], what, by=actor(author), at=at)], at=at)


def retry_write(session: Session, head: Letterhead, write_id: int, *, author: Engineer, at: datetime) -> None:
    """Send again what failed, or what a person has found that AWS does not have.

    Errors: NotFound, Refused.
    """
    ticket, row = _written(session, write_id)
    if row.state not in _STUCK:
        raise Refused("this is on its way or done")
    row.state, row.due_at, row.sends, row.looks, row.fault = WriteState.QUEUED, at, 0, 0, ""
    row.settled_at = None
    want_ring(session, queues.AWS)
    finish(session, head, ticket, [case_writes.entry(row, "again", by=actor(author), at=at)], at=at)


def settle_write(session: Session, head: Letterhead, write_id: int, *, author: Engineer, case_id: str = "",
                 at: datetime) -> None:  # fmt: skip
    """Take a person's word that AWS has what stayed unclear; `case_id` is AWS's name of a case that was opened.

    Errors: NotFound, Refused.
    """
    ticket, row = _written(session, write_id)
    if row.state not in _STUCK:
        raise Refused("this is on its way or done")
    if row.kind == WriteKind.CREATE and not _CASE_ID.fullmatch(case_id.strip()):
        raise Refused("a case of AWS is named like case-111122223333-muen-2026-0123456789abcdef")
    done = case_settling.Done(case_id.strip())
    case_settling.sent(session, head, ticket, row, done=done, by=actor(author), at=at)


def case_of(session: Session, ticket_id: int, case: int) -> AwsCase:
    """A case of a ticket, with its row locked. The caller holds the ticket's row.

    Errors: NotFound.
    """
    row = session.get(AwsCase, case, with_for_update={"of": AwsCase}, populate_existing=True)
    if row is None or row.ticket_id != ticket_id:
        raise NotFound(f"ticket {ticket_id} has no case {case}")
    return row


def takes_words(case: AwsCase, at: datetime) -> bool:
    """Whether AWS takes further words on a case; a resolved one is reopened by them for 14 days."""
    return case.resolved_at is None or at - case.resolved_at <= REOPENS_WITHIN


def on_its_way(session: Session, case: int, message_id: int) -> bool:
    """Whether a message went, or is to go, to a case."""
    found = sa.select(AwsWrite.id).where(
        AwsWrite.aws_case_id == case,
        AwsWrite.message_id == message_id,
        AwsWrite.state != WriteState.CANCELLED,
    )
    return session.execute(found.limit(1)).first() is not None


def passed_on(case: AwsCase, message: Message, *, engineer_id: int | None = None) -> Item:
    """A customer's message as it goes to AWS: what they newly wrote, and their files."""
    files = [each.id for each in message.attachments if not each.inline][: case_writes.MOST_FILES]
    return Item(
        WriteKind.COMMUNICATION, case.account_id, message.new_text.strip() or message.text, case.language,
        aws_case_id=case.id, message_id=message.id, engineer_id=engineer_id, attachment_ids=files,
    )  # fmt: skip


def _put(
    session: Session, head: Letterhead, ticket: Ticket, item: Item, *, author: Engineer, at: datetime
) -> int:
    write_id = case_writes.put(session, head, ticket, item, due_at=at + head.undo, at=at)
    told = case_writes.asked(session, write_id, item, by=actor(author), at=at)
    finish(session, head, ticket, told, at=at)
    return write_id


def _written(session: Session, write_id: int) -> tuple[Ticket, AwsWrite]:
    """A write and its ticket, both locked, the ticket first as every verb does."""
    ticket_id = session.scalar(sa.select(AwsWrite.ticket_id).where(AwsWrite.id == write_id))
    if ticket_id is None:
        raise NotFound(f"nothing {write_id} is written to AWS")
    ticket = locked(session, ticket_id)
    return ticket, case_writes.locked(session, ticket_id, write_id)


def _not_closed(ticket: Ticket) -> None:
    if ticket.status == Status.CLOSED:
        raise Refused("a closed ticket is final")


def _open_case(session: Session, ticket: Ticket, case: int, at: datetime) -> AwsCase:
    row = case_of(session, ticket.id, case)
    if not takes_words(row, at):
        raise Refused("AWS reopens a case for 14 days only: open a related one")
    return row


def _account(session: Session, ticket: Ticket, account_id: str) -> AwsAccount:
    account = session.get(AwsAccount, account_id)
    if account is None or ticket.customer_id is None or account.customer_id != ticket.customer_id:
        raise Refused("that is no account of this customer")
    if not account.role_arn:
        raise Refused("the desk has no role in this account")
    if account.state in _BLOCKED:
        raise Refused(_BLOCKED[AccountState(account.state)])
    return account


def _sensible(draft: CaseDraft, account: AwsAccount) -> None:
    if not draft.subject.strip() or not draft.body.strip():
        raise Refused("a case needs a subject and a text")
    if not draft.service.strip() or not draft.category.strip():
        raise Refused("a case needs a service and a category")
    if draft.severity not in case_severity.CODES:
        raise Refused("there is no such severity")
    if draft.language not in LANGUAGES:
        raise Refused("AWS Support does not know this language")
    if draft.issue_type not in ISSUE_TYPES:
        raise Refused("a case is technical or about the account")
    if draft.issue_type != "technical" and account.partner_led:
        raise Refused(
            "AWS takes no account or billing case from a partner's customer: that is ours to answer"
        )


def _enclosed(
    session: Session, head: Letterhead, message_id: int, files: Sequence[int | Attachment]
) -> list[int]:
    """The rows of files; new ones are shown on the message that takes them to AWS, once the scanner was asked."""
    new = [each for each in files if isinstance(each, Attachment)]
    scanned.refuse(session, head, new)
    return [*(each for each in files if isinstance(each, int)), *enclosing.attach(session, message_id, new)]


def _message(
    session: Session, ticket: Ticket, author: Engineer, *, subject: str, text: str, at: datetime
) -> int:
    row = messages.blank(ticket.id, Direction.TO_AWS, at) | {
        "author_name": author.name, "author_email": author.email, "engineer_id": author.id, "subject": subject[:500],
        "text": text, "new_text": text, "language": language_of(ticket), "authenticated": True,
    }  # fmt: skip
    made: int = session.execute(table(Message).insert().returning(table(Message).c.id), row).scalar_one()
    return made
