"""What a write needs before it goes, and the transactions in which its state changes, always under its lease.

The ticket's row is locked before the write's, as every verb does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway.aws import accounts
from gateway.aws.cases import enclosing
from gateway.aws.cases.enclosing import Files
from gateway.aws.cases.reconciling import Sought
from gateway.aws.parts import Account, Parts
from gateway.domain import case_severity
from gateway.store import leases
from gateway.store.models import AwsAccount, AwsCase, AwsWrite, Ticket, WriteKind, WriteState
from gateway.store.queries import aws_writes
from gateway.tickets import case_settling, changes

HOUR_FULL: Final = "HourFull"
"""The fault of a new case that waits since its account has opened as many as AWS allows within an hour."""
_SOON: Final = timedelta(seconds=2)
_SCANNER: Final = timedelta(seconds=15)
_UNSEEN: Final = timedelta(seconds=30)
Act = Callable[[Session, Ticket, AwsWrite], None]


@dataclass(frozen=True, slots=True)
class Claim:
    """A write this process holds, as it was when it was claimed."""

    id: int
    fence: int
    ticket_id: int
    state: WriteState


@dataclass(frozen=True, slots=True)
class Ready:
    """A write that may go now. Shape: `case_id` is AWS's name of its case, empty for a new one."""

    kind: WriteKind
    account: Account
    case_id: str
    payload: Mapping[str, Any]
    files: Files


def claimed(parts: Parts, write_id: int, fence: int) -> Claim | None:
    """The write, or None where somebody else holds it by now."""
    with parts.reading() as session:
        row = session.get(AwsWrite, write_id)
        if row is None or row.fence != fence:
            return None
        return Claim(write_id, fence, row.ticket_id, WriteState(row.state))


def noted(parts: Parts, claim: Claim, act: Act, *states: WriteState) -> bool:
    """Change a write in a transaction of its own; False where it is no longer ours or in another state."""
    with parts.transaction() as session:
        ticket = changes.locked(session, claim.ticket_id)
        if not leases.held(session, AwsWrite, claim.id, claim.fence):
            return False
        row = session.get_one(AwsWrite, claim.id, populate_existing=True)
        if row.state not in states:
            return False
        act(session, ticket, row)
        return True


def ready(parts: Parts, claim: Claim) -> Ready | None:
    """What is to be sent, or None where it has to wait, which is noted.

    Errors: `faults.Fault` where the account cannot be spoken to.
    """
    found: list[Ready] = []

    def look(session: Session, ticket: Ticket, row: AwsWrite) -> None:
        at = parts.now()
        files = enclosing.files(session, parts.head, row.attachment_ids, since=row.created_at, at=at)
        case = session.get(AwsCase, row.aws_case_id) if row.aws_case_id is not None else None
        until, why = _wait(session, row, case, files, at=at)
        if until is not None:
            case_settling.postponed(session, parts.head, ticket, row, fault=why, due_at=until, at=at)
            return
        account = session.get_one(AwsAccount, row.account_id)
        payload = dict(row.payload)
        if row.kind == WriteKind.CREATE:
            payload["severity"] = case_severity.granted(payload["wanted"], account.severities)
        spoken = accounts.spoken(account, parts.head.secret)
        found.append(Ready(WriteKind(row.kind), spoken, case.case_id if case else "", payload, files))

    noted(parts, claim, look, WriteState.QUEUED)
    return found[0] if found else None


def sought(parts: Parts, claim: Claim) -> tuple[Account, Sought]:
    """What is to be looked for, and where.

    Errors: `faults.Fault` where the account cannot be spoken to.
    """
    with parts.reading() as session:
        row = session.get_one(AwsWrite, claim.id)
        case = session.get(AwsCase, row.aws_case_id) if row.aws_case_id is not None else None
        account = accounts.spoken(session.get_one(AwsAccount, row.account_id), parts.head.secret)
        return account, Sought(
            WriteKind(row.kind), row.marker, str(row.payload.get("body", "")), parts.head.number(row.ticket_id),
            row.first_sent_at or row.created_at, case.case_id if case else "",
        )  # fmt: skip


def _wait(session: Session, row: AwsWrite, case: AwsCase | None, files: Files, *,
          at: datetime) -> tuple[datetime | None, str]:  # fmt: skip
    """Until when a write waits, and why; nothing where it may go."""
    if not aws_writes.in_turn(session, row.id):
        return at + _SOON, ""
    if row.kind != WriteKind.CREATE and (case is None or not case.case_id.startswith("case-")):
        return at + _UNSEEN, "CaseNotSeen"  # adopted by its number, and not read yet
    if files.waits:
        return at + _SCANNER, "NotScanned"
    if row.kind == WriteKind.CREATE:
        return _hour(session, row, at)
    return None, ""


def _hour(session: Session, row: AwsWrite, at: datetime) -> tuple[datetime | None, str]:
    """AWS takes ten new cases an hour of an account: the most severe go first where they are scarce."""
    opened = aws_writes.opened_since(session, row.account_id, at - aws_writes.HOUR)
    free = aws_writes.CASES_AN_HOUR - len(opened)
    if free <= 0:
        return opened[-aws_writes.CASES_AN_HOUR] + aws_writes.HOUR, HOUR_FULL
    waiting = sorted(
        aws_writes.waiting_cases(session, row.account_id, at),
        key=lambda each: (-case_severity.rank(each.payload["wanted"]), each.id),
    )
    ahead = [each.id for each in waiting].index(row.id) if row in waiting else 0
    return (at + _SOON, HOUR_FULL) if ahead >= free else (None, "")
