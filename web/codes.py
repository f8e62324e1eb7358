"""The codes of the store in plain words; English words are the message identifiers of the catalogue."""

from __future__ import annotations

from typing import Final

from web import (
    access_words,
    availability,
    credit_words,
    exclusion_words,
    key_words,
    mail_words,
    notice_words,
    report_words,
    return_words,
    review_words,
    rota_words,
    work_words,
)
from web.admin import words as admin_words
from web.aws import words as aws_words
from web.visitors import words as visitor_words

KINDS: Final = {"incident": "Incident", "request": "Request", "change": "Change"}

LETTERS: Final = {
    "acknowledgement": "Acknowledgement",
    "reply": "Reply",
    "status": "Status letter",
    "priority": "Priority letter",
    "refusal": "Refusal letter",
    "entry": "Link to sign in",
    "confirm-reminder": "Reminder to confirm",
    "progress": "Progress report",
    "maintenance": "Planned maintenance",
    "maintenance-reminder": "Maintenance reminder",
    "maintenance-started": "Maintenance begun",
    "maintenance-ended": "Maintenance ended",
    "maintenance-changed": "Maintenance changed",
    "advisory": "Security advisory",
    "engineer-undelivered": "Undelivered resolution",
    "engineer-alarm": "SLA alarm",
    "engineer-new": "New ticket notice",
    "engineer-asked": "Escalation notice",
    "about-to-expire": "Notice before a target expires",
    "escalated": "Answer to an escalation",
    "engineer-contested": "Contested exclusion",
    "engineer-message": "The customer's message to its engineer",
    "understood": "Answer to an engineer's mail",
    "probe": "Availability probe of ours",
    **rota_words.LETTERS,
}

MACHINES: Final = {
    "auto-reply": "Automatic reply",
    "auto-generated": "Sent by a machine",
    "bounce": "Undelivered mail",
    "bulk": "Mailing list",
    "loop": "Mail loop",
}

REASONS: Final = {
    "not-a-participant": "It came to this ticket's reply address, but its author does not take part in it.",
    "own-address": "It names one of our own addresses as its author, and nothing proves that.",
    "engineer-address": "It names one of our engineers as its author, and nothing proves that.",
    "unregistered": "Its author is no registered contact.",
    "unauthenticated": "Nothing proves who its author is.",
    "hold-on-ticket": "Kept for engineers' eyes.",
    "review": "A person has to look at it.",
    "quarantine": "It could not be read within the limits.",
    "fault": "Filing it failed several times.",
    **return_words.REASONS,
    **review_words.REASONS,
}

SUSPICIONS: Final = {
    "name-of-engineer": "It shows the name of our engineer %(whom)s, and comes from another address.",
    "name-of-contact": "It shows the name of the contact %(whom)s, and comes from an address nobody registered.",
    "name-is-address": "Its sender's name shows another mail address than its own.",
    "name-hides": "Its sender's name holds hidden characters.",
    "domain-resembles": "Its domain looks like %(whom)s, and is another one.",
}
"""Whom a sender could be taken for."""

RULES: Final = {
    "impersonation": "Possible impersonation",
    "quarantine": "Parse limit",
    "fault": "Fault of ours",
    "too-large": "Left in its mailbox: too large",
    "unfetchable": "Left in its mailbox: cannot be fetched",
    "new": "New sender",
    "reply": "Reply",
    "probe": "Availability probe of ours",
    **return_words.RULES,
    **review_words.RULES,
}

SIGNALS: Final = {
    "effect-down": "down",
    "effect-fail": "failing",
    "effect-slow": "slow",
    "scope-all": "everyone",
    "scope-part": "some",
    "scope-single": "a single one",
    "rest-works": "the rest works",
    "noncritical": "not critical",
    "redundancy": "redundancy",
    "environment-production": "production",
    "environment-other": "not production",
    "production-unaffected": "production unaffected",
    "security-active": "attack under way",
    "security-exposure": "exposure",
    "vulnerability": "vulnerability",
    "imminent": "about to happen",
    "recovered": "recovered",
    "not-recovered": "not recovered",
    "planned": "planned",
    "hypothetical": "hypothetical",
    "negated": "negated",
    "question": "a question",
    "request": "a request",
    "billing": "billing",
    "rca": "asks for the cause",
    "thanks": "thanks",
    "automatic": "automatic",
    "marketing": "advertising",
    "no-hurry": "no hurry",
    "business": "business affected",
    "whole-thing": "the whole system",
    "function": "a function",
    "wording": "wording",
    "set-by-engineer": "set by hand",
    "aws-health": "AWS Health",
}

