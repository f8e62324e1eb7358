"""What one process works with, wired once: settings, database, blobs, letterhead, and the parts that do work.

Rings wanted by verbs go out here, after the commit; a Redis that is away costs nothing but time.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from types import MappingProxyType

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gateway import clock, credits, duties, live, notices, outages, queues
from gateway.alarms import Alarms
from gateway.appointments import Appointments, Keep
from gateway.aws import accounts, freshness, identities, telling
from gateway.aws.parts import Identity, Parts
from gateway.aws.rounds import Rounds
from gateway.inbound.gathering import Desk
from gateway.inbound.pipeline import Pipeline
from gateway.inbound.storms import Limits
from gateway.mail import letters
from gateway.operations import visiting
from gateway.operations.webhook_wire import Wire
from gateway.operations.webhooks import Webhooks
from gateway.relay import Lanes, Relay, opening
from gateway.reporting import schedule as reporting_schedule
from gateway.reporting.posting import Posting
from gateway.runtime import valkey
from gateway.runtime.sandbox import Sandbox
from gateway.scanner import open_scanner
from gateway.scanning import Scanning
from gateway.settings import Settings
from gateway.store import blobs as blob_store
from gateway.store import session as sessions
from gateway.store.blobs import Blobs
from gateway.store.indexing import Indexing
from gateway.store.outbox import LIFETIME
from gateway.store.queries import due
from gateway.store.session import SessionFactory
from gateway.tickets import backlog, catching_up, contesting, health_planned, health_settling, pending
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.restraint import Brakes

KEPT: Mapping[str, Keep] = MappingProxyType(
    {
        catching_up.APPOINTMENT: catching_up.keep,
        credits.APPOINTMENT: credits.keep,
        contesting.REVIEW: contesting.keep,
        accounts.TELLING: telling.keep,
        freshness.APPOINTMENT: freshness.keep,
        identities.REFUSED: identities.keep,
        identities.BACK: identities.keep_back,
        duties.WATCH: duties.keep,
        health_planned.APPOINTMENT: health_planned.keep,
        health_settling.APPOINTMENT: health_settling.keep,
        outages.APPOINTMENT: outages.keep,
        notices.APPOINTMENT: notices.keep,
        notices.PROPOSALS: notices.keep_proposals,
        visiting.APPOINTMENT: visiting.keep,
        reporting_schedule.APPOINTMENT: reporting_schedule.keep,
    }
)
"""What the desk keeps appointments for, and how."""
READ_FRAME = "gateway.mail.reader:read_frame"
_SETTLE_BATCH = 50
_INDEXING = timedelta(seconds=2)  # even after others took the slice, and no more while very many tickets wait
_QUIET_SECONDS = 5.0
_REPORTS = timedelta(seconds=5)  # even after others took the slice
_log = logging.getLogger(__name__)


@dataclass
class _Bell:
    """The connection that rings, and until when it is left alone after a failure."""

    connection: Redis | None = None
    quiet_until: float = 0.0


@dataclass(frozen=True)
class Services:
    """The parts of one process. What costs memory or a connection is made when it is first asked for."""

    settings: Settings
    engine: Engine

    @cached_property
    def sessions(self) -> SessionFactory:
        """Sessions on this process's engine."""
        return sessions.factory(self.engine)

    @cached_property
    def owner(self) -> str:
        """The name under which this process holds leases."""
        return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"

    @cached_property
    def blobs(self) -> Blobs:
        """Raw mail and attachments."""
        return Blobs(blob_store.open_place(self.settings.blobs))

    @cached_property
    def letterhead(self) -> Letterhead:
        """What letters need."""
        return letterhead(self.settings)

    @cached_property
    def desk(self) -> Desk:
        """What the operator settled about judging mail."""
        return desk(self.settings)

    @cached_property
    def alarms(self) -> Alarms:
        """Due alarms."""
        return Alarms(self.transaction, self.letterhead, self.owner, clock.now)

    @cached_property
    def appointments(self) -> Appointments:
        """Due appointments of the desk."""
        patience = timedelta(seconds=self.settings.outbox_patience_seconds)
        kept: dict[str, Keep] = {
            **KEPT,
            backlog.APPOINTMENT: partial(backlog.keep, patience=patience),
            pending.APPOINTMENT: partial(pending.keep, blobs=self.blobs),
        }
        return Appointments(self.transaction, self.letterhead, self.owner, clock.now, kept)

    @cached_property
    def inbound(self) -> Pipeline:
        """Due deliveries."""
        reader = Sandbox(
            READ_FRAME, seconds=self.settings.parse_seconds, memory_bytes=self.settings.parse_memory_bytes
        )
        reader.warm()
        return Pipeline(
            self.sessions,
            self.transaction,
            self.blobs,
            reader,
            self.desk,
            self.letterhead,
            self.owner,
            clock.now,
        )

    @cached_property
    def relay(self) -> Relay:
        """Due letters."""
        make = opening.transport_of(self.settings)
        return Relay(
            self.sessions, self.transaction, make() if make else None, self.letterhead, self.owner,
            self.settings.relay_per_destination, clock.now, opening.signer_of(self.settings),
            Lanes(make) if make else None,
        )  # fmt: skip

    @cached_property
    def scanning(self) -> Scanning:
        """Files that wait for the scanner."""
        scanner = open_scanner(self.settings.scanner_url, seconds=self.settings.scanner_seconds)
        return Scanning(
            self.sessions, self.transaction, self.blobs, scanner, self.letterhead, self.owner, clock.now
        )

    @cached_property
    def indexing(self) -> Indexing:
        """Tickets that search has still to hear of."""
        return Indexing(
            self.sessions, self.transaction, self.reading, self.owner, self.settings.ticket_prefix, clock.now
        )

    @cached_property
    def reports(self) -> Posting:
        """Reports that wait for figures or letters."""
        return Posting(self.sessions, self.transaction, self.reading, self.letterhead, self.owner, clock.now)

    @cached_property
    def webhooks(self) -> Webhooks:
        """Calls of the webhook that are due."""
        development = self.settings.environment == "development"
        wire = Wire(private=development or self.settings.webhook_private, development=development)
        secret = self.settings.secret_key.get_secret_value()
        return Webhooks(self.sessions, self.transaction, wire, secret, self.owner, clock.now)

    @cached_property
    def aws(self) -> Rounds:
        """Due streams and writes of AWS accounts."""
        secret = self.settings.secret_key.get_secret_value()
        return Rounds(lambda: self.aws_parts, self.sessions, clock.now, secret)

    @cached_property
    def aws_parts(self) -> Parts:
        """What the parts beside AWS work with."""
        from gateway.aws.clients import AwsClients  # boto3: memory that most processes do without

        clients = AwsClients(identity(self.settings), clock.now)
        return Parts(
            self.transaction, self.reading, self.letterhead, self.blobs, clients, self.owner, clock.now
        )

    @cached_property
    def slow(self) -> Slow:
        """Heavy work that can wait."""
        return Slow(self)

    def transaction(self) -> AbstractContextManager[Session]:
        """A session that commits, then rings."""
        return sessions.transaction(self.sessions, self._after_commit)

    def reading(self) -> AbstractContextManager[Session]:
        """A session that only reads."""
        return sessions.reading(self.sessions)

    def connect(self) -> Redis:
        """A connection to Redis.

        Errors: valkey.NotRunning where the embedded one does not run.
        """
        return queues.connect(self.settings.redis or valkey.address(self.settings))

    @cached_property
    def _bell(self) -> _Bell:
        return _Bell()

    def ring(self, queue: str) -> None:
        """Wake a worker; where Redis is away the ticker will find the work, and nobody here waits for it again."""
        self._say(queue, lambda connection: queues.ring(connection, queue))

    def tell(self, ticket_ids: Iterable[int]) -> None:
        """Tell open browsers that tickets changed; where Redis is away they will ask by themselves."""
        self._say("browsers", lambda connection: live.publish(connection, ticket_ids))

    def _say(self, to: str, word: Callable[[Redis], object]) -> None:
        bell = self._bell
        if time.monotonic() < bell.quiet_until:
            return
        try:
            bell.connection = bell.connection or self.connect()
            word(bell.connection)
        except (RedisError, OSError, valkey.NotRunning) as fault:
            bell.connection, bell.quiet_until = None, time.monotonic() + _QUIET_SECONDS
            _log.warning("could not ring %s: %s", to, type(fault).__name__)

    def _after_commit(self, rings: set[str], told: set[int]) -> None:
        for queue in sorted(rings):
            self.ring(queue)
        if told:
            self.tell(told)


