"""The words of the administration that stand in tables, for the catalogue."""

from __future__ import annotations

from web.admin import audit, audit_words, frame


def everything() -> list[str]:
    """Every word of these pages that no template and no call says itself."""
    places = [said for each in frame.PLACES for said in (each.title, each.about)]
    return [*places, *audit_words.ACTS.values(), *audit_words.DATA.values(), *audit.MACHINES.values()]
