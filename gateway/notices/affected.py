"""Who is concerned by a notice: customers by their accounts, each with their contacts and what was agreed (P8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain.scope import Account, Scope
from gateway.domain.windows import Span, in_time
from gateway.store.models import Customer
from gateway.store.queries import agreements
from gateway.store.queries import notices as rows
from gateway.tickets.letterhead import Letterhead

_NOBODY: Final[Mapping[int, list[str]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who gets the letter, in their language."""

    contact_id: int
    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class Party:
    """One customer concerned, and why.

    Shape: `accounts` are those of theirs that fit; `guessed` are the ones among them whose regions or services
    nobody recorded; `needed` is how long ahead the contract wants to know of a window.
    """

    customer_id: int
    name: str
    zone: str
    needed: timedelta
    accounts: tuple[str, ...]
    guessed: tuple[str, ...]
    readers: tuple[Reader, ...]

    def in_time(self, window: Span, at: datetime) -> bool:
        """Whether a window announced now is announced as long ahead as agreed."""
        return in_time(window.start, at, self.needed)


def parties(
    session: Session, head: Letterhead, scope: Scope, *, at: datetime, told: Mapping[int, list[str]] = _NOBODY
) -> list[Party]:
    """The customers concerned, by name; also those who were told before, with the accounts that were named then."""
    touched: dict[int, list[Account]] = {}
    for account in rows.accounts(session):
        if scope.touches(account):
            touched.setdefault(account.customer_id, []).append(account)
    concerned = [
        customer
        for customer in rows.active_customers(session)
        if customer.id in told
        or (scope.names(customer.id) and (customer.id in touched or not scope.of_accounts))
    ]
    return _described(session, head, concerned, scope=scope, touched=touched, told=told, at=at)


def named(session: Session, head: Letterhead, told: Mapping[int, list[str]], *, at: datetime) -> list[Party]:
    """The customers that a notice has named, with their contacts of today."""
    concerned = [each for each in rows.active_customers(session) if each.id in told]
    return _described(session, head, concerned, scope=Scope(), touched={}, told=told, at=at)


def _described(session: Session, head: Letterhead, concerned: list[Customer], *, scope: Scope,
               touched: Mapping[int, list[Account]], told: Mapping[int, list[str]],
               at: datetime) -> list[Party]:  # fmt: skip
    reachable: dict[int, list[rows.Reachable]] = {}
    for contact in rows.contacts(session, [each.id for each in concerned]):
        reachable.setdefault(contact.customer_id, []).append(contact)
    made = []
    for customer in concerned:
        agreed = agreements.agreement_with(session, customer.id, at, zone=head.zone, language=head.language)
        fitting = touched.get(customer.id, [])
        names = dict.fromkeys([*told.get(customer.id, ()), *(each.account_id for each in fitting)])
        party = Party(
            customer_id=customer.id,
            name=customer.name,
            zone=agreed.zone,
            needed=agreed.terms.maintenance_notice,
            accounts=tuple(names),
            guessed=tuple(_guessed(scope, fitting)),
            readers=tuple(
                Reader(each.contact_id, each.name, each.email,
                       head.letter_language(each.language, agreed.language, customer.language))
                for each in reachable.get(customer.id, ())
            ),
        )  # fmt: skip
        made.append(party)
    return made


def _guessed(scope: Scope, fitting: Iterable[Account]) -> list[str]:
    return [
        each.account_id
        for each in fitting
        if (scope.regions and not each.regions) or (scope.services and not each.services)
    ]
