"""What is wrong between the parts of an import file, and between the file and the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.operations import estate_accounts, estate_mailboxes, maintenance
from gateway.operations.contract_checks import check_sequences
from gateway.operations.records import Findings, Record
from gateway.operations.rota_checks import check_able, check_alone, check_people, rota_of
from gateway.store.models import Customer, Engineer, Role, Team
from gateway.store.queries.roster import Roster


@dataclass(frozen=True, slots=True)
class Current:
    """What the database holds."""

    customers: Sequence[Customer]
    engineers: Sequence[Engineer]
    teams: Sequence[Team]
    rota: Roster = field(default_factory=Roster)


Entry = tuple[str, int, Any]
"""What must be one of a kind, its line, and whose it is."""


def check_file(file: Record, findings: Findings) -> None:
    """Note what the file says twice, or against itself."""
    customers = file.listed("customers")
    _once(_keys(customers, "reference", None), "customer", findings)
    _once(_contacts(customers), "contact", findings)
    _once(_domains(customers), "domain", findings)
    _once(_below(customers, "contracts", "number"), "contract", findings)
    _once(_below(customers, "aws_accounts", "account_id"), "AWS account", findings)
    for customer in customers:
        estate_accounts.check_file(customer.listed("aws_accounts"), findings)
    _once(_keys(file.listed("engineers"), "email", None), "engineer", findings)
    _once(_keys(file.listed("teams"), "name", None), "team", findings)
    for engineer in file.listed("engineers"):
        _check_password(engineer, findings)
    for customer in customers:
        for contract in customer.listed("contracts"):
            _check_term(contract, findings)
    check_alone(rota_of(file), findings)
    maintenance.check_file(file.listed("maintenance"), findings)
    estate_mailboxes.check_file(file.listed("mailboxes"), findings)


def check_against(file: Record, current: Current, findings: Findings) -> None:
    """Note what the file claims although the database gives it to somebody else, and members nobody knows."""
    customers = file.listed("customers")
    owned: list[tuple[str, Iterator[Entry], dict[str, str]]] = [
        ("contact", _contacts(customers), {c.email: o.reference for o in current.customers for c in o.contacts}),
        ("domain", _domains(customers), {d.domain: o.reference for o in current.customers for d in o.domains}),
        ("contract", _below(customers, "contracts", "number"),
         {c.number: o.reference for o in current.customers for c in o.contracts}),
        ("AWS account", _below(customers, "aws_accounts", "account_id"),
         {a.account_id: o.reference for o in current.customers for a in o.accounts}),
    ]  # fmt: skip
    for what, entries, owners in owned:
        for key, line, owner in entries:
            holder = owners.get(key, owner)
            if holder != owner:
                findings.add(line, f"the {what} {key} belongs to the customer {holder} already")
    check_sequences(customers, current.customers, findings)
    known = {each.email for each in current.engineers} | {
        each.get("email") for each in file.listed("engineers")
    }
    for team in file.listed("teams"):
        for member in team.listed("members"):
            if member.value not in known:
                findings.add(member.line, f"no engineer has the address {member.value}")
    check_people(
        rota_of(file),
        findings,
        engineers=known,
        teams={each.name for each in current.teams} | {each.get("name") for each in file.listed("teams")},
        calendars={each.calendar for each in current.rota.holidays},
    )
    check_able(rota_of(file), findings, readers=_readers(file, current))


def _readers(file: Record, current: Current) -> set[Any]:
    """Addresses of engineers who are read-only once the file is written."""
    roles = {each.email: each.role for each in current.engineers}
    roles |= {each.get("email"): each.get("role") for each in file.listed("engineers") if each.get("role")}
    return {email for email, role in roles.items() if role == Role.READER}


def _once(entries: Iterable[Entry], what: str, findings: Findings) -> None:
    seen: dict[str, int] = {}
    for key, line, _ in entries:
        if key in seen:
            findings.add(line, f"the {what} {key} stands twice (first in line {seen[key]})")
        seen.setdefault(key, line)


def _keys(records: Iterable[Record], name: str, owner: Any) -> Iterator[Entry]:
    for each in records:
        if each.get(name) is not None:
            yield each.get(name), each.line_of(name), owner


def _below(customers: Iterable[Record], part: str, name: str) -> Iterator[Entry]:
    for customer in customers:
        yield from _keys(customer.listed(part), name, customer.get("reference"))


def _contacts(customers: Iterable[Record]) -> Iterator[Entry]:
    return _below(customers, "contacts", "email")


def _domains(customers: Iterable[Record]) -> Iterator[Entry]:
    for customer in customers:
        for domain in customer.listed("domains"):
            yield domain.value, domain.line, customer.get("reference")


def _check_password(engineer: Record, findings: Findings) -> None:
    if "password" in engineer.values and "password_hash" in engineer.values:
        findings.add(engineer.line_of("password_hash"), "give either a password or a password_hash")
    own = {engineer.get("email"), engineer.get("name")} - {None}
    if str(engineer.get("password") or "").lower() in {each.lower() for each in own}:
        findings.add(engineer.line_of("password"), "password: must not be the engineer's own name or address")


def _check_term(contract: Record, findings: Findings) -> None:
    starts, ends = contract.get("starts_on"), contract.get("ends_on")
    if starts is not None and ends is not None and ends < starts:
        findings.add(contract.line_of("ends_on"), "ends_on: the contract ends before it starts")
