"""What a mail in a mailbox would have been at the door: its envelope as noted there, its instant, its trust.

There is no peer here. A mailbox that names its provider's authserv-id is believed what that provider wrote into
Authentication-Results; without one nothing is known about the author.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from gateway.inbound.receive import Arrival
from gateway.mail import address, authenticate, header, mailboxes
from gateway.mail.header import Header
from gateway.mail.trust import UNCHECKED

_DELIVERED_TO: Final = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
_HEADER_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Box:
    """The mailbox a mail was found in. Shape: `address` is ours where the mail names no other of `own_addresses`."""

    address: str
    own_addresses: frozenset[str]
    host: str
    authserv_id: str = ""
    tls: str = ""


def arrival(box: Box, raw: bytes, internal_date: datetime | None, at: datetime) -> Arrival:
    """A fetched mail as the intake takes it (P1: `accepted_at` is the server's instant, never later than ours)."""
    fields = header.split(raw[:_HEADER_BYTES], lenient=True)
    return Arrival(
        raw=raw,
        reverse_path=reverse_path(fields),
        forward_paths=(forward_path(fields, box),),
        accepted_at=_instant(internal_date, at),
        door="imap",
        peer=box.host,
        tls=box.tls,
        authentication=authenticate.from_trusted_hop(raw, authserv_id=box.authserv_id)
        if box.authserv_id
        else UNCHECKED,
    )


def told(raw: bytes) -> dict[str, str]:
    """Subject and originator of a mail whose header alone is here."""
    fields = header.split(raw[:_HEADER_BYTES], lenient=True)
    authors = mailboxes.read(header.plain(fields.first("from")))
    return {
        "subject": header.plain(fields.first("subject"))[:500],
        "originator": authors[0].address[:320] if authors else "",
    }


def reverse_path(fields: Header) -> str:
    """The envelope's sender: Return-Path as the last server wrote it (RFC 5321 §4.4), else the author.

    >>> reverse_path(header.split(b"Return-Path: <>\\r\\nFrom: li@harbour.example\\r\\n\\r\\n"))
    ''
    """
    returned = fields.first("return-path")
    if returned:
        return _one(returned.strip())
    authors = fields.every("from")
    return _one(authors[0]) if len(authors) == 1 else ""


def forward_path(fields: Header, box: Box) -> str:
    """The address of ours that the server says the mail was for, with its subaddress, else the mailbox's own."""
    for name in _DELIVERED_TO:
        for value in fields.every(name)[:5]:
            found = _one(value)
            if found and address.split_subaddress(found)[0].lower() in box.own_addresses:
                return found
    return box.address


def _one(value: bytes) -> str:
    found = mailboxes.read(header.plain(value))
    return found[0].address[:512] if len(found) == 1 else ""


def _instant(internal_date: datetime | None, at: datetime) -> datetime:
    if internal_date is None or internal_date.tzinfo is None or internal_date.year < 1971:
        return at
    return min(internal_date.astimezone(UTC), at)
