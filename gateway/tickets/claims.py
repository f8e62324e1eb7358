"""What people and the desk claim about time that does not count, and whether a claim makes sense on its ticket.

Source: promise P11 (contract clauses 4.1, 4.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum, unique
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain.counting import Reason
from gateway.domain.exclusions import Proof
from gateway.domain.lifecycle import Status
from gateway.store.models import Direction, Message, Ticket
from gateway.store.queries import evidence
from gateway.tickets import Refused

LONGEST: Final = 2000
_LONGEST_REFERENCE: Final = 500
_EARLIEST: Final = timedelta(days=366)


@unique
class ProofKind(StrEnum):
    """What a claim is proven by."""

    MESSAGE = "message"
    HEALTH_EVENT = "health-event"
    CASE = "case"
    NOTICE = "notice"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Claim:
    """A stretch of time that is said not to count.

    Shape: `end` is None while it lasts; `words` explain it to the customer; the proof's `kind` is a ProofKind, its
    `reference` the number of a message or notice, the ARN of a Health event, a case's number, a title.
    """

    reason: Reason
    start: datetime
    end: datetime | None
    proof: Proof
    words: str = ""

    def data(self) -> dict[str, object]:
        """The claim as the log keeps it."""
        return {
            "start": text(self.start),
            "end": text(self.end) if self.end else None,
            "reason": str(self.reason),
            "proof": {"kind": str(self.proof.kind), "reference": self.proof.reference.strip()},
        }


def text(at: datetime) -> str:
    """An instant as data of the log hold it."""
    return at.astimezone(UTC).isoformat()


def check(session: Session, ticket: Ticket, claim: Claim, at: datetime) -> None:
    """Nothing where a claim makes sense.

    Errors: Refused.
    """
    check_times(ticket, claim.start, claim.end, at)
    reference = claim.proof.reference.strip()
    if not reference or len(reference) > _LONGEST_REFERENCE:
        raise Refused("an exclusion needs a proof")
    if claim.proof.kind not in set(ProofKind):
        raise Refused("that is no kind of proof")
    if claim.proof.kind == ProofKind.MESSAGE:
        _check_message(session, ticket.id, reference)
    elif claim.proof.kind == ProofKind.NOTICE and not evidence.names_customer(
        session, _number(reference), ticket.customer_id
    ):
        raise Refused("the proof names no notice that was told to this customer")


def check_times(ticket: Ticket, start: datetime, end: datetime | None, at: datetime) -> None:
    """Nothing where a stretch of time can be known by now, and touches the ticket.

    Errors: Refused.
    """
    if start > at or (end is not None and end > at):
        raise Refused("an exclusion lies in the past")
    if start < ticket.opened_at - _EARLIEST:
        raise Refused("an exclusion begins at most a year before its ticket")
    if end is None and ticket.status == Status.CLOSED:
        raise Refused("an exclusion of a closed ticket has an end")
    if end is not None and end <= start:
        raise Refused("an exclusion ends after it begins")
    if end is not None and end <= ticket.opened_at:
        raise Refused("that was before the ticket was opened")


def _check_message(session: Session, ticket_id: int, reference: str) -> None:
    """A proof is something the customer can look up: a message that either side sent, not a note, none held."""
    number = _number(reference)
    message = session.get(Message, number) if number else None
    if message is None or message.ticket_id != ticket_id:
        raise Refused("the proof names no message of this ticket")
    if message.held or message.direction == Direction.NOTE:
        raise Refused("a work note or a held message proves nothing to the customer")


def _number(reference: str) -> int:
    plain = reference.isascii() and reference.isdigit() and len(reference) < 18
    return int(reference) if plain else 0
