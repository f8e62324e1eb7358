"""The codes of notices in plain words; English words are the message identifiers of the catalogue."""

from __future__ import annotations

from typing import Final

KINDS: Final = {"maintenance": "Planned maintenance", "advisory": "Security advisory"}
STATES: Final = {
    "draft": "Draft",
    "announced": "Announced",
    "started": "Running",
    "ended": "Over",
    "called-off": "Called off",
}
STEPS: Final = {
    "announced": "Announced",
    "changed": "Changed",
    "called-off": "Called off",
    "reminder": "Reminder",
    "started": "Begun",
    "ended": "Ended",
}
FATES: Final = {
    "accepted": "Accepted",
    "waiting": "Waiting",
    "refused": "Refused",
    "uncertain": "Uncertain",
    "kept": "Kept here",
    "given-up": "Given up",
    "unfit": "Address unfit for mail",
}
REFUSALS: Final = (
    "a notice needs a title in English or Chinese",
    "a title is too long",
    "a text is too long",
    "an advisory needs a severity",
    "an advisory says what to do",
    "an advisory has no window",
    "there is no such time zone",
    "maintenance needs a beginning and an end",
    "the window ends after it begins",
    "a window is at most 31 days long",
    "only a lead or above may do this",
    "only a draft can be rewritten",
    "a notice stays of its kind",
    "this notice was announced already",
    "nobody is concerned: no customer with a contact fits",
    "an advisory is no emergency maintenance",
    "there is nothing left to call off",
    "the window has begun: end it instead",
    "the window is over",
    "too late for %(names)s: move the window, or state an emergency",
    "the added time comes too soon for %(names)s: state an emergency, which excludes nothing",
    "only an announced window can be changed",
    "nothing would change",
    "the window has begun: only its end can be changed",
    "the window would be over: end it instead",
    "the window would begin in the past",
    "this notice has no window",
    "only an announced window begins",
    "the window has not begun: move it instead",
    "the window has not begun: call it off instead",
    "this window is not running",
    "the reason is too long",
    "that is no date and time",
    "the clocks of that zone skip this time: choose another",
    "the clocks of that zone show this time twice: enter it in UTC",
    "an AWS account has 12 digits",
    "a tag is written as name=value",
    "there is no such customer",
)
"""What verbs and forms refuse with, so that the catalogue knows it."""


def everything() -> list[str]:
    """Every word of this page, for the catalogue."""
    tables = (KINDS, STATES, STEPS, FATES)
    return [*(words for table in tables for words in table.values()), *REFUSALS]
