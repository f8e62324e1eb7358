"""Where a ticket's AWS Support cases stand: with AWS, waiting for us, resolved, reopened, unknown (P6).

AWS waiting for us is flagged with its age and pauses nothing; that AWS resolved its case is proposed as the ticket's
resolution, which only a person makes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain import support_case
from gateway.domain.lifecycle import EventKind
from gateway.domain.support_case import Case
from gateway.store.models import AwsCase, Ticket
from gateway.store.queries import cases
from gateway.tickets import case_letters, proposals
from gateway.tickets.case_following import UNSEEN, awaited, data
from gateway.tickets.changes import finish, locked
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry

BETWEEN_LOOKS: Final = timedelta(minutes=15)
"""How far back a communication may lie that made AWS wait for us since the case was seen before."""


def take_status(session: Session, head: Letterhead, ticket_id: int, *, case: AwsCase, seen: Case,
                at: datetime) -> None:  # fmt: skip
    """Note what AWS says of a case's standing: flag that it awaits us, propose to resolve, withdraw the proposal.

    Errors: NotFound.
    """
    ticket = locked(session, ticket_id)
    before, was_over = case.status, support_case.is_over(case.status)
    note(case, seen, at)
    ticket.aws_awaits_since = awaited(session, ticket_id)
    entries = []
    if before != case.status:
        moved = {"from": support_case.code(before), "to": support_case.code(case.status)}
        entries.append(Entry(EventKind.AWS_CASE, at, "system", data(case, "status") | moved))
    finish(session, head, ticket, entries, at=at)
    if before == case.status or not before:  # the first look at a case tells nothing new
        return
    _tell_standing(session, head, ticket, case=case, was_over=was_over, at=at)


def note(case: AwsCase, seen: Case, at: datetime) -> None:
    """Bring the row of a case in step with what AWS says."""
    case.case_id, case.display_id, case.subject = seen.case_id, seen.display_id, seen.subject
    case.service, case.category, case.severity = seen.service, seen.category, seen.severity
    case.language, case.submitted_by, case.opened_at = seen.language, seen.submitted_by, seen.opened_at
    if seen.status != support_case.AWAITS_US:
        case.awaits_us_since = case.warned_at = None
    elif case.awaits_us_since is None:
        case.awaits_us_since = _asked_at(seen, case, at)
    if not support_case.is_over(seen.status):
        case.resolved_at = None
    elif not support_case.is_over(case.status) or case.resolved_at is None:
        case.resolved_at = at
    case.status, case.seen_at = seen.status, at


def warn(session: Session, head: Letterhead, ticket_id: int, *, case: AwsCase, at: datetime) -> None:
    """Warn the engineer, once, that AWS has awaited an answer for so long that it will resolve the case by itself.

    Errors: NotFound.
    """
    ticket = locked(session, ticket_id)
    since = case.awaits_us_since
    if since is None or at - since < support_case.WARN_AFTER or case.warned_at is not None:
        return
    case.warned_at = at
    finish(session, head, ticket, [Entry(EventKind.AWS_CASE, at, "system", data(case, "warned"))], at=at)
    _tell(
        session, head, ticket, case=case, what="warning", at=at, words={"since": since, "waits": at - since}
    )


def lose(session: Session, head: Letterhead, ticket_id: int, *, case: AwsCase, at: datetime) -> None:
    """Note that AWS does not know a case, or knows it no more; its engineer is told.

    Errors: NotFound.
    """
    ticket = locked(session, ticket_id)
    unseen = case.case_id.startswith(UNSEEN)
    case.status, case.resolved_at, case.awaits_us_since, case.checked_at = support_case.LOST, at, None, at
    ticket.aws_awaits_since = awaited(session, ticket_id)
    what = "not-found" if unseen else "lost"
    finish(session, head, ticket, [Entry(EventKind.AWS_CASE, at, "system", data(case, what))], at=at)
    _tell(session, head, ticket, case=case, what=what, at=at, words={})
    if unseen:  # it was named wrongly, and may be named rightly again
        case.ticket_id = None


def _tell_standing(
    session: Session, head: Letterhead, ticket: Ticket, *, case: AwsCase, was_over: bool, at: datetime
) -> None:
    """What a new status of a case leads to."""
    reference = str(case.id)
    if case.status == support_case.RESOLVED:
        if not _others_open(session, case):
            proposals.propose(
                session, head, ticket.id, cause=proposals.CASE_RESOLVED, reference=reference, at=at
            )
        _tell(session, head, ticket, case=case, what="resolved", at=at, words={})
        case_letters.tell_case(session, head, ticket, case=case, what="resolved", at=at)
    elif was_over:
        proposals.withdraw(
            session, head, ticket.id, cause=proposals.CASE_RESOLVED, reference=reference, at=at
        )
        _tell(session, head, ticket, case=case, what="reopened", at=at, words={})
        case_letters.tell_case(session, head, ticket, case=case, what="reopened", at=at)
    if case.awaits_us_since is not None and case.status == support_case.AWAITS_US:
        _tell(session, head, ticket, case=case, what="awaits", at=at, words={"since": case.awaits_us_since})


def _tell(session: Session, head: Letterhead, ticket: Ticket, *, case: AwsCase, what: str,
          words: dict[str, object], at: datetime) -> None:  # fmt: skip
    key = f"{case.id}:{at.isoformat()}"
    case_letters.tell_engineers(session, head, ticket, case=case, what=what, key=key, words=words, at=at)


def _others_open(session: Session, case: AwsCase) -> bool:
    rows = cases.of_ticket(session, case.ticket_id or 0)
    return any(not support_case.is_over(each.status) for each in rows if each.id != case.id)


def _asked_at(seen: Case, case: AwsCase, at: datetime) -> datetime:
    """Since when AWS awaits us: the last word since the case was seen before, else the instant we see it."""
    asked = [each.at for each in seen.recent if case.seen_at - BETWEEN_LOOKS < each.at <= at]
    return max(asked, default=at)
