"""A web server that receives calls of the webhook, and misbehaves as it is told."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass
class Hook:
    """What came in, and what is answered: a status, or whatever `answers` does."""

    url: str = ""
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answer: Callable[[BaseHTTPRequestHandler], None] | int = 204
    headers: dict[str, str] = field(default_factory=dict)
    most_at_once: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    ending: threading.Event = field(default_factory=threading.Event)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.calls]

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.calls]

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        with self._lock:
            self.calls.append(({name.lower(): value for name, value in handler.headers.items()}, body))
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            if callable(self.answer):
                self.answer(handler)
                return
            handler.send_response(self.answer)
            for name, value in self.headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
        finally:
            with self._lock:
                self._now -= 1


@contextmanager
def hook_server(certificate: tuple[ssl.SSLContext, Path] | None = None) -> Iterator[Hook]:
    """A server on a port of its own, with TLS where a certificate is given."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # noqa: N802  as the library asks
            hook.take(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    scheme = "http"
    if certificate is not None:
        server.socket = certificate[0].wrap_socket(server.socket, server_side=True)
        scheme = "https"
    hook.url = f"{scheme}://127.0.0.1:{server.server_address[1]}/hook?to=desk"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        hook.ending.set()
        server.shutdown()
        server.server_close()
