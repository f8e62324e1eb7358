"""When each mail is judged: at once, but for what somebody sends faster than a flood may be judged.

Whoever floods us waits for themselves alone: their mail is accepted and durable, and becomes due at a steady pace
that leaves most of the desk's time to everybody else's; before that it is judged only where nothing else is due.
Nothing is refused or dropped.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from gateway.inbound.receive import Arrival

SENDERS: Final = 10_000
_HEADER_BYTES: Final = 16 * 1024
_MACHINE: Final = re.compile(
    rb"^(?:auto-submitted:[ \t]*auto-|precedence:[ \t]*(?:bulk|junk|list|auto)|list-id:|x-auto-response-suppress:)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one sender's mail is judged at once, and how much a second after that; and so for a domain.

    Shape: a domain's mail counts together only where it says that a machine wrote it: people of a flooding domain
    never wait for its machines. `longest` bounds what anybody waits. A second's worth is a fraction of what a busy
    small machine judges in it.
    """

    at_once: int = 20
    of_a_domain: int = 60
    a_second: float = 10.0
    longest: timedelta = timedelta(hours=1)


@dataclass
class Pace:
    """The pace of one door. It remembers the last few thousand who sent, and nothing across a restart."""

    limits: Limits = Limits()
    _until: OrderedDict[str, datetime] = field(default_factory=OrderedDict)

    def spread(self, arrivals: Sequence[Arrival], at: datetime) -> list[Arrival]:
        """The same mails, those of a flood due later than now."""
        return [self._due(each, at) for each in arrivals]

    def _due(self, arrival: Arrival, at: datetime) -> Arrival:
        sender = arrival.reverse_path.lower()
        wait = self._wait(sender, self.limits.at_once, at)
        if sender and _by_machine(arrival.raw):
            wait = max(wait, self._wait(sender.rpartition("@")[2], self.limits.of_a_domain, at))
        return replace(arrival, due_at=at + min(wait, self.limits.longest)) if wait else arrival

    def _wait(self, who: str, at_once: int, at: datetime) -> timedelta:
        """How long after now it is this one's turn: the leaky bucket as a single instant for each sender."""
        step = timedelta(seconds=1 / self.limits.a_second)
        free = max(self._until.pop(who, at), at)
        over = free + step - at - at_once * step
        self._until[who] = min(free + step, at + self.limits.longest + at_once * step)
        while len(self._until) > SENDERS:
            self._until.popitem(last=False)
        return max(over, timedelta())


def _by_machine(raw: bytes) -> bool:
    """Whether the header says so; the mail itself is read later, elsewhere."""
    head = raw[:_HEADER_BYTES]
    return _MACHINE.search(head, 0, head.find(b"\r\n\r\n") + 1 or len(head)) is not None
