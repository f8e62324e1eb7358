"""What SMTP and LMTP commands mean: the envelope, the recipients, and a mail handed to the intake.

Source: RFC 5321; RFC 1870 (SIZE), RFC 2920 (PIPELINING), RFC 3207 (STARTTLS), RFC 6152 (8BITMIME), RFC 6531
(SMTPUTF8), RFC 2033 (LMTP).
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable

import structlog
from aiosmtpd.smtp import Envelope, TLSSetupException

from gateway import clock, smtp_delivery, smtp_path
from gateway import smtp_limits as limits
from gateway import smtp_replies as replies
from gateway.inbound.receive import Arrival, Recipient
from gateway.smtp_data import Body
from gateway.smtp_wire import Reply, Wire

HTTP_VERBS = frozenset(
    {b"GET", b"POST", b"PUT", b"HEAD", b"CONNECT", b"OPTIONS", b"DELETE", b"PATCH", b"TRACE"}
)
NOT_OFFERED = frozenset({b"AUTH", b"ETRN", b"EXPN", b"BDAT", b"TURN", b"SEND", b"SOML", b"SAML", b"PROXY", b"XCLIENT",
                         b"XFORWARD"})  # fmt: skip

log = structlog.get_logger(__name__)


class Session(Wire):
    """An SMTP session."""

    door_name = "smtp"
    hellos: tuple[bytes, ...] = (b"EHLO", b"HELO")

    def __init__(self, door: limits.Door) -> None:
        super().__init__(door)
        self._idle_commands = 0
        self._unknown_recipients = 0

    def verb(self, name: bytes, argument: bytes) -> Reply:
        """The reply to one command; names come in upper case."""
        if name == b"MAIL":
            return self._mail(argument)
        if name == b"RCPT":
            return self._rcpt(argument)
        if name == b"DATA":
            return self._data(argument)
        if name == b"QUIT":
            return replies.BAD_ARGUMENT if argument else replies.BYE
        if name in HTTP_VERBS or name.endswith(b":"):
            log.info("session_dropped", peer=self.peer, reason="not SMTP")
            return replies.NOT_SMTP
        self._idle_commands += 1
        if self._idle_commands > limits.IDLE_COMMAND_LIMIT:
            return replies.TOO_MANY_COMMANDS
        return self._other(name, argument)

    def _other(self, name: bytes, argument: bytes) -> Reply:
        if name in self.hellos:
            return self._hello(argument, extended=name != b"HELO")
        if name == b"STARTTLS":
            return self._starttls(argument)
        if name == b"RSET":
            self._set_rset_state()
            return replies.BAD_ARGUMENT if argument else replies.OK
        if name == b"VRFY":
            return replies.CANNOT_VERIFY
        if name == b"NOOP":
            return replies.OK
        if name == b"HELP":
            return replies.HELP
        return replies.REFUSED if name in NOT_OFFERED else replies.UNKNOWN_COMMAND

    # Greeting and TLS.

    def _hello(self, argument: bytes, *, extended: bool) -> bytes:
        if not argument:
            return replies.BAD_ARGUMENT
        if not argument.isascii():
            return replies.BAD_CHARACTER
        self._set_rset_state()
        self.session.host_name = argument.split()[0][:255].decode("ascii")
        self.session.extended_smtp = extended
        if not extended:
            return replies.extensions(self.hostname, ())
        return replies.extensions(self.hostname, self._keywords())

    def _keywords(self) -> tuple[str, ...]:
        size = f"SIZE {self.door.settings.smtp_max_bytes}"
        tls = ("STARTTLS",) if self.door.tls is not None and self._original_transport is None else ()
        return ("PIPELINING", size, *tls, "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8")

    def _starttls(self, argument: bytes) -> Reply:
        if argument:
            return replies.BAD_ARGUMENT
        if self.door.tls is None:
            return replies.NO_TLS
        if self._original_transport is not None:
            return replies.BAD_SEQUENCE
        self._lines.clear()
        return self._shake_hands()

    async def _shake_hands(self) -> bytes:
        self.transport.resume_reading()
        await self.smtp_STARTTLS("")
        if self.session.ssl is None:  # the client left in the middle
            raise TLSSetupException
        return b""

    # Envelope.

    def _mail(self, argument: bytes) -> bytes:
        if self.session.host_name is None or self.envelope.mail_from is not None:
            return replies.BAD_SEQUENCE
        found = smtp_path.split(argument, b"FROM", replies.BAD_SENDER)
        if isinstance(found, bytes):
            return found
        refusal = self._mail_parameters(found.parameters) or self._no_room()
        if refusal:
            return refusal
        utf8 = "SMTPUTF8" in found.parameters
        address = smtp_path.address(found.path, utf8=utf8, malformed=replies.BAD_SENDER)
        if isinstance(address, bytes):
            return address
        self.envelope.mail_from = address
        self.envelope.smtp_utf8 = utf8
        return replies.SENDER_OK

    def _mail_parameters(self, parameters: smtp_path.Parameters) -> bytes:
        """The reply that refuses them, or nothing."""
        if not parameters:
            return b""
        if not self.session.extended_smtp or parameters.keys() - {"SIZE", "BODY", "SMTPUTF8"}:
            return replies.UNKNOWN_PARAMETER
        size = parameters.get("SIZE", "0")
        if not (size.isdecimal() and len(size) <= 20) or parameters.get("SMTPUTF8"):
            return replies.BAD_ARGUMENT
        if parameters.get("BODY", "7BIT").upper() not in {"7BIT", "8BITMIME"}:
            return replies.BAD_ARGUMENT
        return replies.TOO_BIG if int(size) > self.door.settings.smtp_max_bytes else b""

    def _no_room(self) -> bytes:
        """The temporary refusal where this mail could not be kept now, or nothing."""
        free_bytes = self.door.free_bytes
        if free_bytes is not None and free_bytes() < 1.5 * self.door.settings.smtp_max_bytes:
            log.warning("disk_nearly_full", peer=self.peer)
            return replies.NO_SPACE
        return replies.BUSY if self.door.intake.full else b""

    def _rcpt(self, argument: bytes) -> Reply:
        if self.envelope.mail_from is None:
            return replies.BAD_SEQUENCE
        found = smtp_path.split(argument, b"TO", replies.BAD_RECIPIENT)
        if isinstance(found, bytes):
            return found
        if found.parameters:
            return replies.UNKNOWN_PARAMETER
        utf8 = self.envelope.smtp_utf8
        address = smtp_path.address(found.path, utf8=utf8, malformed=replies.BAD_RECIPIENT)
        if isinstance(address, bytes):
            return address
        if not address:
            return replies.BAD_RECIPIENT
        if len(self.envelope.rcpt_tos) >= max(100, self.door.settings.smtp_max_recipients):
            self._idle_commands += 1
            over = self._idle_commands > limits.IDLE_COMMAND_LIMIT
            return replies.TOO_MANY_COMMANDS if over else replies.TOO_MANY_RECIPIENTS
        answer = self.door.recipients(address)
        if inspect.isawaitable(answer):
            return self._look_up(address, answer)
        return self._recipient(address, answer)

    async def _look_up(self, address: str, answer: Awaitable[Recipient]) -> bytes:
        async with asyncio.timeout(limits.RECIPIENT_TIMEOUT):
            return self._recipient(address, await answer)

    def _recipient(self, address: str, answer: Recipient) -> bytes:
        if answer is Recipient.OURS:
            self.envelope.rcpt_tos.append(address)
            return replies.RECIPIENT_OK
        if answer is not Recipient.UNKNOWN:
            return replies.FAULT
        self._unknown_recipients += 1
        if self._unknown_recipients > limits.UNKNOWN_RECIPIENT_LIMIT:
            return replies.TOO_MANY_ERRORS
        return replies.UNKNOWN_RECIPIENT

    # Mail text.

    def _data(self, argument: bytes) -> bytes:
        if not self.envelope.rcpt_tos:
            return replies.BAD_SEQUENCE
        return replies.BAD_ARGUMENT if argument else self.start_body()

    def mail_text(self, body: Body, *, room: bool) -> Reply:
        """The reply to the end of the text: at once where it cannot be taken."""
        envelope = self.envelope
        self._set_rset_state()
        if not room or body.too_big:
            return self.final(replies.TOO_BIG if room else replies.NO_SPACE, len(envelope.rcpt_tos))
        self._idle_commands = 0
        return self._deliver(envelope, body)

    def final(self, reply: bytes, recipients: int) -> bytes:
        """What answers the text of a mail to so many recipients: one reply."""
        return reply

    async def _deliver(self, envelope: Envelope, body: Body) -> bytes:
        arrival = Arrival(
            raw=body.text(),
            reverse_path=envelope.mail_from,
            forward_paths=tuple(dict.fromkeys(envelope.rcpt_tos)),
            accepted_at=clock.now(),
            door=self.door_name,
            peer=self.peer,
            helo=self.session.host_name,
            tls=self._tls_version(),
        )
        return self.final(await smtp_delivery.deliver(self.door, arrival), len(envelope.rcpt_tos))

    def _tls_version(self) -> str:
        return self.session.ssl["ssl_object"].version() or "" if self.session.ssl else ""


class LmtpSession(Session):
    """An LMTP session: LHLO only, and the text of a mail is answered once for each accepted RCPT.

    Source: RFC 2033 §4.1, §4.2. One transaction takes all recipients, so the replies are equal.
    """

    door_name = "lmtp"
    protocol = "LMTP"
    hellos = (b"LHLO",)

    def final(self, reply: bytes, recipients: int) -> bytes:
        """One reply for each accepted RCPT, in order, also for equal ones."""
        return reply * recipients
