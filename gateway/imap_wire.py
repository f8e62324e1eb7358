"""A connection to an IMAP server that is bounded: sizes, silence, whole commands, and what may be put on the wire.

Source: RFC 3501 and 9051, RFC 2177 (IDLE), RFC 4315 (UIDPLUS), RFC 6851 (MOVE). Python's imaplib adds the holes that
are closed here: it reads literals of any announced size, sends control characters in names as they are
(CVE-2025-15366) and believes what came before STARTTLS, which therefore is never used.
"""

from __future__ import annotations

import imaplib
import select
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any, Final

from imapclient import IMAPClient
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.response_parser import parse_message_list
from imapclient.tls import IMAP4_TLS

CONNECT_SECONDS: Final = 15.0
SILENCE_SECONDS: Final = 30.0
COMMAND_SECONDS: Final = 60.0
SLACK_BYTES: Final = 4 * 1024 * 1024
LINE_BYTES: Final = 1024 * 1024
RECEIVE_BYTES: Final = 256 * 1024
WINDOW: Final = 20_000
"""Mails asked for in one SEARCH: an answer of one line is bounded to a megabyte."""

Fault = (imaplib.IMAP4.error, OSError, ValueError, LookupError, RecursionError, TypeError, AttributeError)
"""What imaplib and imapclient raise on what servers say."""


class Unsafe(ValueError):
    """Something that must not be put on the wire."""


