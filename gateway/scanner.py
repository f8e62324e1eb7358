"""Asks a scanner about some bytes, over the protocol of ClamAV's daemon.

The library speaks the protocol; the connection under it is ours, since its own waits without end while it connects,
may send half of a piece and not notice, and reads as long as somebody drips.
Only a plain OK is a good verdict. Anything else is a finding, a refusal, or no answer.

Source: clamd(8), INSTREAM and PING.
"""

from __future__ import annotations

import io
import socket
import time
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

import clamd

PORT: Final = 3310
CONNECT_SECONDS: Final = 5.0
_LONGEST_ANSWER: Final = 4_096
_INCOMPLETE: Final = "Heuristics.Limits.Exceeded"


class Away(OSError):
    """The scanner cannot be reached, breaks off, or does not answer in time."""


class Unsure(Away):
    """The scanner answers, but not about this content: its own fault, or the content's."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scanner says. Shape: `found` names what it found; `refused` says why it gives no verdict."""

    found: str = ""
    refused: str = ""

    @property
    def clean(self) -> bool:
        """Whether nothing was found by a scan that was complete."""
        return not self.found and not self.refused


class Scanner(Protocol):
    """Whoever judges contents."""

    def scan(self, content: bytes) -> Verdict:
        """The verdict on some bytes. Errors: Away."""

    def version(self) -> str:
        """The scanner and its definitions by name. Errors: Away."""


@dataclass(frozen=True, slots=True)
class Clamd:
    """A ClamAV daemon behind a Unix socket's path, or behind host and port.

    Units: `seconds` of wall time for one question.
    """

    address: str | tuple[str, int]
    seconds: float = 60.0

    def scan(self, content: bytes) -> Verdict:
        """The daemon's verdict on some bytes."""
        try:
            answer = _Connection(self.address, self.seconds).instream(io.BytesIO(content))
        except clamd.BufferTooLongError:
            return Verdict(refused="larger than the scanner takes")
        except clamd.ResponseError as fault:
            raise Unsure(_words(fault)) from fault
        except (clamd.ClamdError, OSError, ValueError) as fault:
            raise Away(_words(fault)) from fault
        if not answer:
            raise Away("the scanner broke off")
        ((status, found),) = answer.values()
        if status == "FOUND" and found:
            if found.startswith(_INCOMPLETE):
                return Verdict(refused=f"only looked at in part: {found[:150]}")
            return Verdict(found=found[:200])
        if status == "OK" and found is None:
            return Verdict()
        raise Unsure(f"the scanner cannot tell: {found or status}"[:300])

    def version(self) -> str:
        """What the daemon calls itself."""
        try:
            said = _Connection(self.address, self.seconds).version()
        except (clamd.ClamdError, OSError, ValueError) as fault:
            raise Away(_words(fault)) from fault
        if not said:
            raise Away("the scanner broke off")
        return str(said)[:200]


def open_scanner(url: str, *, seconds: float = 60.0) -> Clamd | None:
    """The scanner an address names; None where there is no address.

    Shape: `clamd:///path/of/socket` or `clamd://host:port`. Errors: ValueError for anything else.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme != "clamd" or not (parts.hostname or parts.path.strip("/")):
        raise ValueError("a scanner is clamd:///path/of/socket or clamd://host:port")
    if parts.hostname:
        return Clamd((parts.hostname, parts.port or PORT), seconds)
    return Clamd(unquote(parts.path), seconds)


class _Connection(clamd.ClamdNetworkSocket):  # type: ignore[misc]
    """One question over one connection of ours."""

    def __init__(self, address: str | tuple[str, int], seconds: float) -> None:
        super().__init__(timeout=seconds)
        self._address, self._until = address, time.monotonic() + seconds
        self.clamd_socket: _Wire | None = None

    def _init_socket(self) -> None:
        self.clamd_socket = _Wire(_connected(self._address, self._until), self._until)

    def _close_socket(self) -> None:
        if self.clamd_socket is not None:  # closed also where no connection was made
            self.clamd_socket.close()


class _Wire:
    """A socket as the library uses it: sends whole pieces, reads one line, and gives up at an instant."""

    def __init__(self, made: socket.socket, until: float) -> None:
        self._socket, self._until, self._broken = made, until, False

    def send(self, piece: bytes) -> int:
        """Send all of it; to a daemon that has hung up nothing more, since its last word may still lie here."""
        if not self._broken:
            self._socket.settimeout(_left(self._until))
            try:
                self._socket.sendall(piece)
            except (BrokenPipeError, ConnectionResetError):
                self._broken = True
        return len(piece)

    def makefile(self, _mode: str) -> io.BytesIO:
        """The answer's first line."""
        said = b""
        while b"\n" not in said and b"\0" not in said and len(said) < _LONGEST_ANSWER:
            self._socket.settimeout(_left(self._until))
            part = self._socket.recv(_LONGEST_ANSWER)
            if not part:
                break
            said += part
        return io.BytesIO(said.replace(b"\0", b"\n"))

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def _connected(address: str | tuple[str, int], until: float) -> socket.socket:
    seconds = min(CONNECT_SECONDS, _left(until))
    if not isinstance(address, str):
        return socket.create_connection(address, seconds)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        made.settimeout(seconds)
        made.connect(address)
    except OSError:
        made.close()
        raise
    return made


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("the scanner did not answer in time")
    return left


def _words(fault: BaseException) -> str:
    return (
        (str(fault) or type(fault).__name__)[:300]
        if not isinstance(fault, TimeoutError)
        else "no answer in time"
    )
