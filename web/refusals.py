"""Why a verb refused, in the words of the page's reader."""

from __future__ import annotations

from gateway.domain.lifecycle import InvalidTransition
from gateway.tickets import Refused
from web import visit


def in_words(refused: ValueError) -> str:
    """Why a verb refused, in the reader's language."""
    if isinstance(refused, InvalidTransition):
        return visit.say("the ticket is now: %(status)s", status=visit.reader().label(refused.status))
    if isinstance(refused, Refused):
        return visit.say(refused.words, **refused.values)
    return visit.say(str(refused))
