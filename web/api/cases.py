"""AWS Support cases over the API: the same verbs as the pages."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from gateway.store.queries import aws_desk, correspondence
from gateway.store.queries import cases as queries
from gateway.tickets import NotFound, case_drafts, case_following, casework, proposals
from gateway.tickets.case_drafts import CaseDraft
from web import visit
from web.api import aws_models, models, tickets
from web.api.endpoint import endpoint

_LARGEST_KEY = 2**62


@endpoint("POST", "/tickets/<number>/aws-case", body=aws_models.NewCase, output=models.TicketOut, status=201,
          refusals=[409])  # fmt: skip
def open_case(number: str, body: aws_models.NewCase) -> models.TicketOut:
    """Open an AWS Support case. What the body leaves out is drafted from the ticket."""
    return tickets.do(number, lambda rows, key: casework.open_case(
        rows, visit.services().letterhead, key, author=visit.me(), draft=_draft(rows, key, body), at=visit.now()
    ))  # fmt: skip


@endpoint("POST", "/tickets/<number>/aws-case/adopt", body=aws_models.NewAdoption, output=models.TicketOut,
          status=201, refusals=[409])  # fmt: skip
def adopt_case(number: str, body: aws_models.NewAdoption) -> models.TicketOut:
    """Let the ticket follow a case that was made in the AWS console."""
    return tickets.do(number, lambda rows, key: case_following.adopt(
        rows, visit.services().letterhead, key, author=visit.me(), account_id=body.account, case_ref=body.case,
        at=visit.now(),
    ))  # fmt: skip


@endpoint("POST", "/tickets/<number>/aws-case/<int:case>/answer", body=aws_models.NewAnswer, output=models.TicketOut,
          status=201, refusals=[409])  # fmt: skip
def answer_case(number: str, case: int, body: aws_models.NewAnswer) -> models.TicketOut:
    """Say something to AWS on a case. The customer is not mailed."""
    return tickets.do(number, lambda rows, key: casework.answer_case(
        rows, visit.services().letterhead, key, author=visit.me(), case=_key(case), text=body.text,
        attachment_ids=body.attachments, at=visit.now(),
    ))  # fmt: skip


@endpoint("POST", "/tickets/<number>/aws-case/<int:case>/release", body=aws_models.NewRelease,
          output=models.TicketOut, status=201, refusals=[409])  # fmt: skip
def release_to_case(number: str, case: int, body: aws_models.NewRelease) -> models.TicketOut:
    """Pass a message of the customer on to AWS."""
    return tickets.do(number, lambda rows, key: casework.release(
        rows, visit.services().letterhead, key, author=visit.me(), message_id=body.message, case=_key(case),
        at=visit.now(),
    ))  # fmt: skip


@endpoint("POST", "/tickets/<number>/aws-case/<int:case>/resolve", output=models.TicketOut, refusals=[409])
def resolve_case(number: str, case: int) -> models.TicketOut:
    """Resolve a case at AWS. The ticket stays as it is."""
    return tickets.do(number, lambda rows, key: casework.resolve_case(
        rows, visit.services().letterhead, key, author=visit.me(), case=_key(case), at=visit.now()
    ))  # fmt: skip


@endpoint("POST", "/tickets/<number>/aws-case/<int:case>/relay", body=aws_models.NewRelay, output=models.TicketOut,
          refusals=[409])  # fmt: skip
def relay_to_case(number: str, case: int, body: aws_models.NewRelay) -> models.TicketOut:
    """Let what the customer writes go to AWS by itself, or no longer."""
    return tickets.do(number, lambda rows, key: casework.set_relay(
        rows, visit.services().letterhead, key, author=visit.me(), case=_key(case), on=body.on, at=visit.now()
    ))  # fmt: skip


@endpoint("POST", "/tickets/<number>/aws-writes/<int:write>/retry", output=models.TicketOut, refusals=[409])
def retry_write(number: str, write: int) -> models.TicketOut:
    """Send again what AWS refused, or what it does not have."""
    return tickets.do(number, lambda rows, key: casework.retry_write(
        rows, visit.services().letterhead, _of(rows, key, write), author=visit.me(), at=visit.now()
    ))  # fmt: skip


@endpoint("POST", "/tickets/<number>/aws-writes/<int:write>/cancel", output=models.TicketOut, refusals=[409])
def cancel_write(number: str, write: int) -> models.TicketOut:
    """Take back what has not gone to AWS, or give up what failed or stayed unclear, with the parts after it."""
    return tickets.do(number, lambda rows, key: casework.cancel_write(
        rows, visit.services().letterhead, _of(rows, key, write), author=visit.me(), at=visit.now()
    ))  # fmt: skip


@endpoint("POST", "/tickets/<number>/aws-writes/<int:write>/settle", body=aws_models.Settling,
          output=models.TicketOut, refusals=[409])  # fmt: skip
def settle_write(number: str, write: int, body: aws_models.Settling) -> models.TicketOut:
    """Say that AWS has what stayed unclear."""
    return tickets.do(number, lambda rows, key: casework.settle_write(
        rows, visit.services().letterhead, _of(rows, key, write), author=visit.me(), case_id=body.case_id,
        at=visit.now(),
    ))  # fmt: skip


@endpoint("POST", "/tickets/<number>/proposal/decline", output=models.TicketOut, refusals=[409])
def decline_proposal(number: str) -> models.TicketOut:
    """Leave a ticket open that the desk proposes to resolve. It is accepted by the status `resolved` with a text."""
    return tickets.do(number, lambda rows, key: proposals.decline(
        rows, visit.services().letterhead, key, author=visit.me(), at=visit.now()
    ))  # fmt: skip


def _draft(rows: Session, number: int, body: aws_models.NewCase) -> CaseDraft:
    """The case that is drafted from a ticket, with what the body says otherwise."""
    ticket = correspondence.ticket(rows, number)
    if ticket is None:
        raise NotFound("no such ticket")
    related = queries.case(rows, body.related) if body.related else None
    if body.related and (related is None or related.ticket_id != number):
        raise NotFound("no such case")
    drafted = case_drafts.draft(rows, visit.services().letterhead, ticket, related=related)
    said = {"account_id": body.account, "service": body.service, "category": body.category, "severity": body.severity,
            "language": body.language, "subject": body.subject, "body": body.text}  # fmt: skip
    changes = {name: value for name, value in said.items() if value}
    return replace(drafted, **changes, attachment_ids=tuple(body.attachments))  # type: ignore[arg-type]


def _key(case: int) -> int:
    """A key that fits the column. Errors: NotFound."""
    if case >= _LARGEST_KEY:
        raise NotFound("no such case")
    return case


def _of(rows: Session, number: int, write: int) -> int:
    """The key of a write of this ticket. Errors: NotFound."""
    row = aws_desk.write(rows, write)
    if row is None or row.ticket_id != number:
        raise NotFound("no such write")
    return row.id
