"""Letters about what we write to AWS: to the customer whose case is open, to those who must look at what stuck."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from gateway.domain.terms import Audience
from gateway.store.models import AwsAccount, AwsCase, AwsWrite, Engineer, Ticket
from gateway.tickets import audiences, summoning, telling
from gateway.tickets.audiences import Told
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.summoning import Summons


def tell_opened(session: Session, head: Letterhead, ticket: Ticket, case: AwsCase, *, lowered: bool,
                at: datetime) -> None:  # fmt: skip
    """Tell the customer that AWS has a case, and where it counts less there than with us (P8)."""
    account = session.get_one(AwsAccount, case.account_id)
    words = {
        "subject": ticket.subject,
        "case": case.display_id or case.case_id,
        "account": f"{account.name} ({account.account_id})" if account.name else account.account_id,
        "severity": case.severity,
        "wanted": case.severity_wanted if lowered else None,
        "at": at,
    }
    telling.tell(
        session, head, telling.correspondence(session, head, ticket), "aws-case-opened", words=words, at=at
    )


def ask(session: Session, head: Letterhead, ticket: Ticket, write: AwsWrite, *, at: datetime) -> None:
    """Ask the assignee, the lead and who wrote it to look at what AWS refused, may not have, or waits too long for.

    Of what waits they are told once, of each end it comes to every time.
    """
    people = _people(session, ticket, write, at)
    case = session.get(AwsCase, write.aws_case_id) if write.aws_case_id is not None else None
    what = Summons(
        letter="engineer-aws-write",
        occasion=f"aws-write:{write.id}:{write.state}" + (f":{at.isoformat()}" if write.settled_at else ""),
        ticket_id=ticket.id,
        words={
            "provider": head.provider,
            "subject": ticket.subject,
            "customer": ticket.customer.name if ticket.customer else None,
            "state": str(write.state),
            "kind": str(write.kind),
            "account": write.account_id,
            "case": (case.display_id or case.case_id) if case else None,
            "marker": write.marker,
            "fault": write.fault,
            "since": write.first_sent_at or write.created_at,
        },
    )
    summoning.summon(session, head, what, people, at=at)


def _people(session: Session, ticket: Ticket, write: AwsWrite, at: datetime) -> list[Told]:
    found = audiences.of(session, ticket, (Audience.ASSIGNEE, Audience.LEAD), at)
    writer = session.get(Engineer, write.engineer_id) if write.engineer_id is not None else None
    if writer is not None and writer.active and writer.id not in {each.engineer.id for each in found}:
        found.append(Told(writer, ""))
    return found or audiences.everybody_above(session, ticket, at)
