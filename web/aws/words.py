"""The codes of AWS and of our rows about it in plain words; English words are the message identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gateway.aws.cost import words as cost_words
from gateway.domain.lifecycle import EventKind
from gateway.store.models import TicketEvent
from gateway.tickets import health_words
from web.visit import Reader

CASE_STATUSES: Final = {
    "unassigned": "Waiting for an engineer at AWS",
    "opened": "Open at AWS",
    "work-in-progress": "AWS is working on it",
    "pending-customer-action": "AWS awaits an answer",
    "customer-action-completed": "Answered, with AWS again",
    "reopened": "Reopened",
    "resolved": "Resolved at AWS",
    "lost": "AWS no longer knows this case",
}
CASE_TAGS: Final = {"pending-customer-action": "warn", "resolved": "good", "lost": "bad"}
FILE_STATES: Final = {
    "wanted": "%(file)s is still being fetched from AWS",
    "scanning": "%(file)s is being scanned for viruses",
    "infected": "%(file)s holds a virus and is not shown",
    "unscanned": "%(file)s could not be scanned and is not shown",
    "too-large": "%(file)s is too large to fetch; look at it in the console",
    "gone": "AWS no longer has %(file)s",
}
"""What keeps a file of AWS from standing on the ticket."""
SEVERITIES: Final = {
    "low": "General guidance",
    "normal": "System impaired",
    "high": "Production system impaired",
    "urgent": "Production system down",
    "critical": "Business-critical system down",
}
LANGUAGES: Final = {
    "en": "English",
    "zh": "中文",
    "ja": "日本語",
    "ko": "한국어",
    "es": "Español",
    "pt": "Português",
    "fr": "Français",
    "tr": "Türkçe",
}
"""What AWS answers in, each in its own name, so it is not translated."""
WRITE_STATES: Final = {
    "queued": "Waits to be sent to AWS",
    "sending": "Being sent to AWS",
    "unknown": "The answer was lost; AWS is asked whether it arrived",
    "sent": "At AWS",
    "failed": "Refused by AWS",
    "asked": "Unclear whether AWS has it: a person decides",
    "cancelled": "Given up",
}
WRITE_TAGS: Final = {
    "queued": ("info", "clock"),
    "sending": ("info", "out"),
    "unknown": ("warn", "warn"),
    "sent": ("good", "check"),
    "failed": ("bad", "stop"),
    "asked": ("bad", "warn"),
    "cancelled": ("", "ban"),
}
WRITE_KINDS: Final = {
    "create": "New case",
    "communication": "Message to AWS",
    "resolve": "Resolving the case",
}
ACCOUNT_STATES: Final = {
    "unchecked": "Not checked yet",
    "ok": "In order",
    "no-plan": "No support plan",
    "role-broken": "Role does not work",
    "suspended": "Suspended",
    "no-role": "No role: nothing is read",
}
ACCOUNT_TAGS: Final = {
    "unchecked": ("info", "clock"),
    "ok": ("good", "check"),
    "no-plan": ("warn", "warn"),
    "role-broken": ("bad", "stop"),
    "suspended": ("bad", "stop"),
    "no-role": ("", "pause"),
}
ACCOUNT_ADVICE: Final = {
    "unchecked": "The first check is due within a minute.",
    "no-plan": "Cases and Health need one of AWS's paid support plans. Buy one in the account; "
    "it is checked again every day.",
    "role-broken": "Compare the role with “helpdesk aws policy”: trust, ExternalId and permissions. "
    "It is checked again every day.",
    "suspended": "AWS has suspended the account. Settle that with AWS and the customer first.",
    "no-role": "Give the account a role in the import file, and create it with “helpdesk aws policy”.",
}
STREAMS: Final = {
    "probe": "Check",
    "cases": "Support cases",
    "health": "Health events",
    "cost": "Cost advice",
}
CAPABILITIES: Final = {
    "ok": "works",
    "denied": "permission missing",
    "absent": "not offered in this partition",
    "not-enrolled": "not enrolled",
    "no-plan": "needs a support plan",
}
EVENT_STATUSES: Final = {"open": "Going on", "closed": "Over", "upcoming": "Planned"}
EVENT_TAGS: Final = {"open": ("bad", "warn"), "closed": ("good", "check"), "upcoming": ("info", "cal")}
CATEGORIES: Final = {
    "issue": "Disturbance",
    "investigation": "Investigation",
    "scheduledChange": "Scheduled change",
    "accountNotification": "Notification",
}
SCOPES: Final = {"PUBLIC": "Public", "ACCOUNT_SPECIFIC": "These accounts only"}
ACTIONS: Final = {
    "ACTION_REQUIRED": "Action is required",
    "ACTION_MAY_BE_REQUIRED": "Action may be required",
    "INFORMATIONAL": "For information",
}
PROPOSALS: Final = {
    "aws-case-resolved": "AWS has resolved the case",
    "aws-health-closed": "AWS says that the Health event is over",
}
KINDS: Final = frozenset(
    {
        EventKind.AWS_CASE,
        EventKind.AWS_MESSAGE,
        EventKind.AWS_HEALTH,
        EventKind.RESOLUTION_PROPOSED,
        EventKind.RESOLUTION_DECLINED,
    }
)
_SHOWN_AS_MESSAGES: Final = frozenset({"asked", "sent", "received", "history"})
_LOGGED: Final = {
    "asked": "A case is to be opened at AWS.",
    "asked-resolve": "The case is to be resolved at AWS.",
    "opened": "Case opened at AWS, severity %(severity)s.",
    "lowered": "Case opened at AWS, severity %(severity)s; %(wanted)s was wanted.",
    "sent": "AWS has it.",
    "resolved": "Case resolved at AWS by us.",
    "adopted": "A case made in the AWS console stands on this ticket from now on.",
    "status": "The case at AWS: %(status)s.",
    "warned": "AWS has waited so long for an answer that it may resolve the case by itself.",
    "lost": "AWS no longer knows the case.",
    "not-found": "AWS knows no such case.",
    "relay-on": "Relay on: what the customer writes goes to AWS.",
    "relay-off": "Relay off: engineers release what goes to AWS.",
    "severity-proposed": "The priority went from %(from_)s to %(to)s; AWS changes no severity: tell it in a message.",
    "related-proposed": "The customer wrote, and AWS reopens the old case no more: open a related one.",
    "cancelled": "Taken back before it went to AWS.",
    "again": "Sent to AWS once more.",
    "failed": "AWS refused it.",
    "unclear": "It is unclear whether AWS has it.",
    "not-relayed": "The customer’s message could not be relayed: it is too long for AWS.",
    "edited": "AWS edited what was said in the case.",
    "file-fetched": "A file of AWS has come later than its message.",
    "file-gone": "AWS no longer has a file of its message.",
    "file-too-large": "A file of AWS is too large to fetch.",
    "given-up": "Given up. AWS may have some of it: look into the console.",
    "file-infected": "A file of AWS holds a virus and is not shown.",
    "file-unscanned": "A file of AWS could not be scanned and is not shown.",
    "file-scanning": "A file of AWS is being scanned for viruses.",
    "withheld": "Files were kept back from AWS: they are not known to be clean.",
    "too-large": "Files too large for AWS Support are named there, not attached: hand them over another way.",
    "language": "AWS Support does not speak the chosen language for this service: the case is in English.",
}
_ICONS: Final = {
    "file-infected": "ban",
    "withheld": "ban",
    "failed": "stop",
    "unclear": "warn",
    "lost": "warn",
    "not-found": "warn",
    "warned": "warn",
}


HEALTH_STEPS: Final = {
    "opened": "AWS Health event begun.",
    "changed": "AWS Health event changed.",
    "closed": "AWS Health event is over.",
    "reopened": "AWS Health event goes on after all.",
    "due": "The scheduled change of AWS is near.",
    "fanned": "A note went to all tickets of this Health event.",
}


def is_message(row: TicketEvent) -> bool:
    """Whether an entry stands on the timeline as the message itself."""
    return row.kind == EventKind.AWS_MESSAGE and _code(row) in _SHOWN_AS_MESSAGES


def event(row: TicketEvent, reader: Reader) -> tuple[str, str]:
    """An icon and a sentence for an entry of a kind in `KINDS`."""
    code = _code(row)
    if row.kind == EventKind.AWS_HEALTH:
        words = reader.say(HEALTH_STEPS.get(code, "AWS Health event."))
    elif row.kind == EventKind.RESOLUTION_PROPOSED:
        why = proposal(str(row.data.get("cause", "")), reader)
        words = reader.say("Proposed to resolve: %(why)s.", why=why)
    elif row.kind == EventKind.RESOLUTION_DECLINED and row.data.get("why") == "withdrawn":
        words = reader.say("The proposal to resolve was withdrawn: it goes on.")
    elif row.kind == EventKind.RESOLUTION_DECLINED:
        words = reader.say("The proposal to resolve was declined.")
    else:
        words = _of_case(row.data, code, reader)
    return _ICONS.get(code, "aws"), f"{words} “{row.words}”" if row.words else words


def _code(row: TicketEvent) -> str:
    return str(row.data.get("what") or row.data.get("code") or "")


def _of_case(data: Mapping[str, Any], code: str, reader: Reader) -> str:
    told = {name: str(data.get(name, "")) for name in ("severity", "wanted", "from", "to")}
    if code == "opened" and told["wanted"] and told["wanted"] != told["severity"]:
        code = "lowered"
    if code == "asked" and "case" in data:
        code = "asked-resolve"
    if code not in _LOGGED:
        return reader.say("AWS Support case.")
    values = {
        "severity": severity(told["severity"], reader),
        "wanted": severity(told["wanted"], reader),
        "status": said(CASE_STATUSES, told["to"], reader),
        "from_": reader.label(told["from"]),
        "to": reader.label(told["to"]),
    }
    return reader.say(_LOGGED[code], **values)


def proposal(cause: str, reader: Reader) -> str:
    """Why the desk proposes to resolve a ticket."""
    return said(PROPOSALS, cause, reader)


def said(table: Mapping[str, str], code: str, reader: Reader) -> str:
    """A code in the reader's words; an unknown one comes back as it is, since AWS adds codes at will."""
    return reader.say(table[code]) if code in table else code


