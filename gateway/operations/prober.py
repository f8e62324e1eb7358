"""The probe each minute, in threads of the clock's process: it must see workers, doors and the database be away.

One prober leads, by a lease in the database. What was measured while the database was away is entered once it is
back. A minute in which nobody probed stays unmeasured.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from gateway.aws.freshness import SILENCE
from gateway.domain.availability import MINUTE, Component, minute_of
from gateway.operations import probing
from gateway.operations.probing import Round, Target
from gateway.store import availability, leases, probes
from gateway.store.probes import Fate
from gateway.store.queries import aws_streams
from gateway.store.session import SessionFactory

LEASE: Final = "probe"
LEASE_SECONDS: Final = 90.0
KEPT: Final = timedelta(days=1)
_MOST_WAITING: Final = 24 * 60
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the prober works with, wired once."""

    target: Target
    sessions: SessionFactory
    transaction: Callable[[], AbstractContextManager[Session]]
    reading: Callable[[], AbstractContextManager[Session]]
    owner: str
    now: Callable[[], datetime]
    monotonic: Callable[[], float]


class Prober:
    """The state between two minutes."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._led = False
        self._begun: datetime | None = None
        self._waiting: list[Round] = []
        self._lock = threading.Lock()

    def run(self, stop: threading.Event) -> None:
        """Probe at the beginning of each minute until told to stop; what is under way then ends unmeasured."""
        while not stop.is_set():
            minute = minute_of(self._wiring.now())
            if minute != self._begun and self.leads():
                self._begun = minute
                threading.Thread(target=self.round, args=[minute, stop], daemon=True, name="probe").start()
            left = (minute + MINUTE - self._wiring.now()).total_seconds()
            stop.wait(min(max(left, 0.1), probing.PERIOD_SECONDS))

    def leads(self) -> bool:
        """Whether this prober measures; while the database is away the one that did goes on."""
        wiring = self._wiring
        try:
            self._led = leases.hold(wiring.sessions, LEASE, wiring.owner, LEASE_SECONDS) is not None
        except SQLAlchemyError:
            _log.warning("the probe's lease cannot be asked for: the database is away")
        return self._led

    def round(self, minute: datetime, stop: threading.Event) -> None:
        """Measure one minute and enter it."""
        wiring = self._wiring
        seconds = (minute + MINUTE - wiring.now()).total_seconds() + probing.GRACE_SECONDS
        found = probing.probe(
            wiring.target, minute, self._look, seconds=seconds, monotonic=wiring.monotonic, stop=stop
        )
        if stop.is_set() and not found.up:
            return
        if not found.up:
            _log.warning(
                "availability: %s", "; ".join(f"{each}: {said}" for each, said in found.faults.items())
            )
        with self._lock:
            self._waiting = [*self._waiting, found][-_MOST_WAITING:]
            self._enter()

    def _look(self, key: str) -> Fate:
        try:
            with self._wiring.reading() as session:
                return probes.fate(session, key)
        except SQLAlchemyError as fault:
            raise probing.Unseen from fault

    def _enter(self) -> None:
        """Enter what waits, oldest first, and put away this probe and old ones."""
        wiring, now = self._wiring, self._wiring.now()
        try:
            with wiring.transaction() as session:
                fresh = aws_fresh(session, now)
                for each in sorted(self._waiting, key=lambda found: found.minute):
                    known = (
                        {Component.AWS_SYNC: fresh} if fresh is not None and each is self._waiting[-1] else {}
                    )
                    availability.enter(session, each.minute, {**each.states, **known})
                probes.give_up(session, now - MINUTE)
                probes.purge(session, now - KEPT)
            self._waiting = []
        except SQLAlchemyError as fault:
            _log.warning("%s minutes wait to be entered: %s", len(self._waiting), type(fault).__name__)


def aws_fresh(session: Session, at: datetime) -> bool | None:
    """Whether all that is to be read of AWS was read lately; None where there is nothing to read."""
    ages = aws_streams.silent(session, at)
    return all(age < SILENCE.total_seconds() for age in ages.values()) if ages else None
