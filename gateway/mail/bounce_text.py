"""Failed deliveries told in a server's own words, not in the fields of RFC 3464."""

from __future__ import annotations

import re
from email.message import Message
from typing import Final

from flufl.bounce import all_failures

from gateway.mail.bounce_phrases import (
    COPIES,
    DAEMON,
    DAEMON_NAMES,
    DELIVERY,
    FAILURES,
    MACHINE,
    REPLYING,
    SUBJECT,
)
from gateway.mail.delivery_report import Fields, returned_header
from gateway.mail.enhanced_status import status_in
from gateway.mail.message import Bounce, InboundMessage

_MOST: Final = 60_000  # characters of a report that are read
_NEAR: Final = 25  # lines after a telling phrase in which the recipient stands

_ADDRESS: Final = re.compile(r"(?<![\w.+=-])[\w.+=/!#$%&'*?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")


def looks_returned(message: InboundMessage) -> bool:
    """Whether a mail bears the marks of a server's report: its sender, its subject, its structure and its words."""
    if message.field("x-failed-recipients") or is_report(message):
        return True
    daemon = _from_daemon(message)
    if REPLYING.match(message.subject) and not daemon:
        return False
    titled = SUBJECT.match(message.subject) is not None
    if daemon or (titled and (_null_path(message) or _from_machine(message))):
        return titled or _tells(message, FAILURES)
    automatic = _null_path(message) or bool(message.field("auto-submitted"))
    if not automatic and not titled:
        return False
    return ((automatic and titled) or _returns(message)) and _tells(message, DELIVERY)


def is_report(message: InboundMessage) -> bool:
    """Whether the mail says of itself that it is a delivery status notification."""
    kind = message.field("content-type").lower()
    if not kind.startswith("multipart/report") or "disposition-notification" in kind or "feedback" in kind:
        return False
    return "delivery-status" in kind or _tells(message, DELIVERY)


def returned_copy(text: str) -> str:
    """What follows the words that announce a copy of the returned mail; empty where nothing does."""
    found = COPIES.search(text[:_MOST])
    if found is None:
        return ""
    start = found.start() if found[0].lower().startswith(("return-path", "received")) else found.end()
    return text[start : start + _MOST].lstrip("\n- \t")


def failure_in(message: InboundMessage, returned: Fields) -> Bounce | None:
    """The failure a report tells in words; nothing where it names no recipient."""
    text = message.text[:_MOST]
    found = COPIES.search(text)
    own = text[: found.start()] if found else text
    recipient = (
        _first_address(message.field("x-failed-recipients"))
        or _told(own, message)
        or _from_library(message, own)
        or _first_address(returned.get("to", ""))
    )
    if not recipient and not (
        is_report(message) or (_from_daemon(message) and SUBJECT.match(message.subject))
    ):
        return None
    status = status_in(own) or status_in(message.subject)
    return Bounce(recipient, status, _action(message.subject, own, status), _diagnostic(own))


def _tells(message: InboundMessage, phrases: tuple[str, ...]) -> bool:
    folded = message.text[:_MOST].casefold()
    return any(phrase in folded for phrase in phrases)


def _returns(message: InboundMessage) -> bool:
    """Whether the mail carries another one, as a part or as text."""
    return bool(returned_header(message.attachments)) or COPIES.search(message.text[:_MOST]) is not None


def _from_machine(message: InboundMessage) -> bool:
    return any(MACHINE.fullmatch(box.address.partition("@")[0]) for box in message.originators)


def _from_daemon(message: InboundMessage) -> bool:
    if any(DAEMON.fullmatch(box.address.partition("@")[0]) for box in message.originators):
        return True
    names = " ".join(f"{box.name} {box.address}" for box in message.originators[:3]).casefold()
    return any(name in names for name in DAEMON_NAMES) or "mailer-daemon" in message.field("from").lower()


def _null_path(message: InboundMessage) -> bool:
    return message.field("return-path").replace(" ", "") == "<>"


def _told(text: str, message: InboundMessage) -> str:
    """The address named after the first words of failure, else the first one at all."""
    lines = text.splitlines()
    known = {box.address.lower() for box in (*message.to, *message.originators)}
    start = next(
        (at for at, line in enumerate(lines) if any(word in line.casefold() for word in FAILURES)), None
    )
    spans = ([lines[start : start + _NEAR]] if start is not None else []) + [lines]
    for span in spans:
        for line in span:
            for found in _ADDRESS.finditer(line[:1_000]):
                address = found[0].rstrip(".")
                if address.lower() not in known and not _names_server(address):
                    return address
    return ""


def _names_server(address: str) -> bool:
    return DAEMON.fullmatch(address.partition("@")[0]) is not None


def _from_library(message: InboundMessage, text: str) -> str:
    letter = Message()
    letter["From"] = message.originator.address or "mailer-daemon@localhost"
    letter["Subject"] = message.subject.replace("\n", " ").encode("ascii", "replace").decode()
    letter["Content-Type"] = "text/plain; charset=utf-8"
    letter.set_payload(text.encode("ascii", "replace").decode())
    try:
        temporary, permanent = all_failures(letter)
    except (LookupError, ValueError, TypeError, AttributeError):  # its detectors trip over odd reports
        return ""
    found = sorted(permanent) or sorted(temporary)
    return found[0].decode("ascii", "replace") if found else ""


def _first_address(text: str) -> str:
    found = _ADDRESS.search(text[:2_000])
    return found[0].rstrip(".") if found else ""


def _action(subject: str, text: str, status: str) -> str:
    folded = f"{subject}\n{text[:3_000]}".casefold()
    delayed = any(
        word in folded
        for word in ("delayed", "not yet been delivered", "warning:", "will be retried", "延迟")
    )
    return "delayed" if delayed and status[:1] != "5" else "failed"


def _diagnostic(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return next((line[:500] for line in lines if re.search(r"(?<![\d.])[45]\d\d[ -]", line)), "")
