"""The entries of a ticket's log in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway.domain.lifecycle import EventKind
from gateway.store.models import TicketEvent
from web.visit import Reader

_LETTERS: Final = {
    "acknowledgement": "Acknowledgement",
    "reply": "Reply",
    "status": "Status letter",
    "priority": "Priority letter",
    "refusal": "Refusal",
    "engineer-alarm": "SLA alarm",
    "engineer-new": "New ticket notice",
}
_SIGNALS: Final = {
    "production": "production",
    "everyone": "everyone",
    "set-by-engineer": "set by hand",
}


_PLAIN: Final = {
    EventKind.REPLY_REFUSED: ("stop", "A reply was refused by the customer's mail server."),
    EventKind.ESCALATION_ASKED: ("up", "Escalation asked."),
    EventKind.ESCALATION_CLAIMED: ("warn", "Mail that is not authenticated claims an escalation."),
    EventKind.LINKED: ("link", "Linked with another ticket."),
}


def event(row: TicketEvent, names: Mapping[int, str], reader: Reader) -> tuple[str, str]:
    """An icon and a sentence for one entry."""
    data, say = row.data, reader.say
    kind = row.kind
    if kind == EventKind.OPENED:
        level = str(data.get("priority", ""))
        return f"p-{level}", say("Ticket opened as %(priority)s.", priority=reader.label(level))
    if kind == EventKind.STATUS:
        return _status_icon(str(data.get("to"))), _with_words(
            say("Status: %(status)s.", status=reader.label(str(data.get("to", "")))), row
        )
    if kind == EventKind.PRIORITY:
        level = str(data.get("priority", ""))
        return f"p-{level}", _with_words(say("Priority: %(priority)s.", priority=reader.label(level)), row)
    if kind == EventKind.ASSIGNED:
        return "user", _assigned(data, names, reader)
    if kind == EventKind.ALARM:
        target = reader.label(str(data.get("target", "")))
        return "clock", say("%(percent)s %% of the %(target)s target used.",
                            percent=data.get("percent", ""), target=target)  # fmt: skip
    icon, words = _PLAIN.get(EventKind(kind), ("eye", kind))
    return icon, _with_words(say(words), row)


def actor(code: str, names: Mapping[int, str], reader: Reader) -> str:
    """Who did something: an engineer's name, the customer, or the system."""
    kind, _, rest = code.partition(":")
    if kind == "engineer" and rest.isdigit():
        return names.get(int(rest), reader.say("Somebody who left"))
    return reader.say({"customer": "Customer", "system": "System"}.get(kind, "System"))


def letter(name: str, reader: Reader) -> str:
    """What a letter is called."""
    return reader.say(_LETTERS.get(name, name))


def evidence(rows: Sequence[Mapping[str, Any]], priority: str, reader: Reader) -> str:
    """Why a mail was read as this pressing: the words with their signals."""
    parts = []
    for each in rows[:6]:
        words, signal = str(each.get("text", ""))[:80], str(each.get("signal", ""))
        parts.append(f"“{words}” ({reader.say(signal)})" if words else reader.say(signal))
    if not parts:
        return ""
    return reader.say(
        "Read as %(priority)s: %(why)s", priority=reader.label(priority), why=reader.say(", ").join(parts)
    )


def _assigned(data: Mapping[str, Any], names: Mapping[int, str], reader: Reader) -> str:
    who = data.get("to", data.get("assignee"))
    name = names.get(int(str(who))) if who not in (None, "") and str(who).isdigit() else None
    return reader.say("Assigned to %(name)s.", name=name) if name else reader.say("Assigned to nobody.")


def _with_words(said: str, row: TicketEvent) -> str:
    return f"{said} “{row.words}”" if row.words else said


def _status_icon(status: str) -> str:
    return {"waiting-customer": "pause", "waiting-aws": "aws", "resolved": "check", "closed": "lock"}.get(
        status, "redo"
    )
