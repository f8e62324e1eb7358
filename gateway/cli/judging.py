"""What the rules say of a mail when nothing is known but the mail itself."""

from __future__ import annotations

from gateway.inbound import rules
from gateway.inbound.rules import Facts
from gateway.mail import address
from gateway.mail.reading import Reading
from gateway.operations.explaining import Judged
from gateway.settings import Settings


def own_addresses(settings: Settings, recipient: str) -> frozenset[str]:
    """Our addresses, and the one this mail came to."""
    came_to = address.split_subaddress(address.normalise(recipient))[0] if recipient else ""
    return settings.own_addresses | ({came_to} if came_to else frozenset())


def judge(reading: Reading, own: frozenset[str]) -> Judged:
    """The rule and the disposition for a mail from somebody unknown, unauthenticated, about no known ticket."""
    decided = rules.decide(reading, Facts(own_addresses=own, unregistered="accept"))
    return Judged(decided.rule, decided.action.value)
