"""Mail that waits for a person, as the page draws it: why it waits, what it says, and what could be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from gateway.mail import address
from gateway.operations import blocking
from gateway.store import glances
from gateway.store.models import Delivery, DeliveryState, Glance
from gateway.store.queries import reviewing
from web import codes, review_words, timeline, visit
from web.visit import Reader

_TAGS: Final = {
    DeliveryState.HELD: ("warn", "pause", "Held"),
    DeliveryState.QUARANTINED: ("bad", "stop", "Quarantined"),
    DeliveryState.BLOCKED: ("", "ban", "Blocked"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One mail that waits.

    Shape: `why` are sentences; `verdicts` are names of checks with what they found; `ticket` is the number of the
    ticket that it may belong to; `patterns` are what of its sender can be blocked; `stranger` is the address that can
    be registered, empty where it is known or unreadable.
    """

    row: Delivery
    tag: timeline.Tag
    why: Sequence[str]
    verdicts: Sequence[tuple[str, str]]
    glance: Glance | None
    ticket: int | None
    patterns: Sequence[str]
    stranger: str

    @property
    def unread(self) -> bool:
        """Whether nothing of it could be read, so that only trying again is left."""
        return self.row.state == DeliveryState.QUARANTINED


def drawn(rows: Session, deliveries: Sequence[Delivery], reader: Reader) -> list[Waiting]:
    """These deliveries with all that is known of them."""
    seen = glances.of(rows, [each.id for each in deliveries])
    tickets = reviewing.suggested(rows, deliveries, visit.services().settings.ticket_prefix)
    drawn = [_drawn(each, seen, tickets, reader) for each in deliveries]
    own = visit.services().settings.own_addresses
    wanted = {pattern for each in drawn for pattern in each.patterns}
    taken = {pattern for pattern in wanted if blocking.may_block(rows, pattern, own)}
    return [replace(each, patterns=tuple(one for one in each.patterns if one in taken)) for each in drawn]


def _drawn(row: Delivery, seen: Mapping[int, Glance], tickets: Mapping[int, int], reader: Reader) -> Waiting:
    kind, icon, word = _TAGS[DeliveryState(row.state)]
    author = address.normalise(row.originator or row.reverse_path)
    domain = address.domain_of(author)
    readable = bool(domain) and row.state != DeliveryState.QUARANTINED
    return Waiting(
        row=row,
        tag=timeline.Tag(kind, icon, reader.say(word)),
        why=_why(row, reader),
        verdicts=_verdicts(row, reader),
        glance=seen.get(row.id),
        ticket=tickets.get(row.id),
        patterns=(author, f"@{domain}") if domain else (),
        stranger=author if readable and row.error == "unregistered" else "",
    )


def _why(row: Delivery, reader: Reader) -> list[str]:
    """Why it waits: the rule, the reason, and whom its author could be taken for."""
    if row.state == DeliveryState.BLOCKED:
        return [reader.say("Its sender is blocked.")]
    said = []
    if row.rule in codes.RULES:
        said.append(reader.say("%(what)s.", what=reader.say(codes.RULES[row.rule])))
    code = row.error or row.disposition
    if code in codes.REASONS:
        said.append(reader.say(codes.REASONS[code]))
    else:
        fault = next((words for start, words in review_words.FAULTS.items() if code.startswith(start)), "")
        said.append(reader.say(fault) if fault else code)
    return [*filter(None, said), *timeline.suspicions(row.authentication, reader)]


def _verdicts(row: Delivery, reader: Reader) -> list[tuple[str, str]]:
    told = row.authentication or {}
    found = [
        (name.upper(), reader.say(review_words.VERDICTS.get(str(told[name]), str(told[name]))))
        for name in ("spf", "dkim", "dmarc")
        if told.get(name)
    ]
    if domain := str(told.get("domain", "")):
        found.append((reader.say("Domain checked"), domain))
    return found
