"""One connection: bytes in, command lines and mail text out, replies back. What they mean is `smtp_session`'s.

aiosmtpd gives the connection's life, its envelope and STARTTLS; its line-by-line reader, which costs more than
everything else together, is replaced: commands are answered in the very call that brings their bytes, and only
what has to wait (a look-up, TLS, a commit) becomes a task.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, TLSSetupException

from gateway import smtp_limits as limits
from gateway import smtp_replies as replies
from gateway.smtp_data import Body, Lines

Reply = bytes | Coroutine[Any, Any, bytes]

_LAST_WORDS = (b"221", b"421", b"554")

log = structlog.get_logger(__name__)


class Wire(SMTP):  # type: ignore[misc]  # aiosmtpd is untyped here
    """The connection under a session; a subclass answers `verb` and `mail_text`."""

    protocol = "ESMTP"

    def __init__(self, door: limits.Door) -> None:
        super().__init__(
            None, hostname=door.hostname, tls_context=door.tls, loop=asyncio.get_running_loop(), ident=" "
        )
        self.door = door
        self.peer = ""
        self._lines = Lines()
        self._answers: list[bytes] = []
        self._body: Body | None = None
        self._room = True
        self._held_bytes = self._late_bytes = self._errors = 0
        self._greeted = self._busy = self._last = self._ended = self._eof = self._counted = False
        self._patience = limits.Patience(door.settings)

    def __dir__(self) -> list[str]:
        """Nothing: aiosmtpd would list its hooks anew for each connection, at more cost than a mail's."""
        return []

    def verb(self, name: bytes, argument: bytes) -> Reply:
        """The reply to one command."""
        raise NotImplementedError

    def mail_text(self, body: Body, *, room: bool) -> Reply:
        """The reply to a mail text; without room for it in memory nothing of it was kept."""
        raise NotImplementedError

    # The connection's life.

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Greet, unless too many connections are open; after STARTTLS begin anew in silence."""
        if self._original_transport is not None:
            self._lines.clear()  # RFC 3207 §4.2; CVE-2011-0411
            super().connection_made(transport)
            return
        self.peer = str((transport.get_extra_info("peername") or ("",))[0])
        if self.door.stopping or not self.door.gate.enter(limits.client_key(self.peer)):
            log.info("connection_refused", peer=self.peer)
            self._ended = True
            transport.write(replies.SHUTTING_DOWN if self.door.stopping else replies.TOO_MANY_CONNECTIONS)
            transport.close()
            return
        transport.max_size = limits.CHUNK_BYTES  # type: ignore[attr-defined]  # larger ones are mapped anew each time
        self._counted = True
        self.door.sessions.add(self)
        super().connection_made(transport)

    async def _handle_client(self) -> None:
        """Wait a moment for clients that talk first, then greet; stands for aiosmtpd's command loop."""
        await asyncio.sleep(self.door.greeting_seconds)
        if not self._ended:
            self._greeted = True
            self.transport.write(replies.greeting(self.hostname, self.protocol))

    def connection_lost(self, error: Exception | None) -> None:
        """Give back what the connection took. A mail that already waits for its commit is kept."""
        self._ended = True
        if not self._counted:
            return
        self._counted = False
        self.door.sessions.discard(self)
        self.door.gate.leave(limits.client_key(self.peer))
        self._forget_body()
        super().connection_lost(error)

    def eof_received(self) -> bool:
        """Let what is under way be answered before the connection closes."""
        self._eof = True
        if self._ended or self._original_transport is not None:
            return False
        self._proceed()
        return not self._ended

    def stop(self, *, at_once: bool = False) -> None:
        """Say good-bye: now, or after the mail that is being taken."""
        if at_once or not (self._busy or self._body is not None):
            self._end(replies.SHUTTING_DOWN)

    # Patience: one lazy timer for the whole session.

    def _reset_timeout(self, duration: float | None = None) -> None:
        self._patience.moved(self.loop.time())
        if self._timeout_handle is None:
            self._timeout_cb()

    def _timeout_cb(self) -> None:
        if self._ended:
            return
        if not self._busy and self._patience.over(self.loop.time(), stressed=self.door.gate.stressed):
            log.info("session_timeout", peer=self.peer, in_data=self._body is not None)
            self._end(replies.TIMEOUT)
        self._timeout_handle = self.loop.call_later(self._patience.look_seconds, self._timeout_cb)

    # Bytes in.

    def data_received(self, data: bytes) -> None:
        """Serve the bytes at once, as far as possible."""
        if self._ended:
            self._late_bytes += len(data)
            if self._late_bytes > limits.LINGER_BYTES:
                self.transport.abort()
            return
        if not self._greeted:
            log.info("session_dropped", peer=self.peer, reason="talk before the greeting")
            self._end(replies.OUT_OF_TURN)
            return
        if self._body is not None:
            self._feed(self._body, data)
        else:
            self._lines.feed(data)
        self._proceed()

    def _proceed(self) -> None:
        """Answer every whole command line that has arrived, all with one write, and end where it is time to."""
        while not (self._busy or self._last or self._paused or self._body is not None):
            taken = self._lines.take()
            if taken is None:
                break
            line, refusal = taken
            self._answer(refusal or self._command(line))
        if self._answers:
            self.transport.write(b"".join(self._answers))
            self._answers.clear()
        if self._last or self._eof and not (self._busy or self._paused):
            self._end()
        elif self.door.stopping and not self._busy and self._body is None:
            self._end(replies.SHUTTING_DOWN)
        elif len(self._lines) > limits.UNREAD_LIMIT:
            self.transport.pause_reading()

    def _command(self, line: bytes) -> Reply:
        self._patience.moved(self.loop.time())
        name, _, argument = line.partition(b" ")
        try:
            return self.verb(name.upper(), argument.strip(b" "))
        except Exception:  # noqa: BLE001  the door's guard: no fault may reach the client
            return self._fault()

    # Mail text.

    def start_body(self) -> bytes:
        """Take what follows as mail text; a client that sent some already was not waiting for our reply."""
        if self._lines:
            return replies.OUT_OF_TURN
        self._body, self._room = Body(self.door.settings.smtp_max_bytes), True
        self._patience.text_begins(self.loop.time())
        return replies.START_DATA

    def _feed(self, body: Body, data: bytes) -> None:
        self._patience.moved(self.loop.time())
        rest = body.feed(data)
        if self.door.gate.hold(body.held_bytes - self._held_bytes):
            self._held_bytes = body.held_bytes
        else:
            self._room = False
            body.drop()
        if rest is None and body.dropped_bytes <= self.door.settings.smtp_max_bytes:
            return
        self._body = None
        self._patience.text_ends()
        self._lines.feed(rest or b"")
        self._last = rest is None  # the end is out of reach: answer and close
        self._answer(self.mail_text(body, room=self._room))

    def _forget_body(self) -> None:
        self._body = None
        self._patience.text_ends()
        self.door.gate.hold(-self._held_bytes)
        self._held_bytes = 0

    # Replies out.

    def _answer(self, reply: Reply) -> None:
        if not isinstance(reply, bytes):
            self._busy = True
            self._handler_coroutine = self.loop.create_task(self._wait_for(reply))
            return
        self._answers.append(reply)
        if reply.startswith(_LAST_WORDS):
            self._last = True
        elif reply.startswith(b"5") and reply is not replies.UNKNOWN_RECIPIENT:
            self._errors += 1
            if self._errors >= limits.ERROR_LIMIT:
                log.info("session_dropped", peer=self.peer, reason="too many errors")
                self._answer(replies.TOO_MANY_ERRORS)

    async def _wait_for(self, slow: Coroutine[Any, Any, bytes]) -> None:
        """Answer when the reply is there, then go on with what has arrived meanwhile."""
        try:
            reply = await slow
        except TLSSetupException as error:
            self._original_transport.close()
            self.connection_lost(error)
            return
        except Exception:  # noqa: BLE001  the same guard
            reply = self._fault()
        self._busy = False
        if self._ended:
            return
        self._forget_body()
        self._patience.moved(self.loop.time())
        self._answer(reply)
        self.transport.resume_reading()
        self._proceed()

    def resume_writing(self) -> None:
        """Go on when the client has read its replies."""
        super().resume_writing()
        if not self._ended:
            self.transport.resume_reading()
            self._proceed()

    async def push(self, status: bytes | str) -> None:
        """What aiosmtpd's STARTTLS answers with, the only one of its verbs that is left."""
        self.transport.write(replies.START_TLS)

    def _fault(self) -> bytes:
        log.exception("session_fault", peer=self.peer, helo=self.session.host_name)
        return replies.FAULT

    def _end(self, reply: bytes = b"") -> None:
        """Close after a last reply. A client that goes on sending, or never reads, is cut off after a moment."""
        transport = self.transport
        if self._ended or transport is None:
            return
        self._ended = True
        self._lines.clear()
        sending = self._last or self._body is not None or not self._greeted
        self._forget_body()
        if reply:
            transport.write(reply)
        if sending and not self._eof and transport.can_write_eof():
            transport.write_eof()  # closing with unread bytes would reset the connection and lose the reply
        else:
            transport.close()
        self.loop.call_later(limits.LINGER, transport.abort)
