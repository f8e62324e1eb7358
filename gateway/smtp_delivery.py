"""A mail handed over: checked for its author, taken by the intake, and what the client is told of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

import structlog

from gateway import smtp_replies as replies
from gateway.inbound.receive import Arrival, NotDurable, StorageFull
from gateway.smtp_limits import Authenticate, Door

log = structlog.get_logger(__name__)


async def deliver(door: Door, arrival: Arrival) -> bytes:
    """The reply to a whole mail: 250 only once it is durable, else a temporary refusal without detail."""
    try:
        if door.authenticate is not None:
            arrival = await _authenticated(door, door.authenticate, arrival)
        return replies.accepted(await door.intake.accept(arrival))
    except StorageFull:
        return replies.NO_SPACE
    except NotDurable:
        return replies.FAULT
    except Exception:
        log.exception("delivery_failed", door=arrival.door, peer=arrival.peer, helo=arrival.helo)
        return replies.FAULT


async def _authenticated(door: Door, authenticate: Authenticate, arrival: Arrival) -> Arrival:
    """The mail with the verdict on its author where that comes in time; it is never refused for want of one."""
    check = partial(
        authenticate, arrival.raw, peer=arrival.peer, helo=arrival.helo, reverse_path=arrival.reverse_path
    )
    try:
        verdict = asyncio.get_running_loop().run_in_executor(door.pool, check)
        return replace(arrival, authentication=await asyncio.wait_for(verdict, door.settings.dns_timeout))
    except TimeoutError:
        log.info("authentication_late", peer=arrival.peer)
    except Exception:
        log.exception("authentication_failed", peer=arrival.peer)
    return arrival