@dataclass(frozen=True)
class Slow:
    """Heavy work: small blobs move out of the database, files are scanned, tickets indexed, reports made.

    The webhook is called beside it all, since its server may be slow.
    """

    services: Services

    def drain(self, until: datetime) -> bool:
        """Do it all until nothing is left or the time is over; whether work is left."""
        with ThreadPoolExecutor(1, thread_name_prefix="webhook") as beside:
            calls = beside.submit(self.services.webhooks.drain, until)
            left = [self._settle(until), self.services.scanning.drain(until)]
            left += [self.services.indexing.drain(clock.now() + _INDEXING)]
            left += [self.services.reports.drain(clock.now() + _REPORTS)]
            return any([*left, calls.result()])

    def _settle(self, until: datetime) -> bool:
        while clock.now() < until:
            with self.services.reading() as session:
                keys = blob_store.unsettled(session, clock.now() - due.SETTLE_AFTER, _SETTLE_BATCH)
                contents = self.services.blobs.get_small(session, keys)
            if not contents:
                return False
            self.services.blobs.write_out(contents)
            with self.services.transaction() as session:
                self.services.blobs.settle(session, contents.keys())
        return True


def build(settings: Settings) -> Services:
    """The services of a process with these settings."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Services(settings, sessions.engine(settings.database))


@contextmanager
def running(settings: Settings) -> Iterator[Services]:
    """Services that are closed at the end."""
    made = build(settings)
    try:
        yield made
    finally:
        made.engine.dispose()


def letterhead(settings: Settings) -> Letterhead:
    """The provider as letters show it."""
    return Letterhead(
        environment=letters.environment(),
        secret=settings.secret_key.get_secret_value(),
        provider=settings.provider_name,
        phone=settings.provider_phone,
        support_address=settings.support_address,
        prefix=settings.ticket_prefix,
        base_url=settings.web_base,
        zone=settings.time_zone,
        language=settings.language,
        rewritten=bool(settings.relay_rewrites_message_id),
        brakes=Brakes(
            in_all=settings.letters_per_hour,
            hard_for=timedelta(days=settings.suppress_days),
            soft_for=timedelta(hours=settings.suppress_soft_hours),
        ),
        scan_patience=_scan_patience(settings),
        scan_required=settings.scanner_required,
        probes_end=settings.probe_address.strip(),
    )


def _scan_patience(settings: Settings) -> timedelta:
    if not settings.scanner_url:
        return timedelta()
    return LIFETIME if settings.scanner_required else timedelta(seconds=settings.scanner_patience_seconds)


def identity(settings: Settings) -> Identity:
    """How this installation is known to AWS."""
    profiles = {"aws": settings.aws_profile, "aws-cn": settings.aws_cn_profile}
    return Identity(profiles, https_only=settings.environment == "production")


def desk(settings: Settings) -> Desk:
    """What judging mail depends on."""
    blocked = (each.strip().lower() for each in settings.blocked_senders.split(","))
    return Desk(
        secret=settings.secret_key.get_secret_value(),
        prefix=settings.ticket_prefix,
        own_addresses=settings.own_addresses,
        blocked=frozenset(each for each in blocked if each),
        unregistered=settings.unregistered,
        unauthenticated=settings.unauthenticated,
        limits=Limits(
            timedelta(seconds=settings.flood_seconds),
            settings.flood_alike,
            settings.flood_per_sender,
            settings.flood_per_domain,
            settings.flood_scripted,
        ),
        rewritten=settings.relay_rewrites_message_id.strip().lstrip("@").lower(),
    )