class TooMuch(imaplib.IMAP4.abort):
    """The server sends more than was asked for."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mailbox is. Shape: `ca_file` replaces the system's certificates, `plain` asks for no TLS."""

    host: str
    port: int
    ca_file: str = ""
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as the server keeps it."""

    raw: bytes
    internal_date: datetime | None


def safe(text: str) -> str:
    """The text, if it may stand in a command. Errors: Unsafe for control characters and nothing at all.

    >>> safe("INBOX")
    'INBOX'
    """
    if not text or any(ord(each) < 0x20 or 0x7F <= ord(each) < 0xA0 for each in text):
        raise Unsafe("empty, or holds control characters")
    return text


def safe_flag(flag: str) -> str:
    r"""A flag or keyword, if it is an atom (RFC 3501 §9). Errors: Unsafe.

    >>> safe_flag("\\Seen"), safe_flag("$Taken")
    ('\\Seen', '$Taken')
    """
    bare = safe(flag).removeprefix("\\")
    if not bare.isascii() or not bare or any(each in '(){ %*"\\]' for each in bare):
        raise Unsafe("no flag")
    return flag


def context(place: Place) -> ssl.SSLContext | None:
    """TLS 1.2 or newer with verified names; none only for a loopback address that asks for none.

    Errors: Unsafe where cleartext is asked for on another machine; OSError where the CA file cannot be read.
    """
    if place.plain:
        if not _loopback(place.host):
            raise Unsafe("mail and passwords do not travel in the clear to another machine")
        return None
    made = ssl.create_default_context(cafile=place.ca_file or None)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


class _Bounded:
    """Reads with a buffer of its own, no more than `left` bytes and no longer than until `deadline`."""

    sock: socket.socket
    left = SLACK_BYTES

    def __init__(self, *arguments: Any) -> None:
        self.buffer = bytearray()
        self.deadline = time.monotonic() + CONNECT_SECONDS + SILENCE_SECONDS
        super().__init__(*arguments)

    def read(self, size: int) -> bytes:
        """A literal, if there is room for it."""
        self._spend(size)
        while len(self.buffer) < size:
            self._receive()
        return self._take(size)

    def readline(self) -> bytes:
        """A line of bounded length."""
        start = 0
        while (end := self.buffer.find(b"\n", start)) < 0:
            start = len(self.buffer)
            if start > LINE_BYTES:
                raise TooMuch("the server sends a line without end")
            self._receive()
        self._spend(end + 1)
        return self._take(end + 1)

    def _take(self, size: int) -> bytes:
        taken = bytes(memoryview(self.buffer)[:size])
        del self.buffer[:size]
        return taken

    def _receive(self) -> None:
        patience = min(SILENCE_SECONDS, self.deadline - time.monotonic())
        if patience <= 0:
            raise imaplib.IMAP4.abort("the answer takes too long")
        self.sock.settimeout(patience)
        data = self.sock.recv(RECEIVE_BYTES)
        if not data:
            raise imaplib.IMAP4.abort("the connection ended")
        self.buffer += data

    def _spend(self, size: int) -> None:
        if size > self.left:
            raise TooMuch(f"the server sends {size} bytes where {self.left} are left")
        self.left -= size


class _Tls(_Bounded, IMAP4_TLS):  # type: ignore[misc]
    pass


class _Plain(_Bounded, IMAP4WithTimeout):  # type: ignore[misc]
    pass


class Connection(IMAPClient):  # type: ignore[misc]
    """A session. Errors: every method raises what `Fault` names."""

    window = WINDOW

    def __init__(self, place: Place) -> None:
        self._place = place
        self._cut = False
        made = context(place)
        super().__init__(
            place.host, place.port, ssl=made is not None, ssl_context=made, timeout=SILENCE_SECONDS
        )
        self._imap.debug = 0  # it would keep, and format, every line
        self.normalise_times = False
        self.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # commands go out in pieces

    def _create_IMAP4(self) -> Any:  # noqa: N802  imapclient's name
        host, port = self._place.host, self._place.port
        if self.ssl:
            return _Tls(host, port, self.ssl_context, CONNECT_SECONDS)
        return _Plain(host, port, CONNECT_SECONDS)

    @contextmanager
    def within(self, seconds: float = COMMAND_SECONDS, size_bytes: int = 0) -> Iterator[None]:
        """Let what follows take so long and be answered in so many bytes."""
        self._imap.deadline = time.monotonic() + seconds
        self._imap.left = size_bytes + SLACK_BYTES
        self.socket().settimeout(SILENCE_SECONDS)
        yield

    def cut(self) -> None:
        """End the connection from another thread; whoever waits for it fails at once."""
        self._cut = True
        with suppress(OSError, AttributeError):
            socket.socket.shutdown(self.socket(), socket.SHUT_RDWR)  # past TLS, which the other thread holds

    def leave(self) -> None:
        """Sign out where that works, and close."""
        with suppress(*Fault), self.within(5):
            if not self._cut:
                self.logout()
        with suppress(*Fault):
            self.shutdown()

    @property
    def tls_version(self) -> str:
        """The protocol version, or empty."""
        found = self.socket()
        return found.version() or "" if isinstance(found, ssl.SSLSocket) else ""

    def sign_in(self, user: str, password: str) -> None:
        """Sign in with a password."""
        with self.within():
            if self.has_capability("AUTH=PLAIN"):
                self.plain_login(safe(user), safe(password))
            else:
                self.login(safe(user), safe(password))

    def sign_in_with_token(self, user: str, token: str) -> None:
        """Sign in with an OAuth access token (XOAUTH2)."""
        with self.within():
            self.oauth2_login(safe(user), safe(token))

    def open_folder(self, name: str) -> tuple[int, int]:
        """Its UIDVALIDITY, and how many mails it holds."""
        with self.within():
            self._imap.untagged_responses.clear()
            told = self.select_folder(safe(name))
        validity = int(told.get(b"UIDVALIDITY", 0))
        if validity <= 0:
            raise imaplib.IMAP4.error("the server names no UIDVALIDITY")
        return validity, int(told[b"EXISTS"])

    def uids(self, exists: int, above: int = 0) -> list[int]:
        """The UIDs above one, in order, read from the end of the folder in windows.

        A mail that others remove meanwhile only moves the rest to lower numbers, which are still to be read.
        """
        found: set[int] = set()
        last = exists
        while last > 0:
            first = max(1, last - self.window + 1)
            end = "*" if last == exists else str(last)
            asked = [f"{first}:{end}".encode(), b"UID", f"{above + 1}:*".encode()]
            with self.within():
                self._imap.untagged_responses.pop("SEARCH", None)
                here = self._search_uids(asked)
            fresh = {uid for uid in here if above < uid < 2**32}
            found |= fresh
            if len(fresh) < last - first + 1 and above:
                break
            last = first - 1
        return sorted(found)

    def uids_of(self, uids: Sequence[int]) -> list[int]:
        """Those of these UIDs that are still there."""
        with self.within():
            self._imap.untagged_responses.pop("SEARCH", None)
            return self._search_uids([b"UID", ",".join(map(str, uids)).encode()])

    def _search_uids(self, asked: list[bytes]) -> list[int]:
        """The UIDs of one window; a number above the folder's end is no fault, since others remove mails."""
        data = self._raw_command_untagged(b"SEARCH", asked)
        return [int(uid) for each in data if each for uid in parse_message_list([each])]

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """The size of each mail that is still there."""
        with self.within():
            told = self.fetch(list(uids), ["RFC822.SIZE"])
        return {uid: int(each[b"RFC822.SIZE"]) for uid, each in told.items() if b"RFC822.SIZE" in each}

    def mails(self, uids: Sequence[int], *, seconds: float, size_bytes: int) -> dict[int, Fetched]:
        """Whole mails without marking them as read; those that others removed are missing."""
        return self._bodies(uids, "BODY.PEEK[]", seconds=seconds, size_bytes=size_bytes)

    def header(self, uid: int, size_bytes: int) -> Fetched | None:
        """The beginning of a mail's header."""
        told = self._bodies([uid], f"BODY.PEEK[HEADER]<0.{size_bytes}>", seconds=30, size_bytes=size_bytes)
        return told.get(uid)

    def _bodies(
        self, uids: Sequence[int], what: str, *, seconds: float, size_bytes: int
    ) -> dict[int, Fetched]:
        with self.within(seconds, size_bytes):
            self._imap.untagged_responses.pop("FETCH", None)
            told = self.fetch(list(uids), ["INTERNALDATE", what])
        found = {}
        for uid, each in told.items():
            body = next((value for name, value in each.items() if name.startswith(b"BODY[")), ())
            raw = body if isinstance(body, bytes) else str(body).encode() if isinstance(body, int) else b""
            if raw:  # what others removed meanwhile is given as NIL
                found[uid] = Fetched(raw, each.get(b"INTERNALDATE"))
        return found

    def news(self) -> bool:
        """Whether the server has said since `forget_news` that mail came."""
        return "EXISTS" in self._imap.untagged_responses

    def forget_news(self) -> None:
        """Drop what the server said beside its answers."""
        self._imap.untagged_responses.clear()

    def wait(self, seconds: float) -> None:
        """Wait in IDLE until the server says something, or so many seconds (RFC 2177: below 29 minutes)."""
        imap = self._imap
        with self.within(CONNECT_SECONDS):
            tag = imap._command("IDLE")
            while imap._get_response() is not None:
                if imap.tagged_commands[tag] is not None:
                    raise imaplib.IMAP4.error("the server refuses IDLE")
        found = self.socket()
        pending = isinstance(found, ssl.SSLSocket) and found.pending()
        if not (self.news() or imap.buffer or pending):
            poller = select.poll()
            poller.register(found.fileno(), select.POLLIN)
            poller.poll(min(seconds, 28 * 60) * 1000)
        with self.within(CONNECT_SECONDS):
            imap.send(b"DONE\r\n")
            imap._command_complete("IDLE", tag)


def chunks(uids: Iterable[int], size: int = 500) -> Iterator[list[int]]:
    """The UIDs in bounded lists, as command lines have to be."""
    all_of_them = sorted(uids)
    for start in range(0, len(all_of_them), size):
        yield all_of_them[start : start + size]


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
