"""A desk beside AWS for the web's tests: accounts, a case with what was said in it, writes, a Health event."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from gateway import clock
from gateway.store.models import (
    Author,
    AwsAccount,
    AwsCase,
    AwsCommunication,
    AwsStream,
    AwsWrite,
    Customer,
    Direction,
    HealthEvent,
    HealthImpact,
    HealthTicket,
    Message,
    Ticket,
)
from tests.web.desk import Desk

ACCOUNT = "111122223333"
CASE_ID = "case-111122223333-muen-2026-0123456789abcdef"
DISPLAY_ID = "176320481"
ARN = "arn:aws:health:ap-southeast-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/AWS_EC2_OPERATIONAL_ISSUE_1"
SAID = "AWS is investigating increased error rates for EC2 in one zone."


def add_account(desk: Desk, number: str = ACCOUNT, **changes: Any) -> None:
    """An account of Harbourline's that works, with its streams."""
    now = clock.now()
    with desk.changing() as rows:
        owner = (
            changes.pop("customer_id", None)
            or rows.query(Customer.id).order_by(Customer.id).limit(1).scalar()
        )
        told: dict[str, Any] = {
            "account_id": number, "customer_id": owner, "name": "Production", "regions": ["ap-southeast-1"],
            "services": ["ec2"], "role_arn": f"arn:aws:iam::{number}:role/HelpdeskGateway", "external_id": "sealed",
            "state": "ok", "state_since": now - timedelta(days=3), "probed_at": now - timedelta(hours=2),
            "severities": ["low", "normal", "high", "urgent"], "capabilities": {"cases": "ok", "health": "ok"},
        }  # fmt: skip
        account = AwsAccount(**(told | changes))
        rows.add(account)
        rows.flush()
        for what in ("probe", "cases", "health") if account.role_arn else ():
            rows.add(
                AwsStream(account_id=number, what=what, due_at=now + timedelta(minutes=5),
                          watched_since=now - timedelta(days=3), read_at=now - timedelta(minutes=4))
            )  # fmt: skip


def add_case(desk: Desk, number: int | None, **changes: Any) -> int:
    """A case on a ticket, or on none; its row."""
    now = clock.now()
    told: dict[str, Any] = {
        "account_id": ACCOUNT, "case_id": CASE_ID, "display_id": DISPLAY_ID, "ticket_id": number,
        "subject": "Direct Connect down [HD-1001]", "status": "work-in-progress", "service": "aws-direct-connect",
        "category": "connection-issue", "severity_wanted": "high", "severity": "high", "language": "en",
        "submitted_by": "HelpdeskGateway (Role)", "origin": "gateway", "opened_at": now - timedelta(hours=3),
        "seen_at": now - timedelta(minutes=2),
    }  # fmt: skip
    with desk.changing() as rows:
        case = AwsCase(**(told | changes))
        rows.add(case)
        rows.flush()
        if number is not None and case.awaits_us_since:
            rows.get_one(Ticket, number).aws_awaits_since = case.awaits_us_since
        return case.id


def add_said(desk: Desk, number: int, case: int, text: str, *, author: Author = Author.AWS,
             at: datetime | None = None) -> int:  # fmt: skip
    """Something said in a case as it stands on its ticket; the message."""
    when = at or clock.now() - timedelta(minutes=30)
    from_aws = author is Author.AWS
    by = "Amazon Web Services" if from_aws else "jane (Role)"
    with desk.changing() as rows:
        message = Message(
            ticket_id=number, direction=Direction.FROM_AWS if from_aws else Direction.TO_AWS, author_name=by, at=when,
            subject="Direct Connect down", text=text, new_text=text, language="en", authenticated=True,
        )  # fmt: skip
        rows.add(message)
        rows.flush()
        rows.add(
            AwsCommunication(aws_case_id=case, at=when, submitted_by=by, author=author, body=text, body_digest="0" * 64,
                             message_id=message.id)
        )  # fmt: skip
        return message.id


def add_write(desk: Desk, number: int, *, case: int | None = None, **changes: Any) -> int:
    """A write of a ticket; its row."""
    now = clock.now()
    told: dict[str, Any] = {
        "account_id": ACCOUNT, "kind": "communication" if case else "create", "ticket_id": number, "aws_case_id": case,
        "marker": f"HD-{number}/w1.1.abcde", "payload": {
            "subject": "Direct Connect down", "service": "aws-direct-connect", "category": "connection-issue",
            "severity": "high", "wanted": "high", "language": "en", "body": "Please look.",
        }, "state": "queued", "created_at": now, "due_at": now,
    }  # fmt: skip
    with desk.changing() as rows:
        write = AwsWrite(**(told | changes))
        rows.add(write)
        rows.flush()
        return write.id


def add_event(desk: Desk, number: int | None = None, *, entities: int = 3, **changes: Any) -> int:
    """A Health event that touches the account, on a ticket or only listed; its row."""
    now = clock.now()
    told: dict[str, Any] = {
        "arn": ARN, "partition": "aws", "service": "EC2", "type_code": "AWS_EC2_OPERATIONAL_ISSUE", "category": "issue",
        "scope": "ACCOUNT_SPECIFIC", "region": "ap-southeast-1", "status": "open", "starts_at": now - timedelta(hours=2),
        "updated_at": now - timedelta(minutes=20), "description": SAID, "first_seen_at": now, "seen_at": now,
    }  # fmt: skip
    with desk.changing() as rows:
        event = HealthEvent(**(told | changes))
        rows.add(event)
        rows.flush()
        named = [[f"i-{index:017x}", "IMPAIRED" if index % 3 else "RESOLVED"] for index in range(entities)]
        rows.add(
            HealthImpact(
                event_id=event.id, account_id=ACCOUNT, entities=named, since=now - timedelta(hours=2)
            )
        )
        customer = rows.query(AwsAccount.customer_id).filter_by(account_id=ACCOUNT).scalar()
        rows.add(
            HealthTicket(
                event_id=event.id,
                customer_id=customer,
                ticket_id=number,
                state="open" if number else "listed",
            )
        )
        return event.id
