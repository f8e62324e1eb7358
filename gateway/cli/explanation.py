"""An explained mail for people at a terminal, in English or Chinese."""

from __future__ import annotations

import re
from typing import Any, Final

from gateway import i18n

KINDS: Final = {
    "human": "written by a person",
    "auto-reply": "an automatic reply",
    "auto-generated": "a machine's report",
    "bounce": "a delivery status notification",
    "bulk": "bulk mail",
    "loop": "our own mail come back",
}
DISPOSITIONS: Final = {
    "open-ticket": "a ticket would be opened",
    "append-reply": "it would be added to its ticket as a reply",
    "append-automatic": "it would be added to its ticket as automatic mail",
    "hold-on-ticket": "it would be held on its ticket for engineers to look at",
    "acknowledge": "it would be kept on its ticket as a work note",
    "carry-out": "its commands would be carried out, or its text sent to the customer",
    "group": "it would be added to the ticket of its flood",
    "record-bounce": "the failure would be noted on the mail it reports",
    "send-on": "it would leave again, since it measures whether mail goes through",
    "keep": "it would be kept, and nothing more",
    "keep-out": "it would be kept where nobody sees it unless they ask",
    "review": "it would wait for a person to look at it",
    "refuse": "it would be refused with a letter",
}
RULES: Final = {
    "probe": "it is our own availability probe",
    "duplicate": "the same content came before",
    "loop": "it is our own mail, or has been round too often",
    "bounce": "it reports on a mail, and never causes one",
    "automatic": "no person wrote it, so nobody is answered",
    "attached": "a person said to which ticket it belongs",
    "blocked": "its sender is kept out",
    "impersonation": "it names one of our own addresses as its author and proves nothing",
    "command": "an engineer answers the customer, or gives commands",
    "acknowledgement": "an engineer answers a letter to engineers",
    "returned": "it came to a return path, where only reports are expected",
    "reply": "it names a ticket",
    "new": "it is a request of its own",
    "quarantine": "it could not be read within the limits",
}
# What could steer a terminal, or hide and reverse text on it.
_STEERING: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def text(answer: dict[str, Any], language: str) -> str:
    """Who wrote what, what would be done and why, then the newly written text."""
    word = i18n.words(language).gettext
    rows = [("File", answer["file"])]
    done = ""
    if answer["rule"] is not None:
        done = f"{word(DISPOSITIONS[answer['disposition']])}: {word(RULES[answer['rule']])}"
    if answer["kind"] is None:
        return _shown([*rows, ("What would be done", done), ("Error", answer["error"])], "", language)
    rows += [
        ("From", _author(answer)),
        ("Subject", answer["subject"]),
        ("Kind", word(KINDS[answer["kind"]])),
        ("Priority", _priority(answer, language)),
        ("Escalation", word("asked for") if answer["asks_escalation"] else ""),
        ("Attachments", _attachments(answer)),
        ("Bounce", _bounce(answer)),
        ("What would be done", done),
        ("Error", answer["error"] or ""),
    ]
    return _shown(rows, answer["reply_text"], language)


def _shown(rows: list[tuple[str, str]], body: str, language: str) -> str:
    word = i18n.words(language).gettext
    head = [f"{word(name)}: {' '.join(value.split())}" for name, value in rows if value]
    quoted = [f"    {line}".rstrip() for line in body.strip().split("\n")] if body.strip() else []
    return _STEERING.sub("\ufffd", "\n".join([*head, "", *quoted, ""] if quoted else [*head, ""]))


def _author(answer: dict[str, Any]) -> str:
    name, address = answer["from_name"], answer["from_email"]
    return f"{name} <{address}>" if name and address else name or address


def _priority(answer: dict[str, Any], language: str) -> str:
    priority = answer["priority"]
    evidence = ", ".join(f"“{each['text']}” ({each['signal']})" for each in answer["priority_evidence"])
    reason = f"{i18n.label(priority, language)} ({i18n.definition(priority, language)})"
    return f"{reason}: {evidence}" if evidence else reason


def _attachments(answer: dict[str, Any]) -> str:
    return ", ".join(f"{each['filename']} ({each['size']} B)" for each in answer["attachments"])


def _bounce(answer: dict[str, Any]) -> str:
    bounce = answer["bounce"]
    return " ".join(filter(None, (bounce["recipient"], bounce["action"], bounce["status"]))) if bounce else ""
