"""What became of a write to AWS, as its ticket shows it. The caller holds the rows of the ticket and of the write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain import case_severity
from gateway.store.models import AwsCase, AwsWrite, Ticket, WriteKind, WriteState
from gateway.tickets import case_telling, case_writes
from gateway.tickets.changes import finish
from gateway.tickets.letterhead import Letterhead

LATE: Final = timedelta(minutes=15)
"""How long something may wait to go to AWS before people are told."""
FIRST_STATUS: Final = "unassigned"
"""What AWS calls a case that it has just been given."""


@dataclass(frozen=True, slots=True)
class Done:
    """What AWS said of what it has.

    Shape: `display_id` is empty where it could not be asked for; `withheld` are files that must not go to AWS.
    """

    case_id: str = ""
    display_id: str = ""
    severity: str = ""
    withheld: tuple[int, ...] = ()


def sent(session: Session, head: Letterhead, ticket: Ticket, write: AwsWrite, *, done: Done, by: str = "system",
         at: datetime) -> None:  # fmt: skip
    """Note that AWS has it; a case that was opened stands on the ticket from now on, and its customer is told.

    Whoever finds out first notes it; for others it is done.
    """
    if write.state == WriteState.SENT:
        return
    write.state, write.settled_at, write.fault = WriteState.SENT, at, ""
    write.lease_until = None
    case = _case(session, ticket, write, done, at=at) if write.kind == WriteKind.CREATE else None
    more: dict[str, object] = {}
    if case is not None:
        more = {"severity": case.severity, "wanted": case.severity_wanted}
    entries = []
    if case is not None or write.part == write.parts:
        what = {WriteKind.CREATE: "opened", WriteKind.RESOLVE: "resolved"}.get(WriteKind(write.kind), "sent")
        entries = [case_writes.entry(write, what, by=by, at=at, **more)]
    if write.payload.get("asked_in"):
        entries.append(case_writes.entry(write, "language", by=by, at=at, wanted=write.payload["asked_in"]))
    if done.withheld:
        entries.append(case_writes.entry(write, "withheld", by=by, at=at, files=list(done.withheld)))
    finish(session, head, ticket, entries, at=at)
    if case is not None:
        lowered = case_severity.lowered(case.severity_wanted, case.severity)
        case_telling.tell_opened(session, head, ticket, case, lowered=lowered, at=at)


def postponed(session: Session, head: Letterhead, ticket: Ticket, write: AwsWrite, *, fault: str, due_at: datetime,
              at: datetime) -> None:  # fmt: skip
    """Let it wait; where it has waited for long, those are told who can do something else meanwhile."""
    write.state, write.due_at, write.lease_until = WriteState.QUEUED, due_at, None
    write.fault = fault[:300]
    if at - write.created_at - head.undo > LATE:
        case_telling.ask(session, head, ticket, write, at=at)


def failed(
    session: Session, head: Letterhead, ticket: Ticket, write: AwsWrite, *, fault: str, at: datetime
) -> None:
    """Note that AWS refused it, which a person has to look at."""
    _stopped(session, head, ticket, write, state=WriteState.FAILED, fault=fault, at=at)


def unclear(session: Session, head: Letterhead, ticket: Ticket, write: AwsWrite, *, at: datetime) -> None:
    """Note that nobody but a person can say whether AWS has it, and ask one."""
    _stopped(session, head, ticket, write, state=WriteState.ASKED, fault=write.fault, at=at)


def _stopped(session: Session, head: Letterhead, ticket: Ticket, write: AwsWrite, *, state: WriteState, fault: str,
             at: datetime) -> None:  # fmt: skip
    write.state, write.fault, write.lease_until = state, fault[:300], None
    write.settled_at = at
    what = "failed" if state is WriteState.FAILED else "unclear"
    finish(session, head, ticket, [case_writes.entry(write, what, by="system", at=at)], at=at)
    case_telling.ask(session, head, ticket, write, at=at)


def _case(session: Session, ticket: Ticket, write: AwsWrite, done: Done, *, at: datetime) -> AwsCase:
    """The row of a case that was opened; a read of the account may have found it first."""
    said = write.payload
    known = sa.select(AwsCase).where(AwsCase.case_id == done.case_id).with_for_update()
    case = session.scalars(known.execution_options(populate_existing=True)).one_or_none()
    if case is None:
        case = AwsCase(
            account_id=write.account_id, case_id=done.case_id, subject=said["subject"], status=FIRST_STATUS,
            service=said["service"], category=said["category"], severity=said["severity"],
            language=said["language"], opened_at=write.last_sent_at or at, seen_at=at,
        )  # fmt: skip
        session.add(case)
    case.origin = "gateway"
    case.ticket_id = case.ticket_id or ticket.id
    case.severity_wanted = said["wanted"]
    case.severity = done.severity or case.severity
    case.display_id = done.display_id or case.display_id or ""
    session.flush()
    for each in case_writes.of_message(session, write):
        each.aws_case_id = case.id
    return case
