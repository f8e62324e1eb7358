"""What the rota's verbs refuse with, and its letters, so that the catalogue knows them."""

from __future__ import annotations

from typing import Final

LETTERS: Final = {
    "engineer-assigned": "Assignment",
    "engineer-unassigned": "Nobody to assign",
    "handover": "Hand-over",
    "rota-gap": "Gap in the rota",
}
REFUSALS: Final = (
    "nobody stands in for themselves",
    "there is no such team",
    "a swap is between two people",
    "this swap is in the rota already",
    "the end must be later than the beginning",
    "this time is over",
    "this is too far away or too long: at most a year",
    "a time is missing",
)
