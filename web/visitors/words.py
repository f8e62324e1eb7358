"""Words of customers' pages that stand in tables, for the thread and for the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.domain.lifecycle import EventKind

EXCLUDED: Final[Mapping[str, str]] = MappingProxyType(
    {
        EventKind.EXCLUDED: "Not counted from now on: %(why)s.",
        EventKind.EXCLUSION_ENDED: "The time counts again.",
        EventKind.EXCLUSION_STRUCK: "Time that was not counted counts after all.",
        EventKind.EXCLUSION_CONTESTED: "You contested time that is not counted.",
        EventKind.EXCLUSION_UPHELD: "A manager looked at it: the time stays uncounted.",
    }
)
REFUSALS: Final = ("an answer needs a text", "a request needs a subject")


def everything() -> tuple[str, ...]:
    """Every word here, for the catalogue."""
    return (*EXCLUDED.values(), *REFUSALS)
