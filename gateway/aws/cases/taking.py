"""What was read of one case, taken onto its ticket in one transaction.

Everything is compared once more under the locks of ticket and case, so that a reader that slept through its lease,
or two of them, bring nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.aws.cases import echoes, files, following, matching
from gateway.aws.cases.echoes import Sent
from gateway.aws.cases.following import Followed
from gateway.aws.cases.matching import Fresh
from gateway.aws.parts import Account, Parts
from gateway.domain import support_case
from gateway.domain.lifecycle import EventKind
from gateway.domain.support_case import Case, Communication
from gateway.store.models import (
    Author,
    AwsCase,
    AwsCommunication,
    AwsWrite,
    Ticket,
    WriteKind,
    WriteState,
    database_now,
)
from gateway.tickets import case_following, case_settling, case_standing, case_writes, changes, log
from gateway.tickets.case_files import CaseFile
from gateway.tickets.case_following import CONSOLE, Arrived
from gateway.tickets.letterhead import Letterhead

_TO_SETTLE: Final = (
    WriteState.QUEUED,
    WriteState.SENDING,
    WriteState.UNKNOWN,
    WriteState.ASKED,
    WriteState.FAILED,
)


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of one case.

    Shape: `said` are its communications in the order of arrival, without gaps from the oldest of them on; `whole`
    where they are all there are; `fetched` are files by AWS's name for them.
    """

    case: Case
    said: tuple[Communication, ...]
    whole: bool = False
    fetched: Mapping[str, CaseFile] | None = None


def role_of(account: Account) -> str:
    """The name of our role in an account, as AWS shows it beside what we wrote."""
    return account.role_arn.rpartition("/")[2]


def take(parts: Parts, account: Account, read: Read) -> None:
    """Bring a case and its ticket in step with what was read, in a transaction of its own."""
    at = parts.now()
    with parts.transaction() as session:
        row = locked(session, read.case.case_id)
        if row is None or row.ticket_id is None:
            return
        _take_said(session, parts, account, row, read=read, at=at)
        if read.whole:
            row.read_whole_at = at
        row.checked_at = at
        case_standing.take_status(session, parts.head, row.ticket_id, case=row, seen=read.case, at=at)


def take_unfollowed(parts: Parts, account: Account, seen: Sequence[Case]) -> list[str]:
    """Keep cases that stand on no ticket, so that they can be adopted; the identifiers of those that now are on one.

    One that a lost answer of ours had made is known by its marker and goes onto the ticket it was made for.
    """
    at = parts.now()
    ours: list[str] = []
    role = role_of(account)
    with parts.transaction() as session:
        made = _creations(session, account.account_id)
        for case in seen:
            write = _made_by(case, made, role)
            if write is not None and write.live:
                continue  # whoever sends it now notes what becomes of it
            if write is not None:
                _settle(session, parts.head, write.id, case=case, at=at)
                ours.append(case.case_id)
            else:
                _keep(session, account, case, at)
    return ours


def name(parts: Parts, row: Followed, case: Case) -> bool:
    """Give a case that was adopted by its number AWS's name for it; False where it stands on another ticket.

    One that was seen meanwhile and stands on none gives way.
    """
    with parts.transaction() as session:
        unseen = locked(session, row.case_id)
        other = session.scalars(sa.select(AwsCase).where(AwsCase.case_id == case.case_id)).one_or_none()
        if unseen is None or (other is not None and other.ticket_id is not None):
            return False
        if other is not None:
            session.delete(other)
            session.flush()
        unseen.case_id = case.case_id
        return True


def lose(parts: Parts, row: Followed) -> None:
    """Note that AWS does not know a case."""
    at = parts.now()
    with parts.transaction() as session:
        found = locked(session, row.case_id)
        if found is None:
            return
        if found.ticket_id is not None:
            case_standing.lose(session, parts.head, found.ticket_id, case=found, at=at)
        else:
            found.status, found.resolved_at, found.checked_at = support_case.LOST, at, at


def new_files(session: Session, account: Account, row_id: int, read: Read) -> list[support_case.File]:
    """The files of what is new in a read and not ours."""
    known = following.known(session, [row_id], _oldest(read), bodies=True)[row_id]
    role = role_of(account)
    return [
        file
        for fresh in matching.match(read.said, known).new
        if matching.author_of(fresh.said.submitted_by, role) is not Author.US
        for file in fresh.said.files
    ]


def locked(session: Session, case_id: str) -> AwsCase | None:
    """A case with its ticket's row and its own locked, in this order."""
    found = sa.select(AwsCase).where(AwsCase.case_id == case_id)
    row = session.scalars(found).one_or_none()
    if row is None:
        return None
    if row.ticket_id is not None:
        changes.locked(session, row.ticket_id)
    again = found.with_for_update(of=AwsCase).execution_options(populate_existing=True)
    ticket_id, row = row.ticket_id, session.scalars(again).one_or_none()
    return (
        row if row is not None and row.ticket_id == ticket_id else None
    )  # moved meanwhile: at the next read


