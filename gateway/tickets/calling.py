"""What a webhook is told of a ticket: one call for each entry of its log that it listens to.

The calls are rows of the same transaction, sent later. They hold numbers and codes, never what somebody wrote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from gateway import secrets
from gateway.domain.webhook_events import EVENTS
from gateway.store import webhooks
from gateway.store.models import Ticket
from gateway.store.webhooks import Listening
from gateway.tickets.log import Entry


def call(session: Session, ticket: Ticket, entries: Sequence[Entry], *, prefix: str, at: datetime) -> None:
    """Note the calls that these entries ask for; one for each event, however many entries are of it."""
    if entries and (hook := webhooks.listening(session)) is not None:
        names = ("status", "priority", "customer_id", "assignee_id")
        _note(
            session,
            hook,
            (ticket.id, prefix, {name: getattr(ticket, name) for name in names}),
            entries,
            at=at,
        )


def call_at_opening(session: Session, ticket_id: int, columns: Mapping[str, Any], entries: Sequence[Entry], *,
                    prefix: str, at: datetime) -> None:  # fmt: skip
    """`call` for a ticket that was just written, of which there are only columns yet."""
    if (hook := webhooks.listening(session)) is not None:
        _note(session, hook, (ticket_id, prefix, columns), entries, at=at)


def _note(session: Session, hook: Listening, ticket: tuple[int, str, Mapping[str, Any]], entries: Sequence[Entry], *,
          at: datetime) -> None:  # fmt: skip
    number, prefix, columns = ticket
    told = {
        "id": number,
        "number": f"{prefix}-{number}",
        "status": str(columns["status"]),
        "priority": str(columns["priority"]),
        "customer_id": columns.get("customer_id"),
        "assignee_id": columns.get("assignee_id"),
    }
    for event in dict.fromkeys(EVENTS[each.kind] for each in entries if each.kind in EVENTS):
        if event in hook.events:
            webhooks.put(session, hook.id, key=new_key(), event=event, ticket_id=number,
                         body=body(event, at, {"ticket": told}), at=at)  # fmt: skip


def new_key() -> str:
    """A name for a call that is the same at every attempt."""
    return f"msg_{secrets.random_token()}"


def body(event: str, at: datetime, data: dict[str, object]) -> str:
    """The bytes of a call. Source: Standard Webhooks, payload structure (type, timestamp, data)."""
    return msgspec.json.encode({"type": event, "timestamp": at, "data": data}).decode()
