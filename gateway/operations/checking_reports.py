"""Whether every contract's reports reach somebody, and whether reports wait that should have been made."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway.store.queries import report_readers

Told = tuple[str, str, str]
"""ok, warn or wrong; what; what to do."""
PATIENCE: Final = timedelta(hours=1)
_MOST_NAMED: Final = 10


def findings(session: Session, at: datetime) -> list[Told]:
    """A finding of contracts whose reports nobody gets, and of reports that wait."""
    unread = report_readers.contracts_without(session, at)
    named = ", ".join(unread[:_MOST_NAMED]) + (", …" if len(unread) > _MOST_NAMED else "")
    found = [("ok", "every contract's reports have a recipient", "")]
    if unread:
        what = f"contracts whose reports nobody gets ({len(unread)}): {named}"
        found = [
            (
                "warn",
                what,
                "name recipients under reports: of the contract, or a contact with the role manager",
            )
        ]
    if late := report_readers.waiting(session, at - PATIENCE):
        found.append(
            ("wrong", f"{late} reports wait to be made", "see whether a worker of the queue slow runs")
        )
    return found
