"""What the verbs of credits refuse with, so that the catalogue knows it."""

from __future__ import annotations

from typing import Final

REFUSALS: Final = (
    "only a manager decides on a correction",
    "this correction is settled",
    "the ticket stands otherwise by now",
    "a dispute needs a text",
    "a dispute needs a contact of the customer",
    "the contract has no such month",
)
