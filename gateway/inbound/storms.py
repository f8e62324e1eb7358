"""Floods of mail: what a machine sends over and over goes onto one ticket, and nobody else notices.

A person's request always stays a ticket of its own. Mail counts as one more of the same where its subject and text
are alike once numbers, dates and identifiers are left out.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain.lifecycle import LIVE
from gateway.domain.terms import Priority
from gateway.inbound.rules import Flood
from gateway.mail.message import Kind
from gateway.mail.reading import Reading
from gateway.store.queries import floods
from gateway.store.queries.floods import Came

FULL: Final = 1000
"""How many messages one ticket of a flood holds; then the next one begins."""
_COMPARED: Final = 4000
_MANY: Final = (
    10  # times the automatic mail of a domain: so many people of one domain write in no ten minutes
)
_WORD: Final = re.compile(r"[0-9a-z]+|[^\W0-9a-z_]")
_CALENDAR: Final = """
mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday
jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september october
november december am pm utc gmt
"""
_DATES: Final = frozenset(_CALENDAR.split())


@dataclass(frozen=True, slots=True)
class Limits:
    """From how many mails on within the window it is a flood.

    Shape: `alike` near-identical automatic ones from one sender; `scripted` such ones that look written by a person,
    from a sender of no customer, 0 for never; `sender` and `domain` automatic ones of any kind.
    """

    window: timedelta = timedelta(minutes=10)
    alike: int = 5
    sender: int = 20
    domain: int = 50
    scripted: int = 100


def gist(subject: str, text: str) -> str:
    """What is the same in near-identical mail: a digest of the words without numbers, dates and identifiers.

    >>> gist("Disk 81% on web-3", "At 10:02, 2 March") == gist("Disk 97% on web-11", "At 23:59, 31 December")
    True
    >>> gist("服务器 3 宕机", "") == gist("服务器 4 宕机", ""), gist("服务器宕机", "") == gist("网络中断", "")
    (True, False)
    """
    plain = unicodedata.normalize("NFKC", f"{subject[:500]}\n{text[:_COMPARED]}").casefold()
    words = (each for each in _WORD.findall(plain) if each not in _DATES and not any(map(str.isdigit, each)))
    return hashlib.sha256(" ".join(words).encode("utf-8", "replace")).hexdigest()


def flood(session: Session, limits: Limits, reading: Reading, at: datetime, *, registered: bool) -> Flood:
    """Whether a mail that would open a ticket is one of a flood, by what came before it within the window.

    What a customer's people write is never grouped, and their colleagues put no brake on their acknowledgements.
    """
    author = reading.message.originator.address.lower()
    domain, kind = author.rpartition("@")[2], reading.classification.kind
    if not domain or kind in (Kind.BOUNCE, Kind.LOOP, Kind.AUTO_REPLY):
        return Flood()
    came = floods.lately(session, domain, at - limits.window)
    own = [each for each in came if each.originator == author]
    braked = len(own) + 1 >= limits.sender or (not registered and len(came) + 1 >= _MANY * limits.domain)
    if kind is Kind.HUMAN:
        many = [] if registered else _alike(session, reading, own, enough=limits.scripted)
    else:
        many = _alike(session, reading, own, enough=limits.alike) or _machines(limits, came, own)
    return Flood(_group(session, many, reading.assessment.priority), braked)


def _alike(session: Session, reading: Reading, own: Sequence[Came], *, enough: int) -> list[Came]:
    """The near-identical mail of the sender before this one, where it is enough for a flood."""
    subject = gist(reading.message.subject, "")
    same = list(islice((each for each in own if gist(each.subject, "") == subject), 2 * enough))
    if not enough or len(same) + 1 < enough:
        return []
    wanted = gist(reading.message.subject, reading.message.excerpt.new)
    said = floods.written(session, same)
    ids = {each.delivery_id for each in said if gist(each.subject, each.text) == wanted}
    return [each for each in same if each.delivery_id in ids] if len(ids) + 1 >= enough else []


def _machines(limits: Limits, came: Sequence[Came], own: Sequence[Came]) -> list[Came]:
    """The automatic mail of the sender, or of its whole domain, where it is enough for a flood."""
    for among, enough in ((own, limits.sender), (came, limits.domain)):
        theirs = [each for each in among if each.rule in ("automatic", "flood")]
        if len(theirs) + 1 >= enough:
            return theirs
    return []


def _group(session: Session, many: Sequence[Came], priority: Priority) -> int | None:
    """The oldest open ticket that the flood went to and that is at least as urgent as this mail."""
    order = list(Priority)
    for each in floods.standing(session, {came.ticket_id for came in many}):
        urgent = order.index(Priority(each.priority)) <= order.index(priority)
        if each.status in LIVE and urgent and each.messages < FULL:
            return each.ticket_id
    return None
