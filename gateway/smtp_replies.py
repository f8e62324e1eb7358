"""Every reply the SMTP and LMTP doors can give, with its enhanced status code, as bytes ready to send.

None repeats what the client sent and none carries the text of a fault.
Source: RFC 5321 §4.2, RFC 3463, RFC 2034.
"""

from __future__ import annotations

OK = b"250 2.0.0 ok\r\n"
SENDER_OK = b"250 2.1.0 sender ok\r\n"
RECIPIENT_OK = b"250 2.1.5 recipient ok\r\n"
START_DATA = b"354 end data with <CRLF>.<CRLF>\r\n"
START_TLS = b"220 2.0.0 ready to start TLS\r\n"
BYE = b"221 2.0.0 bye\r\n"
HELP = b"214 2.0.0 see RFC 5321\r\n"
CANNOT_VERIFY = b"252 2.5.0 cannot verify, but will take mail\r\n"

SHUTTING_DOWN = b"421 4.3.2 shutting down, try again later\r\n"
TIMEOUT = b"421 4.4.2 timeout\r\n"
TOO_MANY_CONNECTIONS = b"421 4.7.0 too many connections, try again later\r\n"
TOO_MANY_ERRORS = b"421 4.7.0 too many errors\r\n"
TOO_MANY_COMMANDS = b"421 4.7.0 too many commands without mail\r\n"
FAULT = b"451 4.3.0 temporary fault, try again later\r\n"
BUSY = b"451 4.3.2 too much mail at once, try again later\r\n"
NO_SPACE = b"452 4.3.1 not enough storage, try again later\r\n"
TOO_MANY_RECIPIENTS = b"452 4.5.3 too many recipients\r\n"
NO_TLS = b"454 4.7.0 TLS not available\r\n"

LINE_TOO_LONG = b"500 5.5.2 command line too long\r\n"
BARE_LINE_FEED = b"500 5.5.2 command lines end in CRLF\r\n"
UNKNOWN_COMMAND = b"500 5.5.1 command not recognised\r\n"
BAD_CHARACTER = b"501 5.5.2 control or 8-bit character in command\r\n"
BAD_ARGUMENT = b"501 5.5.4 syntax error in argument\r\n"
BAD_SENDER = b"501 5.1.7 syntax error in reverse-path\r\n"
BAD_RECIPIENT = b"501 5.1.3 syntax error in forward-path\r\n"
REFUSED = b"502 5.5.1 command not offered\r\n"
BAD_SEQUENCE = b"503 5.5.1 bad sequence of commands\r\n"
UNKNOWN_RECIPIENT = b"550 5.1.1 no such address here\r\n"
TOO_BIG = b"552 5.3.4 message exceeds the size limit\r\n"
SOURCE_ROUTE = b"553 5.1.0 source routes are not accepted\r\n"
NEEDS_SMTPUTF8 = b"553 5.6.7 address needs SMTPUTF8\r\n"
OUT_OF_TURN = b"554 5.5.0 talking out of turn\r\n"
NOT_SMTP = b"554 5.5.0 this is an SMTP server\r\n"
UNKNOWN_PARAMETER = b"555 5.5.4 parameter not recognised\r\n"


def greeting(hostname: str, protocol: str) -> bytes:
    """The first line of a session."""
    return f"220 {hostname} {protocol} ready\r\n".encode("ascii", "replace")


def accepted(identifier: str) -> bytes:
    """The reply that hands responsibility for a mail to us.

    Source: RFC 5321 §6.1.
    """
    return f"250 2.0.0 accepted as {identifier}\r\n".encode("ascii", "replace")


def extensions(hostname: str, keywords: tuple[str, ...]) -> bytes:
    """The answer to EHLO or LHLO.

    Source: RFC 5321 §4.1.1.1.
    """
    lines = (hostname, *keywords)
    return b"".join(
        f"250{' ' if line is lines[-1] else '-'}{line}\r\n".encode("ascii", "replace") for line in lines
    )
