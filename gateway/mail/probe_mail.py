"""The mail by which the platform measures itself each minute (P2): addresses only we can write, and its bytes.

The way out is `support+to…`: the door and a worker take it, and it leaves again for `support+tb…`. The way back ends
there. Reverse-paths are null and both bear our loop mark, so no report and no answer can come of either.
Source: promise P2; RFC 5321 §4.5.5 (null reverse-path), RFC 5233 (subaddress).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum, unique
from typing import Final

from gateway import secrets
from gateway.mail import address, compose
from gateway.mail.compose import Outgoing
from gateway.mail.message import Mailbox

FRESH: Final = timedelta(minutes=10)
_PURPOSE: Final = "availability-probe"
_VALUE: Final = re.compile(r"[ob][0-9]{8}[a-z0-9]{6}")
_DETAIL: Final = re.compile(r"t([ob][0-9]{8}[a-z0-9]{6})-([a-z2-7]{26})", re.IGNORECASE)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE: Final = timedelta(minutes=1)


@unique
class Way(StrEnum):
    """Where a probe is on its way: to us, back from us, or too old to be either."""

    OUT = "out"
    BACK = "back"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe that an address of ours names. Shape: `key` is the same on both ways."""

    way: Way
    key: str


def key_of(minute: datetime, random: str) -> str:
    """What one probe of a minute is called on all its ways.

    >>> key_of(datetime(2026, 3, 2, 1, 0, tzinfo=UTC), "abc234")
    '29540220abc234'
    """
    key = f"{(minute - _EPOCH) // _MINUTE:08d}{random}"
    if not _VALUE.fullmatch(f"o{key}"):
        raise ValueError("a probe is named by a minute and six letters or digits")
    return key


def out_address(secret: str, own: str, key: str) -> str:
    """The address of ours at which a probe arrives."""
    return _address(secret, own, f"o{key}")


def back_address(secret: str, own: str, key: str) -> str:
    """The address at which a probe ends that has left again."""
    return _address(secret, own, f"b{key}")


def named(secret: str, own: frozenset[str], written: str, at: datetime) -> Probe | None:
    """The probe that an address names, where nobody but us can have written it; None for every other address."""
    base, detail = address.split_subaddress(written)
    found = _DETAIL.fullmatch(detail)
    if found is None or base.lower() not in own:
        return None
    value = found[1].lower()
    if not secrets.signed(secret, _PURPOSE, value, found[2]):
        return None
    made_at = _EPOCH + int(value[1:9]) * _MINUTE
    way = Way.OUT if value[0] == "o" else Way.BACK
    return Probe(way if abs(at - made_at) <= FRESH else Way.STALE, value[1:])


def receipt(secret: str, key: str) -> str:
    """What shows how far a probe came to whoever sent it."""
    return f"{key}-{secrets.sign(secret, 'probe-receipt', key)}"


def of_receipt(secret: str, token: str) -> str:
    """The probe that a receipt is for. Errors: BadToken."""
    key, _, signature = token.partition("-")
    if not _VALUE.fullmatch(f"o{key}") or not secrets.signed(secret, "probe-receipt", key, signature):
        raise secrets.BadToken("no receipt of ours")
    return key


def content(own: str, day: datetime) -> bytes:
    """The mail that goes in, the same bytes all day long, so that they are kept once and not each minute."""
    made = (
        f"From: <{own}>", f"To: <{own}>", "Subject: Availability probe", f"Date: {day:%a, %d %b %Y} 00:00:00 +0000",
        "Auto-Submitted: auto-generated", f"{compose.LOOP_FIELD}: {own}", "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=us-ascii", "", "Sent each minute to measure availability.", "",
    )  # fmt: skip
    return "\r\n".join(made).encode()


def onward(own: str, to: str, *, random: str, at: datetime) -> tuple[str, bytes]:
    """The mail that leaves again, with its Message-ID. Errors: UnsafeField."""
    message_id = compose.message_id(address.domain_of(own), f"probe.{random}")
    mail = Outgoing(
        from_=Mailbox("", own),
        to=(Mailbox("", to),),
        subject="Availability probe",
        text="Sent each minute to measure availability.",
        message_id=message_id,
        date=at,
        auto_submitted="auto-generated",
        loop=own,
    )
    return message_id, compose.compose(mail)


def _address(secret: str, own: str, value: str) -> str:
    local, _, domain = own.lower().partition("@")
    return f"{local}+t{value}-{secrets.sign(secret, _PURPOSE, value)}@{domain}"
