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

CHUNK_BYTES = 64 * 1024
UNREAD_LIMIT = 64 * 1024
LINGER_BYTES = 1024 * 1024
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


class Patience:
    """How long one session may still be waited for; instants are a loop's monotonic seconds.

    Source: RFC 5321 §4.5.3.2.7.
    """

    __slots__ = ("_data_timeout", "_line_since", "_text_since", "_timeout", "look_seconds")

    def __init__(self, settings: Settings) -> None:
        self._timeout = settings.smtp_command_timeout
        self._data_timeout = settings.smtp_data_timeout
        self.look_seconds = min(self._timeout, self._data_timeout, STRESSED_TIMEOUT) / 4
        self._line_since = 0.0
        self._text_since: float | None = None

    def moved(self, now: float) -> None:
        """A whole command line, or some more of a text, has come or was answered."""
        self._line_since = now

    def text_begins(self, now: float) -> None:
        """From now on a whole text is awaited."""
        self._line_since = self._text_since = now

    def text_ends(self) -> None:
        """From now on commands are awaited again."""
        self._text_since = None

    def over(self, now: float, *, stressed: bool) -> bool:
        """Whether it has ended: for a text after a total or a silence, for commands sooner under stress."""
        silence = now - self._line_since
        if self._text_since is not None:
            return silence > self._timeout or now - self._text_since > self._data_timeout
        return silence > (min(self._timeout, STRESSED_TIMEOUT) if stressed else self._timeout)


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
    greeting_seconds: float = GREETING_PAUSE
    stopping: bool = False
    sessions: set[Any] = field(default_factory=set)
