"""A lean SMTP client: many connections, mail after mail, lockstep as RFC 5321 §4.3.1 has it; or at a steady rate."""

from __future__ import annotations

import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.stream import Mail


@dataclass(frozen=True, slots=True)
class Sent:
    """When a mail's last byte was sent and when its 250 came. Units: seconds of the monotonic clock."""

    mail: Mail
    ended_at: float
    answered_at: float


class Connection:
    """One SMTP session."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.recv(1000)
        self.socket.sendall(b"EHLO client.example\r\n")
        heard = b""
        while b"250 " not in heard:
            heard = self.socket.recv(4000)
        self._steps: deque[bytes] = deque()
        self._mail: Mail | None = None
        self._ended_at = 0.0

    def begin(self, mail: Mail) -> None:
        """Send the first command of a mail."""
        self._mail = mail
        content = mail.raw.replace(b"\r\n.", b"\r\n..") + b".\r\n"
        rcpt = f"RCPT TO:<{mail.forward_path}>\r\n".encode()
        self._steps.extend([rcpt, b"DATA\r\n", content])
        self.socket.sendall(f"MAIL FROM:<{mail.reverse_path}>\r\n".encode())

    def heard(self) -> Sent | None:
        """Take an answer and go on; the mail, once it is accepted."""
        answer = self.socket.recv(1000)
        if answer[:1] not in {b"2", b"3"}:
            raise RuntimeError(f"refused: {answer!r}")
        if self._steps:
            self.socket.sendall(self._steps.popleft())
            self._ended_at = time.monotonic()
            return None
        assert self._mail is not None
        return Sent(self._mail, self._ended_at, time.monotonic())


def send(port: int, mails: Sequence[Mail], *, connections: int = 8, rate: float | None = None) -> list[Sent]:
    """Send all mails; as fast as the server answers, or so many a second."""
    selector = selectors.DefaultSelector()
    free = [Connection(port) for _ in range(connections)]
    clients = list(free)
    for client in clients:
        selector.register(client.socket, selectors.EVENT_READ, client)
    queue, sent, began = deque(mails), [], time.monotonic()
    while len(sent) < len(mails):
        timeout = None
        while queue and free:
            number = len(mails) - len(queue)
            if rate and (timeout := began + number / rate - time.monotonic()) > 0:
                break
            timeout = None
            free.pop(0).begin(queue.popleft())
        for key, _ in selector.select(timeout):
            _hear(key.data, sent, free)
    for client in clients:
        client.socket.close()
    return sent


def _hear(client: Any, sent: list[Sent], free: list[Connection]) -> None:
    if (done := client.heard()) is not None:
        sent.append(done)
        free.append(client)
