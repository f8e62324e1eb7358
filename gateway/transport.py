"""Hand one mail to the next server over a kept connection, in steps that tell when its end becomes uncertain.

`offer` names sender and recipients and asks to begin; nothing has been transferred yet. `transfer` sends the bytes:
from then until the server's answer nobody knows whether it took the mail (RFC 5321 §4.5.3.2.6), so a failure there
is `Unheard`.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

CONNECT_SECONDS: Final = 30.0
COMMAND_SECONDS: Final = 60.0
TRANSFER_SECONDS: Final = 600.0
_THIS_MACHINE: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer: code and text."""

    code: int
    text: str

    @property
    def accepted(self) -> bool:
        """A 2yz answer."""
        return 200 <= self.code < 300

    @property
    def permanent(self) -> bool:
        """A 5yz answer: trying again would not help (RFC 5321 §4.2.1)."""
        return 500 <= self.code < 600

    def __str__(self) -> str:
        """Code and text on one line."""
        return f"{self.code} {self.text}"


NO_SMTPUTF8: Final = Reply(550, "5.6.7 the next server takes no addresses in UTF-8 (RFC 6531)")


class Unreachable(Exception):
    """The server could not be reached or broke off before it could have taken the mail.

    Shape: `greeted` says that a connection stood, so that the fault may lie with this one mail or its destination.
    """

    def __init__(self, words: str, *, greeted: bool = False) -> None:
        super().__init__(words)
        self.greeted = greeted


class Unheard(Exception):
    """The server may have taken the mail: we sent it and heard no answer."""


class Transport(Protocol):
    """The way to the next server."""

    def offer(self, reverse_path: str, recipients: Sequence[str], content: bytes) -> Mapping[str, Reply]:
        """The answer for each recipient; whoever refuses all of them answers for all. Errors: Unreachable.

        Where one was accepted the server waits for the content: `transfer` or `close` comes next.
        """

    def transfer(self, content: bytes) -> Reply:
        """The answer to the content. Errors: Unheard."""

    def close(self) -> None:
        """End the connection."""


@dataclass(frozen=True, slots=True)
class Relay:
    """The configured next server. `secure` means TLS from the first byte; `plain` allows a server without any."""

    host: str
    port: int
    secure: bool
    user: str = ""
    password: str = ""
    ca_file: str = ""
    helo: str = ""
    idle_seconds: float = 5.0
    plain: bool = False


