"""Which customer an address belongs to, and what is agreed with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain import agreed_dates
from gateway.domain.terms import DEFAULT_TERMS, Terms, agreed
from gateway.store.models import Contact, Contract, Customer, CustomerDomain, table

_customers, _contacts, _contracts = table(Customer).c, table(Contact).c, table(Contract).c
_domains = table(CustomerDomain).c
_SHOWN: Final = (_customers.id, _customers.name, _customers.language, _customers.time_zone)
_PARTIES: Final = (
    sa.select(*_SHOWN, _contacts.name, _contacts.language, sa.literal(True))
    .where(_contacts.customer_id == _customers.id, _contacts.email == sa.bindparam("address"))
    .where(_customers.active)
).union_all(
    sa.select(*_SHOWN, sa.literal(""), sa.literal(""), sa.literal(False))
    .where(_domains.customer_id == _customers.id, _domains.domain == sa.bindparam("domain"))
    .where(_customers.active)
)
_AGREED: Final = sa.select(
    _contracts.terms,
    _contracts.time_zone,
    _contracts.language,
    _contracts.id,
    _contracts.number,
    _contracts.starts_on,
    _contracts.ends_on,
    _contracts.effective_on,
    _contracts.version,
)
_CONTRACT: Final = _AGREED.where(_contracts.id == sa.bindparam("contract_id"))
_CONTRACTS: Final = _AGREED.where(_contracts.customer_id == sa.bindparam("customer_id")).order_by(
    _contracts.number, _contracts.version
)
_CUSTOMER: Final = sa.select(_customers.time_zone, _customers.language).where(
    _customers.id == sa.bindparam("customer_id")
)


@dataclass(frozen=True, slots=True)
class Party:
    """The customer an address belongs to, and the contact if the very address is known."""

    customer_id: int
    name: str
    language: str
    zone: str
    contact_name: str = ""
    contact_language: str = ""
    known_contact: bool = False


@dataclass(frozen=True, slots=True)
class Agreement:
    """What is agreed: the terms, their zone and language. Without a valid contract the default terms serve."""

    terms: Terms
    zone: str
    language: str
    contract_id: int | None = None
    contract_number: str = ""


def party_of(session: Session, address: str) -> Party | None:
    """The customer of a normalised address: by contact first, by registered domain then."""
    told = {"address": address, "domain": address.rpartition("@")[2]}
    found = [Party(*row) for row in session.execute(_PARTIES, told)]
    return max(found, key=lambda party: party.known_contact, default=None)


def agreement_with(
    session: Session, customer_id: int | None, at: datetime, *, zone: str, language: str
) -> Agreement:
    """What is agreed with a customer at an instant; `zone` and `language` serve where nothing says otherwise."""
    if customer_id is None:
        return Agreement(DEFAULT_TERMS, zone, language)
    found = _in_effect(session.execute(_CONTRACTS, {"customer_id": customer_id}), at)
    return _agreement(found) if found is not None else _without_contract(session, customer_id)


def versions_of(session: Session, number: str) -> Sequence[Contract]:
    """Every version of a contract, the first one first."""
    return session.scalars(
        sa.select(Contract).where(Contract.number == number).order_by(Contract.version)
    ).all()


def contracts_of(session: Session, customer_id: int) -> dict[str, list[Contract]]:
    """Every contract of a customer with its versions, by number, in the order in which they begin."""
    rows = session.scalars(
        sa.select(Contract)
        .where(Contract.customer_id == customer_id)
        .order_by(Contract.starts_on, Contract.number, Contract.version)
    )
    found: dict[str, list[Contract]] = {}
    for row in rows:
        found.setdefault(row.number, []).append(row)
    return found


def all_versions(session: Session) -> Sequence[tuple[Contract, Customer]]:
    """Every version of every contract with its customer, by number."""
    wanted = sa.select(Contract, Customer).join(Customer, Customer.id == Contract.customer_id)
    return [(row[0], row[1]) for row in session.execute(wanted.order_by(Contract.number, Contract.version))]


def without_contract(session: Session, at: datetime) -> list[str]:
    """The references of active customers whom no contract covers at an instant, in order."""
    rows = session.execute(
        sa.select(_customers.reference, *_AGREED.selected_columns)
        .select_from(table(Customer).outerjoin(table(Contract), _contracts.customer_id == _customers.id))
        .where(_customers.active)
        .order_by(_customers.reference)
    )
    of_customer: dict[str, list[Any]] = {}
    for row in rows:
        listed = of_customer.setdefault(row.reference, [])
        if row.id is not None:
            listed.append(row)
    return [reference for reference, versions in of_customer.items() if _in_effect(versions, at) is None]


def agreement_of(session: Session, contract_id: int | None, customer_id: int | None, *, zone: str,
                 language: str) -> Agreement:  # fmt: skip
    """What a ticket was opened under."""
    if contract_id is not None:
        return _agreement(session.execute(_CONTRACT, {"contract_id": contract_id}).one())
    if customer_id is not None:
        return _without_contract(session, customer_id)
    return Agreement(DEFAULT_TERMS, zone, language)


def _in_effect(rows: Iterable[Any], at: datetime) -> Any | None:
    """The version that covers an instant, its days counted in the contract's zone."""
    by_number: dict[str, list[Any]] = {}
    for row in rows:
        by_number.setdefault(row.number, []).append(row)
    found = [agreed_dates.in_effect(versions, _day(versions, at)) for versions in by_number.values()]
    return max((each for each in found if each is not None), key=lambda each: each.starts_on, default=None)


def _day(versions: Sequence[Any], at: datetime) -> date:
    return at.astimezone(ZoneInfo(agreed_dates.latest(versions).time_zone)).date()


def _without_contract(session: Session, customer_id: int) -> Agreement:
    row = session.execute(_CUSTOMER, {"customer_id": customer_id}).one()
    return Agreement(DEFAULT_TERMS, row.time_zone, row.language)


def _agreement(contract: Any) -> Agreement:
    terms = _terms(msgspec.json.encode(contract.terms)) if contract.terms else DEFAULT_TERMS
    return Agreement(terms, contract.time_zone, contract.language, contract.id, contract.number)


@lru_cache(maxsize=1000)
def _terms(overrides: bytes) -> Terms:
    return agreed(msgspec.json.decode(overrides))
