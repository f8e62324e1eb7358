"""The codes of AWS Health in words, for letters and pages: what happened, how a resource fares, what to do.

English words are the message identifiers of the catalogues, as in `gateway.i18n`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from gateway import i18n

# The longest end of a type code that fits says what happened.
TYPES: Final[Mapping[str, str]] = {
    "_OPERATIONAL_ISSUE": "operational issue",
    "_API_ISSUE": "issue with the API",
    "_INCREASED_ERROR_RATES": "increased error rates",
    "_CONNECTIVITY_ISSUE": "connectivity issue",
    "_RETIREMENT_SCHEDULED": "scheduled retirement",
    "_MAINTENANCE_SCHEDULED": "scheduled maintenance",
    "_MAINTENANCE_CANCELLED": "maintenance called off",
    "_MAINTENANCE_COMPLETE": "maintenance completed",
    "_PLANNED_LIFECYCLE_EVENT": "planned end of a version or feature",
    "_REDUNDANCY_LOSS": "loss of redundancy",
    "_VOLUME_LOST": "lost volume",
    "_CREDENTIALS_EXPOSED": "exposed credentials",
    "_CREDENTIALS_COMPROMISED": "compromised credentials",
}
CATEGORIES: Final[Mapping[str, str]] = {
    "issue": "issue",
    "investigation": "investigation",
    "scheduledChange": "scheduled change",
    "accountNotification": "notification",
}
STATES: Final[Mapping[str, str]] = {
    "IMPAIRED": "Impaired",
    "PENDING": "Pending",
    "UNKNOWN": "Unknown",
    "UNIMPAIRED": "Not impaired",
    "RESOLVED": "Done",
}
ADVICE: Final[Mapping[str, str]] = {
    "follow-aws": "AWS is working on it. We follow the event and tell you of every change.",
    "shift-traffic": "If you run in several zones or regions, move traffic away from the one affected.",
    "check-own-alarms": "Look at your own monitoring: do error rates or latencies of your applications rise?",
    "open-case": "If your applications suffer, reply to this mail: we open a Support case with AWS.",
    "stop-and-start": "Stop and start the instance at a time that suits you; it then moves to healthy hardware. "
    "A reboot is not enough.",
    "back-up-first": "Back up first: data on instance store volumes is lost.",
    "replace-resource": "Replace the affected resource, and move what runs on it.",
    "plan-window": "Agree on a time with us before AWS's date, so that nothing stops unexpectedly.",
    "check-redundancy": "Check that a second instance, zone or path takes over while the work is done.",
    "restore-redundancy": "Restore the second path: until then a single further fault interrupts the service.",
    "plan-upgrade": "Plan the move to a supported version or feature before AWS's date.",
    "test-upgrade": "Test the move outside of production first.",
    "rotate-keys": "Disable and replace the named access keys at once.",
    "review-activity": "Look through CloudTrail for what was done that nobody of yours did.",
    "review-charges": "Look for resources and charges nobody ordered, in every region.",
    "answer-abuse": "AWS expects an answer about the reported abuse; tell us what you know, and we answer.",
    "renew-certificate": "Complete the validation of the certificate before it expires.",
    "fix-permissions": "Restore the permissions that the named resource lacks.",
    "reconnect": "Check the device and the line on your side as well.",
    "read-and-decide": "Read AWS's text and tell us what you decide; we do it for you.",
    "verify-recovery": "Check that your applications are well again, and tell us if they are not.",
    "restore-from-backup": "Restore from the latest backup or snapshot; AWS cannot recover the data.",
}
MOST_SHOWN: Final = 20


def subject(service: str, type_code: str, category: str, *, region: str, language: str) -> str:
    """What an event is, on one line.

    >>> subject("EC2", "AWS_EC2_OPERATIONAL_ISSUE", "issue", region="eu-west-1", language="en")
    'AWS Health: EC2 operational issue (eu-west-1)'
    >>> subject("EC2", "AWS_EC2_OPERATIONAL_ISSUE", "issue", region="eu-west-1", language="zh")
    'AWS Health：EC2 运行问题（eu-west-1）'
    """
    said = f"{service} {what(type_code, category, language)}"
    where = "" if region in ("", "global") else region
    if language == "zh":
        return f"AWS Health：{said}" + (f"（{where}）" if where else "")
    return f"AWS Health: {said}" + (f" ({where})" if where else "")


def what(type_code: str, category: str, language: str) -> str:
    """What kind of thing an event is."""
    fitting = [end for end in TYPES if type_code.endswith(end)]
    word = TYPES[max(fitting, key=len)] if fitting else CATEGORIES.get(category, category)
    return i18n.words(language).gettext(word)


def state(code: str, language: str) -> str:
    """How a resource fares; an unknown word of AWS comes back as it is."""
    return i18n.words(language).gettext(STATES[code]) if code in STATES else code


def advice(codes: Iterable[str], language: str) -> list[str]:
    """What to do, a sentence for each code."""
    return [i18n.words(language).gettext(ADVICE[code]) for code in codes if code in ADVICE]


def counted(states: Mapping[str, int], language: str) -> str:
    """How many resources fare how; empty where AWS named none.

    >>> counted({"IMPAIRED": 2, "RESOLVED": 1}, "en"), counted({"IMPAIRED": 2}, "zh")
    ('2 impaired, 1 done', '2 个受影响')
    """
    if language == "zh":
        return "、".join(f"{count} 个{state(code, language)}" for code, count in states.items())
    return ", ".join(f"{count} {state(code, language).lower()}" for code, count in states.items())


def listed(items: Iterable[str], language: str) -> str:
    """Names in a row, the first twenty of many."""
    named = list(items)
    said = ("、" if language == "zh" else ", ").join(named[:MOST_SHOWN])
    more = len(named) - MOST_SHOWN
    if more <= 0:
        return said
    return f"{said} 等 {len(named)} 个" if language == "zh" else f"{said} and {more} more"


def everything() -> list[str]:
    """Every word of these tables, for the catalogue."""
    tables = (TYPES, CATEGORIES, STATES, ADVICE)
    return [each for table in tables for each in table.values()]
