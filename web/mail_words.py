"""What mail is made of, in plain words: sealed, signed, in pieces; files and the scanner's word; meetings."""

from __future__ import annotations

from typing import Final

from gateway.store.models import ScanState

NATURES: Final = {
    "smime-encrypted": "Encrypted with S/MIME: cannot be read here, the original is kept",
    "smime-compressed": "Compressed with S/MIME: cannot be read here, the original is kept",
    "pgp-encrypted": "Encrypted with PGP: cannot be read here, the original is kept",
    "smime-signed": "Signed with S/MIME, not checked",
    "pgp-signed": "Signed with PGP, not checked",
    "partial": "Part %(part)s of a larger mail, not put together",
    "external-body": "Points to content elsewhere, not fetched",
}
SEALS: Final = frozenset({"smime-encrypted", "smime-compressed", "pgp-encrypted"})

SCANS: Final = {
    ScanState.NOT_SCANNED: "not scanned",
    ScanState.FAILED: "not scanned: the scanner gave no verdict",
    ScanState.INFECTED: "infected: %(found)s",
}

METHODS: Final = {
    "request": "Invitation",
    "cancel": "Meeting cancelled",
    "reply": "Answer to an invitation",
    "counter": "Another time proposed",
    "declinecounter": "Another time declined",
    "add": "Further dates",
    "publish": "Calendar entry",
}
ANSWERS: Final = {
    "accepted": "accepted",
    "declined": "declined",
    "tentative": "tentatively accepted",
    "delegated": "delegated",
}

EVENTS: Final = {
    "file-infected": "The scanner found something in a file.",
    "original-taken": "The original mail with its infected file was taken.",
}

REFUSALS: Final = (
    "the scanner found something in a file of this reply",
    "the scanner could not tell whether a file of this reply is clean",
    "a mail with an infected file is for team leads",
    "there is no such message",
    "the scanner found something in this file",
    "the scanner has given no verdict on this file; unscanned=true takes it all the same",
    "the scanner stopped this letter for one of its files",
)


def everything() -> list[str]:
    """Every word of this page, for the catalogue."""
    tables = (NATURES, SCANS, METHODS, ANSWERS)
    return [each for table in tables for each in table.values()] + [*EVENTS.values(), *REFUSALS]
