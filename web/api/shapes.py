"""Rows of the store as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gateway.domain.sla import Clock, Interval, Standing
from gateway.domain.terms import Terms
from gateway.store.models import Attachment, AwsCase, AwsWrite, Delivery, Message, Outbox, Ticket, TicketEvent
from web import visit
from web.api import aws_shapes, models

__all__ = ["Terms", "Ticket", "delivery", "letter", "customer", "event", "excluded", "row", "whole"]


def row(ticket: Ticket) -> models.TicketRow:
    """A ticket as lists show it."""
    return models.TicketRow.model_validate(_common(ticket))


def whole(ticket: Ticket, standing: Standing, messages: Sequence[Message], entries: Sequence[TicketEvent],
          *, beside: tuple[Sequence[AwsCase], Sequence[AwsWrite]], now: datetime) -> models.TicketOut:  # fmt: skip
    """A ticket with everything on it."""
    shown = [_message(each) for each in messages]
    return models.TicketOut.model_validate(
        _common(ticket)
        | {
            "priority_evidence": ticket.priority_evidence,
            "first_response": _target(standing, standing.first_response, now),
            "resolution": _target(standing, standing.resolution, now),
            "messages": shown,
            "attachments": [file for message in shown for file in message.attachments],
            "events": [event(each) for each in entries],
            "aws_cases": [aws_shapes.case(each) for each in beside[0]],
            "aws_writes": [aws_shapes.write(each) for each in beside[1]],
        }
    )


def customer(ticket: Ticket) -> models.CustomerName | None:
    """The customer of a ticket by name."""
    row = ticket.customer
    return models.CustomerName(id=row.id, reference=row.reference, name=row.name) if row else None


def excluded(intervals: Sequence[Interval]) -> list[models.Excluded]:
    """What does not count."""
    return [models.Excluded(start=each.start, end=each.end, reason=each.reason) for each in intervals]


def event(row: TicketEvent) -> models.EventOut:
    """One entry of the log."""
    same = ("seq", "kind", "at", "recorded_at", "actor", "data", "words")
    return models.EventOut.model_validate({name: getattr(row, name) for name in same})


def delivery(row: Delivery) -> models.DeliveryOut:
    """A delivery as lists show it."""
    same = ("id", "accepted_at", "door", "peer", "reverse_path", "forward_path", "message_id", "subject",
            "originator", "state", "rule", "disposition", "attempts", "processed_at", "error")  # fmt: skip
    told = {name: getattr(row, name) for name in same}
    return models.DeliveryOut.model_validate(told | {"size": row.size_bytes, "ticket": row.ticket_id})


def letter(row: Outbox) -> models.LetterOut:
    """An outgoing mail as lists show it."""
    same = ("id", "letter", "message_id", "recipients", "subject", "state", "created_at", "next_attempt_at",
            "sent_at", "attempts", "maybe_twice", "last_reply")  # fmt: skip
    return models.LetterOut.model_validate(
        {name: getattr(row, name) for name in same} | {"ticket": row.ticket_id}
    )


def _common(ticket: Ticket) -> dict[str, object]:
    same = ("subject", "status", "priority", "kind", "language", "service", "queue", "opened_at", "changed_at",
            "aws_awaits_since", "proposal", "planned_at")  # fmt: skip
    assignee, contract = ticket.assignee, ticket.contract
    return {name: getattr(ticket, name) for name in same} | {
        "number": ticket.id,
        "next_due_at": ticket.target_due_at,
        "contract": {"number": contract.number, "version": contract.version} if contract else None,
        "flags": _flags(ticket),
        "reference": visit.number_of(ticket.id),
        "customer": customer(ticket),
        "requester": {"name": ticket.requester_name, "email": ticket.requester_email},
        "assignee": {"id": assignee.id, "name": assignee.name, "email": assignee.email} if assignee else None,
    }


def _flags(ticket: Ticket) -> list[str]:
    """What is out of order about whose the ticket is."""
    if ticket.customer_id is None:
        return ["unregistered"]
    return [] if ticket.contract_id else ["no-contract"]


def _target(standing: Standing, clock: Clock, now: datetime) -> models.Target:
    return models.Target(
        due_at=clock.due_at,
        met_at=clock.met_at,
        breached_at=clock.breached_at(now),
        excluded=excluded(standing.excluded),
    )


def _message(row: Message) -> models.MessageOut:
    same = (
        "id",
        "direction",
        "at",
        "subject",
        "text",
        "new_text",
        "kind",
        "authenticated",
        "held",
        "message_id",
    )
    return models.MessageOut.model_validate(
        {name: getattr(row, name) for name in same}
        | {
            "author": models.Person(name=row.author_name, email=row.author_email),
            "attachments": [_file(each) for each in row.attachments],
            "nature": row.nature or [],
            "invitations": row.invitations or [],
        }
    )


def _file(row: Attachment) -> models.File:
    return models.File(
        id=row.id,
        filename=row.filename,
        content_type=row.content_type,
        size=row.size_bytes,
        inline=row.inline,
        scan=row.scan_state,
        finding=row.finding,
        url=f"{visit.services().settings.web_base}/api/v1/attachments/{row.token}",
    )
