"""A ticket as its customer reads it: what was said on both sides and what changed, and nothing that is ours alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway import i18n
from gateway.domain.lifecycle import EventKind
from gateway.store.models import Direction, Message, Outbox, TicketEvent
from web import codes, exclusion_words
from web.enclosures import Enclosed, Enclosures
from web.visit import Reader
from web.visitors import words

LONGEST_SHOWN: Final = 20_000
_LOOKS: Final = {Direction.INBOUND: "from-customer", Direction.OUTBOUND: "from-us"}


@dataclass(frozen=True, slots=True)
class Said:
    """One message. Shape: `folded` is the whole text where `body` is only what was newly written."""

    at: datetime
    row: Message
    css: str
    who: str
    body: str
    folded: str
    enclosed: Enclosed
    is_event: bool = False


@dataclass(frozen=True, slots=True)
class Happened:
    """One line between the messages."""

    at: datetime
    icon: str
    words: str
    is_event: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """What a thread is made of. Shape: `names` is engineer → name."""

    messages: Sequence[Message]
    entries: Sequence[TicketEvent]
    letters: Sequence[Outbox]
    names: Mapping[int, str]


def thread(source: Source, reader: Reader) -> list[Said | Happened]:
    """Messages, changes and letters, in order of time."""
    enclosures = Enclosures(reader)
    shown: list[Said | Happened] = [_said(row, enclosures, reader) for row in source.messages]
    shown += _happened(source, reader)
    shown += [_told(row, reader) for row in source.letters]
    return sorted(shown, key=lambda each: (each.at, each.is_event))


def why(reason: str, reader: Reader) -> str:
    """Why time does not count, in the customer's words."""
    if reason == "customer":
        return reader.say("Waiting for your answer")
    return reader.say(exclusion_words.REASONS.get(reason, reason))


def _said(row: Message, enclosures: Enclosures, reader: Reader) -> Said:
    whole = row.text.strip("\n")
    new = (row.new_text or row.text).strip("\n")
    css = _LOOKS.get(Direction(row.direction), "from-aws")
    from_aws = css == "from-aws"
    return Said(
        at=row.at,
        row=row,
        css=css,
        who="AWS" if from_aws else row.author_name or row.author_email or reader.say("Customer"),
        body=new[:LONGEST_SHOWN],
        folded="" if whole == new else whole[:LONGEST_SHOWN],
        enclosed=enclosures.of(row.attachments),
    )


def _happened(source: Source, reader: Reader) -> Iterator[Happened]:
    for row in source.entries:
        if line := _line(row, source.names, reader):
            yield Happened(row.at, *line)


def _line(row: TicketEvent, names: Mapping[int, str], reader: Reader) -> tuple[str, str] | None:
    """An icon and a sentence for what the customer may know of an entry, and for nothing else."""
    data, say = row.data, reader.say
    if row.kind == EventKind.OPENED:
        level = str(data.get("priority", ""))
        return f"p-{level}", say("Ticket opened as %(priority)s.", priority=reader.label(level))
    if row.kind == EventKind.STATUS:
        status = i18n.customer_label(str(data.get("to", "")), reader.language)
        return _icon(str(data.get("to"))), say("Status: %(status)s.", status=status)
    if row.kind == EventKind.PRIORITY:
        level = str(data.get("priority", ""))
        return f"p-{level}", say("Priority: %(priority)s.", priority=reader.label(level))
    if row.kind == EventKind.ASSIGNED and (name := _assignee(data, names)):
        return "user", say("%(name)s has the ticket.", name=name)
    if row.kind == EventKind.ESCALATION_ASKED and row.actor == "customer":
        return "up", _escalated(data, names, reader)
    if row.kind in words.EXCLUDED:
        return "pause", say(words.EXCLUDED[row.kind], why=why(str(data.get("reason", "")), reader))
    return None


def _escalated(data: Mapping[str, Any], names: Mapping[int, str], reader: Reader) -> str:
    told = [names[each] for each in data.get("told") or () if each in names]
    if not told:
        return reader.say("You asked for escalation.")
    return reader.say("You asked for escalation. Told: %(who)s.", who=reader.say(", ").join(told))


def _assignee(data: Mapping[str, Any], names: Mapping[int, str]) -> str:
    who = str(data.get("to", data.get("assignee")) or "")
    return names.get(int(who), "") if who.isdigit() else ""


def _told(row: Outbox, reader: Reader) -> Happened:
    name = reader.say(codes.LETTERS.get(row.letter, row.letter))
    return Happened(row.created_at, "mail", reader.say("Mailed: %(letter)s.", letter=name))


def _icon(status: str) -> str:
    found = {"waiting-customer": "pause", "waiting-aws": "aws", "resolved": "check", "closed": "lock"}
    return found.get(status, "redo")
