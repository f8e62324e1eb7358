"""Words of work on tickets: acts that wait, canned answers, tickets that belong together."""

from __future__ import annotations

from typing import Final

from gateway.tickets.pending import CUSTOMER_WROTE, FILES_GONE

ACTS: Final = {
    "write": "Reply goes out in %(left)s",
    "status": "Status changes in %(left)s",
    "priority": "Priority changes in %(left)s",
    "escalate": "Escalation goes out in %(left)s",
    "mark": "Ticket is marked in %(left)s",
}
"""What one's own act says while it waits."""

REFUSED: Final = {
    "write": "Your reply was not sent",
    "status": "The status was not changed",
    "priority": "The priority was not changed",
    "escalate": "It was not escalated",
    "mark": "The ticket was not marked",
}

ACTS_OF_OTHERS: Final = {
    "write": "An answer of %(who)s is about to leave.",
    "status": "%(who)s is about to change the status.",
    "priority": "%(who)s is about to change the priority.",
    "escalate": "%(who)s is about to escalate.",
    "mark": "%(who)s is about to mark the ticket as one that does not count.",
}

REFUSALS: Final = (
    CUSTOMER_WROTE,
    FILES_GONE,
)


def everything() -> list[str]:
    """Every word of this page, for the catalogue."""
    return [*ACTS.values(), *REFUSED.values(), *ACTS_OF_OTHERS.values(), *REFUSALS]
