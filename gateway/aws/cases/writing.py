"""Writes to AWS Support: each is sent once; where its answer is lost AWS is asked, and in the end a person.

The row is `sending` before the call is made. Whatever then happens to this process or to the answer, the row is found
so, and only what AWS surely did not do is sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway.aws import accounts, streams
from gateway.aws.cases import claims, enclosing, reconciling, wording
from gateway.aws.cases.claims import Claim, Ready
from gateway.aws.cases.reconciling import PATIENCE, Found
from gateway.aws.faults import Fault, Kind
from gateway.aws.parts import Account, Parts
from gateway.store.models import AwsWrite, Stream, Ticket, WriteKind, WriteState
from gateway.tickets import case_settling
from gateway.tickets.case_settling import Done

LOOKS: Final = 2
SENDS: Final = 2
ASKED_AFTER: Final = timedelta(minutes=30)
"""How long AWS may not say whether it has something before a person is asked."""
STALE: Final = timedelta(seconds=30)
"""What was marked as being sent longer ago is not sent any more: this process has slept, and another may be at it."""
READ_AFTER: Final = timedelta(seconds=5)
"""How soon an account's cases are read after something was written to one."""
_AGAIN: Final = frozenset({Kind.THROTTLED, Kind.UNREACHED, Kind.LOST, Kind.EXPIRED, Kind.HUB, Kind.NO_PLAN, Kind.ROLE,
                           Kind.SUSPENDED})  # fmt: skip
_HOURLY: Final = frozenset({"CaseCreationLimitExceeded", "AttachmentLimitExceeded"})
_ENDED: Final = "WorkerEnded"


def write(parts: Parts, write_id: int, fence: int) -> None:
    """Take one claimed write a step further.

    Errors: `faults.Fault` that says something of the account, after the row was settled.
    """
    claim = claims.claimed(parts, write_id, fence)
    if claim is None:
        return
    try:
        if claim.state is WriteState.QUEUED:
            _send(parts, claim)
        elif claim.state is WriteState.SENDING:  # its worker ended between the call and the commit
            claims.noted(parts, claim, _unknown(parts, _ENDED), WriteState.SENDING)
        elif claim.state is WriteState.UNKNOWN:
            _look(parts, claim)
    except Fault as fault:
        if fault.kind is not Kind.DENIED and accounts.state_after(fault) is not None:
            raise


def _send(parts: Parts, claim: Claim) -> None:
    """Send what is ready; a set of files that has ended meanwhile is built anew, once."""
    for last in (False, True):
        try:
            ready = claims.ready(parts, claim)
            if ready is None:
                return
            payload = _spoken_in(parts, ready)
            set_id = enclosing.attachment_set(parts, ready.account, ready.files)
        except Fault as fault:  # nothing of the write was asked for yet
            _refused(parts, claim, fault, WriteState.QUEUED)
            raise
        marked_at = _marked(parts, claim, payload)
        if marked_at is None:
            return
        request = wording.request(ready.kind, payload, ready.case_id, set_id)
        try:
            _call(parts, claim, ready, request=request, marked_at=marked_at)
            return
        except Fault as fault:
            if fault.sent:
                claims.noted(parts, claim, _unknown(parts, str(fault)), WriteState.SENDING)
                return
            gone = fault.code in enclosing.SETS_GONE and not last
            _refused(parts, claim, fault, WriteState.SENDING, at_once=gone)
            if not gone:
                raise


def _call(
    parts: Parts, claim: Claim, ready: Ready, *, request: Mapping[str, Any], marked_at: datetime
) -> None:
    """The one call, and what AWS said. Errors: `faults.Fault`."""
    if parts.now() - marked_at > STALE:
        raise Fault(Kind.UNREACHED, "Slept")
    answer = parts.clients.write(ready.account, "support", wording.OPERATIONS[ready.kind], **request)
    if not wording.taken(ready.kind, answer):
        raise Fault(Kind.LOST, "NoAnswer", sent=True)
    found = Found(ready.case_id)
    if ready.kind is WriteKind.CREATE:
        found = _told(parts, ready.account, str(answer["caseId"]))
    _sent(parts, claim, found, WriteState.SENDING, withheld=ready.files.withheld)


def _marked(parts: Parts, claim: Claim, payload: Mapping[str, Any]) -> datetime | None:
    """Mark the write as being sent, since when; None where it was taken back or is no longer ours."""
    at = parts.now()

    def mark(session: Session, ticket: Ticket, row: AwsWrite) -> None:
        row.state, row.payload, row.sends, row.looks = WriteState.SENDING, dict(payload), row.sends + 1, 0
        row.first_sent_at, row.last_sent_at = row.first_sent_at or at, at

    return at if claims.noted(parts, claim, mark, WriteState.QUEUED) else None


