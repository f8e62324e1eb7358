"""An IMAP server of the tests' own that can misbehave: a few commands, one folder, and mails that do harm."""

from __future__ import annotations

import base64
import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

CAPABILITIES: Final = b"IMAP4rev1 UIDPLUS MOVE AUTH=XOAUTH2 SASL-IR-NOT"


class FakeServer:
    """`mails` is UID → bytes. `harm` says what is done instead of giving a mail: it gets the writer and answers
    whether to go on.
    """

    def __init__(self) -> None:
        self.mails: dict[int, bytes] = {}
        self.harm: dict[int, Callable[[Session], bool]] = {}
        self.sizes: dict[int, int] = {}
        self.uid_validity = 7
        self.bye_after_select = False
        self.tokens: list[str] = []
        self.good_token = ""
        self.connections = 0
        self._lock = threading.Lock()
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                server.connections += 1
                with suppress(OSError, ValueError):
                    Session(server, self).run()

        socketserver.ThreadingTCPServer.daemon_threads = True
        self._tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.port: int = self._tcp.server_address[1]
        threading.Thread(target=self._tcp.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._tcp.shutdown()
        self._tcp.server_close()


class Session:
    """One connection."""

    def __init__(self, server: FakeServer, handler: socketserver.StreamRequestHandler) -> None:
        self.server, self.lines, self.out = server, handler.rfile, handler.wfile

    def say(self, *lines: bytes) -> None:
        for line in lines:
            self.out.write(line + b"\r\n")

    def run(self) -> None:
        self.say(b"* OK [CAPABILITY " + CAPABILITIES + b"] ready")
        for line in self.lines:
            tag, _, rest = line.strip().partition(b" ")
            words = rest.split(b" ")
            name = words[1].upper() if words[0].upper() == b"UID" else words[0].upper()
            act = getattr(self, f"do_{name.decode().lower()}", None)
            if act is None:
                self.say(tag + b" BAD unknown")
            elif not act(tag, rest):
                return

    def done(self, tag: bytes, code: bytes = b"OK done") -> bool:
        self.say(tag + b" " + code)
        return True

    def do_capability(self, tag: bytes, rest: bytes) -> bool:
        self.say(b"* CAPABILITY " + CAPABILITIES)
        return self.done(tag)

    def do_login(self, tag: bytes, rest: bytes) -> bool:
        return self.done(tag)

    def do_authenticate(self, tag: bytes, rest: bytes) -> bool:
        self.say(b"+ ")
        told = base64.b64decode(self.lines.readline().strip()).decode()
        token = told.split("Bearer ")[1].split("\1")[0]
        self.server.tokens.append(token)
        return self.done(
            tag, b"OK in" if token == self.server.good_token else b"NO [AUTHENTICATIONFAILED] no"
        )

    def do_select(self, tag: bytes, rest: bytes) -> bool:
        if self.server.bye_after_select:
            self.server.bye_after_select = False
            self.say(b"* BYE shutting down")
            return False
        self.say(b"* %d EXISTS" % len(self.server.mails), b"* 0 RECENT", b"* FLAGS (\\Seen)",
                 b"* OK [UIDVALIDITY %d] valid" % self.server.uid_validity)  # fmt: skip
        return self.done(tag, b"OK [READ-WRITE] selected")

    def do_search(self, tag: bytes, rest: bytes) -> bool:
        named = re.search(rb"UID (\d+):\*$", rest)
        listed = re.search(rb"SEARCH UID ([\d,]+)$", rest)
        least = int(named[1]) if named else 1
        wanted = {int(each) for each in listed[1].split(b",")} if listed else set(self.server.mails)
        found = [uid for uid in sorted(self.server.mails) if uid >= least and uid in wanted]
        self.say(b"* SEARCH " + b" ".join(b"%d" % uid for uid in found))
        return self.done(tag)

    def do_fetch(self, tag: bytes, rest: bytes) -> bool:
        uids = [int(each) for each in rest.split(b" ")[2].split(b",")]
        for number, uid in enumerate(sorted(self.server.mails), 1):
            if uid not in uids:
                continue
            raw = self.server.mails[uid]
            if b"RFC822.SIZE" in rest:
                size = self.server.sizes.get(uid, len(raw))
                self.say(b"* %d FETCH (UID %d RFC822.SIZE %d)" % (number, uid, size))
                continue
            if uid in self.server.harm:
                if not self.server.harm[uid](self):
                    return False
                continue
            self.say(
                b'* %d FETCH (UID %d INTERNALDATE "02-Mar-2026 00:30:00 +0000" BODY[] {%d}'
                % (number, uid, len(raw))
            )
            self.out.write(raw + b")\r\n")
        return self.done(tag)

    def do_move(self, tag: bytes, rest: bytes) -> bool:
        for uid in rest.split(b" ")[2].split(b","):
            self.server.mails.pop(int(uid), None)
        return self.done(tag)

    def do_logout(self, tag: bytes, rest: bytes) -> bool:
        self.say(b"* BYE")
        self.done(tag)
        return False


@contextmanager
def misbehaving() -> Iterator[FakeServer]:
    """A server for one test."""
    server = FakeServer()
    try:
        yield server
    finally:
        server.close()
