"""Acts that mail the customer and may be undone for some seconds: asked for, undone, or done when they are due.

What is undone never happened: until its time comes an act is only a row, and neither log nor clock knows of it. When
it is due the verb, the end of the row and the end of its appointment are one transaction, so that it is done once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import secrets
from gateway.domain.lifecycle import InvalidTransition, Status
from gateway.domain.terms import Priority
from gateway.mail.message import Attachment
from gateway.store import appointments
from gateway.store.blobs import Blobs, Missing
from gateway.store.models import ActState, Engineer, PendingAct
from gateway.store.queries import correspondence, pending
from gateway.tickets import NotFound, Refused, handling
from gateway.tickets.changes import locked
from gateway.tickets.letterhead import Letterhead

APPOINTMENT: Final = "pending-act"
CUSTOMER_WROTE: Final = "the customer wrote meanwhile, and this would have answered what they wrote before"
FILES_GONE: Final = "a file of it is no longer there"
_THEN: Final[Mapping[str, Status | None]] = MappingProxyType(
    {"": None, "waiting": Status.WAITING_CUSTOMER, "resolve": Status.RESOLVED}
)
_ENDING: Final = frozenset({"waiting", "resolve", Status.WAITING_CUSTOMER, Status.RESOLVED, Status.CLOSED})
"""What takes the word from the customer: not where they have just used it."""


@dataclass(frozen=True, slots=True)
class Act:
    """A form of a ticket's page: which, its values, and the files stored with it."""

    what: str
    form: Mapping[str, str]
    files: tuple[Attachment, ...] = ()


def perform(
    session: Session, head: Letterhead, ticket_id: int, act: Act, *, author: Engineer, at: datetime
) -> None:
    """Do at once what a form asks for.

    Errors: NotFound, Refused, InvalidTransition; ValueError for a form that no page sends.
    """
    text = act.form.get("text", "")
    match act.what:
        case "write":
            then = _THEN[act.form.get("then", "")]
            handling.reply(
                session, head, ticket_id, author=author, text=text, then=then, attachments=act.files, at=at
            )
        case "status":
            status = Status(act.form["status"])
            handling.change_status(session, head, ticket_id, author=author, status=status, text=text, at=at)
        case "priority":
            wanted = Priority(act.form["priority"])
            handling.change_priority(
                session, head, ticket_id, author=author, priority=wanted, reason=text, at=at
            )
        case "escalate":
            handling.escalate(session, head, ticket_id, author=author, reason=text, at=at)
        case "mark":
            handling.mark(
                session, head, ticket_id, author=author, as_=act.form.get("as", ""), reason=text, at=at
            )
        case _:
            raise ValueError(f"no form is called {act.what!r}")


def ask(session: Session, head: Letterhead, ticket_id: int, act: Act, *, author: Engineer, wait: timedelta,
        at: datetime, since: int = 0) -> PendingAct:  # fmt: skip
    """Have an act done after a while; the same form sent twice is one act.

    Shape: `since` is the newest message of the page that the form stood on. It is tried first, so that what would be
    refused is refused now.
    Errors: as of `perform`.
    """
    ticket = locked(session, ticket_id)
    name = _name(act, author, since)
    known = pending.named(session, ticket_id, name)
    if known is not None and known.state == ActState.WAITING:
        return known
    _try(session, head, ticket_id, act, author=author, at=at)
    row = known or PendingAct(ticket_id=ticket.id, engineer_id=author.id, act=act.what, name=name)
    row.form = dict(act.form)
    row.files = [[each.filename, each.content_type, len(each.content), each.sha256] for each in act.files]
    row.made_at = at
    session.add(row)
    _wait(session, row, due_at=at + wait)
    return row


def undo(session: Session, ticket_id: int, act_id: int, *, author: Engineer) -> PendingAct | None:
    """Take back an act of one's own that is not done; what it was, or None where there is none any more."""
    row = _own(session, ticket_id, act_id, author)
    if row is not None:
        appointments.cancel(session, APPOINTMENT, str(row.id))
        session.delete(row)
        session.flush()
    return row


