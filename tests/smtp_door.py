"""A running SMTP/LMTP door for tests, and a raw client that speaks exactly what it is told."""

from __future__ import annotations

import asyncio
import itertools
import socket
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from gateway import smtpd
from gateway.inbound.receive import Arrival, Intake, Recipient
from gateway.settings import Settings

OURS = {"support@desk.example", "desk@desk.example", "postmaster"}


def recipients(address: str) -> Recipient:
    """Ours, unknown, or unsure for `unsure@…`; a fault for `fault@…`."""
    if address.startswith("fault@"):
        raise RuntimeError("db password=hunter2 is down")
    if address.startswith("unsure@"):
        return Recipient.UNSURE
    return Recipient.OURS if address.lower() in OURS else Recipient.UNKNOWN


class Store:
    """A store in memory; `fault` is raised by the next commits while it is set."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.batches: list[int] = []
        self.fault: Exception | None = None
        self.gate: threading.Event | None = None
        self.begun = threading.Event()
        self._numbers = itertools.count(1)

    def commit_batch(self, batch: Sequence[Arrival]) -> list[str]:
        self.begun.set()
        if self.gate is not None:
            assert self.gate.wait(30)
        if self.fault is not None:
            raise self.fault
        self.batches.append(len(batch))
        self.arrivals.extend(batch)
        return [f"D{next(self._numbers)}" for _ in batch]


class RunningDoor:
    """`serve` in a thread of its own on free ports."""

    def __init__(
        self, *, store: Store | None = None, settings: dict[str, Any] | None = None, **injected: Any
    ) -> None:
        self.store = store or Store()
        self.settings = Settings(
            _env_file=None,
            **{"smtp_listen": "127.0.0.1:0", "smtp_hostname": "mx.desk.example", **(settings or {})},
        )
        self.injected = {"recipients": recipients, **injected}
        self.rings = 0
        self.bound: dict[str, tuple[str, int]] = {}
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()

        def ready(bound: Any) -> None:
            self.bound = dict(bound)
            self._ready.set()

        with Intake(self.store.commit_batch, self._ring) as intake:
            await smtpd.serve(self.settings, intake, ready=ready, stop=self._stop, **self.injected)

    def _ring(self) -> None:
        self.rings += 1

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.join()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)

    def join(self) -> None:
        self._thread.join(40)
        assert not self._thread.is_alive()

    def connect(self, door: str = "smtp") -> Client:
        return Client(self.bound[door])

    def session(self, door: str = "smtp") -> Client:
        """A client that was greeted and has said hello."""
        client = self.connect(door)
        assert client.reply().startswith("220 ")
        client.say("LHLO client.example" if door == "lmtp" else "EHLO client.example")
        return client

    def envelope(self, door: str = "smtp", *, recipient: str = "support@desk.example") -> Client:
        """A client whose MAIL and RCPT were accepted."""
        client = self.session(door)
        assert client.say("MAIL FROM:<ann@client.example>").startswith("250 ")
        assert client.say(f"RCPT TO:<{recipient}>").startswith("250 ")
        return client


class Client:
    """A raw connection; replies come back as text without their last line end."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, 10)
        self._lines = self.socket.makefile("rb")

    def send(self, octets: bytes) -> None:
        self.socket.sendall(octets)

    def reply(self) -> str:
        """The next reply, all its lines; empty when the connection was closed."""
        lines = []
        while line := self._lines.readline():
            lines.append(line.decode("ascii").rstrip("\r\n"))
            if line[3:4] != b"-":
                break
        return "\n".join(lines)

    def say(self, command: str | bytes) -> str:
        self.send((command.encode() if isinstance(command, str) else command) + b"\r\n")
        return self.reply()

    def data(self, octets: bytes) -> str:
        """The reply to a mail text, given with its dot-stuffing and without the final dot."""
        assert self.say("DATA").startswith("354 ")
        return self.say(octets + b"\r\n.")

    def rest(self) -> bytes:
        """Everything until the server closes."""
        try:
            return self._lines.read()
        except ConnectionResetError:
            return b""

    def wrap(self, context: Any) -> None:
        self.socket = context.wrap_socket(self.socket, server_hostname="mx.desk.example")
        self._lines = self.socket.makefile("rb")

    def close(self) -> None:
        self._lines.close()
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def until(condition: Callable[[], bool]) -> bool:
    """Whether something became true within ten seconds."""
    waited = threading.Event()
    for _ in range(1000):
        if condition():
            return True
        waited.wait(0.01)
    return False


def certificate(folder: Path) -> tuple[str, str]:
    """Paths of a self-signed certificate for mx.desk.example and of its key."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mx.desk.example")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("mx.desk.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return str(pem), str(private)
