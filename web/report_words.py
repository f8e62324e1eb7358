"""The words of reports' pages that stand in tables, for the pages and for the catalogue."""

from __future__ import annotations

from typing import Final

from gateway.domain.periods import Kind
from gateway.reporting import plans

KINDS: Final = {
    Kind.MONTHLY: "Monthly",
    Kind.WEEKLY: "Weekly",
    Kind.DAILY: "Daily",
    Kind.MANAGEMENT: "Management",
}


def everything() -> tuple[str, ...]:
    """Every word that no template and no call says itself."""
    return (*KINDS.values(), *plans.REFUSALS)
