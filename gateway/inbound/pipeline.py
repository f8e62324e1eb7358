"""From a durable delivery to a judged mail: claim, read in the limited child, gather, decide, apply, commit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.inbound import applying, gathering, rules
from gateway.inbound.gathering import Desk
from gateway.mail import reading as readings
from gateway.mail.reading import Order, Reading
from gateway.runtime.sandbox import Crashed, TimedOut
from gateway.store import deliveries, glances, leases
from gateway.store.blobs import Blobs
from gateway.store.deliveries import Claimed
from gateway.store.models import Delivery, DeliveryState
from gateway.store.session import SessionFactory
from gateway.tickets import NotYet
from gateway.tickets.letterhead import Letterhead

BATCH: Final = 16
PACED_BATCH: Final = (
    4  # a flood fills idle time only, a little at a time: what comes meanwhile waits no longer
)
READ_ATTEMPTS: Final = 2
LAST_ATTEMPT: Final = 10  # a mail that takes its worker with it each time is put before a person
_STATES: Final = {
    rules.Action.REVIEW: DeliveryState.HELD,
    rules.Action.KEEP_OUT: DeliveryState.BLOCKED,
}
_SHORTLY: Final = timedelta(seconds=2)
_log = logging.getLogger(__name__)


class Reader(Protocol):
    """The limited child that reads hostile bytes."""

    def call(self, payload: bytes) -> bytes:
        """The child's answer. Errors: TimedOut, Crashed."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Everything the walk of an inbound mail needs, wired once per process."""

    sessions: SessionFactory
    transaction: Callable[[], AbstractContextManager[Session]]
    blobs: Blobs
    reader: Reader
    desk: Desk
    head: Letterhead
    owner: str
    now: Callable[[], datetime]

    def drain(self, until: datetime) -> bool:
        """Judge due deliveries until none is left or the time is over; whether work is left.

        A flood's mail, paced to be due later, is judged before its time where nothing else is due.
        """
        flooded = False
        while self.now() < until:
            claimed, small = self._claim(deliveries.claim, BATCH)
            if not claimed:
                claimed, small = self._claim(deliveries.claim_paced, PACED_BATCH)
                flooded = bool(claimed)
            if not claimed:
                return False
            claimed, whole = self._apart(claimed), len(claimed)
            with leases.Keeper(self.sessions, Delivery, [each.id for each in claimed], self.owner):
                for number, each in enumerate(claimed):
                    if number and self.now() >= until:
                        self._give_back(claimed[number:])
                        return True
                    self._isolated(each, small.get(each.blob_key))
            if len(claimed) == whole < BATCH and not flooded:
                return False  # whatever came meanwhile has rung anew
        return True

    def process(self, delivery: Claimed, raw: bytes) -> None:
        """Judge one delivery in one short transaction, unless somebody else holds it by now."""
        if delivery.attempts > LAST_ATTEMPT:
            self._quarantine(delivery, f"was begun {LAST_ATTEMPT} times and never ended")
            return
        order = Order(raw, delivery.reverse_path, self.desk.own_addresses)
        try:
            reading = readings.reading_of(self.reader.call(readings.order_frame(order)))
        except (TimedOut, Crashed, msgspec.ValidationError) as fault:
            self._unread(delivery, f"could not be read within the limits: {type(fault).__name__}")
            return
        if reading.too_complex:
            self._quarantine(delivery, "passes the limits for parts, header fields or nesting", reading)
            return
        with self.transaction() as session:
            if leases.held(session, Delivery, delivery.id, delivery.fence):
                self._judge(session, delivery, reading)

    def _judge(self, session: Session, delivery: Claimed, reading: Reading) -> None:
        at = self.now()
        facts = gathering.gather(session, self.desk, reading, delivery)
        decided = rules.decide(reading, facts)
        mail = applying.Judged(delivery, reading, facts, decided)
        ticket_id = applying.apply(session, self.head, self.blobs, mail, at=at)
        state = _STATES.get(decided.action, DeliveryState.DONE)
        if state is not DeliveryState.DONE:
            _keep_glance(session, delivery, reading)
        deliveries.finish(
            session,
            delivery.id,
            state=state,
            processed_at=at,
            rule=decided.rule,
            disposition=decided.action,
            ticket_id=ticket_id,
            error=decided.reason,
            **_told(reading),
        )

    def _claim(
        self, claim: Callable[..., list[Claimed]], limit: int
    ) -> tuple[list[Claimed], dict[str, bytes]]:
        """Deliveries to judge now, and the raw mail of small ones; a large one is read when its turn comes."""
        with self.transaction() as session:
            claimed = claim(session, owner=self.owner, at=self.now(), limit=limit)
            return claimed, self.blobs.get_small(session, [each.blob_key for each in claimed])

    def _apart(self, claimed: list[Claimed]) -> list[Claimed]:
        """A mail whose earlier try has not ended well is tried alone: if it ends its worker, it takes none along."""
        again = next((each for each in claimed if each.attempts > 1), None)
        if again is None or len(claimed) == 1:
            return claimed
        self._give_back([each for each in claimed if each is not again])
        return [again]

    def _isolated(self, delivery: Claimed, raw: bytes | None) -> None:
        """One mail's fault never stops the next: it is tried again, at last put before a person."""
        try:
            self.process(delivery, self.blobs.get_large(delivery.blob_key) if raw is None else raw)
        except (sa.exc.OperationalError, OSError, NotYet) as fault:
            _log.warning("delivery %s has to wait: %s", delivery.id, type(fault).__name__)
            self._give_back([delivery], _SHORTLY)
        except Exception as fault:  # noqa: BLE001  whatever a mail sets off, its neighbours go on
            _log.exception("delivery %s failed", delivery.id)
            with self.transaction() as session:
                deliveries.postpone(
                    session, delivery, self.now(), error=f"{type(fault).__name__} while filing"
                )

    def _give_back(self, untried: Sequence[Claimed], wait: timedelta = timedelta()) -> None:
        """Let others have what was claimed."""
        with self.transaction() as session:
            for each in untried:
                deliveries.give_back(session, each, self.now() + wait)

    def _unread(self, delivery: Claimed, why: str) -> None:
        """Read it once more later, since machines falter too; then it is the mail's own fault."""
        if delivery.attempts >= READ_ATTEMPTS:
            self._quarantine(delivery, why)
            return
        with self.transaction() as session:
            deliveries.postpone(session, delivery, self.now(), error=why)

    def _quarantine(self, delivery: Claimed, why: str, reading: Reading | None = None) -> None:
        _log.warning("delivery %s quarantined: %s", delivery.id, why)
        with self.transaction() as session:
            if leases.held(session, Delivery, delivery.id, delivery.fence):
                if reading is not None:
                    _keep_glance(session, delivery, reading)
                deliveries.finish(
                    session, delivery.id, state=DeliveryState.QUARANTINED, processed_at=self.now(),
                    rule="quarantine", disposition="review", error=why, **(_told(reading) if reading else {}),
                )  # fmt: skip


def _keep_glance(session: Session, delivery: Claimed, reading: Reading) -> None:
    """What engineers see of a mail that waits for them, since nobody reads it again outside the limits."""
    message = reading.message
    glances.keep(
        session, delivery.id,
        author=(message.originator.name, message.originator.address),
        written_to=[box.address for box in (*message.to, *message.cc)],
        text=message.excerpt.new or message.text,
        files=[(each.filename, len(each.content)) for each in message.attachments],
    )  # fmt: skip


def _told(reading: Reading) -> dict[str, str]:
    message = reading.message
    return {
        "message_id": message.message_id.encode()[:998].decode(
            errors="ignore"
        ),  # what an index entry may hold
        "subject": message.subject[:500],
        "originator": message.originator.address[:320],
    }