def relay_of(
    url: str, *, ca_file: str = "", helo: str = "", idle_seconds: float = 5.0, plain: bool = False
) -> Relay:
    """The relay that an address `smtp://` or `smtps://[user:password@]host[:port]` names.

    Errors: ValueError for another address.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("a relay is smtp://host:port or smtps://user:password@host:port")
    secure = parts.scheme == "smtps"
    plain = plain or parts.hostname in _THIS_MACHINE
    return Relay(
        parts.hostname, parts.port or (465 if secure else 25), secure, unquote(parts.username or ""),
        unquote(parts.password or ""), ca_file, helo, idle_seconds, plain,
    )  # fmt: skip


class Smtp:
    """A kept SMTP connection. TLS is verified; a password never travels without it."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._server: smtplib.SMTP | None = None
        self._used_at = 0.0

    def offer(self, reverse_path: str, recipients: Sequence[str], content: bytes) -> Mapping[str, Reply]:
        """MAIL, RCPT, and DATA where somebody is accepted; a kept connection that has died is made anew once."""
        kept, greeted = self._server is not None, False
        try:
            server = self._connected()
            greeted = True
            return self._offer(server, reverse_path, recipients, content)
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            if not kept or isinstance(fault, TimeoutError):  # a new connection would only wait as long again
                raise Unreachable(_plain(fault), greeted=greeted) from fault
        return self.offer(reverse_path, recipients, content)

    def _offer(
        self, server: smtplib.SMTP, reverse_path: str, recipients: Sequence[str], content: bytes
    ) -> Mapping[str, Reply]:
        options = [f"SIZE={len(content)}"] if server.has_extn("size") else []
        if not content.isascii() and server.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        beyond = _beyond_ascii(reverse_path, recipients, content)
        if beyond and server.has_extn("smtputf8"):
            server.command_encoding = "utf-8"
            options.append("SMTPUTF8")
            beyond = frozenset()
        wanted = [each for each in recipients if each not in beyond]
        answers: dict[str, Reply] = dict.fromkeys(recipients, NO_SMTPUTF8)
        if not wanted:
            return answers
        answer = _reply(*server.docmd("MAIL", " ".join([f"FROM:<{reverse_path}>", *options])))
        if not answer.accepted:
            self._reset()
            return answers | dict.fromkeys(wanted, answer)
        answers |= {each: _reply(*server.docmd("RCPT", f"TO:<{each}>")) for each in wanted}
        if not any(each.accepted for each in answers.values()):
            self._reset()
            return answers
        return self._begun(server, answers)

    def transfer(self, content: bytes) -> Reply:
        """The content, and its answer."""
        server = self._server
        try:
            if server is None or server.sock is None:
                raise smtplib.SMTPServerDisconnected("the connection is gone")
            server.sock.settimeout(TRANSFER_SECONDS)
            server.sock.sendall(_stuffed(content))
            answer = _reply(*server.getreply())
            if answer.code not in range(200, 600):
                raise smtplib.SMTPServerDisconnected(f"no answer, but {answer}")
            server.sock.settimeout(COMMAND_SECONDS)
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            raise Unheard(_plain(fault)) from fault
        self._used_at = time.monotonic()
        return answer

    def close(self) -> None:
        """QUIT without waiting for manners."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _begun(self, server: smtplib.SMTP, answers: Mapping[str, Reply]) -> Mapping[str, Reply]:
        """DATA; a server that then does not want the content answers for everybody it had accepted."""
        ready = _reply(*server.docmd("DATA"))
        if ready.code == 354:
            return answers
        self._reset()
        refusal = Reply(451, "the server did not ask for the content") if ready.accepted else ready
        return {each: refusal if answer.accepted else answer for each, answer in answers.items()}

    def _reset(self) -> None:
        try:
            if self._server is not None:
                self._server.docmd("RSET")
        except (OSError, smtplib.SMTPException):
            self.close()

    def _connected(self) -> smtplib.SMTP:
        if self._server is not None and time.monotonic() - self._used_at > self._relay.idle_seconds:
            self.close()
        if self._server is None:
            self._server = self._connect()
        self._used_at = time.monotonic()
        return self._server

    def _connect(self) -> smtplib.SMTP:
        relay = self._relay
        helo = relay.helo or socket.getfqdn()
        context = ssl.create_default_context(cafile=relay.ca_file or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        server: smtplib.SMTP
        if relay.secure:
            server = smtplib.SMTP_SSL(
                relay.host, relay.port, local_hostname=helo, timeout=CONNECT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(relay.host, relay.port, local_hostname=helo, timeout=CONNECT_SECONDS)
            _greet(server)
            if server.has_extn("starttls"):
                server.starttls(context=context)
                _greet(server)
            elif not relay.plain:
                server.close()
                raise Unreachable("the relay offers no TLS; mail waits until it does")
        if relay.secure:
            _greet(server)
        if relay.user:
            if not relay.secure and not isinstance(server.sock, ssl.SSLSocket):
                server.close()
                raise Unreachable("the relay offers no TLS, and a password is never sent without it")
            server.login(relay.user, relay.password)
        if server.sock is not None:
            server.sock.settimeout(COMMAND_SECONDS)
            server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return server


def _greet(server: smtplib.SMTP) -> None:
    """EHLO, or HELO where that is unknown; smtplib would go on with a server that wants neither."""
    code, text = server.ehlo()
    if 500 <= code < 600:  # noqa: PLR2004
        code, text = server.helo()
    if not Reply(code, "").accepted:
        raise smtplib.SMTPHeloError(code, text)


def _beyond_ascii(reverse_path: str, recipients: Sequence[str], content: bytes) -> frozenset[str]:
    """The recipients who can only be reached with SMTPUTF8: all of them where the mail itself needs it (RFC 6531)."""
    if not reverse_path.isascii() or not content.partition(b"\r\n\r\n")[0].isascii():
        return frozenset(recipients)
    return frozenset(each for each in recipients if not each.isascii())


def _stuffed(content: bytes) -> bytes:
    """The content as it travels: leading dots doubled, closed by a dot alone (RFC 5321 §4.5.2)."""
    body = content.replace(b"\r\n.", b"\r\n..")
    if body.startswith(b"."):
        body = b"." + body
    return body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n")


def _reply(code: int, text: bytes) -> Reply:
    return Reply(code, text.decode("utf-8", "replace").replace("\n", " ")[:500])


def _plain(fault: BaseException) -> str:
    """A fault in one line, without anything secret: smtplib's texts repeat only what the server said."""
    return f"{type(fault).__name__}: {fault}".replace("\n", " ")[:300]
