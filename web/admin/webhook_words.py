"""The webhook's events, states and faults in plain words."""

from __future__ import annotations

from typing import Final

EVENTS: Final = {
    "ticket.opened": "A ticket was opened",
    "ticket.message": "The customer wrote",
    "ticket.replied": "We replied",
    "ticket.status": "The status changed",
    "ticket.priority": "The priority changed",
    "ticket.assigned": "Somebody else has it",
    "ticket.escalated": "An escalation was asked for",
    "ticket.target": "A step of a target was reached",
    "ticket.aws": "Something happened beside AWS",
    "test": "Test",
}
STATES: Final = {
    "waiting": "Waiting",
    "sent": "Arrived",
    "failed": "Given up",
    "dropped": "Not sent: switched off",
}
STATE_TAGS: Final = {
    "waiting": ("info", "clock"),
    "sent": ("good", "check"),
    "failed": ("bad", "stop"),
    "dropped": ("", "ban"),
}
ERRORS: Final = {
    "status": "refused",
    "redirect": "sent elsewhere, which is not followed",
    "gone": "gone for good",
    "unresolved": "its name is unknown",
    "timeout": "no answer within 10 s",
    "tls": "no trusted certificate",
    "unreachable": "cannot be reached",
    "forbidden-address": "its address is in our own network",
    "secret": "the secret was sealed with another key: make a new one",
}
BAD_URLS: Final = {
    "unreadable": "This is no address of a web server.",
    "not-https": "The address must begin with https://.",
    "names-a-user": "The address must not hold a user name or a password.",
}
REFUSALS: Final = (
    "choose at least one event",
    "the webhook is switched off",
    "this call is not given up",
    "there is no webhook yet",
)
