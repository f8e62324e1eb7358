"""Taking responsibility for mail: nothing is answered 250 before its raw bytes and deliveries are durable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.mail.trust import UNCHECKED, Authentication


@dataclass(frozen=True, slots=True)
class Arrival:
    """One mail as a door heard it, before any reading.

    Shape: `reverse_path` and `forward_paths` are literal addresses without angle brackets, the null reverse-path is
    empty; `door` is smtp, lmtp, imap or import; `tls` the protocol version or empty.
    Source: RFC 5321 §4.1.1 (envelope).
    """

    raw: bytes
    reverse_path: str
    forward_paths: tuple[str, ...]
    accepted_at: datetime
    door: str = "smtp"
    peer: str = ""
    helo: str = ""
    tls: str = ""
    authentication: Authentication = UNCHECKED
