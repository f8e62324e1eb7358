"""Which entries of a ticket's log a webhook may hear of, and under what name. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.domain.lifecycle import EventKind

TEST: Final = "test"
"""What somebody sends by hand to see whether calls arrive."""

EVENTS: Final[Mapping[EventKind, str]] = MappingProxyType(
    {
        EventKind.OPENED: "ticket.opened",
        EventKind.CUSTOMER_MESSAGE: "ticket.message",
        EventKind.REPLY: "ticket.replied",
        EventKind.STATUS: "ticket.status",
        EventKind.PRIORITY: "ticket.priority",
        EventKind.ASSIGNED: "ticket.assigned",
        EventKind.ESCALATION_ASKED: "ticket.escalated",
        EventKind.ALARM: "ticket.target",
        EventKind.AWS_CASE: "ticket.aws",
        EventKind.AWS_MESSAGE: "ticket.aws",
        EventKind.AWS_HEALTH: "ticket.aws",
    }
)
"""Kind of entry → name of the event."""
ALL: Final = tuple(dict.fromkeys(EVENTS.values()))
"""Every event that may be chosen, in the order in which a page lists them."""
