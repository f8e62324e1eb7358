"""Which customer an address belongs to, and what is agreed with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.terms import DEFAULT_TERMS, Terms, agreed
from gateway.store.models import Contact, Contract, Customer, CustomerDomain


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
    columns = (Customer.id, Customer.name, Customer.language, Customer.time_zone)
    by_contact = (
        sa.select(*columns, Contact.name.label("contact_name"), Contact.language.label("contact_language"))
        .join(Contact, Contact.customer_id == Customer.id)
        .where(Contact.email == address, Customer.active)
    )
    if known := session.execute(by_contact).one_or_none():
        about = (known.contact_name, known.contact_language, True)
        return Party(known.id, known.name, known.language, known.time_zone, *about)
    by_domain = (
        sa.select(*columns)
        .join(CustomerDomain, CustomerDomain.customer_id == Customer.id)
        .where(CustomerDomain.domain == address.rpartition("@")[2], Customer.active)
    )
    row = session.execute(by_domain).one_or_none()
    return Party(row.id, row.name, row.language, row.time_zone) if row else None


def agreement_with(
    session: Session, customer_id: int | None, at: datetime, *, zone: str, language: str
) -> Agreement:
    """What is agreed with a customer at an instant; `zone` and `language` serve where nothing says otherwise."""
    if customer_id is None:
        return Agreement(DEFAULT_TERMS, zone, language)
    found = session.execute(
        sa.select(Contract).where(Contract.customer_id == customer_id).order_by(Contract.starts_on.desc(),
                                                                                Contract.version.desc())
    ).scalars()  # fmt: skip
    for contract in found:
        today = at.astimezone(ZoneInfo(contract.time_zone)).date()
        if contract.starts_on <= today and (contract.ends_on is None or today <= contract.ends_on):
            return _agreement(contract)
    row = session.execute(
        sa.select(Customer.time_zone, Customer.language).where(Customer.id == customer_id)
    ).one()
    return Agreement(DEFAULT_TERMS, row.time_zone, row.language)


def agreement_of(session: Session, contract_id: int | None, customer_id: int | None, *, zone: str,
                 language: str) -> Agreement:  # fmt: skip
    """What a ticket was opened under."""
    if contract_id is not None:
        return _agreement(session.get_one(Contract, contract_id))
    if customer_id is not None:
        customer = session.get_one(Customer, customer_id)
        return Agreement(DEFAULT_TERMS, customer.time_zone, customer.language)
    return Agreement(DEFAULT_TERMS, zone, language)


def _agreement(contract: Contract) -> Agreement:
    terms = _terms(msgspec.json.encode(contract.terms)) if contract.terms else DEFAULT_TERMS
    return Agreement(terms, contract.time_zone, contract.language, contract.id, contract.number)


@lru_cache(maxsize=1000)
def _terms(overrides: bytes) -> Terms:
    return agreed(msgspec.json.decode(overrides))
