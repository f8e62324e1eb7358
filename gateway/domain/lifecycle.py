"""The state machine of a ticket as one table, and the entries of its log. Pure.

Source: promises P1, P3, P4 (contract clauses 2.1, 2.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final


@unique
class Status(StrEnum):
    """Where a ticket stands. Closed is final."""

    NEW = "new"
    OPEN = "open"
    WAITING_CUSTOMER = "waiting-customer"
    WAITING_AWS = "waiting-aws"
    WAITING_THIRD_PARTY = "waiting-third-party"
    RESOLVED = "resolved"
    CLOSED = "closed"


@unique
class Action(StrEnum):
    """What somebody does to a ticket that may move it."""

    CUSTOMER_REPLIES = "customer-replies"
    ENGINEER_REPLIES = "engineer-replies"
    ASK_CUSTOMER = "ask-customer"
    WAIT_AWS = "wait-aws"
    WAIT_THIRD_PARTY = "wait-third-party"
    RESUME = "resume"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    NOT_FIXED = "not-fixed"
    REOPEN = "reopen"
    CLOSE = "close"


@unique
class Kind(StrEnum):
    """What kind of request a ticket is."""

    INCIDENT = "incident"
    REQUEST = "request"
    CHANGE = "change"


@unique
class EventKind(StrEnum):
    """What an entry of a ticket's log records."""

    OPENED = "opened"
    CUSTOMER_MESSAGE = "customer-message"
    HELD_MESSAGE = "held-message"
    AUTOMATIC_MESSAGE = "automatic-message"
    REPLY = "reply"
    REPLY_REFUSED = "reply-refused"
    NOTE = "note"
    STATUS = "status"
    PRIORITY = "priority"
    ASSIGNED = "assigned"
    ESCALATION_ASKED = "escalation-asked"
    ESCALATION_CLAIMED = "escalation-claimed"
    ALARM = "alarm"
    PASSED_ON = "passed-on"
    ACKNOWLEDGED = "acknowledged"
    EXCLUDED = "excluded"
    EXCLUSION_ENDED = "exclusion-ended"
    EXCLUSION_STRUCK = "exclusion-struck"
    EXCLUSION_PROPOSED = "exclusion-proposed"
    EXCLUSION_DECLINED = "exclusion-declined"
    EXCLUSION_CONTESTED = "exclusion-contested"
    EXCLUSION_UPHELD = "exclusion-upheld"
    PROGRESS = "progress"
    RESOLUTION_DELIVERED = "resolution-delivered"
    REMINDED = "reminded"
    MARKED = "marked"
    LETTER = "letter"
    LINKED = "linked"
    AWS_CASE = "aws-case"
    AWS_MESSAGE = "aws-message"
    AWS_HEALTH = "aws-health"
    RESOLUTION_PROPOSED = "resolution-proposed"
    RESOLUTION_DECLINED = "resolution-declined"
    FILE_INFECTED = "file-infected"
    ORIGINAL_TAKEN = "original-taken"
    UNACKNOWLEDGED = "unacknowledged"


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a ticket's append-only log.

    Shape: `at` is when it was so, `recorded_at` when it was entered; `data` holds codes, numbers and digests, never
    what somebody wrote.
    """

    kind: EventKind
    at: datetime
    recorded_at: datetime
    actor: str
    data: Mapping[str, object] = field(default_factory=dict)


class InvalidTransition(ValueError):
    """An action the ticket's status does not allow."""

    def __init__(self, status: Status, action: Action) -> None:
        super().__init__(f"a ticket that is {status} cannot {action}")
        self.status = status
        self.action = action


_WORKED: Final = {
    Action.ASK_CUSTOMER: Status.WAITING_CUSTOMER,
    Action.WAIT_AWS: Status.WAITING_AWS,
    Action.WAIT_THIRD_PARTY: Status.WAITING_THIRD_PARTY,
    Action.RESOLVE: Status.RESOLVED,
    Action.RESUME: Status.OPEN,
    Action.CLOSE: Status.CLOSED,
}

TRANSITIONS: Final[Mapping[Status, Mapping[Action, Status]]] = MappingProxyType(
    {
        Status.NEW: _WORKED | {Action.CUSTOMER_REPLIES: Status.NEW, Action.ENGINEER_REPLIES: Status.OPEN},
        Status.OPEN: _WORKED | {Action.CUSTOMER_REPLIES: Status.OPEN, Action.ENGINEER_REPLIES: Status.OPEN},
        Status.WAITING_CUSTOMER: _WORKED
        | {
            Action.CUSTOMER_REPLIES: Status.OPEN,
            Action.ENGINEER_REPLIES: Status.WAITING_CUSTOMER,
        },
        Status.WAITING_AWS: _WORKED
        | {
            Action.CUSTOMER_REPLIES: Status.WAITING_AWS,
            Action.ENGINEER_REPLIES: Status.WAITING_AWS,
        },
        Status.WAITING_THIRD_PARTY: _WORKED
        | {
            Action.CUSTOMER_REPLIES: Status.WAITING_THIRD_PARTY,
            Action.ENGINEER_REPLIES: Status.WAITING_THIRD_PARTY,
        },
        Status.RESOLVED: {
            Action.CUSTOMER_REPLIES: Status.OPEN,
            Action.ENGINEER_REPLIES: Status.RESOLVED,
            Action.CONFIRM: Status.CLOSED,
            Action.NOT_FIXED: Status.OPEN,
            Action.REOPEN: Status.OPEN,
            Action.CLOSE: Status.CLOSED,
        },
        Status.CLOSED: {},
    }
)

LIVE: Final = frozenset(Status) - {Status.RESOLVED, Status.CLOSED}


def advance(status: Status, action: Action) -> Status:
    """The status after an action.

    Errors: InvalidTransition where the table has no such step.

    >>> advance(Status.RESOLVED, Action.NOT_FIXED)
    <Status.OPEN: 'open'>
    """
    try:
        return TRANSITIONS[status][action]
    except KeyError:
        raise InvalidTransition(status, action) from None


def action_towards(status: Status, wanted: Status) -> Action:
    """The engineer's action that leads from one status to another.

    Errors: InvalidTransition where an engineer cannot go there by hand.

    >>> action_towards(Status.NEW, Status.RESOLVED)
    <Action.RESOLVE: 'resolve'>
    """
    by_hand = (Action.RESUME, Action.WAIT_AWS, Action.WAIT_THIRD_PARTY, Action.ASK_CUSTOMER, Action.RESOLVE,
               Action.REOPEN, Action.CLOSE)  # fmt: skip
    for action in by_hand:
        if TRANSITIONS[status].get(action) is wanted:
            return action
    raise InvalidTransition(status, Action.RESUME)
