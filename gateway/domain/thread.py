"""Which ticket a message continues, and how far that is trusted. Pure.

Source: invariant 6 of the architecture; promise P13.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final


@unique
class Key(StrEnum):
    """What names the ticket, strongest first. Only the first two are ours alone to know."""

    REPLY_ADDRESS = "reply-address"
    MESSAGE_ID = "message-id"
    SUBJECT_TAG = "subject-tag"


@unique
class Trust(StrEnum):
    """What the message may do to the ticket it names.

    `PARTICIPANT` speaks as the customer; `HELD` is shown to engineers on the ticket and changes nothing; `STRANGER`
    opens a ticket of its own, linked for engineers.
    """

    PARTICIPANT = "participant"
    HELD = "held"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Hint:
    """A ticket named by a message."""

    key: Key
    ticket: int


@dataclass(frozen=True, slots=True)
class Sender:
    """What is known of a message's author in view of one ticket.

    Shape: `colleague` says that the author belongs to the ticket's customer.
    """

    participant: bool
    colleague: bool
    dmarc_pass: bool
    dmarc_fail: bool


@dataclass(frozen=True, slots=True)
class Continuation:
    """The ticket a message continues and the trust it has there."""

    ticket: int
    key: Key
    trust: Trust


_TAG_LENGTH: Final = 12


def tagged(subject: str, prefix: str) -> int | None:
    """The ticket number a subject's tag names.

    >>> tagged("Re: [HD-1042] Direct Connect down", "HD")
    1042
    >>> tagged("[HD-] nothing", "HD") is None
    True
    """
    found = re.search(rf"\[{re.escape(prefix)}-([0-9]{{1,{_TAG_LENGTH}}})\]", subject)
    return int(found[1]) if found else None


def strongest(hints: Iterable[Hint]) -> Hint | None:
    """The hint to follow: a signed address before a known Message-ID before a subject tag."""
    order = list(Key)
    return min(hints, key=lambda hint: order.index(hint.key), default=None)


def continuation(hints: Sequence[Hint], sender: Sender) -> Continuation | None:
    """Which ticket the message continues and what it may do there; None where it names none.

    >>> participant = Sender(participant=True, colleague=True, dmarc_pass=False, dmarc_fail=False)
    >>> continuation([Hint(Key.SUBJECT_TAG, 7)], participant).trust
    <Trust.STRANGER: 'stranger'>
    >>> continuation([Hint(Key.MESSAGE_ID, 7)], participant).trust
    <Trust.PARTICIPANT: 'participant'>
    """
    hint = strongest(hints)
    if hint is None:
        return None
    return Continuation(hint.ticket, hint.key, _trust(hint.key, sender))


def _trust(key: Key, sender: Sender) -> Trust:
    if sender.dmarc_pass and (sender.participant or sender.colleague):
        return Trust.PARTICIPANT
    ours_alone = key is not Key.SUBJECT_TAG
    if ours_alone and sender.participant and not sender.dmarc_fail:
        return Trust.PARTICIPANT
    return Trust.HELD if key is Key.REPLY_ADDRESS else Trust.STRANGER
