"""Rows written as an import file describes them, and what that changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway.operations import access, estate_accounts
from gateway.operations.contract_writing import ContractWriter
from gateway.operations.records import Record
from gateway.store.models import AwsAccount, Contact, Customer, CustomerDomain, Engineer, Row, Team

_CUSTOMER: Final = ("name", "language", "time_zone", "active")
_ENGINEER: Final = ("name", "role", "language", "time_zone", "skills", "active")


@dataclass(frozen=True, slots=True)
class _Part:
    """A kind of row that belongs to a customer."""

    what: str
    make: type[Row]
    key: str
    fields: tuple[str, ...]


_CONTACT: Final = _Part("contact", Contact, "email", ("name", "language", "phone", "role"))
_ACCOUNT: Final = _Part("AWS account", AwsAccount, "account_id", estate_accounts.PLAIN)


@dataclass(slots=True)
class Summary:
    """What an import did: counts by kind of thing, and a line for every change."""

    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)

    def remark(self, code: str, name: str, line: str) -> None:
        """Say something else that people should know: a code and whose it is, and both as a line."""
        self.remarks.append((code, name))
        self.lines.append(line)

    def note(self, what: str, name: str, changes: Iterable[str] | None) -> None:
        """Count one thing: `changes` are the fields that changed, None where it is new."""
        if changes is None:
            self.added[what] += 1
            self.lines.append(f"added {what} {name}")
        elif found := list(changes):
            self.changed[what] += 1
            self.lines.append(f"changed {what} {name}: {', '.join(found)}")
        else:
            self.unchanged[what] += 1

    @property
    def nothing(self) -> bool:
        """Whether the database was as declared already."""
        return not self.added and not self.changed


class Writer:
    """Writes one file's things into one session, and sums up."""

    def __init__(self, session: Session, at: datetime) -> None:
        self.summary = Summary()
        self._session = session
        self._contracts = ContractWriter(session, at, self.summary.note)

    def customer(self, found: Customer | None, one: Record) -> None:
        """A customer with contacts, domains, accounts and contracts."""
        row = found or Customer(reference=one.values["reference"], language="en", time_zone="UTC")
        changes = _merge(row, one, _CUSTOMER)
        self.summary.note("customer", row.reference, changes if found else None)
        self._remind("customer", row.reference, inactive=bool(found) and not row.active)
        self._session.add(row)
        self._domains(row, one)
        self._parts(row.contacts, one.listed("contacts"), _CONTACT)
        self._parts(row.accounts, one.listed("aws_accounts"), _ACCOUNT)
        for each in one.listed("contracts"):
            self._contracts.write(row, each)

    def engineer(self, found: Engineer | None, one: Record, password_hash: str | None) -> Engineer:
        """An engineer; whoever gets another password, another role or leaves is signed out."""
        row = found or Engineer(email=one.values["email"])
        changes = _merge(row, one, _ENGINEER)
        fresh = password_hash or one.get("password_hash")
        if fresh and fresh != row.password_hash:
            row.password_hash = fresh
            changes.append("password")
        if found is None:
            self._session.add(row)
        elif {"password", "role", "active"} & set(changes):
            access.end_sessions(self._session, row.id)
        self.summary.note("engineer", row.email, changes if found else None)
        self._remind("engineer", row.email, inactive=bool(found) and not row.active)
        return row

    def team(self, found: Team | None, one: Record, engineers: Mapping[str, Engineer]) -> Team:
        """A team and its members."""
        row = found or Team(name=one.values["name"])
        members = {each.email for each in row.members}
        joined = [each.value for each in one.listed("members") if each.value not in members]
        row.members.extend(engineers[email] for email in dict.fromkeys(joined))
        self._session.add(row)
        self.summary.note("team", row.name, [f"{email} joined" for email in joined] if found else None)
        return row

    def finish(self) -> None:
        """What follows from rows that are written."""
        self._session.flush()
        self._contracts.finish()

    def _remind(self, what: str, name: str, *, inactive: bool) -> None:
        """Say what would surprise: naming somebody who was deactivated does not bring them back."""
        if inactive:
            line = f"note: {what} {name} is inactive; `active: true` would change that"
            self.summary.remark(f"inactive-{what}", name, line)

    def _parts(self, rows: list[Any], listed: list[Record], part: _Part) -> None:
        known = {getattr(each, part.key): each for each in rows}
        for one in listed:
            name = one.values[part.key]
            row = known.get(name) or part.make(**{part.key: name})
            changes = _merge(row, one, part.fields)
            if name not in known:
                rows.append(row)
            self.summary.note(part.what, name, changes if name in known else None)

    def _domains(self, row: Customer, one: Record) -> None:
        known = {each.domain for each in row.domains}
        for domain in one.listed("domains"):
            if domain.value not in known:
                row.domains.append(CustomerDomain(domain=domain.value))
            self.summary.note("domain", domain.value, [] if domain.value in known else None)


def _merge(row: Row, one: Record, names: Iterable[str]) -> list[str]:
    """Give a row the fields that the file names; the names of those that changed."""
    changes = [name for name in names if name in one.values and getattr(row, name) != one.values[name]]
    for name in changes:
        setattr(row, name, one.values[name])
    return changes
