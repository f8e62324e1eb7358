"""One round of the availability probe (P2): a mail through the real door, a request to the real web, their ends.

The network is asked outside of any transaction; the database only to see how far the mail has come.
Source: promise P2. Reading: without a relay nothing can leave, so mail out is unmeasured and the rest counts; where a
link of the chain fails, those behind it are unmeasured in that minute, and the whole platform is down.
"""

from __future__ import annotations

import http.client
import logging
import smtplib
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from urllib.parse import SplitResult, urlsplit

from gateway import secrets
from gateway.domain.availability import Component
from gateway.mail import probe_mail
from gateway.settings import Settings
from gateway.store.probes import Fate

PERIOD_SECONDS: Final = 60.0
GRACE_SECONDS: Final = 15.0
"""A round that is not completed this long after its minute was down."""
_ANSWER_SECONDS: Final = 20.0
_LOOK_SECONDS: Final = 0.5
_PATH: Final = "/readyz"
_MOST_READ: Final = 10_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Target:
    """What is probed, and with which key. Shape: `smtp` is host:port, `url` the web's address without a path."""

    smtp: str
    url: str
    own: str
    secret: str
    helo: str = "localhost"


@dataclass(frozen=True, slots=True)
class Round:
    """How a round ended: True for up, False for down; a component that was not measured is missing."""

    minute: datetime
    states: Mapping[Component, bool]
    faults: Mapping[Component, str]

    @property
    def up(self) -> bool:
        """Whether all of it was completed."""
        return self.states.get(Component.PLATFORM, False)


class Unseen(Exception):
    """It cannot be seen at present how far a probe has come."""


class Look(Protocol):
    """How far the probe of a key has come."""

    def __call__(self, key: str) -> Fate:
        """Its fate. Errors: Unseen."""


def target_of(settings: Settings) -> Target:
    """What the settings say is to be probed."""
    return Target(
        smtp=settings.probe_smtp or settings.smtp_listen,
        url=(settings.probe_url or settings.web_base).rstrip("/"),
        own=settings.support_address.lower(),
        secret=settings.secret_key.get_secret_value(),
        helo=settings.relay_helo or settings.mail_domain,
    )


def probe(
    target: Target, minute: datetime, look: Look, *, seconds: float, monotonic: Callable[[], float],
    key: str = "", stop: threading.Event | None = None,
) -> Round:  # fmt: skip
    """Probe mail and web at once, and wait up to some seconds for both to be completed."""
    key = key or new_key(minute)
    until, waiting = monotonic() + seconds, stop or threading.Event()
    with ThreadPoolExecutor(1, "probe-web") as aside:
        asked = aside.submit(web_fault, target.url, min(seconds, _ANSWER_SECONDS))
        refused = mail_fault(target, key, minute, min(seconds, _ANSWER_SECONDS))
        fate = Fate.UNSEEN
        while not refused and fate not in (Fate.LEFT, Fate.KEPT):
            fate = _looked(look, key)
            if fate in (Fate.LEFT, Fate.KEPT) or monotonic() >= until or waiting.wait(_LOOK_SECONDS):
                break
        silent = asked.result()
    return _ended(minute, refused, fate, silent)


def new_key(minute: datetime) -> str:
    """What a new probe of a minute is called."""
    return probe_mail.key_of(minute, secrets.random_token()[:6])


def mail_fault(target: Target, key: str, minute: datetime, seconds: float) -> str:
    """Why the door did not take a probe; empty where it did."""
    host, _, port = target.smtp.rpartition(":")
    to = probe_mail.out_address(target.secret, target.own, key)
    try:
        with smtplib.SMTP(_reachable(host), int(port), target.helo, timeout=seconds) as server:
            server.sendmail("", [to], probe_mail.content(target.own, minute))
    except (OSError, smtplib.SMTPException, ValueError) as fault:
        return f"{type(fault).__name__}: {fault}".replace("\n", " ")[:200].replace(to, "the probe's address")
    return ""


def web_fault(url: str, seconds: float) -> str:
    """Why the web did not answer as it does when all is well; empty where it did."""
    try:
        status, _ = get(urlsplit(url), _PATH, seconds=seconds)
    except (OSError, http.client.HTTPException, ValueError) as fault:
        return f"{type(fault).__name__}: {fault}".replace("\n", " ")[:200]
    return "" if status == http.client.OK else f"it answered {status}"


def get(url: SplitResult, path: str, *, seconds: float) -> tuple[int, bytes]:
    """The status and the beginning of an answer of our web. Errors: OSError, HTTPException, ValueError."""
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(_reachable(url.hostname or ""), url.port, timeout=seconds)
    try:
        connection.request("GET", f"{url.path.rstrip('/')}{path}", headers={"User-Agent": "helpdesk-probe"})
        answer = connection.getresponse()
        return answer.status, answer.read(_MOST_READ)
    finally:
        connection.close()


def _ended(minute: datetime, refused: str, fate: Fate, silent: str) -> Round:
    """What the ends of mail and web say of each component."""
    states: dict[Component, bool] = {Component.MAIL_IN: not refused, Component.WEB: not silent}
    faults = {Component.MAIL_IN: refused, Component.WEB: silent}
    if not refused:
        states[Component.WORKERS] = fate is not Fate.UNSEEN
        faults[Component.WORKERS] = "" if fate is not Fate.UNSEEN else "the probe was not judged in time"
    if fate in (Fate.JUDGED, Fate.LEFT):
        states[Component.MAIL_OUT] = fate is Fate.LEFT
        faults[Component.MAIL_OUT] = "" if fate is Fate.LEFT else "the probe did not leave in time"
    states[Component.PLATFORM] = all(states.values())
    return Round(minute, states, {each: said for each, said in faults.items() if said})


def _looked(look: Look, key: str) -> Fate:
    try:
        return look(key)
    except Unseen as fault:  # a database that is away is what is measured here
        _log.debug("the probe cannot be looked for: %s", type(fault).__name__)
        return Fate.UNSEEN


def _reachable(host: str) -> str:
    """An address to connect to, where one to listen on was given."""
    host = host.strip("[]")
    return {"": "127.0.0.1", "*": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
