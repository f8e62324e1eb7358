"""A real SMTP server that plays the next server: it records everything and misbehaves where a test tells it to."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DROP = "drop"
GARBAGE = "garbage"
HANG = "hang"
STAGES = ("greeting", "ehlo", "mail", "rcpt", "data", "dot")
_OK = {"greeting": "220 sink.example ESMTP", "data": "354 go on"}


@dataclass
class Mail:
    """One mail of which the sink heard the final dot."""

    reverse_path: str
    recipients: list[str]
    content: bytes

    @property
    def message_id(self) -> str:
        """Its Message-ID without angle brackets."""
        head = self.content.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
        lines = [line for line in head.split(b"\r\n") if line.lower().startswith(b"message-id:")]
        return lines[0].partition(b":")[2].strip().strip(b"<>").decode() if lines else ""


@dataclass
class Visit:
    """One connection: what was said on it, and whether TLS protected it by then."""

    secure: bool = False
    commands: list[tuple[bool, str]] = field(default_factory=list)


class Sink:
    """A sink on a free port of 127.0.0.1.

    Shape: `answers` holds for each stage the next replies to give, one a visit to that stage: a reply line,
    `DROP` to break off, `GARBAGE` for bytes that are no reply, `HANG` to say nothing until `release`, or a callable
    that is called and gives one of these. Without one it accepts. `refused` and `hanging` answer RCPT by address
    and by domain. `heard` are all mails whose final dot came, `taken` those answered 250.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None, starttls: bool = False, port: int = 0,
                 extensions: tuple[str, ...] = ("SIZE 50000000", "8BITMIME")) -> None:  # fmt: skip
        self.answers: dict[str, deque[str | Callable[[], str]]] = {stage: deque() for stage in STAGES}
        self.always: dict[str, str | Callable[[], str]] = {}
        self.refused: dict[str, str] = {}
        self.hanging: dict[str, str] = {}
        self.release = threading.Event()
        self.heard: list[Mail] = []
        self.taken: list[Mail] = []
        self.visits: list[Visit] = []
        self._tls, self._starttls, self._extensions = tls, starttls, extensions
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._server = socket.create_server(("127.0.0.1", port), backlog=64)
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        """The address for HELPDESK_RELAY_URL."""
        scheme = "smtps" if self._tls and not self._starttls else "smtp"
        return f"{scheme}://127.0.0.1:{self.port}"

    def next(self, stage: str, *answers: str | Callable[[], str]) -> None:
        """Give these at the next visits to a stage."""
        self.answers[stage].extend(answers)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown(socket.SHUT_RDWR)  # a thread in accept() would keep it listening
        self._server.close()
        self.release.set()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)
        with contextlib.suppress(OSError, EOFError, ValueError):
            visit = Visit()
            self.visits.append(visit)
            _Session(self, connection, visit).run()
        connection.close()

    def answer(self, stage: str) -> str:
        """What to say at a stage."""
        with self._lock:
            queue = self.answers[stage]
            found = queue.popleft() if queue else self.always.get(stage, _OK.get(stage, "250 2.0.0 ok"))
        return found() if callable(found) else found


class _Session:
    def __init__(self, sink: Sink, connection: socket.socket, visit: Visit) -> None:
        self.sink, self.visit = sink, visit
        self.connection = connection
        if sink._tls and not sink._starttls:
            self._wrap()
        self.lines = self.connection.makefile("rb")
        self.reverse_path, self.recipients = "", list[str]()
        self.hangs = False

    def _wrap(self) -> None:
        assert self.sink._tls is not None
        self.connection = self.sink._tls.wrap_socket(self.connection, server_side=True)
        self.visit.secure = True

    def run(self) -> None:
        self.say(self.sink.answer("greeting"))
        while True:
            line = self.line()
            self.visit.commands.append((self.visit.secure, line))
            self.obey(line)

    def line(self) -> str:
        got = self.lines.readline()
        if not got:
            raise EOFError
        return got.decode("utf-8", "surrogateescape").rstrip("\r\n")

    def say(self, answer: str) -> None:
        if answer == DROP:
            self.connection.shutdown(socket.SHUT_RDWR)
            raise EOFError
        if answer == HANG:
            self.sink.release.wait()
            raise EOFError
        if answer == GARBAGE:
            answer = "\x00\x01 what?"
        self.connection.sendall(answer.encode("utf-8") + b"\r\n")

    def obey(self, line: str) -> None:
        verb = line[:4].upper()
        if verb in {"EHLO", "HELO"}:
            self.hello()
        elif verb == "STAR":
            self.say("220 go")
            self._wrap()
            self.lines = self.connection.makefile("rb")
        elif verb == "AUTH":
            self.say("235 2.7.0 ok")
        elif verb == "MAIL":
            self.reverse_path, self.recipients = line.partition("<")[2].partition(">")[0], []
            self.say(self.sink.answer("mail"))
        elif verb == "RCPT":
            self.recipient(line.partition("<")[2].partition(">")[0])
        elif verb == "DATA":
            self.data()
        elif verb == "QUIT":
            self.say("221 bye")
            raise EOFError
        else:
            self.say("250 2.0.0 ok")

    def hello(self) -> None:
        answer = self.sink.answer("ehlo")
        if not answer.startswith("250"):
            self.say(answer)
            return
        told = ["sink.example", *self.sink._extensions]
        if self.sink._starttls and not self.visit.secure:
            told.append("STARTTLS")
        if self.visit.secure:
            told.append("AUTH PLAIN LOGIN")
        lines = [f"250-{each}" for each in told[:-1]] + [f"250 {told[-1]}"]
        self.say("\r\n".join(lines))

    def recipient(self, address: str) -> None:
        domain = address.rpartition("@")[2]
        at_end = self.sink.hanging.get(domain) == "dot"
        answer = self.sink.refused.get(address) or ("" if at_end else self.sink.hanging.get(domain, ""))
        answer = answer or self.sink.answer("rcpt")
        if answer.startswith("250"):
            self.recipients.append(address)
            self.hangs = self.hangs or at_end
        self.say(answer)

    def data(self) -> None:
        answer = self.sink.answer("data")
        self.say(answer)
        if not answer.startswith("354"):
            return
        content = []
        while (line := self.lines.readline()) != b".\r\n":
            if not line:
                raise EOFError
            content.append(line[1:] if line.startswith(b".") else line)
        mail = Mail(self.reverse_path, list(self.recipients), b"".join(content))
        self.sink.heard.append(mail)
        answer = HANG if self.hangs else self.sink.answer("dot")
        if answer.startswith("250"):
            self.sink.taken.append(mail)
        self.say(answer)


def certificate(folder: Path, name: str = "127.0.0.1") -> tuple[ssl.SSLContext, Path]:
    """A server context with a self-signed certificate for an IP address or a name, and the certificate's file."""
    import ipaddress

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    told: x509.GeneralName = x509.DNSName(name)
    with contextlib.suppress(ValueError):
        told = x509.IPAddress(ipaddress.ip_address(name))
    began = datetime(2020, 1, 1, tzinfo=UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([told]), critical=False)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "sink.pem", folder / "sink.key"
    public.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public