def severity(code: str, reader: Reader) -> str:
    """AWS's severity with its code, since people quote both."""
    return f"{said(SEVERITIES, code, reader)} ({code})" if code in SEVERITIES else code


REFUSALS: Final = (
    "a message to AWS needs a text",
    "this case is resolved already",
    "only what a customer wrote on this ticket goes to AWS",
    "AWS has this message, or gets it soon",
    "AWS has this, or may have it",
    "this is on its way or done",
    "a case of AWS is named like case-111122223333-muen-2026-0123456789abcdef",
    "AWS reopens a case for 14 days only: open a related one",
    "that is no account of this customer",
    "the desk has no role in this account",
    "AWS Support takes no cases by API from this account: it has no support plan for that",
    "the role in this account does not let the desk in",
    "AWS has suspended this account",
    "a case needs a subject and a text",
    "a case needs a service and a category",
    "there is no such severity",
    "AWS Support does not know this language",
    "a case is technical or about the account",
    "AWS takes no account or billing case from a partner's customer: that is ours to answer",
    "this text is too long for AWS: send it as a file",
    "that file is not on this ticket",
    "that is no account of this ticket's customer",
    "a case needs its identifier or its number",
    "nothing is proposed on this ticket",
    "that is no ticket",
    "this case stands on ticket %(ticket)s",
)
"""What verbs refuse with, so that the catalogue knows it."""


def everything() -> list[str]:
    """Every word of this page, for the catalogue."""
    tables: tuple[Mapping[str, str], ...] = (
        CASE_STATUSES, SEVERITIES, WRITE_STATES, WRITE_KINDS, ACCOUNT_STATES, ACCOUNT_ADVICE, STREAMS,
        CAPABILITIES, FILE_STATES, _LOGGED, HEALTH_STEPS, EVENT_STATUSES, CATEGORIES, SCOPES, ACTIONS, PROPOSALS,
    )  # fmt: skip
    return [
        *(each for table in tables for each in table.values()),
        *REFUSALS,
        *health_words.everything(),
        *cost_words.everything(),
    ]
