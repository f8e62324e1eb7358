"""What an import file does not name any more: found, and on request removed or deactivated.

Only lists that the file has are compared: a file without `engineers` says nothing about engineers. Customers and
engineers are deactivated, since tickets name them; contracts always stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from gateway.operations import access, estate_mailboxes, rota_export
from gateway.operations.estate_checks import Current
from gateway.operations.records import Record
from gateway.store.models import Customer, Engineer

Removal = tuple[str, Callable[[], Any]]


def prune(session: Session, file: Record, current: Current, *, really: bool) -> list[str]:
    """A line for everything the file has no more; gone at the end if `really`."""
    found = [
        *rota_export.removals(session, file, current.rota, engineers=current.engineers, teams=current.teams),
        *_customers(file, current),
        *_engineers(session, file, current),
        *_teams(session, file, current),
        *estate_mailboxes.removals(session, file),
    ]
    for _, remove in found:
        if really:
            remove()
    session.flush()
    return [line for line, _ in found]


def _customers(file: Record, current: Current) -> Iterator[Removal]:
    if "customers" not in file.values:
        return
    named = {each.values["reference"]: each for each in file.listed("customers")}
    for customer in current.customers:
        if customer.reference in named:
            yield from _parts(named[customer.reference], customer)
        elif customer.active:
            yield f"deactivate customer {customer.reference}", partial(_deactivate, customer)


def _parts(one: Record, customer: Customer) -> Iterator[Removal]:
    of = f"of customer {customer.reference}"
    contacts = {each.values["email"] for each in one.listed("contacts")}
    domains = {each.value for each in one.listed("domains")}
    accounts = {each.values["account_id"] for each in one.listed("aws_accounts")}
    for contact in customer.contacts if "contacts" in one.values else ():
        if contact.email not in contacts:
            yield f"remove contact {contact.email} {of}", partial(customer.contacts.remove, contact)
    for domain in customer.domains if "domains" in one.values else ():
        if domain.domain not in domains:
            yield f"remove domain {domain.domain} {of}", partial(customer.domains.remove, domain)
    for account in customer.accounts if "aws_accounts" in one.values else ():
        if account.account_id not in accounts:
            yield (
                f"remove AWS account {account.account_id} {of}",
                partial(customer.accounts.remove, account),
            )


def _engineers(session: Session, file: Record, current: Current) -> Iterator[Removal]:
    if "engineers" not in file.values:
        return
    named = {each.values["email"] for each in file.listed("engineers")}
    for engineer in current.engineers:
        if engineer.email not in named and engineer.active:
            yield f"deactivate engineer {engineer.email}", partial(_sign_out, session, engineer)


def _teams(session: Session, file: Record, current: Current) -> Iterator[Removal]:
    if "teams" not in file.values:
        return
    named = {each.values["name"]: each for each in file.listed("teams")}
    for team in current.teams:
        if team.name not in named:
            yield f"remove team {team.name}", partial(session.delete, team)
        elif "members" in named[team.name].values:
            kept = {each.value for each in named[team.name].listed("members")}
            for member in [each for each in team.members if each.email not in kept]:
                line = f"remove {member.email} from team {team.name}"
                yield line, partial(team.members.remove, member)


def _deactivate(row: Customer | Engineer) -> None:
    row.active = False


def _sign_out(session: Session, engineer: Engineer) -> None:
    _deactivate(engineer)
    access.end_sessions(session, engineer.id)
