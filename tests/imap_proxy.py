"""A proxy between a mailbox's reader and its server: cuts at a chosen step, holds a command, hides capabilities."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress


class Proxy:
    """Forwards line by line in both directions. Each line has two steps: before it, and in its middle.

    `cut_at` is the step at which the connection is cut, counted from 0 over one connection; `hold` names bytes whose
    line from the client is kept back for good, and `held` tells that this happened. `bye` makes a cut say BYE first;
    `between` is called before each line from the client, with that line; a line from the server that holds
    `breaks_at` breaks the connection, whenever it comes.
    """

    def __init__(self, port: int, hide: Sequence[str] = ()) -> None:
        self._server, self._hide = port, hide
        self.cut_at: int | None = None
        self.was_cut = False
        self.bye = False
        self.between: Callable[[bytes], object] | None = None
        self.breaks_at = b""
        self.hold = b""
        self.held = threading.Event()
        self.heard: list[bytes] = []
        self._lock = threading.Lock()
        self._step = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server))
                for each in (client, server):
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._lock:
                    self._step, self.was_cut = 0, False
                for source, target, ours in ((client, server, True), (server, client, False)):
                    threading.Thread(target=self._pump, args=(source, target, ours), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, from_client: bool) -> None:
        client = source if from_client else target
        try:
            with source.makefile("rb") as lines:
                for line in lines:
                    if not self._forward(line, target, from_client=from_client):
                        if self.bye:
                            client.sendall(b"* BYE the server is closing\r\n")
                        break
        except (OSError, ValueError):
            pass
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            target.close()

    def _forward(self, line: bytes, target: socket.socket, *, from_client: bool) -> bool:
        """Whether the line went through whole."""
        if from_client:
            self.heard.append(line)
            if self.between is not None:
                self.between(line)
            if self.hold and self.hold in line:
                self.held.set()
                threading.Event().wait(30)
                return False
        elif self.breaks_at and self.breaks_at in line:
            return False
        elif b"CAPABILITY" in line:
            for name in self._hide:
                line = re.sub(rb" " + name.encode() + rb"(?=[ \]\r])", b"", line)
        with self._lock:
            here, self._step = self._step, self._step + 2
            cut = self.cut_at is not None and self.cut_at in (here, here + 1)
            half = self.cut_at == here + 1
            self.was_cut = self.was_cut or cut
        if not cut:
            target.sendall(line)
            return True
        if half:
            target.sendall(line[: len(line) // 2])
        return False


@contextmanager
def proxied(port: int, hide: Sequence[str] = ()) -> Iterator[Proxy]:
    """A proxy before a server's port."""
    proxy = Proxy(port, hide)
    try:
        yield proxy
    finally:
        proxy.close()
