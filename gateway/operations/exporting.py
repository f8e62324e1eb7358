"""The database as the YAML that `helpdesk import` reads: importing it again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from sqlalchemy.orm import Session

from gateway.operations import (
    estate_accounts,
    estate_mailboxes,
    estate_reports,
    importing,
    maintenance,
    rota_export,
)
from gateway.operations.estate_checks import Current
from gateway.store.models import Contract, Customer, Engineer, ReportPlan, Team
from gateway.store.queries import report_readers


def export(session: Session, *, with_hashes: bool = False) -> str:
    """Customers, engineers, teams and rota as YAML: of every contract the latest version, and no secrets.

    Shape: password hashes only where asked for, since they are worth stealing.
    """
    file = tree(session, importing.current(session), with_hashes=with_hashes)
    return yaml.safe_dump(file, sort_keys=False, allow_unicode=True, width=110)


def tree(session: Session, current: Current, *, with_hashes: bool = False) -> dict[str, Any]:
    """What `export` writes, before it is YAML."""
    plans = report_readers.plans(session)
    file = {
        "customers": [_customer(each, plans) for each in current.customers],
        "engineers": [_engineer(each, with_hashes=with_hashes) for each in current.engineers],
        "teams": [_team(each) for each in current.teams],
        "rota": rota_export.rota(current.rota, current.engineers, current.teams),
    }
    windows = maintenance.export(session, {each.id: each.reference for each in current.customers})
    file |= {"maintenance": windows} if windows else {}
    read = estate_mailboxes.export(session)
    return file | ({"mailboxes": read} if read else {})


def _customer(row: Customer, plans: Mapping[str, ReportPlan]) -> dict[str, Any]:
    latest: dict[str, Contract] = {}
    for each in sorted(row.contracts, key=lambda contract: contract.version):
        latest[each.number] = each
    return {
        "reference": row.reference,
        "name": row.name,
        "language": row.language,
        "time_zone": row.time_zone,
        "active": row.active,
        "domains": sorted(each.domain for each in row.domains),
        "contacts": [
            {"email": each.email, "name": each.name}
            | ({"language": each.language} if each.language else {})
            | ({"phone": each.phone} if each.phone else {})
            | {"role": str(each.role)}
            for each in sorted(row.contacts, key=lambda contact: contact.email)
        ],
        "contracts": [_contract(latest[number], plans.get(number)) for number in sorted(latest)],
        "aws_accounts": [
            estate_accounts.exported(each)
            for each in sorted(row.accounts, key=lambda account: account.account_id)
        ],
    }


def _contract(row: Contract, plan: ReportPlan | None) -> dict[str, Any]:
    return {
        "number": row.number,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        **({"effective_on": row.effective_on} if row.effective_on else {}),
        "time_zone": row.time_zone,
        "language": row.language,
        "currency": row.currency,
        "monthly_fee": f"{row.monthly_fee:.4f}".removesuffix("00"),
        "terms": row.terms,
        **({"reports": told} if (told := estate_reports.exported(plan)) else {}),
    }


def _engineer(row: Engineer, *, with_hashes: bool) -> dict[str, Any]:
    return {
        "email": row.email,
        "name": row.name,
        "role": str(row.role),
        "language": row.language,
        "time_zone": row.time_zone,
        "skills": row.skills,
        "active": row.active,
    } | ({"password_hash": row.password_hash} if with_hashes and row.password_hash else {})


def _team(row: Team) -> dict[str, Any]:
    return {"name": row.name, "members": sorted(each.email for each in row.members)}
