"""Whether mailboxes are read, and what is wrong where they are not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from gateway.store import mailboxes

Told = tuple[str, str, str]
"""ok, warn or wrong; what; what to do."""


def findings(session: Session, own_addresses: Collection[str], at: datetime) -> list[Told]:
    """A finding for each active mailbox, and one more for each that mail of our own could go round through."""
    found: list[Told] = []
    for row in mailboxes.active(session):
        named = f"the mailbox {row.name}"
        if row.address not in own_addresses:
            advice = "add it to HELPDESK_EXTRA_ADDRESSES, or our own letters to it look like requests"
            found.append(("warn", f"{named} is for {row.address}, which is no address of ours", advice))
        left = len(mailboxes.left(session, row.id))
        if left:
            found.append(("warn", f"{left} mails of {named} were not taken", "see helpdesk mailbox list"))
        since = mailboxes.silent_since(row)
        if mailboxes.overdue(row, at):
            minutes = int((at - since).total_seconds() // 60)
            what = f"{named} has not been read for {minutes} minutes" + (
                f": {row.fault}" if row.fault else ""
            )
            found.append(("wrong", what, "helpdesk imap must run, and be let in by the server"))
        elif row.fault:
            found.append(("warn", f"{named}: {row.fault}", "see helpdesk mailbox list"))
        elif row.fetched_at is None:
            found.append(("warn", f"{named} has never been read", "helpdesk up, or helpdesk imap"))
        else:
            found.append(("ok", f"{named} was read {int((at - since).total_seconds())} seconds ago", ""))
    return found
