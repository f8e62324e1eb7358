"""The codes of AWS and of our rows about it in plain words; English words are the message identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from gateway.domain.lifecycle import EventKind
from gateway.store.models import TicketEvent
from web.visit import Reader

CASE_STATUSES: Final = {
    "unassigned": "Waiting for an engineer at AWS",
    "opened": "Open at AWS",
    "work-in-progress": "AWS is working on it",
    "pending-customer-action": "AWS awaits an answer",
    "customer-action-completed": "Answered, with AWS again",
    "reopened": "Reopened",
    "resolved": "Resolved at AWS",
}
CASE_TAGS: Final = {"pending-customer-action": "warn", "resolved": "good"}
SEVERITIES: Final = {
    "low": "General guidance",
    "normal": "System impaired",
    "high": "Production system impaired",
    "urgent": "Production system down",
    "critical": "Business-critical system down",
}
LANGUAGES: Final = {"en": "English", "zh": "中文", "ja": "日本語", "ko": "한국어"}
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
ENTITY_STATES: Final = {
    "IMPAIRED": "Impaired",
    "PENDING": "Pending",
    "UNKNOWN": "Unknown",
    "UNIMPAIRED": "Not impaired",
    "RESOLVED": "Done",
}
ACTIONS: Final = {
    "ACTION_REQUIRED": "Action is required",
    "ACTION_MAY_BE_REQUIRED": "Action may be required",
    "INFORMATIONAL": "For information",
}
PROPOSALS: Final = {
    "case-resolved": "AWS has resolved the case",
    "aws-case": "AWS has resolved the case",
    "case": "AWS has resolved the case",
    "health-closed": "AWS says that the Health event is over",
    "aws-health": "AWS says that the Health event is over",
    "health": "AWS says that the Health event is over",
}
KINDS: Final = frozenset(
    {
        EventKind.AWS_CASE,
        EventKind.AWS_HEALTH,
        EventKind.RESOLUTION_PROPOSED,
        EventKind.RESOLUTION_DECLINED,
    }
)


def event(row: TicketEvent, reader: Reader) -> tuple[str, str]:
    """An icon and a sentence for an entry of a kind in `KINDS`."""
    data, said = row.data, ""
    if row.kind == EventKind.AWS_CASE:
        said = reader.say("AWS Support case.")
    elif row.kind == EventKind.AWS_HEALTH:
        said = reader.say("AWS Health event.")
    elif row.kind == EventKind.RESOLUTION_PROPOSED:
        said = reader.say("Proposed to resolve: %(why)s.", why=proposal(str(data.get("cause", "")), reader))
    else:
        said = reader.say("The proposal to resolve was declined.")
    return "aws", f"{said} “{row.words}”" if row.words else said


def proposal(cause: str, reader: Reader) -> str:
    """Why the desk proposes to resolve a ticket."""
    return said(PROPOSALS, cause, reader)


def said(table: Mapping[str, str], code: str, reader: Reader) -> str:
    """A code in the reader's words; an unknown one comes back as it is, since AWS adds codes at will."""
    return reader.say(table[code]) if code in table else code


def severity(code: str, reader: Reader) -> str:
    """AWS's severity with its code, since people quote both."""
    return f"{said(SEVERITIES, code, reader)} ({code})" if code in SEVERITIES else code


def instant(told: Any) -> datetime | None:
    """An instant of a log entry, if it has one."""
    return datetime.fromisoformat(str(told)) if told else None


def everything() -> list[str]:
    """Every word of this page, for the catalogue."""
    tables: tuple[Mapping[str, str], ...] = (
        CASE_STATUSES, SEVERITIES, WRITE_STATES, WRITE_KINDS, ACCOUNT_STATES, ACCOUNT_ADVICE, STREAMS,
        CAPABILITIES, EVENT_STATUSES, CATEGORIES, SCOPES, ENTITY_STATES, ACTIONS, PROPOSALS,
    )  # fmt: skip
    return [each for table in tables for each in table.values()]
