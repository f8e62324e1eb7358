"""A change told once all accounts of the customer were looked at; those not looked at yet are, at once."""

from __future__ import annotations

from datetime import datetime

from gateway import queues
from gateway.aws import streams
from gateway.aws.parts import Account, Parts
from gateway.store.models import HealthEvent, Stream
from gateway.store.queries import health
from gateway.store.session import want_ring
from gateway.tickets import health_settling


def follow(parts: Parts, reader: Account, event_id: int, customer_id: int, *, at: datetime) -> None:
    """Bring a customer's ticket in step, or have their other accounts looked at first.

    What is told to everybody does not wait: any account sees all of it.
    """
    with parts.transaction() as session:
        row = health.meet(session, event_id, customer_id)
        if health_settling.is_told(session, row, at):  # by another account's look, since this one looked
            health_settling.stop_waiting(session, row)
            return
        event = session.get_one(HealthEvent, event_id)
        since = health_settling.since(session, row, at)
        unread = (
            [] if event.scope == "PUBLIC" else health.unread(session, customer_id, event.partition, since)
        )
        unread = [each for each in unread if each != reader.account_id]
        if not unread or at >= since + health_settling.PATIENCE:
            health_settling.tell(session, parts.head, row, at)
            return
        health_settling.wait(session, row, at)
        for account_id in unread:
            streams.poke(session, account_id, Stream.HEALTH, at)
        want_ring(session, queues.AWS)