STATES: Final = {
    "uncertain": "Uncertain",
    "failed": "Refused",
    "pending": "Waiting",
    "sending": "Being sent",
    "sent": "Sent",
    "kept": "Kept here",
    "cancelled": "Given up",
}

EVENTS: Final = {
    "reply-refused": "A reply was refused by the customer's mail server.",
    "progress": "Progress was reported to the customer.",
    "resolution-delivered": "The customer's mail server took the resolution.",
    "reminded": "The customer was reminded to confirm.",
    "escalation-claimed": "Mail that is not authenticated claims an escalation.",
    "unacknowledged": "Acknowledgement withheld: too many mails from this sender.",
    **mail_words.EVENTS,
}

MARKS: Final = {
    "spam": "spam",
    "withdrawn": "withdrawn by the customer",
    "merged": "merged into another ticket",
    "counts": "counts again",
}

TARGETS: Final = {"first-response": "First response", "resolution": "Resolution"}

ROLES: Final = {
    "inbound": "Customer",
    "outbound": "Reply to customer",
    "note": "Work note",
    "from-aws": "AWS Support",
    "to-aws": "To AWS Support",
}

ERRORS: Final = {
    400: "This request makes no sense to us. Go back and try again.",
    403: "Your role does not allow this.",
    404: "There is nothing here.",
    405: "This page does not take such requests.",
    409: "Not done: the ticket has changed.",
    413: "This is too large.",
    429: "Too many requests. Wait a little, then try again.",
    500: "Something went wrong on our side. It is noted; try again in a minute.",
}

REFUSALS: Final = (
    "a reply needs a text",
    "there are too many files",
    "the files are too large for a mail",
    "this ticket has nobody to answer",
    "the requester's address cannot be written to",
    "a note needs a text",
    "a closed ticket is final",
    "there is no such engineer",
    "resolving needs a text for the customer",
    "the priority of a resolved or closed ticket does not change",
    "a change of priority needs a reason",
    "that is no mail address",
    "only held or quarantined mail can be judged again",
    "this message is not held",
    "only a failed or uncertain letter waits for a decision",
    "closing a ticket that is not resolved needs a reason",
    "a ticket is marked as spam or as withdrawn",
    "this ticket is marked already",
    "marking a ticket needs a reason",
    "a ticket is withdrawn before it is closed and before any violation",
    "after a violation only a manager calls a ticket spam",
    "an exclusion lies in the past",
    "an exclusion of a closed ticket has an end",
    "an exclusion ends after it begins",
    "that was before the ticket was opened",
    "an exclusion begins at most a year before its ticket",
    "an exclusion needs a proof",
    "that is no kind of proof",
    "the proof names no message of this ticket",
    "a work note or a held message proves nothing to the customer",
    "the proof names no notice that was told to this customer",
    "maintenance is proposed from its notice, not entered by hand",
    "an exclusion needs an explanation",
    "this exclusion has ended",
    "this exclusion was struck",
    "striking an exclusion needs a reason",
    "waiting for the customer began by itself: it ends with their answer, or is struck",
    "only a manager decides about a contested exclusion",
    "this proposal is decided",
    "this exclusion was contested before",
    "contesting an exclusion needs a reason",
    "this exclusion is not under review",
    "upholding an exclusion needs a reason",
    "a reply cannot make a ticket %(status)s",
    "the scanner found %(found)s in %(file)s",
)
"""What verbs refuse with, so that the catalogue knows it."""


def everything() -> list[str]:
    """Every word of this page, for the catalogue."""
    tables = (KINDS, LETTERS, MACHINES, REASONS, RULES, SIGNALS, STATES, EVENTS, MARKS, TARGETS, ROLES,
              SUSPICIONS)  # fmt: skip
    words = [each for table in tables for each in table.values()]
    words += exclusion_words.everything() + return_words.everything() + aws_words.everything()
    words += review_words.everything()
    words += mail_words.everything() + work_words.everything()
    return [
        *words,
        *ERRORS.values(),
        *REFUSALS,
        *notice_words.everything(),
        *credit_words.REFUSALS,
        *rota_words.REFUSALS,
        *visitor_words.everything(),
        *key_words.everything(),
        *availability.everything(),
        *admin_words.everything(),
        *report_words.everything(),
        *access_words.everything(),
    ]
