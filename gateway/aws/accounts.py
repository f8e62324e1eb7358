"""Accounts: as they are spoken to, and what may be done in each (unchecked, ok, no plan, role broken, suspended)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from gateway import secrets
from gateway.aws import streams
from gateway.aws.faults import Fault, Kind
from gateway.aws.parts import Account
from gateway.secrets import BadToken
from gateway.store import appointments
from gateway.store.models import AccountState, AwsAccount, Stream

TELLING: Final = "aws-accounts"
TELL_AFTER: Final = timedelta(seconds=30)
"""Changes of many accounts within this time are told in one letter."""
_STATES: Final[Mapping[Kind, AccountState]] = MappingProxyType(
    {
        Kind.NO_PLAN: AccountState.NO_PLAN,
        Kind.ROLE: AccountState.ROLE_BROKEN,
        Kind.DENIED: AccountState.ROLE_BROKEN,
        Kind.EXPIRED: AccountState.ROLE_BROKEN,
        Kind.SUSPENDED: AccountState.SUSPENDED,
    }
)
_PARTS: Final[Mapping[Stream, str]] = MappingProxyType({Stream.HEALTH: "health"})
"""Streams whose refusal pauses them alone; any other refusal is the whole role's."""


def purpose(account_id: str) -> str:
    """What an account's external id is sealed for."""
    return f"aws-external-id:{account_id}"


def spoken(row: AwsAccount, key: str) -> Account:
    """An account as it is spoken to.

    Errors: `Fault` where its external id was sealed with another key.
    """
    try:
        external_id = secrets.unseal(key, purpose(row.account_id), row.external_id)
    except BadToken:
        raise Fault(
            Kind.ROLE, "SealedWithAnotherKey", "its external id was sealed with another key"
        ) from None
    return Account(
        account_id=row.account_id,
        customer_id=row.customer_id,
        partition=row.partition,
        role_arn=row.role_arn,
        external_id=external_id,
        view=row.view,
        partner_led=row.partner_led,
        severities=tuple(row.severities),
        regions=tuple(row.regions),
        services=tuple(row.services),
    )


def state_after(fault: Fault) -> AccountState | None:
    """The state a fault leaves its account in, or None where it says nothing of the account."""
    return _STATES.get(fault.kind)


def faulted(session: Session, account_id: str, fault: Fault, *, what: Stream, at: datetime) -> bool:
    """Note what a fault says of an account; whether it says anything that lasts.

    A refusal of Health alone pauses Health alone.
    """
    state = state_after(fault)
    if state is None:
        return False
    if fault.kind is Kind.ROLE and locked(session, account_id).state == AccountState.SUSPENDED:
        return True  # a suspended account gives nobody its role: AWS says no more than that
    part = _PARTS.get(what)
    if fault.kind is Kind.DENIED and part is not None:
        row = locked(session, account_id)
        row.capabilities = {**row.capabilities, part: "denied"}
        _tell_soon(session, row, at)
        return True
    settle(session, account_id, state, code=fault.code, at=at)
    return True


def settle(session: Session, account_id: str, state: AccountState, *, code: str = "", at: datetime) -> None:
    """Put an account into a state; staff are told once for each change, and reading goes on when all is well."""
    row = locked(session, account_id)
    before, row.state_code = row.state, code[:100]
    if before != state:
        row.state, row.state_since = str(state), at
        if state is AccountState.OK:
            streams.resume(session, account_id, at)
    _tell_soon(session, row, at)


def standing(row: AwsAccount) -> str:
    """What staff are told of: the state, and the parts that are refused."""
    return " ".join([row.state, *(denied(row) if row.state == AccountState.OK else ())])[:200]


def denied(row: AwsAccount) -> list[str]:
    """The parts that an account refuses to us."""
    return sorted(part for part, told in row.capabilities.items() if told == "denied")


def locked(session: Session, account_id: str) -> AwsAccount:
    """An account, locked until the session ends."""
    return session.get_one(AwsAccount, account_id, with_for_update=True, populate_existing=True)


def _tell_soon(session: Session, row: AwsAccount, at: datetime) -> None:
    """Have staff told, unless they know; that an account works from the start is no news."""
    now = standing(row)
    if not row.told and now == AccountState.OK:
        row.told = now
    if now != row.told and now != AccountState.UNCHECKED:
        known = appointments.due_at(session, TELLING, "")
        appointments.plan(session, TELLING, "", min(known or at + TELL_AFTER, at + TELL_AFTER))
