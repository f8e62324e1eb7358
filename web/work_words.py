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

PEOPLE: Final = {
    "participant": "%(who)s takes part from now on.",
    "participant-left": "%(who)s takes part no longer.",
}

LINKS: Final = {
    "merged": "%(ticket)s was merged into this ticket.",
    "parent": "It belongs to the incident %(ticket)s.",
    "parent-left": "It belongs to the incident %(ticket)s no longer.",
    "child": "%(ticket)s belongs to this incident.",
    "fanned": "Written on every ticket of the incident %(ticket)s.",
}

REFUSALS: Final = (
    CUSTOMER_WROTE,
    FILES_GONE,
    "a ticket is not merged into itself",
    "the other ticket was merged meanwhile",
    "only what customers ask for is merged",
    "only tickets of the same customer are merged",
    "the other ticket was opened later: merge it into this one instead",
    "this ticket is more urgent: raise the priority of the other one first",
    "an AWS case of this ticket is open: merge the other way, or resolve the case first",
    "after a violation only a manager merges a ticket",
    "a ticket does not belong to itself",
    "that ticket belongs to this one already",
    "that is an address of ours",
    "%(email)s is no address of this customer",
    "the requester takes part as long as the ticket lives",
    "a canned answer needs a name and a text",
    "this is too long",
    "a canned answer is in English or Chinese",
    "no variable is called %(names)s",
    "another canned answer of this language has that name",
)


def everything() -> list[str]:
    """Every word of this page, for the catalogue."""
    return [
        *ACTS.values(),
        *REFUSED.values(),
        *ACTS_OF_OTHERS.values(),
        *PEOPLE.values(),
        *LINKS.values(),
        *REFUSALS,
    ]
