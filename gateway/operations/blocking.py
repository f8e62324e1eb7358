"""Senders whose mail is kept out of sight, and strangers who become contacts. Nothing that came is lost by either."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.mail import address, fields
from gateway.store.models import BlockedSender, Contact, Customer, DeliveryState, Engineer, either, table
from gateway.store.queries import blocks
from gateway.tickets import NotFound, Refused

LONGEST_REASON: Final = 500
_DOMAIN: Final = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+", re.ASCII)
_rows = table(BlockedSender)
_PUT: Final = either(
    lambda insert: (
        insert(_rows)
        .on_conflict_do_nothing(index_elements=["pattern"], index_where=sa.text("lifted_at IS NULL"))
        .returning(_rows.c.id)
    )
)


def block(session: Session, pattern: str, *, author: Engineer, reason: str, own_addresses: Collection[str],
          at: datetime) -> tuple[int, int]:  # fmt: skip
    """Keep an address or an @domain out from now on: the block, and how many waiting mails it takes along.

    Errors: Refused for what is no address, for our own, and for whoever is registered.
    """
    wanted = _pattern(pattern)
    if not reason.strip():
        raise Refused("a block needs a reason")
    _refuse_known(session, wanted, own_addresses)
    values: dict[str, Any] = {
        "pattern": wanted, "reason": reason.strip()[:LONGEST_REASON], "since": at, "blocked_by_id": author.id,
    }  # fmt: skip
    made = session.execute(_PUT[session.get_bind().dialect.name], values).scalar_one_or_none()
    if made is None:
        raise Refused("this sender is blocked already")
    return made, _take_along(session, wanted)


def may_block(session: Session, pattern: str, own_addresses: Collection[str]) -> bool:
    """Whether `block` would take an address or an @domain: not our own, not that of anybody registered."""
    try:
        _refuse_known(session, _pattern(pattern), own_addresses)
    except Refused:
        return False
    return True


def lift(session: Session, block_id: int, *, author: Engineer, at: datetime) -> str:
    """End a block; whose it was. What it kept out stays kept until somebody lets it in. Twice is as good as once.

    Errors: NotFound.
    """
    row = session.get(BlockedSender, block_id, with_for_update=True) if 0 < block_id < 2**62 else None
    if row is None:
        raise NotFound("there is no such block")
    if row.lifted_at is None:
        row.lifted_at, row.lifted_by_id = at, author.id
    return row.pattern


def register(session: Session, customer_id: int, *, email: str, name: str) -> Contact:
    """Make a stranger a contact of a customer, who from then on writes as one.

    Errors: NotFound for a customer nobody knows; Refused for an address that is none, or somebody's already.
    """
    customer = session.get(Customer, customer_id) if 0 < customer_id < 2**62 else None
    if customer is None or not customer.active:
        raise NotFound("there is no such customer")
    wanted = address.normalise(email)[:320]
    try:
        fields.address(wanted)
    except fields.UnsafeField:
        raise Refused("that is no mail address") from None
    known = session.execute(sa.select(Contact.id).where(Contact.email == wanted)).first()
    if known or blocks.is_engineer(session, wanted, ""):
        raise Refused("this address is registered already")
    made = Contact(customer_id=customer.id, email=wanted, name=name.strip()[:200], language="", phone="")
    session.add(made)
    session.flush()
    return made


def _pattern(written: str) -> str:
    wanted = address.normalise(written)[:320]
    local, at, domain = wanted.rpartition("@")
    if not at or not _DOMAIN.fullmatch(domain) or any(char.isspace() for char in local) or "," in local:
        raise Refused("that is no mail address and no @domain")
    return wanted


def _refuse_known(session: Session, pattern: str, own_addresses: Collection[str]) -> None:
    local, _, domain = pattern.rpartition("@")
    email = pattern if local else ""
    ours = {address.domain_of(each) for each in own_addresses}
    if email in own_addresses or (not local and domain in ours) or blocks.is_engineer(session, email, domain):
        raise Refused("our own people are not blocked")
    if blocks.is_registered(session, email, domain):
        raise Refused("registered customers are not blocked")


def _take_along(session: Session, pattern: str) -> int:
    """Keep out what waits for a person already, too."""
    count = 0
    for row in blocks.waiting(session):
        seen = {address.normalise(row.originator), address.normalise(row.reverse_path)} - {""}
        if pattern in seen or pattern in {f"@{address.domain_of(each)}" for each in seen}:
            row.state, row.rule = DeliveryState.BLOCKED, "blocked"
            count += 1
    return count
