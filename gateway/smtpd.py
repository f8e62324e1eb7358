"""The SMTP and LMTP doors: they listen, hand each mail to the intake, and close without losing one."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog

from gateway.inbound.receive import Intake
from gateway.settings import Settings
from gateway.smtp_limits import (
    BODY_MEMORY_FACTOR,
    DRAIN_SECONDS,
    LINGER,
    Authenticate,
    Door,
    Gate,
    Recipients,
)
from gateway.smtp_session import LmtpSession, Session

Bound = Mapping[str, tuple[str, int]]

AUTHENTICATION_THREADS = 16
BODY_MEMORY_BYTES = 256 * 1024 * 1024
BACKLOG = 512

log = structlog.get_logger(__name__)


async def serve(
    settings: Settings,
    intake: Intake,
    *,
    recipients: Recipients,
    authenticate: Authenticate | None = None,
    free_bytes: Callable[[], int] | None = None,
    ready: Callable[[Bound], object] | None = None,
    stop: asyncio.Event,
) -> None:
    """Serve SMTP, and LMTP where set, until `stop`; then finish the mails under way and return.

    Shape: `ready` gets the bound (host, port) of "smtp" and "lmtp".
    Errors: OSError where an address cannot be bound or a certificate not be read.
    """
    door = Door(
        settings=settings,
        hostname=settings.smtp_hostname or socket.gethostname(),
        intake=intake,
        gate=_gate(settings),
        recipients=recipients,
        authenticate=authenticate,
        free_bytes=free_bytes,
        tls=_tls_context(settings),
        pool=ThreadPoolExecutor(AUTHENTICATION_THREADS, "authenticate") if authenticate else None,
    )
    servers: dict[str, asyncio.Server] = {}
    try:
        servers["smtp"] = await _listen(settings.smtp_listen, partial(Session, door))
        if settings.lmtp_listen:
            servers["lmtp"] = await _listen(settings.lmtp_listen, partial(LmtpSession, door))
        bound = {name: server.sockets[0].getsockname()[:2] for name, server in servers.items()}
        log.info("listening", **{name: f"{host}:{port}" for name, (host, port) in bound.items()})
        if ready is not None:
            ready(bound)
        await stop.wait()
    finally:
        for server in servers.values():
            server.close()
        await _drain(door)
        if door.pool is not None:
            door.pool.shutdown(wait=False, cancel_futures=True)


def _gate(settings: Settings) -> Gate:
    return Gate(
        settings.smtp_max_connections,
        settings.smtp_max_connections_per_client,
        max(BODY_MEMORY_BYTES, BODY_MEMORY_FACTOR * settings.smtp_max_bytes),
    )


def _tls_context(settings: Settings) -> ssl.SSLContext | None:
    """TLS 1.2 or newer with the configured certificate; none where none is configured."""
    if not settings.smtp_tls_cert:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    context.load_cert_chain(settings.smtp_tls_cert, settings.smtp_tls_key or None)
    return context


async def _listen(address: str, session: Callable[[], asyncio.Protocol]) -> asyncio.Server:
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    return await asyncio.get_running_loop().create_server(
        session, None if host in {"", "*"} else host, int(port), backlog=BACKLOG
    )


async def _drain(door: Door) -> None:
    """End idle sessions, wait a bounded time for mails under way, then end those too."""
    door.stopping = True
    for session in tuple(door.sessions):
        session.stop()
    await _until_none(door, DRAIN_SECONDS)
    for session in tuple(door.sessions):
        session.stop(at_once=True)
    await _until_none(door, 2 * LINGER)


async def _until_none(door: Door, seconds: float) -> None:
    until = asyncio.get_running_loop().time() + seconds
    while door.sessions and asyncio.get_running_loop().time() < until:
        await asyncio.sleep(0.02)
