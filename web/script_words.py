"""What the desk's script says by itself: given by the page, so that it speaks as the server does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from web import clocks
from web.visit import Reader

_LENGTHS: Final[Mapping[str, timedelta]] = {
    "hm": timedelta(hours=71, minutes=31),
    "h": timedelta(hours=71),
    "m": timedelta(minutes=31),
    "s": timedelta(seconds=47),
}
_PARTS: Final = (("71", "{h}"), ("31", "{m}"), ("47", "{s}"))


def of(reader: Reader, now: datetime) -> dict[str, Any]:
    """Sentences with places for values in braces, and the server's clock, for the script of a page."""
    say = reader.say
    return {
        "now": clocks.millis(now),
        "zone": reader.zone,
        **countdown(reader),
        "live": say("Live"),
        "away": say("Not live since {time}, trying again"),
        "ended": say("Your session has ended."),
        "signin": say("Sign in"),
        "new1": say("1 new ticket"),
        "new": say("{n} new tickets"),
        "moved1": say("1 ticket in another place"),
        "moved": say("{n} tickets in another place"),
        "comma": say(", "),
        "show": say("Show"),
        "selected": say("{n} selected"),
        "close": say("Close"),
        "failed": say("The server did not answer. Nothing is lost; try again."),
    }


def countdown(reader: Reader) -> dict[str, str]:
    """The words of a running clock, taken from the server's own: in order and late, for each kind of length."""
    words = {}
    for kind, length in _LENGTHS.items():
        for state, remaining in (("left", length), ("late", -length)):
            said = reader.left(remaining)
            for figure, place in _PARTS:
                said = said.replace(figure, place)
            words[f"{state}-{kind}"] = said
    return words
