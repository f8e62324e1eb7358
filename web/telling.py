"""The entries of a ticket's log in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway import i18n
from gateway.domain.lifecycle import EventKind
from gateway.store.models import TicketEvent
from web import codes, escalation, exclusion_words, work_words
from web.aws import words as aws_words
from web.visit import Reader, number_of

_ICONS: Final = {
    EventKind.REPLY_REFUSED: "stop",
    EventKind.ESCALATION_CLAIMED: "warn",
    EventKind.FILE_INFECTED: "warn",
    EventKind.ORIGINAL_TAKEN: "down",
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
    if kind in escalation.KINDS:
        return escalation.event(row, names, reader)
    if kind in aws_words.KINDS:
        return aws_words.event(row, reader)
    if kind in exclusion_words.KINDS:
        return exclusion_words.event(row, reader)
    if kind == EventKind.MARKED:
        what = say(codes.MARKS.get(str(data.get("as")), str(data.get("as"))))
        if row.data.get("into"):
            return "link", say("Merged into %(ticket)s.", ticket=number_of(int(row.data["into"])))
        return "ban", _with_words(say("Marked: %(what)s.", what=what), row)
    if kind == EventKind.LINKED:
        return "link", _linked(row, reader)
    words = codes.EVENTS.get(kind, kind)
    return _ICONS.get(EventKind(kind), "eye"), _with_words(say(words), row)


def actor(code: str, names: Mapping[int, str], reader: Reader) -> str:
    """Who did something: an engineer's name, the customer, or the system."""
    kind, _, rest = code.partition(":")
    if kind == "engineer" and rest.isdigit():
        return names.get(int(rest), reader.say("Somebody who left"))
    return reader.say("Customer") if kind == "customer" else reader.say("System")


def letter(name: str, reader: Reader) -> str:
    """What a letter is called."""
    return reader.say(codes.LETTERS.get(name, name))


def evidence(rows: Sequence[Mapping[str, Any]], priority: str, reader: Reader) -> str:
    """Why a mail was read as this pressing: the words with their signals."""
    parts = []
    for each in rows[:6]:
        words, signal = str(each.get("text", ""))[:80], str(each.get("signal", ""))
        said = reader.say(codes.SIGNALS.get(signal, signal))
        quoted = words if signal == "set-by-engineer" else f"“{words}”"  # who set it, or what was read
        parts.append(f"{quoted} ({said})" if words else said)
    if not parts:
        return ""
    return reader.say(
        "Read as %(priority)s: %(why)s", priority=reader.label(priority), why=reader.say(", ").join(parts)
    )


def _assigned(data: Mapping[str, Any], names: Mapping[int, str], reader: Reader) -> str:
    who = data.get("to", data.get("assignee"))
    name = names.get(int(str(who))) if who not in (None, "") and str(who).isdigit() else None
    said = reader.say("Assigned to %(name)s.", name=name) if name else reader.say("Assigned to nobody.")
    reasons = [
        i18n.reason(str(each), reader.language) for each in data.get("reasons") or () if each != "by-hand"
    ]
    return f"{said} ({reader.say('; ').join(reasons)})" if reasons else said


def _linked(row: TicketEvent, reader: Reader) -> str:
    what = str(row.data.get("what", ""))
    if what in work_words.PEOPLE:
        return reader.say(work_words.PEOPLE[what], who=row.words or reader.say("Somebody"))
    if row.data.get("what") == "mail":
        return reader.say("A mail that waited in the review was put onto this ticket.")
    number = str(row.data.get("ticket", ""))
    other = number_of(int(number)) if number.isdigit() else number
    return reader.say(work_words.LINKS.get(what, "%(ticket)s belongs to this ticket."), ticket=other)


def _with_words(said: str, row: TicketEvent) -> str:
    return f"{said} “{row.words}”" if row.words else said


def _status_icon(status: str) -> str:
    return {"waiting-customer": "pause", "waiting-aws": "aws", "resolved": "check", "closed": "lock"}.get(
        status, "redo"
    )
