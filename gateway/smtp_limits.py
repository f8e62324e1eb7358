"""What bounds the doors: connections, memory for mail text, errors and patience; and what their sessions share."""

from __future__ import annotations

import ssl
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

from gateway.inbound.receive import Intake, Recipient
from gateway.mail.trust import Authentication
from gateway.settings import Settings

LINE_LIMIT = 2048  # octets of a command line; RFC 5321 §4.5.3.1.4 asks for 512, extensions for more
UNREAD_LIMIT = 64 * 1024
OVERLONG_LIMIT = 1024 * 1024
ERROR_LIMIT = 20
UNKNOWN_RECIPIENT_LIMIT = 100
IDLE_COMMAND_LIMIT = 100
GREETING_PAUSE = 0.005  # an early talker's first bytes follow its handshake at once
STRESSED_TIMEOUT = 10.0
RECIPIENT_TIMEOUT = 30.0
LINGER = 2.0
DRAIN_SECONDS = 20.0
BODY_MEMORY_FACTOR = 8

Recipients = Callable[[str], "Recipient | Awaitable[Recipient]"]
Authenticate = Callable[..., Authentication]


def client_key(peer: str) -> str:
    """Whom connections are counted for: an IPv4 address, or an IPv6 /64 network.

    >>> client_key("::ffff:192.0.2.1"), client_key("2001:db8:1:2:3::4")
    ('192.0.2.1', '2001:db8:1:2')
    """
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return peer
    if address.version == 4:
        return str(address)
    return str(
        address.ipv4_mapped or ":".join(f"{int(part, 16):x}" for part in address.exploded.split(":")[:4])
    )


class Gate:
    """Counts of open connections and of mail text held in memory, over all listeners."""

    def __init__(self, total: int, per_client: int, body_bytes: int) -> None:
        self._total = total
        self._per_client = per_client
        self._clients: Counter[str] = Counter()
        self._open = 0
        self._body_bytes_left = body_bytes

    @property
    def stressed(self) -> bool:
        """Whether four fifths of the connections are taken."""
        return self._open * 5 > self._total * 4

    def enter(self, client: str) -> bool:
        """Whether one more connection may stay; if so it is counted until `leave`."""
        if self._open >= self._total or self._clients[client] >= self._per_client:
            return False
        self._open += 1
        self._clients[client] += 1
        return True

    def leave(self, client: str) -> None:
        """Forget one connection."""
        self._open -= 1
        self._clients[client] -= 1
        if self._clients[client] <= 0:
            del self._clients[client]

    def hold(self, size_bytes: int) -> bool:
        """Whether the memory for so much more mail text was left, and is now taken; negative sizes give back."""
        if size_bytes > self._body_bytes_left:
            return False
        self._body_bytes_left -= size_bytes
        return True


@dataclass(slots=True)
class Door:
    """What every session of the doors shares."""

    settings: Settings
    hostname: str
    intake: Intake
    gate: Gate
    recipients: Recipients
    authenticate: Authenticate | None = None
    free_bytes: Callable[[], int] | None = None
    tls: ssl.SSLContext | None = None
    pool: ThreadPoolExecutor | None = None
    stopping: bool = False
    sessions: set[Any] = field(default_factory=set)