def _spoken_in(parts: Parts, ready: Ready) -> Mapping[str, Any]:
    """What is said, in English where AWS does not speak its language about this service."""
    if ready.kind is not WriteKind.CREATE or ready.payload["language"] == "en":
        return ready.payload
    said = ready.payload
    try:
        answer = parts.clients.call(
            ready.account, "support", "describe_supported_languages", issueType=said["issue_type"],
            serviceCode=said["service"], categoryCode=said["category"],
        )  # fmt: skip
    except Fault as fault:
        if fault.kind in _AGAIN - {Kind.LOST}:
            raise
        return said  # AWS says what is wrong with it when the case is opened
    spoken = {each.get("code") for each in answer.get("supportedLanguages", ())}
    return said if said["language"] in spoken else {**said, "language": "en", "asked_in": said["language"]}


def _told(parts: Parts, account: Account, case_id: str) -> Found:
    """The new case with the number people quote, where AWS tells it at once."""
    try:
        answer = parts.clients.call(
            account, "support", "describe_cases", caseIdList=[case_id], includeResolvedCases=True,
            includeCommunications=False,
        )  # fmt: skip
    except Fault:
        return Found(case_id)
    numbers = [
        str(each.get("displayId") or "") for each in answer.get("cases", ()) if each.get("caseId") == case_id
    ]
    return Found(case_id, numbers[0] if numbers else "")


def _look(parts: Parts, claim: Claim) -> None:
    """Ask AWS whether it has it; only what is absent twice is sent again, and only once."""
    try:
        account, sought = claims.sought(parts, claim)
        found = reconciling.look(parts, account, sought)
    except Fault as fault:
        claims.noted(parts, claim, _unseen(parts, fault), WriteState.UNKNOWN)
        raise
    if found is not None:
        _sent(parts, claim, found, WriteState.UNKNOWN)
        return

    def absent(session: Session, ticket: Ticket, row: AwsWrite) -> None:
        at = parts.now()
        row.looks += 1
        if row.looks < LOOKS:
            row.due_at, row.lease_until = at + PATIENCE, None
        elif row.sends < SENDS:
            row.state, row.due_at, row.lease_until = WriteState.QUEUED, at, None
        else:
            case_settling.unclear(session, parts.head, ticket, row, at=at)

    claims.noted(parts, claim, absent, WriteState.UNKNOWN)


def _sent(
    parts: Parts, claim: Claim, found: Found, state: WriteState, *, withheld: tuple[int, ...] = ()
) -> None:
    def settle(session: Session, ticket: Ticket, row: AwsWrite) -> None:
        done = Done(found.case_id, found.display_id, found.severity, withheld)
        at = parts.now()
        case_settling.sent(session, parts.head, ticket, row, done=done, at=at)
        if row.part == row.parts:  # what AWS says of the case now is not what we know of it
            streams.poke(session, row.account_id, Stream.CASES, at + READ_AFTER)

    claims.noted(parts, claim, settle, state)


def _unknown(parts: Parts, fault: str) -> claims.Act:
    def act(session: Session, ticket: Ticket, row: AwsWrite) -> None:
        row.state, row.fault, row.looks = WriteState.UNKNOWN, fault[:300], 0
        row.due_at, row.lease_until = parts.now() + PATIENCE, None

    return act


def _unseen(parts: Parts, fault: Fault) -> claims.Act:
    """AWS could not be asked: again in a while, and after half an hour a person is."""

    def act(session: Session, ticket: Ticket, row: AwsWrite) -> None:
        at = parts.now()
        if row.last_sent_at is not None and at - row.last_sent_at > ASKED_AFTER:
            case_settling.unclear(session, parts.head, ticket, row, at=at)
        else:
            row.fault, row.due_at, row.lease_until = str(fault)[:300], at + PATIENCE, None

    return act


def _refused(parts: Parts, claim: Claim, fault: Fault, state: WriteState, *, at_once: bool = False) -> None:
    """Note that AWS surely did nothing: it goes again by itself where that can help."""

    def act(session: Session, ticket: Ticket, row: AwsWrite) -> None:
        at = parts.now()
        row.sends -= state is WriteState.SENDING
        if at_once:
            row.state, row.due_at = WriteState.QUEUED, at
        elif fault.kind in _AGAIN or fault.code in _HOURLY:
            due_at = at + _pause(fault, row.attempts)
            case_settling.postponed(session, parts.head, ticket, row, fault=str(fault), due_at=due_at, at=at)
        else:
            case_settling.failed(session, parts.head, ticket, row, fault=str(fault), at=at)

    claims.noted(parts, claim, act, state)


def _pause(fault: Fault, attempts: int) -> timedelta:
    if fault.code in _HOURLY:
        return timedelta(minutes=10)
    if fault.kind is Kind.THROTTLED:
        return timedelta(seconds=min(60, 2 ** min(attempts, 6)))
    if fault.kind in (Kind.UNREACHED, Kind.LOST):
        return timedelta(seconds=min(600, 5 * 2 ** min(attempts, 7)))
    return timedelta(minutes=1)
