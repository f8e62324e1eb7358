"""One process each, as the Procfile starts them."""

from __future__ import annotations

import asyncio
import shutil
import signal
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from gateway import clock as wall
from gateway import queues
from gateway.cli import entry
from gateway.settings import Settings

if TYPE_CHECKING:
    from gateway.inbound.receive import Arrival, Recipient
    from gateway.mail.trust import Authentication
    from gateway.operations.prober import Prober
    from gateway.services import Services
    from workers import ticker

CLOCK_LEASE = "clock"
JUST_LOOKED = timedelta(milliseconds=50)  # what fell due since the clock asked is still to come


@click.command()
def smtp() -> None:
    """Listen for SMTP, and for LMTP where set."""
    settings = entry.prepare("smtp")
    services = entry.ready(settings)
    from gateway.inbound.receive import Intake
    from gateway.smtpd import serve

    async def run() -> None:
        stop = asyncio.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(each, stop.set)
        with Intake(_commit_batch(services), lambda: services.ring(queues.MAIL)) as intake:
            await serve(
                settings,
                intake,
                recipients=_recipients(settings),
                authenticate=_authenticate(settings),
                free_bytes=lambda: shutil.disk_usage(settings.data_dir).free,
                stop=stop,
            )

    asyncio.run(run())


@click.command()
@click.argument("names", metavar="QUEUE...", nargs=-1, required=True,
                type=click.Choice([queues.MAIL, queues.OUT, queues.SLOW, queues.AWS]))  # fmt: skip
def worker(names: Sequence[str]) -> None:
    """Work on queues until told to stop; SIGTERM finishes the job at hand."""
    settings = entry.prepare(f"worker {' '.join(names)}")
    from gateway.runtime import valkey
    from workers import worker as workers

    services = entry.in_this_process(settings)
    if queues.AWS in names and settings.aws_events_queues:
        _listen_to_aws(settings)
    workers.run(names, services, lambda: settings.redis or valkey.address(settings))


def _listen_to_aws(settings: Settings) -> None:
    """Listen to the queues of AWS events in threads that end with this process, on connections no fork works on."""
    from gateway.aws import listening

    try:
        found = listening.queues_of(settings.aws_events_queues)
    except ValueError as fault:
        raise click.ClickException(f"HELPDESK_AWS_EVENTS_QUEUES: {fault}.") from None
    listening.Listener(entry.in_this_process(settings)().aws_parts, found).start(threading.Event())


@click.command()
def clock() -> None:
    """Ring once a second for what is due, as long as no other clock leads."""
    settings = entry.prepare("clock")
    services = entry.ready(settings)
    from gateway.tickets import backlog
    from workers import ticker

    with services.transaction() as session:
        backlog.watch(session, wall.now())
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    if settings.probe:
        threading.Thread(target=_prober(services).run, args=[stop], daemon=True, name="prober").start()
    ticker.run(_wiring(services), stop)


@click.command()
def web() -> None:
    """Serve the pages and the API."""
    settings = entry.prepare("web")
    entry.ready(settings).engine.dispose()
    from web import server

    server.run(entry.in_this_process(settings), settings.web_listen)


@click.command()
def redis() -> None:
    """Become the embedded Redis of DATA_DIR."""
    settings = entry.prepare("redis")
    if settings.redis:
        raise click.ClickException("HELPDESK_REDIS_URL names another Redis; the embedded one is not needed.")
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    from gateway.runtime import valkey

    valkey.serve(settings)


def _commit_batch(services: Services) -> Callable[[Sequence[Arrival]], Sequence[str]]:
    from gateway.inbound.pacing import Pace
    from gateway.store import deliveries

    pace = Pace()

    def commit(arrivals: Sequence[Arrival]) -> Sequence[str]:
        with services.transaction() as session:
            return deliveries.accept(session, services.blobs, pace.spread(arrivals, wall.now()))

    return commit


def _recipients(settings: Settings) -> Callable[[str], Recipient]:
    """Ours are the configured addresses with any subaddress, and postmaster (RFC 5321 §4.5.1)."""
    from gateway.inbound.receive import Recipient
    from gateway.mail import address

    domains = {each.rpartition("@")[2] for each in settings.own_addresses}

    def recipient(forward_path: str) -> Recipient:
        plain = address.split_subaddress(forward_path)[0].lower()
        local, _, domain = plain.rpartition("@")
        ours = (
            plain in settings.own_addresses
            or plain == "postmaster"
            or (local == "postmaster" and domain in domains)
        )
        return Recipient.OURS if ours else Recipient.UNKNOWN

    return recipient


def _authenticate(settings: Settings) -> Callable[..., Authentication] | None:
    if not settings.check_authentication:
        return None
    from gateway.dns import Dns
    from gateway.mail import authenticate

    dns = Dns(settings.dns_timeout)

    def check(raw: bytes, *, peer: str, helo: str, reverse_path: str) -> Authentication:
        return authenticate.judge(
            raw, peer=peer, helo=helo, reverse_path=reverse_path, hops=settings.hops, resolver=dns.for_mail()
        )

    return check


def _prober(services: Services) -> Prober:
    from gateway.operations import probing
    from gateway.operations.prober import Prober, Wiring

    return Prober(
        Wiring(
            target=probing.target_of(services.settings), sessions=services.sessions, transaction=services.transaction,
            reading=services.reading, owner=services.owner, now=wall.now, monotonic=time.monotonic,
        )
    )  # fmt: skip


def _wiring(services: Services) -> ticker.Wiring:
    from gateway.store import leases
    from gateway.store.queries import due
    from workers import ticker

    def counted() -> dict[str, int]:
        with services.reading() as session:
            return due.due_queues(session, wall.now(), scanning=bool(services.settings.scanner_url))

    def next_at() -> datetime | None:
        with services.reading() as session:
            return due.next_at(session, wall.now() - JUST_LOOKED)

    return ticker.Wiring(
        hold=lambda: leases.hold(services.sessions, CLOCK_LEASE, services.owner, ticker.LEASE_SECONDS),
        release=lambda: leases.release(services.sessions, CLOCK_LEASE, services.owner),
        due=counted,
        next_at=next_at,
        connect=services.connect,
        drains=(
            lambda until: services.alarms.drain(until),
            lambda until: services.appointments.drain(until),
            lambda until: services.inbound.drain(until),
            lambda until: services.relay.drain(until),
            lambda until: services.aws.drain(until),
        ),
        now=wall.now,
    )
