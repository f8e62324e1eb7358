"""The people, shifts and accounts that a written contract names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from gateway.store.models import Reach, Role, ShiftRule
from gateway.store.queries import contracting, desk

_FIRST: Final[dict[str, int]] = {Reach.MANAGER: 0, Reach.COMPANY: 1, Reach.OWN: 2}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of either side. Shape: `role` is a `Role` of ours, a `Reach` of the customer's."""

    name: str
    email: str
    role: str = ""
    phone: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Shift:
    """A recurring shift. Shape: as `models.ShiftRule`; `engineers` are names of those who are still here."""

    team: str
    name: str
    weekdays: tuple[int, ...]
    starts: str
    ends: str
    zone: str
    rotates: str
    on_holidays: str
    calendar: str
    first_on: date
    last_on: date | None
    engineers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """An AWS account that the contract covers. Shape: an empty part was never recorded."""

    account_id: str
    name: str
    environment: str
    regions: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


def contacts(session: Session, customer_id: int) -> tuple[Person, ...]:
    """The customer's people: those who see the contract first, then by address."""
    found = [
        Person(each.name, each.email, each.role, each.phone, each.language)
        for each in contracting.contacts(session, customer_id)
    ]
    return tuple(sorted(found, key=lambda each: (_FIRST.get(each.role, len(_FIRST)), each.email)))


def people(session: Session) -> tuple[tuple[Person, ...], tuple[Person, ...]]:
    """Team leads, and management, as the ladder finds them."""
    leads = desk.engineers_of_role(session, (Role.LEAD,))
    management = desk.engineers_of_role(session, (Role.MANAGER, Role.ADMIN))
    named = [[Person(each.name, each.email, each.role) for each in some] for some in (leads, management)]
    return tuple(named[0]), tuple(named[1])


def shifts(session: Session, on: date) -> tuple[Shift, ...]:
    """The recurring shifts that hold on a day or later."""
    names = {each.id: each.name for each in contracting.acting(session)}
    return tuple(_shift(row, team, names) for row, team in contracting.shifts(session, on))


def accounts(session: Session, customer_id: int) -> tuple[Account, ...]:
    """The AWS accounts of the customer."""
    return tuple(
        Account(each.account_id, each.name, each.environment, tuple(each.regions), tuple(each.services))
        for each in contracting.accounts(session, customer_id)
    )


def _shift(row: ShiftRule, team: str, names: Mapping[int, str]) -> Shift:
    return Shift(
        team=team,
        name=row.name,
        weekdays=tuple(sorted(row.weekdays)),
        starts=row.starts,
        ends=row.ends,
        zone=row.time_zone,
        rotates=row.rotates,
        on_holidays=row.on_holidays,
        calendar=row.calendar,
        first_on=row.first_on,
        last_on=row.last_on,
        engineers=tuple(names[each] for each in row.engineers if each in names),
    )
