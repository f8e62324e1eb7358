"""What machines ask: is the process alive, is it ready, how much is waiting."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Final

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from gateway.runtime.valkey import NotRunning
from gateway.store import mailboxes, migrations
from gateway.store.queries import aws_streams, figures
from web import visit

pages = Blueprint("health", __name__)

_log = logging.getLogger(__name__)
_FRESH_SECONDS: Final = 5.0


@pages.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 as long as the process answers."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@pages.get("/readyz")
def readyz() -> ResponseReturnValue:
    """200 where the database answers at the newest migration, else 503; a missing Redis only degrades.

    Shape: `backlog` holds the seconds that the oldest unread mail and the oldest due letter have waited.
    """
    database, redis = _database(), _redis()
    ready = database == "ok"
    told = {"status": "ready" if ready else "unready", "database": database, "redis": redis}
    return jsonify(told | ({"backlog": _backlog()} if ready else {})), 200 if ready else 503


@pages.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Counts for Prometheus."""
    try:
        return Response(_scrape(), content_type=CONTENT_TYPE_LATEST)
    except SQLAlchemyError as error:
        _log.warning("no metrics: %s", type(error).__name__)
        return Response("database unavailable\n", 503, content_type="text/plain; charset=utf-8")


class _Desk(Collector):
    """Reads the figures at each scrape."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with visit.reading() as rows:
            told = figures.now(rows, visit.now())
            mailbox_ages = mailboxes.ages(rows, visit.now())
            silent = aws_streams.silent(rows, visit.now())
        yield _by("helpdesk_deliveries", "Deliveries by state.", "state", told.deliveries)
        yield _by("helpdesk_outbox", "Outgoing mail by state.", "state", told.outbox)
        yield _by("helpdesk_tickets", "Tickets by status.", "status", told.tickets)
        yield GaugeMetricFamily(
            "helpdesk_outbox_oldest_pending_seconds",
            "Age of the oldest letter that is due.",
            told.oldest_letter,
        )
        yield GaugeMetricFamily(
            "helpdesk_deliveries_oldest_received_seconds",
            "Age of the oldest unread mail.",
            told.oldest_delivery,
        )
        yield _by(
            "helpdesk_mailbox_unread_seconds", "Time since a mailbox was last read.", "mailbox", mailbox_ages
        )
        aws = GaugeMetricFamily(
            "helpdesk_aws_unread_seconds",
            "Time since a stream of an AWS account was last read.",
            labels=["account", "stream"],
        )
        for (account, what), seconds in silent.items():
            aws.add_metric([account, what], seconds)
        yield aws


_registry = CollectorRegistry()
_registry.register(_Desk())
_lock = threading.Lock()
_last: list[tuple[float, bytes]] = []


def _scrape() -> bytes:
    """The figures, counted at most every few seconds however often somebody asks."""
    with _lock:
        if _last and time.monotonic() - _last[0][0] < _FRESH_SECONDS:
            return _last[0][1]
        told = generate_latest(_registry)
        _last[:] = [(time.monotonic(), told)]
        return told


def _by(name: str, words: str, label: str, counts: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for code, count in sorted(counts.items()):
        family.add_metric([code], count)
    return family


def _database() -> str:
    try:
        current = migrations.current(visit.services().engine)
        return "ok" if current == migrations.head() else "migrations pending"
    except SQLAlchemyError as error:
        _log.warning("database unreachable: %s", type(error).__name__)
        return "unreachable"


def _backlog() -> dict[str, float] | None:
    """How long the oldest of what waits has waited; none where the database went away meanwhile."""
    try:
        with visit.reading() as rows:
            delivery, letter = figures.oldest(rows, visit.now())
    except SQLAlchemyError as error:
        _log.warning("no backlog: %s", type(error).__name__)
        return None
    return {"oldest_delivery_seconds": round(delivery, 1), "oldest_letter_seconds": round(letter, 1)}


def _redis() -> str:
    """Whether the doorbells ring; without them the ticker makes everything slower, and loses nothing."""
    try:
        with closing(visit.services().connect()) as connection:
            connection.ping()
    except (RedisError, OSError, NotRunning):
        return "degraded"
    return "ok"
