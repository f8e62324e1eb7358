"""What an import file declares, made so: compared with the database, checked as a whole, written in one transaction.

A field that is absent stays as it is, and what is absent altogether is left alone (`pruning` is the exception, on
request).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from gateway import duties, secrets
from gateway.operations import estate_accounts, estate_checks, estate_mailboxes, maintenance, yaml_tree
from gateway.operations.estate_checks import Current
from gateway.operations.estate_fields import FILE
from gateway.operations.estate_writing import Summary, Writer
from gateway.operations.records import Findings, Record, Wrong, record
from gateway.operations.rota_writing import RotaWriter
from gateway.operations.yaml_tree import Fault, Unreadable
from gateway.store.queries import estate, roster


@dataclass(frozen=True, slots=True)
class Draft:
    """A file as read, with the faults found so far."""

    file: Record
    findings: Findings


def read(content: bytes) -> Draft:
    """An import file, its faults collected. Errors: Unreadable where it is no YAML at all."""
    tree, faults = yaml_tree.read(content)
    findings = Findings(faults)
    try:
        file = record(FILE)(tree, findings)
    except Wrong as wrong:
        raise Unreadable([Fault(tree.line, str(wrong))]) from None
    estate_checks.check_file(file, findings)
    return Draft(file, findings)


def hashed(session: Session, draft: Draft) -> dict[str, str]:
    """The password hash of every engineer whose password is new; done before writing, since it takes its time."""
    if draft.findings.faults:
        return {}
    given = {each.get("email"): each.get("password") for each in draft.file.listed("engineers")}
    wanted = {email: password for email, password in given.items() if email and password}
    stored = estate.hashes_of(session, list(wanted))
    return {
        email: secrets.hash_password(password)
        for email, password in wanted.items()
        if not secrets.verify_password(stored.get(email, ""), password)
    }


def current(session: Session) -> Current:
    """What the database holds."""
    return Current(
        estate.customers(session),
        estate.engineers(session),
        estate.teams(session),
        roster.everything(session),
    )


def apply(
    session: Session, draft: Draft, hashes: Mapping[str, str], *, at: datetime, key: str = ""
) -> Summary:
    """Make the database what the file says. Errors: Unreadable with every fault; nothing is written then.

    Shape: `key` seals what the database keeps sealed; without it no AWS account may have a role.
    """
    now = current(session)
    estate_checks.check_against(draft.file, now, draft.findings)
    if draft.findings.faults:
        raise Unreadable(draft.findings.faults)
    writer = Writer(session, at)
    customers = {each.reference: each for each in now.customers}
    for one in draft.file.listed("customers"):
        writer.customer(customers.get(one.values["reference"]), one)
    engineers = {each.email: each for each in now.engineers}
    for one in draft.file.listed("engineers"):
        email = one.values["email"]
        engineers[email] = writer.engineer(engineers.get(email), one, hashes.get(email))
    teams = {each.name: each for each in now.teams}
    for one in draft.file.listed("teams"):
        name = one.values["name"]
        teams[name] = writer.team(teams.get(name), one, engineers)
    writer.finish()
    known = {each.reference: each for each in estate.customers(session)}
    listed = [each for one in draft.file.listed("customers") for each in one.listed("aws_accounts")]
    for number, changes in estate_accounts.apply(session, listed, key=key, at=at).items():
        line = f"AWS account {number}: {', '.join(changes)} changed, it is probed soon"
        writer.summary.remark("probed", number, line)
    maintenance.apply(session, draft.file.listed("maintenance"), known, writer.summary.note, at=at)
    estate_mailboxes.apply(session, draft.file.listed("mailboxes"), writer.summary.note, at=at)
    if (rota := draft.file.get("rota")) is not None:
        RotaWriter(session, engineers, teams, writer.summary.note).write(rota, now.rota)
        session.flush()
        duties.watch(session, at)
    return writer.summary


class Desk(Protocol):
    """Where to import: the services of a process."""

    def transaction(self) -> AbstractContextManager[Session]:
        """A session that commits."""


def import_sample(desk: Desk, path: Path, password: str, *, at: datetime) -> list[str]:
    """Import a file of our own and give each of its engineers this password; their addresses.

    Errors: Unreadable.
    """
    draft = read(path.read_bytes())
    logins = [each.get("email") for each in draft.file.listed("engineers")]
    hashed_once = secrets.hash_password(password)
    with desk.transaction() as session:
        apply(session, draft, dict.fromkeys(logins, hashed_once), at=at)
    return logins
