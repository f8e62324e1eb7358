"""What RQ calls: each job does all due work of its kind for a few seconds, and rings again if some is left.

The functions take no arguments and are named in `gateway.queues.JOBS`. Work that fails is no matter of theirs: the
parts they call keep their own attempts in the database.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from gateway import clock
from gateway.queues import AWS, MAIL, OUT, SLOW

SLICE = timedelta(seconds=5)
_log = logging.getLogger(__name__)


class Draining(Protocol):
    """One kind of work."""

    def drain(self, until: datetime) -> bool:
        """Do due work until none is left or the instant has come; True when some is left."""


class Drains(Protocol):
    """What the jobs need of a process's services."""

    @property
    def alarms(self) -> Draining:
        """Alarms of targets, reminders, progress reports."""

    @property
    def appointments(self) -> Draining:
        """Appointments of the desk."""

    @property
    def inbound(self) -> Draining:
        """Deliveries to be read and judged."""

    @property
    def relay(self) -> Draining:
        """Letters to be handed on."""

    @property
    def slow(self) -> Draining:
        """Reports and other heavy work."""

    @property
    def aws(self) -> Draining:
        """Streams and writes of AWS accounts."""

    def ring(self, queue: str) -> None:
        """Wake a worker of this queue."""


_services: Callable[[], Drains] | None = None


def use(services: Callable[[], Drains]) -> None:
    """Say where this process's services come from; called once, when a worker starts."""
    global _services  # noqa: PLW0603  RQ calls the jobs by name, without arguments
    _services = services


def drain_mail() -> None:
    """Send due alarms, keep due appointments, then read what came in."""
    services = _current()
    _drain(services, MAIL, services.alarms, services.appointments, services.inbound)


def drain_out() -> None:
    """Hand on due letters."""
    services = _current()
    _drain(services, OUT, services.relay)


def drain_slow() -> None:
    """Do due heavy work."""
    services = _current()
    _drain(services, SLOW, services.slow)


def drain_aws() -> None:
    """Read and write what is due in AWS accounts; the process keeps its credentials from one job to the next."""
    services = _current()
    _drain(services, AWS, services.aws)


def _drain(services: Drains, queue: str, *kinds: Draining) -> None:
    """Give each kind its slice, and ring again if any has work left."""
    if any([_left(kind) for kind in kinds]):
        services.ring(queue)


def _left(kind: Draining) -> bool:
    """Whether one kind has work left; its fault stops no other kind, and the clock rings again for what it left."""
    try:
        return kind.drain(clock.now() + SLICE)
    except Exception:  # noqa: BLE001  whatever one kind raises, the others go on
        _log.exception("a job failed")
        return False


def _current() -> Drains:
    if _services is None:
        raise RuntimeError("a job ran in a process that is no worker of ours")
    return _services()
