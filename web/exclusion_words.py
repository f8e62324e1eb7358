"""Time that does not count, in words: reasons, proofs, entries of the log, and what moved a due instant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from gateway.domain.evidence import Cause, Move, Outcome
from gateway.domain.exclusions import Proof
from gateway.domain.lifecycle import EventKind
from gateway.store.models import TicketEvent
from web.visit import Reader

REASONS: Final[Mapping[str, str]] = {
    "customer": "Waiting for the customer",
    "aws": "AWS failure",
    "third-party": "Third-party supplier",
    "force-majeure": "Force majeure",
    "maintenance": "Announced maintenance",
}
PROOFS: Final[Mapping[str, str]] = {
    "message": "Message",
    "health-event": "AWS Health event",
    "case": "AWS Support case",
    "notice": "Notice",
    "document": "Document",
}
OUTCOMES: Final[Mapping[str, str]] = {
    Outcome.RUNNING: "Running",
    Outcome.RESTING: "Paused",
    Outcome.MET: "Met",
    Outcome.BREACHED: "Breached",
    Outcome.CLOSED: "Closed before it was due",
}
CAUSES: Final[Mapping[str, str]] = {
    Cause.OPENING: "Ticket opened as %(what)s",
    Cause.PRIORITY: "Priority changed to %(what)s",
    Cause.PLANNED: "Planned for %(what)s",
    Cause.WAIT: "Wait %(what)s for the customer ended",
    Cause.EXCLUSION: "%(what)s excluded",
    Cause.LATE_EXCLUSION: "%(what)s excluded late",
    Cause.EXCLUSION_ENDED: "%(what)s ended",
    Cause.STRIKE: "%(what)s struck",
    Cause.REFUSAL: "A reply was refused by the customer's mail server",
}
_LOGGED: Final[Mapping[str, tuple[str, str]]] = {
    EventKind.EXCLUDED: ("pause", "%(id)s, not counted %(span)s: %(why)s."),
    EventKind.EXCLUSION_PROPOSED: ("pause", "%(id)s, proposed not to count %(span)s: %(why)s."),
    EventKind.EXCLUSION_ENDED: ("redo", "%(id)s ended, the time counts again from %(end)s."),
    EventKind.EXCLUSION_STRUCK: ("undo", "%(id)s struck, its time counts after all."),
    EventKind.EXCLUSION_DECLINED: ("ban", "%(id)s declined, its time counts."),
    EventKind.EXCLUSION_CONTESTED: ("warn", "%(id)s contested by the customer."),
    EventKind.EXCLUSION_UPHELD: ("check", "%(id)s upheld, its time still does not count."),
}
KINDS: Final = frozenset(_LOGGED)


def event(row: TicketEvent, reader: Reader) -> tuple[str, str]:
    """An icon and a sentence for an entry of a kind in `KINDS`."""
    icon, said = _LOGGED[row.kind]
    data, values = row.data, {"id": str(row.data.get("id", ""))}
    if "start" in data:
        values["span"] = span(_instant(data["start"]), _instant(data.get("end")), reader)
        values["why"] = reader.say(REASONS.get(str(data.get("reason")), str(data.get("reason"))))
    elif end := _instant(data.get("end")):
        values["end"] = reader.instant(end)
    words = reader.say(said, **values)
    return icon, f"{words} “{row.words}”" if row.words else words


def span(start: datetime | None, end: datetime | None, reader: Reader) -> str:
    """A stretch of time in words."""
    begin = reader.instant(start) if start else ""
    if end is None:
        return reader.say("from %(start)s on", start=begin)
    return reader.say("from %(start)s to %(end)s", start=begin, end=reader.instant(end))


def proof(shown: Proof, number: int, reader: Reader) -> tuple[str, str, str]:
    """A proof as a page shows it: its kind in words, its reference, and the page it stands on, if it does."""
    links = {"message": f"/tickets/{number}#m{shown.reference}", "notice": f"/notices/{shown.reference}"}
    if shown.kind == "health-event" and shown.reference.startswith("arn:"):
        links["health-event"] = f"/aws/health?arn={quote(shown.reference)}"
    plain = "health-event" in links or shown.reference.isascii() and shown.reference.isdigit()
    kind = reader.say(PROOFS.get(shown.kind, shown.kind))
    return kind, shown.reference, links.get(shown.kind, "") if plain else ""


def move(moved: Move, reader: Reader) -> str:
    """What moved a due instant."""
    what = reader.label(moved.what) if moved.cause in (Cause.OPENING, Cause.PRIORITY) else moved.what
    if moved.cause is Cause.PLANNED:
        what = reader.instant(datetime.fromisoformat(moved.what))
    return reader.say(CAUSES[moved.cause], what=what)


def everything() -> list[str]:
    """Every word of this page, for the catalogue."""
    logged = [said for _, said in _LOGGED.values()]
    return [*REASONS.values(), *PROOFS.values(), *OUTCOMES.values(), *CAUSES.values(), *logged]


def _instant(told: Any) -> datetime | None:
    return datetime.fromisoformat(str(told)) if told else None