def _take_said(
    session: Session, parts: Parts, account: Account, row: AwsCase, *, read: Read, at: datetime
) -> None:
    known = following.known(session, [row.id], _oldest(read), bodies=True)[row.id]
    matched = matching.match(read.said, known)
    if matched.nothing:
        return
    for row_id, said in matched.edited:
        stored = session.get_one(AwsCommunication, row_id)
        case_following.take_edit(session, parts.head, row.ticket_id or 0, row=stored, said=said, at=at)
    arrived = _arrived(session, account, row, read, new=matched.new)
    for each in arrived:
        if each.write_id is not None:
            _settle(session, parts.head, each.write_id, case=None, at=at)
    kept = [
        _with_files(session, parts, each, read.fetched or {}, at=at) if each.write_id is None else each
        for each in arrived
    ]
    if kept:
        case_following.take_communications(
            session, parts.head, row.ticket_id or 0, case=row, arrived=kept, at=at
        )


def _arrived(
    session: Session, account: Account, row: AwsCase, read: Read, *, new: Sequence[Fresh]
) -> list[Arrived]:
    """What is new, with its author and the write of ours that made it."""
    writes = _writes(session, row.id)
    since = _adopted_at(session, row) if read.whole and row.read_whole_at is None else None
    return [_one(each, role_of(account), writes, since) for each in new]


def _one(fresh: Fresh, role: str, writes: Sequence[Sent], since: datetime | None) -> Arrived:
    author = matching.author_of(fresh.said.submitted_by, role)
    write = echoes.echo(fresh.said, author, writes)
    return Arrived(
        said=fresh.said,
        occurrence=fresh.occurrence,
        author=Author.US if write else author,
        write_id=write.id if write else None,
        message_id=write.message_id if write else None,
        quiet=since is not None and fresh.said.at <= since,
    )


def _with_files(
    session: Session, parts: Parts, each: Arrived, fetched: Mapping[str, CaseFile], *, at: datetime
) -> Arrived:
    named = [
        fetched.get(file.attachment_id) or CaseFile(file.attachment_id, files.safe(file.name))
        for file in each.said.files
    ]
    return Arrived(
        each.said,
        each.occurrence,
        each.author,
        files=files.stored(session, parts, named, at),
        quiet=each.quiet,
    )


def _writes(session: Session, row_id: int) -> list[Sent]:
    """Everything we wrote, or may have written, to a case; what was given up may have arrived all the same."""
    found = sa.select(AwsWrite).where(
        AwsWrite.aws_case_id == row_id,
        AwsWrite.kind != WriteKind.RESOLVE,
        sa.or_(AwsWrite.state != WriteState.CANCELLED, AwsWrite.sends > 0),
    )
    return [_sent(each) for each in session.scalars(found.order_by(AwsWrite.id))]


def _creations(session: Session, account_id: str) -> list[Sent]:
    """Cases of an account that we opened, or may have opened, without knowing it yet."""
    live = AwsWrite.lease_until.is_not(None) & (AwsWrite.lease_until > database_now())
    found = sa.select(AwsWrite, live).where(
        AwsWrite.account_id == account_id, AwsWrite.kind == WriteKind.CREATE, AwsWrite.state.in_(_TO_SETTLE)
    )
    return [_sent(write, live=bool(held)) for write, held in session.execute(found.order_by(AwsWrite.id))]


def _sent(write: AwsWrite, *, live: bool = False) -> Sent:
    body = str(write.payload.get("body", ""))
    return Sent(write.id, write.marker, body, write.state, write.message_id, write.last_sent_at, live)


def _made_by(case: Case, made: Sequence[Sent], role: str) -> Sent | None:
    """The write that opened a case."""
    said = [(each, matching.author_of(each.submitted_by, role)) for each in case.recent]
    return next((write for write in made if any(echoes.is_marked(*each, write) for each in said)), None)


def _settle(session: Session, head: Letterhead, write_id: int, *, case: Case | None, at: datetime) -> None:
    """Note that AWS has a write whose answer was lost. One that is being sent now is left to its sender."""
    live = AwsWrite.lease_until.is_not(None) & (AwsWrite.lease_until > database_now())
    found = sa.select(AwsWrite.ticket_id, AwsWrite.state, live).where(AwsWrite.id == write_id)
    ticket_id, state, held = session.execute(found).one()
    if state not in _TO_SETTLE or (held and state == WriteState.SENDING):
        return
    ticket: Ticket = changes.locked(session, ticket_id)
    write = case_writes.locked(session, ticket_id, write_id)
    done = case_settling.Done(case.case_id, case.display_id, case.severity) if case else case_settling.Done()
    case_settling.sent(session, head, ticket, write, done=done, at=at)


def _keep(session: Session, account: Account, case: Case, at: datetime) -> None:
    """The row of a case that nobody has adopted."""
    found = sa.select(AwsCase).where(AwsCase.case_id == case.case_id).with_for_update()
    row = session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        row = AwsCase(account_id=account.account_id, case_id=case.case_id, origin=CONSOLE, status="",
                      opened_at=case.opened_at, seen_at=at)  # fmt: skip
        session.add(row)
    if row.ticket_id is None:
        case_standing.note(row, case, at)
        row.checked_at = at
    session.flush()


def _adopted_at(session: Session, row: AwsCase) -> datetime | None:
    """When a case made in the console came onto its ticket; None for one of ours."""
    if row.origin != CONSOLE or row.ticket_id is None:
        return None
    adopted = [
        event.at
        for event in log.events(session, row.ticket_id)
        if event.kind is EventKind.AWS_CASE
        and event.data.get("what") == "adopted"
        and event.data.get("case") == row.id
    ]
    return max(adopted, default=None)


def _oldest(read: Read) -> datetime | None:
    return min((each.at for each in read.said), default=None)
