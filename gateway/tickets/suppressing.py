"""What reports of mail mean for an address: noted, counted, and in the end no automatic mail for a stated time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.mail import address
from gateway.mail.bounce_verdict import blames_address
from gateway.mail.feedback_report import COMPLAINED
from gateway.mail.message import Bounce
from gateway.store.models import Engineer, MailReport, Proof, Reason, Suppression
from gateway.store.queries import facts, suppression
from gateway.tickets import NotFound
from gateway.tickets.letterhead import Letterhead

_PROOFS = 2
"""How many letters must have failed hard where no report came back under a letter's own return path."""


@dataclass(frozen=True, slots=True)
class Told:
    """A report with what ties it to a letter, and the delivery that brought it."""

    bounce: Bounce
    proof: Proof
    outbox_id: int | None = None
    delivery_id: int | None = None


def note(session: Session, head: Letterhead, told: Told, *, at: datetime) -> None:
    """Keep a report, and suppress the address where it proves enough: hard, soft or a complaint.

    An unproved report does nothing more. An engineer's address is never suppressed: their letters are alarms.
    """
    bounce = told.bounce
    row = MailReport(
        outbox_id=told.outbox_id,
        delivery_id=told.delivery_id,
        address=address.normalise(bounce.recipient)[:320],
        action=bounce.action[:12],
        status=bounce.status[:12],
        diagnostic=bounce.diagnostic[:500],
        proof=told.proof,
        hard=blames_address(bounce.action, bounce.status),
        at=at,
    )
    session.add(row)
    session.flush()
    if told.proof is Proof.NONE or facts.engineer_of(session, row.address) is not None:
        return
    if (found := _owed(session, head, row, at=at)) is not None:
        _suppress(session, row, found[0], None if found[1] is None else at + found[1])


def lift(session: Session, suppression_id: int, *, author: Engineer, at: datetime) -> str:
    """Let automatic mail go to an address again; the address. What was reported before counts no more.

    Errors: NotFound.
    """
    row = session.get(Suppression, suppression_id) if 0 < suppression_id < 2**62 else None
    if row is None:
        raise NotFound("there is no such suppression")
    open_ones = sa.select(Suppression).where(
        Suppression.address == row.address, Suppression.lifted_at.is_(None)
    )
    for each in session.scalars(open_ones):
        each.lifted_at, each.lifted_by_id = at, author.id
    return row.address


def _owed(
    session: Session, head: Letterhead, row: MailReport, *, at: datetime
) -> tuple[Reason, timedelta | None] | None:
    """Why and for how long the address is to rest after this report; without a length until it is lifted."""
    brakes = head.brakes
    if row.action == COMPLAINED:
        return Reason.COMPLAINT, None
    if row.action != "failed":
        return None
    if row.hard:
        proofs = suppression.failed_letters(session, row.address, at - brakes.hard_for, hard=True)
        if row.proof is Proof.RETURN_PATH or proofs >= _PROOFS:
            return Reason.HARD, brakes.hard_for
    if suppression.failed_letters(session, row.address, at - brakes.soft_within) >= brakes.soft_failures:
        return Reason.SOFT, brakes.soft_for
    return None


def _suppress(session: Session, report: MailReport, reason: Reason, until: datetime | None) -> None:
    row = suppression.active(session, [report.address], report.at).get(report.address)
    if row is None:
        row = Suppression(address=report.address, since=report.at)
        session.add(row)
    elif row.until is None or (until is not None and until <= row.until):
        return
    row.reason, row.until, row.report_id = reason, until, report.id
