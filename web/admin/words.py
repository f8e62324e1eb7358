"""The words of the administration that stand in tables, for the catalogue."""

from __future__ import annotations

from web.admin import audit, audit_words, customers, frame, import_words, letter_words, webhook_words


def everything() -> list[str]:
    """Every word of these pages that no template and no call says itself."""
    places = [said for each in frame.PLACES for said in (each.title, each.about)]
    tables = (
        audit_words.ACTS, audit_words.DATA, audit.MACHINES, import_words.THINGS, import_words.TURNS,
        import_words.REMARKS, customers.REACHES, customers.STATES, webhook_words.EVENTS,
        webhook_words.STATES, webhook_words.ERRORS, webhook_words.BAD_URLS,
        letter_words.TITLES, letter_words.CUSTOMER, letter_words.ENGINEER,
    )  # fmt: skip
    return [
        *places,
        "To customers",
        "To engineers",
        *webhook_words.REFUSALS,
        *(said for table in tables for said in table.values()),
    ]
