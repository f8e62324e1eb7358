"""A scanner that speaks clamd's protocol (clamd(8): PING, VERSION, INSTREAM) and knows EICAR, with faults on demand.

The real daemon needs definitions from its makers' servers; what it says on the wire is all that matters here.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

EICAR = (
    b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"  # the industry's harmless sample
)
FOUND = "Win.Test.EICAR_HDB-1"


class Clamd:
    """One daemon. Shape: `fault` is hangs, closes, error, odd, drips, or empty; `scanned` are the contents it saw."""

    def __init__(self, address: str | None = None, *, most_bytes: int = 25 * 1024 * 1024) -> None:
        family = socket.AF_UNIX if address else socket.AF_INET
        self._listening = socket.socket(family, socket.SOCK_STREAM)
        self._listening.bind(address or ("127.0.0.1", 0))
        self._listening.listen(16)
        self.url = (
            f"clamd://{address}" if address else f"clamd://127.0.0.1:{self._listening.getsockname()[1]}"
        )
        self.fault = ""
        self.scanned: list[bytes] = []
        self.most_bytes = most_bytes
        self._over = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._over.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                made, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(made,), daemon=True).start()

    def _answer(self, made: socket.socket) -> None:
        with made, suppress(OSError, struct.error):
            asked = made.makefile("rb")
            command = asked.readline().strip()
            if self.fault == "closes":
                return
            if self.fault == "hangs":
                self._over.wait(30)
                return
            if self.fault == "drips":
                while not self._over.wait(0.05):
                    made.sendall(b"s")
                return
            said = {b"nPING": "PONG", b"nVERSION": "ClamAV 1.4.3/27800"}.get(command)
            made.sendall(f"{said or self._scan(asked)}\n".encode())

    def _scan(self, asked: object) -> str:
        content = bytearray()
        while True:
            (size,) = struct.unpack("!L", asked.read(4))  # type: ignore[attr-defined]
            if not size:
                break
            content += asked.read(size)  # type: ignore[attr-defined]
            if len(content) > self.most_bytes:
                return "INSTREAM size limit exceeded. ERROR"
        self.scanned.append(bytes(content))
        if self.fault == "error":
            return "stream: Can't allocate memory ERROR"
        if self.fault == "odd":
            return "stream: maybe OK"
        if self.fault == "in part":
            return "stream: Heuristics.Limits.Exceeded.MaxScanSize FOUND"
        return f"stream: {FOUND} FOUND" if EICAR in content else "stream: OK"


@contextmanager
def running(path: Path | None = None, *, most_bytes: int = 25 * 1024 * 1024) -> Iterator[Clamd]:
    made = Clamd(str(path) if path else None, most_bytes=most_bytes)
    try:
        yield made
    finally:
        made.close()