def again(session: Session, head: Letterhead, blobs: Blobs, row_of: tuple[int, int], *, author: Engineer,
          wait: timedelta, at: datetime) -> bool:  # fmt: skip
    """Ask once more for a refused act of one's own, as it was written; False where there is none any more.

    Shape: `row_of` is the ticket and the act.
    Errors: as of `perform`; the act stays as it was.
    """
    row = _own(session, *row_of, author)
    if row is None:
        return False
    if row.state == ActState.REFUSED:
        _try(session, head, row.ticket_id, _act(session, blobs, row), author=author, at=at)
        row.state, row.reason = ActState.WAITING, {}
        _wait(session, row, due_at=at + wait)
    return True


def lock(session: Session, key: str) -> None:
    """Lock the ticket of an act before its appointment, as every verb does."""
    ticket_id = session.scalar(sa.select(PendingAct.ticket_id).where(PendingAct.id == int(key)))
    if ticket_id is not None:
        correspondence.lock(session, ticket_id)


def keep(session: Session, head: Letterhead, key: str, at: datetime, *, blobs: Blobs) -> datetime | None:
    """Do an act whose time has come; one that is refused now stays with its reason, for its author to decide."""
    row = session.get(PendingAct, int(key), with_for_update=True, populate_existing=True)
    if row is None or row.state != ActState.WAITING:
        return None
    if at < row.due_at:
        return row.due_at
    reason: dict[str, object]
    try:
        with session.begin_nested():
            _still_meant(session, row)
            author = session.get_one(Engineer, row.engineer_id)
            perform(session, head, row.ticket_id, _act(session, blobs, row), author=author, at=at)
    except InvalidTransition as why:
        reason = {"status": str(why.status)}
    except Refused as why:
        reason = {"words": why.words, "values": {name: str(value) for name, value in why.values.items()}}
    except Missing:
        reason = {"words": FILES_GONE, "values": {}}
    else:
        session.delete(row)
        session.flush()
        return None
    row.state, row.reason = ActState.REFUSED, reason
    session.flush()
    return None


def _own(session: Session, ticket_id: int, act_id: int, author: Engineer) -> PendingAct | None:
    """The act, with its ticket locked first and then itself, as whoever carries it out does."""
    if correspondence.lock(session, ticket_id) is None:
        raise NotFound(f"there is no ticket {ticket_id}")
    row = pending.locked(session, act_id)
    return row if row and (row.ticket_id, row.engineer_id) == (ticket_id, author.id) else None


def _wait(session: Session, row: PendingAct, *, due_at: datetime) -> None:
    row.state, row.due_at, row.seen = ActState.WAITING, due_at, pending.newest(session, row.ticket_id)
    session.flush()
    appointments.plan(session, APPOINTMENT, str(row.id), due_at)


def _try(
    session: Session, head: Letterhead, ticket_id: int, act: Act, *, author: Engineer, at: datetime
) -> None:
    """Do it and leave no trace of it: what is refused is refused now. Errors: as of `perform`."""
    trial = session.begin_nested()
    try:
        perform(session, head, ticket_id, act, author=author, at=at)
    finally:
        trial.rollback()


def _still_meant(session: Session, row: PendingAct) -> None:
    """Whatever takes the word from the customer waits for its author where they have used it since."""
    takes = {row.form.get("then"), row.form.get("status")} & _ENDING or row.act == "mark"
    if takes and pending.customer_wrote(session, row.ticket_id, since=row.seen):
        raise Refused(CUSTOMER_WROTE)


def _act(session: Session, blobs: Blobs, row: PendingAct) -> Act:
    files = tuple(Attachment(filename=name, content_type=kind, content=blobs.get(session, key), sha256=key)
                  for name, kind, _, key in row.files)  # fmt: skip
    return Act(row.act, row.form, files)


def _name(act: Act, author: Engineer, since: int) -> str:
    files = [[each.filename, each.sha256] for each in act.files]
    told = [author.id, act.what, dict(act.form), files, since]
    return secrets.digest(json.dumps(told, sort_keys=True))
